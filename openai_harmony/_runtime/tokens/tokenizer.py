"""Encodes text to ids and decodes ids, with one vocabulary.

tiktoken is imported, and its encoder built, when text is first encoded. The encoder has no special tokens: this module
splits text at them. The encoder's vocabulary contains marker bytes for them, which occur in no text, so that one call
decodes a whole list and the result still shows the positions of special tokens.
"""

from __future__ import annotations

import os.path
import re
from array import array
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from operator import index, itemgetter
from typing import TYPE_CHECKING, Any

from ...errors import TokenError, raise_disallowed_special_token
from ..locks import Locked, loading
from ..types.plain_text import plain as plain_text
from . import blank_runs
from .at_exit import leave_to_system
from .utf8_fault import utf8_fault
from .vocabulary_file import NOT_IN_TEXT, Vocabulary

if TYPE_CHECKING:
    import tiktoken

_LEAD = NOT_IN_TEXT
_MARKER = re.compile(rb"\xff([\x00-\x7f]{3})")

_NOT_IDS = (KeyError, IndexError, TypeError, ValueError, OverflowError)


def marker(id: int) -> bytes:
    """Return the marker of a special token in `scan_bytes`: the byte 0xff, and the id in three bytes of seven bits."""
    return bytes((0xFF, id >> 14, id >> 7 & 0x7F, id & 0x7F))


def checked_id(token: Any, argument: str) -> int:
    """Return a token as an unsigned 32-bit integer; raises TypeError or OverflowError as the reference library does."""
    try:
        id = index(token)
    except TypeError:
        raise TypeError(f"argument {argument!r}: {_type(token)} object cannot be interpreted as an integer") from None
    if not -(2**63) <= id < 2**63:
        raise OverflowError("Python int too large to convert to C long")
    if not 0 <= id < 2**32:
        raise OverflowError("out of range integral type conversion attempted")
    return id


class Tokenizer(Locked):
    """Encodes and decodes with a vocabulary and a split pattern. Threads may share it; a pickle has only its arguments.

    The pattern must treat white space as `blank_runs` requires, which splits runs that are too long for tiktoken.
    """

    def __init__(self, vocabulary: Vocabulary, name: str, split_pattern: str) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.name = name
        self.split_pattern = split_pattern
        self._ids = {text: id for id, text in vocabulary.specials.items()}
        self._specials = frozenset(self._ids)
        # The common prefix: a text without it contains no special token.
        self._shared = os.path.commonprefix(list(self._ids))  # noqa: RUF071 - not paths: compares characters
        self._encoding: tiktoken.Encoding | None = None
        self._blanks: tiktoken.Encoding | None = None
        self._marked: tuple[Any, ...] | None = None
        self._strays: dict[int, bytes] = {}  # ordinary tokens that contain the markers' first byte

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.vocabulary!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (Tokenizer, (self.vocabulary, self.name, self.split_pattern))

    # Encoding ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Build the encoder now, so that encoding the first text is not delayed."""
        if self._encoding is None:
            self._build()

    def encode_text(self, text: str) -> list[int]:
        """Encode text without special tokens, whatever it contains; a lone surrogate is encoded as U+FFFD."""
        encoding = self._encoding or self._build()
        if len(text) < blank_runs.LONG:
            return encoding.encode_ordinary(text)
        try:
            # If the regex engine fails, this raises ValueError; `encode_ordinary` would panic with a BaseException.
            return encoding.encode(text, disallowed_special=())
        except ValueError:
            return self._encode_parts(encoding, text)

    def encode(
        self,
        text: str,
        *,
        allowed_special: str | Iterable[str] = (),
        disallowed_special: str | Collection[str] | None = "all",
    ) -> list[int]:
        """Encode text.

        Args:
            text: The text.
            allowed_special: The texts of special tokens to encode as such, or "all".
            disallowed_special: The texts that raise an error; by default all special tokens that are not allowed.

        Raises:
            TokenError: The text contains a member of `disallowed_special`.
            TypeError: `text` is not a string.
        """
        if type(text) is not str and isinstance(text, str):
            text = plain_text(text)
        plain = isinstance(text, str) and self._shared not in text
        allowed = self._specials if allowed_special == "all" else frozenset(allowed_special)
        if disallowed_special == "all":
            if not (plain or allowed is self._specials or self._specials <= allowed):
                _refuse(_matcher(self._specials, allowed), text)
        elif disallowed_special:
            _refuse(_matcher(frozenset(disallowed_special)), text)
        if not isinstance(text, str):
            raise TypeError(f"argument 'text': {_type(text)} object cannot be converted to 'PyString'")
        if allowed is not self._specials:
            allowed = self._known(allowed)
        if plain or not allowed:
            return self.encode_text(text)
        return self._encode_between(allowed, text)

    def _known(self, allowed: frozenset[str]) -> frozenset[str]:
        for word in allowed - self._specials:
            if not isinstance(word, str):
                raise ValueError(
                    f"invalid allowed_special: TypeError: {_type(word)} object cannot be converted to 'PyString'"
                )
            try:
                word.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"invalid allowed_special: UnicodeEncodeError: {error}") from None
        return allowed & self._specials

    def _encode_between(self, allowed: frozenset[str], text: str) -> list[int]:
        tokens: list[int] = []
        done = 0
        for match in _matcher(allowed).finditer(text):
            tokens += self.encode_text(text[done : match.start()])
            tokens.append(self._ids[match[0]])
            done = match.end()
        return tokens + self.encode_text(text[done:])

    def _encode_parts(self, encoding: tiktoken.Encoding, text: str) -> list[int]:
        blanks = self._blanks or self._build_blanks()
        tokens: list[int] = []
        for part, blank in blank_runs.parts(text):
            tokens += (blanks if blank else encoding).encode(part, disallowed_special=())
        return tokens

    # Decoding ------------------------------------------------------------------------------------

    def decode(self, tokens: Iterable[int], errors: str = "replace") -> str:
        """Decode ids to text; `errors` handles bytes that are not UTF-8, as in `bytes.decode`."""
        return self.decode_bytes(tokens).decode("utf-8", errors)

    def decode_utf8(self, tokens: Iterable[int]) -> str:
        """Decode ids to text; an unknown id or invalid UTF-8 raises TokenError."""
        try:
            return self.decode_bytes(tokens).decode()
        except TokenError as error:
            fault = f"Invalid token error: {error}"
        except UnicodeDecodeError as error:
            fault = f"Invalid utf-8 sequence: {utf8_fault(error)}"
        raise TokenError(f"Could not decode tokens: {fault}")

    def decode_bytes(self, tokens: Iterable[int]) -> bytes:
        """Decode ids to bytes; a special token gives its text."""
        listed = tokens if isinstance(tokens, list) else list(tokens)
        data = self._marked_bytes(listed)
        if data is None:
            raise self._refusal(listed)
        return _MARKER.sub(self._unmarked, data) if _LEAD in data else data

    def is_special_token(self, token: int) -> bool:
        return checked_id(token, "token") in self.vocabulary.specials

    def scan_bytes(self, tokens: Sequence[int]) -> bytes | None:
        """Decode ids to bytes, with `marker(id)` instead of each special token; 0xff occurs only in markers.

        Returns None if an id is unknown or not an integer, or if an ordinary token contains the byte 0xff.
        """
        data = self._marked_bytes(tokens)
        if data is not None:
            for stray in self._strays:
                if marker(stray) in data:
                    return None
        return data

    def ordinary_bytes(self, tokens: list[int]) -> bytes | None:
        """Decode ordinary ids to bytes; None if no encoder is built, an id is invalid, or the bytes contain 0xff."""
        try:
            data = self._encoding.decode_bytes(tokens) if self._encoding is not None else None
        except _NOT_IDS:
            return None
        return data if data is None or _LEAD not in data else None

    def _marked_bytes(self, tokens: Sequence[int]) -> bytes | None:
        encoding = self._encoding
        try:
            if encoding is not None:
                return encoding.decode_bytes(tokens)
            pieces = self._marked or self._mark()
            array("I", tokens)  # raises for negative or non-integer ids, at a fifth of the cost of a loop
            if len(tokens) < 2:
                return b"".join([pieces[token] for token in tokens])
            return b"".join(itemgetter(*tokens)(pieces))
        except _NOT_IDS:
            return None

    def _unmarked(self, match: re.Match[bytes]) -> bytes:
        high, middle, low = match[1]
        id = high << 14 | middle << 7 | low
        return self._strays.get(id) or self.vocabulary.specials[id].encode()

    def _refusal(self, tokens: list[Any]) -> TokenError:
        """Return the error for ids that cannot be decoded; raises if an item is not an unsigned 32-bit integer."""
        ids = [checked_id(token, "tokens") for token in tokens]
        known = self.vocabulary.specials
        unknown = next(id for id in ids if id >= self.vocabulary.count and id not in known)
        return TokenError(f"Invalid token for decoding: {unknown}")

    # Building ------------------------------------------------------------------------------------

    def _build(self) -> tiktoken.Encoding:
        with loading():
            import tiktoken

        with self._lock:
            if self._encoding is None:
                ranks = self.vocabulary.ranks()
                strays = self.vocabulary.strays
                for piece in strays.values():
                    del ranks[piece]
                for id in (*strays, *self.vocabulary.specials):
                    ranks[marker(id)] = id
                # One special token, never allowed: without any, tiktoken would match an empty text at every character.
                one = dict(list(self._ids.items())[:1])
                encoding = tiktoken.Encoding(
                    self.name, pat_str=self.split_pattern, mergeable_ranks=ranks, special_tokens=one
                )
                ranks.clear()  # tiktoken has a copy, and keeps this one only for pickling
                leave_to_system(self)
                self._strays = strays
                self._encoding = encoding
            return self._encoding

    def _build_blanks(self) -> tiktoken.Encoding:
        """Build an encoder for runs of blanks of any length, with only the tokens that consist of blanks."""
        with loading():
            import tiktoken

        with self._lock:
            if self._blanks is None:
                blank_bytes = blank_runs.BLANKS.encode()
                ranks = {piece: rank for piece, rank in self.vocabulary.ranks().items() if not piece.strip(blank_bytes)}
                self._blanks = tiktoken.Encoding(
                    f"{self.name}-blanks", pat_str=r"[\s\S]+", mergeable_ranks=ranks, special_tokens={}
                )
            return self._blanks

    def _mark(self) -> tuple[Any, ...]:
        """Build the bytes by id, including markers, for programs that decode but never encode, without tiktoken."""
        with self._lock:
            if self._marked is None:
                marked = list(self.vocabulary.pieces())
                strays = self.vocabulary.strays
                for id in (*strays, *self.vocabulary.specials):
                    marked[id] = marker(id)
                self._strays = strays
                self._marked = tuple(marked)
            return self._marked


def _refuse(words: re.Pattern[str], text: str) -> None:
    match = words.search(text)
    if match:
        raise_disallowed_special_token(match[0])


@lru_cache(maxsize=32)
def _matcher(words: frozenset[str], without: frozenset[str] = frozenset()) -> re.Pattern[str]:
    """Return a pattern for any of the words, longest first; cached, since compiling a thousand words takes 20 ms."""
    return re.compile("|".join(sorted(map(re.escape, words - without), key=len, reverse=True)))


def _type(value: object) -> str:
    return f"'{type(value).__name__}'"
