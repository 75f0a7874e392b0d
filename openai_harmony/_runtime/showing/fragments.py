"""Fragments of HTML for notebooks: escaped, of limited size, with inline styles that fit light and dark themes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from html import escape
from typing import Any, NamedTuple

from ..types.plain_text import plain

__all__ = ["Chip", "Group", "messages_html", "result_html", "tokens_html"]

MOST_MESSAGES = 60
MOST_CHARACTERS = 1500  # of a message
MOST_TOKENS = 600
MOST_FAULTS = 40

# Translucent greys look the same on white and on black.
_BOX = "border:1px solid rgba(128,128,128,.4);border-radius:6px;margin:6px 0;padding:6px 10px;max-width:960px"
_BADGE = "border:1px solid rgba(128,128,128,.4);border-radius:9px;padding:0 7px;margin-left:6px;font-size:.85em"
_TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;font-family:monospace;margin-top:4px"
_QUIET = "opacity:.7;font-size:.85em"
_CHIPS = ("rgba(128,128,128,.14)", "rgba(128,128,128,.28)")


class Chip(NamedTuple):
    """A token: its text, what is said of it when the pointer is over it, and whether a model samples it."""

    text: str
    title: str
    sampled: bool


class Group(NamedTuple):
    """Tokens of one message, or of none: a heading, and the number of all of them."""

    heading: str
    size: int
    chips: Sequence[Chip]


def messages_html(messages: Sequence[Any]) -> str:
    """Return the messages of a conversation."""
    return _whole(f"{len(messages)} messages", _cards(messages))


def result_html(messages: Sequence[Any], recoveries: Sequence[Any], open_turn: str | None, complete: bool) -> str:
    """Return the result of parsing: the messages, the recoveries, and what is not complete."""
    notes = [f"{len(messages)} messages", f"{len(recoveries)} recoveries"]
    if messages and not complete:
        notes.append("the last message has no stop token")
    if open_turn is not None:
        notes.append(f"open turn: {open_turn}")
    return _whole(", ".join(notes), [*_cards(messages), *_faults(recoveries)])


def tokens_html(summary: str, groups: Iterable[Group], size: int) -> str:
    """Return tokens with their boundaries; `size` is the number of all of them, of which the first are shown."""
    parts: list[str] = []
    shown = 0
    for group in groups:
        if shown >= MOST_TOKENS:
            break
        chips = group.chips[: MOST_TOKENS - shown]
        tokens = "".join(_chip(chip, shown + at) for at, chip in enumerate(chips))
        shown += len(chips)
        parts.append(_box(f"<b>{escape(group.heading)}</b>{_badge('tokens', str(group.size))}", tokens))
    if shown < size:
        parts.append(_quiet(f"{size - shown} more tokens"))
    return _whole(summary, parts)


def _whole(summary: str, parts: Iterable[str]) -> str:
    text = f'<div style="line-height:1.5">{_quiet(summary)}{"".join(parts)}</div>'
    return text.encode("utf-8", "backslashreplace").decode()  # half a character, which UTF-8 cannot hold


def _cards(messages: Sequence[Any]) -> Iterator[str]:
    for index, message in enumerate(messages[:MOST_MESSAGES]):
        yield _box(f"<b>{index} {escape(_author(message))}</b>{_badges(message)}", escape(_shortened(_text(message))))
    if len(messages) > MOST_MESSAGES:
        yield _quiet(f"{len(messages) - MOST_MESSAGES} more messages")


def _author(message: Any) -> str:
    author = message.author
    role = plain(author.role.value)
    return role if author.name is None else f"{role} {author.name}"


def _badges(message: Any) -> str:
    """Return the fields of a header: what a message has besides its author and its contents."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    return "".join(_badge(name, str(value)) for name, value in list(values.items())[2:] if value is not None)


def _text(message: Any) -> str:
    return "\n".join(_content(content) for content in message.content)


def _content(content: Any) -> str:
    """Return a content as text: its only text, or else its dictionary form."""
    values = [getattr(content, field.name) for field in fields(content)]
    if len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return json.dumps(content.to_dict(), indent=2, ensure_ascii=False, default=str)


def _shortened(text: str) -> str:
    left_out = len(text) - MOST_CHARACTERS
    return text if left_out <= 0 else f"{text[:MOST_CHARACTERS]}… ({left_out} more characters)"


def _faults(recoveries: Sequence[Any]) -> Iterator[str]:
    for fault in recoveries[:MOST_FAULTS]:
        text = f", left out: {fault.text[:MOST_CHARACTERS]!r}" if fault.text else ""
        yield _quiet(f"{fault.kind.value}: tokens {fault.start} to {fault.end}, message {fault.message_index}{text}")
    if len(recoveries) > MOST_FAULTS:
        yield _quiet(f"{len(recoveries) - MOST_FAULTS} more recoveries")


def _chip(chip: Chip, at: int) -> str:
    style = f"background:{_CHIPS[at % 2]}{';font-weight:bold' if chip.sampled else ''}"
    return f'<span title="{escape(chip.title)}" style="{style}">{escape(chip.text)}</span>'


def _box(heading: str, text: str) -> str:
    return f'<div style="{_BOX}">{heading}<div style="{_TEXT}">{text}</div></div>'


def _badge(name: str, value: str) -> str:
    return f'<span style="{_BADGE}">{escape(name)} {escape(value)}</span>'


def _quiet(text: str) -> str:
    return f'<div style="{_QUIET}">{escape(text)}</div>'
