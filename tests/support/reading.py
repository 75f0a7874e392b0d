"""Many completions read by whichever `openai_harmony` this process has: messages, and where which error was raised."""

from __future__ import annotations

from typing import Any

import openai_harmony as oh

__all__ = ["read_all"]

ENCODING = oh.load_harmony_encoding("HarmonyGptOss")


def read_all(texts: list[str], role: str | None) -> list[Any]:
    """For each text: its messages as lists of fields, its errors as place and complaint, its recoveries as kinds."""
    return [_read(ENCODING.encode(text, allowed_special="all"), role) for text in texts]


def _read(tokens: list[int], role: str | None) -> list[Any]:
    parser = oh.StreamableParser(ENCODING, None if role is None else oh.Role(role))
    errors: list[list[Any]] = []
    for index, token in enumerate(tokens):
        try:
            parser.process(token)
        except oh.HarmonyError as error:
            errors.append([index, str(error)])
    try:
        parser.process_eos()
    except oh.HarmonyError as error:
        errors.append(["eos", str(error)])
    recoveries = [recovery.kind.value for recovery in getattr(parser, "recoveries", [])]
    return [[_fields(message) for message in parser.messages], errors, recoveries]


def _fields(message: oh.Message) -> list[str | None]:
    author = message.author
    text = message.content[0].text
    return [str(author.role.value), author.name, message.channel, message.recipient, message.content_type, text]
