"""Values for the template of docs/format-reference.md: every fact of the spec, in a form for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from codegen.markdown import code, codes, table
from codegen.model import EncodingSpec, OwnTokens, RecoverySpec, Reserved, RoleSpec, Spec, StopRule, TrainingRule
from codegen.model_contents import BuiltInNamespace, ContentSpec, FieldSpec, Section, TextPiece, TypeSpec
from codegen.views.chat_reference import about_chats, about_opening
from codegen.views.dialect_reference import about_conversions
from codegen.views.style_reference import about_style


def view(spec: Spec, package: str) -> dict[str, object]:
    message = spec.message
    return {
        "tokens": table(
            ("token", "id", "terminal", "meaning"),
            ((code(t.text), str(t.id), code(t.terminal), t.doc) for t in spec.tokens.values()),
        ),
        "reserved": _reserved(spec.reserved),
        "stop_sets": table(
            ("stop set", "tokens", "meaning"),
            ((code(s.method), codes(s.tokens), s.doc) for s in spec.stop_sets),
        ),
        "roles": table(("role", "rank", "written as", "meaning"), (_role_row(r, spec) for r in spec.roles.values())),
        "name_separator": code(spec.name_separator),
        "channels": table(
            ("channel", "default", "shown to the user", "dropped", "function calls", "ends the turn", "meaning"),
            (
                (code(c.word), *map(_yes, (c.default, c.shown, c.dropped, c.functions, c.ends_turn)), c.doc)
                for c in spec.channels.values()
            ),
        )
        if spec.channels
        else "",
        "framing": spec.framing.rstrip("\n"),
        "literals": table(("terminal", "text"), ((code(name), code(text)) for name, text in message.literals.items())),
        "white_space": code(message.white_space),
        "tool_word_holds": code(message.tool_word_holds),
        "header_fields": table(
            ("field", "written behind", "never written", "may begin with its marker", "meaning"),
            ((code(f.name), code(f.before), code(f.unwritten), _yes(f.keeps_marker), f.doc) for f in message.fields),
        )
        if message.fields
        else "",
        "stops": table(("stop token", "when", "meaning"), (_stop_row(rule) for rule in message.stops)),
        "training": _training(message.training),
        "section_break": code(spec.section_break),
        "line_break": code(spec.line_break),
        "contents": [_content(content) for content in spec.contents],
        "types": list(_types(spec)),
        "function_namespace": code(spec.tools.function_namespace),
        "reserved_names": codes(spec.tools.reserved_names),
        "alias": code(spec.tools.alias),
        "wording": table(("what", "text"), ((code(k), code(text)) for k, text in spec.tools.wording.items())),
        "json_types": table(("type", "text"), ((code(k), code(text)) for k, text in spec.tools.types.items())),
        "namespaces": [_namespace(namespace) for namespace in spec.tools.namespaces],
        "styles": [about_style(style) for style in spec.styles.values()],
        "opening": about_opening(spec),
        "chat": about_chats(spec),
        "conversions": about_conversions(spec),
        "encodings": [_encoding(encoding) for encoding in spec.encodings],
        "content_begins": codes(spec.content_begins),
        "samples": f" in {code(spec.samples_file)}" if spec.samples_file else "",
        "recoveries": table(
            ("kind", "where or which rule", "what is done", "meaning", "evidence"), map(_recovery_row, spec.recoveries)
        )
        if spec.recoveries
        else "",
    }


# rows ---------------------------------------------------------------------------------------------


def _role_row(role: RoleSpec, spec: Spec) -> Sequence[str]:
    written = code(role.word)
    if spec.name_separator is not None:
        written += f", or {code(f'{role.word}{spec.name_separator}NAME')}"
    if role.author == "name":
        written = f"the author's {role.author}; without one: {code(role.unnamed)}"
    doc = f"{role.doc}{' Sampled by the model.' * role.sampled}{' Part of the turn of the call.' * role.answers_calls}"
    doc += " Holds for the whole conversation." * role.instructs
    return code(role.word), str(role.rank), written, doc


def _reserved(reserved: Reserved | None) -> str:
    if reserved is None:
        return ""
    return f"Every other id from {reserved.first} to {reserved.last} is {code(reserved.text)}. {reserved.doc}"


def _training(rule: TrainingRule | None) -> str:
    if rule is None:
        return ""
    return (
        f"Rendered for training, a conversation that ends in a message of {code(rule.role)} on "
        f"{code(rule.channel)} ends in {code(rule.token)}. {rule.doc}"
    )


def _stop_row(rule: StopRule) -> Sequence[str]:
    conditions = [f"the role is {code(rule.role)}"] if rule.role else []
    conditions += [f"it has a {code(rule.with_field)}"] if rule.with_field else []
    conditions += [f"its last content is of type {code(rule.holds)}"] if rule.holds else []
    return code(rule.token), " and ".join(conditions) or "always", rule.doc


def _recovery_row(recovery: RecoverySpec) -> Sequence[str]:
    where = [f"{phase}: {codes(terminals)}" for phase, terminals in recovery.on.items()]
    where += [code(recovery.rule)] if recovery.rule else []
    return code(recovery.kind), "; ".join(where), code(recovery.do), recovery.doc, code(recovery.evidence)


def _field_row(field: FieldSpec) -> Sequence[str]:
    default = code(field.default) if field.has_default else "none" if field.optional else "must be given"
    return code(field.name), _type(field.type), default, _yes(field.optional), field.doc


# blocks -------------------------------------------------------------------------------------------


def _content(content: ContentSpec) -> dict[str, str]:
    role = f"only in messages of {code(content.role)}" if content.role else "in messages of any role"
    role += "; read back from the text of a message" if content.block else ""
    role += f"; it stands behind {code(content.behind)}" if content.behind else ""
    return {
        "heading": code(content.class_name),
        "about": f"{content.doc} Its type is {code(content.type)}, {content.tag} in the dictionary form; {role}.",
        "fields": _fields(content.fields),
        "sections": "\n".join(f"{n}. {_section(section)}" for n, section in enumerate(content.sections, 1)),
    }


def _section(section: Section) -> str:
    if section.tools is not None:
        return f"the tool namespaces of {code(section.tools)}"
    each = f"for each member of {code(section.each)}, " if section.each is not None else ""
    above = f"{code(section.heading)}; " if section.heading is not None else ""
    return "\n    - ".join([f"{above}{each}lines:", *_pieces(section.lines)])


def _pieces(lines: Iterable[TextPiece], behind: str = "") -> Iterator[str]:
    for piece in lines:
        join = f", joined by {code(piece.join)}" if piece.join is not None else ""
        when = f", when {code(piece.when)}" if piece.when is not None else ""
        margin = f", with {code(piece.margin)} before each line" if piece.margin is not None else ""
        yield f"{behind}{code(piece.text)}{join}{margin}{when}"
        yield from _pieces(piece.more, "behind it ")


def _types(spec: Spec) -> Iterator[dict[str, str]]:
    for enumeration in spec.enumerations:
        rows = ((code(m.name), code(m.value), code(m.written)) for m in enumeration.members)
        members = table(("member", "value", "written"), rows)
        yield {"heading": code(enumeration.name), "about": enumeration.doc, "table": members}
    for structure in (*spec.structures, *spec.tools.structures):
        yield {"heading": code(structure.name), "about": structure.doc, "table": _fields(structure.fields)}


def _fields(fields: Iterable[FieldSpec]) -> str:
    return table(("field", "type", "default", "may be none", "meaning"), map(_field_row, fields))


def _namespace(namespace: BuiltInNamespace) -> dict[str, str]:
    tools = [
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters} for tool in namespace.tools
    ]
    shown = {"name": namespace.name, "description": namespace.description, "tools": tools}
    return {
        "heading": f"The built-in namespace {code(namespace.name)}",
        "about": namespace.doc,
        "tools": f"```json\n{json.dumps(shown, ensure_ascii=False, indent=2)}\n```",
    }


def _encoding(encoding: EncodingSpec) -> dict[str, str]:
    vocabulary = encoding.vocabulary
    facts = {
        "member": code(encoding.member),
        "tokenizer": code(encoding.tokenizer),
        "context": f"{encoding.context_tokens:,} tokens",
        "longest action": f"{encoding.action_tokens:,} tokens",
        "vocabulary": f"{code(vocabulary.file)}, {vocabulary.bytes:,} bytes, {vocabulary.ranks:,} ranks",
        "SHA-256": code(vocabulary.sha256),
        "packed as": code(vocabulary.packed),
        "looked for first in the folder": code(vocabulary.environment),
        **_own_tokens(encoding.own),
    }
    return {
        "heading": code(encoding.name),
        "about": encoding.doc,
        "facts": table(("what", "value"), facts.items()),
        "split_pattern": "```text\n" + "\n".join(encoding.split_pattern) + "\n```",
    }


def _own_tokens(own: OwnTokens) -> dict[str, str]:
    """Return the rows for what an encoding overrides in tokens.yaml."""
    rows = {f"id of {code(terminal)}": str(id) for terminal, id in own.ids.items()}
    if own.reserved is not None:
        reserved = own.reserved
        rows["reserved ids"] = f"{reserved.first} to {reserved.last}, {code(reserved.text)}. {reserved.doc}"
    return {**rows, **{code(method): codes(tokens) for method, tokens in own.stop_sets.items()}}


# Markdown -----------------------------------------------------------------------------------------


def _yes(flag: bool) -> str:
    return "yes" if flag else ""


def _type(type_: TypeSpec) -> str:
    return f"{type_.container} of {code(type_.name)}" if type_.container else code(type_.name)
