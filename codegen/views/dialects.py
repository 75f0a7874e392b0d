"""Values for the template of the dialects: the table by which messages of APIs become messages of the format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from codegen.check_chat import field_of
from codegen.check_dialects import efforts, holder, response_formats
from codegen.model import Spec
from codegen.model_chat import ChatPart, ChatSpec
from codegen.model_contents import ContentSpec, FieldSpec
from codegen.python_text import call, import_of, literal, value_text
from codegen.views.chat_messages import is_one_message, placed, sampled_role
from codegen.views.framing import frozenset_of
from codegen.views.jinja_contents import holds_namespaces

INDENT = 4
ROLE = "Role"
SHAPES = ".._runtime.types.dialects"


def view(spec: Spec, package: str) -> dict[str, object]:
    chat = spec.chat
    if chat is None:
        return {"imports": [import_of(SHAPES, ["Dialects"])], "table": "DIALECTS: Dialects | None = None"}
    lines = [f"    {name}={text}," for name, text in _arguments(spec, chat).items()]
    table = "\n".join(["DIALECTS: Dialects | None = Dialects(", *lines, ")"])
    return {"imports": _imports(spec, table), "table": table}


def _arguments(spec: Spec, chat: ChatSpec) -> dict[str, str]:
    dialects = spec.dialects
    words = efforts(spec)
    members = {} if words is None else {m.written: f"{words.name}.{m.name}" for m in words.members}
    nearest = {} if dialects is None else {word: members[other] for word, other in dialects.nearest.items()}
    ends = [channel.word for channel in spec.channels.values() if channel.ends_turn]
    instructs = [role.word for role in spec.roles.values() if role.instructs]
    unwritten = next((f.unwritten for f in spec.message.fields if f.unwritten is not None), None)
    return {
        "opening": _opening(spec, chat),
        "holder": _holder(spec),
        "messages": _parts(spec, chat.messages),
        "assistant": _parts(spec, chat.assistant),
        "results": _parts(spec, chat.results),
        "one_message": repr(is_one_message(spec)),
        "efforts": _mapping(members),
        "nearest": _mapping(nearest),
        "parts": _values({} if dialects is None else dialects.parts, "parts"),
        "phases": _values({} if dialects is None else dialects.phases, "phases"),
        "custom_input": _optional(None if dialects is None else dialects.custom_input),
        "ends_turn": frozenset_of(ends),
        "instructs": frozenset_of(instructs),
        "unaddressed": _optional(unwritten),
        "call_stops": value_text(_call_stops(spec)),
        "builtins": _builtins(spec),
    }


def _call_stops(spec: Spec) -> tuple[str, ...]:
    """Return the texts of the stop tokens that only a message with a certain field, or with a call in it, has."""
    usual = {row.token for row in spec.message.stops if row.with_field is None and row.holds is None}
    return tuple(spec.tokens[r.token].text for r in spec.message.stops if r.token not in usual)


def _opening(spec: Spec, chat: ChatSpec) -> str:
    content = next((content for content in spec.contents if content.type == chat.opening), None)
    if content is None:
        return "None"
    effort = None if spec.dialects is None else spec.dialects.effort_field
    tools = _first(content, holds_namespaces)
    told = [f"{ROLE}.{str(content.role).upper()}", content.class_name]
    told += [f"today={_optional(chat.today)}", f"effort={_optional(effort)}", f"tools={_optional(tools)}"]
    return call("Opening", told, INDENT, 20)


def _holder(spec: Spec) -> str:
    """Return the content that holds the tools of a request: that of the first kind of message that can hold some."""
    found = holder(spec)
    if found is None:
        return "None"
    role, content = found
    formats = response_formats(spec, content)
    told = [literal(role), f"tools={_optional(_first(content, holds_namespaces))}"]
    named = ("None", "None") if formats is None else (literal(formats[0].name), formats[1].name)
    told += [f"formats={named[0]}", f"format={named[1]}"]
    return call("Holder", told, INDENT, 20)


def _first(content: ContentSpec, fits: Callable[[FieldSpec], bool]) -> str | None:
    return next((field.name for field in content.fields if fits(field)), None)


def _parts(spec: Spec, parts: Mapping[str, ChatPart]) -> str:
    return _mapping({key: _part(spec, part) for key, part in parts.items()})


def _part(spec: Spec, part: ChatPart) -> str:
    told = [f"{ROLE}.{(part.role or sampled_role(spec)).upper()}"]
    if part.name is not None:
        told.append(f"name={literal(placed(spec, part.name))}")
    if part.fields:
        fields = {name: placed(spec, value) for name, value in part.fields.items()}
        told.append(f"fields={value_text(fields, 12, 19)}")
    found = None if part.text is None else field_of(spec, part.text)
    if found is not None:
        told += [f"content={found[0].class_name}", f"text={literal(found[1].name)}"]
    if part.function is not None:
        told.append(f"function={literal(part.function.partition('.')[2])}")
    return call("Part", told, 8, 24)


def _builtins(spec: Spec) -> str:
    found = {}
    for namespace in spec.tools.namespaces:
        told = namespace.responses
        if told is not None:
            actions = {name: dict(action) for name, action in told.actions.items()}
            values = {
                "tools": value_text(told.tools, 12, 19),
                "item": literal(told.item),
                "text": _optional(told.text),
                "actions": value_text(actions, 12, 20),
            }
            found[namespace.name] = call("BuiltIn", [f"{name}={value}" for name, value in values.items()], 8, 24)
    return _mapping(found)


def _mapping(entries: Mapping[str, str]) -> str:
    """Return a dictionary of expressions, with one entry on each line."""
    if not entries:
        return "{}"
    return "\n".join(["{", *(f"        {literal(key)}: {value}," for key, value in entries.items()), "    }"])


def _values(entries: Mapping[str, str], name: str) -> str:
    return value_text(dict(entries), INDENT, INDENT + len(name) + 1)


def _optional(text: str | None) -> str:
    return "None" if text is None else literal(text)


def _imports(spec: Spec, table: str) -> list[str]:
    def used(names: Iterable[str]) -> list[str]:
        return [name for name in names if re.search(rf"\b{name}\b", table)]

    shapes = used(("BuiltIn", "Dialects", "Holder", "Opening", "Part"))
    contents = used([*(content.class_name for content in spec.contents), *(s.name for s in spec.structures)])
    enumerations = used([ROLE, *(each.name for each in spec.enumerations)])
    lines = [import_of(SHAPES, shapes)]
    lines += [import_of(".contents", contents)] if contents else []
    return [*lines, import_of(".enumerations", enumerations)]
