"""A folder becomes a model. What is refused has its rows in tests/spec/bad/shape.yaml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.load import FRAMING, OPTIONAL_FILES, SCHEMA, YAML_FILES, load
from codegen.model import SpecialToken, StopRule
from codegen.model_contents import EnumMember, FieldSpec, TypeSpec
from codegen.place import Place
from codegen.sources import SpecError


def _complaints(folder: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load(folder)
    return str(caught.value).splitlines()


def test_every_value_comes_with_its_type_and_place(tiny: Path) -> None:
    spec = load(tiny)
    assert spec.tokens["CHANNEL"] == SpecialToken(
        "CHANNEL", "<|channel|>", 101, "Comes before a channel.", Place("tokens.yaml", 6, 3)
    )
    assert spec.message.stops[0] == StopRule(
        "RETURN", "assistant", "recipient", None, "A call.", Place("messages.yaml", 14, 5)
    )
    assert spec.enumerations[0].members[1] == EnumMember("GLAD", "Glad", "glad", Place("contents.yaml", 8, 7))
    assert spec.contents[1].fields[0] == FieldSpec(
        "mood", TypeSpec(None, "Mood"), True, "CALM", True, "The mood.", Place("contents.yaml", 31, 7)
    )
    assert spec.structures[0].fields[0].type == TypeSpec("list", "text")
    assert spec.recoveries[1].on == {"CONTENT": ("START", "MARKERS")}
    assert spec.channels["work"].functions
    assert not spec.channels["work"].default
    assert spec.places["tokens.yaml", "tokens", "CHANNEL", "id"] == Place("tokens.yaml", 8, 9)


def test_the_order_of_the_files_is_kept(tiny: Path) -> None:
    spec = load(tiny)
    assert list(spec.tokens) == ["START", "CHANNEL", "MESSAGE", "END", "RETURN"]
    assert [content.type for content in spec.contents] == ["text", "rules"]
    assert [field.name for field in spec.message.fields] == ["channel", "recipient"]


def test_the_parameters_of_a_tool_are_json_and_what_is_quoted_is_text(tiny: Path) -> None:
    parameters = load(tiny).tools.namespaces[0].tools[0].parameters
    assert parameters is not None
    properties = parameters["properties"]
    assert properties["title"]["default"] == "1984"
    assert type(properties["count"]["default"]) is int
    assert properties["signed"]["default"] is False


def test_a_number_of_a_schema_is_what_json_says_that_it_is(edit: Callable[..., Path]) -> None:
    folder = edit("tools/library.yaml", "default: 1}", "enum: [-1, 1.0, 2.5e3, null, 1E2x, -]}")
    parameters = load(folder).tools.namespaces[0].tools[0].parameters
    assert parameters is not None
    assert repr(parameters["properties"]["count"]["enum"]) == "[-1, 1.0, 2500.0, None, '1E2x', '-']"


def test_a_number_of_more_digits_than_python_reads_is_a_complaint(edit: Callable[..., Path]) -> None:
    folder = edit("tools/library.yaml", "default: 1}", f"default: {'9' * 5000}}}")
    assert _complaints(folder) == ["tools/library.yaml:11:40: number 99999999999999999999 is too large"]


def test_namespaces_come_by_the_names_of_their_files(edit: Callable[..., Path]) -> None:
    folder = edit("tools/archive.yaml", None, "name: zebra\ndoc: Zebras.\ntools: []\n")
    assert [namespace.name for namespace in load(folder).tools.namespaces] == ["zebra", "library"]
    assert load(folder).tools.namespaces[0].description is None


@pytest.mark.parametrize("name", sorted({*YAML_FILES, FRAMING, SCHEMA} - {*OPTIONAL_FILES} | {SCHEMA}))
def test_a_missing_file_is_one_complaint(name: str, tiny: Path) -> None:
    (tiny / name).unlink()
    assert _complaints(tiny) == [f"{name}:1:1: the file is missing; hint: a spec is a folder with {name} in it"]


@pytest.mark.parametrize("name", ["token.yaml", "tools/notes.txt", "tools/more/maps.yaml", "framing.lark~"])
def test_a_file_that_nothing_reads_is_refused(name: str, tiny: Path) -> None:
    (tiny / name).parent.mkdir(exist_ok=True)
    (tiny / name).write_text("a: b\n")
    [complaint] = _complaints(tiny)
    assert complaint.startswith(f"{name}:1:1: not a file of a spec; hint: ")


def test_notes_for_people_may_stand_in_a_spec(tiny: Path) -> None:
    (tiny / "README.md").write_text("# Notes\n")
    (tiny / "tools" / "README.md").write_text("# Notes\n")
    load(tiny)


def test_the_nearest_file_is_named(tiny: Path) -> None:
    (tiny / "token.yaml").write_text("a: b\n")
    assert "hint: did you mean 'tokens.yaml'? valid files are: " in _complaints(tiny)[0]


def test_a_grammar_that_is_not_utf_8_is_refused(tiny: Path) -> None:
    (tiny / FRAMING).write_bytes(b"start: A\n\xfe")
    assert _complaints(tiny) == ["framing.lark:2:1: the file is not UTF-8; hint: save it as UTF-8"]


def test_a_grammar_with_windows_line_ends_is_the_same(tiny: Path) -> None:
    before = load(tiny).framing
    (tiny / FRAMING).write_bytes(before.replace("\n", "\r\n").encode())
    assert load(tiny).framing == before


def test_a_file_that_cannot_be_read_hides_no_problem_of_another(edit: Callable[..., Path]) -> None:
    edit("roles.yaml", "    rank: 2", "\trank: 2")
    edit("channels.yaml", "  work:", "  work: &w")
    edit("messages.yaml", "white_space:", "white_spice:")
    places = [complaint.split(": ")[0] for complaint in _complaints(edit("tokens.yaml", "id: 101", "id: no"))]
    assert places == [
        "channels.yaml:6:9",
        "messages.yaml:1:1",
        "messages.yaml:1:1",
        "roles.yaml:5:1",
        "tokens.yaml:8:9",
    ]
