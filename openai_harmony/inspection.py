"""Inspections: what each token is, message by message, and all that parsers say of it, for a person to look at.

`inspect_tokens` and `inspect_text` take a completion or a prompt, `inspect_conversation` takes a conversation. The
result is shown as text or as a page, or written as JSON. The command `harmony inspect` does the same with files.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from ._inspection.making import of_rendering, of_tokens
from ._inspection.model import (
    HeaderPiece,
    Inspected,
    InspectedMessage,
    InspectedRecovery,
    InspectedToken,
    ParserSteps,
    Reading,
    ReadingError,
    StepEvent,
    StepState,
    Totals,
    as_json,
)
from ._inspection.reading import Request
from ._parsing import framing_of, integers, role_word, token_list
from ._runtime.locks import loading

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation
    from ._runtime.types.typed import JsonDict
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig
    from .rendered import LossPolicy

__all__ = [
    "HeaderPiece",
    "InspectedMessage",
    "InspectedRecovery",
    "InspectedToken",
    "Inspection",
    "ParserSteps",
    "Reading",
    "ReadingError",
    "StepEvent",
    "StepState",
    "Totals",
    "inspect_conversation",
    "inspect_text",
    "inspect_tokens",
]


class Inspection(Inspected):
    """What is known of tokens: their messages, the part that each of them is, and what each mode of parsing says.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> inspection = inspect_text(encoding, "<|channel|>final<|message|>Four<|end|><|end|>", "assistant")
        >>> [token.part for token in inspection.tokens]
        ['marker', 'channel', 'header_end', 'content', 'stop', 'other']
        >>> [recovery.kind for recovery in inspection.recoveries]
        ['stray_stop']
        >>> [(reading.strictness, len(reading.errors)) for reading in inspection.readings]
        [('default', 1), ('recover', 0), ('pedantic', 1)]
    """

    def __repr__(self) -> str:
        counts = f"{len(self.tokens)} tokens, {len(self.messages)} messages, {len(self.recoveries)} recoveries"
        return f"<{type(self).__name__} of a {self.kind}: {counts}>"

    def to_dict(self) -> JsonDict:
        """Return everything as JSON values, with the names of the attributes as keys."""
        return {name: as_json(value) for name, value in vars(self).items()}

    def to_json(self, *, indent: int | None = None) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def text(self, *, strictness: str | None = None) -> str:
        """Return a plain text with the messages, their tokens, and the faults where they happened.

        Args:
            strictness: the mode whose errors are shown: "default", "recover" or "pedantic". None for "recover", or for
                "default" if the format has no rules of recovery.

        Raises:
            ValueError: The mode is unknown, or the format does not have it.
        """
        with loading():
            from ._inspection.text import text_of

        return text_of(self, strictness or self.steps.strictness)

    def _repr_html_(self) -> str:
        """Return the page as notebooks show it."""
        with loading():
            from ._inspection.page_text import frame_of

        return frame_of(self, self.steps.strictness)

    def html(self, *, title: str | None = None, strictness: str | None = None) -> str:
        """Return a page: one file, which loads nothing and runs only the script that is in it.

        Args:
            title: the title of the page.
            strictness: the mode that is chosen at first, as for `text`; the page can switch between them.

        Raises:
            ValueError: The mode is unknown, or the format does not have it.
        """
        with loading():
            from ._inspection.page_text import page_of

        return page_of(self, title, strictness or self.steps.strictness)


def inspect_tokens(
    encoding: HarmonyEncoding,
    tokens: Sequence[int],
    role: Role | str | None = None,
    *,
    channels: Collection[str] = (),
    unplaced: str | None = None,
    loss: Sequence[float] | None = None,
) -> Inspection:
    """Inspect a completion, or a whole prompt or conversation.

    Args:
        encoding: The encoding of the tokens.
        tokens: The ids.
        role: The role of the turn that the prompt left open, if the tokens are a completion. None, or tokens that begin
            with a start token, for a prompt or a conversation.
        channels, unplaced: As for `StreamableParser`.
        loss: The weight of each token in the loss, to be shown with it; such as a mask, or labels other than -100.

    Raises:
        TypeError: A token is not an integer, or another argument has the wrong type.
        ValueError: `role` is not a role, `loss` has another length or a weight that is not finite, or another argument
            has an invalid value.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> tokens = encoding.encode("<|channel|>final<|message|>Four<|return|>", allowed_special="all")
        >>> inspect_tokens(encoding, tokens, "assistant").messages[0].text
        'Four'
    """
    listed = integers(token_list(tokens), "tokens")
    if loss is not None:
        _check_weights(loss, len(listed))
    word = role_word(role)
    framing = framing_of(encoding.name)
    opens = bool(listed) and framing.terminal(listed[0]) in {framing.opens, framing.begins}
    return of_tokens(Inspection, Request(encoding, listed, word, channels, unplaced), None if opens else word, loss)


def _check_weights(loss: Sequence[float], size: int) -> None:
    if len(loss) != size:
        raise ValueError(f"argument 'loss': {len(loss)} weights for {size} tokens")
    for at, weight in enumerate(loss):
        if not isfinite(weight):
            raise ValueError(f"argument 'loss': weight {at} is not finite: {weight}")


def inspect_text(
    encoding: HarmonyEncoding,
    text: str,
    role: Role | str | None = None,
    *,
    channels: Collection[str] = (),
    unplaced: str | None = None,
) -> Inspection:
    """Inspect text in which special tokens are spelled out; the other arguments are those of `inspect_tokens`.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> inspect_text(encoding, "<|start|>user<|message|>Hi<|end|>")
        <Inspection of a transcript: 5 tokens, 1 messages, 0 recoveries>
    """
    tokens = encoding.encode(text, allowed_special="all")
    return inspect_tokens(encoding, tokens, role, channels=channels, unplaced=unplaced)


def inspect_conversation(
    encoding: HarmonyEncoding,
    conversation: Conversation,
    *,
    next_turn_role: Role | str | None = None,
    training: bool = False,
    config: RenderConversationConfig | None = None,
    policy: LossPolicy = "last_assistant_turn",
) -> Inspection:
    """Render a conversation, and inspect the tokens.

    Args:
        encoding: The encoding to render with.
        conversation: The conversation. Messages that rendering omits are in the result, without tokens.
        next_turn_role, training, config: As for `HarmonyEncoding.render_with_spans`.
        policy: As for `Rendered.loss_mask`, which gives the `loss` of each token.

    Raises:
        RenderError: A message breaks a rule of the format.
        ValueError: As `render_with_spans` and `loss_weights`.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> conversation = Conversation.from_messages([Message.from_role_and_content("user", "Hi")])
        >>> inspect_conversation(encoding, conversation, next_turn_role="assistant").totals.outside
        2
    """
    rendered = encoding.render_with_spans(conversation, next_turn_role=next_turn_role, training=training, config=config)
    loss = list(rendered.loss_weights(policy))
    return of_rendering(Inspection, Request(encoding, rendered.tokens), rendered, list(conversation), loss)
