"""Splits a text around runs of blanks that are too long for a backtracking regex engine.

Valid for split patterns that end in the usual alternatives for white space: `\\s*[\\r\\n]+`, `\\s+(?!\\S)`, `\\s+`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The engine stores a backtracking position per blank and fails at 1,000,000; shorter texts cannot come near that.
LONG = 100_000

# Unicode white space except line ends, which the pattern treats separately. Python's `\s` has four more characters.
BLANKS = "\t\x0b\x0c \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_LINE_ENDS = ("\r", "\n")


def parts(text: str, long: int = LONG) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, split only where the pattern splits it; True marks blanks that form one piece.

    A run before a line end is not split: the piece that it belongs to ends after the line end, and matching it does not
    backtrack. Any other run begins a piece, since the character before it is a line end or one that no piece continues
    with blanks. That piece ends at the end of the text, or else before the last blank, which may begin the next word.
    """
    done = 0
    # Not `{long,}`: if a run is too short, that would match it again from each of its blanks.
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
