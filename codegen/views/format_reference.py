"""Values for the template of docs/format-reference.md: every fact of the spec, in a form for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from codegen.model import EncodingSpec, OwnTokens, RecoverySpec, Reserved, RoleSpec, Spec, StopRule, TrainingRule
from codegen.model_contents import BuiltInNamespace, ContentSpec, FieldSpec, Section, TextPiece, TypeSpec

_ESCAPES = {"\n": r"\n", "\t": r"\t", "\f": r"\f", "\r": r"\r"}


def view(spec: Spec, package: str) -> dict[str, object]:
    message = spec.message
    return {
        "tokens": _table(
            ("token", "id", "terminal", "meaning"),
            ((_code(t.text), str(t.id), _code(t.terminal), t.doc) for t in spec.tokens.values()),
        ),
        "reserved": _reserved(spec.reserved),
        "stop_sets": _table(
            ("stop set", "tokens", "meaning"),
            ((_code(s.method), _codes(s.tokens), s.doc) for s in spec.stop_sets),
        ),
        "roles": _table(("role", "rank", "written as", "meaning"), (_role_row(r, spec) for r in spec.roles.values())),
        "name_separator": _code(spec.name_separator),
        "channels": _table(
            ("channel", "default", "shown to the user", "dropped", "function calls", "ends the turn", "meaning"),
            (
                (_code(c.word), *map(_yes, (c.default, c.shown, c.dropped, c.functions, c.ends_turn)), c.doc)
                for c in spec.channels.values()
            ),
        )
        if spec.channels
        else "",
        "framing": spec.framing.rstrip("\n"),
        "literals": _table(
            ("terminal", "text"), ((_code(name), _code(text)) for name, text in message.literals.items())
        ),
        "white_space": _code(message.white_space),
        "tool_word_holds": _code(message.tool_word_holds),
        "header_fields": _table(
            ("field", "written behind", "never written", "may begin with its marker", "meaning"),
            ((_code(f.name), _code(f.before), _code(f.unwritten), _yes(f.keeps_marker), f.doc) for f in message.fields),
        )
        if message.fields
        else "",
        "stops": _table(("stop token", "when", "meaning"), (_stop_row(rule) for rule in message.stops)),
        "training": _training(message.training),
        "section_break": _code(spec.section_break),
        "line_break": _code(spec.line_break),
        "contents": [_content(content) for content in spec.contents],
        "types": list(_types(spec)),
        "function_namespace": _code(spec.tools.function_namespace),
        "reserved_names": _codes(spec.tools.reserved_names),
        "alias": _code(spec.tools.alias),
        "wording": _table(("what", "text"), ((_code(k), _code(text)) for k, text in spec.tools.wording.items())),
        "json_types": _table(("type", "text"), ((_code(k), _code(text)) for k, text in spec.tools.types.items())),
        "namespaces": [_namespace(namespace) for namespace in spec.tools.namespaces],
        "encodings": [_encoding(encoding) for encoding in spec.encodings],
        "content_begins": _codes(spec.content_begins),
        "samples": f" in {_code(spec.samples_file)}" if spec.samples_file else "",
        "recoveries": _table(
            ("kind", "where or which rule", "what is done", "meaning", "evidence"), map(_recovery_row, spec.recoveries)
        )
        if spec.recoveries
        else "",
    }


# rows ---------------------------------------------------------------------------------------------


def _role_row(role: RoleSpec, spec: Spec) -> Sequence[str]:
    written = _code(role.word)
    if spec.name_separator is not None:
        written += f", or {_code(f'{role.word}{spec.name_separator}NAME')}"
    if role.author == "name":
        written = f"the author's {role.author}; without one: {_code(role.unnamed)}"
    doc = f"{role.doc}{' Sampled by the model.' * role.sampled}{' Part of the turn of the call.' * role.answers_calls}"
    doc += " Holds for the whole conversation." * role.instructs
    return _code(role.word), str(role.rank), written, doc


def _reserved(reserved: Reserved | None) -> str:
    if reserved is None:
        return ""
    return f"Every other id from {reserved.first} to {reserved.last} is {_code(reserved.text)}. {reserved.doc}"


def _training(rule: TrainingRule | None) -> str:
    if rule is None:
        return ""
    return (
        f"Rendered for training, a conversation that ends in a message of {_code(rule.role)} on "
        f"{_code(rule.channel)} ends in {_code(rule.token)}. {rule.doc}"
    )


def _stop_row(rule: StopRule) -> Sequence[str]:
    conditions = [f"the role is {_code(rule.role)}"] if rule.role else []
    conditions += [f"it has a {_code(rule.with_field)}"] if rule.with_field else []
    conditions += [f"its last content is of type {_code(rule.holds)}"] if rule.holds else []
    return _code(rule.token), " and ".join(conditions) or "always", rule.doc


def _recovery_row(recovery: RecoverySpec) -> Sequence[str]:
    where = [f"{phase}: {_codes(terminals)}" for phase, terminals in recovery.on.items()]
    where += [_code(recovery.rule)] if recovery.rule else []
    return _code(recovery.kind), "; ".join(where), _code(recovery.do), recovery.doc, _code(recovery.evidence)


def _field_row(field: FieldSpec) -> Sequence[str]:
    default = _code(field.default) if field.has_default else "none" if field.optional else "must be given"
    return _code(field.name), _type(field.type), default, _yes(field.optional), field.doc


# blocks -------------------------------------------------------------------------------------------


def _content(content: ContentSpec) -> dict[str, str]:
    role = f"only in messages of {_code(content.role)}" if content.role else "in messages of any role"
    role += "; read back from the text of a message" if content.block else ""
    role += f"; it stands behind {_code(content.behind)}" if content.behind else ""
    return {
        "heading": _code(content.class_name),
        "about": f"{content.doc} Its type is {_code(content.type)}, {content.tag} in the dictionary form; {role}.",
        "fields": _fields(content.fields),
        "sections": "\n".join(f"{n}. {_section(section)}" for n, section in enumerate(content.sections, 1)),
    }


def _section(section: Section) -> str:
    if section.tools is not None:
        return f"the tool namespaces of {_code(section.tools)}"
    each = f"for each member of {_code(section.each)}, " if section.each is not None else ""
    above = f"{_code(section.heading)}; " if section.heading is not None else ""
    return "\n   - ".join([f"{above}{each}lines:", *_pieces(section.lines)])


def _pieces(lines: Iterable[TextPiece], behind: str = "") -> Iterator[str]:
    for piece in lines:
        join = f", joined by {_code(piece.join)}" if piece.join is not None else ""
        when = f", when {_code(piece.when)}" if piece.when is not None else ""
        margin = f", with {_code(piece.margin)} before each line" if piece.margin is not None else ""
        yield f"{behind}{_code(piece.text)}{join}{margin}{when}"
        yield from _pieces(piece.more, "behind it ")


def _types(spec: Spec) -> Iterator[dict[str, str]]:
    for enumeration in spec.enumerations:
        rows = ((_code(m.name), _code(m.value), _code(m.written)) for m in enumeration.members)
        table = _table(("member", "value", "written"), rows)
        yield {"heading": _code(enumeration.name), "about": enumeration.doc, "table": table}
    for structure in (*spec.structures, *spec.tools.structures):
        yield {"heading": _code(structure.name), "about": structure.doc, "table": _fields(structure.fields)}


def _fields(fields: Iterable[FieldSpec]) -> str:
    return _table(("field", "type", "default", "may be none", "meaning"), map(_field_row, fields))


def _namespace(namespace: BuiltInNamespace) -> dict[str, str]:
    tools = [
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters} for tool in namespace.tools
    ]
    shown = {"name": namespace.name, "description": namespace.description, "tools": tools}
    return {
        "heading": f"The built-in namespace {_code(namespace.name)}",
        "about": namespace.doc,
        "tools": f"```json\n{json.dumps(shown, ensure_ascii=False, indent=2)}\n```",
    }


def _encoding(encoding: EncodingSpec) -> dict[str, str]:
    vocabulary = encoding.vocabulary
    facts = {
        "member": _code(encoding.member),
        "tokenizer": _code(encoding.tokenizer),
        "context": f"{encoding.context_tokens:,} tokens",
        "longest action": f"{encoding.action_tokens:,} tokens",
        "vocabulary": f"{_code(vocabulary.file)}, {vocabulary.bytes:,} bytes, {vocabulary.ranks:,} ranks",
        "SHA-256": _code(vocabulary.sha256),
        "packed as": _code(vocabulary.packed),
        "looked for first in the folder": _code(vocabulary.environment),
        **_own_tokens(encoding.own),
    }
    return {
        "heading": _code(encoding.name),
        "about": encoding.doc,
        "facts": _table(("what", "value"), facts.items()),
        "split_pattern": "```text\n" + "\n".join(encoding.split_pattern) + "\n```",
    }


def _own_tokens(own: OwnTokens) -> dict[str, str]:
    """Return the rows for what an encoding overrides in tokens.yaml."""
    rows = {f"id of {_code(terminal)}": str(id) for terminal, id in own.ids.items()}
    if own.reserved is not None:
        reserved = own.reserved
        rows["reserved ids"] = f"{reserved.first} to {reserved.last}, {_code(reserved.text)}. {reserved.doc}"
    return {**rows, **{_code(method): _codes(tokens) for method, tokens in own.stop_sets.items()}}


# Markdown -----------------------------------------------------------------------------------------


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in (" | ".join(heads), " | ".join("---" for _ in heads), *lines))


def _code(text: str | None) -> str:
    """Return a text between backticks, with white space made visible; an empty text for None."""
    if text is None:
        return ""
    shown = "".join(_ESCAPES.get(character, _visible(character)) for character in text)
    if text != text.strip() or not text:
        shown = f'"{shown}"'
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def _visible(character: str) -> str:
    """Return a character, or its escape if a page would not show it."""
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))


def _yes(flag: bool) -> str:
    return "yes" if flag else ""


def _type(type_: TypeSpec) -> str:
    return f"{type_.container} of {_code(type_.name)}" if type_.container else _code(type_.name)
