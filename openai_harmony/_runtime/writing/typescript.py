"""Prints tools as namespaces of TypeScript-like declarations, with a method per kind of JSON Schema.

The printed strings are those of a `Wording`; this module knows only the keywords of JSON Schema. It never escapes the
caller's text, and splits only descriptions of namespaces and tools into lines, as in the training of the models.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from ..types.json_text import Json, as_json, json_text, walk, well_formed
from .wording import Wording, template


class ToolLike(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def parameters(self) -> dict[str, Any] | None: ...


class NamespaceLike(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str | None: ...
    @property
    def tools(self) -> Sequence[ToolLike]: ...


ToolsText: TypeAlias = "Callable[[Mapping[str, NamespaceLike], Wording], str]"


def tools_text(namespaces: Mapping[str, NamespaceLike], wording: Wording) -> str:
    """Return the section about tools with its heading; empty without namespaces. Keys only determine the order."""
    return section_text(namespaces, TypePrinter(wording))


def section_text(namespaces: Mapping[str, NamespaceLike], printer: TypePrinter) -> str:
    """Return the section about tools, with the given printer."""
    by_key = {well_formed(key): namespace for key, namespace in namespaces.items()}
    if not by_key:
        return ""
    # The order of code points is the order of their UTF-8 bytes.
    texts = [_namespace_text(by_key[key], printer) for key in sorted(by_key)]
    return "\n\n".join([printer.wording.tools_heading, *texts])


def _namespace_text(namespace: NamespaceLike, printer: TypePrinter) -> str:
    wording = printer.wording
    name = printer.name(namespace.name)
    description = printer.lines("" if namespace.description is None else namespace.description)
    heading = template(wording.namespace_heading)(name=name)
    if not namespace.tools:
        return "\n".join([heading, "", *description])
    lines = [heading, "", *printer.comments(description), template(wording.namespace_open)(name=name)]
    for tool in namespace.tools:
        lines += ["", *printer.tool_lines(tool)]
    return "\n".join([*lines, "", template(wording.namespace_close)(name=name)])


Task: TypeAlias = "tuple[Json, str]"  # a schema and the indent of its lines
Text: TypeAlias = "Generator[Task, str, str]"  # yields inner schemas, receives their texts, returns its own


class TypePrinter:
    """Prints JSON Schemas as types."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self._tool_without_parameters = template(wording.tool_without_parameters)
        self._tool_with_parameters = template(wording.tool_with_parameters)
        self._comment = template(wording.comment)
        self._quoted = template(wording.quoted)
        self._example = template(wording.example)
        self._default = template(wording.default)
        self._variant = template(wording.variant)
        self._array_type = template(wording.array_type)
        self._property = {
            True: template(wording.required_property),
            False: template(wording.optional_property),
        }
        self._property_with_variants = {
            True: template(wording.required_variants),
            False: template(wording.optional_variants),
        }

    def name(self, text: str) -> str:
        """Return the printed name of a namespace or a tool."""
        return well_formed(text)

    def lines(self, text: str) -> list[str]:
        """Return the lines of a description. A line ends at a line feed or at a carriage return and line feed."""
        lines = well_formed(text).split("\n")
        last = lines.pop()
        return [line.removesuffix("\r") for line in lines] + ([last] if last else [])

    def comments(self, texts: Iterable[str]) -> list[str]:
        return [self._comment(text=text) for text in texts]

    def tool_lines(self, tool: ToolLike) -> list[str]:
        return [*self.comments(self.lines(tool.description)), self.declaration(tool)]

    def declaration(self, tool: ToolLike) -> str:
        name = self.name(tool.name)
        if tool.parameters is None:
            return self._tool_without_parameters(name=name)
        try:
            text = self.type_text(tool.parameters)
        except ValueError as problem:
            raise type(problem)(f"{problem} (in the parameters of the tool {name!r})") from None
        return self._tool_with_parameters(name=name, type=text)

    def type_text(self, schema: object) -> str:
        task: Task = (as_json(schema), "")
        return walk(self._visit, task)

    def _visit(self, task: Task) -> Text:
        schema, indent = task
        if not isinstance(schema, dict):
            return self.wording.any_type
        variants, kind = schema.get("oneOf"), schema.get("type")
        if isinstance(variants, list):
            return (yield from self._one_of(variants, indent))
        if isinstance(kind, list):
            return self._one_of_types(kind)
        if kind == "object":
            return (yield from self._object(schema, indent))
        if kind == "array":
            return (yield from self._array(schema, indent))
        if kind == "string" and (choices := _texts(schema.get("enum"))):
            return self.wording.union.join(self._quoted(text=choice) for choice in choices)
        return self.wording.types.get(kind, self.wording.any_type) if isinstance(kind, str) else self.wording.any_type

    def _one_of_types(self, kinds: list[Json]) -> str:
        names = [self.wording.types.get(kind, kind) for kind in _texts(kinds)]
        return self.wording.union.join(names) if names else self.wording.any_type

    def _array(self, schema: dict[str, Json], indent: str) -> Text:
        if "items" not in schema:
            return self.wording.array_without_items
        element = yield schema["items"], indent
        return self._array_type(type=element)

    def _object(self, schema: dict[str, Json], indent: str) -> Text:
        lines = []
        if isinstance(description := schema.get("description"), str):
            lines.append(indent + self._comment(text=description))
        lines.append(self.wording.object_open)
        required = frozenset(_texts(schema.get("required")))
        properties = schema.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            inner_schema = inner if isinstance(inner, dict) else {}
            show = self._property_of_variants if isinstance(inner_schema.get("oneOf"), list) else self._plain_property
            lines += self._heading(inner_schema, indent)
            lines.append((yield from show(name, name in required, inner_schema, indent)))
        lines.append(indent + self.wording.object_close)
        return "\n".join(lines)

    def _heading(self, schema: dict[str, Json], indent: str) -> list[str]:
        """Return the comments above a property, in the reference's order, which depends on `oneOf`."""
        lines = []
        if isinstance(title := schema.get("title"), str):
            lines += [self._comment(text=title), self.wording.blank_comment]
        description = schema.get("description")
        if isinstance(description, str) and "oneOf" not in schema:
            lines.append(self._comment(text=description))
        examples = schema.get("examples")
        if isinstance(examples, list) and examples:
            lines.append(self._comment(text=self.wording.examples_heading))
            for example in _texts(examples):
                lines.append(self._comment(text=self._example(text=self._quoted(text=example))))
        if isinstance(variants := schema.get("oneOf"), list):
            first = variants[0] if variants else None
            if isinstance(description, str) and description != _description(first):
                lines.append(self._comment(text=description))
            lines += self.comments(self._default_remark(schema))
        return [indent + line for line in lines]

    def _plain_property(self, name: str, required: bool, schema: dict[str, Json], indent: str) -> Text:
        text = yield schema, indent + self.wording.indent
        line = indent + self._property[required](name=name, type=self._nullable(text, schema))
        # The default is omitted even if `oneOf` is not a list.
        remarks = [] if "oneOf" in schema else self.comments(self._default_remark(schema))
        return self.wording.beside.join([line, *remarks])

    def _property_of_variants(self, name: str, required: bool, schema: dict[str, Json], indent: str) -> Text:
        lines = [indent + self._property_with_variants[required](name=name)]
        description = _description(schema)
        for position, variant in enumerate(_members(schema.get("oneOf"))):
            # A variant omits its description if the property has the same; the first one, if the property has any.
            said = description is not None and (position == 0 or description == _description(variant))
            lines.append((yield from self._variant_line(variant, indent, described=not said, in_property=True)))
        return "\n".join([*lines, indent + self.wording.variants_end])

    def _one_of(self, variants: list[Json], indent: str) -> Text:
        lines = [""]
        for variant in variants:
            lines.append((yield from self._variant_line(variant, indent, described=True, in_property=False)))
        return "\n".join(lines)

    def _variant_line(self, variant: Json, indent: str, *, described: bool, in_property: bool) -> Text:
        text = yield variant, indent + self.wording.variant_indent
        schema = variant if isinstance(variant, dict) else {}
        line = indent + self._variant(type=self._nullable(text, schema))
        description = _description(schema) if described else None
        remarks = [] if description is None else [description]
        remarks += self._default_remark(schema, bare_choices=in_property)
        comments = self.comments([self.wording.beside.join(remarks)] if remarks else [])
        return self.wording.beside.join([line, *comments])

    def _nullable(self, text: str, schema: dict[str, Json]) -> str:
        if schema.get("nullable") is not True or self.wording.null_type in text:
            return text
        return text + self.wording.union + self.wording.null_type

    def _default_remark(self, schema: dict[str, Json], *, bare_choices: bool = True) -> list[str]:
        """Return a list with the default's remark, if any. Text is in quotes; a listed choice is bare or JSON."""
        if "default" not in schema:
            return []
        default = schema["default"]
        if not isinstance(default, str):
            return [self._default(text=json_text(default, self.wording.exponent))]
        if not _members(schema.get("enum")):
            return [self._default(text=self._quoted(text=default))]
        return [self._default(text=default if bare_choices else json_text(default, self.wording.exponent))]


def _members(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _texts(value: Json) -> list[str]:
    return [member for member in _members(value) if isinstance(member, str)]


def _description(schema: Json) -> str | None:
    description = schema.get("description") if isinstance(schema, dict) else None
    return description if isinstance(description, str) else None
