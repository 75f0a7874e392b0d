"""The rows of the kit: where they are, and what each has. How answers are judged does not belong here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from .kinds import KINDS

if TYPE_CHECKING:
    from importlib.abc import Traversable

__all__ = ["Row", "loaded", "read_rows", "shipped"]

PACKAGE = __name__.rpartition(".conformance.")[0]
SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Row:
    """A question with its right answer.

    Attributes:
        id: its name.
        kind: the name of its kind, a key of `KINDS`.
        input: what the implementation is given.
        expect: the right answer; None if the input must be refused.
        why: what the row shows.
        holds: for whom the row is true, of those that the kit's own tests ask; None for what is not offered.
        data: all keys of the row.

    Example:
        >>> row = read_rows()["read-stop-end"]
        >>> row.kind, row.input["text"]
        ('read', '<|channel|>final<|message|>hi<|end|>')
    """

    id: str
    kind: str
    input: Mapping[str, object]
    expect: Mapping[str, object] | None
    why: str
    holds: Mapping[str, bool | None] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict, repr=False)


def read_rows(
    folder: Path | None = None, *, kinds: Collection[str] = (), ids: Collection[str] = ()
) -> Mapping[str, Row]:
    """Return rows by their ids, in the order of their files.

    Args:
        folder: where files of rows are; None for those of this package.
        kinds: the kinds to return; all if empty.
        ids: the rows to return; all if empty. An id that ends with `*` stands for all that begin with the rest.

    Raises:
        ValueError: a row is not valid, or there is no such kind or row.
        OSError: the folder cannot be read.
    """
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise ValueError(f"there is no kind {unknown[0]!r}; the kinds are {', '.join(KINDS)}")
    every: dict[str, Row] = {}
    for file in shipped() if folder is None else _in(folder):
        for row in loaded(file):
            if row.id in every:
                raise ValueError(f"{file.name}: there are two rows {row.id!r}")
            every[row.id] = row
    if not every:
        raise ValueError(f"{folder or 'this package'} has no rows")
    for wanted in ids:
        if not any(_is(id, wanted) for id in every):
            raise ValueError(f"there is no row {wanted!r}")
    return {
        row.id: row
        for row in every.values()
        if (not kinds or row.kind in kinds) and (not ids or any(_is(row.id, wanted) for wanted in ids))
    }


def shipped() -> list[Traversable]:
    """Return the files of rows of this package. A package that was generated for another format has none."""
    folder = files(PACKAGE) / "data" / "conformance"
    if not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)


def loaded(file: Traversable) -> Iterator[Row]:
    """Yield the rows of a file; errors name the line."""
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                yield _row(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                said = f"{error} is missing" if isinstance(error, KeyError) else error
                raise ValueError(f"{file.name}:{number}: {said}") from error


def _row(data: Mapping[str, object]) -> Row:
    id, kind, given, expect = data["id"], data["op"], data["input"], data.get("expect")
    if not isinstance(id, str) or not isinstance(given, dict) or not isinstance(expect, (dict, type(None))):
        raise ValueError("expected a text as id, and objects as input and expect")
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}")
    if expect is None and data.get("error") is not True:
        raise ValueError('expected either "expect" or "error": true')
    holds = data.get("holds", {})
    if not isinstance(holds, dict):
        raise ValueError("expected an object as holds")
    return Row(id, str(kind), given, expect, str(data.get("why", "")), holds, data)


def _in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    return sorted(folder.glob(f"*{SUFFIX}"))


def _is(id: str, wanted: str) -> bool:
    return id.startswith(wanted[:-1]) if wanted.endswith("*") else id == wanted
