"""The command `parse`: the messages of completions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import typer

from .arguments import (
    DEFAULT_ENCODING,
    STANDARD_INPUT,
    Encoding,
    From,
    Input,
    Output,
    Role,
    Strictness,
    encoding_of,
    strict_of,
)
from .failing import FOUND, Failure, at
from .inputs import read
from .output import Line, json_line, show, write_lines
from .parsers import Parsed

EXAMPLES = (
    "harmony parse completion.txt",
    "harmony parse ids.json --strictness pedantic --json",
    "harmony parse outputs.jsonl --to chat -o messages.jsonl",
)

Made = Literal["text", "json", "chat", "responses"]


def run(
    source: Input = STANDARD_INPUT,
    kind: From = None,
    role: Role = None,
    strictness: Strictness = None,
    to: Annotated[
        Made, typer.Option(help="What is written: text for people, or JSON: of this package, or as an API answers.")
    ] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --to json.")] = False,
    output: Output = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> None:
    """Parse completions into messages.

    Reads text in which special tokens are spelled out, or ids of tokens, whole or one of them in each line of JSON.
    Writes the messages, and the faults that the parser corrected. If the mode makes a fault an error, the messages
    before it are written and the exit status is 1.
    """
    items = read(source, kind)
    using, strict = encoding_of(encoding), strict_of(strictness)
    results = [Parsed(item, using, role, strict) for item in items]
    form: Made = "json" if as_json else to
    if form == "text" and output is None:
        show(_for_people(results))
    elif form == "text":
        write_lines((text for text, _ in _for_people(results)), output)
    else:
        write_lines((_as_json(result, form) for result in results), output)
    errors = [result.error for result in results if result.error is not None]
    if errors:
        raise Failure("; ".join(errors), FOUND)


def _for_people(results: list[Parsed]) -> Iterator[Line]:
    """Yield the lines of all results, with a rule before each if there are several."""
    for number, result in enumerate(results, 1):
        if len(results) > 1:
            yield f"--- {number}", "dim"
        yield from result.lines()


def _as_json(result: Parsed, form: Made) -> str:
    if form == "json":
        return json_line(result.as_dict())
    with at(form):
        if form == "chat":
            from ..chat import chat_message_from

            return json_line(chat_message_from(result.parser.messages))
        from ..responses import response_output_from

        return json_line(response_output_from(result.parser.messages))
