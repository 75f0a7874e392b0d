"""Completions that are grown from the tree of a grammar, and what is left of them after an accident."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias

from openai_harmony._grammar.nodes import Chars, Grammar

LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)
TEXTS = ["", "Hello", " to=", '{"a": 1}', "日本語 😀", "<", "<|", "|", "||>", "\n\n", "a < b", "<<|>", "final", "\x00"]
LIKELY = [*range(0x20, 0x7F), 0xE9, 0x4E2D, 0x1F600, 0x3C, 0x7C]
ROOM = 60  # how many steps down the tree are random; below, a completion ends as soon as it can

# Nodes are told by the names of their classes: each package that is generated has its own.
REFERRING = ("Ref", "Json", "Body")

Part: TypeAlias = "int | bytes"  # a token that is one, or bytes that are any tokens


class Vocabulary:
    """Ordinary tokens by their bytes.

    Args:
        pieces: their bytes, by id.
        encode: returns the tokens of a text, none of which is special.
        special: the ids that are no ordinary ones.
        spelled: the texts of special tokens.
    """

    def __init__(
        self,
        pieces: Sequence[bytes],
        encode: Callable[[str], list[int]],
        special: Sequence[int],
        spelled: Sequence[str],
    ) -> None:
        self.pieces, self.encode, self.special, self.spelled = pieces, encode, special, spelled
        self._ids = {piece: token for token, piece in enumerate(pieces) if piece}
        self.ordinary = list(self._ids.values())

    def tokens(self, text: bytes, random: Random) -> list[int]:
        """Tokens of bytes: those that the tokenizer makes, or any others."""
        if random.random() < 0.6:
            try:
                return self.encode(text.decode("utf-8"))
            except UnicodeDecodeError:
                pass
        found = []
        while text:
            lengths = [n for n in range(1, min(len(text), 12) + 1) if text[:n] in self._ids]
            length = random.choice(lengths)
            found.append(self._ids[text[:length]])
            text = text[length:]
        return found


class Growth:
    """Grows completions from a grammar."""

    def __init__(self, grammar: Grammar, vocabulary: Vocabulary) -> None:
        self._grammar, self._vocabulary = grammar, vocabulary
        self._heights = dict.fromkeys(grammar.rules, math.inf)
        for _ in grammar.rules:
            self._heights = {name: 1 + self._height(node) for name, node in grammar.rules.items()}

    def completion(self, seed: int) -> list[int]:
        """The completion of a seed."""
        random = Random(seed)
        parts: list[Part] = []
        self._grow(self._grammar.rules[self._grammar.root], random, parts, [ROOM])
        tokens: list[int] = []
        text = b""
        for part in [*parts, -1]:
            if isinstance(part, bytes):
                text += part
                continue
            tokens += [*self._vocabulary.tokens(text, random), part]
            text = b""
        return tokens[:-1]

    def _height(self, node: Any) -> float:
        kind = type(node).__name__
        if kind in REFERRING:
            return self._heights[node.rule]
        if kind == "Seq":
            return max(map(self._height, node.nodes), default=0)
        if kind == "Choice":
            return min(map(self._height, node.nodes))
        return self._height(node.node) if kind == "Many" and node.least else 0

    def _grow(self, node: Any, random: Random, parts: list[Part], room: list[int]) -> None:
        kind = type(node).__name__
        if kind == "Token":
            parts.append(node.id)
        elif kind == "Literal":
            parts.append(node.text.encode("utf-8"))
        elif kind == "Chars":
            parts.append(chr(_character(node, random)).encode("utf-8"))
        elif kind == "Text":
            parts += self._text(random)
        elif kind in REFERRING:
            room[0] -= 1
            self._grow(self._grammar.rules[node.rule], random, parts, room)
        elif kind == "Seq":
            for each in node.nodes:
                self._grow(each, random, parts, room)
        elif kind == "Choice":
            low = min(map(self._height, node.nodes))
            ways = [each for each in node.nodes if room[0] > 0 or self._height(each) == low]
            self._grow(random.choice(ways), random, parts, room)
        else:
            most = node.least + 3 if node.most is None else min(node.most, node.least + 3)
            for _ in range(random.randint(node.least, most) if room[0] > 0 else node.least):
                self._grow(node.node, random, parts, room)

    def _text(self, random: Random) -> list[Part]:
        """Text with the texts of special tokens, and with tokens that are no whole characters."""
        parts: list[Part] = []
        for _ in range(random.randint(0, 3)):
            kind = random.random()
            if kind < 0.5:
                parts.append(random.choice(TEXTS).encode("utf-8"))
            elif kind < 0.7:
                parts.append(random.choice(self._vocabulary.spelled).encode("utf-8"))
            else:
                parts.append(random.choice(self._vocabulary.ordinary))
        return parts


def _character(node: Chars, random: Random) -> int:
    """A character of a class: one that is often met, or one near the edges of the class."""
    inside = _inside(node)
    likely = [code for code in LIKELY if any(first <= code <= last for first, last in inside)]
    if likely and random.random() < 0.8:
        return random.choice(likely)
    first, last = random.choice(inside)
    code = random.choice([first, last, random.randint(first, last)])
    return first if SURROGATES[0] <= code <= SURROGATES[1] else code


@functools.lru_cache(256)
def _inside(node: Chars) -> list[tuple[int, int]]:
    if not node.negated:
        return list(node.ranges)
    found, start = [], 0
    for first, last in sorted(node.ranges):
        if start < first:
            found.append((start, first - 1))
        start = max(start, last + 1)
    return [*found, (start, LAST)] if start <= LAST else found


def mutant(tokens: list[int], seed: int, vocabulary: Vocabulary) -> list[int]:
    """A completion after an accident: a token that is lost, doubled, moved or replaced, or an early end."""
    random = Random(seed)
    changed = list(tokens)
    at = random.randrange(len(changed)) if changed else 0
    kind = random.randrange(9)
    if kind == 0:
        del changed[at : at + 1]
    elif kind == 1:
        changed[at:at] = changed[at : at + 1]
    elif kind == 2:
        changed[at : at + 2] = reversed(changed[at : at + 2])
    elif kind == 3:
        changed[at : at + 1] = [random.choice(vocabulary.special)]
    elif kind == 4:
        changed[at:at] = [random.choice(vocabulary.special)]
    elif kind == 5:
        changed[at : at + 1] = [random.randrange(len(vocabulary.pieces))]
    elif kind == 6:
        changed[at:at] = vocabulary.encode(random.choice([*TEXTS, *vocabulary.spelled]))
    elif kind == 7:
        del changed[at:]
    else:
        other = random.randrange(len(changed)) if changed else 0
        changed = changed[:at] + changed[other:]
    return changed
