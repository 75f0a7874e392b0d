"""Aliases of tools: every name comes back, no two are the same, and a model's call of one is read as it was written."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    Message,
    RenderConversationConfig,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    ToolNames,
    ToolNamespaceConfig,
    load_harmony_encoding,
)
from openai_harmony._generated.framing import FRAMING
from tests.support.effort import examples

RESERVED = sorted(
    {*FRAMING.reserved_names, *FRAMING.namespaces, FRAMING.function_namespace, *FRAMING.roles, *FRAMING.channels}
)
IDENTIFIER = re.compile("[A-Za-z_][A-Za-z0-9_]{0,63}")
ODD = ["", " ", "get weather", "get.weather", "get_weather", "get-weather", "GET weather", "2 f", "_2_f", "天気"]
ODD += ["\ud800", "<|end|>", "a<|channel|>b", "a\nb", "x" * 64, "x" * 65, "é"]
ODD += [*RESERVED, *(f"{word}_tool" for word in RESERVED)]
TEXTS = st.text(max_size=8) | st.from_regex(r"[a-z_.-]{1,5}", fullmatch=True) | st.text(min_size=60)
NAMES = st.sampled_from(ODD) | TEXTS
ALIAS = ToolNames(["get weather", "get.weather"]).alias("get.weather")
TRIES = settings(max_examples=examples(200), deadline=None)
pytestmark = pytest.mark.shipped


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("python", "python_tool"),
        ("container", "container_tool"),
        ("final", "final_tool"),
        ("get weather", "get_weather"),
        ("server.get/weather", "server_get_weather"),
        ("a<|end|>b", "a_end_b"),
        ("Café au lait", "Cafe_au_lait"),
        ("2 f", "_2_f"),
        ("x" * 65, "x" * 64),
        (" python ", "python_tool"),
    ],
)
def test_an_alias_reads_like_its_name(name: str, alias: str) -> None:
    names = ToolNames([name])
    assert names.aliases == {name: alias}
    assert repr(names) == f"ToolNames({ {name: alias} })"


@pytest.mark.parametrize("name", ["search", "get-weather", "getWeather2", "2fa", "_", "python3", "Python", "x" * 64])
def test_a_usual_name_stays(name: str) -> None:
    names = ToolNames([name])
    assert names.aliases == {}
    assert names.alias(name) == name == names.original(name)


@pytest.mark.parametrize("name", RESERVED)
def test_a_name_that_means_something_else_has_an_alias(name: str) -> None:
    assert list(ToolNames([name, "search"]).aliases) == [name]


def test_names_of_the_same_letters_are_told_apart_by_a_digest() -> None:
    names = ToolNames(["get weather", "get.weather", "get_weather"])
    assert list(names.aliases) == ["get weather", "get.weather"]
    assert all(re.fullmatch("get_weather_[0-9a-f]{6}", alias) for alias in names.aliases.values())


@TRIES
@example(["get weather", "get.weather"])
@example(["get weather", "get.weather", ALIAS.replace("_", ".")])
@example(["get weather", "get.weather", ALIAS])
@given(st.lists(NAMES, max_size=12))
def test_every_name_comes_back_and_no_two_are_the_same(given: list[str]) -> None:
    names = ToolNames(given)
    seen = {name: names.alias(name) for name in given}
    assert len(set(seen.values())) == len(seen)
    for name, alias in seen.items():
        assert names.original(alias) == name
        assert names.original(FRAMING.function_namespace + FRAMING.tool_word_holds + alias) == name
        assert names.alias(alias) == alias
        assert re.fullmatch("[A-Za-z0-9_-]{1,64}", alias)
        assert alias not in RESERVED
    for name, alias in names.aliases.items():
        assert IDENTIFIER.fullmatch(alias)
        assert alias not in given
        assert seen[name] == alias != name


@TRIES
@given(st.lists(NAMES, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter(given: list[str], random: Any) -> None:
    before = dict(ToolNames(given).aliases)
    random.shuffle(given)
    assert ToolNames([*given, *given]).aliases == before


@TRIES
@given(st.lists(NAMES, max_size=12), NAMES)
def test_a_further_name_changes_only_an_alias_that_it_would_have_itself(given: list[str], further: str) -> None:
    assume(further not in given)
    before, after = ToolNames(given), ToolNames([*given, further])
    changed = {before.alias(name) for name in given if after.alias(name) != before.alias(name)}
    assert changed <= {ToolNames([further]).alias(further)}


def test_where_every_likely_alias_is_taken_another_is_found() -> None:
    taken: list[str] = []
    for _ in range(5):
        alias = ToolNames(["get weather", *taken]).alias("get weather")
        assert alias not in taken
        taken.append(alias)
    assert re.fullmatch("get_weather_[0-9a-f]{12}", taken[-1])


def test_a_huge_name_has_an_alias_soon() -> None:
    names = ToolNames(["a b" * 100_000, "a b" * 100_001])
    assert {len(alias) for alias in names.aliases.values()} == {64}


# what the model sees --------------------------------------------------------------------------------


def call(recipient: str) -> Message:
    return Message(Author(Role.ASSISTANT), [TextContent("{}")], "commentary", recipient, "json")


def result(name: str) -> Message:
    return Message(Author(Role.TOOL, name), [TextContent("12")], "commentary", "assistant")


def used(given: list[str]) -> Conversation:
    """A conversation that declares tools, and in which each is called."""
    content = DeveloperContent.new().with_function_tools([ToolDescription(name, "Does it.") for name in given])
    calls = [made for name in given for made in (call(f"functions.{name}"), result(f"functions.{name}"))]
    system = Message.from_role_and_content(Role.SYSTEM, SystemContent.new().with_python_tool())
    others = [Message.from_role_and_content(Role.USER, "functions.python"), call("python"), result("python")]
    return Conversation.from_messages([system, Message.from_role_and_content(Role.DEVELOPER, content), *others, *calls])


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(NAMES, max_size=6, unique=True))
def test_what_is_written_with_aliases_is_read_and_restored(given: list[str]) -> None:
    names, conversation = ToolNames(given), used(given)
    unchanged = copy.deepcopy(conversation)
    aliased = names.conversation(conversation)
    assert conversation == unchanged
    assert names.conversation(aliased) == aliased
    assert names.restore(aliased.messages) == conversation.messages
    encoding = load_harmony_encoding("HarmonyGptOss")
    tokens = encoding.render_conversation(aliased, RenderConversationConfig(False, schema="full"))
    _, developer, *messages = encoding.parse_messages_from_completion_tokens(tokens, strict="pedantic")
    for name in given:
        assert f"type {names.alias(name)} = () => any;" in developer.text
    assert names.restore(messages) == conversation.messages[2:]


def test_calls_of_built_in_tools_and_texts_stay() -> None:
    conversation = ToolNames(["python"]).conversation(used(["python"]))
    assert [message.recipient for message in conversation.messages[2:]] == [
        *(None, "python", "assistant"),
        *("functions.python_tool", "assistant"),
    ]
    assert [message.author.name for message in conversation.messages[4:]] == ["python", None, "functions.python_tool"]
    assert conversation.messages[2].text == "functions.python"
    assert conversation.messages[0] == used([]).messages[0]


def test_tools_are_renamed_in_copies_of_their_own_class() -> None:
    class Mine(ToolDescription):
        pass

    given = [Mine("python", "Runs.", {"type": "object"}), Mine("search", "Finds.")]
    names = ToolNames(given)
    renamed = names.tools(given)
    assert renamed == [Mine("python_tool", "Runs.", {"type": "object"}), given[1]]
    assert [type(tool) for tool in renamed] == [Mine, Mine]
    assert renamed[1] is given[1]
    assert given[0].name == "python"
    assert names.tools(renamed) == renamed


def test_only_the_namespace_of_functions_is_renamed_wherever_it_is() -> None:
    tools = [ToolDescription("python", "Runs.")]
    held = {"a": ToolNamespaceConfig("functions", None, tools), "b": ToolNamespaceConfig("server", None, tools)}
    message = Message.from_role_and_content(Role.DEVELOPER, DeveloperContent("i", held))
    (content,) = ToolNames(tools).conversation(Conversation([message])).messages[0].content
    assert content == DeveloperContent(
        "i", {"a": ToolNamespaceConfig("functions", None, [ToolDescription("python_tool", "Runs.")]), "b": held["b"]}
    )
    assert message.content == [DeveloperContent("i", held)]


def test_an_undeclared_name_stays_unless_it_needs_an_alias() -> None:
    names = ToolNames(["python"])
    conversation = Conversation([call("functions.other"), result("functions.other"), call("browser.search")])
    assert names.conversation(conversation) == conversation
    assert names.original("functions.other") == names.original("other") == "other"
    assert names.original("unknown name") == "unknown name"


# errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"messages": [call("functions.python"), call("functions.a b")]}, "messages[1].recipient: no alias for 'a b'"),
        ({"messages": [result("functions.final")]}, "messages[0].author.name: no alias for 'final'"),
        (
            {"messages": used(["python", "browser"]).messages[1:2]},
            "messages[0].content[0].tools['functions'].tools[1].name: no alias for 'browser'",
        ),
    ],
    ids=["recipient", "author", "tool"],
)
def test_a_name_without_an_alias_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueError, match=re.escape(place)):
        ToolNames(["python"]).conversation(Conversation(**change))


def test_what_is_no_name_is_refused() -> None:
    names: Any = ToolNames
    with pytest.raises(TypeError, match=r"tools\[1\]: expected a name, or a tool with a name, not int"):
        names(["a", 5])
    with pytest.raises(TypeError, match="expected several names, not a single one"):
        names("python")
    with pytest.raises(ValueError, match="no alias for 'a b': it is not among the names"):
        ToolNames([]).alias("a b")
    with pytest.raises(ValueError, match=r"tools\[1\]\.name: no alias for 'a b'"):
        ToolNames([]).tools([ToolDescription("a", ""), ToolDescription("a b", "")])
    with pytest.raises(TypeError, match="argument 'conversation': expected a Conversation, not list"):
        names([]).conversation([])
    with pytest.raises(TypeError, match=r"argument 'messages\[0\]': expected a Message, not str"):
        names([]).restore(["a"])


def test_aliases_are_read_only_and_names_travel() -> None:
    names = ToolNames(["python"])
    aliases: Any = names.aliases
    with pytest.raises(TypeError):
        aliases["python"] = "x"
    assert pickle.loads(pickle.dumps(names)).aliases == copy.deepcopy(names).aliases == names.aliases
