"""Finds how another program wrote a prompt: the options with which a conversation becomes those tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import get_args

from ._generated.enumerations import SAMPLED_ROLE, StyleWord
from ._generated.messages import Conversation
from .bridging import common_length
from .encoding import HarmonyEncoding
from .errors import HarmonyError
from .options import AnalysisPolicy, RenderConversationConfig, SchemaMode

__all__ = ["Prompt", "Way", "closest_way"]

_CONTENT = "content"  # the name of a part, as in `Rendered.PART_NAMES`


@dataclass(frozen=True)
class Way:
    """Options with which a conversation is rendered.

    Attributes:
        config: the options.
        next_turn_role: the role whose turn is opened at the end; None for none.
        common: how many tokens are those that were sought.
        is_equal: whether all tokens are.
    """

    config: RenderConversationConfig
    next_turn_role: str | None
    common: int
    is_equal: bool

    def __str__(self) -> str:
        names = ("style", "analysis", "schema")
        words = [f"{name}={getattr(self.config, name)}" for name in names]
        if not self.config.auto_drop_analysis:
            words[1] = "analysis=keep"
        return ", ".join([*words, "open turn" if self.next_turn_role else "no open turn"])


def _configs(styles: Sequence[StyleWord]) -> Iterator[RenderConversationConfig]:
    """Yield all options, those that differ least from the default ones first."""
    for schema, analysis, style in product(get_args(SchemaMode), get_args(AnalysisPolicy), styles):
        yield RenderConversationConfig(style=style, analysis=analysis, schema=schema)


def closest_way(encoding: HarmonyEncoding, conversation: Conversation, tokens: Sequence[int]) -> Way | None:
    """Return the options whose tokens agree with given ones for longest; None if none can render the conversation."""
    best: Way | None = None
    for config in _configs(get_args(StyleWord)):
        for role in (SAMPLED_ROLE, None):
            try:
                rendered = encoding.render_with_spans(conversation, next_turn_role=role, config=config).tokens
            except HarmonyError:
                continue
            common = common_length(rendered, tokens)
            way = Way(config, role, common, len(rendered) == common == len(tokens))
            if way.is_equal:
                return way
            if best is None or common > best.common:
                best = way
    return best


class Prompt:
    """The messages of a prompt, and where their contents are."""

    def __init__(self, encoding: HarmonyEncoding, tokens: Sequence[int]) -> None:
        self._encoding = encoding
        result = encoding.parse(tokens)
        self._conversation = Conversation.from_messages(result.messages)
        self._role = None if result.open_turn is None else str(result.open_turn.value)
        inside = {at for span in result.spans for at in range(span.content_start, span.content_end)}
        self._framing = [at for at in range(len(tokens)) if at not in inside]
        self._written = [tokens[at] for at in self._framing]

    def styles(self) -> list[StyleWord]:
        """Return the styles that write all headers and stop tokens as they are here."""
        return list(dict.fromkeys(style for style, _ in self._ways()))

    def part(self, index: int) -> str | None:
        """Return the name of the part of a token; None if it is unknown, since no style writes the headers so."""
        if index not in self._framing:
            return _CONTENT
        way = next(self._ways(), None)
        return None if way is None else way[1][self._framing.index(index)]

    def _ways(self) -> Iterator[tuple[StyleWord, list[str]]]:
        """Yield the styles that write the same tokens outside of contents, with the part of each."""
        for style, training in product(get_args(StyleWord), (False, True)):
            if training and self._role is not None:
                continue
            config = RenderConversationConfig(style=style, auto_drop_analysis=False)
            try:
                rendered = self._encoding.render_with_spans(
                    self._conversation, next_turn_role=self._role, training=training, config=config
                )
            except HarmonyError:
                continue
            outside = [at for at, content in enumerate(rendered.is_content) if not content]
            if [rendered.tokens[at] for at in outside] == self._written:
                names = rendered.part_names()
                yield style, [names[at] for at in outside]
