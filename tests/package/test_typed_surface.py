"""What a user meets says of what type it is: no public signature holds `Any`."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator

import pytest

import openai_harmony
import openai_harmony.anthropic
import openai_harmony.batch
import openai_harmony.chat
import openai_harmony.conformance
import openai_harmony.datasets
import openai_harmony.grammar
import openai_harmony.inspection
import openai_harmony.packing
import openai_harmony.responses
import openai_harmony.testing
from openai_harmony._runtime.types.modelling import DataType

PUBLIC = {name: getattr(openai_harmony, name) for name in openai_harmony.__all__}
PUBLIC |= {name: getattr(openai_harmony.anthropic, name) for name in openai_harmony.anthropic.__all__}
PUBLIC |= {name: getattr(openai_harmony.grammar, name) for name in openai_harmony.grammar.__all__}
PUBLIC |= {"Tokenizer": type(openai_harmony.load_harmony_encoding("HarmonyGptOss").tokenizer)}
PUBLIC |= {name: getattr(openai_harmony.testing, name) for name in openai_harmony.testing.__all__}
PUBLIC |= {name: getattr(openai_harmony.batch, name) for name in openai_harmony.batch.__all__}
PUBLIC |= {name: getattr(openai_harmony.inspection, name) for name in openai_harmony.inspection.__all__}
PUBLIC |= {name: getattr(openai_harmony.datasets, name) for name in openai_harmony.datasets.__all__}
PUBLIC |= {name: getattr(openai_harmony.packing, name) for name in openai_harmony.packing.__all__}
PUBLIC |= {name: getattr(openai_harmony.conformance, name) for name in openai_harmony.conformance.__all__}
PUBLIC |= {name: getattr(openai_harmony.chat, name) for name in openai_harmony.chat.__all__}
PUBLIC |= {name: getattr(openai_harmony.responses, name) for name in openai_harmony.responses.__all__}
ALLOWED = {
    "Recovery.__init__": "type checkers see that of the class itself",
    "StreamableParser.state_data": "what it holds depends on the state",
}


def untyped(name: str, value: object) -> Iterator[str]:
    """The parts of a class or function whose annotations hold `Any`, or have none."""
    if inspect.isclass(value):
        for base in value.__mro__:
            if base.__module__.partition(".")[0] == "openai_harmony":
                yield from (
                    f"{name}.{field}" for field, kind in inspect.get_annotations(base).items() if _any(field, kind)
                )
                for member, found in vars(base).items():
                    if member == "__init__" or not member.startswith("_"):
                        yield from untyped(f"{name}.{member}", _function(found))
    elif inspect.isfunction(value) and value.__module__.partition(".")[0] == "openai_harmony":
        annotations = inspect.get_annotations(value)
        missing = inspect.signature(value).parameters.keys() - annotations.keys() - {"self", "cls"}
        if missing or "return" not in annotations or any(_any("", kind) for kind in annotations.values()):
            yield name


def _function(member: object) -> object:
    if isinstance(member, (classmethod, staticmethod)):
        return member.__func__
    if isinstance(member, property):
        return member.fget
    return member.func if isinstance(member, functools.cached_property) else member


def _any(name: str, annotation: object) -> bool:
    return not name.startswith("_") and re.search(r"\bAny\b", str(annotation)) is not None


def overridden(name: str, found: set[str]) -> set[str]:
    """Those of a base class that a class says again, with a type."""
    value = PUBLIC[name]
    again = inspect.get_annotations(value) if inspect.isclass(value) else {}
    return {part for part in found if part.removeprefix(f"{name}.") in again}


def test_nothing_public_is_any() -> None:
    found = {part for name, value in PUBLIC.items() for part in untyped(name, value)}
    found -= {part for name in PUBLIC for part in overridden(name, found)}
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set(), "no longer needed"


def test_much_was_looked_at() -> None:
    assert sum(inspect.isclass(value) for value in PUBLIC.values()) > 30
    assert issubclass(openai_harmony.Message, DataType)


def parts(source: str) -> list[str]:
    """The untyped parts of a class of the package with this member."""
    made: dict[str, type] = {}
    code = f"from __future__ import annotations\nclass C:\n    {source}\n"
    exec(code, {"__name__": "openai_harmony.made"}, made)
    return list(untyped("C", made["C"]))


@pytest.mark.parametrize(
    "source",
    [
        "f: Any",
        "def f(self, a: list[Any]) -> int: ...",
        "def f(self) -> Any: ...",
        "def f(self, a) -> None: ...",
        "def f(self, a: int): ...",
        "@property\n    def f(self) -> dict[str, Any]: ...",
        "@classmethod\n    def f(cls, **options: Any) -> None: ...",
    ],
)
def test_what_is_any_or_has_no_type_is_noticed(source: str) -> None:
    assert parts(source) == ["C.f"]


@pytest.mark.parametrize("source", ["_f: Any", "f: int", "def _f(self, a): ...", "def f(self, a: object) -> int: ..."])
def test_what_is_private_or_has_a_type_is_not(source: str) -> None:
    assert parts(source) == []
