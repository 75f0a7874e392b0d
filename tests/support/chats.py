"""Chats at random, as other programs hold them, and the conversations of this package that they are.

The conversations are written out here by hand, so that a template is compared with what is wanted and not with itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNamespaceConfig,
)

__all__ = ["Chat", "chats", "conversation_of", "schemas"]

# Without special tokens, which a template cannot write as text.
TEXTS = st.text(max_size=12).filter(lambda text: "<|" not in text) | st.sampled_from(
    [
        "Hello",
        "",
        " ",
        "\n",
        "  two  blanks ",
        "a\r\nb",
        "<think>",
        "<|",
        "|>",
        "{x}",
        "{{ 7 }}",
        "{% if %}",
        '"q"',
        "né 名 😀",
    ]
)
NAMES = st.sampled_from(["f", "get_weather", "a-b", "browse", "lookup2"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)


@dataclass
class Chat:
    """The messages of a chat, and the other arguments of the template."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    prompt: bool = True  # whether the assistant is to answer


# schemas of tools -----------------------------------------------------------------------------------

KINDS = ["string", "number", "integer", "boolean", "object", "array", "null", "strange"]
OBJECTS_OF_SCHEMAS = st.dictionaries(
    TEXTS, st.fixed_dictionaries({"default": VALUES, "type": st.just("string")}), max_size=2
)
NUMBERS = st.integers(-(2**50), 2**50) | st.sampled_from([0.5, 1e-5, 1.5e-5, -3.25e-05, 1e16, 2.5e20, 1e-7, 1.25, -0.0])
DEFAULTS = VALUES | NUMBERS | st.lists(NUMBERS, max_size=2)


def schemas() -> st.SearchStrategy[Any]:
    """Schemas of parameters, with every keyword that is printed, and with values of the wrong kind."""
    kinds = st.builds(dict, type=st.sampled_from(KINDS))
    return st.recursive(kinds | _variants() | _keywords(st.just({})), _keywords, max_leaves=6)


def _variants() -> st.SearchStrategy[dict[str, Any]]:
    """Schemas with variants, whose descriptions are often the same."""
    said = {"description": st.sampled_from(["One.", "Two."]), "default": DEFAULTS}
    variant = st.fixed_dictionaries({"type": st.sampled_from(KINDS)}, optional=said)
    return st.fixed_dictionaries({"oneOf": st.lists(variant, min_size=1, max_size=3)}, optional=said)


def _keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["a", "b", "city", "null"]) | TEXTS
    some = inner | st.just({"type": "string"}) | st.just(True)
    kinds = st.sampled_from(KINDS) | st.lists(st.sampled_from(KINDS), max_size=3)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "type": kinds,
        "description": TEXTS | st.none(),
        "title": TEXTS,
        "properties": st.dictionaries(names, some, max_size=3),
        "required": st.lists(names, max_size=2),
        "items": some,
        "enum": st.lists(TEXTS | st.integers(0, 3), max_size=3),
        "default": DEFAULTS,
        "examples": st.lists(TEXTS | st.integers(0, 3), max_size=2),
        "oneOf": st.lists(some, max_size=3),
        "nullable": st.booleans(),
    }
    objects = {"type": st.just("object"), "properties": optional["properties"]}
    others = {keyword: values for keyword, values in optional.items() if keyword not in objects}
    return st.fixed_dictionaries({}, optional=optional) | st.fixed_dictionaries(objects, optional=others)


@st.composite
def _tools(draw: st.DrawFn) -> list[dict[str, Any]] | None:
    names = draw(st.none() | st.lists(NAMES, max_size=3, unique=True))
    if names is None:
        return None
    tools = []
    for name in names:
        function = {"name": name}
        if draw(st.booleans()):
            function["description"] = draw(TEXTS)
        if draw(st.booleans()):
            properties = st.dictionaries(NAMES, schemas(), max_size=3)
            objects = st.fixed_dictionaries({"type": st.just("object"), "properties": properties})
            parameters = draw(objects | schemas())
            function["parameters"] = parameters
        tools.append({"type": "function", "function": function} if draw(st.booleans()) else function)
    return tools


@st.composite
def _formats(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"name": draw(NAMES), "schema": {"type": "object", "properties": draw(OBJECTS_OF_SCHEMAS)}}
    if draw(st.booleans()):
        made["description"] = draw(TEXTS | st.none())
    return made


# messages -------------------------------------------------------------------------------------------


@st.composite
def _content(draw: st.DrawFn) -> Any:
    return draw(TEXTS | st.lists(TEXTS.map(lambda text: {"type": "text", "text": text}), max_size=3))


@st.composite
def _turn(draw: st.DrawFn, built_in: bool, texts_alone: bool) -> list[dict[str, Any]]:
    """A message of the user and what the assistant and its tools make of it, finished or not."""
    given: dict[str, Any] = {
        "role": draw(st.sampled_from(["user", "user", "user", "developer"])),
        "content": draw(_content()),
    }
    if given["role"] == "developer" and not _text(given["content"]):
        given["content"] = "More."  # an empty one is not written
    messages = [given]
    for _ in range(draw(st.integers(0, 3))):
        message: dict[str, Any] = {"role": "assistant"}
        if draw(st.booleans()):
            message[draw(st.sampled_from(["thinking", "reasoning_content", "reasoning"]))] = draw(TEXTS)
        if draw(st.booleans()):
            message["content"] = draw(_content() | st.none())
        calls = []
        for number in range(draw(st.integers(0, 2))):
            name = draw(st.sampled_from(["python", "browser.search"]) if built_in and draw(st.booleans()) else NAMES)
            arguments = draw(OBJECTS if texts_alone else OBJECTS | TEXTS | st.none())
            calls.append({"id": f"call_{number}", "function": {"name": name, "arguments": arguments}})
        if calls or draw(st.booleans()):
            message["tool_calls"] = calls
        messages.append(message)
        for call in calls:
            if draw(st.integers(0, 3)):
                result = {"role": "tool", "content": draw(_content())}
                how = draw(st.sampled_from(["id", "name", "only"] if len(calls) == 1 else ["id", "name"]))
                result |= {"id": {"tool_call_id": call["id"]}, "name": {"name": call["function"]["name"]}, "only": {}}[
                    how
                ]
                messages.append(result)
    if draw(st.booleans()):
        messages.append({"role": "assistant", "thinking": draw(TEXTS), "content": draw(_content())})
    return messages


@st.composite
def chats(draw: st.DrawFn, *, built_in: bool = True, objects_alone: bool = False) -> Chat:
    """Chats with every kind of message.

    Args:
        built_in: whether there are built-in tools.
        objects_alone: whether the arguments of every call are an object, not a text.
    """
    messages = []
    if draw(st.booleans()):
        messages.append({"role": draw(st.sampled_from(["system", "developer"])), "content": draw(_content())})
    namespaces = draw(st.lists(st.sampled_from(["python", "browser"]), unique=True)) if built_in else []
    for _ in range(draw(st.integers(0, 3))):
        messages += draw(_turn("python" in namespaces and "browser" in namespaces, objects_alone))
    variables: dict[str, Any] = {"conversation_start_date": draw(st.none() | st.just("2026-01-31"))}
    if namespaces or draw(st.booleans()):
        variables["builtin_tools"] = namespaces
    if draw(st.booleans()):
        variables["model_identity"] = draw(TEXTS | st.none())
    if draw(st.booleans()):
        variables["reasoning_effort"] = draw(st.sampled_from(["low", "medium", "high", "High"]) | st.none())
    if draw(st.integers(0, 3)) == 0:
        variables["response_formats"] = draw(st.lists(_formats(), max_size=2, unique_by=lambda made: made["name"]))
    variables["analysis"] = draw(st.sampled_from(["finished_turns", "reference", "keep"]))
    variables["keep_last_turn"] = draw(st.booleans())
    variables["keep_calls"] = draw(st.booleans())
    return Chat(messages, draw(_tools()), variables, draw(st.booleans()))


# what they are --------------------------------------------------------------------------------------


def conversation_of(chat: Chat) -> Conversation:
    """The conversation that a chat is."""
    return Conversation(list(_messages(chat)))


def _messages(chat: Chat) -> Iterator[Message]:
    system = SystemContent(
        **{k: chat.variables[k] for k in ("model_identity", "conversation_start_date") if k in chat.variables}
    )
    if "reasoning_effort" in chat.variables:
        effort = chat.variables["reasoning_effort"]
        system.reasoning_effort = None if effort is None else ReasoningEffort(effort.capitalize())
    built_in = chat.variables.get("builtin_tools") or []
    for name in built_in:
        system = system.with_tools(getattr(ToolNamespaceConfig, name)())
    yield Message(Author(Role.SYSTEM), [system])
    first = chat.messages[0] if chat.messages else {"role": None}
    formats = chat.variables.get("response_formats") or []
    if (chat.tools or formats) and first["role"] not in ("system", "developer"):
        yield Message(Author(Role.DEVELOPER), [_instructions("", chat.tools, formats)])
    for index, message in enumerate(chat.messages):
        role, text = message["role"], _text(message.get("content"))
        if role in ("system", "developer"):
            tools, held = (chat.tools, formats) if index == 0 else (None, [])
            if text or tools or held:
                yield Message(Author(Role.DEVELOPER), [_instructions(text, tools, held)])
        elif role == "user":
            yield Message(Author(Role.USER), [TextContent(text)])
        elif role == "assistant":
            yield from _assistant(message, text, built_in)
        else:
            name = message.get("name") or _called(chat.messages[:index], message.get("tool_call_id"))
            own = name.partition(".")[0] in built_in
            author = Author(Role.TOOL, name if own else f"functions.{name}")
            yield Message(
                author, [TextContent(text)], channel="analysis" if own else "commentary", recipient="assistant"
            )


def _assistant(message: Mapping[str, Any], said: str, built_in: Sequence[str]) -> Iterator[Message]:
    author, calls = Author(Role.ASSISTANT), message.get("tool_calls") or []
    thought = message.get("reasoning_content") or message.get("thinking") or message.get("reasoning") or ""
    if thought:
        yield Message(author, [TextContent(thought)], channel="analysis")
    if said and calls:
        yield Message(author, [TextContent(said)], channel="commentary")
    for call in calls:
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        if not isinstance(arguments, str):
            arguments = json.dumps({} if arguments is None else arguments, ensure_ascii=False, separators=(",", ":"))
        if name.partition(".")[0] in built_in:
            yield Message(author, [TextContent(arguments)], channel="analysis", recipient=name, content_type="code")
        else:
            yield Message(
                author,
                [TextContent(arguments)],
                channel="commentary",
                recipient=f"functions.{name}",
                content_type="json",
            )
    if not calls and (said or (message.get("content") is not None and not thought)):
        yield Message(author, [TextContent(said)], channel="final")


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content or [])


def _called(before: Sequence[Mapping[str, Any]], id: str | None) -> str:
    """The name of the nearest call with an id; without one, of the only call of the nearest message with calls."""
    calls = [message["tool_calls"] for message in before if message.get("tool_calls")]
    if id is None:
        return str(calls[-1][0]["function"]["name"])
    return str(next(call["function"]["name"] for made in reversed(calls) for call in made if call["id"] == id))


def _instructions(
    text: str, tools: Sequence[Mapping[str, Any]] | None, formats: Sequence[Mapping[str, Any]]
) -> DeveloperContent:
    content = DeveloperContent(text or None)
    for made in formats:
        content = content.with_response_format(made["name"], made["schema"], made.get("description"))
    if not tools:
        return content
    functions = [tool.get("function", tool) for tool in tools]
    described = [
        ToolDescription(function["name"], function.get("description") or "", function.get("parameters"))
        for function in functions
    ]
    return content.with_function_tools(described)
