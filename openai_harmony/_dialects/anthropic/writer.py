"""Writes what the model says as the blocks of a message of the Messages API, and as the events that add up to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..heading import Heading
from ..making import REASONING
from .call_input import CallInput, InputState

if TYPE_CHECKING:
    from ..._generated.messages import Message
    from ..._runtime.types.typed import JsonDict
    from ..ids import IdMaker
    from .types import AnthropicBlock, AnthropicEvent

__all__ = ["BlockWriter"]

# Types of blocks; the first two have their texts in keys of the same names.
THINKING, TEXT, CALLED = "thinking", "text", "tool_use"
_EMPTY: dict[str, dict[str, Any]] = {THINKING: {THINKING: "", "signature": ""}, TEXT: {TEXT: "", "citations": None}}


class BlockWriter:
    """The blocks so far. Each method returns the events that what it is told adds.

    A block of thinking or text begins with its first text, since the API has no empty ones.

    Args:
        include_thinking: whether the reasoning becomes blocks.
        make_id: returns the id of a call.
    """

    def __init__(self, include_thinking: bool, make_id: IdMaker) -> None:
        self._include_thinking = include_thinking
        self._make_id = make_id
        self._blocks: list[dict[str, Any]] = []
        self._kind = ""  # the type of the block of the open message; empty if it has none
        self._begun = False  # whether that is the last of the blocks
        self._pieces: list[str] = []  # of its text
        self._input: CallInput | None = None  # of the last call

    def begin(self, heading: Heading, at: int) -> list[AnthropicEvent]:
        """Begin a message."""
        self._begun, self._kind = False, self._kind_of(heading)
        if self._kind != CALLED:
            return []
        self._input = CallInput()
        return [self._start({"id": self._make_id("toolu"), "name": heading.name, "input": {}})]

    def text(self, text: str, start: int, end: int) -> list[AnthropicEvent]:
        """Add text to the open message."""
        if not self._kind or not text:
            return []
        if self._input is not None and self._kind == CALLED:
            return self._delta("input_json_delta", "partial_json", self._input.feed(text))
        begun = [] if self._begun else [self._start(_EMPTY[self._kind])]
        self._pieces.append(text)
        return [*begun, *self._delta(f"{self._kind}_delta", self._kind, text)]

    def end(self, at: int, *, cut: bool = False) -> list[AnthropicEvent]:
        """End the open message."""
        if not self._begun:
            self._kind = ""
            return []
        last: list[AnthropicEvent] = []
        if self._input is not None:
            last = self._delta("input_json_delta", "partial_json", self._input.finish())
        self._blocks[-1] = self._whole()
        self._kind, self._begun, self._input = "", False, None
        return [*last, {"type": "content_block_stop", "index": len(self._blocks) - 1}]

    def result(self, message: Message) -> list[AnthropicEvent]:
        """Take the result of a call, which is no block of the model's message."""
        return []

    @property
    def has_calls(self) -> bool:
        return any(block["type"] == CALLED for block in self._blocks)

    @property
    def content(self) -> list[AnthropicBlock]:
        """The blocks so far."""
        blocks = [*self._blocks[:-1], self._whole()] if self._begun else self._blocks
        return cast("list[AnthropicBlock]", [dict(block) for block in blocks])

    def _kind_of(self, heading: Heading) -> str:
        if heading.is_call:
            return CALLED
        if heading.part == REASONING:
            return THINKING if self._include_thinking else ""
        return TEXT if heading.part else ""

    def _start(self, fields: dict[str, Any]) -> AnthropicEvent:
        self._begun, self._pieces = True, []
        self._blocks.append({"type": self._kind, **fields})
        begun = cast("AnthropicBlock", {"type": self._kind, **fields})
        return {"type": "content_block_start", "index": len(self._blocks) - 1, "content_block": begun}

    def _delta(self, kind: str, key: str, text: str) -> list[AnthropicEvent]:
        if not text:
            return []
        delta: Any = {"type": kind, key: text}
        return [{"type": "content_block_delta", "index": len(self._blocks) - 1, "delta": delta}]

    def _whole(self) -> dict[str, Any]:
        """Return the last block with all that belongs to it so far."""
        block = self._blocks[-1]
        if self._input is not None:
            return {**block, "input": self._input.value()}
        return {**block, self._kind: "".join(self._pieces)}

    # state ----------------------------------------------------------------------------------------

    def state(self) -> JsonDict:
        """Return the state as JSON values."""
        return {
            "blocks": [dict(block) for block in self._blocks],
            "kind": self._kind,
            "begun": self._begun,
            "text": "".join(self._pieces),
            "input": None if self._input is None else [*self._input.state],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state."""
        self._blocks = [dict(block) for block in state["blocks"]]
        self._kind, self._begun = state["kind"], state["begun"]
        self._pieces = [state["text"]]
        self._input = None if state["input"] is None else CallInput(InputState(*state["input"]))
