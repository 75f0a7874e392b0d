"""The comments about a schema: the lines above its type, and the remarks after it."""

from __future__ import annotations

from ..types.json_text import Json
from .printed_types import Heading
from .schema_document import ARRAY, OBJECT, SILENT, kinds_of, members_of
from .schema_text import is_name, lines_of, literal
from .wording import Wording, template

__all__ = ["Remarks", "allowed", "count_of", "kinds_named", "tuple_items"]

_TYPE = frozenset({"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "nullable", *OBJECT, *ARRAY})
_ABOVE = frozenset({"title", "description", "examples"})


class Remarks:
    """Writes the comments, with the strings of a format."""

    def __init__(self, wording: Wording) -> None:
        self._examples_heading = wording.examples_heading
        self._whole_number = wording.whole_number
        self._quoted = template(wording.quoted)
        self._example = template(wording.example)
        self._default = template(wording.default)
        self._remark = template(wording.remark)

    def literal(self, value: Json) -> str:
        text = literal(value)
        return self._quoted(text=text[1:-1]) if isinstance(value, str) else text

    def heading(self, schema: dict[str, Json], said: str | None) -> Heading:
        """Return the lines above a type. A description equal to `said` is omitted, since it is already printed."""
        title, description = schema.get("title"), schema.get("description")
        above: list[str | None] = [*lines_of(title), None] if title and isinstance(title, str) else []
        described = lines_of(description) if isinstance(description, str) and description != said else []
        shown = [self._example(text=self.literal(example)) for example in members_of(schema, "examples")]
        if shown:
            shown.insert(0, self._examples_heading)
        return (*above, *shown, *described) if "oneOf" in schema else (*above, *described, *shown)

    def remarks(self, schema: dict[str, Json], *, bare_default: bool) -> list[str]:
        """Return the remarks after the type: the default, and each keyword that the type does not express."""
        said = []
        if "default" in schema:
            said.append(self._default(text=self._default_text(schema, bare_default)))
        in_type = _in_type(schema)
        for keyword, value in schema.items():
            if keyword not in in_type and keyword not in _ABOVE and keyword not in SILENT and keyword != "default":
                said.append(self.named(keyword, value))
        return said

    def named(self, keyword: str, value: Json) -> str:
        """Return a keyword with its value; only the keyword if the value is true."""
        name = keyword if is_name(keyword) else literal(keyword)
        return name if value is True else self._remark(name=name, text=literal(value))

    def _default_text(self, schema: dict[str, Json], bare: bool) -> str:
        """Return the default as in the reference's text, which omits the quotes if a property lists it as a choice."""
        default, choices = schema["default"], schema.get("enum")
        chosen = isinstance(default, str) and isinstance(choices, list) and default in choices
        if bare and chosen and isinstance(default, str) and literal(default)[1:-1] == default:
            return default
        return self.literal(default)


# Keywords in the type -----------------------------------------------------------------------------


def kinds_named(schema: dict[str, Json]) -> list[str]:
    """Return the types that a schema names; if it has no `type`, those whose keywords it uses."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return [kind]
    if isinstance(kind, list):
        return [each for each in kind if isinstance(each, str)]
    found = (("object", OBJECT), ("array", ARRAY))
    return [name for name, keywords in found if any(keyword in schema for keyword in keywords)]


def allowed(value: Json) -> frozenset[str]:
    """Return the kind of a value, as a set."""
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, (int, float)):
        return frozenset({"integer" if value == int(value) else "number"})
    return frozenset({"string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"})


def tuple_items(schema: dict[str, Json]) -> tuple[str, list[Json]] | None:
    """Return the keyword that lists schemas of the first items, and this list; in older documents, it is `items`."""
    for keyword in ("prefixItems", "items"):
        value = schema.get(keyword)
        if isinstance(value, list):
            return keyword, value
    return None


def _in_type(schema: dict[str, Json]) -> frozenset[str]:
    """Return the keywords that the type expresses completely."""
    named = kinds_named(schema)
    if "enum" in schema or "const" in schema:
        values = [*members_of(schema, "enum"), *([schema["const"]] if "const" in schema else [])]
        kinds = frozenset().union(*map(kinds_of, named)) if "type" in schema else None
        fits = kinds is None or all(allowed(value) <= kinds for value in values)
        return (_TYPE if fits else _TYPE - {"type"}).difference(OBJECT, ARRAY)
    typed = _TYPE if "object" in named else _TYPE.difference(OBJECT)
    if "array" not in named:
        return typed.difference(ARRAY)
    first = tuple_items(schema)
    if first is None or first[0] != "items":
        typed -= {"additionalItems"}
    if first is None:
        return typed
    least, most = count_of(schema, "minItems"), count_of(schema, "maxItems")
    shown = {"minItems"} if least is not None and least <= len(first[1]) else set()
    return typed | shown | ({"maxItems"} if most == len(first[1]) else set())


def count_of(schema: dict[str, Json], keyword: str) -> int | None:
    """Return the value of a keyword if it is an integer, else None."""
    value = schema.get(keyword)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
