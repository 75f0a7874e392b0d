"""Complete headers that the table refuses, read all the same: fields in any order, and prose among them.

It reports what it did as faults of the kinds that recoveries.yaml declares, and leaves no word of a header unaccounted
for: each is a field, in the text of a message of its own, or in the text of a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .assembly import Assembly, Fault, Loose
from .prose import HeaderLexemes, Text, bare_run, end_of, explained, prose_behind_channel, text_ahead
from .symbols import Item, Lexeme, Words

__all__ = ["Reading", "loose_header", "take_author", "take_text_ahead"]


class Reading(NamedTuple):
    """What a header that the table refuses comes to.

    Attributes:
        texts: prose in it, each a message of its own in front of the header's.
        header: the author and the fields of the message.
        content: of a header without its message marker, the text behind it; None where there is none.
        begin: where that text begins in the header's bytes.
        words: how many lexemes are neither prose nor content.
    """

    texts: tuple[Text, ...]
    header: Loose
    content: str | None
    begin: int
    words: int


def loose_header(
    words: Words,
    state: int,
    given: str | None,
    items: Sequence[Item],
    *,
    startless: bool = False,
    damaged: bool = False,
) -> Reading:
    """A complete header: fields in any order, the first of each, and a fault for all that is too much.

    Args:
        words: tells words apart.
        state: the table's state in which the header begins.
        given: the role that was given for it; None if an author comes first.
        items: its bytes and markers.
        startless: it was met between messages, without a start token.
        damaged: bytes in it that are no text are reported already.
    """
    assembly = Assembly(words, state, given, damaged=damaged)
    lexemes = words.lexemes(items, given, "replace")
    header = HeaderLexemes(words, items, lexemes)
    texts: list[Text] = []
    begin = take_author(assembly, lexemes)
    ahead = bare_run(lexemes, begin)
    alone = ahead == len(lexemes) and not startless
    if begin < ahead and not explained(words, lexemes[begin:ahead], alone=alone):
        texts.append(take_text_ahead(assembly, header, begin, ahead))
        begin = ahead
    elif startless:
        assembly.faults.append(Fault("missing_start", 0, 0, ""))
    run = prose_behind_channel(header, begin)
    if run is not None:
        texts.append(run.text)
    for index in range(begin, len(lexemes)):
        if run is None or not run.first <= index < run.last:
            assembly.take(lexemes[index])
    assembly.stay_hidden(texts[0].channel if texts else None)
    if run is not None:
        texts[-1] = run.text._replace(channel=assembly.channel_of_prose(run.text.channel))
    loose = assembly.finish(end_of(items))
    if not loose.faults and not texts and not damaged:
        loose = loose._replace(faults=(Fault("misplaced_field", 0, end_of(items), ""),))
    return Reading(tuple(texts), loose, None, end_of(items), len(lexemes))


def take_text_ahead(assembly: Assembly, header: HeaderLexemes, begin: int, end: int) -> Text:
    """The prose from one lexeme to another in front of a header, which lacks its start token then."""
    text = text_ahead(header, begin, end, assembly.fields.get(assembly.framing.channel))
    assembly.faults.append(Fault("missing_start", text.end, text.end, ""))
    return text


def take_author(assembly: Assembly, lexemes: Sequence[Lexeme]) -> int:
    """Takes the author, if one comes first; how many lexemes that were."""
    if not lexemes or lexemes[0].wants is not None:
        return 0
    if assembly.expects_author or lexemes[0].choices == (assembly.framing.role,):
        assembly.take(lexemes[0])
        return 1
    return 0
