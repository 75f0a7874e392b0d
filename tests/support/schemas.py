"""Random JSON Schemas with all keywords, and with texts that would like to get out of their comments and quotes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["TEXTS", "documents", "plain_documents"]

Schema = Any

_EVIL = [
    "\n",
    "\r\n",
    "\r",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    '"',
    "\\",
    "//",
    "*/",
    "/*",
    "\n}) => any;\ntype x = () => any;",
]
_EVIL += [
    "'",
    "`",
    "null",
    "{name}",
    "{type}",
    "{text}",
    " ",
    ",",
    "|",
    "&",
    "\n\n",
    "]",
    "?",
    "é",
    "名",
    "😀",
    "\x00",
    "\x7f",
]
TEXTS = st.lists(st.sampled_from(_EVIL) | st.text(max_size=4), max_size=5).map("".join)
NAMES = st.sampled_from(["a", "b", "city", "null", "new", "readonly", "constructor", "__proto__", "名前", "$x"]) | TEXTS
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
KINDS = ["null", "boolean", "object", "array", "number", "integer", "string"]
COUNTS = st.integers(0, 4)
DEFINED = ["A", "B", "C/~d", "% e"]
REFERENCES = [
    "#/$defs/A",
    "#/$defs/B",
    "#/$defs/C~1~0d",
    "#/$defs/%25%20e",
    "#",
    "#/$defs",
    "#here",
    "https://x.org/s.json",
]


def _keywords(inner: st.SearchStrategy[Schema]) -> dict[str, st.SearchStrategy[Any]]:
    some = st.lists(inner, min_size=1, max_size=3)
    return {
        "type": st.sampled_from(KINDS) | st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, max_size=4),
        "const": VALUES,
        "properties": st.dictionaries(NAMES, inner, max_size=3),
        "required": st.lists(NAMES, max_size=3),
        "patternProperties": st.dictionaries(TEXTS, inner, max_size=2),
        "additionalProperties": inner,
        "items": inner | st.lists(inner, max_size=2),
        "prefixItems": st.lists(inner, max_size=3),
        "additionalItems": inner,
        "anyOf": some,
        "oneOf": some,
        "allOf": some,
        "$ref": st.sampled_from([ref for ref in REFERENCES if ref != "#/$defs"]),
        "nullable": st.booleans(),
        "title": TEXTS,
        "description": TEXTS,
        "examples": st.lists(VALUES, max_size=3),
        "default": VALUES,
        "deprecated": st.booleans(),
        "format": TEXTS,
        "pattern": TEXTS,
        "minimum": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        "multipleOf": COUNTS,
        "maxLength": COUNTS,
        "minItems": COUNTS,
        "maxItems": COUNTS,
        "uniqueItems": st.booleans(),
        "not": inner,
        "$comment": TEXTS,
    }


def _of(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    keywords = _keywords(inner)

    @st.composite
    def schema(draw: st.DrawFn) -> Schema:
        names = draw(st.lists(st.sampled_from(sorted(keywords)), max_size=5, unique=True))
        made = {name: draw(keywords[name]) for name in names}
        if "prefixItems" in made and isinstance(made.get("items"), list):
            del made["items"]
        if draw(st.integers(0, 9)) == 0:
            made[draw(NAMES.filter(lambda name: name not in keywords and not name.startswith("$")))] = draw(VALUES)
        return made

    return schema() | st.booleans()


SCHEMAS = st.recursive(_of(st.booleans()), _of, max_leaves=12)


@st.composite
def documents(draw: st.DrawFn) -> Schema:
    """Whole documents, in which every reference leads somewhere."""
    root = draw(SCHEMAS.filter(lambda schema: isinstance(schema, dict)))
    definitions = {name: draw(SCHEMAS) for name in DEFINED}
    return {**root, "$defs": {**definitions, "here": {"$anchor": "here", "type": "string"}}}


# Schemas such as people write, of which the reference's text loses little -----------------------------

_WORDS = st.sampled_from(["a", "city", "unit", "the place", "2nd", "null", "x-y"])
_SOME = st.sampled_from(["One.", "Another one.", "Two\nlines.", "said"])


def _plain(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    word = st.sampled_from(["string", "number", "boolean", "integer", "null"])
    said = {"description": _SOME, "title": _SOME, "default": st.sampled_from(["a", 1, None, ["x"], 'q"'])}
    said |= {"nullable": st.booleans(), "examples": st.lists(st.sampled_from(["a", "b", 5]), max_size=2)}
    objects = {"properties": st.dictionaries(_WORDS, inner, max_size=3), "required": st.lists(_WORDS, max_size=2)}
    objects |= {"additionalProperties": st.booleans()}
    choices = {"enum": st.lists(st.sampled_from(["a", "b", 'c"', "null", 5]), max_size=3, unique=True)}
    return st.one_of(
        st.fixed_dictionaries({"type": word | st.lists(word, min_size=1, max_size=2, unique=True)}, optional=said),
        st.fixed_dictionaries({"type": st.just("string")}, optional={**said, **choices, "maxLength": COUNTS}),
        st.fixed_dictionaries({"type": st.just("array")}, optional={**said, "items": inner}),
        st.fixed_dictionaries({"type": st.just("object")}, optional={**said, **objects}),
        st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=3)}, optional=said),
    )


def plain_documents() -> st.SearchStrategy[Schema]:
    return st.recursive(_plain(st.just({"type": "string"})), _plain, max_leaves=8)
