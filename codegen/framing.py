"""framing.lark becomes a table: the only module that knows lark.

lark reads the grammar and runs it; here its parser states are walked, through its public interactive parser, into a
minimal machine over terminals. A field's terminal is known when the next one is seen (that is LALR(1)), so each step
also says which field the terminal before it was.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lark import Lark, Token, Tree
from lark.exceptions import LarkError
from lark.parsers.lalr_interactive_parser import InteractiveParser

from codegen.model import Place, Spec
from codegen.sources import Problem, SpecError

STARTS = ("transcript", "completion")
OPENS, CLOSES_HEADER, TEXT = "START", "MESSAGE", "TEXT"
ROLE, TOOL_NAME, WORD = "ROLE", "TOOL_NAME", "WORD"
AUTHOR, GIVEN = "author", "given"
END_OF_INPUT = "$END"
MOST_STATES = 5000


@dataclass(frozen=True)
class Step:
    """Where a terminal leads, and which field the terminal before it was (None where it was no field)."""

    target: int
    field: str | None


@dataclass(frozen=True)
class State:
    name: str  # the shortest way here, as terminals
    phase: str  # EXPECT_START, HEADER or CONTENT
    ends: bool  # the input may end here
    steps: Mapping[str, Step]


@dataclass(frozen=True)
class Framing:
    states: tuple[State, ...]
    starts: Mapping[str, int]  # start rule -> state
    stops: tuple[str, ...]  # terminals, sorted
    marked: Mapping[str, str]  # marker terminal -> terminal of the value behind it
    prefixed: Mapping[str, str]  # literal terminal -> terminal of the word that begins with it
    may_be_empty: frozenset[str]  # those of the two whose value may be missing
    field_of: Mapping[str, str]  # terminal -> field, for terminals of a single field
    known: tuple[str, ...]  # special tokens that the framing knows, sorted


def terminals_text(spec: Spec) -> str:
    """The terminals that the YAML files define, as Lark text: what framing.lark is read together with."""
    white = "".join(f"\\x{ord(character):02x}" for character in spec.message.white_space)
    name = f"[^{white}<]"
    lines = [f"{t.terminal}: {_quoted(t.text)}" for t in spec.tokens.values()]
    lines += [f"{terminal}.4: {_quoted(text)}" for terminal, text in spec.message.literals.items()]
    words = [role.word for role in spec.roles.values() if role.author == "role"]
    roles, listed = _either(words), _either([*words, *spec.channels])
    tools = _either(n.name for n in spec.tools.namespaces)
    holds = _escaped(spec.message.tool_word_holds)
    boundary = f"(?=[{white}<]|$)"
    lines += [
        f"{ROLE}.3: /{roles}(?:{_escaped(spec.name_separator)}{name}*)?{boundary}/",
        f"{TOOL_NAME}.2: /(?:{tools}|{name}*{holds}{name}*){boundary}/",
        f"{WORD}: /(?!{listed}+{boundary}){name}+/",
        f"NAME: /{name}+/",
        f"{TEXT}.9: /[^<]+/",
        f"WHITE_SPACE: /[{white}]+/",
        "%ignore WHITE_SPACE",
    ]
    return "\n".join(lines) + "\n"


def grammar(spec: Spec) -> Lark:
    """The grammar of the spec, ready to run on text in which no ordinary `<` occurs.

    Raises:
        SpecError: lark refuses the grammar.
    """
    return _grammar(spec.framing, terminals_text(spec), spec.framing_file)


@lru_cache(maxsize=8)
def _grammar(framing: str, terminals: str, file: str) -> Lark:
    try:
        return Lark(
            framing + "\n" + terminals,
            start=list(STARTS),
            parser="lalr",
            lexer="contextual",
            maybe_placeholders=False,
            keep_all_tokens=True,
        )
    except LarkError as error:
        line, column = getattr(error, "line", 1), getattr(error, "column", 1)
        complaint = str(error).strip().splitlines()[0]
        place = Place(file, line if isinstance(line, int) else 1, column if isinstance(column, int) else 1)
        raise SpecError([Problem(place, f"lark refuses the grammar: {complaint}", None)]) from error


def compile_framing(spec: Spec) -> Framing:
    """The minimal machine of the spec's grammar.

    Raises:
        SpecError: the grammar is not LALR(1), has no finite machine, or lacks what the reader needs.
    """
    return _compile(grammar(spec), spec)


def write_order(spec: Spec) -> tuple[str, ...]:
    """The header fields in the order in which they are written: the first alternative of `header`."""
    rules = [rule for rule in grammar(spec).rules if rule.origin.name == "header"]
    first = min(rules, key=lambda rule: rule.order)
    return tuple(str(symbol.name) for symbol in first.expansion)


def spelling(spec: Spec, field: str) -> tuple[str | None, str | None]:
    """How a field is written: the terminal of the marker in front of its value, and that of the literal, if any."""
    lark = grammar(spec)
    rules = sorted((r for r in lark.rules if r.origin.name == field), key=lambda rule: rule.order)
    marked, prefixed, _ = _composed(lark, spec)
    to_marker, to_literal = {v: k for k, v in marked.items()}, {v: k for k, v in prefixed.items()}
    written = [str(rule.expansion[0].name) for rule in rules]
    keeps = next(f.keeps_marker for f in spec.message.fields if f.name == field)
    marker = next((to_marker[t] for t in (written if keeps else written[:1]) if t in to_marker), None)
    return marker, to_literal.get(written[0])


# from lark's states to a machine ------------------------------------------------------------------


@dataclass
class _Raw:
    """One state of lark's parser, reached over `path`."""

    path: tuple[str, ...]
    targets: dict[str, int]
    ends: bool


def _compile(lark: Lark, spec: Spec) -> Framing:
    place = Place(spec.framing_file, 1, 1)
    states: list[_Raw] = []
    starts = {start: _walk(lark, start, states, place) for start in STARTS}
    fields = {f.name for f in spec.message.fields} | {AUTHOR, GIVEN}
    outputs = _outputs(lark, states, starts, fields)
    block = _minimal(states, outputs)
    stops = _alternatives(lark, "stop")
    marked, prefixed, may_be_empty = _composed(lark, spec)
    machine = _machine(states, outputs, block, stops)
    order = {b: number for number, b in enumerate(dict.fromkeys(block))}
    known = {t for raw in states for t in raw.targets} | set(marked)
    return Framing(
        states=machine,
        starts={start: order[block[i]] for start, i in starts.items()},
        stops=stops,
        marked=marked,
        prefixed=prefixed,
        may_be_empty=may_be_empty,
        field_of=_single_fields(states, outputs, fields - {AUTHOR, GIVEN}),
        known=tuple(sorted(known & set(spec.tokens))),
    )


def _walk(lark: Lark, start: str, states: list[_Raw], place: Place) -> int:
    """Breadth first over the parser's stacks; returns the index of the start state."""
    first = len(states)
    parser = lark.parse_interactive("", start=start)
    seen = {_key(parser): first}
    states.append(_Raw((), {}, False))
    queue = deque([(first, parser)])
    while queue:
        index, parser = queue.popleft()
        for terminal in sorted(parser.accepts()):
            if terminal == END_OF_INPUT:
                states[index].ends = True
                continue
            after = parser.copy()
            after.feed_token(Token(terminal, ""))
            key = _key(after)
            if key not in seen:
                if len(states) > MOST_STATES:
                    raise SpecError([Problem(place, "the framing has no finite machine", "a rule must not nest itself")])
                seen[key] = len(states)
                states.append(_Raw((*states[index].path, terminal), {}, False))
                queue.append((seen[key], after))
            states[index].targets[terminal] = seen[key]
    return first


def _key(parser: InteractiveParser) -> tuple[int, ...]:
    return tuple(parser.parser_state.state_stack)


def _outputs(
    lark: Lark, states: list[_Raw], starts: Mapping[str, int], fields: set[str]
) -> dict[tuple[int, str], str | None]:
    """For each step, the field of the terminal before it: read off lark's own tree of a whole sentence over that step."""
    ending = _shortest_endings(states)
    bounds = sorted(starts.items(), key=lambda item: item[1])
    outputs: dict[tuple[int, str], str | None] = {}
    for index, raw in enumerate(states):
        start = [name for name, first in bounds if first <= index][-1]
        for terminal, target in raw.targets.items():
            sentence = (*raw.path, terminal, *ending[target])
            outputs[index, terminal] = _field_at(lark, start, sentence, len(raw.path) - 1, fields)
    return outputs


def _shortest_endings(states: list[_Raw]) -> dict[int, tuple[str, ...]]:
    ending: dict[int, tuple[str, ...]] = {i: () for i, raw in enumerate(states) if raw.ends}
    while len(ending) < len(states):
        found = {
            i: (terminal, *ending[target])
            for i, raw in enumerate(states)
            if i not in ending
            for terminal, target in sorted(raw.targets.items(), reverse=True)
            if target in ending
        }
        ending.update(found)
    return ending


def _field_at(lark: Lark, start: str, sentence: tuple[str, ...], position: int, fields: set[str]) -> str | None:
    if position < 0:
        return None
    parser = lark.parse_interactive("", start=start)
    for number, terminal in enumerate(sentence):
        parser.feed_token(Token(terminal, str(number)))
    tree = parser.feed_eof()
    for subtree in tree.iter_subtrees():
        if subtree.data in fields and any(isinstance(c, Token) and c == str(position) for c in _leaves(subtree)):
            return str(subtree.data)
    return None


def _leaves(tree: Tree[Token]) -> Iterable[Token]:
    return tree.scan_values(lambda value: isinstance(value, Token))


def _minimal(states: list[_Raw], outputs: Mapping[tuple[int, str], str | None]) -> list[int]:
    """Partition refinement: the block of each state, where equal blocks read alike for ever."""
    block = [0] * len(states)
    while True:
        signatures = [
            (raw.ends, tuple(sorted((t, block[target], str(outputs[i, t])) for t, target in raw.targets.items())))
            for i, raw in enumerate(states)
        ]
        numbers = {signature: number for number, signature in enumerate(dict.fromkeys(signatures))}
        refined = [numbers[signature] for signature in signatures]
        if len(set(refined)) == len(set(block)):
            return refined
        block = refined


def _machine(
    states: list[_Raw], outputs: Mapping[tuple[int, str], str | None], block: list[int], stops: tuple[str, ...]
) -> tuple[State, ...]:
    leaders = {b: block.index(b) for b in dict.fromkeys(block)}
    order = {b: number for number, b in enumerate(leaders)}
    in_header = _before_message(states)
    machine = []
    for leader in leaders.values():
        raw = states[leader]
        if any(stop in raw.targets for stop in stops):
            phase = "CONTENT"
        else:
            phase = "HEADER" if leader in in_header else "EXPECT_START"
        steps = {t: Step(order[block[target]], outputs[leader, t]) for t, target in sorted(raw.targets.items())}
        machine.append(State(" ".join(raw.path), phase, raw.ends, steps))
    return tuple(machine)


def _before_message(states: list[_Raw]) -> set[int]:
    """The states from which the end of a header can be reached within the same message."""
    inside = {i for i, raw in enumerate(states) if CLOSES_HEADER in raw.targets}
    while True:
        more = {
            i
            for i, raw in enumerate(states)
            if i not in inside and any(t != OPENS and n in inside for t, n in raw.targets.items())
            and CLOSES_HEADER not in raw.path[-2:]
        }
        if not more:
            return inside
        inside |= more


def _single_fields(
    states: list[_Raw], outputs: Mapping[tuple[int, str], str | None], fields: set[str]
) -> dict[str, str]:
    """The terminals that are, wherever they stand in a header, the same field."""
    found: dict[str, set[str]] = {}
    for i, raw in enumerate(states):
        for terminal in raw.targets:
            field = outputs[i, terminal]
            if field in fields and raw.path:
                found.setdefault(raw.path[-1], set()).add(field)
    return {terminal: names.pop() for terminal, names in sorted(found.items()) if len(names) == 1}


def _alternatives(lark: Lark, rule: str) -> tuple[str, ...]:
    return tuple(sorted(str(r.expansion[0].name) for r in lark.rules if r.origin.name == rule))


def _composed(lark: Lark, spec: Spec) -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Which terminals are a marker, or a literal, with a value behind it: found by trying their patterns."""
    pieces = {t.terminal: t.text for t in spec.tokens.values()}
    marked: dict[str, str] = {}
    prefixed: dict[str, str] = {}
    empty: set[str] = set()
    used = {s.name for rule in lark.rules for s in rule.expansion if s.is_term}
    for terminal in lark.terminals:
        if terminal.name not in used or terminal.name in {ROLE, TOOL_NAME, WORD, TEXT}:
            continue
        pattern = re.compile(terminal.pattern.to_regexp())
        for source, into in ((pieces, marked), (spec.message.literals, prefixed)):
            for name, text in source.items():
                if pattern.fullmatch(text + "x"):
                    into[name] = terminal.name
                    if pattern.fullmatch(text):
                        empty.add(terminal.name)
    return marked, prefixed, frozenset(empty)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _either(words: Iterable[str]) -> str:
    return "(?:" + "|".join(_escaped(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _escaped(text: str) -> str:
    return re.escape(text).replace("/", r"\/")
