"""The command `inspect`: a completion, a prompt or a conversation as a person wants to see it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .._conversations import FORMS
from ..inspection import Inspection, inspect_conversation, inspect_tokens
from ..strictness import NAMED
from .arguments import (
    DEFAULT_ENCODING,
    STANDARD_INPUT,
    Encoding,
    From,
    Input,
    Json,
    Output,
    Role,
    Strictness,
    encoding_of,
    strict_of,
)
from .failing import DONE, FOUND, Failure, at
from .inputs import Item, read_one
from .output import json_line, write_exactly, write_lines
from .parsers import role_of
from .rendering import Analysis, Purpose, Rendering, config_of, prompt_options

EXAMPLES = (
    "harmony inspect completion.txt",
    "harmony inspect chat.json --for training --html chat.html",
    "harmony inspect ids.json --strictness pedantic",
    "harmony inspect --serve",
)

PORT = 8765


def run(
    source: Input = STANDARD_INPUT,
    kind: From = None,
    role: Role = None,
    purpose: Purpose = "completion",
    analysis: Analysis = None,
    strictness: Strictness = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page, which is one file and loads nothing.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Give a local page in which one pastes the input, until Ctrl-C.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of --serve; 0 is any free one.")] = PORT,
    as_json: Json = False,
    output: Output = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> int:
    """Show the messages, tokens and faults of an input.

    Reads a completion or a prompt, as text or ids of tokens, or a conversation or request in JSON, which is rendered
    first. Shows each message with its header and the boundaries of its tokens, the faults where they happened, what
    each mode of strictness says, and counts. The exit status is 1 if the chosen mode raises an error.
    """
    using, mode = encoding_of(encoding), _mode(strictness)
    rendering = Rendering(using, purpose, config_of(analysis=analysis), prompt_options(analysis))
    if serve:
        if source != STANDARD_INPUT or html is not None or as_json or output is not None:
            raise Failure("--serve reads no file and writes none")
        from .inspect_serve import serve_page

        return serve_page(lambda item, role, end: _inspected(item, role, rendering.for_purpose(end)), port)
    inspection = _inspected(read_one(source, kind), role, rendering)
    with at(str(source)):
        _show(inspection, mode, html, as_json, output)
    errors = next(reading.errors for reading in inspection.readings if reading.strictness == mode)
    return FOUND if errors else DONE


def _mode(strictness: str | None) -> str:
    strict = strict_of(strictness)
    return next(name for name, value in NAMED.items() if value is strict or value == strict)


def _inspected(item: Item, role: str | None, rendering: Rendering) -> Inspection:
    """Return the inspection of an input. Raises Failure if there is none."""
    encoding = rendering.encoding
    if item.kind not in FORMS:
        tokens = item.tokens(encoding)
        with at(item.place):
            return inspect_tokens(encoding, tokens, role_of(item, encoding, role))
    conversation, arguments = rendering.conversation(item)
    with at(item.place):
        return inspect_conversation(encoding, conversation, **arguments)


def _show(inspection: Inspection, mode: str, html: Path | None, as_json: bool, output: Path | None) -> None:
    if html is not None:
        write_exactly(inspection.html(strictness=mode), html)
    if as_json:
        write_lines([json_line(inspection.to_dict())], output)
    elif html is None or output is not None:
        if output is None and sys.stdout.isatty():
            from .inspect_panels import show_panels

            show_panels(inspection, mode)
        else:
            write_exactly(inspection.text(strictness=mode), output)
