"""Values of Arrow and of JSON texts in rows, as the Python values that conversations are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

import pyarrow

__all__ = ["from_json", "python_values"]

Cleaner: TypeAlias = Callable[[Any], Any]


def from_json(text: str | bytes, place: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is no JSON, or holds `NaN` or an infinity, which no JSON has.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{place}no JSON: {error.msg}, at {where}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{place}not UTF-8, at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else str(error).partition(":")[0]
        raise ValueError(f"{place}no JSON: {said}") from None


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no value of JSON")


def python_values(column: pyarrow.ChunkedArray[Any]) -> list[Any]:
    """Return the values of a column.

    Each struct of Arrow has all fields of its type, those that a row does not have as null. These nulls are left out
    of the dictionaries. Values of maps are kept, since a map has only the keys that a row has.
    """
    values: list[Any] = column.to_pylist()
    clean = _cleaner(column.type)
    return values if clean is None else [clean(value) for value in values]


def _cleaner(kind: Any) -> Cleaner | None:
    """Return a function for values of a type; None if they are what they should be."""
    if isinstance(kind, pyarrow.BaseExtensionType):
        return _cleaner(kind.storage_type)
    if pyarrow.types.is_dictionary(kind):
        return _cleaner(kind.value_type)
    if pyarrow.types.is_struct(kind):
        inner = {field.name: _cleaner(field.type) for field in kind}
        return lambda value: None if value is None else _fields(value, inner)
    if pyarrow.types.is_map(kind):
        item = _cleaner(kind.item_type)
        return lambda value: None if value is None else {key: item(one) if item else one for key, one in value}
    if _is_list(kind):
        each = _cleaner(kind.value_type)
        return None if each is None else lambda value: None if value is None else [each(one) for one in value]
    return None


def _fields(value: Mapping[str, Any], inner: Mapping[str, Cleaner | None]) -> dict[str, Any]:
    found = {}
    for name, clean in inner.items():
        one = value[name]
        if one is not None:
            found[name] = one if clean is None else clean(one)
    return found


def _is_list(kind: pyarrow.DataType) -> bool:
    lists = (pyarrow.ListType, pyarrow.LargeListType, pyarrow.FixedSizeListType)
    views = (pyarrow.ListViewType, pyarrow.LargeListViewType)
    return isinstance(kind, (*lists, *views))
