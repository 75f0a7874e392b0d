"""What the site needs besides MkDocs: links of pages, Markdown of repositories, docstrings, the picture of a prompt."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from griffe import Docstring, Parser
from markdown import Markdown

from openai_harmony import Conversation, RenderConversationConfig, load_harmony_encoding
from tests import record
from website import prompt_picture
from website.docstrings import as_griffe_reads
from website.links import Links
from website.markdown import RepositoryMarkdown

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://host.example/me/it"
FILES = (
    "docs/a.md",
    "docs/sub/b.md",
    "docs/pictures/p.svg",
    "README.md",
    "CONTRIBUTING.md",
    "spec/README.md",
    "x/y.py",
)
FOLDERS = ("spec", "x", "docs/sub", "docs")
LINKS = Links(
    {"CONTRIBUTING.md": "project/contributing.md", "spec/README.md": "project/spec.md"},
    REPOSITORY,
    lambda path: "tree" if path in FOLDERS else "blob" if path in FILES else None,
)


# links ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "link", "leads_to"),
    [
        ("a.md", "sub/b.md", "sub/b.md"),
        ("a.md", "sub/b.md#c", "sub/b.md#c"),
        ("sub/b.md", "../a.md", "../a.md"),
        ("sub/b.md", "../pictures/p.svg", "../pictures/p.svg"),
        ("a.md", "../CONTRIBUTING.md#test", "project/contributing.md#test"),
        ("sub/b.md", "../../CONTRIBUTING.md", "../project/contributing.md"),
        ("project/contributing.md", "docs/a.md#b", "../a.md#b"),
        ("project/contributing.md", "spec/README.md", "spec.md"),
        ("project/spec.md", "../docs/a.md", "../a.md"),
        ("project/spec.md", "README.md", "spec.md"),
        ("a.md", "../README.md#b", f"{REPOSITORY}/blob/main/README.md#b"),
        ("sub/b.md", "../../x/y.py", f"{REPOSITORY}/blob/main/x/y.py"),
        ("a.md", "../x/", f"{REPOSITORY}/tree/main/x"),
        ("project/spec.md", "../x", f"{REPOSITORY}/tree/main/x"),
        ("a.md", "sub/", f"{REPOSITORY}/tree/main/docs/sub"),
        ("a.md", "#here", "#here"),
        ("a.md", "https://b.example/c.md", "https://b.example/c.md"),
        ("a.md", "mailto:a@b.example", "mailto:a@b.example"),
        ("a.md", "/a.md", "/a.md"),
        ("a.md", "gone.md", "gone.md"),
        ("a.md", "../gone.py", "../gone.py"),
    ],
)
def test_a_link_of_the_repository_leads_there_on_the_site(page: str, link: str, leads_to: str) -> None:
    assert LINKS.leads_to(page, link) == leads_to


# Markdown -------------------------------------------------------------------------------------------


def html(text: str) -> str:
    extension = RepositoryMarkdown(lambda link: f"to:{link}")
    return Markdown(extensions=["tables", "pymdownx.superfences", extension]).convert(text)


def test_links_and_pictures_go_through_the_links_of_the_site() -> None:
    assert 'href="to:a.md#b"' in html("[c](a.md#b)")
    assert 'src="to:a.svg"' in html("![c](a.svg)")
    assert 'href="to:d.md"' in html("[c][e]\n\n[e]: d.md")
    assert "to:" not in html("```md\n[c](a.md)\n```\n\n`[c](a.md)`")


def test_a_bar_in_the_code_of_a_table_has_no_backslash() -> None:
    assert "<td><code>&lt;|end|&gt;</code></td>" in html("| a |\n| --- |\n| `<\\|end\\|>` |")
    assert "<code>a\\|b</code>" in html("`a\\|b`")


def test_the_file_name_of_a_block_of_code_is_its_title() -> None:
    assert '<span class="filename">my/a.lark</span>' in html("```lark my/a.lark\n[a] [b]\n```")
    assert "filename" not in html("```lark\na\n```")


# docstrings -----------------------------------------------------------------------------------------


def test_a_docstring_has_its_example_and_an_entry_for_each_parameter() -> None:
    text = (
        "Does it.\n\nArgs:\n    a: One.\n    b, c: Two\n        of them.\n    d: Three.\n\nExample:\n    >>> 1\n    1\n"
    )
    docstring = Docstring(as_griffe_reads(text), lineno=1)
    found = {section.kind.value: section.value for section in docstring.parse(Parser.google, warnings=False)}
    said = {entry.name: " ".join(entry.description.split()) for entry in found["parameters"]}
    assert said == {"a": "One.", "b": "Two of them.", "c": "Two of them.", "d": "Three."}
    assert [value for _, value in found["examples"]] == [">>> 1\n1"]


def test_prose_of_a_docstring_stays() -> None:
    text = "Says:\n    one, two, three\n\nFor example:\n    a, b: c"
    assert as_griffe_reads("Example: of a thing.\n") == "Example: of a thing.\n"
    assert as_griffe_reads(text).startswith("Says:\n    one, two, three\n\nFor example:\n")


# the picture of a prompt ----------------------------------------------------------------------------


@pytest.mark.shipped
def test_the_picture_is_what_its_script_draws() -> None:
    assert prompt_picture.PICTURE.read_text(encoding="utf-8") == prompt_picture.drawn(), "run `make record`"
    assert prompt_picture.main in record.RECORDERS.values()


@pytest.mark.shipped
def test_the_picture_has_the_text_of_the_rendered_conversation() -> None:
    encoding = load_harmony_encoding("HarmonyGptOss")
    conversation = Conversation.from_messages([message for _, message in prompt_picture.MESSAGES])
    config = RenderConversationConfig(auto_drop_analysis=False)
    text = encoding.decode(encoding.render_conversation_for_training(conversation, config))
    picture = ElementTree.fromstring(prompt_picture.drawn())
    parts = [element for element in picture.iter() if "textLength" in element.attrib]
    assert "".join(element.text or "" for element in parts) == text
    wide = [float(element.attrib["x"]) + float(element.attrib["textLength"]) for element in parts]
    assert max(wide) <= float(picture.attrib["width"])


@pytest.mark.shipped
def test_the_picture_shades_what_a_model_samples() -> None:
    picture = ElementTree.fromstring(prompt_picture.drawn())
    elements = list(picture.iter())
    shaded = [after.text for before, after in pairwise(elements) if before.get("class") == "sampled"]
    assert "<|channel|>" in shaded
    assert "Yes, 31 degrees." in shaded
    assert "Is it warm in Rome?" not in shaded
    assert "31 degrees" not in shaded
