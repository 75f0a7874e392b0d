"""The table of keywords: what becomes of each in each format of a grammar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["FORMATS", "KEYWORDS", "READ", "Keyword", "Verdict", "refusal", "said_of"]

Verdict: TypeAlias = Literal["kept", "rewritten", "left out", "refused"]

# Formats whose engines read schemas; all others are given rules.
READ_SCHEMAS = ("llguidance",)
FORMATS = (*READ_SCHEMAS, "structural-tag", "xgrammar-ebnf", "gbnf", "regex")


@dataclass(frozen=True, slots=True)
class Keyword:
    """What becomes of a keyword.

    Attributes:
        rules: what becomes of it in rules.
        schema: what becomes of it in the schema for an engine that reads schemas.
        note: the limits within which it is kept, or why it is refused.
    """

    rules: Verdict
    schema: Verdict
    note: str = ""

    def verdict(self, format: str) -> Verdict:
        """Return what becomes of the keyword in a format of `FORMATS`."""
        return self.schema if format in READ_SCHEMAS else self.rules


_KEPT = Keyword("kept", "kept")
_ANNOTATION = Keyword("left out", "left out")


def _refused(note: str) -> Keyword:
    return Keyword("refused", "refused", note)


def _rewritten(note: str) -> Keyword:
    return Keyword("rewritten", "rewritten", note)


def _limited(note: str) -> Keyword:
    return Keyword("kept", "kept", note)


_DEPENDS = "what one property demands of others cannot be told while properties are written"
_EVALUATED = "which properties or items other schemas have examined is not tracked"

KEYWORDS: dict[str, Keyword] = {
    # structure
    "$schema": _ANNOTATION,
    "$id": _limited("only at the root"),
    "$comment": _ANNOTATION,
    "$vocabulary": _ANNOTATION,
    "$anchor": _limited("only JSON pointers refer to schemas"),
    "$dynamicAnchor": _limited("only JSON pointers refer to schemas"),
    "$defs": _KEPT,
    "definitions": _KEPT,
    "$ref": _limited("a JSON pointer into the same schema; a schema that is only a reference to itself is refused"),
    "$dynamicRef": _refused("what it refers to depends on the way to it"),
    "$recursiveRef": _refused("what it refers to depends on the way to it"),
    "$recursiveAnchor": _refused("what it refers to depends on the way to it"),
    # annotations
    "title": _ANNOTATION,
    "description": _ANNOTATION,
    "default": _ANNOTATION,
    "example": _ANNOTATION,
    "examples": _ANNOTATION,
    "deprecated": _ANNOTATION,
    "readOnly": _ANNOTATION,
    "writeOnly": _ANNOTATION,
    "contentEncoding": _ANNOTATION,
    "contentMediaType": _ANNOTATION,
    "contentSchema": _ANNOTATION,
    "discriminator": _ANNOTATION,  # of OpenAPI, as pydantic writes it beside `oneOf`
    # any value
    "type": _KEPT,
    "nullable": _rewritten("the type `null` beside the others"),
    "enum": _limited("beside keywords of arrays and objects: only values of other types"),
    "const": _limited("beside keywords of arrays and objects: only values of other types"),
    "anyOf": _rewritten("joined with the keywords beside it"),
    "oneOf": _rewritten("`anyOf`, if no two schemas allow one value; refused otherwise"),
    "allOf": _rewritten("its schemas joined to one"),
    "not": _refused("rules tell what is written, not what is not"),
    "if": _refused("conditions are not kept"),
    "then": _refused("conditions are not kept"),
    "else": _refused("conditions are not kept"),
    # strings
    "minLength": _limited("at most 500 in formats other than `llguidance` and `regex`; `llguidance`: below 2^32"),
    "maxLength": _limited("at most 500 in formats other than `llguidance` and `regex`; `llguidance`: below 2^32"),
    "pattern": _limited("without flags, look-around, back references and word boundaries; `^` and `$` at the ends"),
    "format": _rewritten("a pattern, if it is one of those that are known; refused otherwise"),
    # numbers
    "minimum": _limited("numbers with bounds have no exponent"),
    "maximum": _limited("numbers with bounds have no exponent"),
    "exclusiveMinimum": _limited("numbers with bounds have no exponent; a boolean is refused"),
    "exclusiveMaximum": _limited("numbers with bounds have no exponent; a boolean is refused"),
    "multipleOf": _limited("powers of ten; those below one without bounds; `llguidance`: from 10^-9 to 10^9"),
    # arrays
    "items": _limited("a list of schemas is read as `prefixItems`"),
    "prefixItems": _KEPT,
    "additionalItems": _rewritten("`items`, beside a list of schemas"),
    "minItems": _KEPT,
    "maxItems": _KEPT,
    "uniqueItems": _limited("only false"),
    "contains": _refused("which item it is cannot be told while items are written"),
    "minContains": _refused("which items they are cannot be told while items are written"),
    "maxContains": _refused("which items they are cannot be told while items are written"),
    "unevaluatedItems": _refused(_EVALUATED),
    # objects
    "properties": _limited("properties come in the schema's order"),
    "required": _KEPT,
    "additionalProperties": _rewritten("false where `properties` are listed and nothing is said of others"),
    "patternProperties": _limited("one pattern, where others are not allowed"),
    "propertyNames": _rewritten(
        "a pattern for the names that are not listed; `llguidance`: no listed name may fit it if others have a schema"
    ),
    "minProperties": _limited(
        "more than one only where all properties are listed; llguidance: only if all are required"
    ),
    "maxProperties": _limited("llguidance: only if all properties that are listed are required"),
    "dependencies": _refused(_DEPENDS),
    "dependentRequired": _refused(_DEPENDS),
    "dependentSchemas": _refused(_DEPENDS),
    "unevaluatedProperties": _refused(_EVALUATED),
}


_ANNOTATIONS = frozenset(keyword for keyword, entry in KEYWORDS.items() if entry.rules == "left out")
READ = frozenset(keyword for keyword, entry in KEYWORDS.items() if entry.rules in ("kept", "rewritten"))


def said_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of a schema without annotations, which say nothing about which values are valid."""
    return {
        keyword: value
        for keyword, value in schema.items()
        if keyword in READ or (keyword not in _ANNOTATIONS and not keyword.startswith("x-"))
    }


def refusal(keyword: str) -> str:
    """Return why a keyword is refused that is neither read nor an annotation."""
    if keyword not in KEYWORDS:
        return f"`{keyword}` is no keyword of JSON Schema that is known; a name for a note of your own begins with `x-`"
    return f"`{keyword}` cannot be kept: {KEYWORDS[keyword].note}"
