"""Every message of text that is written reads back equal in every mode, but for what docs/differences.md lists."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from openai_harmony import Author, Message, ParseError, Role, StreamableParser, TextContent, load_harmony_encoding
from openai_harmony.strictness import Strictness

ENCODING = load_harmony_encoding("HarmonyGptOss")
ROLES = ("user", "assistant", "system", "developer")
CHANNELS = ("analysis", "commentary", "final")
LISTED = re.compile(rf"({'|'.join(ROLES + CHANNELS)})+")
NAMED_ROLE = re.compile(rf"({'|'.join(ROLES)}):.*")

NAMES = (None, "functions.f", "bob", "x:y", "x<|end|>", "", "a\u3000b", "user", "finaluser", "user:bob", "to=x", "json")
RECIPIENTS = (None, "functions.f", "x", "all", "", "a b", "user", "to=x", "a<|channel|>b", '{"a":1}', "x[1]")
TYPES = (
    None, "json", "<|constrain|>json", "application/json", "<|end|>", "", "a b", "to=x", "python", "a.b",
    "assistant", "user", "final", "analysisfinal", "user:bob", '{"a":1}', "<|constrain|>{}", "x[1]",
)  # fmt: skip
WHERE = (None, "final", "reports", "", "a b", "user", "analysisfinal", "finalx", "a<b", "x<|end|>", "{}")


@functools.cache
def written() -> list[tuple[Message, list[int]]]:
    return [(message, ENCODING.render(message)) for message in messages()]


def messages() -> Iterator[Message]:
    """All combinations in which at most one field is unusual."""
    for role in ("user", "assistant", "tool"):
        names = NAMES[1:] if role == "tool" else NAMES
        for values in itertools.product(names, RECIPIENTS, TYPES, WHERE, ("x", "")):
            usual = (names[:2], RECIPIENTS[:2], TYPES[:3], WHERE[:3])
            if sum(value not in those for value, those in zip(values, usual)) <= 1:
                name, recipient, kind, channel, text = values
                author = Author(Role(role), name)
                yield Message(author, [TextContent(text)], channel=channel, recipient=recipient, content_type=kind)


def is_listed(word: str | None) -> bool:
    return word is not None and (LISTED.fullmatch(word) or NAMED_ROLE.fullmatch(word)) is not None


def names_a_tool(word: str) -> bool:
    return not word.startswith("<|") and ("." in word.strip(".") or word in ("python", "browser", "functions"))


def exceptions(message: Message, strict: Strictness, *, told: bool) -> set[str]:
    """Which lines of the document's list a message falls under; `told`: the parser knows its channel."""
    role, name = message.author.role.value, message.author.name
    recipient, kind, channel = message.recipient, message.content_type, message.channel
    values = [value for value in (name, recipient, kind, channel) if value is not None]
    empty = not message.content[0].text
    unknown = channel is not None and channel not in CHANNELS and not told
    unreadable = recipient is None and (name is not None or (kind is None and "<" in str(channel)))
    found = {
        "empty or white space": any(not value or re.search(r"\s", value) for value in values),
        "all": recipient == "all",
        "tool's name": role == "tool" and (is_listed(name) or str(name).startswith("to=")),
        "channel of known words": unknown and is_listed(channel),
        "unknown channel that the reference refuses": unknown and unreadable and strict is True,
        "unknown channel without content": unknown and empty,
        "type": kind is not None and (kind.startswith("to=") or kind == role),
        "tool's name for a type": kind is not None and recipient is None and names_a_tool(kind),
        "listed word for a type": is_listed(kind) and recipient is None and (channel is None or unknown),
        "call without message marker": empty and any("{" in word or "[" in word for word in values if word != name),
    }
    return {line for line, holds in found.items() if holds}


def reads_back(message: Message, tokens: list[int], strict: Strictness, *, told: bool) -> bool:
    channel = message.channel or ""
    channels = [channel] if told and channel and not re.search(r"\s", channel) else []
    parser = StreamableParser(ENCODING, None, strict=strict, channels=channels)
    try:
        for token in tokens:
            parser.process(token)
    except ParseError:
        return False
    return parser.messages == [message]


modes = pytest.mark.parametrize(
    ("strict", "told"), [(True, False), (True, True), (False, False), (False, True), ("pedantic", True)]
)


@modes
def test_what_the_document_does_not_list_reads_back(strict: Strictness, told: bool) -> None:
    compared = 0
    for message, tokens in written():
        if not exceptions(message, strict, told=told):
            assert reads_back(message, tokens, strict, told=told), message
            compared += 1
    assert compared > 500


@modes
def test_each_line_of_the_document_is_needed(strict: Strictness, told: bool) -> None:
    """Each has messages that fall under no other line and do not read back."""
    needed = Counter[str]()
    for message, tokens in written():
        lines = exceptions(message, strict, told=told)
        if len(lines) == 1 and not reads_back(message, tokens, strict, told=told):
            needed.update(lines)
    expected = {
        "empty or white space", "all", "tool's name", "type", "tool's name for a type", "listed word for a type",
        "call without message marker",
    }  # fmt: skip
    if not told:
        expected |= {"channel of known words", "unknown channel without content"}
        if strict is True:
            expected |= {"unknown channel that the reference refuses"}
    assert set(needed) == expected
