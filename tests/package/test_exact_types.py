"""Arguments of exactly the declared types are taken without pydantic, and with the same result as pydantic's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import ArgsKwargs

import openai_harmony
from openai_harmony import ReasoningEffort, RenderConversationConfig, Role
from openai_harmony._runtime.types import modelling, validation
from openai_harmony._runtime.types.exact import OTHER, taking
from openai_harmony._runtime.types.modelling import DataType
from tests.support.effort import examples

CLASSES = [
    found
    for name in openai_harmony.__all__
    if isinstance(found := getattr(openai_harmony, name), type) and issubclass(found, DataType)
]


class Text(str):
    """Text of a class of its own, which pydantic converts."""


words = st.sampled_from(["text", "user", "final", "Low", "keep", "hf", "\ud800", "", Text("user")])
scalars = st.one_of(
    words, st.none(), st.booleans(), st.integers(0, 1), st.floats(0, 1), st.just(b"x"), st.sampled_from([*Role])
)
scalars = scalars | st.sampled_from([*ReasoningEffort])
keys = st.sampled_from(["type", "text", "name", "role", "author", "content", "description", "tools", "n", Text("n"), 1])
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.tuples(inner) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def outcome(make: Callable[[], object]) -> tuple[str, object]:
    """The repr tells the types of all values; an error, its text."""
    try:
        made = make()
    except ValidationError as error:
        return "refused", str(error)
    return "made", (repr(made), type(made))


def by_pydantic(cls: type[DataType], named: dict[str, Any]) -> object:
    """What pydantic's validator alone makes of the arguments."""
    made = object.__new__(cls)
    validation.built(cls).__pydantic_validator__.validate_python(ArgsKwargs((), named), self_instance=made)
    return made


@settings(max_examples=examples(150))
@given(st.data())
def test_a_constructor_makes_and_refuses_what_pydantic_does(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(CLASSES))
    named = {name: data.draw(values) for name in cls.__dataclass_fields__ if data.draw(st.booleans())}
    assert outcome(lambda: cls(**named)) == outcome(lambda: by_pydantic(cls, named))
    validator = validation.built(cls).__pydantic_validator__
    assert outcome(lambda: cls.model_validate(named)) == outcome(lambda: validator.validate_python(named))


@pytest.mark.parametrize("cls", CLASSES)
def test_the_defaults_are_those_of_pydantic(cls: type[DataType]) -> None:
    assert outcome(cls) == outcome(lambda: by_pydantic(cls, {}))


def test_a_list_is_copied_and_its_members_are_not() -> None:
    take = taking(list[str])
    given = ["a"]
    assert take(given) == given
    assert take(given) is not given
    assert take([1]) is OTHER
    assert take(("a",)) is OTHER


def test_a_class_that_takes_its_fields_only_leaves_others_to_pydantic() -> None:
    with pytest.raises(ValidationError, match="unexpected"):
        RenderConversationConfig(unknown=1)  # type: ignore[call-arg]

    class Derived(RenderConversationConfig):
        pass

    with pytest.raises(ValidationError, match="unexpected"):
        Derived(unknown=1)  # type: ignore[call-arg]


@pytest.mark.shipped
def test_arguments_of_exactly_their_types_need_no_pydantic() -> None:
    program = (
        "import sys\n"
        "from openai_harmony import *\n"
        "tools = ToolNamespaceConfig('functions', None, [ToolDescription('f', 'd', {'type': 'object'})])\n"
        "system = Message(Author('system'), [SystemContent().with_browser_tool()])\n"
        "developer = Message(Author('developer'), [DeveloperContent('i', {'functions': tools})])\n"
        "said = Message.from_dict({'role': 'user', 'content': [{'type': 'text', 'text': 'x'}]})\n"
        "RenderConversationConfig(style='model'), ResponseFormat('r', {'type': 'object'})\n"
        "assert Conversation([system, developer, said]) and 'pydantic' not in sys.modules\n"
        "Author(role='user', name=b'x')\n"
        "assert 'pydantic' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_a_class_becomes_one_of_pydantic_in_its_place() -> None:
    for cls in CLASSES:
        assert validation.built(cls) is cls
        assert cls.__init__ is modelling.DataType.__init__
