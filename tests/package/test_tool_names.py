"""Aliases of tools: every name comes back, no two are the same, and a model's call of one is read as it was written."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
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


def test_recipients_and_authors_that_a_model_made_up_stay() -> None:
    names = ToolNames(["python"])
    made_up = ["other", "get.weather", "multi_tool_use.parallel", "final", "a b", ""]
    messages = [made for name in made_up for made in (call(f"functions.{name}"), result(f"functions.{name}"))]
    conversation = Conversation([*messages, call("browser.search")])
    assert names.conversation(conversation) == conversation
    assert names.original("functions.other") == names.original("other") == "other"
    assert names.original("unknown name") == "unknown name"


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4))
def test_whatever_a_model_calls_the_next_prompt_is_made(given: list[str], called: list[str]) -> None:
    names = ToolNames(given)
    sampled = names.restore([call(f"functions.{name}") for name in called])
    again = names.conversation(Conversation(sampled))
    assert names.restore(again.messages) == sampled


# errors ---------------------------------------------------------------------------------------------


def test_a_declared_tool_without_an_alias_is_refused_with_its_place() -> None:
    place = "messages[0].content[0].tools['functions'].tools[1].name: no alias for 'browser'"
    with pytest.raises(ValueError, match=re.escape(place)):
        ToolNames(["python"]).conversation(Conversation(used(["python", "browser"]).messages[1:2]))


def broken(**fields: Any) -> Conversation:
    """A conversation whose second message has a field of the wrong type."""
    message = call("functions.python")
    message.__dict__.update(fields)
    return Conversation.model_construct(messages=[call("python"), message])


class Fake:
    name = "fake"


HINT = "; ToolDescription.from_openai makes a tool of it"
OPENAI = {"type": "function", "function": {"name": "python"}}
NAMES_OF_PYTHON: Any = ToolNames(["python"])
HELD = DeveloperContent("i", {"a": ToolNamespaceConfig("functions", None, [])})
(HELD.tools or {})["a"].tools = 5  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("use", "told"),
    [
        (lambda names: ToolNames(None), "argument 'tools': expected several names or tools, not NoneType"),  # type: ignore[arg-type]
        (lambda names: ToolNames("python"), "argument 'tools': expected several names or tools, not str"),
        (lambda names: ToolNames(OPENAI), "argument 'tools': expected several names or tools, not dict"),
        (lambda names: ToolNames(["a", 5]), "tools[1]: expected a name, or a tool with a name, not int"),  # type: ignore[list-item]
        (
            lambda names: ToolNames([OPENAI]),  # type: ignore[list-item]
            f"tools[0]: expected a name, or a tool with a name, not dict{HINT}",
        ),
        (lambda names: names.alias(None), "argument 'name': expected a str, not NoneType"),
        (lambda names: names.alias([]), "argument 'name': expected a str, not list"),
        (lambda names: names.original(None), "argument 'alias': expected a str, not NoneType"),
        (lambda names: names.tools(None), "argument 'tools': expected several tools, not NoneType"),
        (lambda names: names.tools(["python"]), "tools[0]: expected a tool, not str"),
        (lambda names: names.tools([Fake()]), "tools[0]: expected a tool, not Fake"),
        (
            lambda names: names.tools([OPENAI]),
            f"tools[0]: expected a tool, not dict{HINT}",
        ),
        (lambda names: names.restore(None), "argument 'messages': expected several messages, not NoneType"),
        (lambda names: names.restore(broken()), "argument 'messages': expected several messages, not Conversation"),
        (lambda names: names.restore(["a"]), "argument 'messages[0]': expected a Message, not str"),
        (lambda names: names.conversation([]), "argument 'conversation': expected a Conversation, not list"),
        (
            lambda names: names.conversation(broken(author=None)),
            "argument 'messages[1].author': expected an Author, not NoneType",
        ),
        (
            lambda names: names.conversation(broken(content="a")),
            "argument 'messages[1].content': expected a list of contents, not str",
        ),
        (
            lambda names: names.conversation(broken(content=[TextContent("a"), "b"])),
            "argument 'messages[1].content[1]': expected a Content, not str",
        ),
        (
            lambda names: names.conversation(broken(content=[HELD])),
            "argument 'messages[1].content[0].tools['a'].tools': expected a list of tools, not int",
        ),
    ],
)
def test_what_is_of_the_wrong_type_is_refused_with_its_place(use: Callable[[Any], object], told: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(told)}$"):
        use(NAMES_OF_PYTHON)


def test_a_name_that_needs_an_alias_and_has_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no alias for 'a b': it is not among the names"):
        ToolNames([]).alias("a b")
    with pytest.raises(ValueError, match=r"tools\[1\]\.name: no alias for 'a b'"):
        ToolNames([]).tools([ToolDescription("a", ""), ToolDescription("a b", "")])


def test_aliases_are_read_only_and_names_travel() -> None:
    names = ToolNames(["python"])
    aliases: Any = names.aliases
    with pytest.raises(TypeError):
        aliases["python"] = "x"
    assert pickle.loads(pickle.dumps(names)).aliases == copy.deepcopy(names).aliases == names.aliases
