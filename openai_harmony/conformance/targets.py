"""What can be asked: this package, or a Python object with a method for each kind of rows that it offers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Protocol

from .._imported import imported_object, told
from .answers import Answer, NotOffered, Refused
from .rows import Row

__all__ = ["Target", "adapted", "imported", "this_package"]


class Target(Protocol):
    """What answers rows: made by `adapted`, `imported`, `program`, `server` or `this_package`.

    Attributes:
        name: whom a report is about, with the version if it is known.

    Example:
        >>> target = this_package()
        >>> target.ask(read_rows()["read-stop-end"]).form
        'output'
    """

    name: str

    def ask(self, row: Row) -> Answer:
        """Return what the target says to a row; never raises an exception."""
        ...

    def close(self) -> None:
        """End what the target started, such as a process."""
        ...


class _Adapted:
    """A Python object, each of whose methods has the name of a kind."""

    def __init__(self, adapter: object, name: str) -> None:
        self.name = name
        self._adapter = adapter

    def ask(self, row: Row) -> Answer:
        method: Callable[[Mapping[str, object]], object] | None = getattr(self._adapter, row.kind, None)
        if not callable(method):
            return Answer("not_offered", reason=f"there is no method {row.kind}")
        try:
            return Answer("output", _as_json(method(json.loads(json.dumps(row.input)))))
        except NotOffered as reason:
            return Answer("not_offered", reason=str(reason))
        except Refused as reason:
            return Answer("error", reason=str(reason))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # including SystemExit, and the panics of extension modules
            return Answer("crash", reason=told(error))

    def close(self) -> None:
        close = getattr(self._adapter, "close", None)
        if callable(close):
            close()


def _as_json(value: object) -> object:
    return json.loads(json.dumps(value))


def adapted(adapter: object, *, name: str = "") -> Target:
    """Return a target that asks a Python object.

    Args:
        adapter: has a method for each kind that its implementation offers. A method takes the input of a row and
            returns the output; it raises `Refused` if the input is refused, and `NotOffered` for a row that asks for
            what the implementation does not have. Any other exception is a crash.
        name: whom a report is about; if empty, the `name` of the adapter, or else of its class.

    Example:
        >>> class Mine:
        ...     name = "mine 1.0"
        ...
        ...     def read(self, input):
        ...         return {"messages": []}
        >>> run(adapted(Mine()), kinds=["read"]).failed > 0
        True
    """
    return _Adapted(adapter, name or str(getattr(adapter, "name", "") or type(adapter).__name__))


def imported(place: str) -> Target:
    """Return a target that asks the adapter at `module:object`. A class is called without arguments.

    Raises:
        ValueError: there is no such object, or its class cannot be called so.
    """
    adapter = imported_object(place)
    if isinstance(adapter, type):
        try:
            adapter = adapter()
        except Exception as error:
            raise ValueError(f"{place!r}: {type(error).__name__}: {error}") from error
    return _Adapted(adapter, str(getattr(adapter, "name", "") or place))


def this_package() -> Target:
    """Return a target that asks this package.

    Example:
        >>> run(this_package(), kinds=["render"]).failed
        0
    """
    from .this import ThisPackage

    return _Adapted(ThisPackage(), ThisPackage.name)
