"""The pieces that types are written with so that no text of a schema gets out of its place: lines, literals, names."""

from __future__ import annotations

import re

from ..types.json_text import Json, json_text, well_formed

__all__ = ["in_one_line", "is_name", "lines_of", "literal", "property_name"]

# What ends a line, and with it a comment: for TypeScript, for Python, or for whoever looks at the text.
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Of these, what JSON need not escape.
_BARE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
# What can be called: the recipient of a call ends at white space, and a declaration's name at other signs.
_NAME = re.compile(r"[\w$./:@-]+")


def lines_of(text: str) -> list[str]:
    """The lines of a text; the end of the last one begins no further line."""
    lines = _LINE_END.split(well_formed(text))
    return lines if lines[-1] else lines[:-1]


def in_one_line(text: str) -> str:
    """A text whose ends of lines are spelled out."""
    return _LINE_END.sub(lambda end: "".join(f"\\u{ord(letter):04x}" for letter in end[0]), text)


def literal(value: Json) -> str:
    """A JSON value on one line, which is also the type that has no other value."""
    return json_text(value).translate(_BARE_ENDS)


def property_name(name: str) -> str:
    """The name of a property, in quotes unless it is an identifier."""
    return name if name.replace("$", "_").isidentifier() else literal(name)


def is_name(text: str) -> bool:
    """Whether a tool or a namespace can have this name."""
    return _NAME.fullmatch(text) is not None
