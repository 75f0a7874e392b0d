"""What adapters of libraries for chats share: from rows to messages of a chat, and from what they parse to a choice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from openai_harmony import Conversation, Message, load_harmony_encoding
from openai_harmony.conformance import NotOffered
from tests.support.chat_template import Inexpressible, chat_of

__all__ = ["ENCODING", "chat", "choice", "named", "tokens_of"]

ENCODING = load_harmony_encoding("HarmonyGptOss")
Data = Mapping[str, Any]
# What a library that only reads completions is not told.
OPTIONS = {"tools"}


def named(package: str) -> str:
    """The name of a library with its version.

    Raises:
        ValueError: it is not installed.
    """
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        raise ValueError(f"{package} is not installed in this environment") from None


def chat(input: Data) -> dict[str, Any]:
    """The variables of a chat template for the conversation of a row."""
    conversation = Conversation.from_messages([Message.from_dict(message) for message in input["messages"]])
    if input.get("auto_drop_analysis") is False or input.get("purpose") == "conversation":
        raise NotOffered("a chat is rendered as a prompt or to train on, and always leaves reasoning out")
    try:
        return chat_of(conversation)
    except Inexpressible as reason:
        raise NotOffered(str(reason)) from None


def tokens_of(input: Data) -> list[int]:
    """The completion of a row."""
    if input.get("options", {}).keys() - OPTIONS or "prompt" in input:
        raise NotOffered("there are no such options")
    return list(input["tokens"]) if "tokens" in input else ENCODING.encode(input["text"], allowed_special="all")


def choice(content: str | None, reasoning: str | None, calls: list[tuple[str, Any]]) -> dict[str, Any]:
    """A choice in the form of the kit; arguments that were parsed are spelled as JSON again."""
    message: dict[str, Any] = {"role": "assistant", "content": content or None}
    if reasoning:
        message["reasoning"] = reasoning
    if calls:
        message["tool_calls"] = list(_calls(calls))
    return {"message": message}


def _calls(calls: list[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, (name, arguments) in enumerate(calls):
        spelled = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        yield {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": spelled}}
