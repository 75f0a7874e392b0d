"""The arguments that say how a conversation is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, TypeAlias, TypedDict, get_args

import typer

from .._conversations import config_for
from .._dialects.options import PromptOptions
from .._generated.enumerations import SAMPLED_ROLE, RoleWord, StyleWord
from .._generated.messages import Conversation
from ..encoding import HarmonyEncoding
from ..options import AmbiguityMode, AnalysisPolicy, RenderConversationConfig, SchemaMode
from .inputs import Item

__all__ = ["Analysis", "Date", "OnAmbiguous", "Purpose", "Rendering", "Schema", "Style", "config_of", "prompt_options"]

PurposeName: TypeAlias = Literal["completion", "training", "nothing"]

Purpose: TypeAlias = Annotated[
    PurposeName,
    typer.Option("--for", help="What a conversation is rendered for: a completion, whose start follows, or training."),
]
Style: TypeAlias = Annotated[StyleWord | None, typer.Option(help="How messages are written where programs differ.")]
Analysis: TypeAlias = Annotated[
    AnalysisPolicy | None, typer.Option(help="Which chain of thought of earlier turns is left out.")
]
Schema: TypeAlias = Annotated[SchemaMode | None, typer.Option(help="How the schemas of tools are written.")]
OnAmbiguous: TypeAlias = Annotated[
    AmbiguityMode | None, typer.Option(help="What happens to messages that could not be read back.")
]
Date: TypeAlias = Annotated[str | None, typer.Option(metavar="DATE", help="The date in the prompts of requests.")]


def config_of(
    style: StyleWord | None = None,
    analysis: AnalysisPolicy | None = None,
    schema: SchemaMode | None = None,
    on_ambiguous: AmbiguityMode | None = None,
) -> RenderConversationConfig:
    """Return the options for rendering; what is not told has its default."""
    told = {"style": style, "analysis": analysis, "schema": schema, "on_ambiguous": on_ambiguous}
    return RenderConversationConfig(**{name: value for name, value in told.items() if value is not None})  # type: ignore[arg-type]


def prompt_options(analysis: AnalysisPolicy | None, date: str | None = None) -> PromptOptions:
    """Return the options for requests of APIs."""
    options = PromptOptions()
    if date is not None:
        options["current_date"] = date
    if analysis is not None and analysis != "reference":
        options["analysis"] = analysis
    return options


class RenderArguments(TypedDict):
    """Arguments of `HarmonyEncoding.render_with_spans`."""

    next_turn_role: RoleWord | None
    training: bool
    config: RenderConversationConfig


@dataclass(frozen=True)
class Rendering:
    """How the conversations of a command are rendered."""

    encoding: HarmonyEncoding
    purpose: PurposeName = "completion"
    config: RenderConversationConfig = field(default_factory=RenderConversationConfig)
    options: PromptOptions = field(default_factory=PromptOptions)

    def for_purpose(self, purpose: str | None) -> Rendering:
        """Return the same for another purpose; itself if that is none."""
        return next((replace(self, purpose=known) for known in get_args(PurposeName) if known == purpose), self)

    def conversation(self, item: Item) -> tuple[Conversation, RenderArguments]:
        """Return the conversation of an input, and how it is rendered. Raises Failure if the input is none."""
        training = self.purpose == "training"
        conversation, form = item.conversation(for_training=training, **self.options)
        next_turn = SAMPLED_ROLE if self.purpose == "completion" else None
        config = config_for(form, self.config)
        return conversation, {"next_turn_role": next_turn, "training": training, "config": config}
