"""Methods that return a spec's values as typed values; a value of the wrong type is reported and substituted.

This module knows no key and no file of the spec. The substitutes let the reading continue, so that all problems are
found at once.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml

from codegen.place import Place
from codegen.sources import Items, Node, Problem, Scalar, Table, Unread

T = TypeVar("T")

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_JSON_WORDS = {"true": True, "false": False, "null": None}
_FLAGS = {"true": True, "false": False}
_YAML_1_1 = yaml.SafeLoader("")


def suggestion(wrong: str, valid: Iterable[str], kind: str) -> str:
    """Return a hint such as `did you mean 'x'? valid keys are: x, y`."""
    options = sorted(valid)
    close = difflib.get_close_matches(wrong, options, n=1)
    listing = f"valid {kind} are: {', '.join(options)}" if options else f"there are no {kind}"
    return f"did you mean '{close[0]}'? {listing}" if close else listing


class Reader:
    """Converts nodes to typed values and collects the problems."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def complain(self, place: Place, what: str, hint: str | None = None) -> None:
        self.problems.append(Problem(place, what, hint))

    def mismatch(self, node: Node, expected: str, hint: str | None = None) -> None:
        if not isinstance(node, Unread):
            self.complain(node.place, f"expected {expected}, found {_kind(node)}", hint)

    def text(self, node: Node) -> str:
        if not isinstance(node, Scalar):
            self.mismatch(node, "text")
            return ""
        if not node.text and not node.quoted:
            self.complain(node.place, "expected text, found nothing", 'write "" for an empty text')
        return node.text

    def integer(self, node: Node) -> int:
        if isinstance(node, Scalar) and not node.quoted and _INTEGER.fullmatch(node.text):
            return int(node.text)
        self.mismatch(node, "an integer", "write decimal digits, without quotes")
        return 0

    def flag(self, node: Node) -> bool:
        if isinstance(node, Scalar) and not node.quoted and node.text in _FLAGS:
            return _FLAGS[node.text]
        self.mismatch(node, "true or false", "write true or false, without quotes")
        return False

    def choice(self, node: Node, options: Sequence[str]) -> str:
        text = self.text(node)
        if isinstance(node, Scalar) and node.text and text not in options:
            self.complain(node.place, f"unknown value '{text}'", suggestion(text, options, "values"))
        return text if text in options else options[0]

    def items(self, node: Node) -> tuple[Node, ...]:
        if isinstance(node, Items):
            return node.nodes
        self.mismatch(node, "a list")
        return ()

    def entries(self, node: Node) -> tuple[tuple[Scalar, Node], ...]:
        """Return the entries of a map whose keys are names."""
        if isinstance(node, Table):
            return node.entries
        self.mismatch(node, "a map")
        return ()

    def texts(self, node: Node) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(node))

    def record(self, node: Node, required: Sequence[str], optional: Sequence[str] = ()) -> Record:
        """Return a map as a record with these keys; report unknown and missing keys."""
        values: dict[str, Node] = {}
        valid = (*required, *optional)
        for key, value in self.entries(node):
            if key.text in valid:
                values[key.text] = value
            else:
                self.complain(key.place, f"unknown key '{key.text}'", suggestion(key.text, valid, "keys"))
        if isinstance(node, Table):
            for name in required:
                if name not in values:
                    self.complain(node.place, f"missing key '{name}'")
        return Record(self, values, node.place)

    def json(self, node: Node) -> Any:
        """Return the JSON value of a node: unquoted words and numbers are resolved, quoted ones are text."""
        if isinstance(node, Items):
            return [self.json(item) for item in node.nodes]
        if isinstance(node, Table):
            return {key.text: self.json(value) for key, value in node.entries}
        if isinstance(node, Unread):
            return None
        if node.quoted:
            return node.text
        if node.text in _JSON_WORDS:
            return _JSON_WORDS[node.text]
        if _JSON_NUMBER.fullmatch(node.text):
            return self._number(node)
        tag = _YAML_1_1.resolve(  # type: ignore[no-untyped-call]
            yaml.ScalarNode, node.text, (True, False)
        )
        if tag != "tag:yaml.org,2002:str":
            hint = "quote it if it is text; JSON has true, false, null and decimal numbers"
            self.complain(node.place, f"{_kind(node)} is not text for every reader of YAML", hint)
        return node.text

    def _number(self, node: Scalar) -> int | float:
        try:
            number: int | float = json.loads(node.text)
            if math.isfinite(number):
                return number
        except (ValueError, OverflowError):  # too many digits for an int, or too large for a float
            pass
        self.complain(node.place, f"number {node.text[:20]} is too large")
        return 0


@dataclass(frozen=True)
class Record:
    """A map with known keys; a missing key gives a substitute value, and no further problem is reported."""

    reader: Reader
    values: dict[str, Node]
    place: Place

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str) -> str:
        return self.reader.text(self.values[key]) if key in self else ""

    def text_or_none(self, key: str) -> str | None:
        return self.reader.text(self.values[key]) if key in self else None

    def doc(self) -> str:
        """Return the value of `doc`; report an empty one, since it becomes a docstring."""
        text = self.text("doc")
        node = self.values.get("doc")
        if isinstance(node, Scalar) and node.quoted and not text.strip():
            self.reader.complain(node.place, "the doc is empty", "say in a sentence what this is")
        return text

    def integer(self, key: str) -> int:
        return self.reader.integer(self.values[key]) if key in self else 0

    def flag(self, key: str) -> bool:
        return self.reader.flag(self.values[key]) if key in self else False

    def choice(self, key: str, options: Sequence[str]) -> str:
        return self.reader.choice(self.values[key], options) if key in self else options[0]

    def texts(self, key: str) -> tuple[str, ...]:
        return self.reader.texts(self.values[key]) if key in self else ()

    def items(self, key: str) -> tuple[Node, ...]:
        return self.reader.items(self.values[key]) if key in self else ()

    def entries(self, key: str) -> tuple[tuple[Scalar, Node], ...]:
        return self.reader.entries(self.values[key]) if key in self else ()

    def text_map(self, key: str) -> dict[str, str]:
        return {name.text: self.reader.text(value) for name, value in self.entries(key)}

    def record(self, key: str, required: Sequence[str], optional: Sequence[str] = ()) -> Record:
        if key in self:
            return self.reader.record(self.values[key], required, optional)
        return Record(self.reader, {}, self.place)

    def named(self, key: str, load_one: Callable[[Reader, Scalar, Node], T]) -> tuple[T, ...]:
        """Return the values that `load_one` makes of the entries of a map."""
        return tuple(load_one(self.reader, name, node) for name, node in self.entries(key))


def _kind(node: Scalar | Items | Table) -> str:
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Table):
        return "a map"
    if not node.text and not node.quoted:
        return "nothing"
    return f"the quoted text '{node.text}'" if node.quoted else f"'{node.text}'"
