"""A changed format works end to end: written, read back, recovered and documented, from edits of spec files alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openai_harmony
from tests.codegen.variants import VARIANTS
from tests.support import promises
from tests.support.effort import examples
from tests.support.generated import edited_spec, generate, imported
from tests.support.promises import Format
from tests.typed.checkers import CHECKERS, completeness

TRIES = settings(max_examples=examples(20))
pytestmark = pytest.mark.shipped  # the variants are edits of the shipped spec

SHOWN = {
    "new_channel": "`plan`",
    "new_role": "Judges answers.",
    "renamed_token": "| `<\\|body\\|>` | 200020 |",
    "new_stop_token": "| `<\\|yield\\|>` | 200014 |",
    "new_header_field": "The thread that the message belongs to.",
    "other_order": "header      : [channel] [recipient] [content_type]",
    "type_first": "header      : [content_type] [channel] [recipient]",
    "new_namespace": "The built-in namespace `calendar`",
    "new_section": "How to sound.",
    "new_types": "How an answer sounds.",
}


@dataclass(frozen=True)
class Variant(Format):
    name: str
    folder: Path

    def say(self, role: str, text: str, **fields: Any) -> Any:
        """A message of a role, with some fields of its header."""
        content = [self.package.TextContent(text)]
        return self.package.Message(self.package.Author(self.package.Role(role)), content, **fields)

    def text(self, message: Any) -> str:
        """A message as it is written."""
        return str(self.encoding.decode_utf8(self.encoding.render(message)))

    def read(self, text: str, role: str | None = None) -> list[Any]:
        return list(self.encoding.parse_messages_from_completion_text(text, role))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Variant]]:
    """Makes variants, each once."""
    made: dict[str, Variant] = {}

    def make(name: str) -> Variant:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            generate(edited_spec(folder, VARIANTS[name]), folder, f"harmony_{name}")
            made[name] = Variant(imported(folder, f"harmony_{name}"), name, folder)
        return made[name]

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] in {f"harmony_{name}" for name in made}]:
        del sys.modules[name]


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest, generated: Callable[[str], Variant]) -> Variant:
    return generated(request.param)


# what holds for all -------------------------------------------------------------------------------


@TRIES
@given(data=st.data())
def test_what_is_written_reads_back(variant: Variant, data: st.DataObject) -> None:
    promises.what_is_written_reads_back(variant, data)


@TRIES
@given(data=st.data())
def test_what_is_read_is_written_again(variant: Variant, data: st.DataObject) -> None:
    promises.what_is_read_is_written_again(variant, data)


@TRIES
@given(data=st.data())
def test_every_spelling_that_the_grammar_allows_is_read_in_pieces_of_any_size(
    variant: Variant, data: st.DataObject
) -> None:
    promises.every_spelling_is_read_in_pieces_of_any_size(variant, data)


@TRIES
@given(data=st.data())
def test_nothing_breaks_the_recovering_mode(variant: Variant, data: st.DataObject) -> None:
    promises.nothing_breaks_the_recovering_mode(variant, data)


def test_the_reference_page_shows_it(variant: Variant) -> None:
    page = (variant.folder / "docs" / "format-reference.md").read_text(encoding="utf-8")
    shipped = (Path(openai_harmony.__file__).parents[1] / "docs" / "format-reference.md").read_text(encoding="utf-8")
    assert SHOWN[variant.name] in page
    assert SHOWN[variant.name] not in shipped


# what is new in each ------------------------------------------------------------------------------


def test_a_new_channel_is_listed_written_and_read(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_channel")
    assert variant.SystemContent().channel_config.valid_channels == ["analysis", "commentary", "plan", "final"]
    system = variant.Message.from_role_and_content("system", variant.SystemContent())
    assert "# Valid channels: analysis, commentary, plan, final." in variant.text(system)
    message = variant.say("assistant", "First.", channel="plan")
    assert variant.text(message) == "<|start|>assistant<|channel|>plan<|message|>First.<|end|>"
    result = variant.encoding.parse(
        variant.encoding.encode("<|start|>assistantplan<|message|>First.", allowed_special="all")
    )
    assert (result.messages, [r.kind.value for r in result.recoveries]) == ([message], ["glued_role"])


def test_a_new_role_is_written_read_and_continued(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_role")
    message = variant.say("critic", "Weak.", channel="final")
    assert message.author.role is variant.Role.CRITIC
    assert variant.text(message) == "<|start|>critic<|channel|>final<|message|>Weak.<|end|>"
    assert variant.read("<|start|>critic<|channel|>final<|message|>Weak.<|end|>") == [message]
    assert variant.read("<|channel|>final<|message|>Weak.", "critic") == [message]
    assert openai_harmony.Role.__members__.keys() == variant.Role.__members__.keys() - {"CRITIC"}
    assert get_args(variant.RoleWord) == tuple(role.value for role in variant.Role)


def test_a_renamed_token_has_its_new_text_and_id_everywhere(generated: Callable[[str], Variant]) -> None:
    variant = generated("renamed_token")
    message = variant.say("assistant", "{}", channel="final", content_type="<|typed|>json")
    tokens = variant.encoding.render(message)
    assert variant.text(message) == "<|start|>assistant<|channel|>final <|typed|>json<|body|>{}<|end|>"
    assert {200020, 200021} < set(tokens)
    assert not {200008, 200003} & set(tokens)
    assert variant.encoding.decode([200008, 200003]) == "<|reserved_200008|><|reserved_200003|>"
    assert "<|body|>" in variant.encoding.special_tokens_set
    assert "<|message|>" not in variant.encoding.special_tokens_set
    with pytest.raises(variant.ParseError) as caught:
        variant.read("<|start|>assistant<|channel|><|body|>")
    assert caught.value.found == "<|body|>"


def test_a_new_stop_token_is_written_and_ends_what_is_read(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_stop_token")
    assert 200014 in variant.encoding.stop_tokens()
    assert 200014 not in variant.encoding.stop_tokens_for_assistant_actions()
    message, answer = variant.say("user", "Hello"), variant.say("assistant", "Hi")
    assert variant.text(message) == "<|start|>user<|message|>Hello<|yield|>"
    assert variant.text(answer) == "<|start|>assistant<|message|>Hi<|end|>"
    assert variant.read("<|start|>assistant<|message|>Hi<|yield|><|start|>user<|message|>Hello") == [answer, message]


def test_a_new_header_field_is_an_attribute_like_any_other(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_header_field")
    message = variant.say(
        "assistant", "{}", recipient="functions.f", channel="commentary", thread="t1", content_type="json"
    )
    assert message.thread == "t1"
    assert variant.say("assistant", "{}").with_thread("t2").thread == "t2"
    assert message.to_dict()["thread"] == "t1"
    assert variant.Message.from_dict(message.to_dict()) == message
    assert message.model_dump()["thread"] == "t1"
    assert variant.Message.model_validate(message.model_dump()) == message
    with pytest.raises(ValueError, match="thread"):
        variant.say("assistant", "{}", thread=7)
    written = "<|start|>assistant to=functions.f<|channel|>commentary<|thread|>t1 json<|message|>{}<|call|>"
    assert variant.text(message) == written
    assert variant.read(written) == [message]


def test_a_new_header_field_is_told_while_it_streams(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_header_field")
    parser = variant.StreamableParser(variant.encoding, "assistant")
    text = "<|channel|>final<|thread|>t1<|message|>Hi"
    events = parser.feed(variant.encoding.encode(text, allowed_special="all"))
    start = next(event for event in events if isinstance(event, variant.MessageStart))
    assert (start.channel, start.thread, start.recipient) == ("final", "t1", None)
    assert parser.current_thread == "t1"
    assert parser.state_data["header"]["thread"] == "t1"
    parser.process(200007)
    assert parser.current_thread is None


def test_a_new_header_field_is_recovered_like_any_other(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_header_field")
    tokens = variant.encoding.encode("<|thread|>t1<|channel|>final<|message|>a<|thread|>b", allowed_special="all")
    result = variant.encoding.parse(tokens, "assistant")
    assert result.messages == [variant.say("assistant", "ab", channel="final", thread="t1")]
    assert [recovery.kind.value for recovery in result.recoveries] == ["misplaced_field", "stray_token"]


def test_header_fields_are_written_in_the_order_of_the_grammar(generated: Callable[[str], Variant]) -> None:
    variant = generated("other_order")
    message = variant.say("assistant", "{}", recipient="functions.f", channel="commentary", content_type="json")
    written = "<|start|>assistant<|channel|>commentary to=functions.f json<|message|>{}<|call|>"
    assert variant.text(message) == written
    shipped = "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>"
    assert openai_harmony.load_harmony_encoding("HarmonyGptOss").decode_utf8(shipped_tokens(message)) == shipped
    assert variant.read(written) == variant.read(shipped) == [message]
    with pytest.raises(variant.ParseError):
        variant.read("<|start|>assistant json<|channel|>commentary to=functions.f<|message|>{}<|call|>")


def shipped_tokens(message: Any) -> list[int]:
    """A variant's message as the shipped package writes it."""
    same = openai_harmony.Message.from_dict(message.to_dict())
    return openai_harmony.load_harmony_encoding("HarmonyGptOss").render(same)


def test_an_order_that_the_shipped_grammar_does_not_even_read_is_written(generated: Callable[[str], Variant]) -> None:
    variant = generated("type_first")
    message = variant.say("assistant", "{}", recipient="functions.f", channel="commentary", content_type="json")
    written = "<|start|>assistant json<|channel|>commentary to=functions.f<|message|>{}<|call|>"
    assert variant.text(message) == written
    assert variant.read(written) == [message]
    tokens = variant.encoding.encode(
        "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>", allowed_special="all"
    )
    with pytest.raises(variant.ParseError):
        variant.encoding.parse_messages_from_completion_tokens(tokens, strict="pedantic")


def test_a_new_namespace_is_built_in_printed_and_a_recipient(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_namespace")
    content = variant.SystemContent().with_calendar_tool()
    assert content.tools == {"calendar": variant.ToolNamespaceConfig.calendar()}
    assert variant.package.ToolNames(["calendar"]).aliases == {"calendar": "calendar_tool"}
    assert openai_harmony.ToolNames(["calendar"]).aliases == {}
    text = variant.text(variant.Message.from_role_and_content("system", content))
    tool = "// What day it is.\ntype today = () => any;"
    assert f"## calendar\n\n// Tool for dates.\nnamespace calendar {{\n\n{tool}\n\n}} // namespace calendar" in text
    (message,) = variant.read("<|channel|>analysis calendar<|message|>", "assistant")
    assert (message.recipient, message.content_type) == ("calendar", None)
    (shipped,) = openai_harmony.load_harmony_encoding("HarmonyGptOss").parse_messages_from_completion_text(
        "<|channel|>analysis calendar<|message|>", "assistant"
    )
    assert (shipped.recipient, shipped.content_type) == (None, "calendar")


def test_a_new_field_of_the_system_content_is_a_section_of_its_text(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_section")
    content = variant.SystemContent(mood="Cheerful.")
    assert variant.SystemContent().with_mood("Cheerful.") == content
    assert variant.Content.from_dict(content.to_dict()) == content
    text = variant.text(variant.Message.from_role_and_content("system", content))
    assert "\n\nReasoning: medium\n\n# Mood\n\nCheerful.\n\n# Valid channels: " in text
    assert "Mood" not in variant.text(variant.Message.from_role_and_content("system", variant.SystemContent()))


NEW_TYPES = ("Glossary", "Sample", "StyleContent", "Tone")


def test_new_types_are_exported_by_the_package(generated: Callable[[str], Variant]) -> None:
    package = generated("new_types").package
    assert sorted(package.__all__) == sorted([*openai_harmony.__all__, *NEW_TYPES])
    assert set(NEW_TYPES) <= set(dir(package))
    starred: dict[str, object] = {}
    exec(f"from {package.__name__} import *", starred)
    assert starred.keys() - {"__builtins__"} == set(package.__all__)
    assert [starred[name] for name in NEW_TYPES] == [getattr(package, name) for name in NEW_TYPES]


def test_a_new_content_is_made_from_what_it_requires_and_written(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_types")
    content = variant.StyleContent.new("children", ["Why"])
    assert content == variant.StyleContent(audience="children", headings=["Why"])
    assert content.tone is variant.Tone.WARM
    assert content == variant.StyleContent.new(headings=["Why"], audience="children")
    with pytest.raises(ValueError, match="audience"):
        variant.StyleContent.new(7, [])
    with pytest.raises(TypeError, match="headings"):
        variant.StyleContent.new("children")
    content.with_glossary(variant.Glossary(["cat", "hat"], True)).with_tone(variant.Tone.DRY)
    assert variant.Content.from_dict(content.to_dict()) == content
    message = variant.Message.from_role_and_content("developer", content)
    assert variant.text(message).endswith("<|message|>Write dryly for children\nUse cat, hat<|end|>")
    assert variant.Message.model_validate(message.model_dump()) == message


def test_lines_for_each_member_of_a_field_are_written_in_its_order(generated: Callable[[str], Variant]) -> None:
    variant = generated("new_types")
    warm = variant.Sample("Cats", variant.Tone.WARM, "One.\nTwo.", {"a": [1, None]})
    dry = variant.Sample("Hats", "Dry")
    content = variant.StyleContent(audience="all", headings=[], samples={"b": warm, "a": dry}, others=[dry, warm])
    message = variant.Message.from_role_and_content("developer", content)
    text = (
        "Write warmly for all\n\n# Samples\n\nCats, warmly:\n> One.\n> Two.\n"
        '{"a":[1,null]}\n\nHats, dryly\n\nAvoid: Hats\n\nAvoid: Cats<|end|>'
    )
    assert variant.text(message).endswith(f"<|message|>{text}")
    assert variant.Message.from_dict(message.to_dict()) == message
    assert variant.Message.model_validate_json(message.model_dump_json()) == message
    assert "samples" in repr(content)
    assert "samples" not in repr(variant.StyleContent(audience="all", headings=[]))
    content.samples["b"] = variant.Sample("a\nb", "Dry")
    with pytest.raises(ValueError, match=r"expected one line .* at content\[0\]\.samples\['b'\]\.title"):
        variant.text(message)


TYPED_USE = """\
# pyright: strict
from typing_extensions import assert_type
from harmony_new_types import Content, Glossary, Message, StyleContent, SystemContent, Tone

assert_type(StyleContent.new("children", ["Why"]), StyleContent)
assert_type(StyleContent.new("a", []).with_tone(Tone.DRY).audience, str)
contents: list[Content] = [StyleContent(audience="a", headings=[], glossary=Glossary(["b"], False))]
assert_type(Message.from_role_and_contents("developer", contents), Message)
assert_type(SystemContent.new(), SystemContent)
"""


@pytest.mark.parametrize("checker", CHECKERS)
def test_new_types_are_known_to_type_checkers(checker: str, generated: Callable[[str], Variant]) -> None:
    module = generated("new_types").folder / "use_of_new_types.py"
    module.write_text(TYPED_USE + "StyleContent.new()\nStyleContent.new(7, [])\n")
    found = CHECKERS[checker]([module])  # one run, of which each takes seconds
    last = TYPED_USE.count("\n") + 1
    assert [(complaint.path.name, complaint.line) for complaint in found] == [
        ("use_of_new_types.py", last),
        ("use_of_new_types.py", last + 1),
    ]


def test_every_public_name_of_a_variant_has_a_known_type(generated: Callable[[str], Variant]) -> None:
    score, complaints = completeness("harmony_new_types", generated("new_types").folder)
    assert (score, complaints) == (1.0, [])


# the mutant: a format is not read by the tables of another ------------------------------------------


@pytest.mark.parametrize("name", ["renamed_token", "new_stop_token", "new_header_field", "type_first", "new_role"])
def test_the_shipped_package_does_not_read_a_variant(name: str, generated: Callable[[str], Variant]) -> None:
    variant, shipped = generated(name), openai_harmony.load_harmony_encoding("HarmonyGptOss")
    fields = {"channel": "final", "recipient": "functions.f", "content_type": "json"}
    fields |= {"thread": "t1"} if name == "new_header_field" else {}
    message = variant.say("critic" if name == "new_role" else "user", "Hello", **fields)
    tokens = variant.encoding.render(message)
    assert variant.encoding.parse_messages_from_completion_tokens(tokens) == [message]
    try:
        found = shipped.parse_messages_from_completion_tokens(tokens)
    except openai_harmony.HarmonyError:
        return
    assert [m.to_dict() for m in found] != [message.to_dict()]
