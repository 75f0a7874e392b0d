"""The diagrams of docs/format-reference.md: they show all of the grammar, and follow its changes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from codegen.check import checked
from codegen.diagrams import of_headers, of_messages
from codegen.grammar import grammar
from codegen.markdown import visible
from codegen.model import Spec
from codegen.productions import Choice, Labelled, Literal, Name, Optional, Repeated, Row, names, productions
from codegen.render import render

ROOT = Path(__file__).parents[2]
FORMATS = [ROOT / "spec", ROOT / "formats" / "chatml", ROOT / "formats" / "llama3"]
HEADER, MESSAGES = "docs/pictures/format-header.svg", "docs/pictures/format-messages.svg"
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    """What a picture says: titles, boxes and labels."""
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def with_header(rule: str) -> str:
    """A grammar without other rules that has this one."""
    return f"header : {rule}\nchannel : CHANNEL_NAME\nrecipient : TO_NAME\ncontent_type : WORD\n"


@pytest.fixture(scope="module")
def shipped() -> Spec:
    return checked(ROOT / "spec")


def test_rules_are_read_as_they_are_written() -> None:
    found = productions('a : B~2..3 "x" [c d] (e|f)+ -> g\n  | h*\n\nB : /y/ c?\n// only a comment\n!i : B\n')
    assert list(found) == ["a", "B", "i"]
    one_of = Repeated(Choice((Name("e"), Name("f"))), 1, None)
    row = Row((Repeated(Name("B"), 2, 3), Literal('"x"'), Optional(Row((Name("c"), Name("d")))), one_of))
    assert found["a"] == Choice((Labelled(row, "g"), Repeated(Name("h"), 0, None)))
    assert found["B"] == Row((Literal("/y/"), Optional(Name("c"))))
    assert list(names(found["a"])) == ["B", "c", "d", "e", "f", "h"]


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_all_that_lark_finds_in_a_grammar_is_drawn(folder: Path) -> None:
    spec = checked(folder)
    drawn = [*texts(of_messages(spec)), *texts(of_headers(spec))]
    rules = {str(rule.origin.name) for rule in grammar(spec).rules if not rule.origin.name.startswith("_")}
    written = productions(spec.framing)
    assert rules <= set(written)
    terminals = {name for node in written.values() for name in names(node)} - set(written)
    shown = {terminal: spec.tokens[terminal].text for terminal in terminals & set(spec.tokens)}
    shown |= {name: text for name, text in spec.message.literals.items() if name in terminals}
    assert {visible(shown.get(terminal, terminal)) for terminal in terminals} <= set(drawn)
    missing = rules - set(drawn)  # those of one symbol are drawn as it
    assert all(set(names(written[rule])) - set(written) or rule in shown for rule in missing)


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_there_is_a_picture_of_headers_if_a_format_has_fields(folder: Path) -> None:
    spec = checked(folder)
    files = render(spec, "p")
    assert (HEADER in files) == bool(spec.message.fields)
    page = files["docs/format-reference.md"]
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", page)
    assert {f"docs/{name}" for name in pictures} == {name for name in files if name.endswith(".svg")}


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("rule", "drawn"),
    [
        ("[recipient] channel", ["header", "to=", "NAME", "recipient", "<|channel|>", "CHANNEL_WORD", "channel"]),
        ("channel [recipient]", ["header", "<|channel|>", "CHANNEL_WORD", "channel", "to=", "NAME", "recipient"]),
        ("[channel]", ["header", "<|channel|>", "CHANNEL_WORD", "channel"]),
        ("content_type | channel", ["header", "WORD", "content_type", "<|channel|>", "CHANNEL_WORD", "channel"]),
    ],
)
def test_a_changed_grammar_changes_the_diagram(rule: str, drawn: list[str], shipped: Spec) -> None:
    terminals = shipped.framing.partition("CHANNEL_NAME:")
    changed = replace(shipped, framing=with_header(rule) + "".join(terminals[1:]))
    assert texts(of_headers(changed)) == drawn
    assert texts(of_messages(changed)) == []


@pytest.mark.shipped
def test_optional_and_repeated_symbols_look_otherwise_than_symbols_alone(shipped: Spec) -> None:
    rules = ("START", "[START]", "START?", "START+", "START*", "START~2", "START | START")
    drawn = {rule: of_messages(replace(shipped, framing=f"transcript : {rule} MESSAGE\n")) for rule in rules}
    assert drawn["[START]"] == drawn["START?"]
    assert len(set(drawn.values())) == len(rules) - 1
    assert "2 times" in texts(drawn["START~2"])


@pytest.mark.shipped
def test_a_token_is_drawn_with_its_text_and_a_literal_with_its_white_space(shipped: Spec) -> None:
    tokens = {**shipped.tokens, "START": replace(shipped.tokens["START"], text="<begin & go>")}
    changed = replace(shipped, framing="message : START TO\n", tokens=tokens)
    changed = replace(changed, message=replace(shipped.message, literals={"TO": " to\n"}))
    assert texts(of_messages(changed)) == ["message", "<begin & go>", '" to\\n"']


def test_pictures_need_nothing_from_elsewhere() -> None:
    for name in (HEADER, MESSAGES):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\w+://[^\"'\s]+", text)) <= {"http://www.w3.org/2000/svg"}
        assert "url(" not in text
        assert "@import" not in text
