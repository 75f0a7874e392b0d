"""The page of an inspection: one file that loads nothing, whose policy lets nothing run but its own script."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from openai_harmony import Conversation, Message
from openai_harmony._inspection.page_text import escaped_json, form_page
from openai_harmony.inspection import Inspection, inspect_conversation, inspect_text
from tests.inspection.samples_shown import BROKEN, ENCODING, HOSTILE, TURNS

pytestmark = pytest.mark.shipped


class Page(HTMLParser):
    """The elements of a page, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self.policy = ""
        self._within = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = tag
        if tag in self.texts:
            self.texts[tag].append("")
        if dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in self.texts:
            self.texts[self._within][-1] += data

    @property
    def data(self) -> Any:
        return json.loads(self.texts["script"][0])


def loading(html: str) -> list[str]:
    """What would make a browser load something, in a page or in its style or script."""
    page = Page(html)
    found = [f"<{tag}>" for tag, _ in page.elements if tag in {"link", "base", "iframe", "object", "embed", "img"}]
    for tag, attributes in page.elements:
        found += [
            f"{tag} {name}" for name in attributes if name in {"src", "srcset", "href", "action", "data", "style"}
        ]
        found += [f"{tag} {name}" for name in attributes if name.startswith("on")]
    found += re.findall(r"@import|url\(", page.texts["style"][0])
    found += re.findall(r"innerHTML|outerHTML|insertAdjacent\w+|document\.write|\beval\b|\bimport\b", html)
    return found + re.findall(r"(?:https?:)?//[\w.]+\.\w+", re.sub(r'"application/json"[^>]*>.*?<', "<", html))


def test_a_page_loads_nothing() -> None:
    assert loading(inspect_text(ENCODING, BROKEN, "assistant").html()) == ["a href"]  # of the link to the tokens
    assert loading(form_page("title", {})[0]) == ["a href"]


@pytest.mark.parametrize(
    "mutant",
    [
        '<img alt="">',
        '<script src="x.js"></script>',
        '<p style="color: red">',
        "<p onclick=alert(1)>",
        "<style>@import 'x';</style>",
        '<link rel="icon">',
        "<script>a.innerHTML = b</script>",
        "<p>https://example.org/x.js",
    ],
)
def test_a_page_that_would_load_something_is_noticed(mutant: str) -> None:
    html = inspect_text(ENCODING, BROKEN, "assistant").html()
    at = html.index("<style>")
    assert len(loading(html[:at] + mutant + html[at:])) > 1


def test_the_policy_names_the_digests_of_the_only_script_and_style() -> None:
    for html, connects in (
        (inspect_text(ENCODING, BROKEN, "assistant").html(), "'none'"),
        (*form_page("t", {})[:1], "'self'"),
    ):
        page = Page(html)
        (style,), (_, script) = page.texts["style"], page.texts["script"]
        rules = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
        assert rules["script-src"] == f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
        assert rules["style-src"] == f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
        assert rules["connect-src"] == connects
        assert rules["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_model_becomes_a_part_of_the_page(hostile: str) -> None:
    plain = Page(_inspected("text").html(title="text"))
    page = Page(_inspected(hostile).html(title=hostile))
    assert page.elements == plain.elements
    assert page.texts["script"][1] == plain.texts["script"][1]
    assert page.data["messages"][0]["text"] == hostile
    assert page.texts["title"] == [hostile]


def _inspected(text: str) -> Inspection:
    conversation = Conversation.from_messages([Message.from_role_and_content("user", text)])
    return inspect_conversation(ENCODING, conversation)


def test_json_in_a_page_is_the_same_json_without_what_html_reads() -> None:
    value = ["<!--", "</script>", "&lt;", "\u2028\u2029", "\ud800", "🫠"]
    text = escaped_json(value)  # type: ignore[arg-type]
    assert json.loads(text) == value
    assert text.isascii()
    assert set("<>&") & set(text) == set()


def test_the_page_has_all_that_the_inspection_has() -> None:
    inspection = inspect_conversation(ENCODING, TURNS, training=True)
    told = Page(inspection.html(strictness="pedantic")).data
    rows = [dict(zip(told["tokens"], row)) for row in zip(*told["tokens"].values())]
    whole = json.loads(inspection.to_json())
    assert rows == whole.pop("tokens")
    assert told.pop("strictness") == "pedantic"
    assert "6 messages" in told.pop("summary")
    told.pop("tokens")
    assert told == whole


def test_an_input_without_tokens_has_a_page() -> None:
    assert Page(inspect_text(ENCODING, "", "assistant").html()).data["tokens"]["id"] == []


def test_a_mode_that_the_format_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="'no' is not one of 'default', 'recover', 'pedantic'"):
        inspect_text(ENCODING, BROKEN, "assistant").html(strictness="no")
