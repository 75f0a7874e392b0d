"""Values for the template of the renderer: the header's pieces, the stop tokens, the contents' text as lines."""

from __future__ import annotations

import re

from codegen.check_contents import NAMESPACE_TYPE
from codegen.framing import compile_framing
from codegen.grammar import write_order
from codegen.model import Spec
from codegen.model_contents import ContentSpec, EnumSpec, FieldSpec, TypeSpec
from codegen.python_text import docstring, function_head, import_of, literal, value_text
from codegen.styles import style_words
from codegen.views.contents import plain_content
from codegen.views.framing import RECIPIENT, frozenset_of
from codegen.views.headers import closing, closing_line, field_lines, first_pieces, ids, unpacked
from codegen.views.keys import key_body, value_body
from codegen.views.sections import asks_for_tools, prints_tools, snake, text_lines, written_table

KINDS = {"text": "text", "line": "one_line", "flag": "flag", "object": "mapping", "schema": "json_schema"}
NAMELESS = "An author has no name in this format"
CONTAINERS = {None: "{}", "list": "ListOf({})", "map": "MapOf({})"}

Lines = list[str]


def view(spec: Spec, package: str) -> dict[str, object]:
    plain = plain_content(spec)
    order = write_order(spec)
    strings: dict[str, object] = {
        "written": [{"line": _written_line(enumeration)} for enumeration in spec.enumerations],
        "attributes": value_text(("author.role", "author.name", *(f.name for f in spec.message.fields)), 0, 26),
        "plain": {"name": plain.class_name, "field": plain.fields[0].name},
        "first": first_pieces(spec),
        "closing": closing_line(spec),
        "unpacked": unpacked(spec, ["role", "name", *order]),
        "author": _author_lines(spec),
        "pieces": [line for name in order for line in field_lines(spec, name)],
        "stop": _stop_lines(spec),
        "training": _training_lines(spec),
        "around": ",\n    ".join(_around(spec)),
        "contents": [_content(spec, content, content is plain) for content in spec.contents],
        "values": [
            {"class_name": s.name, "name": snake(s.name), "body": value_body(spec, s)}
            for s in (*spec.tools.structures, *spec.structures)
        ],
        "keys": [
            {"class_name": content.class_name, "name": content.type, "body": key_body(spec, content)}
            for content in spec.contents
            if content is not plain
        ],
        "declaring": [{"name": c.type, "class_name": c.class_name, "field": _declares(c)} for c in _declaring(spec)],
        "function_namespace": literal(spec.tools.function_namespace or ""),
        "kinds": _kinds(spec),
        "roles": value_text(tuple(spec.roles), 8, 30),
        "fields": [field.name for field in spec.message.fields],
        "history": ",\n        ".join(_history(spec)),
        "styles": value_text(style_words(spec), 4, 11),
    }
    code = repr(strings)  # contains every line that the template writes
    return {**strings, "imports": _imports(spec, code), "ids": ids(spec, code)}


# the header ----------------------------------------------------------------------------------------


def _history(spec: Spec) -> Lines:
    """Return the arguments of the history rule."""
    roles, channels = spec.roles.values(), spec.channels.values()
    lines = [
        f"sampled={frozenset_of(role.word for role in roles if role.sampled)}",
        f"ends_turn={frozenset_of(channel.word for channel in channels if channel.ends_turn)}",
        f"dropped={frozenset_of(channel.word for channel in channels if channel.dropped)}",
        f"answers_calls={frozenset_of(role.word for role in roles if role.answers_calls)}",
        f"instructs={frozenset_of(role.word for role in roles if role.instructs)}",
    ]
    for field in spec.message.fields:
        if field.name == RECIPIENT:
            lines.append(f'recipient=attrgetter("{field.name}")')
            if field.unwritten is not None:
                lines.append(f"unaddressed={literal(field.unwritten)}")
            lines.append(f"tool_word_holds={literal(spec.message.tool_word_holds or '')}")
    return lines


def _author_lines(spec: Spec) -> Lines:
    """Return the lines that make the author's text from `role` and `name`."""
    lines: Lines = []
    for role in spec.roles.values():
        if role.author == "name":
            lines += [f"if role == {literal(role.word)}:", "    if name is None:"]
            lines += [f"        raise RenderError({literal(role.unnamed or '')})", "    return name"]
    if spec.name_separator is None:
        return [*lines, "if name is not None:", f"    raise RenderError({literal(NAMELESS)})", "return role"]
    return [*lines, f"return role if name is None else role + {literal(spec.name_separator)} + name"]


def _around(spec: Spec) -> Lines:
    """Return the rules for what is written around messages and their headers, as arguments."""
    framing = compile_framing(spec)
    lines = [f"opening={spec.message.opens}_ID"]
    lines += [] if spec.message.begins is None else [f"begins={spec.message.begins}_ID"]
    if spec.message.closes_header in spec.message.literals:
        lines.append(f"header_end={literal(spec.message.literals[spec.message.closes_header])}")
    if framing.states[framing.starts["completion"]].phase == "CONTENT":
        lines.append(f"behind_role=({', '.join(closing(spec))},)")
    return lines if framing.behind_stop is None else [*lines, f"behind_stop={literal(framing.behind_stop)}"]


def _stop_lines(spec: Spec) -> Lines:
    """Return the rows of `stops` as statements; the last row is for every other message."""
    lines: Lines = []
    named: list[str] = []
    for rule in spec.message.stops:
        if rule.holds is not None:
            continue  # the rule of the content has this stop
        conditions = [f"role == {literal(rule.role)}"] if rule.role is not None else []
        conditions += [f"{rule.with_field} is not None"] if rule.with_field is not None else []
        named += [*(["role"] if rule.role is not None else []), *([rule.with_field] if rule.with_field else [])]
        if conditions:
            lines += [f"if {' and '.join(conditions)}:", f"    return {rule.token}_ID"]
        else:
            lines.append(f"return {rule.token}_ID")
    return [unpacked(spec, named), *lines] if named else lines


def _training_lines(spec: Spec) -> Lines:
    rule = spec.message.training
    if rule is None:
        return ["return None"]
    condition = f"role == {literal(rule.role)} and channel == {literal(rule.channel)}"
    return [unpacked(spec, ["role", "channel"]), f"return {rule.token}_ID if {condition} else None"]


# the contents --------------------------------------------------------------------------------------


def _written_line(enumeration: EnumSpec) -> str:
    start = f"{written_table(enumeration.name)} = "
    return start + value_text({member.value: member.written for member in enumeration.members}, 0, len(start))


def _content(spec: Spec, content: ContentSpec, is_plain: bool) -> dict[str, object]:
    name = content.type
    rule = {
        "tag": literal(name),
        "role": "None" if content.role is None else literal(content.role),
        "text": f"written_{name}",
    }
    if not is_plain:
        rule["key"] = f"key_of_{name}"
    if content.behind is not None:
        rule["behind"] = f"{content.behind}_ID"
    stops = [row.token for row in spec.message.stops if row.holds == content.type]
    if stops:
        rule["stop"] = f"{stops[0]}_ID"
    if asks_for_tools(content):
        rule["asks_for_tools"] = "True"
    if content in _declaring(spec):
        rule["declares_tools"] = f"{name}_declares_tools"
    if prints_tools(content):
        rule["prints_tools"] = "True"
    return {
        "name": name,
        "class_name": content.class_name,
        "head": "\n".join(function_head(f"written_{name}", text_arguments(content), "str:", 0)),
        "doc": docstring(f"The text of a {content.class_name}.", 4),
        "text": text_lines(spec, content),
        "rule": [_kind_name(content.class_name), *(f"{key}={value}" for key, value in rule.items())],
    }


def text_arguments(content: ContentSpec) -> Lines:
    """Return the parameters of the function that writes the text of a content."""
    arguments = [f"content: {content.class_name}", "function_tools: bool"]
    return [*arguments, "tools_text: ToolsText = tools_text"] if prints_tools(content) else arguments


def _declaring(spec: Spec) -> list[ContentSpec]:
    """Return the contents that declare function tools: they hold tools, and no line depends on function tools."""
    return [content for content in spec.contents if _declares(content) and not asks_for_tools(content)]


def _declares(content: ContentSpec) -> str | None:
    """Return the field that can hold the namespace of function tools; None if there is none."""
    wanted = TypeSpec("map", NAMESPACE_TYPE)
    return next((field.name for field in content.fields if field.type == wanted), None)


# the kinds of values, and imports -----------------------------------------------------------------


def _kinds(spec: Spec) -> Lines:
    """Return tables of the kinds of values, each after the kinds that it uses."""
    lines = []
    for enumeration in spec.enumerations:
        start = f"{_kind_name(enumeration.name)} = OneOf("
        lines.append(start + value_text(tuple(m.value for m in enumeration.members), 0, len(start)) + ")")
    waiting = {s.name: s.fields for s in (*spec.tools.structures, *spec.structures)}
    while waiting:
        ready = next(name for name, fields in waiting.items() if not waiting.keys() & {f.type.name for f in fields})
        lines += _record(ready, waiting.pop(ready))
    for content in spec.contents:
        lines += _record(content.class_name, content.fields)
    return lines


def _record(name: str, fields: tuple[FieldSpec, ...]) -> Lines:
    rows = [(literal(field.name), _kind(field.type), ", optional=True" * field.optional) for field in fields]
    lines = [f"    Field({name}, {kind}{optional})," for name, kind, optional in rows]
    return [f"{_kind_name(name)} = Record(", f"    {name},", *lines, ")"]


def _kind(type_: TypeSpec) -> str:
    return CONTAINERS[type_.container].format(KINDS.get(type_.name) or _kind_name(type_.name))


def _kind_name(name: str) -> str:
    return f"_{snake(name).upper()}"


def _imports(spec: Spec, code: str) -> Lines:
    """Return the imports from the runtime and the sibling modules that the format needs."""
    kinds = ["MapOf"] if "MapOf(" in code else []
    checks = [name for name in ("flag", "json_schema", "mapping", "one_line") if re.search(rf"[ (]{name}[,)]", code)]
    contents = sorted([*(s.name for s in spec.structures), *(content.class_name for content in spec.contents)])
    keyed = len(spec.contents) > 1
    rules = ["ContentRule", "Contents", *(["Exact"] * keyed), "Header", *(["Key"] * keyed), "Rules"]
    called = [name for name in ("each", "enclosed", "plain") if re.search(rf"\b{name}\b[(,]", code)]
    printed = "tools_text(" in code
    written = [name for name in ("margined", "schema_line") if f"{name}(" in code]
    tools = sorted(structure.name for structure in spec.tools.structures)
    lines = [
        import_of(".._runtime.types.checking", ["Field", "ListOf", *kinds, "OneOf", "Record", *checks, "text"]),
        "from .._runtime.writing.history import HistoryRule",
        import_of(".._runtime.writing.rules", [*rules, *called]),
        import_of(".._runtime.writing.schema_text", written) if written else "",
        "from .._runtime.writing.typescript import ToolsText, tools_text" if printed else "",
        "from ..errors import RenderError" if "RenderError(" in code else "",
        f"from .contents import {', '.join(contents)}",
        "from .messages import Author, Message",
        f"from .tools import {', '.join(tools)}" if tools else "",
        "from .wording import WORDING" if printed else "",
    ]
    return [line for line in lines if line]
