"""A reader of text: ids are code points, and special tokens that the text spells have ids above them.

The search for special tokens in text is in marker_search.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

from ...errors import ParseError
from .content import UNKNOWN
from .header_end import LONGEST_RUN
from .headers.text import HeaderText
from .machine import Framing, Phase
from .reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Self

    from .marker_search import MarkerSearch
    from .reader_values import Mode, ReaderContext

__all__ = ["CharacterReader", "Characters", "framing_of_text"]

FIRST_SPECIAL = 0x110000  # the number after the last code point
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")


def framing_of_text(framing: Framing) -> Framing:
    """Return the tables of a framing for a stream of characters: the ids of special tokens are shifted."""
    shift = FIRST_SPECIAL - framing.first_special
    return framing._replace(
        terminals={token + shift: terminal for token, terminal in framing.terminals.items()},
        start_id=framing.start_id + shift,
        first_special=FIRST_SPECIAL,
        last_special=framing.last_special + shift,
        shift=shift,
    )


class Characters:
    """The bytes of characters and of spelled special tokens; a `ByteSource`.

    Args:
        search: finds special tokens by their spelling.
        shift: the number that is added to their ids.
        tokenize: returns the tokens of a text without special tokens, as bytes.
    """

    __slots__ = ("_spelled", "search", "shift", "texts", "tokenize")

    def __init__(self, search: MarkerSearch, shift: int, tokenize: Callable[[str], Iterable[bytes]]) -> None:
        self.search = search
        self.shift = shift
        self.tokenize = tokenize
        self.texts: dict[int, str] = {}  # always empty: to make a character is as fast as to look it up
        self._spelled = search.spelled

    def one(self, token: int) -> bytes:
        text = self.text(token)
        return UNKNOWN if text is None else text.encode()

    def text(self, token: int) -> str | None:
        return chr(token) if token < FIRST_SPECIAL else self._spelled.get(token - self.shift)

    def many(self, ids: list[int]) -> bytes:
        try:
            return "".join(map(chr, ids)).encode()
        except ValueError:  # special tokens among them
            return b"".join(map(self.one, ids))

    def knows(self, token: int) -> bool:
        return self.text(token) is not None


class CharacterHeader(HeaderText):
    """The text of a header in a stream of characters. Its token boundaries are those of the encoded text."""

    def __init__(self, framing: Framing, ids: list[int], first: int, source: Characters, beyond: int) -> None:
        super().__init__(framing, ids, first, source, beyond)
        self._tokenize = source.tokenize
        self._token_ends: set[int] | None = None

    def boundary(self, offset: int) -> bool:
        if self._token_ends is None:  # computed on demand: few headers need it, and encoding is slow
            self._token_ends = set(self._find_token_ends())
        return offset in self._token_ends

    def _find_token_ends(self) -> Iterable[int]:
        for item in self.items:
            end = item.start
            for token in (item.data,) if item.terminal is not None else self._tokenize(item.data.decode()):
                end += len(token)
                yield end


class CharacterReader(Reader):
    """Reads text that comes in pieces. The positions that it reports are offsets in characters."""

    def __init__(self, framing: Framing, context: ReaderContext, role: str | None, mode: Mode) -> None:
        self.waiting = ""  # the end of the text so far, which the next piece may complete to a special token
        self.wide: list[int] = []  # the positions of ids that stand for more than one character, ascending
        self.surplus = [0]  # characters minus ids: before each id of `wide`, and after the last one
        self.before = (0, 0)  # the start and the length of the content that was open before the last piece
        super().__init__(framing, context, role, mode)

    # text in --------------------------------------------------------------------------------------

    def take(self, text: str) -> None:
        """Read a piece of text. Its end is held back if it may be the beginning of a special token.

        Raises:
            ParseError: the first error in the piece; the piece is read to its end nevertheless.
        """
        if text:
            self.ended = -1  # the input did not end, even if the whole piece is held back
        self._raise_first(self._take(text, final=False))

    def finish(self) -> None:
        errors = self._take("", final=True)
        try:
            super().finish()
        except ParseError as error:
            errors.append(error)
        self._raise_first(errors)

    def _raise_first(self, errors: list[ParseError]) -> None:
        if errors:
            raise errors[0]

    def _take(self, text: str, *, final: bool) -> list[ParseError]:
        errors: list[ParseError] = []
        content = self.content
        self.before = (content.start, len(content.read(self.ids, len(self.ids), self.source)) if self.in_content else 0)
        if not self.waiting and self.plain_below >= FIRST_SPECIAL and self.source.search.is_plain(text):
            self.ids.extend(map(ord, text))  # the usual case
            return errors
        read, text = 0, self.waiting + text
        for part, token in self.source.search.split(text, final=final):
            read += len(part)
            self.waiting = ""
            if token is not None:
                self._take_wide(token + self.source.shift, len(part), errors)
            elif part.isascii():
                self._take_plain(part, errors)
            else:
                self._take_any(part, errors)
        self.waiting = text[read:]
        return errors

    def _take_any(self, text: str, errors: list[ParseError]) -> None:
        """Read text that may contain surrogates: a surrogate pair is one character, a lone surrogate is U+FFFD."""
        done = 0
        for match in _SURROGATES.finditer(text):
            self._take_plain(text[done : match.start()], errors)
            character = match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            self._take_wide(ord(character), len(match[0]), errors)
            done = match.end()
        self._take_plain(text[done:], errors)

    def _take_plain(self, text: str, errors: list[ParseError]) -> None:
        for at, character in enumerate(text):
            if self.plain_below >= FIRST_SPECIAL:  # characters need only be appended
                self.ids.extend(map(ord, text[at:]))
                return
            self._take_one(ord(character), errors)

    def _take_wide(self, number: int, width: int, errors: list[ParseError]) -> None:
        """Read an id that stands for `width` characters of the text."""
        if width > 1:
            self.wide.append(len(self.ids))
            self.surplus.append(self.surplus[-1] + width - 1)
        self._take_one(number, errors)

    def _take_one(self, number: int, errors: list[ParseError]) -> None:
        try:
            self.push(number)
        except ParseError as error:
            errors.append(error)

    def _decide_text(self, terminal: str) -> None:
        if terminal != self.framing.text or self._may_decide():
            super()._decide_text(terminal)

    def _may_decide(self) -> bool:
        """Whether the last character can decide between header and text: it begins a word, or the run is too long."""
        before = self.ids[-2] if len(self.ids) - self.mark > 1 else FIRST_SPECIAL
        if before >= FIRST_SPECIAL or chr(before) in self.framing.white_space:
            return True
        return len(self.ids) - self.mark > LONGEST_RUN or len(self.source.many(self.ids[self.mark :])) > LONGEST_RUN

    # results --------------------------------------------------------------------------------------

    def place(self, position: int) -> int:
        return position + self.surplus[bisect_left(self.wide, position)]

    def added(self) -> str:
        """Return the text that the last piece added to the message that is now open; empty if none is open."""
        if not self.in_content:
            return ""
        text = self.content.read(self.ids, len(self.ids), self.source)
        start, length = self.before
        return text[length:] if start == self.content.start else text

    @property
    def in_content(self) -> bool:
        return self.phase == Phase.CONTENT

    @property
    def source(self) -> Characters:
        return cast("Characters", self.context.bytes)

    def _content_size(self, end: int) -> int:
        return len(self.content.read(self.ids, end, self.source))

    def _header_text(self, end: int, mark: int | None = None) -> HeaderText:
        begin = self.mark if mark is None else mark
        return CharacterHeader(self.framing, self.ids[begin:end], begin, self.source, self.beyond)

    def copy(self) -> Self:
        twin = super().copy()
        twin.wide, twin.surplus = self.wide[:], self.surplus[:]
        return twin
