"""framing.lark as lark runs it, with the terminals that the YAML files define, and what its rules say about writing.

The parts of a header field's terminals are found by trying lark's patterns, so that only the grammar defines them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from lark import Lark
from lark.exceptions import LarkError

from codegen.model import Spec
from codegen.place import Place
from codegen.sources import Problem, SpecError

# The names of rules and terminals of the grammar that the generator uses.
STARTS = ("transcript", "completion")
TEXT = "TEXT"
ROLE, NAMED_ROLE, LISTED, KNOWN, TOOL_NAME, WORD = "ROLE", "NAMED_ROLE", "LISTED", "KNOWN", "TOOL_NAME", "WORD"
AUTHOR, GIVEN = "author", "given"
MOST_KEPT = 8  # of what is computed for each spec, which many views need
ANY_WORD = "\N{WHITE SQUARE}"  # a value that is not a word of any spec


@lru_cache(maxsize=MOST_KEPT)
def terminals_text(spec: Spec) -> str:
    """Return the terminals that the YAML files define, as Lark text to append to framing.lark."""
    white = "".join(f"\\u{ord(character):04x}" for character in spec.message.white_space)
    name = f"[^{white}<]"
    lines = [f"{t.terminal}: {_quoted(t.text)}" for t in spec.tokens.values()]
    lines += [f"{terminal}.4: {_quoted(text)}" for terminal, text in spec.message.literals.items()]
    words = [role.word for role in spec.roles.values() if role.author == "role"]
    roles, listed = _either(words), _either([*words, *spec.channels])
    boundary = f"(?=[{white}<]|$)"
    named = [f"{roles}{_escaped(spec.name_separator)}"] if spec.name_separator else []
    literals = [text for text in spec.message.literals.values() if not any(map(str.isspace, text))]
    other = "|".join([f"{listed}+{boundary}", *named, *map(_escaped, literals)])
    together = "|".join([f"{listed}+", *(f"{start}{name}*" for start in named)])
    lines += [
        f"{ROLE}.3: /{roles}{boundary}/",
        f"{LISTED}.1: /(?:{together}){boundary}/",
        f"{WORD}: /(?!{other}){name}+/",
        f"NAME: /{name}+/",
        f"{TEXT}.9: /[^<]+/",
        f"WHITE_SPACE: /[{white}]+/",
        "%ignore WHITE_SPACE",
    ]
    lines += [f"{NAMED_ROLE}.3: /{start}{name}*{boundary}/" for start in named]
    tools = [_escaped(namespace.name) for namespace in spec.tools.namespaces]
    if spec.message.tool_word_holds:
        holds = _escaped(spec.message.tool_word_holds)
        tools.append(f"(?!{holds}){name}*{holds}{name}*(?<!{holds})")
    optional = {
        f"{TOOL_NAME}.2": f"(?!{other})(?:{'|'.join(tools)})" if tools else "",
        f"{KNOWN}.2": _either(known) if (known := [v for field in spec.message.fields for v in field.known]) else "",
        "CHANNEL_WORD": _either(spec.channels) if spec.channels else "",
    }
    # A terminal without words in the format is not defined, so that the grammar cannot name it.
    lines += [f"{terminal}: /{pattern}{boundary}/" for terminal, pattern in optional.items() if pattern]
    return "\n".join(lines) + "\n"


def grammar(spec: Spec) -> Lark:
    """Return the grammar of the spec, for text in which every `<` belongs to a special token.

    Raises:
        SpecError: lark rejects the grammar.
    """
    return _grammar(spec.framing, terminals_text(spec), spec.framing_file)


@lru_cache(maxsize=MOST_KEPT)
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
        raise SpecError([_refusal(error, framing, file)]) from error


def _refusal(error: LarkError, framing: str, file: str) -> Problem:
    """Return lark's error as a problem: its message on one line, and its place in the grammar."""
    what = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    if not isinstance(line, int) or not isinstance(column, int) or line < 1:
        line, column = _place_of_name(what, framing)
    if line > framing.count("\n") + 1:  # in the terminals that the YAML files define
        line, column = 1, 1
    return Problem(Place(file, line, max(column, 1)), f"lark refuses the grammar: {what}", None)


def _place_of_name(what: str, framing: str) -> tuple[int, int]:
    """Return line and column of the first name that a message quotes and the grammar uses; 1, 1 if there is none."""
    for name in re.findall(r"'(\w+)'|Token\('\w+', '(\w+)'\)|<(\w+)", what):
        word = next(filter(None, name))
        for number, line in enumerate(framing.splitlines(), 1):
            match = re.search(rf"(?<![\w])(?!{word}\s*:){word}(?!\w)", line.partition("//")[0])
            if match:
                return number, match.start() + 1
    return 1, 1


def write_order(spec: Spec) -> tuple[str, ...]:
    """Return the header fields in the order of writing: that of the first alternative of `header`, if there is one."""
    rules = [rule for rule in grammar(spec).rules if rule.origin.name == "header"]
    if not rules:
        return ()
    first = min(rules, key=lambda rule: rule.order)
    return tuple(str(symbol.name) for symbol in first.expansion)


def spelling(spec: Spec, field: str) -> tuple[str | None, str | None]:
    """Return the terminals of the marker and of the literal before a field's value, each None if there is none."""
    lark = grammar(spec)
    rules = sorted((r for r in lark.rules if r.origin.name == field), key=lambda rule: rule.order)
    found = composed(lark, spec)
    to_marker, to_literal = ({v: k for k, v in names.items()} for names in (found.marked, found.prefixed))
    written = [str(rule.expansion[0].name) for rule in rules]
    keeps = next(f.keeps_marker for f in spec.message.fields if f.name == field)
    marker = next((to_marker[t] for t in (written if keeps else written[:1]) if t in to_marker), None)
    return marker, to_literal.get(written[0])


def header_orders(spec: Spec) -> list[tuple[str, ...]]:
    """Return the orders of header fields that the grammar has, as it lists them."""
    fields = {field.name for field in spec.message.fields}
    rules = [rule for rule in grammar(spec).rules if rule.origin.name == "header"]
    orders = [tuple(str(symbol.name) for symbol in rule.expansion) for rule in sorted(rules, key=lambda r: r.order)]
    return [order for order in dict.fromkeys(orders) if set(order) <= fields]


def alternatives(lark: Lark, rule: str) -> tuple[str, ...]:
    """Return the terminals that are the alternatives of a rule, sorted."""
    return tuple(sorted(str(r.expansion[0].name) for r in lark.rules if r.origin.name == rule))


def used_terminals(lark: Lark) -> set[str]:
    """Return the terminals that rules use."""
    return {str(symbol.name) for rule in lark.rules for symbol in rule.expansion if symbol.is_term}


def fixed(spec: Spec) -> dict[str, str]:
    """Return the literals that are framing on their own, not the beginning of a word: terminal -> text."""
    used = used_terminals(grammar(spec))
    return {terminal: text for terminal, text in spec.message.literals.items() if terminal in used}


class Composed(NamedTuple):
    """The terminals that consist of a marker or a literal, and a value after it."""

    marked: Mapping[str, str]  # marker terminal -> terminal of the value after it
    prefixed: Mapping[str, str]  # literal terminal -> terminal of the word that begins with it
    may_be_empty: frozenset[str]  # those of these terminals whose value may be missing
    only_channels: frozenset[str]  # those of these terminals whose value must be a channel


@lru_cache(maxsize=MOST_KEPT)
def composed(lark: Lark, spec: Spec) -> Composed:
    """Return the composed terminals, found by trying the patterns of the terminals."""
    pieces = {t.terminal: t.text for t in spec.tokens.values()}
    marked: dict[str, str] = {}
    prefixed: dict[str, str] = {}
    empty: set[str] = set()
    only_channels: set[str] = set()
    used = used_terminals(lark)
    for terminal in lark.terminals:
        if terminal.name not in used or terminal.name in {ROLE, NAMED_ROLE, LISTED, KNOWN, TOOL_NAME, WORD, TEXT}:
            continue
        pattern = re.compile(terminal.pattern.to_regexp())
        for source, into in ((pieces, marked), (spec.message.literals, prefixed)):
            for name, text in source.items():
                if any(pattern.fullmatch(text + value) for value in (ANY_WORD, *spec.channels)):
                    into[name] = terminal.name
                    if pattern.fullmatch(text):
                        empty.add(terminal.name)
                    if not pattern.fullmatch(text + ANY_WORD):
                        only_channels.add(terminal.name)
    return Composed(marked, prefixed, frozenset(empty), frozenset(only_channels))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _either(words: Iterable[str]) -> str:
    return "(?:" + "|".join(_escaped(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _escaped(text: str) -> str:
    return re.escape(text).replace("/", r"\/")
