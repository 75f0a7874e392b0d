"""The command `render`: prompts and training texts of conversations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from .arguments import DEFAULT_ENCODING, STANDARD_INPUT, Encoding, From, Input, Output, encoding_of
from .failing import Failure, at
from .inputs import Item, read
from .output import json_line, write_exactly, write_lines
from .rendering import Analysis, Date, OnAmbiguous, Purpose, Rendering, Schema, Style, config_of, prompt_options

EXAMPLES = (
    "harmony render chat.json",
    "harmony render chat.jsonl --to tokens -o prompts.txt",
    "harmony render conversation.json --for training --json | jq .loss_mask",
)


def run(
    source: Input = STANDARD_INPUT,
    kind: From = None,
    purpose: Purpose = "completion",
    to: Annotated[Literal["text", "tokens", "json"], typer.Option(help="What is written.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --to json.")] = False,
    style: Style = None,
    analysis: Analysis = None,
    schema: Schema = None,
    on_ambiguous: OnAmbiguous = None,
    date: Date = None,
    output: Output = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> None:
    """Render conversations to tokens.

    Reads a conversation, or a request of an API, in JSON, or one of them in each line. Writes one rendering for each:
    the text, in which special tokens are spelled out; the ids of the tokens on a line; or both in JSON, with the
    message and the part of each token, and the loss mask.
    """
    config, options = config_of(style, analysis, schema, on_ambiguous), prompt_options(analysis, date)
    rendering = Rendering(encoding_of(encoding), purpose, config, options)
    items = read(source, kind)
    form = "json" if as_json else to
    if form == "text" and len(items) > 1:
        raise Failure(f"{len(items)} conversations; choose `--to tokens` or `--to json`, which have a line for each")
    made = [_rendered(item, rendering, form) for item in items]
    if form == "text":
        write_exactly(made[0], output)
    else:
        write_lines(made, output)


def _rendered(item: Item, rendering: Rendering, to: str) -> str:
    conversation, arguments = rendering.conversation(item)
    with at(item.place):
        rendered = rendering.encoding.render_with_spans(conversation, **arguments)
    if to == "tokens":
        return " ".join(map(str, rendered.tokens))
    text = rendering.encoding.decode(rendered.tokens)
    if to == "text":
        return text
    told: dict[str, Any] = {"text": text, "tokens": rendered.tokens, "messages": rendered.message_indices.tolist()}
    loss_mask = [int(weight) for weight in rendered.loss_mask()]
    return json_line({**told, "parts": rendered.part_names(), "loss_mask": loss_mask})
