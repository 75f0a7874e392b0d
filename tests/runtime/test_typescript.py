"""What tools look like in a prompt, oddities included; the expected texts were recorded from the reference library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from openai_harmony._runtime.writing.typescript import TypePrinter, tools_text
from openai_harmony._runtime.writing.wording import Wording

WORDING = Wording(
    tools_heading="# Tools",
    namespace_heading="## {name}",
    namespace_open="namespace {name} {",
    namespace_close="} // namespace {name}",
    comment="// {text}",
    blank_comment="//",
    beside=" ",
    tool_without_parameters="type {name} = () => any;",
    tool_with_parameters="type {name} = (_: {type}) => any;",
    any_type="any",
    types={"string": "string", "number": "number", "integer": "number", "boolean": "boolean"},
    array_type="{type}[]",
    array_without_items="Array<any>",
    null_type="null",
    union=" | ",
    quoted='"{text}"',
    object_open="{",
    object_close="}",
    indent="    ",
    variant_indent="   ",
    required_property="{name}: {type},",
    optional_property="{name}?: {type},",
    required_variants="{name}:",
    optional_variants="{name}?:",
    examples_heading="Examples:",
    example="- {text}",
    default="default: {text}",
    exponent="e",
    variant=" | {type}",
    variants_end=",",
    never_type="never",
    group="({type})",
    intersection=" & ",
    tuple="[{text}]",
    tuple_break=", ",
    optional_item="{type}?",
    further_items="...{type}[]",
    other_property="[key: string]: {type},",
    key_pattern="keys match {text}",
    no_other_property="no other properties",
    remark="{name}: {text}",
    remark_break=", ",
    whole_number="integer",
    of_items="items: {text}",
    of_item="[{name}]: {text}",
    exactly_one="exactly one of these",
    defined="defines {name}",
    referred="as {name}",
)


@dataclass
class Tool:
    name: str
    description: str = ""
    parameters: dict[str, Any] | None = None


@dataclass
class Namespace:
    name: str
    description: str | None = None
    tools: Sequence[Tool] = field(default_factory=list)


def text_of(schema: object) -> str:
    return TypePrinter(WORDING).type_text(schema)


def lines_of_property(schema: object, required: bool = True) -> list[str]:
    """The lines that stand for the property `p`."""
    parameters = {"type": "object", "properties": {"p": schema}, "required": ["p"] if required else []}
    lines = text_of(parameters).split("\n")
    assert (lines[0], lines[-1]) == ("{", "}")
    return lines[1:-1]


# Namespaces and tools ----------------------------------------------------------------------------


def test_a_namespace_lists_its_tools_in_their_order_with_their_comments() -> None:
    tools = [Tool("g", "Does g.\nTwice."), Tool("f"), Tool("g", "again", {"type": "object", "properties": {}})]
    assert tools_text({"functions": Namespace("functions", "All of it.\n\nReally.", tools)}, WORDING).split("\n") == [
        "# Tools",
        "",
        "## functions",
        "",
        "// All of it.",
        "// ",
        "// Really.",
        "namespace functions {",
        "",
        "// Does g.",
        "// Twice.",
        "type g = () => any;",
        "",
        "type f = () => any;",
        "",
        "// again",
        "type g = (_: {",
        "}) => any;",
        "",
        "} // namespace functions",
    ]


def test_no_namespaces_are_no_section() -> None:
    assert tools_text({}, WORDING) == ""


def test_a_namespace_without_tools_is_its_bare_description() -> None:
    assert tools_text({"x": Namespace("x", "a\r\r\nb\n\n")}, WORDING) == "# Tools\n\n## x\n\na\r\nb\n"


@pytest.mark.parametrize("description", [None, ""])
def test_a_namespace_with_nothing_to_say_still_has_the_line_below_its_heading(description: str | None) -> None:
    namespaces = {"x": Namespace("x", description), "y": Namespace("y", "Y")}
    assert tools_text(namespaces, WORDING) == "# Tools\n\n## x\n\n\n## y\n\nY"


def test_namespaces_are_sorted_by_the_bytes_of_their_keys_and_headed_by_their_names() -> None:
    keys = ["b", "\U00010000", "a", "\uffff", "B"]
    text = tools_text({key: Namespace(f"is {key}") for key in keys}, WORDING)
    headings = [line for line in text.split("\n") if line.startswith("## ")]
    assert headings == ["## is B", "## is a", "## is b", "## is \uffff", "## is \U00010000"]


def test_only_a_line_feed_ends_a_line_of_a_description() -> None:
    description = "a\r\nb\rc\u2028d\x0be\x85f\n\ng\r"
    text = tools_text({"x": Namespace("x", description, [Tool("f", description)])}, WORDING)
    comments = "// a\n// b\rc\u2028d\x0be\x85f\n// \n// g\r\n"
    assert text == (
        f"# Tools\n\n## x\n\n{comments}namespace x {{\n\n{comments}type f = () => any;\n\n}} // namespace x"
    )


def test_a_lone_line_feed_is_one_empty_comment() -> None:
    text = tools_text({"x": Namespace("x", "\n", [Tool("f", "\n")])}, WORDING)
    assert text == "# Tools\n\n## x\n\n// \nnamespace x {\n\n// \ntype f = () => any;\n\n} // namespace x"


def test_names_that_look_like_placeholders_are_printed_as_they_are() -> None:
    tool = Tool(
        "{type}", "{text}", {"type": "object", "properties": {"{name}{": {"type": "string", "default": "{0}%s"}}}
    )
    assert tools_text({"a": Namespace("{name}", "{}", [tool])}, WORDING) == (
        "# Tools\n\n## {name}\n\n// {}\nnamespace {name} {\n\n// {text}\ntype {type} = (_: {\n"
        '{name}{?: string, // default: "{0}%s"\n'
        "}) => any;\n\n} // namespace {name}"
    )


def test_surrogate_pairs_are_joined_in_every_name_and_description() -> None:
    pair = "\ud83d\ude00"
    tool = Tool(pair, pair, {"type": "object", "properties": {pair: {"description": pair}}})
    text = tools_text({pair: Namespace(pair, pair, [tool])}, WORDING)
    assert text.count("😀") == 8
    assert text.encode()


@pytest.mark.parametrize(
    "namespaces",
    [
        {"\ud800": Namespace("x")},
        {"x": Namespace("\ud800")},
        {"x": Namespace("x", "\ud800")},
        {"x": Namespace("x", "", [Tool("\ud800")])},
        {"x": Namespace("x", "", [Tool("f", "\ud800")])},
    ],
)
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(namespaces: dict[str, Namespace]) -> None:
    with pytest.raises(ValueError, match=r"^invalid message JSON: unexpected end of hex escape"):
        tools_text(namespaces, WORDING)


@pytest.mark.parametrize("parameters", [{"default": float("nan")}, {"x": "\ud800"}, {"x": 10**400}])
def test_a_complaint_about_parameters_names_the_tool(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^invalid message JSON: .* \(in the parameters of the tool 'find'\)$"):
        tools_text({"x": Namespace("x", None, [Tool("find", "", parameters)])}, WORDING)


def test_every_string_comes_from_the_wording() -> None:
    marks = {name: f"<{name}>" for name in Wording._fields}
    holes = {
        name: f"<{name} {WORDING._asdict()[name]}>" for name in Wording._fields if "}" in str(getattr(WORDING, name))
    }
    kinds = {"string": "<s>", "number": "<n>", "integer": "<i>", "boolean": "<b>"}
    wording = Wording(**{**marks, **holes, "types": kinds})  # type: ignore[arg-type]
    variants = {"oneOf": [{"type": "integer", "default": 1e20}, {"type": ["boolean", "x"], "nullable": True}]}
    properties = {
        "a": {"type": "string", "enum": ["u", "v"], "examples": ["w"], "title": "t"},
        "b": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "array"}}}},
        "d": variants,
        "e": {"oneOf": [variants]},
    }
    parameters = {"type": "object", "properties": properties, "required": ["a", "d"]}
    tools = [Tool("f", "", {}), Tool("g", "", parameters), Tool("h")]
    text = tools_text({"x": Namespace("x", None, tools)}, wording)
    unseen = [name for name in Wording._fields if f"<{name}" not in text]
    assert unseen == ["types", *Wording._fields[Wording._fields.index("variants_end") + 1 :]]  # the full mode's
    assert all(kind in text for kind in ("<i>", "<b>"))


# Kinds of schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "string"),
        ({"type": "number"}, "number"),
        ({"type": "integer"}, "number"),
        ({"type": "boolean", "enum": [True]}, "boolean"),
        ({"type": "array"}, "Array<any>"),
        ({"type": "array", "items": {}}, "any[]"),
        ({"type": "array", "items": None}, "any[]"),
        ({"type": "array", "items": [{"type": "string"}]}, "any[]"),
        ({"type": "array", "items": {"type": "integer"}}, "number[]"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, "string[][]"),
    ],
)
def test_a_type_is_named(schema: object, text: str) -> None:
    assert text_of(schema) == text


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": {"a": {"type": "string"}}},
        {"type": "null"},
        {"type": "weird"},
        {"type": None},
        {"type": 5},
        {"type": {"string": 1}},
        {"type": []},
        {"type": [5, None]},
        {"enum": ["a"]},
        {"const": 1},
        {"$ref": "#/$defs/x"},
        {"anyOf": [{"type": "string"}]},
        {"allOf": [{"type": "string"}]},
        True,
        None,
        "string",
        [{"type": "string"}],
    ],
)
def test_what_says_no_known_type_is_any(schema: object) -> None:
    assert text_of(schema) == "any"
    assert lines_of_property(schema) == ["p: any,"]


def test_a_list_of_types_is_a_union_of_the_words_as_they_stand() -> None:
    words = ["string", "null", "integer", "object", "array", "weird", 5]
    assert text_of({"type": words, "enum": ["x"]}) == "string | null | number | object | array | weird"
    assert text_of({"type": ["object"], "properties": {"a": {}}}) == "object"
    assert text_of({"type": [""]}) == ""


def test_choices_are_quoted_without_escapes_and_only_texts_count() -> None:
    assert text_of({"type": "string", "enum": ["a", 1, 'q"\\\n', None]}) == '"a" | "q"\\\n"'
    assert text_of({"type": "string", "enum": [1, 2]}) == "string"
    assert text_of({"type": "string", "enum": {"a": 1}}) == "string"
    assert text_of({"type": "integer", "enum": ["a"]}) == "number"


def test_a_union_in_an_array_has_no_parentheses() -> None:
    assert text_of({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}) == '"a" | "b"[]'
    assert text_of({"type": "array", "items": {"type": ["string", "null"]}}) == "string | null[]"


def test_what_items_say_beside_their_type_is_not_shown() -> None:
    items = {"type": "string", "nullable": True, "description": "D", "default": "q"}
    assert text_of({"type": "array", "items": items}) == "string[]"


# Objects and properties ----------------------------------------------------------------------------


def test_properties_keep_their_order_and_strangers_in_required_are_ignored() -> None:
    schema = {"type": "object", "properties": {"z": {}, "a": {}, "M": {}}, "required": ["a", "nope", 5]}
    assert text_of(schema) == "{\nz?: any,\na: any,\nM?: any,\n}"


@pytest.mark.parametrize("odd", [None, "p", {"p": 1}, 5, True])
def test_odd_required_and_odd_properties_count_as_none(odd: object) -> None:
    assert text_of({"type": "object", "properties": {"p": {}}, "required": odd}) == "{\np?: any,\n}"
    if not isinstance(odd, dict):
        assert text_of({"type": "object", "properties": odd}) == "{\n}"


def test_an_object_says_its_description_again_before_its_brace_and_closes_at_its_own_indent() -> None:
    inner = {"type": "object", "description": "I", "properties": {"a": {"type": "string", "description": "A"}}}
    outer = {"type": "object", "description": "O", "properties": {"i": inner}}
    assert lines_of_property(outer) == [
        "// O",
        "p:     // O",
        "{",
        "    // I",
        "    i?:         // I",
        "{",
        "        // A",
        "        a?: string,",
        "        },",
        "    },",
    ]
    assert text_of(outer).startswith("// O\n{\n// I\ni?:     // I\n{\n")


def test_objects_in_arrays_stand_at_the_indent_of_the_array() -> None:
    items = {"type": "object", "description": "D", "properties": {"a": {"type": "string"}}}
    assert lines_of_property({"type": "array", "items": items}) == ["p:     // D", "{", "    a?: string,", "    }[],"]


def test_comments_stand_above_a_property_in_the_order_title_description_examples() -> None:
    schema = {"examples": ["a", 1, 'b"c'], "description": "D\nE", "title": "T", "type": "string"}
    above = ["// T", "//", "// D", "E", "// Examples:", '// - "a"', '// - "b"c"']
    assert lines_of_property(schema, required=False) == [*above, "p?: string,"]


def test_empty_comments_are_still_written() -> None:
    assert lines_of_property({"type": "string", "title": "", "description": ""}) == ["// ", "//", "// ", "p: string,"]


def test_examples_without_a_text_leave_their_heading_and_no_examples_leave_nothing() -> None:
    assert lines_of_property({"examples": [1, None]}) == ["// Examples:", "p: any,"]
    assert lines_of_property({"examples": []}) == ["p: any,"]
    assert lines_of_property({"examples": "x"}) == ["p: any,"]


def test_title_and_description_that_are_no_text_are_ignored() -> None:
    assert lines_of_property({"type": "object", "title": 5, "description": ["x"]}) == ["p: {", "    },"]


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({"type": "string", "nullable": True}, "p: string | null,"),
        ({"type": "string", "nullable": False}, "p: string,"),
        ({"type": "string", "nullable": 1}, "p: string,"),
        ({"type": ["string", "null"], "nullable": True}, "p: string | null,"),
        ({"type": "string", "enum": ["nullish"], "nullable": True}, 'p: "nullish",'),
        ({"type": "array", "nullable": True}, "p: Array<any> | null,"),
    ],
)
def test_a_nullable_property_says_null_once(schema: object, line: str) -> None:
    assert lines_of_property(schema) == [line]


def test_the_name_of_an_inner_property_can_suppress_null() -> None:
    schema = {"type": "object", "properties": {"nul": {}}, "nullable": True}
    assert lines_of_property(schema)[-1] == "    } | null,"
    schema["properties"] = {"nullish": {}}
    assert lines_of_property(schema)[-1] == "    },"


def test_nullable_parameters_are_not_shown_as_such() -> None:
    assert text_of({"type": "string", "nullable": True}) == "string"


@pytest.mark.parametrize(
    ("schema", "comment"),
    [
        ({"default": "x"}, '"x"'),
        ({"default": 'q"\\'}, '"q"\\"'),
        ({"default": 1}, "1"),
        ({"default": 1.0}, "1.0"),
        ({"default": None}, "null"),
        ({"default": [1, "a\n", None, 2.5]}, '[1,"a\\n",null,2.5]'),
        ({"default": {"b": 1, "a": {"c": []}}}, '{"b":1,"a":{"c":[]}}'),
        ({"default": "a", "enum": ["a", "b"]}, "a"),
        ({"default": "a", "enum": [1]}, "a"),
        ({"default": "a", "enum": []}, '"a"'),
        ({"default": "a", "enum": "abc"}, '"a"'),
        ({"default": 5, "enum": ["a"]}, "5"),
    ],
)
def test_a_default_stands_behind_the_property(schema: object, comment: str) -> None:
    assert lines_of_property(schema) == [f"p: any, // default: {comment}"]


def test_an_object_has_its_default_behind_its_closing_brace() -> None:
    assert lines_of_property({"type": "object", "default": {"x": 1}}) == ["p: {", '    }, // default: {"x":1}']


# Variants --------------------------------------------------------------------------------------------

TWO_VARIANTS = [
    {"type": "string", "description": "S", "default": "d"},
    {"type": "number", "nullable": True, "default": 1.0},
]


def test_variants_of_a_property_stand_on_lines_of_their_own() -> None:
    lines = ["p:", ' | string // S default: "d"', " | number | null // default: 1.0", ","]
    assert lines_of_property({"oneOf": TWO_VARIANTS}) == lines
    assert lines_of_property({"oneOf": TWO_VARIANTS, "nullable": True, "type": "string"}) == lines
    assert lines_of_property({"oneOf": TWO_VARIANTS}, required=False) == ["p?:", *lines[1:]]
    assert lines_of_property({"oneOf": []}) == ["p:", ","]


def test_the_description_of_a_property_silences_its_first_variant_and_all_that_say_the_same() -> None:
    numbers = [{"type": "number", "description": "Prop"}, {"type": "boolean", "description": "Other"}]
    variants = [*TWO_VARIANTS, *numbers]
    assert lines_of_property({"oneOf": variants, "description": "Prop"}) == [
        "// Prop",
        "p:",
        ' | string // default: "d"',
        " | number | null // default: 1.0",
        " | number",
        " | boolean // Other",
        ",",
    ]


def test_a_description_that_the_first_variant_repeats_is_printed_nowhere() -> None:
    lines = lines_of_property({"oneOf": [{"description": "S"}, {"description": "S"}], "description": "S"})
    assert lines == ["p:", " | any", " | any", ","]


def test_a_property_with_variants_has_its_description_and_default_above_but_below_the_examples() -> None:
    schema = {"oneOf": [{}], "title": "T", "description": "D", "examples": ["e"], "default": "x", "enum": ["x"]}
    above = ["// T", "//", "// Examples:", '// - "e"', "// D", "// default: x"]
    assert lines_of_property(schema) == [*above, "p:", " | any", ","]
    assert lines_of_property({"oneOf": [], "default": "x"})[0] == '// default: "x"'


@pytest.mark.parametrize("odd", ["x", None, {}, 5])
def test_variants_that_are_no_list_hide_the_description_and_the_default(odd: object) -> None:
    schema = {"oneOf": odd, "type": "string", "title": "T", "description": "D", "default": "q", "nullable": True}
    assert lines_of_property(schema) == ["// T", "//", "p: string | null,"]


def test_variants_can_be_of_any_kind() -> None:
    inner = {"type": "object", "description": "O", "properties": {"k": {"type": "string", "description": "K"}}}
    choice = {"type": "string", "enum": ["a", "b"], "default": "a"}
    assert lines_of_property({"oneOf": [choice, inner, {"type": "array"}, {"oneOf": [{}, 5]}, None]}) == [
        "p:",
        ' | "a" | "b" // default: a',
        " |    // O",
        "{",
        "   // K",
        "   k?: string,",
        "   } // O",
        " | Array<any>",
        " | ",
        "    | any",
        "    | any",
        " | any",
        ",",
    ]


def test_variants_that_are_no_property_keep_every_description_and_stand_inside_the_type() -> None:
    schema = {"oneOf": [*TWO_VARIANTS, {"oneOf": [{}]}], "description": "S", "title": "T", "default": "x"}
    assert text_of(schema) == '\n | string // S default: "d"\n | number | null // default: 1.0\n | \n    | any'
    assert text_of({"type": "array", "items": {"oneOf": []}, "description": "D"}) == "[]"
    items = {"type": "array", "items": {"oneOf": [{}]}}
    assert lines_of_property(items) == ["p: ", "     | any[],"]


def test_a_default_among_choices_is_json_where_the_variants_are_no_property() -> None:
    variant = {"type": "string", "enum": ["a\n"], "default": "a\n"}
    assert text_of({"oneOf": [variant]}) == '\n | "a\n" // default: "a\\n"'
    assert lines_of_property({"oneOf": [variant]}) == ["p:", ' | "a', '" // default: a', "", ","]


def test_variants_in_a_nested_object_are_indented_with_it() -> None:
    schema = {"type": "object", "properties": {"q": {"oneOf": [{"type": "object"}], "default": 1}}}
    assert lines_of_property(schema)[1:] == ["    // default: 1", "    q?:", "     | {", "       }", "    ,", "    },"]


# Depth -------------------------------------------------------------------------------------------------


def nested_objects(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"p": schema}}
    return schema


@pytest.mark.parametrize("depth", [2, 30, 58])
def test_schemas_are_printed_as_deep_as_a_conversation_can_hold_them(depth: int) -> None:
    lines = text_of(nested_objects(depth)).split("\n")
    assert len(lines) == 2 * depth + 1
    assert lines[depth] == "    " * (depth - 1) + "p?: string,"
    assert lines[-2:] == ["    },", "}"]


def test_deeper_schemas_are_refused_with_the_name_of_their_tool() -> None:
    tool = Tool("deep", "", nested_objects(50_000))
    with pytest.raises(ValueError, match=r"nested more than 118 deep \(in the parameters of the tool 'deep'\)$"):
        tools_text({"x": Namespace("x", None, [tool])}, WORDING)
