"""Claims about writing messages by way of a cache, in a format of this file's own, whose ids are code points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._runtime.tokens.cache import TokenCache
from openai_harmony._runtime.types.checking import Field, ListOf, OneOf, Record, flag, mapping, text
from openai_harmony._runtime.writing.history import ALL, REFERENCE, HistoryRule
from openai_harmony._runtime.writing.rendering import Renderer
from openai_harmony._runtime.writing.rules import ContentRule, Contents, Header, Rules
from openai_harmony._runtime.writing.rules import each as every
from openai_harmony.errors import RenderError

OPEN, BODY, END, SAMPLED = 1, 2, 3, 4


@dataclass
class Plain:
    text: Any


@dataclass
class Card:
    """Tells whether there are tools, and holds any JSON."""

    data: Any = None


@dataclass
class Toolbox:
    tools: Any = field(default_factory=list)


@dataclass
class Author:
    role: Any
    name: Any = None


@dataclass
class Message:
    author: Any
    content: Any
    channel: Any = None


PLAIN = Record(Plain, Field("text", text))
CARD = Record(Card, Field("data", mapping, optional=True))
TOOLBOX = Record(Toolbox, Field("tools", ListOf(flag)))
CONTENTS = Contents(
    "type",
    ContentRule(PLAIN, tag="plain", role=None, text=lambda content, told: str(content.text)),
    ContentRule(
        CARD,
        tag="card",
        role="host",
        text=lambda content, told: f"{content.data!r}{'+tools' if told else ''}",
        key=lambda content, told, exact: ("card", told, exact(content.data)),
        asks_for_tools=True,
    ),
    ContentRule(
        TOOLBOX,
        tag="toolbox",
        role=None,
        text=lambda content, told: "box",
        key=lambda content, told, exact: ("toolbox", exact(every(content.tools, lambda tool: tool))),
        declares_tools=lambda content: bool(content.tools),
    ),
)
ROLES = ("host", "guest")
AUTHOR = Record(Author, Field("role", OneOf(ROLES)), Field("name", text, optional=True))


def pieces(header: Header) -> list[int | str]:
    role, name, channel = header
    if name == "nobody":
        raise RenderError("nobody cannot write")
    return [OPEN, role + (name or ""), BODY, channel or ""]


RULES = Rules(
    roles=ROLES,
    contents=CONTENTS,
    history=HistoryRule(frozenset({"guest"}), frozenset({"out"}), frozenset({"mind"})),
    plain=Plain,
    plain_text=lambda content: content.text,
    header=lambda message: header_of(message),
    check=Record(
        Message,
        Field("author", AUTHOR),
        Field("content", ListOf(CONTENTS)),
        Field("channel", text, optional=True),
    ),
    pieces=pieces,
    stop=lambda header: END,
    training_stop=lambda header: SAMPLED if header[2] == "out" else None,
    opening=OPEN,
)


def header_of(message: Message) -> Header:
    return message.author.role, message.author.name, message.channel


def codes(text: str) -> list[int]:
    return [ord(character) for character in text]


def renderer(limit: int = 2**20) -> Renderer:
    return Renderer(RULES, codes, TokenCache(limit))


def message(content: Any, role: str = "guest", name: str | None = None, channel: str | None = None) -> Message:
    return Message(Author(role, name), content if isinstance(content, list) else [content], channel)


def shown(tokens: list[int]) -> str:
    return "".join("(|)!?"[token - 1] if token < 6 else chr(token) for token in tokens)


def test_a_message_is_its_header_its_contents_and_a_stop() -> None:
    given = message([Plain("a"), Plain("b")], name="x", channel="out")
    assert shown(renderer().message(given, function_tools=False)) == "(guestx|outab)"


@pytest.mark.parametrize(("before", "shown_tools"), [(True, "+tools"), (False, "+tools")])
def test_a_content_hears_of_tools_declared_anywhere(before: bool, shown_tools: str) -> None:
    card, box = message(Card(), "host"), message(Toolbox([True]))
    text = shown(renderer().conversation([box, card] if before else [card, box], REFERENCE))
    assert f"None{shown_tools})" in text


def test_a_content_hears_of_tools_in_messages_that_are_left_out() -> None:
    box, answer = message(Toolbox([True]), channel="mind"), message(Plain("a"), channel="out")
    text = shown(renderer().conversation([box, message(Card(), "host"), answer], REFERENCE))
    assert text == "(host|None+tools)(guest|outa)"


def test_an_empty_toolbox_declares_nothing() -> None:
    assert "+tools" not in shown(renderer().conversation([message(Card(), "host"), message(Toolbox())], REFERENCE))


def test_a_content_with_tools_told_of_is_not_taken_for_the_one_without() -> None:
    one = renderer()
    card = message(Card(), "host")
    assert shown(one.message(card, function_tools=True)) == "(host|None+tools)"
    assert shown(one.message(card, function_tools=False)) == "(host|None)"


def test_training_puts_the_sampled_stop_in_the_place_of_the_last_one() -> None:
    last = message(Plain("a"), channel="out")
    assert shown(renderer().training([message(Plain("q")), last], REFERENCE)) == "(guest|q)(guest|outa!"
    assert shown(renderer().training([last, message(Plain("q"))], REFERENCE)) == "(guest|outa)(guest|q)"
    assert renderer().training([], REFERENCE) == []


def test_an_opening_is_known_for_every_role_and_no_other_word() -> None:
    one = renderer()
    assert shown(list(one.opening("host"))) == "(host"
    assert one.opening("host") is one.opening("host")
    for wrong in ("ghost", ["host"], None):
        with pytest.raises(ValueError, match=r"^Unknown role: .* \(expected one of 'host', 'guest'\)$"):
            one.opening(wrong)  # type: ignore[arg-type]


# the cache -----------------------------------------------------------------------------------------


def test_a_message_seen_before_is_not_tokenized_again_whoever_holds_it() -> None:
    one = renderer()
    first = one.conversation([message(Plain("a" * 100)), message(Card({"b": [1, "c"]}), "host")], REFERENCE)
    done = one._cache.info().characters
    again = one.conversation([message(Plain("a" * 100)), message(Card({"b": [1, "c"]}), "host")], REFERENCE)
    assert again == first
    info = one._cache.info()
    assert (info.hits, info.misses, info.characters) == (2, 2, done)


def test_the_first_text_of_a_conversation_is_packed_until_it_is_used_again() -> None:
    one = renderer()
    chat = [message(Card(), "host"), *(message(Plain(f"turn {number}")) for number in range(4))]
    cache = one._cache
    one.conversation(chat[:3], REFERENCE)
    assert list(cache.packed) == ["turn 0"]
    assert "turn 1" in cache.recent
    one.conversation(chat, REFERENCE)
    assert not cache.packed
    assert shown(one.conversation(chat[1:], REFERENCE)) == "".join(f"(guest|turn {number})" for number in range(4))


def test_a_text_too_long_for_a_tuple_is_not_tokenized_again() -> None:
    one = renderer(limit=40_000)  # of which a quarter is 250 tokens in a tuple
    rules, long = message(Plain("the rules")), message(Plain("x" * 1000))
    one.conversation([rules, long], REFERENCE)
    done = one._cache.info().characters
    assert len(one.conversation([rules, long], REFERENCE)) > 1000
    assert one._cache.info().characters == done


def test_a_text_of_the_generation_before_is_not_tokenized_again() -> None:
    one = renderer(limit=4000)
    cache = one._cache
    for number in range(20):
        one.message(message(Plain("a" if number == 0 else f"text {number}")), function_tools=False)
        if "a" in cache.previous:
            break
    done = cache.info().misses
    one.message(message(Plain("a")), function_tools=False)
    assert cache.info().misses == done


def test_values_that_share_their_parts_in_another_way_are_found_too() -> None:
    one = renderer()
    part = [1, "".join(["sh", "ared"])]
    one.message(message(Card({"a": part, "b": part}), "host"), function_tools=False)
    done = one._cache.info().characters
    apart = {"a": [1, "".join(["sh", "ared"])], "b": [1, "".join(["sh", "ared"])]}
    one.message(message(Card(apart), "host"), function_tools=False)
    assert one._cache.info().characters == done


def test_what_python_calls_equal_is_not_taken_for_the_same() -> None:
    one = renderer()
    values: list[Any] = [1, 1.0, True, 0, 0.0, -0.0, False, "1", [1], (1,), {"a": 1, "b": 2}, {"b": 2, "a": 1}]
    for value in values * 2:
        each = message(Card({"value": value}), "host")
        assert shown(one.message(each, function_tools=False)) == f"(host|{ {'value': value}!r})"


def test_a_message_changed_after_it_was_written_is_written_anew() -> None:
    one = renderer()
    data: dict[str, Any] = {"a": ["b"]}
    card, plain = message(Card(data), "host"), message(Plain("x"))
    one.conversation([card, plain], REFERENCE)
    data["a"].append("c")
    plain.content[0].text = "y"
    plain.channel = "out"
    assert shown(one.conversation([card, plain], REFERENCE)) == "(host|{'a': ['b', 'c']})(guest|outy)"


def test_a_result_that_the_caller_changes_changes_no_later_one() -> None:
    one = renderer()
    for each in (message(Plain("x")), message(Card(), "host"), message([Plain("x"), Plain("y")])):
        first = one.message(each, function_tools=False)
        wanted = list(first)
        first.clear()
        assert one.message(each, function_tools=False) == wanted


def test_header_and_text_are_not_confused() -> None:
    one = renderer()
    assert shown(one.message(message(Plain("b"), name="a"), function_tools=False)) == "(guesta|b)"
    assert shown(one.message(message(Plain("ab")), function_tools=False)) == "(guest|ab)"
    assert shown(one.message(message(Plain("a"), channel="b"), function_tools=False)) == "(guest|ba)"


words = st.sampled_from(["", "a", "ab", "out", "mind", "é", "x" * 50])
json_values = st.recursive(
    st.sampled_from([None, True, 1, 1.0, "a", "é", 2**70]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
contents = st.one_of(
    words.map(Plain), st.dictionaries(words, json_values, max_size=3).map(Card), st.just([True]).map(Toolbox)
)
conversations = st.lists(
    st.builds(
        Message,
        st.builds(Author, st.sampled_from(ROLES), st.none() | words),
        st.lists(contents, max_size=2),
        st.none() | words,
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(conversations, max_size=4), st.booleans(), st.sampled_from([3000, 2**20]))
def test_the_cache_changes_no_result(several: list[list[Message]], auto_drop: bool, limit: int) -> None:
    def result(one: Renderer, messages: list[Message]) -> object:
        try:
            return one.conversation(messages, REFERENCE if auto_drop else ALL)
        except RenderError as error:
            return str(error)

    cached = renderer(limit)
    for messages in several * 2:
        assert result(cached, messages) == result(renderer(0), messages)


# what does not fit ---------------------------------------------------------------------------------


def test_a_content_that_its_role_may_not_carry_is_refused() -> None:
    with pytest.raises(RenderError, match=r"^Card may only appear in host messages, found in Guest$"):
        renderer().message(message(Card()), function_tools=False)


def test_the_header_is_written_before_the_contents_are_looked_at() -> None:
    with pytest.raises(RenderError, match="nobody"):
        renderer().message(message(Card(), name="nobody"), function_tools=False)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (Message(Author("host"), [Plain("a")], channel=5), "channel"),
        (Message(Author("host"), [Plain("a")], channel=["b"]), "channel"),
        (Message(Author("host"), [Plain(["a"])]), "content[0].text"),
        (Message(Author("host"), [Plain("a"), Plain(5)]), "content[1].text"),
        (Message(Author("host"), [Plain("a\ud800")]), "content[0].text"),
        (Message(Author("host"), [Card(5)]), "content[0].data"),
        (Message(Author("host"), [Toolbox("ab")]), "content[0].tools"),
        (Message(Author("host"), [Toolbox(5)]), "content[0].tools"),
        (Message(Author("host"), ["raw"]), "content[0]"),
        (Message(Author("host"), "raw"), "content"),
        (Message(Author("host"), None), ""),
        (Message(Author("ghost"), [Plain("a")]), "author.role"),
        (Message(Author(["host"]), [Plain("a")]), "author.role"),
        (Message("host", [Plain("a")]), "author"),
        (Message(Author("host", 5), [Plain("a")]), "author.name"),
        ("host", ""),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_its_place(wrong: Any, where: str) -> None:
    for limit in (0, 2**20):
        one = renderer(limit)
        with pytest.raises(ValueError, match=r"^invalid message JSON: [^\n]*$") as caught:
            one.message(wrong, function_tools=False)
        assert not where or str(caught.value).endswith(f", at {where}")
        with pytest.raises(ValueError, match=r"^invalid message JSON: [^\n]*$") as caught:
            one.conversation([message(Plain("a")), wrong], REFERENCE)
        assert str(caught.value).endswith(f", at messages[1]{'.' if where else ''}{where}")
        assert one._cache.info().misses <= 1


def test_what_equals_a_good_value_is_refused_even_if_that_one_is_in_the_cache() -> None:
    one = renderer()
    one.message(message(Toolbox([True]), "host"), function_tools=False)
    with pytest.raises(ValueError, match=r"integer `1`, expected a boolean, at content\[0\]\.tools\[0\]"):
        one.message(message(Toolbox([1]), "host"), function_tools=False)


def test_contents_that_can_be_read_but_once_are_refused_and_not_written() -> None:
    one = renderer()
    for made in (
        lambda: iter([Plain("a")]),
        lambda: {0: Plain("a")}.values(),
        lambda: (Plain(letter) for letter in "ab"),
    ):
        given = message(Plain("a"))
        given.content = made()
        with pytest.raises(ValueError, match="expected a sequence, at content"):
            one.message(given, function_tools=False)


def test_what_was_not_written_is_not_counted() -> None:
    one = renderer()
    refused = [message(Plain("new")), message(Plain("a"), name="nobody")]
    for _ in range(3):
        with pytest.raises(RenderError):
            one.conversation(refused, REFERENCE)
    assert one._cache.info()[:2] == (0, 0)
    one.conversation(refused[:1], REFERENCE)
    assert one._cache.info()[:2] == (1, 0)


def test_a_value_of_the_wrong_kind_is_told_before_what_the_format_does_not_allow() -> None:
    refused, wrong = message(Plain("a"), name="nobody"), message(Plain(5))
    with pytest.raises(RenderError, match="nobody"):
        renderer().conversation([refused], REFERENCE)
    for messages in ([refused, wrong], [wrong, refused]):
        with pytest.raises(ValueError, match=r"integer `5`, expected a string, at messages\[[01]\]"):
            renderer().conversation(messages, REFERENCE)
    with pytest.raises(ValueError, match=r"integer `5`, expected a string, at content\[0\]"):
        renderer().message(message(Plain(5), name="nobody"), function_tools=False)


def test_surrogate_pairs_are_joined() -> None:
    assert shown(renderer().message(message(Plain("\ud83d\ude00")), function_tools=False)) == "(guest|\U0001f600)"


def test_a_value_that_holds_itself_is_written_without_the_cache() -> None:
    one = renderer()
    data: dict[str, Any] = {}
    data["self"] = data
    for _ in range(2):
        assert shown(one.message(message(Card(data), "host"), function_tools=False)) == "(host|{'self': {...}})"


def test_a_subclass_is_written_like_its_class() -> None:
    class Loud(Plain):
        pass

    assert shown(renderer().message(message(Loud("a")), function_tools=False)) == "(guest|a)"


def test_a_foreign_content_is_written_by_its_dictionary_form() -> None:
    class Foreign:
        def __init__(self, **form: Any) -> None:
            self.form = form

        def to_dict(self) -> dict[str, Any]:
            return self.form

    one = renderer()
    assert shown(one.message(message(Foreign(type="plain", text="a")), function_tools=False)) == "(guest|a)"
    with pytest.raises(ValueError, match=r"unknown variant `image`, expected one of `plain`, `card`, `toolbox`, at "):
        one.message(message(Foreign(type="image")), function_tools=False)
    with pytest.raises(ValueError, match=r"missing field `type`, at content\[0\]"):
        one.message(message(Foreign(text="a")), function_tools=False)


def test_another_printer_of_tools_is_given_to_the_contents_that_have_some_and_stands_in_their_keys() -> None:
    toolbox = ContentRule(
        TOOLBOX,
        tag="toolbox",
        role=None,
        text=lambda content, told, tools_text=str: tools_text(content.tools),
        key=lambda content, told, exact: ("toolbox",),
        prints_tools=True,
    )
    other = toolbox.with_tools("loud", lambda tools: f"{tools}!")
    assert other.text(Toolbox([True]), False) == "[True]!"
    assert other.key is not None
    assert other.key(Toolbox(), False, repr) == ("loud", "toolbox")  # type: ignore[arg-type]
    card = CONTENTS.by_class[Card]
    assert card.with_tools("loud", str) is card
