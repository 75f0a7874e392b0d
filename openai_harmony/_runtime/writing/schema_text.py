"""Lines, literals and names for printed types. They are escaped, so that a schema's text cannot be read as code."""

from __future__ import annotations

import re

from ..types.json_schema import as_schema
from ..types.json_text import Json, json_text, well_formed
from ..types.plain_text import LINE_END

__all__ = ["in_one_line", "is_name", "lines_of", "literal", "margined", "property_name", "schema_line"]

# The ends of lines that JSON does not have to escape.
_BARE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
# The names that a call can contain: white space would end a recipient, and other characters a declaration's name; two
# slashes would begin a comment.
_NAME = re.compile(r"(?!.*//)[\w$./:@-]+")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text. A line end at the end of the text does not begin another line."""
    lines = LINE_END.split(well_formed(text))
    return lines if lines[-1] else lines[:-1]


def in_one_line(text: str) -> str:
    """Return a text with its line ends as escape sequences."""
    return LINE_END.sub(lambda end: "".join(f"\\u{ord(letter):04x}" for letter in end[0]), text)


def literal(value: Json) -> str:
    """Return a JSON value on one line. As a type, it allows only this value."""
    return json_text(value).translate(_BARE_ENDS)


def schema_line(value: object) -> str:
    """Return a JSON Schema on one line."""
    return literal(as_schema(value))


def margined(text: str, margin: str) -> str:
    """Return the lines of a text, each behind a margin, so that none of them can leave a comment."""
    return "\n".join(margin + line for line in lines_of(text))


def property_name(name: str) -> str:
    """Return the name of a property, in quotes unless it is an identifier."""
    return name if name.replace("$", "_").isidentifier() else literal(name)


def is_name(text: str) -> bool:
    """Return whether a tool or a namespace can have this name."""
    return _NAME.fullmatch(text) is not None
