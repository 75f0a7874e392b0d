"""Reads and writes files of JSON lines with failures or real outputs; errors name the file and the line.

The search for failures does not belong here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TextIO, TypeVar

from .._generated.framing import FRAMING
from .example import Example, Shape
from .material import material
from .search import Seed
from .targets import named

__all__ = ["Lines", "Replayed", "line_of", "replayed", "seeds_of", "spelled"]

T = TypeVar("T")


class Replayed(NamedTuple):
    """The input of a failure, and the name of its target; None for our parser."""

    example: Example
    target: str | None


def seeds_of(path: Path) -> list[Seed]:
    """Read a file of real outputs.

    Raises:
        ValueError: a line is invalid, or the file is empty.
        OSError: the file cannot be read.
    """
    return list(_read(path, lambda line: Seed(_tokens(line), _role(line.get("role")))))


def replayed(path: Path) -> list[Replayed]:
    """Read a file of failures; raises as `seeds_of` does."""
    return list(_read(path, _replayed))


def line_of(example: Example) -> dict[str, Any]:
    """Return the JSON object of an input, which `replayed` reads; its text is for people."""
    said = None if example.messages is None else [named(shape) for shape in example.messages]
    return {
        "text": spelled(example.tokens),
        "tokens": list(example.tokens),
        "role": example.role,
        "description": example.description,
        "messages": said,
    }


def spelled(tokens: tuple[int, ...]) -> str:
    """Return tokens as text for people: special tokens are spelled out, and unknown ids are shown as numbers."""
    made = material()
    runs = ((known, list(run)) for known, run in groupby(tokens, made.is_known))
    return "".join(made.encoding.decode(run) if known else "".join(f"<{id}>" for id in run) for known, run in runs)


def _read(path: Path, read: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    number = 0
    with path.open("rb") as file:
        for number, data in enumerate(file, 1):
            if data.strip():
                try:
                    line = json.loads(data)
                    if isinstance(line, dict) and isinstance(line.get("input"), dict):
                        line = line["input"]  # of a row of the conformance kit
                    if not isinstance(line, dict) or not ("tokens" in line or "text" in line):
                        raise ValueError('expected an object with "tokens" or "text"')
                    found = read(line)
                except (ValueError, RecursionError) as error:
                    raise ValueError(f"{path}:{number}: {error}") from None
                yield found
    if not number:
        raise ValueError(f"{path}: holds no line")


def _replayed(line: dict[str, Any]) -> Replayed:
    target, said = line.get("target"), line.get("messages")
    if not (target is None or isinstance(target, str)):
        raise ValueError(f"expected the name of a target: {target!r:.80}")
    shapes = None if said is None else tuple(map(_shape, _list(said, "messages")))
    return Replayed(Example(_tokens(line), _role(line.get("role")), "replayed", shapes), target)


def _shape(said: Any) -> Shape:
    if not isinstance(said, dict) or not (isinstance(said.get("role"), str) and isinstance(said.get("text"), str)):
        raise ValueError(f"expected a message with role and text: {said!r:.80}")
    fields = tuple(said.get(field.name) for field in FRAMING.fields)
    return Shape(said["role"], said.get("name"), fields, said["text"])


def _tokens(line: dict[str, Any]) -> tuple[int, ...]:
    if line.get("tokens") is None:
        text = line.get("text")
        if not isinstance(text, str):
            raise ValueError(f"text must be a string: {text!r:.80}")
        return tuple(material().encoding.encode(text, allowed_special="all"))
    tokens = _list(line["tokens"], "tokens")
    if not all(type(token) is int for token in tokens):
        raise ValueError(f"tokens must be integers: {tokens!r:.80}")
    return tuple(tokens)


def _role(role: Any) -> str | None:
    if role is None or (isinstance(role, str) and role in FRAMING.roles):
        return role
    raise ValueError(f"unknown role: {role!r:.80}")


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list: {value!r:.80}")
    return value


class Lines:
    """A file of JSON lines for writing. The first line creates the file, or replaces its old content.

    Raises:
        OSError: the file cannot be opened for writing; this is tested at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None
        there = path.exists()
        path.open("a").close()
        if not there:
            path.unlink()

    def write(self, data: dict[str, Any]) -> None:
        if self._file is None:
            # A lone surrogate is written as its escape, which has the same meaning in JSON.
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace")
        try:
            self._file.write(json.dumps(data, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from None

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # `write` has raised it
                self._file.close()
