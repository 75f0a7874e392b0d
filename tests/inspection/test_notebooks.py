"""What notebooks show of conversations, results and renderings: escaped, of limited size, and without a script."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from openai_harmony import Conversation, DeveloperContent, Message, ParseResult, Rendered, ToolDescription
from tests.inspection.samples_shown import BROKEN, ENCODING, HOSTILE, TURNS

pytestmark = pytest.mark.shipped
Shown = Conversation | ParseResult | Rendered


def shown(value: Shown) -> str:
    html = value._repr_html_()
    html.encode("utf-8")
    return html


def tags(html: str) -> set[tuple[str, tuple[str, ...]]]:
    """The elements of a fragment with the names of their attributes."""
    found: set[tuple[str, tuple[str, ...]]] = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add((tag, tuple(name for name, _ in attrs)))

    Tags().feed(html)
    return found


def of(text: str) -> list[Shown]:
    """The three values with a text in every place that takes one."""
    messages = [
        Message.from_role_and_content("user", text),
        Message.from_role_and_content("assistant", text).with_channel(text).with_recipient(text),
        Message.from_role_and_content("developer", DeveloperContent.new().with_instructions(text)),
    ]
    conversation = Conversation.from_messages(messages)
    tokens = ENCODING.encode(
        f"{text}<|start|>assistant<|channel|>{text}<|message|>{text}<|end|>{text}", allowed_special="all"
    )
    return [conversation, ENCODING.parse(tokens, "assistant"), ENCODING.render_with_spans(conversation)]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_html(hostile: str) -> None:
    allowed = {("div", ("style",)), ("b", ()), ("span", ("style",)), ("span", ("title", "style"))}
    for value in of(hostile):
        html = shown(value)
        assert tags(html) <= allowed
        assert re.findall(r"url\(|@import|expression\(", "".join(re.findall(r'style="([^"]*)"', html))) == []
        if not isinstance(value, Rendered):  # whose characters may be in several tokens
            assert hostile in unescape(html)


def test_a_conversation_is_its_messages_with_their_headers() -> None:
    html = shown(TURNS)
    assert html.index("6 messages") < html.index("<b>0 system</b>") < html.index("<b>5 assistant</b>")
    assert "channel analysis</span>" in html
    assert "What is 2 + 2?" in html
    assert "&quot;model_identity&quot;: &quot;You are ChatGPT" in html


def test_a_result_tells_faults_and_what_is_not_complete() -> None:
    html = shown(ENCODING.parse(ENCODING.encode(BROKEN, allowed_special="all"), "assistant"))
    assert "4 messages, 4 recoveries<" in html
    assert "stray_stop: tokens 55 to 56, message 3" in html
    cut = shown(ENCODING.parse(ENCODING.encode("<|channel|>final<|message|>Fo", allowed_special="all"), "assistant"))
    assert "the last message has no stop token" in cut
    opened = shown(ENCODING.parse(ENCODING.encode("<|start|>assistant", allowed_special="all")))
    assert "open turn: assistant" in opened


def test_a_rendering_shows_each_token_with_its_part_and_whether_it_is_sampled() -> None:
    rendered = ENCODING.render_with_spans(TURNS, next_turn_role="assistant")
    chips = re.findall(r'<span title="(\d+): id (\d+), (\w+)" style="([^"]*)">([^<]*)</span>', shown(rendered))
    assert [(int(at), int(token), part) for at, token, part, _, _ in chips] == [
        (at, token, part) for at, (token, part) in enumerate(zip(rendered.tokens, rendered.part_names()))
    ]
    assert ["bold" in style for *_, style, _ in chips] == [bool(bit) for bit in rendered.sampled]
    assert unescape("".join(text for *_, text in chips)) == ENCODING.decode(rendered.tokens)
    assert "<b>outside messages</b>" in shown(rendered)


def test_fragments_are_small_whatever_they_show() -> None:
    long = Message.from_role_and_content("assistant", "word " * 2_000).with_channel("final")
    many = Conversation.from_messages([long] * 70)
    tokens = ENCODING.encode(
        "<|end|><|start|>assistant<|channel|>final<|message|>x<|call|>" * 500, allowed_special="all"
    )
    for value in (many, ENCODING.parse(tokens, "assistant"), ENCODING.render_with_spans(many)):
        assert len(shown(value)) < 150_000
    assert "8500 more characters" in shown(many)
    assert "10 more messages" in shown(many)
    assert "more tokens" in shown(ENCODING.render_with_spans(many))
    assert "more recoveries" in shown(ENCODING.parse(tokens, "assistant"))


def test_values_of_every_kind_are_shown() -> None:
    tool = ToolDescription.new("f", "does <b>", {"type": "object"})
    developer = DeveloperContent.new().with_function_tools([tool])
    message = Message.from_role_and_contents("developer", [developer])
    html = shown(Conversation.from_messages([message, Message.from_role_and_content("user", "\ud800")]))
    assert "does &lt;b&gt;" in html
    assert "\\ud800" in html
    assert "0 messages" in shown(Conversation.from_messages([]))
    assert "0 messages" in shown(ENCODING.parse([]))
    assert "0 tokens" in shown(ENCODING.render_with_spans(Conversation.from_messages([])))
