"""The output items of the Responses API while they are written: one class per type, with the events that each has.

The calls of tools that the server runs are in `run_items`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from ..custom_input import InputReader, InputState
from ..heading import Heading
from ..making import dialects
from ..words import ASSISTANT

__all__ = [
    "COMPLETED",
    "FAILED",
    "INCOMPLETE",
    "IN_PROGRESS",
    "CustomCallWriter",
    "FunctionCallWriter",
    "MessageWriter",
    "OpenItem",
    "ReasoningWriter",
    "Told",
]

COMPLETED, INCOMPLETE, IN_PROGRESS, FAILED = "completed", "incomplete", "in_progress", "failed"


class Told(NamedTuple):
    """An event without what all events have: its type without `response.`, and its own keys."""

    type: str
    fields: dict[str, Any] = {}  # noqa: RUF012  # never changed


class OpenItem:
    """An item, of which the model may write more.

    Attributes:
        index: its index in the output.
        item: its dictionary, without its text.
        name: the name of the called tool.
        waits: whether it stays open behind its text, until its tool has answered.
        delta: the type of the events of its text.
        where: the keys by which these events name their place.
        has_logprobs: whether these events hold log probabilities.
    """

    kind: ClassVar[str]
    type: ClassVar[str]  # of the item, if it is the same for all items of the kind
    waits: ClassVar[bool] = False
    has_logprobs: ClassVar[bool] = False
    prefixes: ClassVar[tuple[str, ...]] = ()  # of the kinds of its ids
    _text_events: str  # the type of the events of its text, without `.delta` and `.done`
    _key: str  # of its whole text in the last of these events

    def __init__(self, index: int, name: str, item: dict[str, Any]) -> None:
        self.index, self.name, self.item = index, name, item
        self.delta = f"response.{self._text_events}.delta"
        self.where = {"item_id": item["id"], "output_index": index}
        self._pieces: list[str] = []

    @classmethod
    def begun(cls, index: int, heading: Heading, ids: list[str]) -> OpenItem:
        """Return a new item."""
        fields = {"id": ids[0], "type": cls.type, **cls._fields(ids, heading)}
        return cls(index, heading.name, {**fields, "status": IN_PROGRESS})

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        """Return the keys of a new item beside its id, type and status."""
        raise NotImplementedError

    @property
    def written(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    def added(self) -> Iterator[Told]:
        """Yield the events behind that of the new item."""
        yield from ()

    def text(self, text: str) -> str:
        """Take more text of the model, and return the text of its event; the empty text if there is none."""
        self._pieces.append(text)
        return text

    def done(self, *, cut: bool) -> Iterator[Told]:
        """Yield the events of the end of the text; `cut` if the model was to write more."""
        yield Told(f"{self._text_events}.done", {self._key: self.written})

    def closed(self, *, cut: bool) -> Iterator[Told]:
        """Yield the further events before that of the complete item."""
        yield from ()

    def result(self, text: str) -> None:
        """Take the result of the tool."""

    def whole(self, status: str) -> dict[str, Any]:
        """Return the item with its text so far."""
        return {**self.item, self._key: self.written, "status": status}

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        item = dict(self.item)
        return {"kind": self.kind, "index": self.index, "name": self.name, "item": item, "written": self.written}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state."""
        self._pieces = [state["written"]]


class _Spoken(OpenItem):
    """An item with one part of text: a message, or reasoning."""

    _part: ClassVar[dict[str, Any]]
    _key = "text"

    def __init__(self, index: int, name: str, item: dict[str, Any]) -> None:
        super().__init__(index, name, item)
        self.where["content_index"] = 0

    def added(self) -> Iterator[Told]:
        yield Told("content_part.added", {"part": self._part_of("")})

    def done(self, *, cut: bool) -> Iterator[Told]:
        text = self.written
        yield Told(f"{self._text_events}.done", {"text": text, **({"logprobs": []} if self.has_logprobs else {})})
        yield Told("content_part.done", {"part": self._part_of(text)})

    def whole(self, status: str) -> dict[str, Any]:
        return {**self.item, "content": [self._part_of(self.written)], "status": status}

    def _part_of(self, text: str) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, list) else value for key, value in self._part.items()} | {
            "text": text
        }


class MessageWriter(_Spoken):
    kind, type, prefixes = "message", "message", ("msg",)
    _text_events = "output_text"
    _part: ClassVar = {"type": "output_text", "text": "", "annotations": []}
    has_logprobs = True

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        words = {key: word for word, key in dialects().phases.items()}
        phase = words.get(heading.part)
        return {"role": ASSISTANT, "content": [], **({} if phase is None else {"phase": phase})}


class ReasoningWriter(_Spoken):
    kind, type, prefixes = "reasoning", "reasoning", ("rs",)
    _text_events = "reasoning_text"
    _part: ClassVar = {"type": "reasoning_text", "text": ""}

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        return {"summary": [], "content": []}


class FunctionCallWriter(OpenItem):
    kind, type, prefixes = "function", "function_call", ("fc", "call")
    _text_events, _key = "function_call_arguments", "arguments"

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        return {"call_id": ids[1], "name": heading.name, "arguments": ""}


class CustomCallWriter(OpenItem):
    kind, type, prefixes = "custom", "custom_tool_call", ("ctc", "call")
    _text_events, _key = "custom_tool_call_input", "input"

    def __init__(self, index: int, name: str, item: dict[str, Any]) -> None:
        super().__init__(index, name, item)
        self._input = InputReader()

    @classmethod
    def _fields(cls, ids: list[str], heading: Heading) -> dict[str, Any]:
        return {"call_id": ids[1], "name": heading.name, "input": ""}

    def text(self, text: str) -> str:
        return super().text(self._input.feed(text))

    def done(self, *, cut: bool) -> Iterator[Told]:
        rest = super().text(self._input.finish())
        if rest:
            yield Told(f"{self._text_events}.delta", {"delta": rest})
        yield from super().done(cut=cut)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "input": [*self._input.state]}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._input = InputReader(InputState(*state["input"]))
