"""The command `encode`: text as tokens."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from .arguments import DEFAULT_ENCODING, STANDARD_INPUT, Encoding, Input, Json, Output, encoding_of
from .failing import Failure, at
from .inputs import name_of, text_of
from .output import json_line, write_lines

EXAMPLES = (
    "harmony encode prompt.txt --special allow",
    "printf Hello | harmony encode --json",
)


def run(
    source: Input = STANDARD_INPUT,
    special: Annotated[
        Literal["allow", "text", "refuse"],
        typer.Option(help="What the text of a special token becomes: that token, ordinary tokens, or an error."),
    ] = "refuse",
    as_json: Json = False,
    output: Output = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> None:
    """Encode a text, and write the ids of its tokens.

    The ids are written on one line, or as a list in JSON. Every character counts, also a line break at the end.
    """
    using, text = encoding_of(encoding), text_of(source)
    found = next((token for token in sorted(using.special_tokens_set) if token in text), None)
    if special == "refuse" and found is not None:
        raise Failure(f"{name_of(source)}: has the text of the special token {found}; see --special")
    with at(name_of(source)):
        tokens = using.encode(text, allowed_special="all" if special == "allow" else set(), disallowed_special=())
    write_lines([json_line(tokens) if as_json else " ".join(map(str, tokens))], output)
