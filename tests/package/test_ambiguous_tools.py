"""`on_ambiguous="error"` and tools: names that cannot be declared, and texts of schemas that would be code."""

from __future__ import annotations

from typing import Any

import pytest

from openai_harmony import (
    DeveloperContent,
    Message,
    RenderConversationConfig,
    Role,
    SystemContent,
    ToolDescription,
    ToolNamespaceConfig,
)
from tests.support.refusals import ERROR, refusal
from tests.support.roles import USER as HUMAN

pytestmark = pytest.mark.shipped

USER = Message.from_role_and_content(HUMAN, "Hello")
FULL = RenderConversationConfig(on_ambiguous="error", schema="full")


def declared(*tools: ToolDescription, named: str = "functions", about: str | None = None) -> Message:
    namespace = ToolNamespaceConfig(named, about, list(tools))
    return Message.from_role_and_content(Role.DEVELOPER, DeveloperContent.new().with_tools(namespace))


def tool(named: str = "f", about: str = "Does f.", /, **city: Any) -> ToolDescription:
    """A tool with one argument, `city`, of which something is said."""
    schema = {"type": "object", "properties": {"city": {"type": "string", **city}}} if city else None
    return ToolDescription(named, about, schema)


@pytest.mark.parametrize("config", [ERROR, FULL], ids=["reference", "full"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("user", "as the author of a result, a parser reads author.role 'user', author.name None"),
        ("final", "as the author of a result, a parser does not accept 'final'"),
        ("analysisfinal", "as the author of a result, a parser does not accept 'analysisfinal'"),
        ("user:bob", "as the author of a result, a parser reads author.role 'user', author.name 'bob'"),
        ("get weather", "a name is one word without signs of code"),
        ("f\ntype g", "a name is one word without signs of code"),
        ("f = () => any; //", "a name is one word without signs of code"),
        ("<|end|>", "a name is one word without signs of code"),
        ("", "a name is one word without signs of code"),
    ],
)
def test_a_tool_that_no_call_could_name_is_refused(config: RenderConversationConfig, name: str, why: str) -> None:
    at = "messages[1].content[0].tools['functions'].tools[1].name"
    assert refusal(USER, declared(tool(), tool(name)), config=config) == f"{at}: {name!r} cannot be declared: {why}"


def test_a_namespace_that_no_call_could_name_is_refused() -> None:
    at = "messages[0].content[0].tools"
    for name, why in (("a b", "a name is one word without signs of code"), ("final", "as the author of a result")):
        assert refusal(declared(named=name)).startswith(f"{at}[{name!r}].name: {name!r} cannot be declared: {why}")
    assert not refusal(declared(tool(), named="final"))  # only `final.f` is called
    why = "'f' cannot be declared: as the author of a result, a parser reads author.role 'user', author.name 'bob.f'"
    assert refusal(declared(tool(), named="user:bob")) == f"{at}['user:bob'].tools[0].name: {why}"
    why = "'all' cannot be declared: as the recipient of a call, it is not rendered"
    assert refusal(declared(named="all")) == f"{at}['all'].name: {why}"
    assert not refusal(declared(tool("all"), named="all"))


@pytest.mark.parametrize("name", ["f", "get_weather", "get-weather", "a.b", "名前", "json", "python", "x1"])
def test_a_tool_that_a_call_can_name_is_declared(name: str) -> None:
    assert not refusal(declared(tool(name)))
    assert not refusal(declared(tool(name)), config=FULL)


BUILT_IN = SystemContent.new().with_browser_tool().with_python_tool()


@pytest.mark.parametrize("config", [ERROR, FULL], ids=["reference", "full"])
def test_built_in_tools_are_declared(config: RenderConversationConfig) -> None:
    assert not refusal(Message.from_role_and_content(Role.SYSTEM, BUILT_IN), config=config)


ESCAPING: dict[str, tuple[dict[str, Any], str, str]] = {
    "description": ({"description": "A.\nB"}, "/properties/city/description", "A.\nB"),
    "title": ({"title": "A\u2028B"}, "/properties/city/title", "A\u2028B"),
    "default": ({"default": "A\rB"}, "/properties/city/default", "A\rB"),
    "default within": ({"default": {"a": ["\x85x"]}}, "/properties/city/default/a/0", "\x85x"),
    "key of a default": ({"default": {"\u2029x": 1}}, "/properties/city/default/\\u2029x", "\u2029x"),
    "example": ({"examples": ["a", "b\nc"]}, "/properties/city/examples/1", "b\nc"),
    "quote": ({"enum": ["a", 'b" | "c']}, "/properties/city/enum/1", 'b" | "c'),
    "escaped quote": ({"enum": ["a\\", "b"]}, "/properties/city/enum/0", "a\\"),
    "line end in quotes": ({"enum": ["a\nb"]}, "/properties/city/enum/0", "a\nb"),
    "type": ({"type": ["string", "x }) => any; //"]}, "/properties/city/type/1", "x }) => any; //"),
    "name": ({"type": "object", "properties": {"a: b, c": {}}}, "/properties/city/properties/a: b, c", "a: b, c"),
    "comment in a name": ({"type": "object", "properties": {"a//": {}}}, "/properties/city/properties/a~1~1", "a//"),
    "variant": ({"oneOf": [{"type": "string", "description": "A\nB"}]}, "/properties/city/oneOf/0/description", "A\nB"),
}  # fmt: skip


@pytest.mark.parametrize("case", ESCAPING)
def test_text_of_a_schema_that_would_be_code_is_refused_with_its_pointer(case: str) -> None:
    schema, pointer, text = ESCAPING[case]
    refused = declared(tool("g", "Fine.", description="Fine, too: (a) \"b\" // c"), tool(**schema))  # fmt: skip
    at = "messages[0].content[0].tools['functions'].tools[1].parameters#"
    why = 'cannot be rendered as a text: it would be code of a declaration, unless config.schema is "full"'
    assert refusal(refused) == f"{at}{pointer}: {text!r} {why}"


@pytest.mark.parametrize("case", sorted(ESCAPING.keys() - {"type"}))
def test_in_full_such_a_text_is_harmless(case: str) -> None:
    assert not refusal(declared(tool(**ESCAPING[case][0])), config=FULL)


@pytest.mark.parametrize(
    "harmless",
    [
        tool("f", 'Line\nline\r\n"x" { } ; // \u2028 type g = () => any;'.replace("\u2028", "")),
        tool(description='The city: "x", (y) or {z}; see https://example.org/a?b=c // and */'),
        tool(description="The end.\n"),
        tool(enum=["a (b)", "c: d", "https://example.org", "{}", "\\d+"]),
        tool(pattern='^(?:\\d|"[^"]*")\n$', minLength=2),  # is not written
        tool(type="object", properties={"x-y": {}, "the place": {}, "a.b/c": {}, "$ref": {"type": "string"}}),
        tool(oneOf=[{"type": "string", "description": "x: y"}, {"type": "null"}]),
    ],
)
def test_text_that_stays_in_its_comment_or_in_quotes_is_written(harmless: ToolDescription) -> None:
    assert not refusal(declared(harmless, about="These:\n(a) \"b\" // c"))  # fmt: skip


def test_the_description_of_a_namespace_without_tools_is_no_comment_and_no_code() -> None:
    assert not refusal(declared(named="notes", about='Plain text:\n"a" (b) { c }; // d'))


def test_descriptions_of_tools_and_namespaces_count_too() -> None:
    at = "messages[0].content[0].tools['functions']"
    assert refusal(declared(tool("f", "A\u2028B"))).startswith(f"{at}.tools[0].description: 'A\\u2028B' cannot")
    assert refusal(declared(tool(), about="A\rB")).startswith(f"{at}.description: 'A\\rB' cannot")


def test_two_texts_cannot_make_up_for_each_other() -> None:
    """One text adds the line of code that another one removes: what is declared is still not what was given."""
    properties = {"//y": {"type": "string"}, "x": {"type": "string", "description": "\n__z?: string,"}}
    assert "#/properties/city/properties" in refusal(declared(tool(type="object", properties=properties)))


def test_tools_that_changed_since_are_checked_again() -> None:
    given = declared(tool(description="Fine."))
    assert not refusal(given)
    content: Any = given.content[0]
    content.tools["functions"].tools[0].parameters["properties"]["city"]["description"] = "A\nB"
    assert refusal(given)
    content.tools["functions"].tools[0].parameters["properties"]["city"]["description"] = "Fine."
    assert not refusal(given)
