"""A reader's state as JSON values, and a reader restored from them. State that is kept in memory does not belong here.

A snapshot holds the values of the last checkpoint and the ids since then, which are read again; its size is bounded by
the open message. Nothing in a snapshot is trusted: each value is checked when it is restored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from ...errors import ParseError
from .content import Content
from .machine import Framing, Phase
from .reader import Reader
from .reader_values import Checkpoint, Earlier, Mode, ReaderContext
from .reference_errors import ReferenceErrors

__all__ = ["VERSION", "Values", "reader_of", "shown", "values_of"]

VERSION = 1
LARGEST = 2**62
T = TypeVar("T")


def shown(value: object) -> str:
    """Return an invalid value as an error message shows it, in bounded length however large or nested it is."""
    if type(value) is int:
        return str(value) if abs(value) < 2**64 else "a huge number"
    if value is None or isinstance(value, bool | float):
        return repr(value)
    return repr(value[:40]) if isinstance(value, str) else f"a {type(value).__name__}"


class Values:
    """Checked access to the values of a snapshot.

    Each method takes a key, and raises ValueError if the value is missing or invalid.
    """

    def __init__(self, data: object, where: str = "snapshot") -> None:
        if not isinstance(data, Mapping):
            raise ValueError(f"{where}: expected an object, not {type(data).__name__}")
        self._data, self._where = data, where

    def wrong(self, key: str, what: str) -> ValueError:
        return ValueError(f"{self._where}: {key!r} {what}")

    def any(self, key: str) -> Any:
        if key not in self._data:
            raise self.wrong(key, "is missing")
        return self._data[key]

    def number(self, key: str, most: int = LARGEST, least: int = 0) -> int:
        value = self.any(key)
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(key, f"is not a whole number from {least} to {most}: {shown(value)}")
        return value

    def flag(self, key: str) -> bool:
        value = self.any(key)
        if not isinstance(value, bool):
            raise self.wrong(key, f"is not true or false: {shown(value)}")
        return value

    def word(self, key: str, words: Mapping[str, object] | frozenset[str]) -> str | None:
        value = self.any(key)
        if value is not None and (not isinstance(value, str) or value not in words):
            raise self.wrong(key, f"is not null or one of {', '.join(sorted(words))}: {shown(value)}")
        return value

    def items(self, key: str, item: Callable[[Any], T | None]) -> list[T]:
        """Convert each item of a list with `item`, which returns None for an invalid item."""
        values = self.any(key)
        if not isinstance(values, list):
            raise self.wrong(key, f"is not a list but {type(values).__name__}")
        made = list(map(item, values))
        if None in made:
            raise self.wrong(key, f"has a wrong item: {shown(values[made.index(None)])}")
        return [value for value in made if value is not None]

    def part(self, key: str) -> Values:
        return Values(self.any(key), f"{self._where}: {key}")


def values_of(reader: Reader) -> dict[str, Any]:
    """Return a reader's state as JSON values."""
    checkpoint = reader.checkpoint
    assert checkpoint is not None  # a reader starts at a checkpoint
    content = reader.content if reader.phase == Phase.CONTENT else None
    foreign = [
        [position - checkpoint.at, number] for position, number in reader.foreign.items() if position >= checkpoint.at
    ]
    return {
        "table": reader.context.headers.checksum,
        "pedantic": reader.mode.pedantic,
        "raises": reader.mode.raises,
        "unplaced": reader.mode.unplaced,
        "ids_before": reader.earlier.ids + checkpoint.at,
        "messages_before": checkpoint.messages,
        "state": checkpoint.state,
        "first": checkpoint.first,
        "prompt_role": checkpoint.prompt_role,
        "role": checkpoint.role,
        "untouched": checkpoint.untouched,
        "reference": None if checkpoint.reference is None else list(checkpoint.reference),
        "ids": reader.ids[checkpoint.at :],
        "foreign": foreign,
        "ended": reader.open_turn is not None and reader.ended == len(reader.ids),
        "run": _run_at(reader, checkpoint),
        "emitted": None if content is None else _emitted_of(reader, content, checkpoint.at),
        "content_tokens": [[channel, count] for channel, count in reader.content_tokens.items()],
        "tool_call_tokens": reader.tool_call_tokens,
    }


def _emitted_of(reader: Reader, content: Content, at: int) -> list[Any]:
    """Describe the events of the open message.

    Returns:
        The number of characters reported, the number of ids reported since position `at`, and whether the start event
        is still to be emitted.
    """
    return [
        content.emitted_characters,
        content.emitted - at,
        reader.unannounced is not None,
    ]


def _run_at(reader: Reader, checkpoint: Checkpoint) -> list[Any] | None:
    """Return the values of the last recovery that a fault at the checkpoint could extend; None if there is none."""
    places = {reader.place(checkpoint.at), reader.place(checkpoint.at - checkpoint.first)}
    ending = [fault for fault in reader.recoveries[-4:] if fault.end in places]
    if not ending:
        return None
    last = ending[-1]
    return [str(last.kind.value), last.start, last.end, last.message_index]


def reader_of(framing: Framing, context: ReaderContext, values: Values) -> Reader:
    """Make a reader from the values of a snapshot.

    Raises:
        ValueError: a value is missing or invalid.
    """
    if values.number("table") != context.headers.checksum:
        raise values.wrong("table", "belongs to another format, or to another version of it")
    mode = Mode(values.flag("pedantic"), values.flag("raises"), values.word("unplaced", framing.channels))
    role = values.word("role", framing.roles)
    reader = Reader(framing, context, role, mode)
    reader.earlier = Earlier(values.number("ids_before"), values.number("messages_before"))
    reader.untouched = values.flag("untouched") and role is not None
    state = values.number("state", len(framing.states) - 1)
    prompt_role = values.word("prompt_role", framing.roles)
    if state not in _checkpoint_states(framing, prompt_role is not None):
        raise values.wrong("state", f"is not a state at which a message or its header begins: {state}")
    reader.move(state, prompt_role)
    reader.first = -values.number("first", 2)
    _restore_reference(reader, values)
    _restore_run(reader, values)
    reader.save_checkpoint()
    _restore_ids(reader, values)
    reader.content_tokens = dict(values.items("content_tokens", lambda item: _count(item, framing)))
    reader.tool_call_tokens = values.number("tool_call_tokens")
    return reader


def _checkpoint_states(framing: Framing, prompt_role: bool) -> set[int]:
    """Return the states that a checkpoint can have, with or without a given role for the header."""
    if prompt_role:
        return {framing.completion}
    outside = {number for number, state in enumerate(framing.states) if state.phase == Phase.EXPECT_START}
    return outside | {framing.states[state].steps[framing.opens].target for state in outside}


def _restore_reference(reader: Reader, values: Values) -> None:
    reader.follow_reference()
    state = values.any("reference")
    if reader.reference is None or state is None:
        return
    if not _is_reference(state, reader.framing):
        raise values.wrong("reference", f"is not a phase, a number, a role and a flag: {shown(state)}")
    reader.reference = ReferenceErrors.of_values((state[0], state[1], state[2], state[3]))


def _restore_run(reader: Reader, values: Values) -> None:
    run = values.any("run")
    if run is None:
        return
    numbers = run[1:] if isinstance(run, list) and len(run) == 4 else []
    if (
        not numbers
        or not isinstance(run[0], str)
        or run[0] not in reader.framing.kinds
        or not all(map(_is_number, numbers))
    ):
        raise values.wrong("run", f"is not a kind of recovery and three numbers: {shown(run)}")
    kind = reader.framing.kinds[run[0]]
    reader.recoveries.append(reader.context.factories.recovery(kind, run[1], run[2], "", run[3]))


def _restore_ids(reader: Reader, values: Values) -> None:
    """Read the ids since the checkpoint again, and restores which of their events were emitted."""
    foreign = dict(values.items("foreign", _foreign_at))
    for position, token in enumerate(values.items("ids", _id)):
        try:
            reader.push(foreign.get(position, token))
        except ParseError:
            pass  # it was raised when the token was read for the first time
        except OverflowError:
            raise values.wrong("foreign", "has a number that only a recovering parser accepts") from None
    if values.flag("ended"):
        _restore_end(reader, values)
    reader.earlier = reader.earlier._replace(messages=reader.index)
    reader.messages.clear()
    reader.spans.clear()
    emitted = values.any("emitted")
    if emitted is not None and reader.phase == Phase.CONTENT:
        content = reader.content
        content.decode(reader.ids, len(reader.ids), reader.context.bytes)
        text, most = len(content.text), len(reader.ids)
        if not _is_emitted(emitted, text, most):
            raise values.wrong("emitted", f"is not a count of characters, a count of ids and a flag: {shown(emitted)}")
        content.emitted_characters, content.emitted = emitted[:2]
        reader.unannounced = content.start if emitted[2] else None


def _restore_end(reader: Reader, values: Values) -> None:
    """End the input again, which left a turn open."""
    with suppress(ParseError):  # in a header that is not just an author
        reader.finish()
    if reader.open_turn is None:
        raise values.wrong("ended", "is true, but no turn is open")


def _is_reference(state: object, framing: Framing) -> bool:
    if not isinstance(state, list) or len(state) != 4:
        return False
    phase, before, role, reported = state
    if phase not in (Phase.EXPECT_START, Phase.HEADER, Phase.CONTENT) or type(before) is not int or before < 0:
        return False
    if phase == Phase.HEADER and before:
        return False  # no checkpoint is after the first token of a header
    return (role is None or (isinstance(role, str) and role in framing.roles)) and isinstance(reported, bool)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def _is_emitted(emitted: object, text: int, most: int) -> bool:
    if not isinstance(emitted, list) or len(emitted) != 3 or type(emitted[0]) is not int or type(emitted[1]) is not int:
        return False
    return 0 <= emitted[0] <= text and 0 <= emitted[1] <= most and isinstance(emitted[2], bool)


def _id(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 2**32 else None


def _foreign_at(item: object) -> tuple[int, int] | None:
    if isinstance(item, list) and len(item) == 2 and type(item[0]) is int and type(item[1]) is int:
        return item[0], item[1]
    return None


def _count(item: object, framing: Framing) -> tuple[str | None, int] | None:
    if not isinstance(item, list) or len(item) != 2 or not isinstance(item[0], str | None):
        return None
    return (item[0], item[1]) if type(item[1]) is int and 0 <= item[1] <= LARGEST else None
