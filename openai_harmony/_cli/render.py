"""The command `render`: prompts and training texts of conversations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from .._conversations import config_for
from .._generated.enumerations import SAMPLED_ROLE, StyleWord
from ..encoding import HarmonyEncoding
from ..options import AmbiguityMode, AnalysisPolicy, RenderConversationConfig, SchemaMode
from .arguments import DEFAULT_ENCODING, STANDARD_INPUT, Encoding, From, Input, Output, encoding_of
from .failing import Failure, at
from .inputs import Item, read
from .output import json_line, write_exactly, write_lines

EXAMPLES = (
    "harmony render chat.json",
    "harmony render chat.jsonl --to tokens -o prompts.txt",
    "harmony render conversation.json --for training --json | jq .loss_mask",
)

Purpose = Literal["completion", "training", "nothing"]


def run(
    source: Input = STANDARD_INPUT,
    kind: From = None,
    purpose: Annotated[
        Purpose, typer.Option("--for", help="What follows: a completion, which gets its start; or nothing.")
    ] = "completion",
    to: Annotated[Literal["text", "tokens", "json"], typer.Option(help="What is written.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --to json.")] = False,
    style: Annotated[StyleWord | None, typer.Option(help="How messages are written where programs differ.")] = None,
    analysis: Annotated[
        AnalysisPolicy | None, typer.Option(help="Which chain of thought of earlier turns is left out.")
    ] = None,
    schema: Annotated[SchemaMode | None, typer.Option(help="How the schemas of tools are written.")] = None,
    on_ambiguous: Annotated[
        AmbiguityMode | None, typer.Option(help="What happens to messages that could not be read back.")
    ] = None,
    output: Output = None,
    encoding: Encoding = DEFAULT_ENCODING,
) -> None:
    """Render conversations to tokens.

    Reads a conversation, or a request of an API, in JSON, or one of them in each line. Writes one rendering for each:
    the text, in which special tokens are spelled out; the ids of the tokens on a line; or both in JSON, with the
    message and the part of each token, and the loss mask.
    """
    told = {"style": style, "analysis": analysis, "schema": schema, "on_ambiguous": on_ambiguous}
    config = RenderConversationConfig(**{name: value for name, value in told.items() if value is not None})  # type: ignore[arg-type]
    items = read(source, kind)
    form = "json" if as_json else to
    if form == "text" and len(items) > 1:
        raise Failure(f"{len(items)} conversations; choose `--to tokens` or `--to json`, which have a line for each")
    using = encoding_of(encoding)
    made = [_rendered(item, using, purpose, config, form) for item in items]
    if form == "text":
        write_exactly(made[0], output)
    else:
        write_lines(made, output)


def _rendered(
    item: Item, encoding: HarmonyEncoding, purpose: Purpose, config: RenderConversationConfig, to: str
) -> str:
    conversation, form = item.conversation()
    next_turn = SAMPLED_ROLE if purpose == "completion" else None
    with at(item.place):
        rendered = encoding.render_with_spans(
            conversation,
            next_turn_role=next_turn,
            training=purpose == "training",
            config=config_for(form, config),
        )
    if to == "tokens":
        return " ".join(map(str, rendered.tokens))
    text = encoding.decode(rendered.tokens)
    if to == "text":
        return text
    told: dict[str, Any] = {"text": text, "tokens": rendered.tokens, "messages": rendered.message_indices.tolist()}
    parts = [rendered.PART_NAMES[number] for number in rendered.parts]
    return json_line({**told, "parts": parts, "loss_mask": [int(weight) for weight in rendered.loss_mask()]})
