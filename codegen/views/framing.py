"""Values for the template of the framing tables: rows and tables as lines of Python, the grammar as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from codegen.framing import Framing, compile_framing
from codegen.grammar import (
    AUTHOR,
    KNOWN,
    LISTED,
    NAMED_ROLE,
    ROLE,
    TEXT,
    TOOL_NAME,
    WORD,
    spelling,
    write_order,
)
from codegen.model import Spec
from codegen.python_text import literal

# The header fields that determine the purpose of a message's content.
CHANNEL, RECIPIENT = "channel", "recipient"
GROUP_STOPS, GROUP_MARKERS, GROUP_OTHERS = "STOPS", "MARKERS", "OTHERS"
PHASES = ("EXPECT_START", "HEADER", "CONTENT")
WIDTH = 96


def view(spec: Spec, package: str) -> dict[str, object]:
    framing = compile_framing(spec)
    return {
        "grammar": [f"# {line}".rstrip() for line in rules(spec)],
        "states": [_state(number, framing) for number in range(len(framing.states))],
        "transcript": framing.starts["transcript"],
        "completion": framing.starts["completion"],
        "content": framing.content,
        "between": framing.between,
        "literal_texts": _literal_texts(spec, framing),
        "names": {
            "opens": spec.message.opens,
            "closes_header": spec.message.closes_header,
            "text": TEXT,
            "role": ROLE,
            "named_role": NAMED_ROLE,
            "listed": LISTED,
            "known_value": KNOWN,
            "tool_name": TOOL_NAME,
            "word": WORD,
            "author": AUTHOR,
            "channel": CHANNEL,
            "recipient": RECIPIENT,
            "others": GROUP_OTHERS,
        },
        "stops": frozenset_of(framing.stops),
        "known": frozenset_of(framing.known),
        "terminals": [f"{token.id}: {literal(token.terminal)}," for token in spec.tokens.values()],
        "spellings": [f"{literal(token.terminal)}: {literal(token.text)}," for token in spec.tokens.values()],
        "first_special": min(_special_ids(spec)),
        "last_special": max(_special_ids(spec)),
        "start_id": spec.tokens[spec.message.opens].id,
        "white_space": _wrapped(spec.message.white_space),
        "markers": _mapping(framing.marked),
        "literals": [
            f"{literal(spec.message.literals[name])}: {literal(terminal)},"
            for name, terminal in framing.prefixed.items()
        ],
        "may_be_empty": frozenset_of(sorted(framing.may_be_empty)),
        "spaced": frozenset_of(_spaced(spec)),
        "only_channels": frozenset_of(sorted(framing.only_channels)),
        "field_of": _mapping(framing.field_of),
        "fields": [f"HeaderField({literal(f.name)}, {_kept_marker(spec, f.name)})," for f in spec.message.fields],
        "written": _tuple(write_order(spec)),
        "roles": [
            f"{literal(role.word)}: Role(enumerations.Role.{role.word.upper()}, {role.author == 'name'}),"
            for role in spec.roles.values()
        ],
        "name_separator": literal(spec.name_separator or ""),
        "sampled": literal(next(role.word for role in spec.roles.values() if role.sampled)),
        "channels": frozenset_of(spec.channels),
        "hidden": frozenset_of(channel.word for channel in spec.channels.values() if not channel.shown),
        "known_values": frozenset_of(value for field in spec.message.fields for value in field.known),
        "function_namespace": literal(spec.tools.function_namespace or ""),
        "reserved_names": frozenset_of(spec.tools.reserved_names),
        "alias": literal(spec.tools.alias or ""),
        "tool_word_holds": literal(spec.message.tool_word_holds or ""),
        "namespaces": frozenset_of(namespace.name for namespace in spec.tools.namespaces),
        "reactions": _reactions(spec, framing),
        "kinds": [f"{literal(r.kind)}: RecoveryKind.{r.kind.upper()}," for r in spec.recoveries],
        "content_begins": literal(spec.content_begins),
    }


def _special_ids(spec: Spec) -> list[int]:
    reserved = [] if spec.reserved is None else [spec.reserved.first, spec.reserved.last]
    return [*reserved, *(token.id for token in spec.tokens.values())]


def _literal_texts(spec: Spec, framing: Framing) -> list[str]:
    """Return the arguments for literal texts, the token that begins a conversation, and roles bound to a token."""
    ends = spec.message.literals.get(spec.message.closes_header)
    texts = {"begins": spec.message.begins, "header_end": ends}
    texts |= {"behind_header": framing.behind_header, "behind_stop": framing.behind_stop}
    only_by = {content.behind: content.role for content in spec.contents if content.behind and content.role}
    roles = [f"only_by={{{', '.join(_pairs(only_by))}}}"] if only_by else []
    return [*(f"{name}={literal(text)}" for name, text in texts.items() if text is not None), *roles]


def rules(spec: Spec) -> list[str]:
    """Return the grammar's lines without its comments."""
    lines = [line.partition("//")[0].rstrip() for line in spec.framing.splitlines()]
    return [line for line in lines if line]


def _state(number: int, framing: Framing) -> dict[str, object]:
    state = framing.states[number]
    steps = [
        f"{literal(terminal)}: Step({step.target}, {literal(step.field) if step.field else None}),"
        for terminal, step in state.steps.items()
    ]
    row = f"State({literal(state.name)}, Phase.{state.phase}, {state.ends}, STEPS[{number}]),"
    return {
        "number": number,
        "title": f"behind {state.name}" if state.name else "at the start",
        "row": row,
        "steps": steps,
    }


def _reactions(spec: Spec, framing: Framing) -> list[dict[str, object]]:
    """Return the reactions of each phase, by terminal; a terminal's own row overrides that of its group."""
    others = [name for name in spec.tokens if name not in framing.known]
    groups = {GROUP_STOPS: framing.stops, GROUP_MARKERS: tuple(framing.marked), GROUP_OTHERS: (*others, GROUP_OTHERS)}
    found: list[dict[str, object]] = []
    for phase in PHASES:
        rows: dict[str, str] = {} if spec.recoveries else _refusals(spec, framing, phase)
        named: set[str] = set()
        for recovery in spec.recoveries:
            for terminal in recovery.on.get(phase, ()):
                frames = terminal != GROUP_OTHERS
                row = f"Reaction(RecoveryKind.{recovery.kind.upper()}, {literal(str(recovery.do))}, {frames})"
                if terminal in groups:
                    rows |= {member: row for member in groups[terminal] if member not in named}
                else:
                    rows[terminal] = row
                    named.add(terminal)
        lines = [f"{literal(terminal)}: {row}," for terminal, row in sorted(rows.items())]
        found.append({"phase": phase, "rows": lines})
    return found


def _refusals(spec: Spec, framing: Framing, phase: str) -> dict[str, str]:
    """Return the rows of a format without recoveries: all terminals are refused; only the action differs."""
    closing = {spec.message.opens, *framing.stops} if phase == "HEADER" else set()
    terminals = [*spec.tokens, *([] if phase == "CONTENT" else [GROUP_OTHERS])]
    return {
        name: f"Reaction(None, {literal('close_header' if name in closing else 'drop')}, True)" for name in terminals
    }


def _kept_marker(spec: Spec, field: str) -> str:
    keeps = next(f.keeps_marker for f in spec.message.fields if f.name == field)
    marker, _ = spelling(spec, field)
    return literal(spec.tokens[marker].text) if keeps and marker else "None"


def _spaced(spec: Spec) -> list[str]:
    """Return the markers before which white space is written."""
    markers = {spelling(spec, field.name)[0] for field in spec.message.fields if field.before}
    return sorted(marker for marker in markers if marker)


def frozenset_of(words: Iterable[str]) -> str:
    """Return the source of a frozenset of words."""
    listed = ", ".join(map(literal, words))
    return textwrap.fill(f"frozenset({{{listed}}})" if listed else "frozenset()", WIDTH, subsequent_indent="        ")


def _wrapped(text: str) -> str:
    """Return a text as one literal, or as several that Python joins."""
    lines = [literal(text[at : at + 12]) for at in range(0, len(text), 12)]
    return lines[0] if len(lines) == 1 else "(\n        " + "\n        ".join(lines) + "\n    )"


def _tuple(words: Iterable[str]) -> str:
    listed = [literal(word) for word in words]
    return f"({listed[0]},)" if len(listed) == 1 else f"({', '.join(listed)})"


def _mapping(pairs: Mapping[str, str]) -> list[str]:
    return [f"{pair}," for pair in _pairs(pairs)]


def _pairs(pairs: Mapping[str, str]) -> list[str]:
    return [f"{literal(key)}: {literal(value)}" for key, value in pairs.items()]
