"""Deterministic automata over the characters of a string: patterns, bounds of length and forbidden texts in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from .json_patterns import ANY, LAST, complement
from .nodes import EMPTY, Chars, Choice, Literal, Many, Node, Seq, seq

__all__ = ["Automaton", "TooManyStates", "automaton", "without", "words_but"]

_MOST_STATES = 1500
_MOST_STEPS = 20_000
_END = 0  # the step behind the last one
# The steps of a program that may be next.
_Steps: TypeAlias = frozenset[int]
# The steps of each pattern, and how many characters were read, as far as that matters.
_State: TypeAlias = tuple[tuple[_Steps, ...], int]


class TooManyStates(ValueError):
    """The automaton of a string would have too many states."""


@dataclass(frozen=True)
class Automaton:
    """States from 0, which is the first; from all of them, the end can be reached. There are none if no string is read.

    Attributes:
        edges: for each state, code points and the state that they lead to.
        ends: the states in which the string may end.
    """

    edges: Sequence[Sequence[tuple[Chars, int]]] = ()
    ends: frozenset[int] = field(default_factory=frozenset)

    def reads(self, text: str) -> bool:
        """Whether a string is one of those that are read."""
        state: int | None = 0 if self.edges else None
        for character in text:
            if state is None:
                break
            state = next((after for chars, after in self.edges[state] if _within(chars, ord(character))), None)
        return state in self.ends


def automaton(patterns: Iterable[Node], *, least: int = 0, most: int | None = None) -> Automaton:
    """Return the automaton of the strings that every pattern reads, and that have a number of characters.

    Raises:
        TooManyStates: it would be too large.
    """
    programs = [_Program(pattern) for pattern in patterns]
    classes = _classes(programs)
    for program in programs:
        program.divide(classes)
    cap = least if most is None else most + 1
    first: _State = (tuple(program.first for program in programs), 0)
    numbers: dict[_State, int] = {first: 0}
    edges: list[dict[int, int]] = []
    todo: list[_State] = [first]
    for steps, count in todo:
        row: dict[int, int] = {}
        number = min(count + 1, cap)
        for index in range(len(classes)) if most is None or number <= most else ():
            after = tuple(program.after(each, index) for program, each in zip(programs, steps))
            if all(after):
                state = (after, number)
                if state not in numbers:
                    numbers[state] = len(numbers)
                    todo.append(state)
                row[index] = numbers[state]
        edges.append(row)
        if len(numbers) > _MOST_STATES:
            raise TooManyStates(f"needs more than {_MOST_STATES} states")
    ends = {n for (steps, count), n in numbers.items() if count >= least and all(_END in each for each in steps)}
    return _smaller(classes, edges, ends)


class _Program:
    """A pattern as steps, each of which reads one character or leads to others at once."""

    def __init__(self, pattern: Node) -> None:
        self.chars: list[Chars | None] = [None]
        self._next: list[list[int]] = [[]]
        self._reached: dict[int, _Steps] = {}
        self._moves: dict[_Steps, dict[int, _Steps]] = {}
        self._reads: list[range | frozenset[int]] = []
        self.first = self._settled(self._add(pattern, _END))

    def divide(self, classes: Sequence[tuple[int, int]]) -> None:
        """Note which classes of characters each step reads."""
        read: dict[Chars, frozenset[int]] = {}
        for chars in self.chars:
            if chars is not None and chars not in read:
                read[chars] = frozenset(n for n, (low, _) in enumerate(classes) if _within(chars, low))
        self._reads = [frozenset() if chars is None else read[chars] for chars in self.chars]

    def after(self, steps: _Steps, index: int) -> _Steps:
        """Return the steps behind a character of a class."""
        if steps not in self._moves:
            moves: dict[int, set[int]] = {}
            for step in steps:
                for each in self._reads[step]:
                    moves.setdefault(each, set()).update(self._settled(self._next[step][0]))
            self._moves[steps] = {each: frozenset(found) for each, found in moves.items()}
        return self._moves[steps].get(index, frozenset())

    def _step(self, chars: Chars | None, *after: int) -> int:
        self.chars.append(chars)
        self._next.append([*after])
        if len(self.chars) > _MOST_STEPS:
            raise TooManyStates(f"needs more than {_MOST_STEPS} steps")
        return len(self.chars) - 1

    def _add(self, node: Node, after: int) -> int:
        """Add the steps of a node, from the last to the first, and return the first."""
        if isinstance(node, Chars):
            return self._step(node, after)
        if isinstance(node, Literal):
            for character in reversed(node.text):
                after = self._step(Chars(((ord(character), ord(character)),)), after)
            return after
        if isinstance(node, Seq):
            for each in reversed(node.nodes):
                after = self._add(each, after)
            return after
        if isinstance(node, Choice):
            return self._step(None, *[self._add(each, after) for each in node.nodes])
        assert isinstance(node, Many)  # patterns have no other nodes
        begin = after
        if node.most is None:
            begin = self._step(None, after)
            self._next[begin].append(self._add(node.node, begin))
        for _ in range(0 if node.most is None else node.most - node.least):
            begin = self._step(None, self._add(node.node, begin), after)
        for _ in range(node.least):
            begin = self._add(node.node, begin)
        return begin

    def _settled(self, step: int) -> _Steps:
        """Return the steps that read a character, and the end, which a step leads to at once."""
        if step not in self._reached:
            found, seen, todo = set(), {step}, [step]
            while todo:
                each = todo.pop()
                if each == _END or self.chars[each] is not None:
                    found.add(each)
                else:
                    new = set(self._next[each]) - seen
                    seen |= new
                    todo += new
            self._reached[step] = frozenset(found)
        return self._reached[step]


def _within(chars: Chars, code: int) -> bool:
    return any(low <= code <= high for low, high in chars.ranges) is not chars.negated


def _classes(programs: Iterable[_Program]) -> list[tuple[int, int]]:
    """Return ranges of code points that no pattern tells apart."""
    all_chars = {chars for program in programs for chars in program.chars if chars is not None}
    starts = {point for chars in all_chars for low, high in chars.ranges for point in (low, high + 1)}
    ordered = sorted({0, *starts} - {LAST + 1})
    return [*zip(ordered, [*(start - 1 for start in ordered[1:]), LAST])]


def _smaller(classes: Sequence[tuple[int, int]], edges: Sequence[dict[int, int]], ends: set[int]) -> Automaton:
    """Return an automaton without states that lead nowhere, and without several that read the same in the same way."""
    alive = _alive(edges, ends)
    if 0 not in alive:
        return Automaton()
    rows = {s: {c: after for c, after in edges[s].items() if after in alive} for s in sorted(alive)}
    while True:
        kept: dict[tuple[object, ...], int] = {}
        same: dict[int, int] = {}
        for state, row in rows.items():
            look = (state in ends, tuple((c, -1 if after == state else after) for c, after in row.items()))
            same[state] = kept.setdefault(look, state)
        rows = {s: {c: same[after] for c, after in rows[s].items()} for s in rows if same[s] == s}
        if len(rows) == len(same):
            break
    numbers = {state: number for number, state in enumerate(rows)}
    found = [_row(classes, [(c, numbers[after]) for c, after in row.items()]) for row in rows.values()]
    return Automaton(found, frozenset(number for state, number in numbers.items() if state in ends))


def _alive(edges: Sequence[dict[int, int]], ends: set[int]) -> set[int]:
    before: dict[int, list[int]] = {}
    for state, row in enumerate(edges):
        for after in row.values():
            before.setdefault(after, []).append(state)
    alive, todo = set(ends), [*ends]
    while todo:
        new = set(before.get(todo.pop(), ())) - alive
        alive |= new
        todo += new
    return alive


def _row(classes: Sequence[tuple[int, int]], row: Sequence[tuple[int, int]]) -> list[tuple[Chars, int]]:
    ranges: dict[int, list[tuple[int, int]]] = {}
    for index, after in row:
        into = ranges.setdefault(after, [])
        low, high = classes[index]
        if into and into[-1][1] + 1 == low:
            into[-1] = (into[-1][0], high)
        else:
            into.append((low, high))
    return [(Chars(tuple(found)), after) for after, found in ranges.items()]


def words_but(names: Iterable[str]) -> Node:
    """Return all strings but some."""
    return _but(sorted(set(names)), Many(ANY))


def _but(names: Sequence[str], others: Node) -> Node:
    heads = sorted({name[0] for name in names if name})
    nodes: list[Node] = [] if "" in names else [EMPTY]
    nodes.append(seq([Chars(complement([(ord(head), ord(head)) for head in heads])), others]))
    for head in heads:
        nodes.append(seq([Literal(head), _but([name[1:] for name in names if name[:1] == head], others)]))
    return nodes[0] if len(nodes) == 1 else Choice(tuple(nodes))


@lru_cache(maxsize=8)
def without(text: str) -> Node:
    """Return all strings that do not contain a text of two different characters."""
    first, second = ((ord(character), ord(character)) for character in text)
    head = Many(Chars((first,)), 1)
    free, after = Many(Chars(complement([first]))), Chars(complement([first, second]))
    return seq([free, Many(seq([head, after, free])), Many(Chars((first,)))])
