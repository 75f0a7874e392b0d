"""Rules for fields, texts, tool namespaces and wordings: one function per rule, as in `check.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from codegen.complaints import Complaints
from codegen.load_wording import WORDING
from codegen.model import Spec
from codegen.model_contents import ContentSpec, FieldSpec, StructSpec, TextPiece, TypeSpec
from codegen.naming import CLASSES, TYPE_NAMES, is_class_name, is_constant, is_name
from codegen.sources import Path

TEXTS = ("text", "line")
PLAIN_TYPES = (*TEXTS, "flag", "object", "schema")
CHANNELS_TYPE, CHANNELS = "ChannelConfig", "channels"  # the only type whose default is the default channels
NAMESPACE_TYPE = "ToolNamespaceConfig"  # what a section of tools prints
FUNCTION_TOOLS = "function_tools"  # a condition on the conversation, not a field
FUNCTION_CHANNEL, FUNCTION_NAMESPACE = "function_channel", "function_namespace"
PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
ALIAS = re.compile(r"[A-Za-z_]?[A-Za-z0-9_]*\{name\}[A-Za-z0-9_]*")
ALIAS_HINT = "write {name} once, and letters, digits and _ with it"
QUIET = "make it optional, without a default"
LOWER = "write small letters, digits and _, not a word of Python"


def _owners(spec: Spec) -> list[tuple[Path, str, tuple[FieldSpec, ...]]]:
    """Return everything that has fields, as tuples of the path of the fields, the owner's name and the fields."""
    own = [(("contents.yaml", "structures", s.name), s.name, s.fields) for s in spec.structures]
    tools = [(("tools/schema.yaml", "structures", s.name), s.name, s.fields) for s in spec.tools.structures]
    contents = [(("contents.yaml", "contents", c.type), c.type, c.fields) for c in spec.contents]
    return [((*where, "fields"), name, fields) for where, name, fields in (*own, *tools, *contents)]


def _structures(spec: Spec) -> dict[str, Mapping[str, FieldSpec]]:
    return {s.name: {field.name: field for field in s.fields} for s in (*spec.structures, *spec.tools.structures)}


def _class_names(spec: Spec, complaints: Complaints) -> None:
    structures = (*spec.structures, *spec.tools.structures)
    named = [(thing.place, thing.name) for thing in spec.enumerations]
    named += [(thing.place, thing.name) for thing in structures]
    named += [(complaints.at("contents.yaml", "contents", c.type, "class"), c.class_name) for c in spec.contents]
    seen: set[str] = set()
    for place, name in named:
        if not is_class_name(name):
            complaints.say(place, f"'{name}' is not the name of a class", "begin with a capital, letters and digits")
        elif name in CLASSES or name in seen:
            complaints.say(place, f"there is a class '{name}' already", "take another name")
        seen.add(name)


def _fields(spec: Spec, complaints: Complaints) -> None:
    enumerations = {e.name: [member.name for member in e.members] for e in spec.enumerations}
    types = (*PLAIN_TYPES, *enumerations, *_structures(spec))
    for where, owner, fields in _owners(spec):
        for field in fields:
            if not is_name(field.name):
                complaints.say(field.place, f"field '{field.name}' cannot be the name of an attribute", LOWER)
            elif field.name in TYPE_NAMES:
                complaints.say(field.place, f"'{owner}' has '{field.name}' already", "take another name")
            known = complaints.known((*where, field.name, "type"), "type", field.type.name, types)
            if field.quiet and (field.has_default or not field.optional):
                complaints.say((*where, field.name, "quiet"), "a quiet field is None at first", QUIET)
            if field.one is not None and known:
                _one(spec, field, (*where, field.name, "one"), [f.name for f in fields], complaints)
            if field.has_default and known:
                _default(field, (*where, field.name, "default"), enumerations, complaints)


def _one(spec: Spec, field: FieldSpec, where: Path, others: Sequence[str], complaints: Complaints) -> None:
    """Check the word for one member of a list, which becomes the name of a method."""
    if not is_name(str(field.one)):
        complaints.say(where, f"'{field.one}' cannot be part of the name of a method", LOWER)
    elif field.one in others:
        complaints.say(where, f"there is a method 'with_{field.one}' already", "take another word")
    name = _structures(spec).get(field.type.name, {}).get("name")
    if field.type.container != "list" or name is None or name.type.name not in TEXTS:
        complaints.say(where, f"'{field.name}' is no list of structures with a name", "'one' adds a member by its name")


def _default(field: FieldSpec, where: Path, members: Mapping[str, list[str]], complaints: Complaints) -> None:
    kind, default = field.type, field.default or ""
    if kind == TypeSpec(None, CHANNELS_TYPE):
        if default != CHANNELS:
            complaints.say(where, f"'{default}' is not a default for a {CHANNELS_TYPE}", f"write '{CHANNELS}'")
    elif kind.container is None and kind.name in members:
        complaints.known(where, "member", default, members[kind.name])
    elif kind == TypeSpec(None, "flag"):
        if default not in ("true", "false"):
            complaints.say(where, f"expected true or false, found '{default}'", "write true or false")
    elif kind.container is not None or kind.name not in TEXTS:
        complaints.say(where, f"a field of type '{_shown(kind)}' has no default", "make it 'optional: true'")


def _shown(kind: TypeSpec) -> str:
    return f"{kind.container} of {kind.name}" if kind.container else kind.name


def _enumerations(spec: Spec, complaints: Complaints) -> None:
    for enumeration in spec.enumerations:
        where = ("contents.yaml", "enumerations", enumeration.name, "members")
        if not enumeration.members:
            complaints.say(where, f"enumeration '{enumeration.name}' has no members")
        for member in enumeration.members:
            if not is_constant(member.name):
                complaints.say(member.place, f"'{member.name}' is not the name of a member", "write capitals")
        values = [((*where, member.name, "value"), member.name, member.value) for member in enumeration.members]
        complaints.unique([(at, owner, value) for at, owner, value in values], "value")


def _contents(spec: Spec, complaints: Complaints) -> None:
    for content in spec.contents:
        where = ("contents.yaml", "contents", content.type)
        if not is_name(content.type):
            complaints.say(content.place, f"'{content.type}' is not the name of a content type", LOWER)
        if content.role is not None:
            complaints.known((*where, "role"), "role", content.role, spec.roles)
        for index, section in enumerate(content.sections):
            if section.tools is None and not section.lines:
                complaints.say(section.place, "the section has no lines")
            if section.tools is not None:
                _tools_section(content, section.tools, (*where, "sections", index, "tools"), complaints)
            fields = {field.name: field for field in content.fields}
            if section.each is not None:
                fields = _members(spec, fields, section.each, (*where, "sections", index, "each"), complaints)
            for number, line in enumerate(section.lines):
                _piece(spec, fields, line, (*where, "sections", index, "lines", number), complaints)


def _members(
    spec: Spec, fields: Mapping[str, FieldSpec], name: str, where: Path, complaints: Complaints
) -> dict[str, FieldSpec]:
    """Return the fields of each member of a field, which the lines of a section can name."""
    if not complaints.known(where, "field", name, fields):
        return {}
    type_ = fields[name].type
    structures = _structures(spec)
    if type_.container is None or type_.name not in structures:
        complaints.say(where, f"'{name}' is of type '{_shown(type_)}'", "'each' needs a list or a map of a structure")
    return dict(structures.get(type_.name, {}))


def _tools_section(content: ContentSpec, name: str, where: Path, complaints: Complaints) -> None:
    fields = {field.name: field for field in content.fields}
    wanted = TypeSpec("map", NAMESPACE_TYPE)
    if complaints.known(where, "field", name, fields) and fields[name].type != wanted:
        what = f"'{name}' holds no tool namespaces"
        complaints.say(where, what, f"a section of tools needs a field of type '{_shown(wanted)}'")


def _piece(spec: Spec, fields: Mapping[str, FieldSpec], piece: TextPiece, where: Path, complaints: Complaints) -> None:
    named = PLACEHOLDER.findall(piece.text)
    found = [_placeholder(spec, fields, name, piece, where, complaints) for name in named]
    if piece.join is not None and not any(found):
        complaints.say((*where, "join"), "there is no list in this text to join")
    if piece.when is not None and piece.when != FUNCTION_TOOLS:
        _find(spec, fields, piece.when, (*where, "when"), complaints, (FUNCTION_TOOLS,))
    for index, more in enumerate(piece.more):
        _piece(spec, fields, more, (*where, "more", index), complaints)


def _placeholder(
    spec: Spec, fields: Mapping[str, FieldSpec], name: str, piece: TextPiece, where: Path, complaints: Complaints
) -> bool:
    """Check that a placeholder can be printed; return whether it can be a list that is joined."""
    where = (*where, "text")
    if name == FUNCTION_CHANNEL and not any(channel.functions for channel in spec.channels.values()):
        complaints.say(where, "no channel takes function calls", "set 'functions: true' on one in channels.yaml")
    if name in (FUNCTION_CHANNEL, FUNCTION_NAMESPACE):
        return False
    field = _find(spec, fields, name, where, complaints, (FUNCTION_CHANNEL, FUNCTION_NAMESPACE))
    if field is None:
        return True  # already reported; it could have been a list
    enumerations = [enumeration.name for enumeration in spec.enumerations]
    unknown = field.type.name not in (*PLAIN_TYPES, *enumerations, *_structures(spec))
    alone = field.type == TypeSpec(None, "schema")
    printable = field.type.name in TEXTS or field.type.name in enumerations or alone or unknown
    if field.type.container == "map" or not printable:
        complaints.say(where, f"'{name}' is of type '{_shown(field.type)}', which is not a text")
    elif field.type.container == "list" and piece.join is None:
        complaints.say(where, f"'{name}' is a list", "say with 'join' what stands between its members")
    return field.type.container == "list"


def _find(
    spec: Spec, fields: Mapping[str, FieldSpec], name: str, where: Path, complaints: Complaints, also: Sequence[str]
) -> FieldSpec | None:
    """Return the field, or the part of a field, that a name refers to, or None; report an unknown name."""
    head, _, part = name.partition(".")
    if not complaints.known(where, "field", head, (*fields, *also)):
        return None
    field = fields.get(head)
    if field is None or not part:
        return field
    parts = _structures(spec).get(field.type.name, {}) if field.type.container is None else {}
    return parts[part] if complaints.known(where, "part", part, parts) else None


def _tool_structures(spec: Spec, complaints: Complaints) -> None:
    """Check that the tool structures have the fields that built-in namespaces and the schema printer need."""
    if spec.tools.function_namespace is None:
        return  # there is no such file
    file, structures = ("tools/schema.yaml", "structures"), {s.name: s for s in spec.tools.structures}
    if not complaints.known(file, "structure", NAMESPACE_TYPE, structures):
        return
    held = {field.name: field for field in structures[NAMESPACE_TYPE].fields}
    tool = held["tools"].type.name if "tools" in held else ""
    described = tool if tool in structures and tool != NAMESPACE_TYPE else "T"
    wanted = {
        "name": TypeSpec(None, "text"),
        "description": TypeSpec(None, "text"),
        "tools": TypeSpec("list", described),
    }
    _must_have(structures[NAMESPACE_TYPE], wanted, complaints)
    if described in structures:
        wanted = {"name": TypeSpec(None, "text"), "description": TypeSpec(None, "text")}
        _must_have(structures[described], wanted | {"parameters": TypeSpec(None, "object")}, complaints)


def _must_have(structure: StructSpec, wanted: Mapping[str, TypeSpec], complaints: Complaints) -> None:
    fields = {field.name: field.type for field in structure.fields}
    for name, type_ in wanted.items():
        if fields.get(name) != type_:
            what = f"'{structure.name}' needs a field '{name}' of type '{_shown(type_)}'"
            complaints.say(structure.place, what, "the tool namespaces of tools/ have it")


def _circles(spec: Spec, complaints: Complaints) -> None:
    held = {s.name: {f.type.name for f in s.fields} for s in (*spec.structures, *spec.tools.structures)}
    for structure in (*spec.structures, *spec.tools.structures):
        inside: set[str] = set()
        around = {structure.name}
        while around:
            around = {name for outer in around for name in held.get(outer, ())} - inside
            inside |= around
        if structure.name in inside:
            complaints.say(structure.place, f"structure '{structure.name}' holds itself", "no value of it would end")


def _namespaces(spec: Spec, complaints: Complaints) -> None:
    for namespace in spec.tools.namespaces:
        if not is_name(namespace.name):
            complaints.say((namespace.place.file, "name"), f"'{namespace.name}' is not the name of a method", LOWER)
        names = [tool.name for tool in namespace.tools]
        for index, name in enumerate(names):
            if name in names[:index]:
                complaints.say((namespace.place.file, "tools", index, "name"), f"there is a tool '{name}' already")


def _alias(spec: Spec, complaints: Complaints) -> None:
    """Check that the other name of a function is made of the letters that names of functions may have."""
    alias = spec.tools.alias
    if alias is not None and not (ALIAS.fullmatch(alias) and alias != "{name}"):
        complaints.say(("tools/schema.yaml", "alias"), f"'{alias}' is no other name", ALIAS_HINT)


def _wording(spec: Spec, complaints: Complaints) -> None:
    for key, text in spec.tools.wording.items():
        wording_faults(complaints, ("tools/schema.yaml", "wording", key), text, WORDING[key])


def wording_faults(complaints: Complaints, where: tuple[str, ...], text: str, wanted: Sequence[str]) -> None:
    """Report the placeholders of a printer's string that it must not have, and those that are missing."""
    key, found = where[-1], PLACEHOLDER.findall(text)
    for name in sorted(set(found) - set(wanted)):
        hint = f"it has {' and '.join(f'{{{n}}}' for n in wanted) or 'none'}"
        complaints.say(where, f"'{key}' has no placeholder {{{name}}}", hint)
    for name in wanted:
        if name not in found:
            complaints.say(where, f"'{key}' must hold {{{name}}}")


CONTENT_RULES = (
    _class_names,
    _fields,
    _enumerations,
    _contents,
    _tool_structures,
    _circles,
    _namespaces,
    _alias,
    _wording,
)
