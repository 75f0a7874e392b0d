"""Renders rows to new columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import pyarrow

from .._conversations import FORMS, Form, config_for
from .._generated.enumerations import SAMPLED_ROLE
from ..options import RenderConversationConfig
from ..packing import IGNORED
from ..rendered import Rendered
from .bad_rows import BadRow, told
from .columns import Lists
from .rows import conversation_in
from .tasks import RenderTask, encoding_of

__all__ = ["Made", "rendered_rows"]

_Numbers: TypeAlias = Sequence[int]
_TEXT = "text"
_TOKENS = "tokens"


class Made(NamedTuple):
    """New columns, with a value for each row, null for a bad one; and the bad rows."""

    columns: list[tuple[pyarrow.Field[Any], pyarrow.Array[Any] | pyarrow.ChunkedArray[Any]]]
    bad_rows: list[BadRow]


def _labels(rendered: Rendered, task: RenderTask) -> _Numbers:
    return [token if bit else IGNORED for token, bit in zip(rendered.tokens, _mask(rendered, task))]


def _mask(rendered: Rendered, task: RenderTask) -> bytes:
    return rendered.loss_mask(task.policy, channels=task.on, calls=task.calls, stop=task.stop)


# The type of the numbers in each column, and where they come from.
_COLUMNS: dict[str, tuple[pyarrow.DataType, Callable[[Rendered, RenderTask], _Numbers]]] = {
    _TOKENS: (pyarrow.int32(), lambda rendered, task: rendered.tokens),
    "loss_mask": (pyarrow.uint8(), _mask),
    "labels": (pyarrow.int32(), _labels),
    "message_indices": (pyarrow.int32(), lambda rendered, task: rendered.message_indices),
    "parts": (pyarrow.uint8(), lambda rendered, task: rendered.parts),
    "sampled": (pyarrow.uint8(), lambda rendered, task: rendered.sampled),
    "is_content": (pyarrow.uint8(), lambda rendered, task: rendered.is_content),
}


def rendered_rows(rows: Iterable[Mapping[str, Any]], task: RenderTask) -> Made:
    """Render each row. A row that cannot be rendered has nulls, and is reported."""
    names = [name for name in task.made if name != _TEXT]
    lists = [Lists(_COLUMNS[name][0]) for name in names]
    with_text, with_parts = _TEXT in task.made, not {*names} <= {_TOKENS}
    texts: list[str | None] = []
    bad_rows: list[BadRow] = []
    decode = encoding_of(task).decode
    configs: dict[Form, RenderConversationConfig] = {form: config_for(form, task.config) for form in FORMS}
    for number, row in enumerate(rows):
        try:
            tokens, rendered = _rendered(row, task, configs, with_parts)
            values: list[_Numbers | None] = (
                [tokens] if rendered is None else [_COLUMNS[name][1](rendered, task) for name in names]
            )
            text = decode(tokens) if with_text else None
        except Exception as error:
            bad_rows.append(BadRow(number, told(error)))
            values = [None] * len(names)
            text = None
        for column, value in zip(lists, values):
            column.add(value)
        texts.append(text)
    arrays: dict[str, pyarrow.Array[Any]] = {name: column.array() for name, column in zip(names, lists)}
    if with_text:
        arrays[_TEXT] = pyarrow.array(texts, pyarrow.string())
    return Made([(_field(task.prefix, name, arrays[name]), arrays[name]) for name in task.made], bad_rows)


def _rendered(
    row: Mapping[str, Any], task: RenderTask, configs: Mapping[Form, RenderConversationConfig], with_parts: bool
) -> tuple[list[int], Rendered | None]:
    conversation, form = conversation_in(row, task)
    encoding, config = encoding_of(task), configs[form]
    next_turn = SAMPLED_ROLE if task.purpose == "completion" else None
    training = task.purpose == "training"
    if with_parts:
        rendered = encoding.render_with_spans(conversation, next_turn_role=next_turn, training=training, config=config)
        return rendered.tokens, rendered
    if training:
        return encoding.render_conversation_for_training(conversation, config), None
    if next_turn is not None:
        return encoding.render_conversation_for_completion(conversation, next_turn, config), None
    return encoding.render_conversation(conversation, config), None


def _field(prefix: str, name: str, values: pyarrow.Array[Any]) -> pyarrow.Field[Any]:
    """Return the field of a column. That of the parts says which part each number is."""
    metadata = {"part_names": json.dumps(Rendered.PART_NAMES)} if name == "parts" else None
    return pyarrow.field(prefix + name, values.type, metadata=metadata)
