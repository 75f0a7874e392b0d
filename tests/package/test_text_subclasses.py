"""Text of a class with operators of its own is written as the text that it is, and misleads no later rendering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import (
    Author,
    ChannelConfig,
    DeveloperContent,
    HarmonyEncoding,
    Message,
    ReasoningEffort,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNamespaceConfig,
    load_harmony_encoding,
)
from tests.support.operations import answer
from tests.support.reference import reference

# Takes itself for any text whose hash it has, and says something else wherever it is asked.
HOSTILE = """
class Hostile(str):
    posing = "final"
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = lambda self: hash(self.posing)
    __str__ = __repr__ = lambda self: "WRONG"
    __format__ = lambda self, spec: "WRONG"
    __add__ = __radd__ = __mod__ = __getitem__ = lambda self, other: "WRONG"
    __len__ = lambda self: 0
    __bool__ = lambda self: False
    __iter__ = lambda self: iter("WRONG")
    __contains__ = lambda self, part: True
    isascii = lambda self: True
    startswith = endswith = lambda self, *parts: True
    encode = lambda self, *how: b"WRONG"
    join = split = strip = removesuffix = replace = lambda self, *how: "WRONG"
"""
scope: dict[str, Any] = {}
exec(HOSTILE, scope)
Hostile: type[str] = scope["Hostile"]


class Quiet(str):
    """Compares as text does, and says something else all the same."""

    __slots__ = ()

    def __str__(self) -> str:
        return "WRONG"

    def __add__(self, other: str) -> str:
        return "WRONG"

    __radd__ = __add__

    def __format__(self, spec: str) -> str:
        return "WRONG"

    def __bool__(self) -> bool:
        return False


def fresh() -> HarmonyEncoding:
    """An encoding with nothing in its cache, which need not build an encoder of its own."""
    made = HarmonyEncoding("HarmonyGptOss")
    made._made = load_harmony_encoding("HarmonyGptOss").tokenizer
    return made


def system(change: Callable[[SystemContent], object]) -> Message:
    content = SystemContent.new().with_browser_tool()
    change(content)
    return Message.from_role_and_content(Role.SYSTEM, content)


def developer(change: Callable[[DeveloperContent], object]) -> Message:
    tool = ToolDescription("f", "does f", {"type": "object", "properties": {"a": {"type": "string"}}})
    content = DeveloperContent.new().with_instructions("be brief").with_function_tools([tool])
    change(content)
    return Message.from_role_and_content(Role.DEVELOPER, content)


def said(change: Callable[[Message], object], role: Role = Role.ASSISTANT) -> Message:
    message = Message.from_author_and_content(Author(role, "bob"), "hi").with_channel("final").with_recipient("you")
    change(message.with_content_type("json"))
    return message


def functions(content: DeveloperContent) -> ToolNamespaceConfig:
    assert content.tools is not None
    return content.tools["functions"]


def parameters(content: DeveloperContent) -> dict[str, Any]:
    found = functions(content).tools[0].parameters
    assert found is not None
    return found


def channels(content: SystemContent) -> list[str]:
    assert content.channel_config is not None
    return content.channel_config.valid_channels


Place = Callable[[Any], Message]
PLACES: dict[str, Place] = {
    "text": lambda t: said(lambda m: m.content.append(TextContent(t))),
    "text, set": lambda t: said(lambda m: setattr(m.content[0], "text", t)),
    "text, added": lambda t: said(lambda m: m.adding_content(t)),
    "text, constructed": lambda t: said(lambda m: m.content.append(TextContent.model_construct(text=t))),
    "name": lambda t: said(lambda m: setattr(m.author, "name", t)),
    "name of a tool": lambda t: said(lambda m: setattr(m.author, "name", t), Role.TOOL),
    "name, given": lambda t: said(lambda m: setattr(m, "author", Author(Role.USER, t))),
    "name, copied": lambda t: said(lambda m: setattr(m, "author", m.author.model_copy(update={"name": t}))),
    "channel": lambda t: said(lambda m: m.with_channel(t)),
    "recipient": lambda t: said(lambda m: m.with_recipient(t)),
    "content type": lambda t: said(lambda m: m.with_content_type(t)),
    "header, read": lambda t: Message.from_dict(
        {"role": "tool", "name": t, "content": t, "channel": t, "recipient": t, "content_type": t}
    ),
    "identity": lambda t: system(lambda c: c.with_model_identity(t)),
    "identity, given": lambda t: Message.from_role_and_content(Role.SYSTEM, SystemContent(model_identity=t)),
    "identity, constructed": lambda t: Message.from_role_and_content(
        Role.SYSTEM, SystemContent.model_construct(model_identity=t)
    ),
    "date": lambda t: system(lambda c: c.with_conversation_start_date(t)),
    "cutoff": lambda t: system(lambda c: c.with_knowledge_cutoff(t)),
    "channels": lambda t: system(lambda c: c.with_channel_config(ChannelConfig([t], True))),
    "channels, appended": lambda t: system(lambda c: channels(c).append(t)),
    "channels, replaced": lambda t: system(lambda c: channels(c).__setitem__(2, t)),
    "instructions": lambda t: developer(lambda c: c.with_instructions(t)),
    "instructions, given": lambda t: Message.from_role_and_content(Role.DEVELOPER, DeveloperContent(t)),
    "namespace": lambda t: developer(lambda c: setattr(functions(c), "name", t)),
    "namespace's key": lambda t: developer(lambda c: c.with_tools(ToolNamespaceConfig(t, None, []))),
    "namespace's description": lambda t: developer(lambda c: setattr(functions(c), "description", t)),
    "tool": lambda t: developer(lambda c: setattr(functions(c).tools[0], "name", t)),
    "tool's description": lambda t: developer(lambda c: setattr(functions(c).tools[0], "description", t)),
    "parameter": lambda t: developer(lambda c: parameters(c)["properties"].update({t: {"type": "string"}})),
    "parameter's description": lambda t: developer(lambda c: parameters(c).update(description=t)),
    "parameter's type": lambda t: developer(lambda c: parameters(c)["properties"]["a"].update(type=t)),
    "parameter's choices": lambda t: developer(lambda c: parameters(c)["properties"]["a"].update(enum=["b", t])),
    "parameter's default": lambda t: developer(lambda c: parameters(c)["properties"]["a"].update(default=t)),
}
TEXTS = ["right", "user", "é≠ë", "<|constrain|>x"]


@pytest.mark.shipped
@pytest.mark.parametrize("cls", [Hostile, Quiet])
@pytest.mark.parametrize("place", PLACES)
def test_the_plain_text_is_written(place: str, cls: type[str]) -> None:
    for text in TEXTS:
        assert fresh().render(PLACES[place](cls(text))) == fresh().render(PLACES[place](text))


@pytest.mark.shipped
@pytest.mark.parametrize("place", PLACES)
def test_what_passes_for_another_text_neither_finds_nor_leaves_anything_in_its_place(place: str) -> None:
    shared = fresh()
    posing = type("Posing", (Hostile,), {"posing": "other"})
    for first, second in (("other", posing("right")), (posing("wrong"), "other"), ("right", posing("more"))):
        for text in (first, second):
            expected = fresh().render(PLACES[place](str.__str__(text)))
            assert shared.render(PLACES[place](text)) == expected
            assert shared.render(PLACES[place](text)) == expected


@pytest.mark.shipped
@pytest.mark.parametrize("place", ["channel", "identity", "date", "instructions"])
def test_nothing_is_kept_under_a_text_that_went_around_the_fields(place: str) -> None:
    """Such a text may find what is kept for the text that it passes for, but no other text finds what it was given."""
    shared = fresh()
    message = PLACES[place]("right")
    owner = message if place == "channel" else message.content[0]
    posing = type("Posing", (Hostile,), {"posing": "other"})
    field = next(name for name, value in vars(owner).items() if value == "right")
    vars(owner)[field] = posing("right")
    shared.render(message)
    assert shared.render(PLACES[place]("other")) == fresh().render(PLACES[place]("other"))


def test_a_text_is_encoded_as_it_is_whatever_it_says_that_it_contains() -> None:
    encoding = load_harmony_encoding("HarmonyGptOss")
    assert encoding.encode(Hostile("right")) == encoding.encode("right")
    with pytest.raises(RuntimeError, match="disallowed special token"):
        encoding.encode(Hostile("<|end|>"))
    assert encoding.encode(Hostile("a<|end|>"), allowed_special="all") == [64, 200007]


def test_a_name_of_a_role_or_an_encoding_is_what_it_spells() -> None:
    encoding = load_harmony_encoding(type("Posing", (Hostile,), {"posing": "x"})("HarmonyGptOss"))
    assert encoding is load_harmony_encoding("HarmonyGptOss")
    with pytest.raises(ValueError, match="Unknown role"):
        encoding._renderer.opening(type("Posing", (Hostile,), {"posing": "user"})("nobody"))


def test_a_member_of_an_enumeration_stays_what_it_is() -> None:
    message = said(lambda m: m.with_recipient(Role.ASSISTANT))
    assert message.recipient is Role.ASSISTANT
    content = SystemContent.new().with_reasoning_effort(ReasoningEffort.LOW)
    assert content.reasoning_effort is ReasoningEffort.LOW


@pytest.mark.shipped
@pytest.mark.parametrize("made", ["m.with_channel(t)", "m.with_recipient(t)", "m.adding_content(t)"])
def test_the_reference_writes_the_plain_text_too(made: str) -> None:
    lines = [HOSTILE.strip(), "t, m = Hostile('right'), Message.from_role_and_content(Role.ASSISTANT, 'x')"]
    question = {"code": "\n".join([*lines, f"enc.render({made})"])}
    (theirs,) = reference().ask([("py", question)])
    assert "output" in theirs, theirs
    assert answer("py", question) == theirs
