"""Tools are made of functions, of models, and of the forms that other programs and servers have them in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from openai_harmony import ToolDescription

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def google(city: str, unit: Literal["C", "F"] = "C", days: int = 1, **more: float) -> str:
    """Tells the weather.

    In any city.

    Args:
        city (str): Where,
            as people call it.
        unit: In which unit: C or F.
        nobody: Is no parameter.

    Returns:
        text: a line of text.
    """
    raise NotImplementedError


def numpy(city: str, unit: str) -> str:
    """Tells the weather.

    Parameters
    ----------
    city : str
        Where,
        as people call it.
    unit
        In which unit.

    Returns
    -------
    str
    """
    raise NotImplementedError


def sphinx(city: str, unit: str) -> str:
    """Tells the weather.

    :param str city: Where,
        as people call it.
    :param unit: In which unit.
    :returns: a line of text
        of its own
    """
    raise NotImplementedError


def properties(tool: ToolDescription) -> dict[str, Any]:
    assert tool.parameters is not None
    return dict(tool.parameters["properties"])


def test_a_function_is_a_tool_with_its_annotations_defaults_and_docstring() -> None:
    tool = ToolDescription.from_function(google)
    assert (tool.name, tool.description) == ("google", "Tells the weather.\n\nIn any city.")
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where, as people call it."},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C", "description": "In which unit: C or F."},
            "days": {"type": "integer", "default": 1},
        },
        "required": ["city"],
        "additionalProperties": {"type": "number"},
    }


@pytest.mark.parametrize("function", [numpy, sphinx])
def test_the_other_styles_of_docstrings_say_the_same(function: Callable[..., object]) -> None:
    tool = ToolDescription.from_function(function)
    assert tool.description == "Tells the weather."
    assert {name: schema["description"] for name, schema in properties(tool).items()} == {
        "city": "Where, as people call it.",
        "unit": "In which unit.",
    }


def test_text_behind_the_sections_is_text_and_what_a_field_says_wins() -> None:
    def find(word: Annotated[str, Field(description="By the field.")]) -> None:
        """Finds.

        Args:
            word: By the docstring.

        Never fails.
        """

    tool = ToolDescription.from_function(find)
    assert tool.description == "Finds.\n\nNever fails."
    assert properties(tool)["word"]["description"] == "By the field."


def test_names_and_descriptions_can_be_given() -> None:
    class Form(BaseModel):
        """A form."""

    made = [ToolDescription.from_function(numpy, name="n", description="d")]
    made.append(ToolDescription.from_model(Form, name="n", description="d"))
    assert {(tool.name, tool.description) for tool in made} == {("n", "d")}


def test_a_function_without_parameters_or_a_docstring_is_a_bare_tool() -> None:
    def now() -> str:
        raise NotImplementedError

    assert ToolDescription.from_function(now) == ToolDescription("now", "", None)


def test_a_method_is_a_tool_without_the_object_that_it_belongs_to() -> None:
    class Shop:
        def buy(self, what: str) -> None: ...

    assert list(properties(ToolDescription.from_function(Shop().buy))) == ["what"]


class Caller:
    """Calls."""

    def __call__(self, what: int) -> None:
        raise NotImplementedError


def test_other_things_that_can_be_called_are_tools_too() -> None:
    half = ToolDescription.from_function(partial(numpy, unit="C"))
    assert (half.name, half.description) == ("numpy", "Tells the weather.")
    assert properties(half)["city"]["type"] == "string"
    whole = ToolDescription.from_function(Caller())
    assert (whole.name, whole.description, properties(whole)) == ("Caller", "Calls.", {"what": {"type": "integer"}})


def test_a_default_that_is_no_json_is_left_out_without_a_warning() -> None:
    def walk(path: Any = object()) -> None: ...  # noqa: B008

    assert properties(ToolDescription.from_function(walk)) == {"path": {}}


def test_a_function_that_no_call_can_reach_is_refused() -> None:
    def by_place(a: int, /) -> None: ...
    def many(*words: str) -> None: ...
    def odd(
        back: Callable[[], None], stream: test_a_method_is_a_tool_without_the_object_that_it_belongs_to
    ) -> None: ...  # type: ignore[valid-type]

    for function, name in ((by_place, "a"), (many, "words")):
        with pytest.raises(ValueError, match=f"^{function.__name__}: the parameter '{name}' cannot be given by name"):
            ToolDescription.from_function(function)
    with pytest.raises(ValueError, match=r"^odd: its types have no JSON Schema"):
        ToolDescription.from_function(odd)


class Desk:
    def sell(self, what: str) -> None: ...

    @staticmethod
    def greet(who: str) -> None: ...

    @staticmethod
    def wrap(self: str) -> None: ...

    @classmethod
    def count(cls, what: str) -> None: ...


def test_a_method_without_its_object_is_refused_and_what_needs_none_is_not() -> None:
    with pytest.raises(ValueError, match=r"^sell: no call gives the parameter 'self': pass the method of an object$"):
        ToolDescription.from_function(Desk.sell)
    free = [Desk().sell, Desk.greet, Desk().greet, Desk.count, partial(Desk.sell, Desk())]
    assert [list(properties(ToolDescription.from_function(function))) for function in free] == [
        *(["what"], ["who"], ["who"], ["what"], ["what"])
    ]

    def find(self) -> None: ...  # type: ignore[no-untyped-def]

    # Parameters of other functions may have that name.
    assert [list(properties(ToolDescription.from_function(function))) for function in (Desk.wrap, find)] == [
        ["self"]
    ] * 2


@dataclass
class Range:
    low: float = 0
    high: float = float("inf")


INFINITE = [
    (float("inf"), "inf"),
    (float("-inf"), "-inf"),
    ([float("nan")], "nan"),
    ({"a": {"b": float("nan")}}, "nan"),
    ((1, float("inf")), "inf"),
    ({float("inf")}, "inf"),
    (Range(), "inf"),
]


@pytest.mark.parametrize(("default", "value"), INFINITE)
def test_a_default_that_is_not_finite_is_refused_with_its_parameter(default: object, value: str) -> None:
    def f(a: int, b: Any = default) -> None: ...

    with pytest.raises(ValueError, match=rf"^f: the parameter 'b': .*expected value, not {value}$"):
        ToolDescription.from_function(f)


def test_other_numbers_of_a_schema_are_finite_too() -> None:
    def f(a: Annotated[float, Field(json_schema_extra={"maximum": float("inf")})]) -> None: ...
    def g(a: Range) -> None: ...

    class Model(BaseModel):
        word: float = float("nan")

    with pytest.raises(ValueError, match=r"^f: the parameter 'a': .*expected value, not inf$"):
        ToolDescription.from_function(f)
    with pytest.raises(ValueError, match=r"^g: the type 'Range': .*expected value, not inf$"):
        ToolDescription.from_function(g)
    with pytest.raises(ValueError, match=r"^Model: the field 'word': .*expected value, not nan$"):
        ToolDescription.from_model(Model)


@pytest.mark.parametrize(("form", "told"), [(5, "int"), ("f", "str"), (None, "NoneType")])
def test_what_is_no_function_is_told(form: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"^argument 'function': expected a function, not {told}$"):
        ToolDescription.from_function(form)


def test_an_object_of_a_model_is_no_model() -> None:
    with pytest.raises(TypeError, match=r"^argument 'model': expected a class, not an object of type Place$"):
        ToolDescription.from_model(Place(city="Rome"))  # type: ignore[arg-type]


class Place(BaseModel):
    city: str


class Ask(BaseModel):
    """Asks for the weather."""

    place: Place
    other: Place | None = None
    word: str = Field("x", title="Word", pattern="^x", alias="theWord")


def test_a_model_is_a_tool_without_the_titles_that_pydantic_makes_up() -> None:
    tool = ToolDescription.from_model(Ask)
    assert (tool.name, tool.description) == ("Ask", "Asks for the weather.")
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "place": {"$ref": "#/$defs/Place"},
            "other": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}], "default": None},
            "theWord": {"type": "string", "default": "x", "pattern": "^x", "title": "Word"},
        },
        "required": ["place"],
        "$defs": {"Place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
    }


def test_a_class_that_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^int: its JSON Schema is of no object"):
        ToolDescription.from_model(int)


@pytest.mark.parametrize(
    "form",
    [
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": CITY, "strict": True}},
        {"type": "function", "name": "f", "description": "d", "parameters": CITY, "strict": True},
        {"name": "f", "description": "d", "parameters": CITY},
    ],
)
def test_both_forms_of_openai_and_the_old_one_are_the_same_tool(form: dict[str, object]) -> None:
    assert ToolDescription.from_openai(form) == ToolDescription("f", "d", CITY)


def test_what_may_be_missing_may_be_missing() -> None:
    assert ToolDescription.from_openai({"type": "function", "name": "f"}) == ToolDescription("f", "")
    assert ToolDescription.from_openai({"function": {"name": "f", "description": None}}) == ToolDescription("f", "")
    assert ToolDescription.from_mcp({"name": "f", "inputSchema": CITY}) == ToolDescription("f", "", CITY)


@dataclass
class ListedTool:
    name: str
    description: str | None
    inputSchema: dict[str, Any]


def test_a_tool_of_a_server_is_read_from_a_dictionary_and_from_an_object() -> None:
    form = {"name": "f", "title": "F", "description": "d", "inputSchema": CITY, "annotations": {"readOnlyHint": True}}
    assert ToolDescription.from_mcp(form) == ToolDescription("f", "d", CITY)
    assert ToolDescription.from_mcp(ListedTool("f", None, CITY)) == ToolDescription("f", "", CITY)


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"type": "web_search"}, "expected a tool of type 'function', not 'web_search'"),
        ({"type": "function", "function": "f"}, "expected its function as a dictionary, not str"),
        ("f", "expected the tool as a dictionary, not str"),
        ({"type": "function"}, "expected the tool's name as text, not NoneType"),
        ({"name": "f", "description": 5}, "expected the description of 'f' as text, not int"),
        ({"name": "f", "parameters": []}, "expected 'parameters' of 'f' as a dictionary, not list"),
    ],
)
def test_what_is_no_tool_is_told(form: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        ToolDescription.from_openai(form)


def test_the_parameters_are_a_copy_of_the_outer_dictionary() -> None:
    form = {"name": "f", "inputSchema": dict(CITY)}
    tool = ToolDescription.from_mcp(form)
    assert tool.parameters is not form["inputSchema"]
