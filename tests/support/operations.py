"""What can be asked of whichever `openai_harmony` this process imports: an operation and plain data in, plain data out.

Run as a program it answers in JSON, a list of questions a line, so that two libraries of one name never meet in one
process. It knows the public interface that both have, and nothing of this repository.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import openai_harmony as oh

Data = dict[str, Any]

ROOT = Path(__file__).parents[2]
ENCODING = oh.load_harmony_encoding("HarmonyGptOss")


def _library() -> Any:
    """The kit's adapter of libraries with this interface, from its file: its package may have the name of another."""
    path = ROOT / "openai_harmony" / "conformance" / "library.py"
    spec = importlib.util.spec_from_file_location("_harmony_library", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Library(oh, "HarmonyGptOss")


LIBRARY = _library()


def answer(op: str, question: Data) -> Data:
    """`{"output": …}`, or `{"error": {"type", "bases", "message"}}`."""
    try:
        return {"output": OPERATIONS[op](question)}
    except Exception as error:
        bases = [c.__name__ for c in type(error).__mro__ if c not in (BaseException, object)]
        return {"error": {"type": bases[0], "bases": bases, "message": _without_links(str(error))}}


def _without_links(complaint: str) -> str:
    """pydantic closes each complaint with a link that holds its own version."""
    lines = complaint.split("\n")
    return "\n".join(line for line in lines if not line.startswith("    For further information visit"))


# Writing ------------------------------------------------------------------------------------------


def _render(question: Data) -> Data:
    message = oh.Message.from_dict(question["message"])
    if "has_function_tools" not in question:
        return _tokens(ENCODING.render(message))
    options = oh.RenderOptions(conversation_has_function_tools=question["has_function_tools"])
    return _tokens(ENCODING.render(message, options))


def _render_conversation(question: Data) -> Data:
    return _tokens(ENCODING.render_conversation(_conversation(question), _config(question)))


def _render_for_completion(question: Data) -> Data:
    role = oh.Role(question.get("next", "assistant"))
    return _tokens(ENCODING.render_conversation_for_completion(_conversation(question), role, _config(question)))


def _render_for_training(question: Data) -> Data:
    return _tokens(ENCODING.render_conversation_for_training(_conversation(question), _config(question)))


def _tool_schema(question: Data) -> Data:
    tool = oh.ToolDescription.new(
        question.get("name", "f"), question.get("description", "d"), question.get("parameters")
    )
    content = oh.DeveloperContent.new().with_function_tools([tool])
    tokens = ENCODING.render(oh.Message.from_role_and_content(oh.Role.DEVELOPER, content))
    # The text is what stands between the header's three tokens and the stop token.
    return {"text": ENCODING.decode(tokens[3:-1]), "n_tokens": len(tokens)}


def _conversation(question: Data) -> oh.Conversation:
    return oh.Conversation.from_messages([oh.Message.from_dict(message) for message in question["messages"]])


def _config(question: Data) -> oh.RenderConversationConfig | None:
    given = {key: question[key] for key in ("auto_drop_analysis", "style") if key in question}
    return oh.RenderConversationConfig(**given) if given else None


def _tokens(tokens: list[int]) -> Data:
    return {"tokens": tokens, "text": ENCODING.decode(tokens)}


# Text and tokens ----------------------------------------------------------------------------------


def _encode(question: Data) -> Data:
    special = {key: question[key] for key in ("allowed_special", "disallowed_special") if key in question}
    for key, value in special.items():
        special[key] = value if isinstance(value, str) else set(value)
    return {"tokens": ENCODING.encode(question["text"], **special)}


def _decode(question: Data) -> Data:
    errors = {"errors": question["errors"]} if "errors" in question else {}
    return {"text": ENCODING.decode(question["tokens"], **errors)}


def _decode_utf8(question: Data) -> Data:
    return {"text": ENCODING.decode_utf8(question["tokens"])}


# Reading ------------------------------------------------------------------------------------------


def _parse(question: Data) -> Data:
    strict = question.get("strict", True)
    messages = ENCODING.parse_messages_from_completion_tokens(_input(question), _role(question), strict=strict)
    return {"messages": [message.to_dict() for message in messages]}


def _kit(question: Data) -> Data:
    """What the library answers to a row of the conformance kit."""
    output: Data = getattr(LIBRARY, question["kind"])(question["input"])
    return output


def _stream(question: Data) -> Data:
    """What every property says before the first token, after each token, and after each end of input."""
    parser = oh.StreamableParser(ENCODING, _role(question), strict=question.get("strict", True))
    tokens = _input(question)
    steps = [_step(parser, None)]
    for token in tokens:
        steps.append(_step(parser, partial(parser.process, token)))
    for _ in range(question.get("eos", 0)):
        steps.append(_step(parser, parser.process_eos))
    messages = [message.to_dict() for message in parser.messages]
    return {"steps": steps, "state_data": parser.state_data, "tokens": parser.tokens, "messages": messages}


def _step(parser: oh.StreamableParser, advance: Callable[[], object] | None) -> list[Any]:
    complaint = None
    try:
        if advance is not None:
            advance()
    except RuntimeError as error:
        # One name for both libraries: ours raises children of this class.
        complaint = (
            f"{oh.HarmonyError.__name__ if isinstance(error, oh.HarmonyError) else type(error).__name__}: {error}"
        )
    fields = (parser.current_role, parser.current_channel, parser.current_recipient, parser.current_content_type)
    return [
        complaint,
        parser.state.value,
        *fields,
        parser.last_content_delta,
        parser.current_content,
        len(parser.messages),
    ]


def _input(question: Data) -> list[int]:
    if "tokens" in question:
        tokens: list[int] = question["tokens"]
        return tokens
    return ENCODING.encode(question["text"], allowed_special="all")


def _role(question: Data) -> oh.Role | None:
    role = question.get("role", "assistant")
    return None if role is None else oh.Role(role)


# Python -------------------------------------------------------------------------------------------


def _py(question: Data) -> Data:
    """The `repr` of the last expression of a piece of code."""
    public = {name for name in (*dir(oh), *oh.__all__) if not name.startswith("_")}
    names = {name: getattr(oh, name) for name in public}
    names |= {"oh": oh, "enc": ENCODING, "T": lambda text: ENCODING.encode(text, allowed_special="all")}
    code = ast.parse(question["code"])
    last = code.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(code, "<row>", "exec"), names)
    return {"repr": repr(eval(compile(ast.Expression(last.value), "<row>", "eval"), names))}


def _call(question: Data) -> Data:
    """What a function of a module of tests/ gives; the module knows the public interface alone, as this one does."""
    function = getattr(importlib.import_module(question["module"]), question["function"])
    return {"value": function(**question.get("arguments", {}))}


OPERATIONS: dict[str, Callable[[Data], Data]] = {
    "render": _render,
    "render_conversation": _render_conversation,
    "render_for_completion": _render_for_completion,
    "render_for_training": _render_for_training,
    "tool_schema": _tool_schema,
    "encode": _encode,
    "decode": _decode,
    "decode_utf8": _decode_utf8,
    "parse": _parse,
    "kit": _kit,
    "stream": _stream,
    "py": _py,
    "call": _call,
}


def serve() -> None:
    """Answers lists of `[op, question]`, one list a line, until its input ends."""
    for line in sys.stdin:
        answers = [answer(op, question) for op, question in json.loads(line)]
        print(json.dumps(answers), flush=True)


if __name__ == "__main__":
    # Behind all else, so that `openai_harmony` stays the one that this process was started with.
    sys.path.append(str(ROOT))
    serve()
