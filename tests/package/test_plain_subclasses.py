"""A subclass without a decorator has what it declares, as a subclass of a pydantic model has it."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import threading
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from openai_harmony import Author, Message, Role, TextContent
from openai_harmony._runtime.types import validation


class Scored(Message):
    """A message with fields of its own."""

    score: float = 0.0
    tags: list[str] = []  # noqa: RUF012  # made anew for each object
    limit: ClassVar[int] = 3
    _note: str = "none"


class Told(Scored):
    """A subclass of such a class."""

    more: str


ASKED = Author(Role.USER)


def test_its_annotations_are_fields() -> None:
    made = Scored(author=ASKED, content=[TextContent("x")], score="2")  # type: ignore[call-arg]
    assert (made.score, made.tags) == (2.0, [])
    made.score = 3.0
    made.tags.append("a")
    assert Scored(author=ASKED).tags == []
    assert made.model_dump()["score"] == 3.0
    assert repr(made).endswith("score=3.0, tags=['a'])")
    assert [*Scored.model_fields] == [*Message.model_fields, "score", "tags"]
    assert Scored.model_validate(made.model_dump()) == made
    assert made != Scored(author=ASKED, content=[TextContent("x")])
    assert pickle.loads(pickle.dumps(made)) == made == copy.deepcopy(made)
    assert made.model_copy(update={"score": 1.0}).score == 1.0
    assert made.to_dict() == {"role": "user", "name": None, "content": [{"type": "text", "text": "x"}]}
    with pytest.raises(ValueError, match="has no field"):
        made.other = 1
    assert (Scored.limit, made._note) == (3, "none")


def test_a_subclass_of_it_has_the_fields_of_both() -> None:
    assert Told(author=ASKED, more="x", score=1.0).score == 1.0  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="more"):
        Told(author=ASKED)

    @dataclasses.dataclass
    class Decorated(Scored):
        last: int = 1

    assert [field.name for field in dataclasses.fields(Decorated)] == [*Scored.model_fields, "last"]


def test_a_decorated_subclass_of_one_that_was_not_used_has_the_fields_of_both() -> None:
    class Unused(Message):
        score: float = 0.0

    @dataclasses.dataclass
    class Decorated(Unused):
        last: int = 1

    assert [field.name for field in dataclasses.fields(Decorated)] == [*Message.model_fields, "score", "last"]


FIRST = {
    "construction": lambda cls: cls(author=ASKED, note="x"),
    "model_construct": lambda cls: cls.model_construct(author=ASKED, note="x"),
    "model_validate": lambda cls: cls.model_validate({"author": {"role": "user"}, "note": "x"}),
    "fields of a model": lambda cls: TypeAdapter(cls).validate_python({"author": {"role": "user"}, "note": "x"}),
    "unpickling": lambda cls: cls.__new__(cls).__setattr__("note", "x"),
    "the names of fields": lambda cls: cls.model_fields,
    "its schema": lambda cls: cls.model_json_schema(),
}


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("base_first", [False, True])
def test_whatever_is_asked_first(first: str, base_first: bool) -> None:
    if base_first:
        validation.built(Message)

    class New(Message):
        note: str = ""

    FIRST[first](New)
    assert New(author=ASKED, note="y").note == "y"  # type: ignore[call-arg]
    assert [*New.model_json_schema()["properties"]] == [*Message.model_fields, "note"]


def test_its_validators_see_every_value() -> None:
    class Loud(Message):
        @field_validator("recipient")
        @classmethod
        def loud(cls, value: str | None) -> str | None:
            return value and value.upper()

    assert Loud(author=ASKED, recipient="a").recipient == "A"
    assert Loud.model_validate({"author": {"role": "user"}, "recipient": "a"}).recipient == "A"
    assert Message(author=ASKED, recipient="a").recipient == "a"

    class Louder(Loud):
        pass

    assert Louder(author=ASKED, recipient="a").recipient == "A"


def test_its_configuration_is_in_force() -> None:
    class Closed(Author):
        model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    with pytest.raises(ValidationError, match="unexpected"):
        Closed(role=Role.USER, other=1)  # type: ignore[call-arg]
    assert Closed(role=Role.TOOL, name=" x ").name == "x"


def test_a_field_of_pydantic_is_checked() -> None:
    class Aged(Author):
        age: int = Field(default=5, gt=3)
        title: str = Field(max_length=3)

    class Body(BaseModel):
        one: Aged

    assert Body.model_validate({"one": {"role": "user", "title": "Dr"}}).one == Aged(Role.USER, None, 5, "Dr")  # type: ignore[call-arg]
    for wrong in ({"age": 2, "title": "Dr"}, {"title": "long"}, {}):
        with pytest.raises(ValidationError):
            Aged(role=Role.USER, **wrong)  # type: ignore[arg-type]
    assert not hasattr(Aged.model_construct(role=Role.USER), "__dict__") or "title" not in vars(Aged.model_construct())


def test_a_subclass_that_declares_nothing_is_as_its_base() -> None:
    class Same(Author):
        limit: ClassVar[int] = 1

    assert Same(Role.USER) == Same.model_validate({"role": "user"})
    assert "_declared" not in vars(Same)


def test_threads_that_use_it_first_find_the_same_class() -> None:
    classes: list[Any] = [type("New", (Message,), {"__annotations__": {"note": str}, "note": ""}) for _ in range(50)]
    together, made = threading.Barrier(4), []

    def work() -> None:
        together.wait()
        made.append([cls(author=ASKED, note="x").note for cls in classes])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [["x"] * 50] * 4
