"""Claims about complaints: each names what was found, what was expected, and where."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import pytest

from openai_harmony._runtime.types.checking import Field, Kind, ListOf, MapOf, OneOf, Record, flag, mapping, text


class Word(str, enum.Enum):
    YES = "yes"


@dataclass
class Leaf:
    name: Any = "n"
    note: Any = None


LEAF = Record(Leaf, Field("name", text), Field("note", text, optional=True))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (text, "x"),
        (text, Word.YES),
        (text, "\ud83d\ude00"),
        (flag, False),
        (mapping, {}),
        (OneOf(("yes", "no")), "no"),
        (OneOf(("yes", "no")), Word.YES),
        (ListOf(text), ["a", "b"]),
        (ListOf(text), ("a",)),
        (MapOf(flag), {"a": True}),
        (LEAF, Leaf()),
        (LEAF, Leaf("a", "b")),
    ],
)
def test_values_of_the_declared_kind_pass(kind: Kind, value: object) -> None:
    kind(value, "here")


@pytest.mark.parametrize(
    ("kind", "value", "complaint"),
    [
        (text, 5, "invalid type: integer `5`, expected a string, at here"),
        (text, None, "invalid type: NoneType, expected a string, at here"),
        (text, True, "invalid type: boolean `true`, expected a string, at here"),
        (text, 1.5, "invalid type: floating point `1.5`, expected a string, at here"),
        (text, {}, "invalid type: map, expected a string, at here"),
        (text, [], "invalid type: sequence, expected a string, at here"),
        (flag, 1, "invalid type: integer `1`, expected a boolean, at here"),
        (flag, "x" * 100, f"invalid type: string '{'x' * 60}…', expected a boolean, at here"),
        (mapping, [], "invalid type: sequence, expected a map, at here"),
        (OneOf(("yes", "no")), "never", "unknown variant `never`, expected one of `yes`, `no`, at here"),
        (OneOf(("yes", "no")), 1, "invalid type: integer `1`, expected a string, at here"),
        (ListOf(text), "ab", "invalid type: string 'ab', expected a sequence, at here"),
        (ListOf(text), ["a", 1], "invalid type: integer `1`, expected a string, at here[1]"),
        (MapOf(flag), {"a": 0}, "invalid type: integer `0`, expected a boolean, at here['a']"),
        (MapOf(flag), {1: True}, "invalid type: integer `1`, expected a string, at here"),
        (LEAF, Leaf(name=1), "invalid type: integer `1`, expected a string, at here.name"),
        (LEAF, Leaf(note=1), "invalid type: integer `1`, expected a string, at here.note"),
        (LEAF, Leaf(name=None), "missing field `name`, at here"),
        (LEAF, object(), "invalid type: object, expected a Leaf, at here"),
        (ListOf(LEAF), [Leaf(), Leaf(name=[])], "invalid type: sequence, expected a string, at here[1].name"),
    ],
)
def test_a_complaint_names_what_was_found_and_expected_and_where(kind: Kind, value: object, complaint: str) -> None:
    with pytest.raises(ValueError, match="invalid message JSON") as caught:
        kind(value, "here")
    assert str(caught.value) == f"invalid message JSON: {complaint}"


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(ValueError, match=r"unexpected end of hex escape: .*, at here\.name$"):
        LEAF(Leaf(name="\ud83d"), "here")
