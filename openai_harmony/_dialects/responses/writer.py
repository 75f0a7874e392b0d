"""Writes what the model says as output items of the Responses API, and as the events that build them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, cast

from ..given import plain_value as copied  # receivers may change what they get
from ..heading import NOTHING, Heading
from .items import COMPLETED, INCOMPLETE, OpenItem, Told
from .kinds import KINDS, kind_of
from .run_items import parts_of_name

if TYPE_CHECKING:
    from ..._generated.messages import Message
    from ..._runtime.types.typed import JsonDict
    from ..ids import IdMaker
    from .types import Event, OutputItem

__all__ = ["FIRST", "ResponsesWriter"]

FIRST = 2  # the number of the first event of the output; those of the beginning of the response are before it


class ResponsesWriter:
    """The output so far. Each method returns the events that what it is told adds.

    Args:
        make_id: makes ids of items and of calls.
        servers: the labels of servers, whose calls are items of a type of their own.

    Attributes:
        ranges: by sequence number, the positions of the tokens of the text of an event.
    """

    def __init__(self, make_id: IdMaker, servers: Collection[str]) -> None:
        self._make_id, self._servers = make_id, servers
        self.ranges: dict[int, tuple[int, int]] = {}
        self._number = FIRST  # of the next event
        self._complete: dict[int, dict[str, Any]] = {}  # the items that are closed, by index
        self._open: OpenItem | None = None
        self._waiting: list[OpenItem] = []  # calls whose tools have not answered
        self._count = 0  # of items

    def event(self, kind: str, **fields: Any) -> Event:
        """Return an event with the next sequence number."""
        number = self._number
        self._number = number + 1
        return cast("Event", {"type": kind, "sequence_number": number, **fields})

    def begin(self, heading: Heading, at: int) -> list[Event]:
        """Begin a message, which is an item."""
        if heading == NOTHING:
            return []
        kind = kind_of(heading, self._servers)
        item = self._open = kind.begun(self._count, heading, [self._make_id(prefix) for prefix in kind.prefixes])
        self._count += 1
        added = self.event("response.output_item.added", output_index=item.index, item=copied(item.item))
        return [added, *self._told(item, item.added())]

    def text(self, text: str, start: int, end: int) -> list[Event]:
        """Add text to the open item."""
        item = self._open
        said = "" if item is None else item.text(text)
        if item is None or not said:
            return []
        number = self._number
        self._number = number + 1
        self.ranges[number] = (start, end)
        event: Any = {"type": item.delta, "sequence_number": number, **item.where, "delta": said}
        if item.has_logprobs:
            event["logprobs"] = []
        return [event]

    def end(self, at: int, *, cut: bool = False) -> list[Event]:
        """End the open item, unless its tool has to answer."""
        item, self._open = self._open, None
        if item is None:
            return []
        events = self._told(item, item.done(cut=cut))
        if item.waits and not cut:
            self._waiting.append(item)
            return events
        return events + self._close(item, cut=cut)

    def result(self, message: Message) -> list[Event]:
        """Close the call that a message of a tool answers."""
        author = message.author.name
        for item in self._waiting:
            if author in (item.name, parts_of_name(item.name)[0]):
                self._waiting.remove(item)
                item.result(message.text)
                return self._close(item, cut=False)
        return []

    def close(self) -> list[Event]:
        """Close the calls whose tools have not answered."""
        waiting, self._waiting = self._waiting, []
        return [event for item in waiting for event in self._close(item, cut=False)]

    @property
    def output(self) -> list[OutputItem]:
        """The items so far, in order; those that are open have what was written of them."""
        items = dict(self._complete)
        for item in [*self._waiting, *([] if self._open is None else [self._open])]:
            items[item.index] = item.whole(item.item["status"])
        return [cast("OutputItem", copied(items[index])) for index in sorted(items)]

    def _close(self, item: OpenItem, *, cut: bool) -> list[Event]:
        events = self._told(item, item.closed(cut=cut))
        whole = self._complete[item.index] = item.whole(INCOMPLETE if cut else COMPLETED)
        return [*events, self.event("response.output_item.done", output_index=item.index, item=copied(whole))]

    def _told(self, item: OpenItem, told: Iterable[Told]) -> list[Event]:
        return [self.event(f"response.{each.type}", **item.where, **each.fields) for each in told]

    # state ----------------------------------------------------------------------------------------

    def state(self) -> JsonDict:
        """Return the state as JSON values."""
        return {
            "number": self._number,
            "count": self._count,
            "complete": [[index, item] for index, item in self._complete.items()],
            "open": None if self._open is None else self._open.state(),
            "waiting": [item.state() for item in self._waiting],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state."""
        self._number, self._count = state["number"], state["count"]
        self._complete = {pair[0]: pair[1] for pair in state["complete"]}
        self._open = None if state["open"] is None else _restored(state["open"])
        self._waiting = [_restored(item) for item in state["waiting"]]


def _restored(state: dict[str, Any]) -> OpenItem:
    item = KINDS[state["kind"]](state["index"], state["name"], dict(state["item"]))
    item.restore(state)
    return item
