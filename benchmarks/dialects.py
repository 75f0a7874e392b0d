"""The messages of APIs: requests converted and rendered, and what the deltas and events of a step cost."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .inputs import completion
from .task import Pair, Task
from .texts import Texts

__all__ = ["STEPS", "requests"]

MESSAGES = 200
ROUNDS = 49  # of a question, a call, its result and an answer; the messages before and behind them make 200

# Requests -----------------------------------------------------------------------------------------


def requests(count: int, lib: Any, seed: str) -> Task:
    """Requests that become prompts; in a library that knows no requests, by a loop over their messages."""
    made = [_messages(f"{seed} {number}") for number in range(count)]
    try:
        chat = importlib.import_module(f"{lib.module.__name__}.chat")
    except ImportError:
        return Task(lambda: [_looped(lib, messages) for messages in made], count, fresh=True)
    return Task(lambda: [chat.chat_prompt(lib.encoding, {"messages": each}) for each in made], count, fresh=True)


def _messages(seed: str) -> list[dict[str, Any]]:
    """A chat that is in the middle of a round, with everything that most servers know."""
    texts = Texts(seed)
    made: list[dict[str, Any]] = [{"role": "system", "content": texts.prose(400)}]
    for number in range(ROUNDS):
        made += _round(texts, f"call_{number}")
        made.append({"role": "assistant", "content": texts.mixed(300)})
    made += _round(texts, "call_last")
    made[-2]["reasoning"] = texts.prose(200)
    assert len(made) == MESSAGES
    return made


def _round(texts: Texts, call_id: str) -> Iterator[dict[str, Any]]:
    yield {"role": "user", "content": texts.prose(150)}
    function = {"name": texts.name(), "arguments": texts.json(80)}
    calls = [{"id": call_id, "type": "function", "function": function}]
    yield {"role": "assistant", "content": None, "tool_calls": calls}
    yield {"role": "tool", "tool_call_id": call_id, "content": texts.json(200)}


def _looped(lib: Any, messages: list[dict[str, Any]]) -> list[int]:
    """What servers write by hand, for such chats alone."""
    h, names = lib.module, dict[str, str]()
    of, role = h.Message.from_role_and_content, h.Role
    made = [of(role.SYSTEM, h.SystemContent.new())]
    for message in messages:
        kind, content = message["role"], message["content"]
        if kind == "system":
            made.append(of(role.DEVELOPER, h.DeveloperContent.new().with_instructions(content)))
        elif kind == "user":
            made.append(of(role.USER, content))
        elif kind == "tool":
            author = h.Author.new(role.TOOL, f"functions.{names[message['tool_call_id']]}")
            result = h.Message.from_author_and_content(author, content)
            made.append(result.with_recipient("assistant").with_channel("commentary"))
        else:
            if "reasoning" in message:
                made.append(of(role.ASSISTANT, message["reasoning"]).with_channel("analysis"))
            for call in message.get("tool_calls", ()):
                names[call["id"]] = name = call["function"]["name"]
                called = of(role.ASSISTANT, call["function"]["arguments"]).with_channel("commentary")
                made.append(called.with_recipient(f"functions.{name}").with_content_type("json"))
            if content is not None:
                made.append(of(role.ASSISTANT, content).with_channel("final"))
    config = h.RenderConversationConfig(auto_drop_analysis=False)
    conversation = h.Conversation.from_messages(made)
    tokens: list[int] = lib.encoding.render_conversation_for_completion(conversation, role.ASSISTANT, config)
    return tokens


# Steps --------------------------------------------------------------------------------------------


def _chat_stream(lib: Any) -> Any:
    return importlib.import_module(f"{lib.module.__name__}.chat").ChatStream(lib.encoding)


def _responses_stream(lib: Any) -> Any:
    response = {"id": "resp_1", "model": "gpt-oss-20b", "created_at": 0}
    stream = importlib.import_module(f"{lib.module.__name__}.responses").ResponsesStream(lib.encoding, response)
    stream.start()
    return stream


def _steps(make: Callable[[Any], Any], tokens: int, lib: Any, seed: str) -> tuple[Task, Task]:
    """A step of one token through a stream, and through the parser in recovering mode alone."""
    steps = [[token] for token in completion(lib.encode, tokens, seed)]

    def through(made: Any) -> None:
        feed = made.feed
        for step in steps:
            feed(step)

    parser = partial(lib.module.StreamableParser, lib.encoding, lib.assistant, strict=False)
    return Task(lambda: through(make(lib)), tokens), Task(lambda: through(parser()), tokens)


STEPS = tuple(
    Pair(
        name,
        f"a step of `{name}`, microseconds more than `feed` of one token",
        "step",
        most,
        partial(_steps, make, 4000),
        more=True,
    )
    for name, most, make in (("ChatStream", 3, _chat_stream), ("ResponsesStream", 6, _responses_stream))
)
