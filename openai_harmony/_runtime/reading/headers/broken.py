"""Headers without a message marker: they are read as fields as far as possible, and the rest, unchanged, as content.

A value ends where JSON begins. The word of a channel ends where it continues as no channel's word does. Headers with a
message marker and content do not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .assembly import Assembly, Fault
from .lexer import Item, Lexeme, Lexer
from .prose import HeaderLexemes, Text, end_of_bare_words, may_be_fields
from .recovery import Reading, take_author, take_leading_prose

__all__ = ["close_header"]


def close_header(
    lexer: Lexer,
    state: int,
    prompt_role: str | None,
    items: Sequence[Item],
    *,
    boundary: Callable[[int], bool],
    complete: bool = False,
    cut_off: bool = False,
) -> Reading:
    """Read a header whose message marker is missing, or is followed by empty content.

    Args:
        lexer: the lexer of the framing.
        state: the table's state at the start of the header.
        prompt_role: the role given by the prompt; None if the header has an author.
        items: the bytes and markers of the header.
        boundary: returns whether a token ends at an offset of the header's bytes.
        complete: the message marker is present, so that the words of roles and channels are not text.
        cut_off: the header ends because the input ends.

    Returns:
        The fields, and the content after them; the content is None if there is only white space after the fields.
    """
    assembly = Assembly(lexer, state, prompt_role)
    header = HeaderLexemes(lexer, items, lexer.lexemes(items, prompt_role, "replace"))
    lexemes = header.lexemes
    texts: tuple[Text, ...] = ()
    fields = _Fields(assembly, lexemes, boundary, complete, cut_off)
    begin = int(fields.take_glued()) or take_author(assembly, lexemes)
    ahead = end_of_bare_words(lexemes, begin)
    if (
        fields.content is None
        and begin < ahead < len(lexemes)
        and not may_be_fields(lexer, lexemes[begin:ahead], alone=False)
    ):
        texts, begin = tuple(take_leading_prose(assembly, header, begin, ahead)), ahead
    end = begin
    while end < len(lexemes) and fields.content is None and fields.take(end, first=end == begin):
        end += 1
    assembly.inherit_hidden_channel(texts[0].channel if texts else None)
    taken = end - (ahead if texts else 0)
    if fields.content is not None:
        at = fields.content
    elif end == len(lexemes):
        return Reading(texts, assembly.finish(header.begin_of(end)), None, header.begin_of(end), taken)
    else:  # one character of white space after the last field is not content
        at = header.begin_of(end) if texts and end == begin else header.begin_behind(end - 1)
    found = assembly.finish(at)
    content, stray = _rest(items, at)
    found = found._replace(faults=found.faults + stray)
    return Reading(texts, found, content if content.strip(lexer.framing.white_space) else None, at, taken)


class _Fields:
    """Passes the lexemes of a header to an assembly, as long as they are fields."""

    def __init__(
        self,
        assembly: Assembly,
        lexemes: Sequence[Lexeme],
        boundary: Callable[[int], bool],
        complete: bool,
        cut_off: bool,
    ) -> None:
        self.assembly, self.lexer, self.framing = assembly, assembly.lexer, assembly.framing
        self.lexemes, self.boundary, self.complete, self.cut_off = lexemes, boundary, complete, cut_off
        self.content: int | None = None  # the offset where content begins, if it begins within a lexeme

    def take_glued(self) -> bool:
        """Take the beginning of the first word, if it is a role and a channel, or a hidden channel, glued to text."""
        if not self.lexemes or self.lexemes[0].prefix is not None or self.complete:
            return False
        lexeme, lexer = self.lexemes[0], self.lexer
        known = lexer.known_prefix(lexeme.text)
        parts, end = lexer.parts(known), lexeme.start + len(known.encode())
        glued = len(parts) > 1 and any(map(lexer.is_channel, parts))
        if (
            known == lexeme.text
            or not (glued or set(parts) & self.framing.hidden)
            or self._continues_word(lexeme, known)
        ):
            return False
        self.assembly.take(lexer.shortened(lexeme, len(known.encode()), self.assembly.prompt_role))
        self.content = end
        return True

    def _continues_word(self, lexeme: Lexeme, known: str) -> bool:
        """Whether a word only begins like a known word but is another word, such as `finally`."""
        end = lexeme.word_start + len(known.encode())
        return lexeme.text[len(known) :][:1].islower() and not self.boundary(end)

    def take(self, index: int, *, first: bool) -> bool:
        """Take a lexeme, or the part of it before content; return False if all of it is content."""
        lexeme = self.lexemes[index]
        follows = self.lexemes[index + 1] if index + 1 < len(self.lexemes) else None
        json = _json_in(self.framing.content_begins, lexeme)
        if json is not None:
            lexeme = self.lexer.shortened(lexeme, json, self.assembly.prompt_role)
        if lexeme.prefix in self.framing.only_channels and lexeme.value and not lexeme.choices and json is None:
            return self._take_unknown_channel(lexeme, follows)
        if not self._is_field(lexeme, follows, first=first, json=json is not None):
            return False
        self.assembly.take(lexeme)
        if json is not None:
            self.content = lexeme.end
        return True

    def _is_field(self, lexeme: Lexeme, follows: Lexeme | None, *, first: bool, json: bool) -> bool:
        """Whether a lexeme is a field with a marker, the value of the marker before it, or a word that must be a field.

        Args:
            lexeme: the lexeme.
            follows: the next lexeme; None at the end of the header.
            first: the lexeme is the first after the author and the prose before the header.
            json: JSON is glued to the lexeme.
        """
        framing, pending_field = self.framing, self.assembly.pending_field
        if self.assembly.expects_author or lexeme.prefix is not None or lexeme.choices == (framing.role,):
            return True
        if framing.listed in lexeme.choices:
            return self.complete or self._listed_is_field(lexeme.text, first=first)
        if self._begins_json(lexeme):
            return False
        if pending_field == framing.recipient:
            return framing.tool_name in lexeme.choices
        called = framing.recipient in self.assembly.fields
        json = json or (follows is not None and follows.prefix is None and self._begins_json(follows))
        ends = follows is None and (called or self.cut_off)
        known = framing.known_value in lexeme.choices
        if called and pending_field is None and not known and not json and (self._has_type() or not self.cut_off):
            return False  # it is the argument of a call, a single word
        if pending_field is not None or called or known:
            return json or ends or (known and (called or self.complete))
        marked = follows is not None and (follows.prefix is not None or framing.known_value in follows.choices)
        return self.lexer.names_known_tool(lexeme.text) and (json or marked)

    def _has_type(self) -> bool:
        """Whether a content type has been taken."""
        assembly, framing = self.assembly, self.framing
        fields = assembly.fields.keys() - {framing.channel, framing.recipient}
        return bool(fields) or any(framing.known_value in word.choices for word in assembly.bare_words)

    def _listed_is_field(self, word: str, *, first: bool) -> bool:
        """Whether the word of a role or a channel, or several run together, is a field.

        It is one as the value of a marker. The first word is also one if it is several words run together, or a hidden
        channel: text that may be reasoning must not be shown.
        """
        if self.lexer.is_channel(word):
            return self.assembly.pending_field == self.framing.channel or (first and word in self.framing.hidden)
        return first and len(self.lexer.parts(word)) > 1

    def _take_unknown_channel(self, lexeme: Lexeme, follows: Lexeme | None) -> bool:
        """Take a channel that the format does not list: known words, a known word glued to text, or only text."""
        lexer = self.lexer
        beginning = any(channel.startswith(lexeme.text) for channel in self.framing.channels)
        if lexer.parts(lexeme.text) or (follows and follows.prefix) or (self.cut_off and not follows and beginning):
            self.assembly.take(lexeme)
            return True
        known = lexer.known_prefix(lexeme.text)
        end = lexeme.word_start + len(known.encode())
        if self._continues_word(lexeme, known) or not any(map(lexer.is_channel, lexer.parts(known))):
            if self.complete and follows is None:  # there is nothing to split off
                self.assembly.take(lexeme)
            else:
                self.content = lexeme.word_start
            return True
        self.assembly.take(lexer.shortened(lexeme, len(known.encode()), self.assembly.prompt_role))
        self.content = end
        return True

    def _begins_json(self, lexeme: Lexeme) -> bool:
        return lexeme.text[:1] in tuple(self.framing.content_begins)


def _json_in(content_begins: str, lexeme: Lexeme) -> int | None:
    """Return how many bytes of a word come before JSON; None if there is no JSON, or a bare word begins with it."""
    found = (lexeme.raw.find(begin.encode()) for begin in content_begins)
    first = min((at for at in found if at >= 0), default=-1)
    return first if first > 0 or (first == 0 and lexeme.prefix is not None) else None


def _rest(items: Sequence[Item], begin: int) -> tuple[str, tuple[Fault, ...]]:
    """Return the text from an offset on without the markers in it, and a fault for each marker."""
    kept: list[str] = []
    faults: list[Fault] = []
    for item in items:
        end = item.start + len(item.data)
        if end <= begin:
            continue
        if item.terminal is None:
            kept.append(item.data[max(0, begin - item.start) :].decode("utf-8", "replace"))
        else:
            faults.append(Fault("stray_token", item.start, end, ""))
    return "".join(kept), tuple(faults)
