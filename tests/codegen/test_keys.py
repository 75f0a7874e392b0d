"""The functions that make the keys of contents say all that their contents hold, whatever its fields are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codegen.load import load
from codegen.model import Spec
from codegen.model_contents import ContentSpec, FieldSpec, TypeSpec
from codegen.views.keys import key_body, value_body
from openai_harmony._runtime.writing.rendering import EXACT, QUICK
from tests.support.generated import SPEC

NAMES = ("content", "exact", "function_tools", "each", "plain")


def shipped() -> tuple[Spec, ContentSpec]:
    spec = load(SPEC)
    return spec, next(content for content in spec.contents if content.type == "system_content")


def with_field(fields: tuple[FieldSpec, ...], name: str, type_: TypeSpec) -> tuple[FieldSpec, ...]:
    return (replace(fields[0], name=name, type=type_, optional=True, has_default=False, default=None), *fields)


def assigned(lines: list[str]) -> set[str]:
    return {line.partition("=")[0].partition(":")[0].strip() for line in lines if "=" in line.partition("(")[0]}


@pytest.mark.parametrize("name", NAMES)
def test_a_field_hides_neither_an_argument_nor_a_function(name: str) -> None:
    spec, content = shipped()
    flag = TypeSpec(None, "flag")
    key = key_body(spec, replace(content, fields=with_field(content.fields, name, flag)))
    assert assigned(key)
    assert not assigned(key) & set(NAMES)


def test_values_that_are_equal_and_not_the_same_have_other_keys() -> None:
    spec, _ = shipped()
    strict = with_field(spec.structures[0].fields, "strict", TypeSpec(None, "flag"))[:1]
    structure = replace(spec.structures[0], fields=strict)
    namespace: dict[str, object] = {}
    exec("def made(value):\n" + "\n".join(f"    {line}" for line in value_body(spec, structure)), namespace)
    made = namespace["made"]
    assert callable(made)
    given = (True, 1, 1.0, False, 0, 0.0, -0.0, None)
    for exact in (QUICK, EXACT):
        assert len({exact(made(type("Holder", (), {"strict": value}))) for value in given}) == len(given)
