"""Decides whether a grammar accepts a completion: in pure Python, by the same tree that the emitters write.

A state is a set of stacks: what each way of reading the tokens so far still expects. Ordinary tokens are read by bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from .nodes import Body, Chars, Grammar, Json, Literal, Many, Node, Ref, Seq, Text, Token

__all__ = ["Judge"]

_SMALLEST = (0, 0, 0x80, 0x800, 0x10000)  # the smallest code point of a character of so many bytes
_LAST, _SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)

# What is expected: a step of the program with what was read of it, and the number of what is expected behind it.
# Stacks that are nested deep are as cheap to compare as others, since a number stands for what they hold.
Stack: TypeAlias = "tuple[int, int, int, int | None] | None"
Filled: TypeAlias = tuple[int, int, int, "int | None"]


class Judge:
    """A grammar that was made ready to read completions.

    Args:
        grammar: the grammar.
        bytes_of: returns the bytes of an ordinary token; None for a special one.
    """

    def __init__(self, grammar: Grammar, bytes_of: Callable[[int], bytes | None]) -> None:
        self._grammar = grammar
        self._bytes_of = bytes_of
        self._steps: list[tuple[str, Any]] = []
        self._rules: dict[str, int] = {}
        self._kept: list[Stack] = []
        self._numbers: dict[Stack, int] = {}
        self._start = self._rule(grammar.root)

    def begin(self) -> frozenset[Stack]:
        """Return the state before the first token."""
        return self._settled([(self._start, 0, 0, None)])

    def accept(self, state: frozenset[Stack], token: int) -> frozenset[Stack]:
        """Return the state behind a token; the empty one if it is refused."""
        text = self._bytes_of(token)
        if text is None:
            return self._settled(
                [self._behind(s[3]) for s in state if s is not None and self._steps[s[0]] == ("token", token)]
            )
        for byte in text:
            if not state:
                break
            state = self._settled([after for stack in state if stack is not None for after in self._byte(stack, byte)])
        return state if text else frozenset()

    def is_complete(self, state: frozenset[Stack]) -> bool:
        """Return whether the completion may end in a state."""
        return None in state

    # the program ----------------------------------------------------------------------------------

    def _rule(self, name: str) -> int:
        if name not in self._rules:
            self._rules[name] = self._add("rule", None)
            self._steps[self._rules[name]] = ("seq", (self._step(self._grammar.rules[name]),))
        return self._rules[name]

    def _add(self, kind: str, value: Any) -> int:
        self._steps.append((kind, value))
        return len(self._steps) - 1

    def _step(self, node: Node) -> int:
        if isinstance(node, Token):
            return self._add("token", node.id)
        if isinstance(node, Literal):
            return self._add("literal", node.text.encode("utf-8"))
        if isinstance(node, Chars):
            return self._add("chars", node)
        if isinstance(node, Text):
            return self._add("text", None)
        if isinstance(node, (Ref, Json)):
            return self._rule(node.rule)
        if isinstance(node, Body):
            return self._rule(node.rule) if node.rule else self._add("text", None)
        if isinstance(node, Many):
            return self._add("many", (self._step(node.node), node.least, node.most))
        kind = "seq" if isinstance(node, Seq) else "choice"
        return self._add(kind, tuple(self._step(each) for each in node.nodes))

    # reading --------------------------------------------------------------------------------------

    def _settled(self, stacks: list[Stack]) -> frozenset[Stack]:
        """Return the stacks with something to read on top, or nothing left, that stacks lead to."""
        found: set[Stack] = set()
        seen: set[Stack] = set()
        waiting = list(stacks)
        while waiting:
            stack = waiting.pop()
            if stack in seen:
                continue
            seen.add(stack)
            if stack is None or self._steps[stack[0]][0] in ("token", "literal", "chars"):
                found.add(stack)
                continue
            if self._steps[stack[0]][0] == "text":
                found.add(stack)
            waiting += self._opened(stack)
        return frozenset(found)

    def _number(self, stack: Stack) -> int:
        """Return the number of what is expected."""
        if stack not in self._numbers:
            self._numbers[stack] = len(self._kept)
            self._kept.append(stack)
        return self._numbers[stack]

    def _behind(self, number: int | None) -> Stack:
        return None if number is None else self._kept[number]

    def _opened(self, stack: Filled) -> Iterator[Stack]:
        at, done, _, rest = stack
        kind, value = self._steps[at]
        if kind == "text":
            yield self._behind(rest)
        elif kind == "choice":
            yield from ((each, 0, 0, rest) for each in value)
        elif kind == "seq":
            for each in reversed(value[1:]):
                rest = self._number((each, 0, 0, rest))
            yield (value[0], 0, 0, rest) if value else self._behind(rest)
        else:
            inner, least, most = value
            if done >= least:
                yield self._behind(rest)
            if most is None or done < most:
                counted = min(done + 1, least) if most is None else done + 1
                yield (inner, 0, 0, self._number((at, counted, 0, rest)))

    def _byte(self, stack: Filled, byte: int) -> Iterator[Stack]:
        at, done, _, rest = stack
        kind, value = self._steps[at]
        if kind == "text":
            yield stack
        elif kind == "literal":
            if value[done] == byte:
                yield self._behind(rest) if done + 1 == len(value) else (at, done + 1, 0, rest)
        elif kind == "chars":
            yield from self._of_character(value, stack, byte)

    def _of_character(self, chars: Chars, stack: Filled, byte: int) -> Iterator[Stack]:
        """Read a byte of a character: `done` is the number of bytes that follow, `partial` what was read of it."""
        at, missing, partial, rest = stack
        length, code = partial >> 24, partial & 0xFFFFFF
        if missing:
            if byte & 0xC0 != 0x80:
                return
            code, missing = code << 6 | byte & 0x3F, missing - 1
        elif byte < 0x80:
            length, code = 1, byte
        elif 0xC2 <= byte < 0xF5:
            missing = 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
            length, code = missing + 1, byte & (0x3F >> missing)
        else:
            return
        low = max(code << 6 * missing, _SMALLEST[length])
        high = min((code + 1 << 6 * missing) - 1, _LAST)
        if _any_between(chars, low, high):
            yield (at, missing, length << 24 | code, rest) if missing else self._behind(rest)


def _any_between(chars: Chars, low: int, high: int) -> bool:
    """Return whether a class has a character of a range of code points."""
    if not chars.negated:
        return any(first <= high and low <= last for first, last in chars.ranges) and not (
            _SURROGATES[0] <= low and high <= _SURROGATES[1]
        )
    for first, last in sorted([*chars.ranges, _SURROGATES]):
        if first <= low <= last:
            low = last + 1
    return low <= high
