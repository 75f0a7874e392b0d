"""Finds headers that a parser would not read back as they are.

A header is rendered and then parsed, so that no rule of the format is repeated here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ._generated.contents import make_text
from ._generated.framing import FRAMING
from ._generated.messages import make_author, make_message
from ._generated.parts import PARTS
from ._generated.renderer import RULES
from ._parsing import NO_CHANNELS, framing_of, is_word, tables_of
from ._runtime.reading.reader import Reader
from ._runtime.reading.reader_values import Mode
from ._runtime.types.checking import text
from ._runtime.types.json_text import well_formed
from ._runtime.types.plain_text import is_safe_key, plain
from ._runtime.writing.history import ALL
from .errors import ParseError, RenderError

if TYPE_CHECKING:
    from ._parsing import Encoding
    from ._runtime.tokens.cache import TokenCache
    from ._runtime.writing.rendering import Renderer
    from ._runtime.writing.rules import Header

__all__ = ["PATHS", "HeaderCheck", "Problem", "read", "shown", "with_value"]

_ROLE, _NAME, _FIRST_FIELD = range(3)  # indices of a header
PATHS = ("author.role", "author.name", *PARTS.fields)  # the paths of a header's values in a message
_SOME_TEXT = "0"
_LONGEST_SHOWN = 80

_PEDANTIC, _DEFAULT = Mode(True, False), Mode(not FRAMING.has_reference, FRAMING.has_reference)

Problem: TypeAlias = "tuple[int, str]"  # the index of a value in a header, and what is wrong with it


class HeaderCheck:
    """Checks the headers that one renderer writes.

    Args:
        encoding: the encoding whose parsers read the headers.
        renderer: the renderer of a style.
        passed: a cache whose keys are the headers that have no problem.
    """

    def __init__(self, encoding: Encoding, renderer: Renderer, passed: TokenCache) -> None:
        self._encoding = encoding
        self._renderer = renderer
        self._passed = passed

    def problem(self, header: Header, *, has_content: bool = True) -> Problem | None:
        """Return what is wrong with the header of a message with or without content; None if nothing is."""
        key = header, has_content
        if self._passed.find(key) is not None:
            return None
        for value in header:
            if value is not None:
                text(value, "")
        words = tuple(None if value is None else well_formed(value) for value in header)
        why = self._why(words, has_content)
        if why is not None:
            return self._culprit(words, has_content), why
        if is_safe_key(key):
            self._passed.keep(key, ())
        return None

    def is_written(self, header: Header, index: int) -> bool:
        """Return whether the tokens of a header depend on one of its values."""
        return not self._renders_alike(header, with_value(header, index, None))

    def _culprit(self, words: Header, has_content: bool) -> int:
        """Return the index of the value that makes a header unreadable."""
        author = words[:_FIRST_FIELD] + (None,) * (len(words) - _FIRST_FIELD)
        if self._why(author, has_content) is not None:
            return _NAME
        written = [index for index in range(_FIRST_FIELD, len(words)) if words[index] is not None]
        removable = [index for index in written if self._why(with_value(words, index, None), has_content) is None]
        alone = (
            index
            for index in removable or written
            if self._why(with_value(author, index, words[index]), has_content) is not None
        )
        return next(alone, (removable or written)[-1])

    def _why(self, words: Header, has_content: bool) -> str | None:
        """Return why a header is not read back; None if it is."""
        try:
            tokens = self._tokens(words, has_content)
        except RenderError as error:
            return str(error)
        channel: Any = None if PARTS.channel is None else words[PARTS.channel]
        unlisted = channel not in framing_of(self._encoding.name).channels and is_word(channel)
        channels: frozenset[str] = frozenset({channel}) if unlisted else NO_CHANNELS
        why = self._misread(words, tokens, _PEDANTIC, channels)
        # Parsers that are not told of such a channel keep it, but without content, it may be the content.
        checks_default = why is None and unlisted and has_content
        return self._misread(words, tokens, _DEFAULT, NO_CHANNELS) if checks_default else why

    def _renders_alike(self, header: Header, other: Header) -> bool:
        """Return whether two headers have the same tokens; the stop tokens of their messages may differ."""
        tokens, others = self._tokens(header), self._tokens(other)
        self._renderer.open_end(tokens, (header,))
        self._renderer.open_end(others, (other,))
        return tokens == others

    def _tokens(self, words: Header, has_content: bool = True) -> list[int]:
        """Return the tokens of a message with this header."""
        content: list[Any] = [make_text(_SOME_TEXT)] if has_content else []
        author: Any = make_author(words[_ROLE], words[_NAME])
        return self._renderer.conversation([make_message(author, content, *words[_FIRST_FIELD:])], ALL)

    def _misread(self, words: Header, tokens: list[int], mode: Mode, channels: frozenset[str]) -> str | None:
        """Return how a parser reads the tokens of a message differently from its header; None if it does not."""
        try:
            messages = read(self._encoding, tokens, mode, channels)
        except ParseError as error:
            return f"a parser does not accept {shown(error.found)}"
        if len(messages) != 1:
            return f"a parser reads {len(messages)} messages"
        values = [None if value is None else plain(value) for value in RULES.header(messages[0])]
        changed = [
            index
            for index, value in enumerate(values)
            # A value may be rendered like another, which is then read: `None` and the default of a field, for example.
            if value != words[index]
            and (index < _FIRST_FIELD or not self._renders_alike(words, with_value(words, index, value)))
        ]
        said = (f"{PATHS[index]} {'None' if values[index] is None else shown(values[index])}" for index in changed)
        return f"a parser reads {', '.join(said)}" if changed else None


def read(
    encoding: Encoding, tokens: list[int], mode: Mode = _PEDANTIC, channels: frozenset[str] = NO_CHANNELS
) -> list[Any]:
    """Return the messages that a parser reads, whatever the environment says. Raises ParseError as the mode does."""
    reader = Reader(*tables_of(encoding, channels), None, mode)
    reader.extend(tokens)
    reader.finish()
    return reader.messages


def with_value(header: Header, index: int, value: str | None) -> Header:
    """Return a header with another value at an index."""
    return (*header[:index], value, *header[index + 1 :])


def shown(value: object) -> str:
    """Return a value as error messages show it, on one line and not too long."""
    said = repr(plain(value)) if isinstance(value, str) else repr(value)
    return said if len(said) <= _LONGEST_SHOWN else f"{said[:_LONGEST_SHOWN]}…"
