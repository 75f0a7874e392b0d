"""The tools of a request, as a grammar has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from .._dialects.given import given, plain_value, shown
from .._generated.framing import FRAMING
from .._runtime.locks import loading_own
from ..errors import ConversionError, GrammarError
from .json_document import SchemaText, plain_text
from .lark_bodies import check_lark

__all__ = ["BUILTIN_CALL", "CALL", "Called", "Schema", "builtins_of", "functions_of", "items_of", "schema_of"]

# The parts of a completion that are calls: keys of `assistant` in chat.yaml.
CALL, BUILTIN_CALL = "call", "builtin_call"

Schema: TypeAlias = "SchemaText | Mapping[str, object] | bool"  # JSON; others if they may be none

NOTHING: dict[str, object] = {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass(frozen=True)
class Called:
    """A tool that can be called.

    Attributes:
        form: the form of its calls, `call` or `builtin_call`.
        name: the name as it stands in a header, without the namespace of functions.
        schema: the JSON Schema of the arguments; None for text.
        body: the syntax and the definition of the grammar of a custom tool's input; None for none.
        option: the place of the tool in the options.
    """

    form: str
    name: str
    schema: Schema | None
    body: tuple[str, str] | None
    option: str


def functions_of(tools: Iterable[object] | None) -> list[Called]:
    found: list[Called] = []
    for index, tool in enumerate(() if tools is None else items_of(tools, "tools", "a list of tools")):
        option = f"tools[{index}]"
        try:
            found.append(_function(tool, option))
        except ConversionError as problem:
            raise GrammarError(problem.message, option=problem.path) from None
    return found


def _function(tool: object, option: str) -> Called:
    told = given(tool, option)
    kind = told.text_or_none("type") or _FUNCTION
    if kind not in (_FUNCTION, _CUSTOM):
        raise GrammarError(f"unknown type of a tool {shown(kind)} ({_TYPES})", option=f"{option}.type")
    inner = told.child(kind) if kind in told else told
    name = inner.text("name")
    bad = sorted(set(name) & _FORBIDDEN) or [c for c in name if c.isspace()]
    if not name or bad:
        raise GrammarError(f"a header cannot hold the name {shown(name)}", option=f"{option}.name")
    if kind == _CUSTOM:
        return _custom(inner.get("format"), name, option)
    schema = inner.get("parameters")
    schema = NOTHING if schema is None else schema
    return Called(CALL, name, schema_of(schema, f"{option}.parameters"), None, option)


_FUNCTION, _CUSTOM = "function", "custom"
_TYPES = f"expected {_FUNCTION!r} or {_CUSTOM!r}; built-in tools are given as `builtin_tools`"
_FORBIDDEN = frozenset("".join(FRAMING.spellings.values())) - frozenset("abcdefghijklmnopqrstuvwxyz_")


def _custom(told: object, name: str, option: str) -> Called:
    """Return a custom tool: with a grammar of its own, its input stands alone; otherwise it is an argument."""
    with loading_own():
        from .._dialects.tools import INPUT

    if told is not None:
        form = given(told, f"{option}.format")
        kind = form.text_or_none("type") or "text"
        if kind not in ("text", "grammar"):
            raise GrammarError(f"{shown(kind)} is not 'text' or 'grammar'", option=f"{option}.format.type")
        if kind == "grammar":
            body = form.child("grammar") if "grammar" in form else form
            syntax = body.text("syntax")
            if syntax not in ("lark", "regex"):
                raise GrammarError(f"unknown syntax {shown(syntax)}", option=f"{option}.format.syntax")
            definition = body.text("definition")
            if syntax == "lark":
                check_lark(definition, f"{option}.format.definition")
            return Called(CALL, name, None, (syntax, definition), option)
    schema = {"type": "object", "properties": {INPUT: {"type": "string"}}, "required": [INPUT]}
    return Called(CALL, name, {**schema, "additionalProperties": False}, None, option)


def builtins_of(tools: Iterable[object]) -> list[Called]:
    with loading_own():
        from .._dialects.tools import namespaces_of

    found: list[Called] = []
    try:
        namespaces = namespaces_of(tools, "builtin_tools")
    except ConversionError as problem:
        raise GrammarError(problem.message, option=problem.path) from None
    for name, namespace in namespaces.items():
        if not namespace.tools:
            found.append(Called(BUILTIN_CALL, name, None, None, "builtin_tools"))
        for tool in namespace.tools:
            full = f"{name}{FRAMING.tool_word_holds}{tool.name}"
            schema = NOTHING if tool.parameters is None else tool.parameters
            found.append(Called(BUILTIN_CALL, full, schema_of(schema, "builtin_tools"), None, "builtin_tools"))
    return found


def schema_of(schema: object, option: str) -> Schema:
    """Return a JSON Schema as it is now; pydantic models are schemas, too."""
    if isinstance(schema, type) and hasattr(schema, "model_json_schema"):
        schema = schema.model_json_schema()
    text = plain_text(schema) if isinstance(schema, (dict, bool)) else None
    if text is not None:
        return text
    try:
        made: Any = plain_value(schema)
    except ConversionError as problem:
        raise GrammarError(str(problem).removeprefix(": "), option=option, pointer="#") from None
    if isinstance(made, (dict, bool)):
        return made
    raise GrammarError(f"expected a JSON Schema, not {shown(schema)}", option=option)


def items_of(given_value: object, option: str, expected: str) -> list[Any]:
    """Return the items of a list, or of any other iterable that is no text and no dictionary.

    Raises:
        GrammarError: it is none.
    """
    if isinstance(given_value, Iterable) and not isinstance(given_value, (str, bytes, Mapping)):
        return list(given_value)
    raise GrammarError(f"expected {expected}, not {shown(given_value)}", option=option)
