"""Encodes text to ids and decodes ids, with one vocabulary.

A backend encodes text without special tokens: this module splits text at them. The backend is built when there is
much to encode; it decodes too if it knows the markers of special tokens.
"""

from __future__ import annotations

import os.path
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ...errors import TokenError, raise_disallowed_special_token
from ..locks import Locked, loading, loading_own
from ..types.plain_text import plain as plain_text
from .at_exit import leave_to_system
from .backends.choosing import DEFAULT, Choice
from .blank_runs import LONG
from .checked_id import checked_id, type_name
from .marked_pieces import MarkedPieces
from .markers import marker
from .packed_pieces import NOT_IN_TEXT
from .tokenizer_info import TokenizerInfo, info_of
from .utf8_fault import utf8_fault
from .vocabulary_file import Vocabulary

if TYPE_CHECKING:
    from .backends.building import Built
    from .backends.protocol import Backend
    from .small_bpe import SmallBpe

_LEAD = NOT_IN_TEXT
_MARKER = re.compile(rb"\xff([\x00-\x7f]{3})")

_NOT_IDS = (KeyError, IndexError, TypeError, ValueError, OverflowError)


# Characters that a process encodes without a backend: in a tenth of the time of building one. A call counts as a few
# more, so that a server with short texts has the backend after some dozen prompts.
FEW = 20_000
CALL = 200


class Tokenizer(Locked):
    """Encodes and decodes with a vocabulary and a split pattern. Threads may share it; a pickle has only its arguments.

    The pattern must treat white space as `blank_runs` requires, which splits runs that are too long for tiktoken.
    """

    def __init__(self, vocabulary: Vocabulary, name: str, split_pattern: str, choice: Choice = DEFAULT) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.name = name
        self.split_pattern = split_pattern
        self.choice = choice
        self._ids = {text: id for id, text in vocabulary.specials.items()}
        self._specials = frozenset(self._ids)
        # The common prefix: a text without it contains no special token.
        self._shared = os.path.commonprefix(list(self._ids))  # noqa: RUF071 - not paths: compares characters
        self._built: Built | None = None
        # The methods of the backend, if it is built; the second one only if it knows the markers.
        self._encode: Callable[[str], list[int]] | None = None
        self._decode: Callable[[Sequence[int]], bytes] | None = None
        self._marked: MarkedPieces | tuple[Any, ...] = MarkedPieces(vocabulary)
        self._small: SmallBpe | None = None  # until a backend is built
        self._left = FEW

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.vocabulary!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (Tokenizer, (self.vocabulary, self.name, self.split_pattern, self.choice))

    # Encoding ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Build the encoder now, so that encoding the first text is not delayed."""
        self._backend()

    @property
    def is_prepared(self) -> bool:
        """Whether the encoder is built."""
        return self._built is not None

    def info(self) -> TokenizerInfo:
        """Return which backend encodes, and why; nothing is built or read."""
        return info_of(self.choice, self.vocabulary, self._built)

    def encode_text(self, text: str) -> list[int]:
        """Encode text without special tokens, whatever it contains; a lone surrogate is encoded as U+FFFD."""
        encode = self._encode or self._encode_first
        return encode(text) if len(text) < LONG else self._backend().encode_long(text)

    def _encode_first(self, text: str) -> list[int]:
        """Encode one of the first texts of a process, without a backend if these have been few."""
        self._left -= len(text) + CALL
        if self._left > 0:
            small = self._small or self._make_small()
            tokens = None if small is None else small.encode(text)
            if tokens is not None:
                return tokens
        return self._backend().encode_ordinary(text)

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
            raise TypeError(f"argument 'text': {type_name(text)} object cannot be converted to 'PyString'")
        if allowed is not self._specials:
            allowed = self._known(allowed)
        if plain or not allowed:
            return self.encode_text(text)
        return self._encode_between(allowed, text)

    def _known(self, allowed: frozenset[str]) -> frozenset[str]:
        for word in allowed - self._specials:
            if not isinstance(word, str):
                raise ValueError(
                    f"invalid allowed_special: TypeError: {type_name(word)} object cannot be converted to 'PyString'"
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
        if data is not None and any(marker(stray) in data for stray in self.vocabulary.strays):
            return None
        return data

    def ordinary_bytes(self, tokens: list[int]) -> bytes | None:
        """Decode ordinary ids to bytes at once; None if no backend can, an id is invalid, or the bytes contain 0xff."""
        try:
            data = self._decode(tokens) if self._decode is not None else None
        except _NOT_IDS:
            return None
        return data if data is None or _LEAD not in data else None

    def _marked_bytes(self, tokens: Sequence[int]) -> bytes | None:
        decode = self._decode
        try:
            if decode is not None:
                return decode(tokens)
            array("I", tokens)  # raises for negative or non-integer ids, at a fifth of the cost of a loop
            pieces = self._marked
            if isinstance(pieces, MarkedPieces) and not pieces.are_enough(len(tokens)):
                pieces = self._marked = pieces.all()
            if len(tokens) < 2:
                return b"".join([pieces[token] for token in tokens])
            return b"".join(itemgetter(*tokens)(pieces))
        except _NOT_IDS:
            return None

    def _unmarked(self, match: re.Match[bytes]) -> bytes:
        high, middle, low = match[1]
        id = high << 14 | middle << 7 | low
        return self.vocabulary.strays.get(id) or self.vocabulary.specials[id].encode()

    def _refusal(self, tokens: list[Any]) -> TokenError:
        """Return the error for ids that cannot be decoded; raises if an item is not an unsigned 32-bit integer."""
        ids = [checked_id(token, "tokens") for token in tokens]
        known = self.vocabulary.specials
        unknown = next(id for id in ids if id >= self.vocabulary.count and id not in known)
        return TokenError(f"Invalid token for decoding: {unknown}")

    # Building ------------------------------------------------------------------------------------

    def _backend(self) -> Backend:
        return (self._built or self._build()).backend

    def _build(self) -> Built:
        with loading():
            from .backends.building import build

        with self._lock:
            if self._built is None:
                ranks: dict[bytes, int] = {}

                def filled() -> dict[bytes, int]:
                    if not ranks:
                        ranks.update(self.vocabulary.ranks())
                    return ranks

                built = build(self.choice, self.vocabulary, self.name, self.split_pattern, filled)
                leave_to_system(self)
                backend = built.backend
                self._decode = backend.decode_bytes if backend.marks else None
                self._encode = backend.encode_ordinary
                self._built = built
                ranks.clear()  # tiktoken has a copy, and keeps this one only for pickling
                self._small = None
            return self._built

    def _make_small(self) -> SmallBpe | None:
        """Make the encoder of the first texts; None if a backend is built, or is needed to split text."""
        with loading_own():
            from .small_bpe import SmallBpe, split_pattern_of

        with self._lock:
            if self._small is None and self._built is None:
                split = split_pattern_of(self.split_pattern)
                if split is None:
                    self._left = 0
                else:
                    self._small = SmallBpe(self.vocabulary.rank_of(), split)
            return self._small


def _refuse(words: re.Pattern[str], text: str) -> None:
    match = words.search(text)
    if match:
        raise_disallowed_special_token(match[0])


@lru_cache(maxsize=32)
def _matcher(words: frozenset[str], without: frozenset[str] = frozenset()) -> re.Pattern[str]:
    """Return a pattern for any of the words, longest first; cached, since compiling a thousand words takes 20 ms."""
    return re.compile("|".join(sorted(map(re.escape, words - without), key=len, reverse=True)))
