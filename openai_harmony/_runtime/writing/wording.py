"""The strings with which a format writes tools, and the functions that fill them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

__all__ = ["Wording", "template"]


class Wording(NamedTuple):
    """The strings of a format; `{name}`, `{type}` and `{text}` are placeholders."""

    tools_heading: str
    namespace_heading: str
    namespace_open: str
    namespace_close: str
    comment: str
    blank_comment: str
    beside: str  # between code and a comment on the same line, and between remarks in a comment
    tool_without_parameters: str
    tool_with_parameters: str
    any_type: str
    types: Mapping[str, str]
    array_type: str
    array_without_items: str
    null_type: str
    union: str
    quoted: str
    object_open: str
    object_close: str
    indent: str
    variant_indent: str
    required_property: str
    optional_property: str
    required_variants: str
    optional_variants: str
    examples_heading: str
    example: str
    default: str
    exponent: str
    variant: str
    variants_end: str
    # Only for the full mode.
    never_type: str
    group: str
    intersection: str
    tuple: str
    tuple_break: str
    optional_item: str
    further_items: str
    other_property: str
    key_pattern: str
    no_other_property: str
    remark: str
    remark_break: str
    whole_number: str
    of_items: str
    of_item: str
    exactly_one: str
    defined: str
    referred: str


_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def template(text: str) -> Callable[..., str]:
    """Return a function that fills the placeholders. Braces around anything but a word are literal."""
    return _PLACEHOLDER.sub(r"{\1}", text.replace("{", "{{").replace("}", "}}")).format
