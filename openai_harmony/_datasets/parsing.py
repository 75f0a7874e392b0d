"""Parses rows to new columns."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

import pyarrow

from .._generated.contents import TextContent
from .._generated.events import MessageEnd, Recovery
from .._generated.framing import FRAMING
from .._generated.messages import Author, Message
from .._parsing import parse_tokens
from ..options import Strictness
from ..strictness import NAMED
from ..text_parsing import TextParser
from .bad_rows import BadRow, told
from .columns import lists_of
from .rendering import Made
from .rows import completion_in
from .tasks import ParseTask, encoding_of

__all__ = ["parsed_rows"]

_AUTHOR, _CONTENT, *_HEADER = (field.name for field in fields(Message))
_OF_AUTHOR = [field.name for field in fields(Author)]
_RECOVERY: dict[str, pyarrow.DataType] = {
    "kind": pyarrow.string(),
    "start": pyarrow.int64(),
    "end": pyarrow.int64(),
    "text": pyarrow.string(),
    "message_index": pyarrow.int32(),
}


class _Parsed(NamedTuple):
    messages: list[Message]
    recoveries: list[Recovery]
    complete: bool


class _Structs:
    """A column of lists of structs; rows without a list are null."""

    def __init__(self, kinds: Mapping[str, pyarrow.DataType]) -> None:
        self._kinds = kinds
        self._values: list[list[Any]] = [[] for _ in kinds]
        self._ends, self._nulls, self._count = array("i", [0]), bytearray(), 0

    def add(self, structs: Iterable[tuple[Any, ...]] | None) -> None:
        self._nulls.append(structs is None)
        for struct in structs or ():
            self._count += 1
            for values, value in zip(self._values, struct):
                values.append(value)
        self._ends.append(self._count)

    def array(self) -> pyarrow.Array[Any]:
        columns = [pyarrow.array(values, kind) for values, kind in zip(self._values, self._kinds.values())]
        return lists_of(self._ends, pyarrow.StructArray.from_arrays(columns, list(self._kinds)), self._nulls)


def parsed_rows(rows: Iterable[Mapping[str, Any]], task: ParseTask) -> Made:
    """Parse each row. A row that cannot be parsed has nulls, and is reported."""
    kinds: dict[str, pyarrow.DataType] = {name: pyarrow.string() for name in (*_OF_AUTHOR, *_HEADER, _CONTENT)}
    messages = _Structs(kinds)
    recoveries = _Structs(_RECOVERY)
    complete: list[bool | None] = []
    bad_rows: list[BadRow] = []
    for number, row in enumerate(rows):
        try:
            parsed = _parsed(completion_in(row, task), task)
            found = [_message_fields(message) for message in parsed.messages]
            faults = [tuple(getattr(fault, name) for name in _RECOVERY) for fault in parsed.recoveries]
        except Exception as error:
            bad_rows.append(BadRow(number, told(error)))
            messages.add(None)
            recoveries.add(None)
            complete.append(None)
        else:
            messages.add(found)
            recoveries.add(faults)
            complete.append(parsed.complete)
    made: dict[str, Callable[[], pyarrow.Array[Any]]] = {
        "messages": messages.array,
        "recoveries": recoveries.array,
        "complete": lambda: pyarrow.array(complete, pyarrow.bool_()),
    }
    arrays = [(name, made[name]()) for name in task.made]
    return Made([(pyarrow.field(task.prefix + name, values.type), values) for name, values in arrays], bad_rows)


def _strict(task: ParseTask) -> Strictness:
    return not FRAMING.kinds if task.strictness is None else NAMED[task.strictness]


def _parsed(completion: list[int] | str, task: ParseTask) -> _Parsed:
    encoding, strict = encoding_of(task), _strict(task)
    if isinstance(completion, list):
        result = parse_tokens(encoding, completion, task.role, strict)
        return _Parsed(result.messages, result.recoveries, result.complete)
    parser = TextParser(encoding, task.role, strict=strict)
    events = [*parser.feed(completion), *parser.feed_eos()]
    ends = [event for event in events if isinstance(event, MessageEnd)]
    return _Parsed(list(parser.messages), list(parser.recoveries), bool(ends) and ends[-1].stop is not None)


def _message_fields(message: Message) -> tuple[str | None, ...]:
    author = message.author
    whole = all(isinstance(content, TextContent) for content in message.content)
    text = message.text if whole else json.dumps([content.to_dict() for content in message.content])
    return (*(_text(getattr(author, name)) for name in _OF_AUTHOR), *(getattr(message, name) for name in _HEADER), text)


def _text(value: Any) -> str | None:
    return None if value is None else str(getattr(value, "value", value))
