# Generated from spec/tools
# by codegen/templates/wording.py.jinja; edit those and run `make generate`.
"""The strings that the schema printer uses to write tool namespaces."""

from __future__ import annotations

from .._runtime.writing.typescript import Wording

__all__ = ["WORDING"]

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
    variant=" | {type}",
    variants_end=",",
    types={
        "string": "string",
        "number": "number",
        "integer": "number",
        "boolean": "boolean",
    },
)
