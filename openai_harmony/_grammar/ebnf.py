"""Writes a grammar in EBNF, as xgrammar reads it, and in GBNF, as llama.cpp reads it.

Both know special tokens by their ids. Both take a special token's text for ordinary characters, too. So text and JSON
strings are written in a way that refuses these texts, but not the same characters spelled by ordinary tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from .._generated.framing import FRAMING
from ..errors import GrammarError
from .json_strings import CHARACTERS
from .nodes import Body, Chars, Choice, Grammar, Json, Literal, Many, Node, Ref, Seq, Text, Token, quantifier
from .settings import completions

__all__ = ["EBNF", "GBNF", "Dialect", "Pipes", "ebnf_text"]

Pipes: TypeAlias = "tuple[tuple[int, str], ...]"


class Dialect:
    """How the two formats differ.

    Attributes:
        name: the name in errors.
        token: returns the expression of a special token.
        text_tokens: returns the expression of any number of ordinary tokens; None to write it by characters.
        joint: what stands in the names of rules where the tree has `_`.
    """

    def __init__(
        self, name: str, token: Callable[[int], str], text_tokens: Callable[[range], str] | None, joint: str
    ) -> None:
        self.name, self.token, self.text_tokens, self._joint = name, token, text_tokens, joint

    def rule(self, name: str) -> str:
        """Return the name of a rule."""
        return name.replace("_", self._joint)


EBNF = Dialect(
    "xgrammar-ebnf",
    lambda token: f"Token({token})",
    lru_cache(1)(lambda special: f"ExcludeToken({', '.join(map(str, special))})*"),
    "_",
)
GBNF = Dialect("gbnf", lambda token: f"<[{token}]>", None, "-")  # in whose names no other sign can stand

TEXT = "text"  # the rule of text in the tree
PIPE = "special_second"  # the rule of ordinary tokens that begin with the second character of special tokens
OPENED = "_opened"  # at the end of names: what follows the first character of special tokens


def ebnf_text(grammar: Grammar, dialect: Dialect, pipes: Pipes) -> str:
    """Return the text.

    Args:
        pipes: the ordinary tokens that begin with the second character of the texts of special tokens, with their
            texts.

    Raises:
        GrammarError: the format cannot hold a part of the grammar.
    """
    writer = _Writer(dialect, pipes)
    rules = {name: writer.node(node) for name, node in grammar.rules.items()}
    if TEXT in rules and dialect.text_tokens is None:
        rules |= _text_by_characters(dialect)
        rules[PIPE] = " | ".join([dialect.token(token) for token, _ in pipes])
    if CHARACTERS in grammar.rules:
        rules |= _characters(grammar.rules[CHARACTERS], dialect, pipes)
    return "".join([f"{dialect.rule(name)} ::= {text}\n" for name, text in rules.items()])


@lru_cache(maxsize=8)
def _characters(node: Node, dialect: Dialect, pipes: Pipes) -> Mapping[str, str]:
    return _Writer(dialect, pipes).characters(node)


class _Writer:
    def __init__(self, dialect: Dialect, pipes: Pipes) -> None:
        self._dialect, self._pipes = dialect, pipes
        self._prefix = "".join(special_prefix())
        # Names and texts stand in many places each.
        self._names, self._texts = _Made(dialect.rule), _Made(self._text_literal)
        # Expressions by the types of nodes: those that stand alone, and those in a sequence.
        self._expressions: dict[type, Callable[[Any], str]] = {
            Literal: lambda node: self._texts[node.text],
            Ref: self._reference,
            Json: self._reference,
            Seq: self._seq,
            Choice: self._choice,
            Chars: lambda node: _class(node.ranges, node.negated),
            Many: lambda node: f"({self.node(node.node)}){quantifier(node)}",
            Token: lambda node: dialect.token(node.id),
            Body: self._body,
            Text: self._text,
        }
        self._inside: dict[type, Callable[[Any], str]] = {
            **self._expressions,
            Choice: lambda node: f"({self._choice(node)})",
        }

    def node(self, node: Any) -> str:
        """Return an expression."""
        return self._expressions[type(node)](node)

    def _reference(self, node: Ref | Json | Body) -> str:
        return self._names[node.rule]

    def _seq(self, node: Any) -> str:
        if not node.nodes:
            return '""'
        inside, names, texts = self._inside, self._names, self._texts
        parts: list[str] = []
        for each in node.nodes:
            kind = type(each)
            if kind is Ref:
                parts.append(names[each.rule])
            elif kind is Literal:
                parts.append(texts[each.text])
            else:
                parts.append(inside[kind](each))
        return " ".join(parts)

    def _choice(self, node: Choice) -> str:
        expressions = self._expressions
        return " | ".join([expressions[type(each)](each) for each in node.nodes])

    def _text(self, node: Text) -> str:
        table = completions()
        special = range(table.first_special, table.entries)
        return self._dialect.text_tokens(special) if self._dialect.text_tokens is not None else ""

    def _body(self, node: Body) -> str:
        if not node.rule:
            raise GrammarError("rules cannot hold a grammar in Lark; the format `llguidance` does", option=node.option)
        return self._reference(node)

    def _text_literal(self, text: str) -> str:
        return _quoted(text) if self._prefix not in text else self._with_tokens(text)

    def _with_tokens(self, text: str) -> str:
        """Return a text, of which what looks like the beginning of a special token has ordinary tokens."""
        head = text[: text.index(self._prefix)]
        rest = text[len(head) + 1 :]
        tokens = [(token, piece) for token, piece in self._pipes if rest.startswith(piece)]
        ways = [self._then(token, rest[len(piece) :]) for token, piece in tokens]
        return f"{_quoted(head + self._prefix[0])} ({' | '.join(ways)})"

    def _then(self, token: int, rest: str) -> str:
        return self._dialect.token(token) + (f" {self._texts[rest]}" if rest else "")

    def characters(self, node: Any) -> dict[str, str]:
        """Return the rules of the characters of a JSON string that refuse special tokens in the same way as text.

        Args:
            node: the rule that allows special tokens: the last quote; a character, or an escape, with what follows.
        """
        quote, plain, escape = node.nodes
        raw: Chars = plain.nodes[0]
        first, second = self._prefix[0], self._prefix[1]
        rest, opened = self._dialect.rule(CHARACTERS), self._dialect.rule(CHARACTERS + OPENED)
        begun, escaped = f"{_quoted(first)} {opened}", self.node(escape)
        ends = [f"{_but(raw, first + second)} {rest}", begun, escaped]
        for token, piece in self._pipes:
            inside = piece.rstrip('"\\')
            behind = {"": rest, quote.text: "", "\\": self.node(escape.nodes[1]) + f" {rest}"}
            if piece[len(inside) :] in behind and all(_has(raw, character) for character in inside):
                ends.append(f"{self._dialect.token(token)} {behind[piece[len(inside) :]]}".strip())
        return {
            CHARACTERS: f"{_quoted(quote.text)} | {_but(raw, first)} {rest} | {begun} | {escaped}",
            CHARACTERS + OPENED: " | ".join([_quoted(quote.text), *ends]),
        }


class _Made(dict[str, str]):
    """What is made of each text, once."""

    def __init__(self, make: Callable[[str], str]) -> None:
        self._make = make

    def __missing__(self, text: str) -> str:
        made = self[text] = self._make(text)
        return made


def _has(chars: Chars, character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in chars.ranges) != chars.negated


def _but(chars: Chars, others: str) -> str:
    """Return the characters of a negated class without others."""
    return _class((*chars.ranges, *((ord(other), ord(other)) for other in others)), True)


def _text_by_characters(dialect: Dialect) -> dict[str, str]:
    """Return the rules of text whose tokens are no special ones, by recursion, which engines read fastest."""
    first, second = special_prefix()
    others, neither = _not(first), _not(first + second)
    opened, pipe = dialect.rule(TEXT + OPENED), dialect.rule(PIPE)
    begun = f"{_quoted(first)} {opened}"
    return {
        TEXT: f'"" | {others} {TEXT} | {begun}',
        TEXT + OPENED: f'"" | {begun} | {neither} {TEXT} | {pipe} {TEXT}',
    }


def special_prefix() -> tuple[str, str]:
    """Return the two characters that all texts of special tokens begin with.

    Raises:
        GrammarError: they do not all begin with the same two characters.
    """
    prefixes = {text[:2] for text in FRAMING.spellings.values()}
    if len(prefixes) != 1 or len(next(iter(prefixes))) != 2:
        raise GrammarError(
            "the special tokens of this format do not begin with the same two characters", option="format"
        )
    prefix = next(iter(prefixes))
    return prefix[0], prefix[1]


def _not(characters: Iterable[str]) -> str:
    return f"[^{''.join(_in_class(ord(character)) for character in characters)}]"


@lru_cache(maxsize=256)
def _class(ranges: tuple[tuple[int, int], ...], negated: bool) -> str:
    written = "".join(
        _in_class(first) if first == last else f"{_in_class(first)}-{_in_class(last)}" for first, last in ranges
    )
    return f"[{'^' if negated else ''}{written}]"


def _in_class(code: int) -> str:
    character = chr(code)
    if character in "\\]^-[":
        return "\\" + character
    return _character(code)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if not (text.isascii() and text.isprintable()):
        escaped = "".join(_character(ord(c)) for c in escaped)
    return f'"{escaped}"'


def _character(code: int) -> str:
    if code in (0x0A, 0x0D, 0x09):
        return {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}[code]
    if 0x20 <= code < 0x7F:
        return chr(code)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
