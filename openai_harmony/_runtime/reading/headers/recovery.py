"""Recovery of complete headers that the table does not accept: fields in any order, and prose among them.

The faults have the kinds that recoveries.yaml declares. Each word of a header becomes a field, text of a message, or
text of a fault. Headers without a message marker are in broken.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .assembly import Assembly, Fault, RepairedHeader
from .header import Header, run
from .lexer import Item, Lexeme, Lexer
from .prose import (
    HeaderLexemes,
    Text,
    end_of,
    end_of_bare_words,
    has_unlisted_channel,
    leading_prose,
    may_be_fields,
    prose_behind_channel,
)

__all__ = ["Reading", "repair_header", "take_author", "take_leading_prose"]


class Reading(NamedTuple):
    """The result of reading a header that the table does not accept.

    Attributes:
        texts: prose in the header; each becomes a message before that of the header.
        header: the author and the fields of the message.
        content: the text after the fields of a header without a message marker; None if there is none.
        begin: the offset of that text in the header's bytes.
        taken: the number of lexemes that are neither prose nor content.
        unlisted: the only fault is a channel that the format does not list.
    """

    texts: tuple[Text, ...]
    header: RepairedHeader
    content: str | None
    begin: int
    taken: int
    unlisted: bool = False


def repair_header(
    lexer: Lexer,
    state: int,
    prompt_role: str | None,
    items: Sequence[Item],
    *,
    without_start: bool = False,
    damaged: bool = False,
) -> Reading:
    """Read a complete header: fields in any order, the first value of each field, and a fault for the other words.

    Args:
        lexer: the lexer of the framing.
        state: the table's state at the start of the header.
        prompt_role: the role given by the prompt; None if the header has an author.
        items: the bytes and markers of the header.
        without_start: the header came between messages, without a start token.
        damaged: undecodable bytes of the header have been reported already.
    """
    lexemes = lexer.lexemes(items, prompt_role, "replace")
    unlisted = None if without_start else _with_unlisted_channel(lexer, state, prompt_role, lexemes)
    if unlisted is not None and not damaged:
        return Reading((), unlisted, None, end_of(items), len(lexemes), unlisted=True)
    assembly = Assembly(lexer, state, prompt_role, damaged=damaged)
    header = HeaderLexemes(lexer, items, lexemes)
    texts: list[Text] = []
    begin = _take_tool(assembly, lexemes) if without_start else take_author(assembly, lexemes)
    ahead = end_of_bare_words(lexemes, begin)
    alone = ahead == len(lexemes) and not without_start
    if begin < ahead and not may_be_fields(lexer, lexemes[begin:ahead], alone=alone):
        texts += take_leading_prose(assembly, header, begin, ahead)
        begin = ahead
    elif without_start:
        assembly.faults.append(Fault("missing_start", 0, 0, ""))
    prose = prose_behind_channel(header, begin)
    if prose is not None:
        texts.append(prose.text)
    for index in range(begin, len(lexemes)):
        if prose is None or not prose.first <= index < prose.last:
            assembly.take(lexemes[index])
    assembly.inherit_hidden_channel(texts[0].channel if texts else None)
    if prose is not None:
        texts[-1] = prose.text._replace(channel=assembly.channel_of_prose(prose.text.channel))
    found = assembly.finish(end_of(items))
    if not found.faults and not texts and not damaged:
        found = found._replace(faults=(Fault("misplaced_field", 0, end_of(items), ""),))
    return Reading(tuple(texts), found, None, end_of(items), len(lexemes))


def _with_unlisted_channel(
    lexer: Lexer, state: int, prompt_role: str | None, lexemes: Sequence[Lexeme]
) -> RepairedHeader | None:
    """Read a header whose only fault is its channel, a single word that the format does not list; else None."""
    declared: list[Lexeme] = []
    faults: list[Fault] = []
    for index, lexeme in enumerate(lexemes):
        if has_unlisted_channel(lexer, lexeme) and end_of_bare_words(lexemes, index + 1) < index + 3:
            lexeme = lexeme._replace(choices=(str(lexeme.prefix),))
            faults.append(Fault("unknown_channel", lexeme.start, lexeme.end, ""))
        declared.append(lexeme)
    read = run(lexer.framing, state, prompt_role, declared)
    return RepairedHeader(read.role, read.name, read.fields, tuple(faults)) if isinstance(read, Header) else None


def _take_tool(assembly: Assembly, lexemes: Sequence[Lexeme]) -> int:
    """Take the author of a header without a start token, which may be a tool; return the number of lexemes taken."""
    if len(lexemes) < 2 or not assembly.lexer.names_known_tool(lexemes[0].text):
        return take_author(assembly, lexemes)
    framing, behind = assembly.framing, lexemes[1]
    if behind.value not in framing.roles or framing.field_of.get(str(behind.prefix)) != framing.recipient:
        return take_author(assembly, lexemes)
    assembly.take_tool(lexemes[0])
    return 1


def take_leading_prose(assembly: Assembly, header: HeaderLexemes, begin: int, end: int) -> list[Text]:
    """Take the lexemes from `begin` to `end` as prose before a header, and report the header's missing start token.

    Lexemes without any letter or digit, such as a byte order mark, are not prose; each is reported as a stray word.
    """
    text = leading_prose(header, begin, end, assembly.fields.get(assembly.framing.channel))
    if not any(map(str.isalnum, text.text)):
        for lexeme in header.lexemes[begin:end]:
            assembly.fault("stray_word", lexeme, lexeme.text)
        return []
    assembly.faults.append(Fault("missing_start", text.end, text.end, ""))
    return [text]


def take_author(assembly: Assembly, lexemes: Sequence[Lexeme]) -> int:
    """Take the author, if the header begins with one; return the number of lexemes taken."""
    if not lexemes or lexemes[0].prefix is not None:
        return 0
    if assembly.expects_author or lexemes[0].choices == (assembly.framing.role,):
        assembly.take(lexemes[0])
        return 1
    return 0
