"""The command `decode`: tokens as text."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from .arguments import DEFAULT_ENCODING, STANDARD_INPUT, Encoding, Input, Json, Output, encoding_of
from .failing import at
from .inputs import TOKENS, read
from .output import json_line, write_exactly, write_lines

EXAMPLES = (
    "harmony decode ids.json",
    "echo 200006 1428 200008 13225 200007 | harmony decode --pieces",
)


def run(
    source: Input = STANDARD_INPUT,
    pieces: Annotated[bool, typer.Option("--pieces", help="Write each token on a line, with its id.")] = False,
    errors: Annotated[
        Literal["replace", "strict"], typer.Option(help="What becomes of bytes that are no UTF-8.")
    ] = "replace",
    as_json: Json = False,
    output: Output = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> None:
    """Decode the ids of tokens, and write their text.

    Reads ids with white space or commas between them, or a list in JSON, or one in each line. Nothing is added to the
    text but, between the texts of several lists, a line break.
    """
    using = encoding_of(encoding)
    items = read(source, TOKENS)
    texts: list[str] = []
    for item in items:
        with at(item.place):
            texts.append(using.decode(item.value, errors))
    if pieces:
        tokens = [(token, using.decode([token])) for item in items for token in item.value]
        write_lines([json_line(list(pair)) if as_json else f"{pair[0]}\t{pair[1]!r}" for pair in tokens], output)
    elif as_json:
        write_lines(map(json_line, texts), output)
    else:
        write_exactly("\n".join(texts), output)
