"""The fields of the data types are those that `dataclasses` would have made with the class, made when it is asked."""

from __future__ import annotations

import copy
import dataclasses
import sys
import threading
from typing import Any

import pydantic.dataclasses
import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from openai_harmony import Message
from openai_harmony._runtime.types.late_fields import PARAMS, field
from openai_harmony._runtime.types.modelling import DataType, datatype, empty_list, required
from openai_harmony._runtime.types.plain_subclasses import Defaults
from tests.support.pydantic_version import IS_2_11


def new() -> Any:
    """A class of which nobody has asked anything."""

    @datatype
    class Late(DataType):
        """A data type."""

        a: str
        b: list[str] = field(default_factory=empty_list)
        c: str | None = None
        d: bool = required()

    return Late


def is_late(cls: type) -> bool:
    return not isinstance(vars(cls)[PARAMS], type(dataclasses.make_dataclass("X", []).__dataclass_params__))  # type: ignore[attr-defined]


@dataclasses.dataclass(init=False, repr=False, eq=False)
class Usual:
    a: str
    b: list[str] = dataclasses.field(default_factory=empty_list)
    c: str | None = None
    d: bool = dataclasses.field()


def facts(cls: Any) -> list[object]:
    return [
        *(repr(each) for each in dataclasses.fields(cls)),
        repr(cls.__dataclass_params__),
        cls.__match_args__,
        [name for name in ("a", "b", "c", "d") if hasattr(cls, name)],
        dataclasses.is_dataclass(cls),
    ]


def test_what_dataclasses_says_of_a_class_is_what_it_would_have_said() -> None:
    assert facts(new()) == facts(Usual)


LOOKS = {
    "fields": dataclasses.fields,
    "parameters": lambda cls: cls.__dataclass_params__,
    "replace": lambda cls: dataclasses.replace(cls("x", [], None, True), a="y"),
    "copy.replace": lambda cls: cls("x", [], None, True).__replace__(a="y"),
    "asdict": lambda cls: dataclasses.asdict(cls("x", [], None, True)),
    "a subclass": lambda cls: type("Sub", (cls,), {}),
    "pydantic": lambda cls: cls.model_json_schema(),
    "pydantic's fields": lambda cls: cls.model_fields,
}


@pytest.mark.parametrize("look", LOOKS)
def test_whoever_looks_finds_the_fields(look: str) -> None:
    cls = new()
    assert is_late(cls)
    LOOKS[look](cls)
    assert not is_late(cls)
    assert facts(cls) == facts(Usual)


def test_a_copy_with_other_values_is_one_of_its_class() -> None:
    message = Message.from_role_and_content("user", "Hello")
    replaced = message.__replace__(channel="final")
    assert replaced == Message.from_role_and_content("user", "Hello").with_channel("final")
    assert message.channel is None


def test_the_methods_of_a_data_type_need_no_fields() -> None:
    cls = new()
    one, other = cls("x", d=True), cls("x", [], None, True)
    assert one == other
    assert repr(one) == f"{cls.__qualname__}(a='x', b=[], c=None, d=True)"
    assert dict(one) == {"a": "x", "b": [], "c": None, "d": True} == {**vars(cls.model_construct(a="x", d=True))}
    assert copy.deepcopy(one) == one == one.model_copy(update={"unknown": 1})
    one.a = "y"
    with pytest.raises(ValueError, match='object has no field "e"'):
        one.e = 1
    match one:
        case cls(a, b, c, d):
            assert (a, b, c, d) == ("y", [], None, True)
    assert is_late(cls)


def test_a_dataclass_of_a_data_type_has_the_fields_of_both() -> None:
    @dataclasses.dataclass
    class Usually(new()):  # type: ignore[misc]
        d: bool = True
        e: int = 5

    assert repr(Usually("x", ["y"], None, True, 6)).endswith("(a='x', b=['y'], c=None, d=True, e=6)")
    assert Usually.__match_args__ == ("a", "b", "c", "d", "e")
    made = Usually.model_construct(a="x", d=False)
    assert (made.b, made.e) == ([], 5)
    made.e = 7
    assert dict(made)["e"] == 7


def test_a_dataclass_of_pydantic_of_a_data_type_has_the_fields_of_both() -> None:
    @pydantic.dataclasses.dataclass
    class Pydantic(new()):  # type: ignore[misc]
        d: bool = True
        e: int = 5

    assert Pydantic("x", e="6").e == 6

    class Holder(BaseModel):
        one: Pydantic  # type: ignore[valid-type]

    assert Holder(one={"a": "x"}).one.model_dump() == {"a": "x", "b": [], "c": None, "d": True, "e": 5}


def test_the_defaults_of_a_dataclass_of_pydantic_may_be_fields_of_pydantic() -> None:
    @pydantic.dataclasses.dataclass
    class Pydantic(new()):  # type: ignore[misc]
        d: bool = Field(default=True)
        e: list[int] = Field(default_factory=list)
        f: int = Field()

    made = Pydantic.model_construct(a="x")
    assert (made.d, made.e, "f" in vars(made)) == (True, [], False)


def test_a_subclass_without_a_decorator_has_the_fields_of_its_base() -> None:
    class Sub(new()):  # type: ignore[misc]
        pass

    assert isinstance(vars(Sub)["_defaults"], Defaults)
    assert Sub("x", d=True) == Sub("x", [], None, True)
    assert [each.name for each in dataclasses.fields(Sub)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("base_first", [False, True])
def test_a_subclass_without_a_decorator_is_validated_as_itself(base_first: bool) -> None:
    base = new()

    class Sub(base):  # type: ignore[misc]
        """A subclass."""

        def __init__(self, a: str) -> None:
            super().__init__(a, d=True)

    own = Sub.__init__
    if base_first:
        base.model_json_schema()
    assert type(Sub.model_validate({"a": "x", "d": 1})) is Sub
    assert type(Sub.model_validate_json('{"a": "x", "d": true}')) is Sub
    assert TypeAdapter(Sub).validate_python(Sub("x")) == Sub("x")
    with pytest.raises(ValidationError, match="instance of Sub"):
        Sub.model_validate(base("x", d=True))
    schema = Sub.model_json_schema()
    assert (schema["title"], schema["description"]) == ("Sub", "A subclass.")
    assert base.model_json_schema()["title"] == "Late"
    assert Sub.__init__ is own


USES = {
    "validator": lambda cls: cls.__pydantic_validator__.validate_python({"a": "x", "d": True}),
    "serializer": lambda cls: cls.__pydantic_serializer__.to_python(cls("x", d=True)),
    "adapter": lambda cls: TypeAdapter(cls).validate_python({"a": "x", "d": True}),
    "core schema": lambda cls: cls.__pydantic_core_schema__["type"],
}


if IS_2_11:  # before, pydantic_core needs the serializer itself
    USES["jsonable"] = lambda cls: to_jsonable_python(cls("x", d=True))


@pytest.mark.parametrize("use", USES)
def test_whoever_builds_the_validator_leaves_the_constructor(use: str) -> None:
    cls = new()
    for _ in range(2):
        USES[use](cls)
        assert cls.__init__ is DataType.__init__
        cls = new()
        assert [*cls.model_fields] == ["a", "b", "c", "d"]  # pydantic completes the class, but builds nothing


def test_threads_that_look_at_once_find_the_same_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[type] = []
    real = dataclasses.dataclass
    monkeypatch.setattr(
        dataclasses, "dataclass", lambda **named: lambda cls: (calls.append(cls), real(**named)(cls))[1]
    )
    classes, together, found = [new() for _ in range(50)], threading.Barrier(4), []

    def work() -> None:
        together.wait()
        found.append([dataclasses.fields(cls) for cls in classes])

    threads = [threading.Thread(target=work) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert calls == classes
    assert found == [found[0]] * 4


def test_a_class_without_a_docstring_gets_its_name() -> None:
    @datatype
    class Bare(DataType):
        a: str = "x"

    assert dataclasses.asdict(Bare()) == {"a": "x"}
    assert Bare.__doc__ == "Bare"
