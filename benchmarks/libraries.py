"""The libraries under one surface: how a conversation is made and rendered, and how tokens are read.

One process uses one library only: ours, the reference and its fork all have the import name `openai_harmony`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .inputs import Chat

__all__ = ["Harmony", "Template", "digest", "loaded"]

ENCODING = "HarmonyGptOss"


class Harmony:
    """Ours, the reference, or its fork: whichever is found first on the path of this process."""

    def __init__(self) -> None:
        import openai_harmony

        self.module: Any = openai_harmony
        self.encoding: Any = openai_harmony.load_harmony_encoding(ENCODING)
        prepare: Callable[[], None] | None = getattr(getattr(self.encoding, "tokenizer", None), "prepare", None)
        if prepare is not None:  # ours is built late; new processes are measured on their own
            prepare()
        self.assistant: Any = openai_harmony.Role.ASSISTANT
        self.file = str(openai_harmony.__file__)

    def encode(self, text: str) -> list[int]:
        """The ids of a text in which special tokens may be spelled out."""
        return list(self.encoding.encode(text, allowed_special="all"))

    def parser(self) -> Any:
        return self.module.StreamableParser(self.encoding, self.assistant)

    def messages(self, chat: Chat) -> list[Any]:
        """New objects, also for what is equal in two conversations."""
        h = self.module
        made = [h.Message.from_role_and_content(h.Role.SYSTEM, h.SystemContent.new())]
        if chat.instructions is not None:
            content = h.DeveloperContent.new().with_instructions(chat.instructions)
            if chat.tools:
                content = content.with_function_tools([h.ToolDescription.new(*tool) for tool in chat.tools])
            made.append(h.Message.from_role_and_content(h.Role.DEVELOPER, content))
        for turn in chat.turns:
            message = h.Message.from_role_and_content(h.Role(turn.role), turn.text)
            made.append(message if turn.channel is None else message.with_channel(turn.channel))
        return made

    def conversation(self, chat: Chat) -> Any:
        return self.module.Conversation.from_messages(self.messages(chat))

    def prefixes(self, chat: Chat, ends: list[int]) -> list[Any]:
        """Conversations of the first turns of one chat, which share their messages."""
        messages = self.messages(chat)
        before = len(messages) - len(chat.turns)
        return [self.module.Conversation.from_messages(messages[: before + end]) for end in ends]

    def render(self, conversation: Any) -> list[int]:
        tokens: list[int] = self.encoding.render_conversation_for_completion(conversation, self.assistant)
        return tokens

    def forget(self) -> None:
        """Empty the cache, where there is one."""
        clear: Callable[[], None] | None = getattr(self.encoding, "cache_clear", None)
        if clear is not None:
            clear()


class Template:
    """The route without any library: a template, and a tokenizer that may see special tokens in its text."""

    def __init__(self) -> None:
        import jinja2
        import tiktoken

        source = Path(__file__).with_name("prompt.jinja").read_text(encoding="utf-8")
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string(source)
        self._tokenizer = tiktoken.get_encoding("o200k_harmony")
        self.file = str(jinja2.__file__)

    def encode(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, allowed_special="all")

    def conversation(self, chat: Chat) -> dict[str, Any]:
        return {
            "instructions": chat.instructions,
            "tools": [tool._asdict() for tool in chat.tools],
            "turns": [turn._asdict() for turn in chat.turns],
        }

    def prefixes(self, chat: Chat, ends: list[int]) -> list[dict[str, Any]]:
        return [self.conversation(chat._replace(turns=chat.turns[:end])) for end in ends]

    def render(self, conversation: dict[str, Any]) -> list[int]:
        return self.encode(self._template.render(conversation))

    def forget(self) -> None:
        pass


def loaded(name: str) -> Harmony | Template:
    """The library of a column; which of the three Harmony libraries it is, the path of the process decides."""
    return Template() if name == "template" else Harmony()


def digest(value: Any) -> str:
    """Equal for results that are equal; objects count by their dictionary form."""
    text = json.dumps(value, default=lambda item: item.to_dict(), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
