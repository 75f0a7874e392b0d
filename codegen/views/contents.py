"""Values for the template of the contents: structures, content classes, and the lines of their builder methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen.check_blocks import is_plain
from codegen.check_contents import CHANNELS_TYPE, FUNCTION_TOOLS, NAMESPACE_TYPE, TEXTS
from codegen.model import Spec
from codegen.model_contents import ContentSpec, FieldSpec, StructSpec, TextPiece, TypeSpec
from codegen.python_text import (
    annotation,
    call,
    docstring,
    docstring_with_example,
    function_head,
    import_of,
    literal,
    names,
    value_text,
)
from codegen.views.fields import JSON_TYPES, constructors, field_lines, late_fields, modelling_names, parameter

Method = dict[str, object]


def view(spec: Spec, package: str) -> dict[str, object]:
    plain = plain_content(spec)
    (text,) = plain.fields
    classes = [structure.name for structure in spec.structures] + [content.class_name for content in spec.contents]
    defaults = tuple(channel.word for channel in spec.channels.values() if channel.default)
    owners = [structure.fields for structure in spec.structures] + [content.fields for content in spec.contents]
    declared = [structure for structure in spec.structures if _takes_more(structure)]
    return {
        "modelling": modelling_names(owners),
        "typing": "TYPE_CHECKING" + ", overload" * any(late_fields(structure.fields) for structure in declared),
        "collections": "Mapping, Sequence" if declared else "Sequence",
        "imports": _imports(spec),
        "names": names(["Content", "DEFAULT_CHANNELS", "make_text", *classes]),
        "structures": [_structure(structure, defaults) for structure in spec.structures],
        "default_channels": value_text(defaults, 0, len("DEFAULT_CHANNELS = ")),
        "contents": [_content(content, spec) for content in spec.contents],
        "plain": {
            "name": plain.class_name,
            "field": text.name,
            "parameter": f"{text.name}: {annotation(text.type)}",
            "key": literal(text.name),
            "tag": literal(plain.type),
        },
    }


def plain_content(spec: Spec) -> ContentSpec:
    """Return the content that a string is converted to: one text, allowed in messages of any role."""
    return next(content for content in spec.contents if is_plain(content))


def _imports(spec: Spec) -> list[str]:
    """Return the imports of the classes that the fields use and other modules define."""
    fields = [field for structure in spec.structures for field in structure.fields]
    fields += [field for content in spec.contents for field in content.fields]
    used = {field.type.name for field in fields}
    enumerations = sorted(used & {enumeration.name for enumeration in spec.enumerations})
    tools = sorted(used & {structure.name for structure in spec.tools.structures})
    lines = [import_of(".enumerations", enumerations)] if enumerations else []
    if tools:
        functions = ["FUNCTION_NAMESPACE"] if any(_declares_functions(content) for content in spec.contents) else []
        described = [s.name for s in spec.tools.structures if functions and s.name not in tools]
        lines.append(import_of(".tools", [*functions, *tools, *described]))
    return lines


def _structure(structure: StructSpec, channels: tuple[str, ...]) -> dict[str, object]:
    required = _requirement(structure)
    example = []
    if required and channels:
        word, _, flag = required
        example = [f">>> {structure.name}.require_{word}([{literal(channels[-1])}]).{flag}", "True"]
    elif values := _example_values(structure):
        example = [
            f">>> {structure.name}({', '.join(values.values())}).{next(iter(values))}",
            next(iter(values.values())),
        ]
    return {
        "name": structure.name,
        "doc": docstring_with_example(structure.doc, example, 4),
        "quiet": _quiet(structure.fields),
        "fields": field_lines(structure.fields, {}),
        "constructors": constructors(structure.fields) if _takes_more(structure) else [],
        "requires": required[0] if required else "",
        "valid": required[1] if required else "",
        "flag": required[2] if required else "",
        "made": _default_values(structure, required) if required else [],
    }


def _example_values(structure: StructSpec) -> dict[str, str]:
    """Return values for the required fields of a structure, if they are texts and schemas; else nothing."""
    shown = {**dict.fromkeys(TEXTS, "'answer'"), "schema": '{"type": "object"}'}
    required = [field for field in structure.fields if not (field.optional or field.has_default)]
    if any(field.type.container or field.type.name not in shown for field in required):
        return {}
    return {field.name: shown[field.type.name] for field in required}


def _takes_more(structure: StructSpec) -> bool:
    """Return whether the constructor takes values of more types than the fields have."""
    return any(field.type.name in JSON_TYPES for field in structure.fields)


def _quiet(fields: Iterable[FieldSpec]) -> str:
    """Return the argument of a class statement that names the quiet fields; empty if there are none."""
    names = tuple(field.name for field in fields if field.quiet)
    return f", quiet={value_text(names)}" if names else ""


def _default_values(structure: StructSpec, required: tuple[str, str, str]) -> list[str]:
    _, valid, flag = required
    made = {valid: "list(DEFAULT_CHANNELS)", flag: "True"}
    return [f"values[{literal(field.name)}] = {made.get(field.name)}" for field in structure.fields]


def _requirement(structure: StructSpec) -> tuple[str, str, str] | None:
    """Return the word, the list field and the flag of a structure that can require valid values; None for others."""
    lists = [field.name for field in structure.fields if field.type.container == "list" and field.type.name == "text"]
    flags = [field.name for field in structure.fields if field.type.name == "flag"]
    if structure.name != CHANNELS_TYPE or not lists or not flags:
        return None
    return lists[0].removeprefix("valid_"), lists[0], flags[0]


def _content(content: ContentSpec, spec: Spec) -> dict[str, object]:
    structures = {structure.name: structure for structure in (*spec.structures, *spec.tools.structures)}
    tag = f"tag={literal(content.type)}" + (", tag_first=True" if content.tag == "first" else "")
    tag += _quiet(content.fields)
    return {
        "name": content.class_name,
        "tag": tag,
        "doc": docstring_with_example(content.doc, _example(content, spec), 4),
        "fields": field_lines(content.fields, _defaults(content)),
        "methods": [] if content is plain_content(spec) else list(_methods(content, spec, structures)),
    }


def _example(content: ContentSpec, spec: Spec) -> list[str]:
    """Return lines that create a content and show its first text; no lines if other values are required."""
    required = [field for field in content.fields if not (field.optional or field.has_default)]
    texts = [field.name for field in content.fields if field.type == TypeSpec(None, "text")]
    if content is plain_content(spec):
        return [f'>>> {content.class_name}("Hello").{texts[0]}', "'Hello'"]
    if required or not texts:
        return []
    made = f">>> content = {content.class_name}.new()"
    changed = f'>>> content = content.with_{texts[0]}("You are a pirate.")'
    return [made, changed, f">>> content.{texts[0]}", "'You are a pirate.'"]


def _defaults(content: ContentSpec) -> dict[str, str]:
    """Return the defaults that are expressions: members of enumerations, and new values with the default channels."""
    made = {}
    for field in content.fields:
        if field.has_default and field.type.name == CHANNELS_TYPE:
            made[field.name] = "field(default_factory=default_channels)"
        elif field.has_default and field.type.name not in (*TEXTS, "flag"):
            made[field.name] = f"{field.type.name}.{field.default}"
    return made


def _method(head: list[str], doc: str, *body: str, result: str = "self") -> Method:
    return {"head": "\n    ".join(head), "doc": docstring(doc, 8), "body": list(body), "result": result}


def _head(name: str, *parameters: str) -> list[str]:
    return function_head(name, ["self", *parameters], "Self:", 4)


def _methods(content: ContentSpec, spec: Spec, structures: dict[str, StructSpec]) -> Iterator[Method]:
    yield _new(content)
    for field in content.fields:
        if field.type.container == "map" and field.type.name == NAMESPACE_TYPE:
            yield from _namespace_methods(field, content, spec)
            continue
        head = _head(f"with_{field.name}", f"{field.name}: {annotation(field.type, optional=field.optional)}")
        yield _method(
            head, f"Set `{field.name}` without validation; return the content.", f"self.{field.name} = {field.name}"
        )
        required = _requirement(structures[field.type.name]) if field.type.name in structures else None
        if required:
            word = required[0]
            yield _method(
                _head(f"with_required_{word}", f"{word}: list[str]"),
                f"Require one of these {word} in every message; return the content.",
                f"self.{field.name} = {field.type.name}.require_{word}({word})",
            )
        if field.one is not None:
            yield _adding(field, structures[field.type.name])


def _adding(field: FieldSpec, structure: StructSpec) -> Method:
    """Return the method that adds one member to a list."""
    head = _head(f"with_{field.one}", *map(parameter, structure.fields))
    made = call(structure.name, (f"{inner.name}={inner.name}" for inner in structure.fields), 8, 15)
    doc = f"Add to `{field.name}`, or replace the one with the same name; return the content."
    kept = f"kept = [member for member in self.{field.name} or () if member.name != made.name]"
    return _method(head, doc, f"made = {made}", kept, f"self.{field.name} = [*kept, made]")


def _new(content: ContentSpec) -> Method:
    """Return the method `new`, which takes the required fields and uses defaults for the others."""
    given = [field for field in content.fields if not (field.optional or field.has_default)]
    head = function_head("new", ["cls", *(f"{field.name}: {annotation(field.type)}" for field in given)], "Self:", 4)
    if not given:
        return _method(
            ["@classmethod", *head], "Create a content with the default values.", *_made_new(content), result="made"
        )
    all_given = len(given) == len(content.fields)
    doc = "Create a content." if all_given else "Create a content with these values, and defaults for the others."
    made = call("cls", (f"{field.name}={field.name}" for field in given), 8, 15)
    return _method(["@classmethod", *head], doc, result=made)


def _made_new(content: ContentSpec) -> list[str]:
    """Return lines that make a content with defaults, without the constructor, which would build a validator."""
    defaults = _defaults(content)
    lines = [f"if cls is not {content.class_name}:", "    return cls()", "made = _new(cls)", "values = made.__dict__"]
    for field in content.fields:
        fresh = defaults.get(field.name, "").startswith("field(")
        value = "default_channels()" if fresh else f"cls.{field.name}"
        lines.append(f"values[{literal(field.name)}] = {value}")
    return lines


def _namespace_methods(field: FieldSpec, content: ContentSpec, spec: Spec) -> Iterator[Method]:
    """Yield builders for a field of tool namespaces: for any namespace, each built-in one, and function tools."""
    yield _method(
        _head(f"with_{field.name}", f"ns_config: {NAMESPACE_TYPE}"),
        "Add a tool namespace, or replace the one with the same name; return the content.",
        f"self.{field.name} = {{**(self.{field.name} or {{}}), ns_config.name: ns_config}}",
    )
    for namespace in spec.tools.namespaces:
        yield _method(
            _head(f"with_{namespace.name}_tool"),
            f"Add the built-in namespace `{namespace.name}`; return the content.",
            result=f"self.with_{field.name}({NAMESPACE_TYPE}.{namespace.name}())",
        )
    if _declares_functions(content):
        item = next(s.name for s in spec.tools.structures if s.name != NAMESPACE_TYPE)
        yield _method(
            _head("with_function_tools", f"tools: Sequence[{item}]"),
            "Set the function tools, which form a namespace; return the content.",
            f"functions = {NAMESPACE_TYPE}(name=FUNCTION_NAMESPACE, tools=list(tools))",
            result=f"self.with_{field.name}(functions)",
        )


def _declares_functions(content: ContentSpec) -> bool:
    """Return whether a content declares function tools: it holds tools, and no line depends on function tools."""
    holds = any(field.type.container == "map" and field.type.name == NAMESPACE_TYPE for field in content.fields)
    return holds and not any(_hears(line) for section in content.sections for line in section.lines)


def _hears(piece: TextPiece) -> bool:
    return piece.when == FUNCTION_TOOLS or any(_hears(more) for more in piece.more)
