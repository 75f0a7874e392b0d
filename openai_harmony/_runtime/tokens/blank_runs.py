"""Where a text can be cut around runs of blanks that are too long for a splitter that backtracks; knows no vocabulary.

Holds for split patterns that end in the usual alternatives for white space: `\\s*[\\r\\n]+`, `\\s+(?!\\S)`, `\\s+`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The splitter keeps a way back for each blank and gives up at 1,000,000; in a shorter text it cannot come near that.
LONG = 100_000

# White space of Unicode but for line ends, which the pattern treats apart. Python's `\s` has four characters more.
BLANKS = "\t\x0b\x0c \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_LINE_ENDS = ("\r", "\n")


def parts(text: str, long: int = LONG) -> Iterator[tuple[str, bool]]:
    """The parts of a text, cut only where the pattern cuts it; True marks blanks that the pattern takes as one piece.

    A run with a line end behind it belongs to the piece that goes up to there, which needs no way back: no cut. Any
    other run begins a piece: what stands before it is a line end, or a character that takes no blanks with it. That
    piece ends with the text, or else before the run's last blank, which may belong to the next word.
    """
    done = 0
    # Not `{long,}`: short of a match, that would count the same run again from each of its blanks.
    for run in re.finditer(f"[{BLANKS}]{{2,}}", text):
        begin, end = run.span()
        if end - begin < long or text.startswith(_LINE_ENDS, end):
            continue
        if end < len(text):
            end -= 1
        yield text[done:begin], False
        yield text[begin:end], True
        done = end
    yield text[done:], False
