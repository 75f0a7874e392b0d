"""The compilation of framing.lark to a table, by a walk over lark's parser. Only this file and grammar.py import lark.

This module walks the states of lark's public interactive parser and builds a minimal machine over terminals. An LALR(1)
parser knows the field of a terminal only when it sees the next one; so each step names the field of the one before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lark import Lark, Token, Tree
from lark.parsers.lalr_interactive_parser import InteractiveParser

from codegen.grammar import AUTHOR, GIVEN, STARTS, alternatives, composed, grammar, terminals_text
from codegen.literals import skip_literals
from codegen.model import MessageSpec, Spec
from codegen.place import Place
from codegen.sources import Problem, SpecError

END_OF_INPUT = "$END"
MOST_STATES = 5000
MOST_KEPT = 8


@dataclass(frozen=True)
class Step:
    """The target of a terminal, and the field of the terminal before it (None if that is not a field)."""

    target: int
    field: str | None


@dataclass(frozen=True)
class State:
    name: str  # the shortest path to the state, as terminals
    phase: str  # EXPECT_START, HEADER or CONTENT
    ends: bool  # whether the input may end here
    steps: Mapping[str, Step]


@dataclass(frozen=True)
class Framing:
    states: tuple[State, ...]
    starts: Mapping[str, int]  # start rule -> state
    content: int  # the state in which content begins
    between: int  # the state after a message
    behind_header: str | None  # the literal after the token that ends a header
    behind_stop: str | None  # the literal after a stop token
    stops: tuple[str, ...]  # terminals, sorted
    marked: Mapping[str, str]  # marker terminal -> terminal of the value after it
    prefixed: Mapping[str, str]  # literal terminal -> terminal of the word that begins with it
    may_be_empty: frozenset[str]  # those of these terminals whose value may be missing
    only_channels: frozenset[str]  # those of these terminals whose value must be a channel
    field_of: Mapping[str, str]  # terminal -> field, for terminals of a single field only
    known: tuple[str, ...]  # special tokens that the framing uses, sorted


def compile_framing(spec: Spec) -> Framing:
    """Return the minimal machine of the spec's grammar.

    Raises:
        SpecError: the grammar is not LALR(1), has no finite machine, or lacks what the reader needs.
    """
    message = spec.message
    words = (message.opens, message.closes_header, *(field.name for field in message.fields))
    key = (spec.framing, spec.framing_file, terminals_text(spec), *words)
    if key not in _compiled:
        if len(_compiled) >= MOST_KEPT:
            _compiled.clear()
        _compiled[key] = _compile(grammar(spec), spec)
    return _compiled[key]


_compiled: dict[tuple[str, ...], Framing] = {}  # a cache, since several views need the same one


# from lark's states to a machine ------------------------------------------------------------------


@dataclass
class Raw:
    """A state of lark's parser, reached by the terminals of `path`."""

    path: tuple[str, ...]
    targets: dict[str, int]
    ends: bool


def _compile(lark: Lark, spec: Spec) -> Framing:
    place = Place(spec.framing_file, 1, 1)
    states: list[Raw] = []
    starts = {start: _walk(lark, start, states, place) for start in STARTS}
    fields = {f.name for f in spec.message.fields} | {AUTHOR, GIVEN}
    outputs = _outputs(lark, states, starts, fields)
    _check_authors(states, outputs, spec.message, place)
    stops = alternatives(lark, "stop")
    known = {t for raw in states for t in raw.targets}
    literals = skip_literals(states, stops, spec)
    block = _minimal(states, outputs)
    parts = composed(lark, spec)
    reached = _reached(states, starts.values())
    machine = _machine(states, outputs, block, stops, spec.message, reached)
    order = {b: number for number, b in enumerate(dict.fromkeys(block[i] for i in reached))}
    content = _content(states, starts, spec.message)
    between = states[content].targets.get(stops[0])
    if between is None:
        what = f"no '{stops[0]}' can end the content behind '{spec.message.closes_header}'"
        raise SpecError([Problem(place, what, "each of the stop tokens ends a message")])
    return Framing(
        states=machine,
        starts={start: order[block[i]] for start, i in starts.items()},
        content=order[block[content]],
        between=order[block[between]],
        behind_header=literals.behind_header,
        behind_stop=literals.behind_stop,
        stops=stops,
        marked=parts.marked,
        prefixed=parts.prefixed,
        may_be_empty=parts.may_be_empty,
        only_channels=parts.only_channels,
        field_of=_single_fields(states, outputs, fields - {AUTHOR, GIVEN}),
        known=tuple(sorted((known | set(parts.marked)) & set(spec.tokens))),
    )


def _check_authors(
    states: list[Raw], outputs: Mapping[tuple[int, str], str | None], message: MessageSpec, place: Place
) -> None:
    """Check that what follows the token that opens a message is its author; a turn may be opened again behind it."""
    for raw in states:
        opened = raw.targets.get(message.opens)
        for word, target in () if opened is None else states[opened].targets.items():
            fields = {outputs[target, after] for after in states[target].targets if after != message.opens}
            if fields - {AUTHOR}:
                what = f"'{word}' stands behind '{message.opens}' and is no '{AUTHOR}'"
                raise SpecError([Problem(place, what, "a message begins with its author")])


def _content(states: list[Raw], starts: Mapping[str, int], message: MessageSpec) -> int:
    """Return the state after a header: the one that can end at the start of a completion, or else the first one."""
    behind = [states[starts["completion"]], *states]
    return next(raw.targets[message.closes_header] for raw in behind if message.closes_header in raw.targets)


def _reached(states: list[Raw], starts: Iterable[int]) -> list[int]:
    """Return the states that can be reached from the starts, sorted."""
    found, waiting = set(starts), list(starts)
    while waiting:
        new = set(states[waiting.pop()].targets.values()) - found
        found |= new
        waiting += new
    return sorted(found)


def _walk(lark: Lark, start: str, states: list[Raw], place: Place) -> int:
    """Add a state for each stack of the parser, breadth-first; return the index of the start state."""
    first = len(states)
    parser = lark.parse_interactive("", start=start)
    seen = {_key(parser): first}
    states.append(Raw((), {}, False))
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
                    raise SpecError(
                        [Problem(place, "the framing has no finite machine", "a rule must not nest itself")]
                    )
                seen[key] = len(states)
                states.append(Raw((*states[index].path, terminal), {}, False))
                queue.append((seen[key], after))
            states[index].targets[terminal] = seen[key]
    return first


def _key(parser: InteractiveParser) -> tuple[int, ...]:
    return tuple(parser.parser_state.state_stack)


def _outputs(
    lark: Lark, states: list[Raw], starts: Mapping[str, int], fields: set[str]
) -> dict[tuple[int, str], str | None]:
    """Return, for each step, the field of the terminal before it, from lark's tree of a sentence with that step."""
    ending = _shortest_endings(states)
    bounds = sorted(starts.items(), key=lambda item: item[1])
    outputs: dict[tuple[int, str], str | None] = {}
    for index, raw in enumerate(states):
        start = [name for name, first in bounds if first <= index][-1]
        for terminal, target in raw.targets.items():
            sentence = (*raw.path, terminal, *ending[target])
            outputs[index, terminal] = _field_at(lark, start, sentence, len(raw.path) - 1, fields)
    return outputs


def _shortest_endings(states: list[Raw]) -> dict[int, tuple[str, ...]]:
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


def _minimal(states: list[Raw], outputs: Mapping[tuple[int, str], str | None]) -> list[int]:
    """Return the block of each state, by partition refinement; states of the same block are equivalent."""
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
    states: list[Raw],
    outputs: Mapping[tuple[int, str], str | None],
    block: list[int],
    stops: tuple[str, ...],
    message: MessageSpec,
    reached: list[int],
) -> tuple[State, ...]:
    leaders = {block[i]: i for i in reversed(reached)}
    leaders = {block[i]: leaders[block[i]] for i in reached}
    order = {b: number for number, b in enumerate(leaders)}
    in_header = _within_headers(states, message)
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


def _within_headers(states: list[Raw], message: MessageSpec) -> set[int]:
    """Return the states from which the end of a header can be reached within the same message."""
    inside = {i for i, raw in enumerate(states) if message.closes_header in raw.targets}
    while True:
        more = {
            i
            for i, raw in enumerate(states)
            if i not in inside
            and any(t != message.opens and n in inside for t, n in raw.targets.items())
            and message.closes_header not in raw.path[-2:]
        }
        if not more:
            return inside
        inside |= more


def _single_fields(
    states: list[Raw], outputs: Mapping[tuple[int, str], str | None], fields: set[str]
) -> dict[str, str]:
    """Return the terminals that are the same field everywhere in a header, with that field."""
    found: dict[str, set[str]] = {}
    for i, raw in enumerate(states):
        for terminal in raw.targets:
            field = outputs[i, terminal]
            if field in fields and raw.path:
                found.setdefault(raw.path[-1], set()).add(field)
    return {terminal: names.pop() for terminal, names in sorted(found.items()) if len(names) == 1}
