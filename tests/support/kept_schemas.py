"""Random schemas that grammars keep, their values, and texts of values that are valid or nearly are."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st

__all__ = ["documents", "mutants", "texts_of", "values_of"]

Schema = Any

NAMES = ["a", "ab", "city", 'q"', "a\nb", "é", "", "<|end|>", "/"]
WORDS = st.text(st.sampled_from('ab1é"\\\n\x00\x7f😀/<| '), max_size=4)
SCALARS = st.none() | st.booleans() | st.integers(-20, 120) | WORDS | st.sampled_from([0.5, -1.25])
PATTERNS = [
    "^a+$",
    "b",
    "^[a-c]{2,3}",
    "x$",
    r"^\d+(\.\d+)?$",
    "^(?:on|off)$",
    r"[^\s]",
    "^.*$",
    "^$",
    r"a\.b|c",
    '^["\\\\]$',
]
FORMATS = ["date", "time", "date-time", "email", "uuid", "ipv4", "ipv6", "hostname", "duration"]
OF_FORMATS = {
    "date": ["2024-02-29", "1999-12-31"],
    "time": ["23:59:59Z", "00:00:00.125+01:00"],
    "date-time": ["2024-02-29T12:00:00Z"],
    "email": ["a@b.co", "x.y+z@example.org"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000"],
    "ipv4": ["127.0.0.1", "255.255.255.255"],
    "ipv6": ["::1", "2001:db8::8a2e:370:7334"],
    "hostname": ["example.org", "a"],
    "duration": ["P1Y2M3DT4H5M6S", "PT1M", "P2W"],
}
BOUNDS = st.integers(-120, 1200) | st.sampled_from([0, 0.5, -0.5, 0.25, 1.75, -1.5, 10, -10, 99.99, 0.05, 3.125])


@st.composite
def _strings(draw: st.DrawFn) -> Schema:
    schema: Schema = {"type": "string"}
    kind = draw(st.sampled_from(["any", "bounds", "pattern", "format", "both"]))
    if kind in ("bounds", "both"):
        schema["minLength"] = draw(st.integers(0, 2))
        schema["maxLength"] = draw(st.integers(schema["minLength"], 5))
    if kind in ("pattern", "both"):
        schema["pattern"] = draw(st.sampled_from(PATTERNS))
    if kind == "format":
        schema["format"] = draw(st.sampled_from(FORMATS))
    return schema


@st.composite
def _numbers(draw: st.DrawFn) -> Schema:
    schema: Schema = {"type": draw(st.sampled_from(["integer", "number"]))}
    kind = draw(st.sampled_from(["any", "low", "high", "both", "multiple"]))
    low = draw(BOUNDS)
    if kind in ("low", "both"):
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if kind in ("high", "both"):
        above = low + draw(st.sampled_from([1, 1.5, 7, 100, 1000]))
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = above if kind == "both" else low
    if kind == "multiple":
        schema["multipleOf"] = draw(st.sampled_from([1, 10, 100, 0.1, 0.01]))
    return schema


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    names = draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True))
    schema: Schema = {"type": "object"}
    if names or draw(st.booleans()):
        schema["properties"] = {name: draw(inner) for name in names}
    if names and draw(st.booleans()):
        schema["required"] = draw(st.lists(st.sampled_from(names), unique=True))
    kind = draw(st.sampled_from(["silent", "silent", "closed", "open", "schema", "pattern"]))
    if kind in ("closed", "open"):
        schema["additionalProperties"] = kind == "open"
    elif kind == "schema":
        schema["additionalProperties"] = draw(inner)
    elif kind == "pattern":
        schema |= {"patternProperties": {draw(st.sampled_from(["^x", "[0-9]$", "^a"])): draw(inner)}}
        schema["additionalProperties"] = False
    if kind != "pattern" and draw(st.integers(0, 3)) == 0:
        schema["maxProperties"] = draw(st.integers(len(schema.get("required", [])), 4))
    return schema


@st.composite
def _arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    schema: Schema = {"type": "array"}
    if draw(st.booleans()):
        schema["items"] = draw(inner | st.just(False))
    if draw(st.booleans()):
        schema["prefixItems"] = draw(st.lists(inner, min_size=1, max_size=2))
    if draw(st.booleans()):
        schema["maxItems"] = draw(st.integers(0, 3))
    least = min(schema.get("maxItems", 2), len(schema.get("prefixItems", [])) if schema.get("items") is False else 2)
    if draw(st.booleans()):
        schema["minItems"] = draw(st.integers(0, least))
    return schema


def _of(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.one_of(
        _objects(inner),
        _arrays(inner),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=1)}, optional={"title": st.just("t")}),
        st.just({"$ref": "#/$defs/tree"}),
    )


SIMPLE = st.one_of(
    _strings(),
    _numbers(),
    st.just(True),
    st.just({}),
    st.sampled_from([{"type": "boolean"}, {"type": ["string", "null"]}, {"type": ["integer", "array"]}]),
    st.fixed_dictionaries({"enum": st.lists(SCALARS | st.just({"a": [1, "x"]}), min_size=1, max_size=3)}),
    st.fixed_dictionaries({"const": SCALARS}),
)
TREE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "of": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
    },
    "required": ["name"],
}


def documents() -> st.SearchStrategy[Schema]:
    """Whole schemas, which have values."""
    whole = st.recursive(SIMPLE, _of, max_leaves=6).map(lambda s: s if isinstance(s, dict) else {"anyOf": [s]})
    return whole.map(lambda s: {**s, "$defs": {"tree": TREE}} if "#/$defs/tree" in json.dumps(s) else s)


# values -------------------------------------------------------------------------------------------


def values_of(schema: Schema, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that may be valid, and mostly are; properties are in the schema's order."""
    if schema is True or schema == {}:
        return SCALARS | st.just([1, {"b": "x"}]) if depth else SCALARS | st.lists(SCALARS, max_size=2)
    if schema is False:
        return SCALARS
    if "$ref" in schema:
        return values_of(TREE if depth < 6 else {"const": {"name": "x"}}, depth + 1)
    if "enum" in schema or "const" in schema:
        return st.sampled_from([schema["const"]] if "const" in schema else schema["enum"])
    for keyword in ("anyOf", "allOf"):
        if keyword in schema:
            return st.sampled_from(schema[keyword]).flatmap(lambda each: values_of(each, depth + 1))
    kind = schema["type"]
    if isinstance(kind, list):
        return st.sampled_from(kind).flatmap(lambda each: values_of({**schema, "type": each}, depth + 1))
    made = {"object": _object_values, "array": _array_values, "string": _text_values}
    if kind in made:
        return made[kind](schema, depth)
    return st.none() if kind == "null" else st.booleans() if kind == "boolean" else _number_values(schema)


def _text_values(schema: Schema, depth: int) -> st.SearchStrategy[str]:
    if "format" in schema:
        return st.sampled_from(OF_FORMATS[schema["format"]])
    if "pattern" in schema:
        # without code points that Python and ECMAScript class unlike
        return st.from_regex(re.compile(schema["pattern"], re.ASCII)).filter(
            lambda text: not re.search("[^ -~é]", text)
        )
    return WORDS


def _number_values(schema: Schema) -> st.SearchStrategy[Any]:
    edges = [schema[k] for k in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if k in schema] or [0]
    near = st.sampled_from(edges).flatmap(
        lambda edge: st.sampled_from([edge, edge + 1, edge - 1, edge + 0.5, edge + 10])
    )
    return near | st.integers(-200, 2000) | st.sampled_from([0.5, -0.25, 0.01, 12.5, 1200.75, 100, 30, 0.1])


def _object_values(schema: Schema, depth: int) -> st.SearchStrategy[Any]:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    others = schema.get("additionalProperties", not properties)
    extra: dict[str, Any] = {} if others is False else {"zz": others, "x0": others}
    for pattern, inner in schema.get("patternProperties", {}).items():
        extra = {name: inner for name in ("x", "x9", "7", "a7") if re.search(pattern, name)}

    @st.composite
    def value(draw: st.DrawFn) -> Any:
        found = {}
        for name, inner in {**properties, **extra}.items():
            if name in required or (depth < 3 and draw(st.booleans())):
                found[name] = draw(values_of(inner, depth + 1))
        return found

    return value()


def _array_values(schema: Schema, depth: int) -> st.SearchStrategy[Any]:
    first, items = schema.get("prefixItems", []), schema.get("items", True)

    @st.composite
    def value(draw: st.DrawFn) -> Any:
        length = draw(st.integers(schema.get("minItems", 0), schema.get("maxItems", 3 if depth < 3 else 0) or 0))
        return [draw(values_of(first[n] if n < len(first) else items, depth + 1)) for n in range(length)]

    return value() if schema.get("minItems", 0) <= schema.get("maxItems", 3 if depth < 3 else 0) else st.just([])


# texts --------------------------------------------------------------------------------------------


def texts_of(value: Any) -> st.SearchStrategy[str]:
    """The value as models write it."""
    ways: list[dict[str, Any]] = [{}, {"separators": (",", ":")}, {"indent": 2}, {"indent": "\t"}]
    return st.sampled_from(ways).map(lambda way: _written(value, way))


def _written(value: Any, way: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, **way)
    return text.replace("\x7f", "\\u007f")


_PIECES = [
    '"',
    "\\",
    "\\u0061",
    "\\n",
    "\\/",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "0",
    "-",
    ".",
    "5",
    "e1",
    "a",
    "x",
    " ",
    "\n",
]


@st.composite
def mutants(draw: st.DrawFn, text: str) -> str:
    """A text with one or two pieces put in, taken away or changed."""
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 2))
        put = draw(st.sampled_from(_PIECES) | st.just(""))
        text = text[:at] + put + text[at + taken :]
    return text
