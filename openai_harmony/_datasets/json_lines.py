"""Rows as lines of JSON, and the columns that the keys of such rows become in Parquet."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeAlias

import pyarrow

from .._output import is_utf8, json_line
from .inputs import Part
from .values import from_json

__all__ = ["Line", "Shape", "line_of", "lines_in", "merged", "shape_of", "table_of"]

Shape: TypeAlias = "dict[str, str]"
"""What the values of each key are: null, bool, int53, int64, float, string, or json for all else."""

_MARK = "\ufeff"
_EXACT = 2**53  # of the integers up to this one, each is a floating-point number
_TYPES = {
    "null": pyarrow.string(),
    "bool": pyarrow.bool_(),
    "int53": pyarrow.int64(),
    "int64": pyarrow.int64(),
    "float": pyarrow.float64(),
    "string": pyarrow.string(),
    "json": pyarrow.string(),
}
_JOINED = {
    frozenset({"int53", "int64"}): "int64",
    frozenset({"int53", "float"}): "float",
}


class Line(NamedTuple):
    """A row of a file of lines.

    Attributes:
        number: the number of its line, from 1.
        raw: the line.
        row: the row; None if the line has none.
        error: what is wrong with a line that has none.
    """

    number: int
    raw: bytes
    row: dict[str, Any] | None
    error: str


def lines_in(part: Part, data: bytes) -> Iterator[Line]:
    """Yield the rows of a part. Lines of white space are none."""
    for number, raw in enumerate(data.split(b"\n"), part.line):
        if number == 1:
            raw = raw.removeprefix(_MARK.encode("utf-8"))
        raw = raw.strip()
        if raw:
            yield _line(number, raw)


def _line(number: int, raw: bytes) -> Line:
    try:
        value = from_json(raw.decode("utf-8"), "")
    except UnicodeDecodeError as error:
        return Line(number, raw, None, f"not UTF-8, at byte {error.start}")
    except ValueError as error:
        return Line(number, raw, None, str(error))
    if not isinstance(value, dict):
        return Line(number, raw, None, f"expected an object of JSON, not {type(value).__name__}")
    for key in value:
        if not is_utf8(key):
            return Line(number, raw, None, f"key {key!r}: half of a surrogate pair, which no name of a column can have")
    return Line(number, raw, value, "")


def line_of(row: Mapping[str, Any]) -> bytes:
    """Return a row as a line. Numbers that JSON does not have are null, times and binary values are texts."""
    try:
        text = json.dumps(row, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:
        text = json.dumps(_finite(row), ensure_ascii=False, allow_nan=False, default=_plain)
    try:
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can have as an escape
        return json.dumps(json.loads(text)).encode("ascii") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value


# Columns ------------------------------------------------------------------------------------------


def shape_of(rows: Iterable[Mapping[str, Any]]) -> Shape:
    """Return what the values of each key are, in the order in which keys come first."""
    shape: Shape = {}
    for row in rows:
        for key, value in row.items():
            kind = _kind(value)
            before = shape.get(key)
            if before != kind:
                shape[key] = kind if before is None else _joined(before, kind)
    return shape


def merged(shapes: Iterable[Shape]) -> Shape:
    """Return what the values of each key are in all of these."""
    found: Shape = {}
    for shape in shapes:
        for key, kind in shape.items():
            found[key] = kind if key not in found else _joined(found[key], kind)
    return found


def _joined(one: str, other: str) -> str:
    if "null" in (one, other):
        return other if one == "null" else one
    return one if one == other else _JOINED.get(frozenset({one, other}), "json")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int53" if abs(value) <= _EXACT else "int64" if -(2**63) <= value < 2**63 else "json"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) and (value.isascii() or is_utf8(value)) else "json"


def table_of(rows: list[dict[str, Any]], shape: Shape) -> pyarrow.Table:
    """Return rows as a table with the columns of a shape."""
    columns = [_column([row.get(key) for row in rows], kind) for key, kind in shape.items()]
    fields = [pyarrow.field(key, _TYPES[kind]) for key, kind in shape.items()]
    if not fields:  # a table without columns has no rows
        return pyarrow.table({"": pyarrow.nulls(len(rows))}).select([])
    return pyarrow.Table.from_arrays(columns, schema=pyarrow.schema(fields))


def _column(values: list[Any], kind: str) -> pyarrow.Array[Any]:
    if kind == "json":
        values = [None if value is None else json_line(value) for value in values]
    return pyarrow.array(values, _TYPES[kind])
