"""Rules for recoveries.yaml, so that the reader can react to every fault: kinds, places in the tables, runtime rules.

The kinds that the runtime's rules report are repeated here, since the generator never imports the runtime. A test
compares them with the runtime's sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.complaints import Complaints
from codegen.grammar import alternatives, composed, fixed, grammar, used_terminals
from codegen.model import RecoverySpec, Spec
from codegen.naming import GROUPS, is_name
from codegen.reader import suggestion

__all__ = ["RECOVERY_RULES", "RULES", "TABLE_KINDS", "places"]

FILE = "recoveries.yaml"
PHASES = ("EXPECT_START", "HEADER", "CONTENT")
PHASES_OF_ACTION = {
    "drop": PHASES,
    "end_message": ("CONTENT",),
    "stop_message": ("CONTENT",),
    "open_header": ("EXPECT_START",),
    "close_header": ("HEADER",),
}
STOPS, MARKERS, OTHERS = GROUPS
# The kinds that each rule of the runtime reports.
RULES: Mapping[str, tuple[str, ...]] = {
    "text_between_messages": ("stray_text", "stray_white_space"),
    "close_header": ("repeated_start", "truncated_header"),
    "repair_header": (
        "channel_without_marker",
        "empty_field",
        "glued_role",
        "misplaced_field",
        "missing_role",
        "missing_start",
        "repeated_field",
        "repeated_role",
        "stray_word",
        "unknown_channel",
    ),
    "unknown_token": ("unknown_token",),
    "framing_literals": ("missing_literal",),
}
# Kinds that occur only in formats with channels, with header fields, or with literals in the framing.
CHANNEL_KINDS = ("channel_without_marker", "unknown_channel")
FIELD_KINDS = ("empty_field", "misplaced_field", "repeated_field")
LITERAL_KINDS = RULES["framing_literals"]
# Kinds that the tables and also the rules report.
TABLE_KINDS = ("missing_message", "stray_token")


def _recoveries(spec: Spec, complaints: Complaints) -> None:
    seen: dict[tuple[str, str], str] = {}
    for recovery in spec.recoveries:
        if not is_name(recovery.kind):
            hint = "write small letters, digits and _, not a word of Python"
            complaints.say(recovery.place, f"kind '{recovery.kind}' cannot be the name of a member", hint)
        machine, rule = bool(recovery.on) or recovery.do is not None, recovery.rule is not None
        if machine == rule or bool(recovery.on) != (recovery.do is not None):
            hint = "'on' and 'do' for the tables, or 'rule' for a rule of the runtime"
            complaints.say(recovery.place, f"recovery '{recovery.kind}' needs 'on' and 'do', or 'rule'", hint)
        elif recovery.rule is not None:
            _rule_of(recovery, recovery.rule, complaints)
        _places_of(recovery, spec, seen, complaints)
        if spec.samples is not None:
            complaints.known((FILE, "recoveries", recovery.kind, "evidence"), "sample", recovery.evidence, spec.samples)


def _rule_of(recovery: RecoverySpec, rule: str, complaints: Complaints) -> None:
    where = (FILE, "recoveries", recovery.kind, "rule")
    if complaints.known(where, "rule", rule, RULES) and recovery.kind not in RULES[rule]:
        hint = suggestion(recovery.kind, RULES[rule], "kinds")
        complaints.say(recovery.place, f"the rule '{rule}' reports no '{recovery.kind}'", hint)


def _places_of(recovery: RecoverySpec, spec: Spec, seen: dict[tuple[str, str], str], complaints: Complaints) -> None:
    for phase, terminals in recovery.on.items():
        where = (FILE, "recoveries", recovery.kind, "on", phase)
        if complaints.known(where, "phase", phase, PHASES) and recovery.do is not None:
            fitting = PHASES_OF_ACTION[recovery.do]
            if phase not in fitting:
                complaints.say(where, f"'{recovery.do}' has no meaning in {phase}", f"only in {', '.join(fitting)}")
        for index, terminal in enumerate(terminals):
            complaints.known((*where, index), "terminal", terminal, (*spec.tokens, *GROUPS))
            owner = seen.setdefault((phase, terminal), recovery.kind)
            if owner != recovery.kind or terminal in terminals[:index]:
                complaints.say((*where, index), f"'{terminal}' in {phase} is that of '{owner}' already")


def _kinds(spec: Spec, complaints: Complaints) -> None:
    """Check that every kind that the runtime reports is declared, unless the format has no recoveries at all."""
    if not spec.recoveries and not _has_file(spec):
        return
    declared = {recovery.kind for recovery in spec.recoveries} | _needless(spec)
    for rule, kinds in RULES.items():
        for kind in kinds:
            if kind not in declared:
                complaints.say((FILE, "recoveries"), f"kind '{kind}' is missing", f"the rule '{rule}' reports it")
    for kind in TABLE_KINDS:
        if kind not in declared:
            complaints.say((FILE, "recoveries"), f"kind '{kind}' is missing", "the rules of the runtime report it too")


def _has_file(spec: Spec) -> bool:
    return (FILE,) in spec.places


def _needless(spec: Spec) -> set[str]:
    """Return the kinds that cannot occur in a format, and those that `places` checks."""
    needless = set(() if spec.channels else CHANNEL_KINDS)
    return needless | set(() if spec.message.fields else FIELD_KINDS) | {*LITERAL_KINDS}


# recoveries for every terminal: checked only if the grammar is valid ------------------------------


def places(spec: Spec, complaints: Complaints) -> None:
    """Check that the recoveries of each phase name every special token that the grammar does not accept there."""
    if not spec.recoveries:
        return
    if fixed(spec) and not any(recovery.kind in LITERAL_KINDS for recovery in spec.recoveries):
        hint = "the rule 'framing_literals' reports it"
        complaints.say((FILE, "recoveries"), f"kind '{LITERAL_KINDS[0]}' is missing", hint)
    named = {phase: {t for r in spec.recoveries for t in r.on.get(phase, ())} for phase in PHASES}
    for phase, terminal, group in _unexpected(spec):
        if terminal not in named[phase] and group not in named[phase]:
            hint = f"name it, or {group}, under 'on'" if group else "name it under 'on'"
            complaints.say((FILE, "recoveries"), f"no recovery says what becomes of {terminal} in {phase}", hint)
    known = _known(spec)
    for recovery in spec.recoveries:
        for phase in PHASES:
            for index, terminal in enumerate(recovery.on.get(phase, ())):
                missing = [other for other in PHASES if terminal not in {*named[other], *known, *GROUPS}]
                if missing:
                    where = (FILE, "recoveries", recovery.kind, "on", phase, index)
                    hint = "what is no text in one of them is none in the others"
                    complaints.say(where, f"{terminal} is named in {phase} and not in {' and '.join(missing)}", hint)


def _known(spec: Spec) -> set[str]:
    """Return the special tokens that the grammar uses."""
    lark = grammar(spec)
    return {*spec.tokens} & {*used_terminals(lark), *composed(lark, spec).marked}


def _unexpected(spec: Spec) -> Iterator[tuple[str, str, str | None]]:
    """Yield the phase, terminal and group of each special token that can occur where the grammar does not accept it."""
    lark, message = grammar(spec), spec.message
    stops, markers = alternatives(lark, "stop"), tuple(composed(lark, spec).marked)
    framing = {message.opens, message.closes_header, *stops, *markers}
    for other in sorted(_known(spec) - framing):  # tokens that begin a conversation or precede content
        for phase in PHASES:
            yield phase, other, None
    for stop in stops:
        yield "EXPECT_START", stop, STOPS
        yield "HEADER", stop, STOPS
    for marker in markers:
        yield "EXPECT_START", marker, MARKERS
        yield "CONTENT", marker, MARKERS
    if message.closes_header in spec.tokens:
        yield "EXPECT_START", message.closes_header, None
        yield "CONTENT", message.closes_header, None
    yield "HEADER", message.opens, None
    yield "CONTENT", message.opens, None
    yield "EXPECT_START", OTHERS, OTHERS
    yield "HEADER", OTHERS, OTHERS


RECOVERY_RULES = (_recoveries, _kinds)
