"""Converts functions, models and the tools of other APIs to a tool's name, description and parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite
from typing import Any, TypedDict, get_type_hints

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import to_jsonable_python

from ..locks import loading
from .docstrings import parts_of
from .json_text import as_json

__all__ = ["ToolForm", "of_function", "of_mcp", "of_model", "of_openai", "schema_of"]

JsonObject = dict[str, Any]


class ToolForm(TypedDict):
    name: str
    description: str
    parameters: JsonObject | None


class _Schema(GenerateJsonSchema):
    """Generates JSON Schemas without automatic titles, and without warnings for defaults that JSON cannot represent."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def encode_default(self, dft: Any) -> Any:
        # Numbers that are not finite stay: pydantic would convert some of them to null, but they are errors.
        plain = to_jsonable_python(dft, serialize_unknown=True)
        return super().encode_default(dft) if _is_finite(plain) else plain


def _is_finite(value: object) -> bool:
    """Return whether all numbers in a value are finite."""
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return all(map(_is_finite, value)) if isinstance(value, list) else not isinstance(value, float) or isfinite(value)


def own_doc(source: object) -> str | None:
    """Return the docstring of a function, or of a class itself: that of a base class describes something else."""
    if isinstance(source, type) and not source.__dict__.get("__doc__"):
        return None
    return inspect.getdoc(source)


def of_function(function: Callable[..., object], name: str | None, description: str | None) -> ToolForm:
    """Return a function as a tool. Its annotations become the parameters, its docstring the descriptions.

    Raises:
        TypeError: the argument cannot be called.
        ValueError: a parameter cannot be given by name, or has no JSON Schema, or the signature is unknown.
    """
    if not callable(function):
        raise TypeError(f"argument 'function': expected a function, not {type(function).__name__}")
    source = function.func if isinstance(function, partial) else function
    called = getattr(source, "__name__", type(source).__name__)
    for parameter in _signature(function, called).parameters.values():
        if _is_object(parameter, function):
            raise ValueError(f"{called}: no call gives the parameter {parameter.name!r}: pass the method of an object")
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
            raise ValueError(f"{called}: the parameter {parameter.name!r} cannot be given by name, as a call gives it")
    text, said = parts_of(own_doc(source))
    schema = schema_of(_resolved(function, called), called, "parameter")
    for argument, words in said.items():
        inner = schema.get("properties", {}).get(argument)
        if isinstance(inner, dict) and words:
            inner.setdefault("description", words)
    parameters = schema if schema.get("properties") or schema.get("additionalProperties") else None
    return {
        "name": called if name is None else name,
        "description": text if description is None else description,
        "parameters": parameters,
    }


def of_model(model: type, name: str | None, description: str | None) -> ToolForm:
    """Return a pydantic model, or another class whose fields pydantic knows, as a tool.

    The docstring of the class becomes the description.

    Raises:
        TypeError: the argument is not a class.
        ValueError: the class has no JSON Schema, or its schema does not describe an object.
    """
    if not isinstance(model, type):
        raise TypeError(f"argument 'model': expected a class, not an object of type {type(model).__name__}")
    schema = schema_of(model, model.__name__, "field")
    if schema.get("type") != "object" and "$ref" not in schema:
        raise ValueError(f"{model.__name__}: its JSON Schema is of no object, which the arguments of a tool are")
    text = schema.pop("description", "")
    return {
        "name": model.__name__ if name is None else name,
        "description": text if description is None else description,
        "parameters": schema,
    }


def of_openai(tool: Mapping[str, object]) -> ToolForm:
    """Return a tool of the Chat Completions API or of the Responses API.

    Raises:
        ValueError: the tool is not a function, or a value in it has the wrong type.
    """
    outer = _mapping(tool, "the tool")
    kind = outer.get("type", "function")
    if kind != "function":
        raise ValueError(f"expected a tool of type 'function', not {kind!r}")
    inner = _mapping(outer["function"], "its function") if "function" in outer else outer
    return _form(inner, "parameters")


def of_mcp(tool: object) -> ToolForm:
    """Return a tool from the list of a Model Context Protocol server: a dictionary, or an object with such attributes.

    Raises:
        ValueError: a value in it has the wrong type.
    """
    if isinstance(tool, Mapping):
        return _form(tool, "inputSchema")
    return _form({key: getattr(tool, key, None) for key in ("name", "description", "inputSchema")}, "inputSchema")


def _form(tool: Mapping[str, object], schema: str) -> ToolForm:
    name, description, parameters = (tool.get(key) for key in ("name", "description", schema))
    if not isinstance(name, str):
        raise ValueError(f"expected the tool's name as text, not {type(name).__name__}")
    if description is not None and not isinstance(description, str):
        raise ValueError(f"expected the description of {name!r} as text, not {type(description).__name__}")
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ValueError(f"expected {schema!r} of {name!r} as a dictionary, not {type(parameters).__name__}")
    return {
        "name": name,
        "description": description or "",
        "parameters": None if parameters is None else dict(parameters),
    }


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected {what} as a dictionary, not {type(value).__name__}")
    return value


def _signature(function: Callable[..., object], called: str) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"{called}: its parameters are not known: {problem}") from None


def _is_object(parameter: inspect.Parameter, function: Callable[..., object]) -> bool:
    """Return whether a parameter is the object of a method that was taken from its class."""
    of_class = getattr(function, "__qualname__", "").rpartition(".")[0]
    said = parameter.annotation is not parameter.empty
    return parameter.name == "self" and not said and of_class != "" and not of_class.endswith("<locals>")


def _resolved(function: Callable[..., object], called: str) -> Callable[..., object]:
    """Return a function with the same signature, whose string annotations are evaluated where it was defined."""
    signature = _signature(function, called)
    source: Any = function.func if isinstance(function, partial) else function
    try:
        hints = get_type_hints(source if inspect.isroutine(source) else source.__call__, include_extras=True)
    except (NameError, TypeError):
        return function  # pydantic evaluates the annotations, or reports the error

    def stand_in() -> None: ...

    told = {name: hints.get(name, each.annotation) for name, each in signature.parameters.items()}
    stand_in.__annotations__ = {name: hint for name, hint in told.items() if hint is not inspect.Parameter.empty}
    parameters = [each.replace(annotation=told[name]) for name, each in signature.parameters.items()]
    resolved: Any = stand_in
    resolved.__signature__ = signature.replace(parameters=parameters)
    return stand_in


def schema_of(source: Any, called: str, kind: str) -> JsonObject:
    """Return the JSON Schema of a function or a class, whose properties are of the given kind.

    Raises:
        ValueError: it has none; `called` is its name in the error.
    """
    try:
        with loading():
            schema: JsonObject = TypeAdapter(source).json_schema(schema_generator=_Schema)
    except (PydanticUserError, NameError) as problem:
        raise ValueError(f"{called}: its types have no JSON Schema: {problem}") from None
    for name, each in {called: schema, **schema.get("$defs", {})}.items():
        if isinstance(each, dict) and each.get("title") == name:
            del each["title"]
    parts = {f"the {kind} {name!r}": each for name, each in schema.get("properties", {}).items()}
    parts |= {f"the type {name!r}": each for name, each in schema.get("$defs", {}).items()}
    for part, each in {**parts, "its schema": schema}.items():
        try:
            as_json(each)
        except ValueError as problem:
            raise ValueError(f"{called}: {part}: {problem}") from None
    return schema
