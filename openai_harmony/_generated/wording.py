# Generated from spec/tools
# by codegen/templates/wording.py.jinja; edit those and run `make generate`.
"""The strings that the schema printer uses to write tool namespaces."""

from __future__ import annotations

from .._runtime.writing.wording import Wording

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
    types={
        "string": "string",
        "number": "number",
        "integer": "number",
        "boolean": "boolean",
    },
)
