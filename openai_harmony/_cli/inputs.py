"""Reads what commands are given: files or standard input, and of which kind each is."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, TypeAlias, get_args

from .._conversations import FORMS, Form, conversation_of, form_of, is_certain
from .._generated.framing import FRAMING
from .._generated.messages import Conversation
from ..encoding import HarmonyEncoding
from .failing import Failure, at

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._dialects.options import PromptOptions

__all__ = ["KINDS", "Item", "Kind", "items_of", "one_of", "read", "read_one", "standard_input", "text_of"]

Kind: TypeAlias = Literal["conversation", "chat", "responses", "anthropic", "tokens", "text"]
"""A form of conversations, ids of tokens, or text in which special tokens are spelled out."""

KINDS: tuple[Kind, ...] = get_args(Kind)
TOKENS: Final = "tokens"
TEXT: Final = "text"
_TOKEN_KEYS, _COMPLETION = ("tokens", "token_ids"), "completion"
_IDS = re.compile(r"[\s,]*\d[\s,\d]*")
BETWEEN_IDS = re.compile(r"[\s,\[\]]+")
_MOST_DIGITS = 20
_UNKNOWN = f"JSON of no known kind; --from says which of {', '.join(KINDS)} it is"


@dataclass(frozen=True)
class Item:
    """One input.

    Attributes:
        place: the file, with the line for a line of several, for errors.
        kind: what it is.
        value: a JSON value for conversations, a list of ids, or a text.
    """

    place: str
    kind: Kind
    value: Any

    def conversation(
        self, *, for_training: bool = False, **options: Unpack[PromptOptions]
    ) -> tuple[Conversation, Form]:
        """Return the conversation and its form; see `conversation_of`. Raises Failure if it is none."""
        if self.kind == TOKENS or self.kind == TEXT:
            raise Failure(f"{self.place}: {_what(self.kind)}; expected a conversation, or a request of an API, in JSON")
        with at(self.place):
            return conversation_of(self.value, self.kind, for_training=for_training, **options), self.kind

    def tokens(self, encoding: HarmonyEncoding) -> list[int]:
        """Return the tokens of ids or of a text. Raises Failure if it is a conversation."""
        if self.kind == TOKENS:
            ids: list[int] = self.value
            return ids
        with at(self.place):
            return encoding.encode(self.completion(), allowed_special="all", disallowed_special=())

    def completion(self) -> str:
        """Return a text. Raises Failure if it is a conversation."""
        if self.kind != TEXT:
            raise Failure(f"{self.place}: {_what(self.kind)}; expected ids of tokens, or text")
        text: str = self.value
        return text


def _what(kind: Kind) -> str:
    names = {TOKENS: "ids of tokens", TEXT: "text", "conversation": "a conversation"}
    return names.get(kind) or f"a request ({kind})"


def read_one(path: Path, kind: Kind | None = None) -> Item:
    """Return the only item of an input. Raises Failure if there are more or none."""
    return one_of(read(path, kind), name_of(path))


def one_of(items: list[Item], place: str) -> Item:
    """Return the only item. Raises Failure if there are more or none."""
    if len(items) != 1:
        raise Failure(f"{place}: {len(items)} lines of JSON; this command reads one input")
    return items[0]


def read(path: Path, kind: Kind | None = None) -> list[Item]:
    """Return the items of an input: each line of JSON Lines, or else the whole.

    Args:
        path: the file; `-` is standard input.
        kind: what it is; by default it is detected.

    Raises:
        Failure: it is nothing of a known kind.
    """
    return items_of(text_of(path), name_of(path), kind)


def items_of(text: str, place: str, kind: Kind | None = None, *, notes: bool = True) -> list[Item]:
    """Return the items of a text; the other arguments are those of `read`, and the place for errors.

    Without `notes`, nothing is said on standard error of what is not certain.
    """
    if kind == TEXT or not text.strip():
        if not text.strip() and kind != TEXT:
            raise Failure(f"{place}: empty")
        return [Item(place, TEXT, text)]
    is_json = text.lstrip()[0] in '{["'
    if _IDS.fullmatch(text) if kind is None else kind == TOKENS and not is_json:
        return [Item(place, TOKENS, [id_of(word, place) for word in BETWEEN_IDS.split(text) if word])]
    if kind is None and not is_json:
        return [Item(place, TEXT, text)]
    try:
        items = [_item(value, at_place, kind) for at_place, value in _values(text, place)]
    except Failure:
        if kind is None and any(spelled in text for spelled in FRAMING.spellings.values()):
            return [Item(place, TEXT, text)]
        raise
    if notes and kind is None and any(item.kind in FORMS and not is_certain(item.value) for item in items):
        print(f"{place}: read as a chat; --from says what else it is", file=sys.stderr)
    return items


def id_of(word: str, place: str) -> int:
    """Return the id that a word is. Raises Failure if it is none."""
    if not (word.isdecimal() and len(word) <= _MOST_DIGITS):
        raise Failure(f"{place}: {word[:40]!r} is no id of a token")
    return int(word)


def name_of(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)


def standard_input() -> BinaryIO:
    """Return the bytes of standard input. Raises Failure if it is closed."""
    if sys.stdin is None:  # as `<&-` leaves it
        raise Failure("standard input: closed")
    return sys.stdin.buffer


def text_of(path: Path) -> str:
    """Return the text of a file or of standard input. Raises Failure if it cannot be read."""
    try:
        raw = standard_input().read() if str(path) == "-" else path.read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Failure(f"{name_of(path)}: not UTF-8, at byte {error.start}") from None
    except OSError as error:
        raise Failure(f"{name_of(path)}: {error.strerror}") from None


def _values(text: str, place: str) -> Iterator[tuple[str, object]]:
    """Yield the JSON values of a text, one or one a line, with their places."""
    try:
        yield place, json.loads(text)
        return
    except json.JSONDecodeError as error:
        first, _, rest = text.strip().partition("\n")
        if not rest or not _is_json(first):
            raise Failure(f"{place}:{error.lineno}:{error.colno}: no JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:  # a number that is too long; a value that is nested too deep
        raise Failure(f"{place}: no JSON: {error}") from None
    for number, line in enumerate(text.split("\n"), 1):  # JSON may have other line separators in its strings
        if line.strip():
            try:
                yield f"{place}:{number}", json.loads(line)
            except json.JSONDecodeError as error:
                raise Failure(f"{place}:{number}:{error.colno}: no JSON: {error.msg}") from None
            except (ValueError, RecursionError) as error:
                raise Failure(f"{place}:{number}: no JSON: {error}") from None


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _item(value: object, place: str, kind: Kind | None) -> Item:
    """Return an item of a JSON value."""
    if kind in FORMS:
        return Item(place, kind, value)
    if isinstance(value, Mapping):
        inner = next((value[key] for key in (*_TOKEN_KEYS, TEXT, _COMPLETION) if key in value), None)
        value = value if inner is None or form_of(value) is not None else inner
    if isinstance(value, str) and kind != TOKENS:
        return Item(place, TEXT, value)
    if isinstance(value, list) and all(type(item) is int for item in value):
        return Item(place, TOKENS, value)
    if kind == TOKENS:
        raise Failure(f"{place}: expected ids of tokens, as a list of integers")
    form = form_of(value)
    if form is None:
        raise Failure(f"{place}: {_UNKNOWN}")
    return Item(place, form, value)
