"""Makes the tree of the completions that the options of an export allow."""

from __future__ import annotations

from functools import lru_cache

from .._runtime.types.forms import NAME, Form, Piece, Pieces
from .called import CALL, Called
from .json_rules import rules_of
from .nodes import EMPTY, Body, Choice, Grammar, Json, Literal, Many, Node, Ref, Seq, Text, Token, choice, optional, seq
from .regex_rules import rule_of_regex
from .settings import ANSWER, PREAMBLE, REASONING, Settings, completions, is_possible

__all__ = ["tree_of"]

ROOT = "root"
_MARK = "\0"  # no text of a format has it


def tree_of(settings: Settings, forbidden: str = "", *, with_rules: bool = True) -> Grammar:
    """Return the grammar.

    Args:
        forbidden: what strings with a pattern or bounds must not contain, for engines that would take a special token
            for these characters.
        with_rules: whether the grammar has the rules of JSON values, which engines that read schemas do not need.

    Raises:
        GrammarError: a schema has a keyword that no grammar can keep.
    """
    return _Tree(settings, forbidden, with_rules).grammar()


class _Tree:
    def __init__(self, settings: Settings, forbidden: str, with_rules: bool) -> None:
        self._settings = settings
        self._forbidden, self._with_rules = forbidden, with_rules
        self._table = completions()
        self._rules: dict[str, Node] = {}
        self._headers: dict[tuple[str, bool], Node] = {}  # of calls, with a mark where the name of the tool stands

    def grammar(self) -> Grammar:
        body = self._one_message() if self._table.one_message else self._messages()
        opening = EMPTY if self._settings.after_prompt else self._pieces(self._table.opening)
        self._rules[ROOT] = seq([opening, body])
        rules = {ROOT: self._rules.pop(ROOT), **self._rules}
        return Grammar(ROOT, rules)

    def _rule(self, name: str, node: Node) -> Node:
        """Add a rule, and return the reference to it."""
        self._rules[name] = node
        return Ref(name)

    # several messages -----------------------------------------------------------------------------

    def _messages(self) -> Node:
        settings = self._settings
        opening = self._pieces(self._table.opening)
        thought = self._spoken(REASONING) if settings.reasoning != "forbid" else None
        said = self._spoken(PREAMBLE) if settings.preambles else None
        between = [node for node in (thought, said) if node is not None]
        last = self._rule("last", self._last(opening))
        if not between:
            return last
        before = self._rule("before", seq([self._rule("message", choice(between)), opening]))
        rest = seq([Many(before), last])
        return seq([thought, opening, rest]) if settings.reasoning == "require" and thought is not None else rest

    def _last(self, opening: Node) -> Node:
        """Return the end of a turn: an answer, or calls."""
        settings = self._settings
        ends: list[Node] = []
        if settings.calls != "require":
            answer = self._spoken(ANSWER)
            ends += [] if answer is None else [answer]
        calls = [self._call(index, tool) for index, tool in enumerate(settings.tools, 1)]
        if calls:
            call = self._rule("call", choice(calls))
            ends.append(seq([call, Many(seq([opening, call]))]) if settings.parallel else call)
        return choice(ends)

    def _spoken(self, key: str) -> Node | None:
        """Return a message without a recipient; None if it is not possible."""
        if not is_possible(self._settings, key):
            return None
        form = self._table.forms[key]
        schema = self._settings.response_schema if key == ANSWER else None
        content: Node = Ref("text")
        if schema is not None:
            content = self._json("answer_value", schema, "response_schema")
        else:
            self._rules["text"] = Text()
        types = form.types if schema is not None else ((),)
        return self._rule(key, seq([self._header(form, types), content, self._stop(form.stop)]))

    def _call(self, index: int, tool: Called) -> Node:
        form = self._table.forms[tool.form]
        key = tool.form, tool.body is None
        if key not in self._headers:
            self._headers[key] = self._header(form, form.types if tool.body is None else ((),), _MARK)
        parts = [_named(self._headers[key], tool.name), self._arguments(index, tool), self._stop(form.stop)]
        return self._rule(f"call_{index}", seq(parts))

    def _arguments(self, index: int, tool: Called) -> Node:
        if tool.body is not None:
            syntax, definition = tool.body
            rule = ""
            if syntax == "regex":
                rule = f"input_{index}"
                self._rules.update(rule_of_regex(rule, definition, tool.option, self._forbidden))
            return Body(syntax, definition, rule, tool.option)
        if tool.schema is None:
            return self._rule("text", Text())
        return self._json(f"arguments_{index}", tool.schema, tool.option)

    def _json(self, name: str, schema: object, option: str) -> Node:
        if self._with_rules:
            _, rules = rules_of(schema, name, option, forbidden=self._forbidden)
            self._rules.update(rules)
        return Json(schema, name, option)  # type: ignore[arg-type]

    def _header(self, form: Form, types: tuple[Pieces, ...], name: str = "") -> Node:
        """Return the headers on allowed channels."""
        allowed = self._settings.channels
        typed = _typed(types)
        headers = [h.pieces for h in form.headers if allowed is None or h.channel in allowed]
        return choice([self._pieces(pieces, name, typed) for pieces in headers]) if headers else EMPTY

    def _stop(self, stop: int | None) -> Node:
        """Return the token that ends a message; nothing if the engine stops there itself."""
        return EMPTY if stop is None or stop in self._settings.stops else Token(stop)

    # one message ----------------------------------------------------------------------------------

    def _one_message(self) -> Node:
        settings = self._settings
        forms = self._table.forms
        self._rules["text"] = Text()
        thought: Node = EMPTY
        if settings.reasoning != "forbid" and REASONING in forms:
            thought = self._rule(REASONING, self._part(forms[REASONING], Ref("text")))
            thought = thought if settings.reasoning == "require" else optional(thought)
        schema = settings.response_schema
        said: Node = Ref("text") if schema is None else self._json("answer_value", schema, "response_schema")
        ends: list[Node] = [] if settings.calls == "require" else [self._part(forms[ANSWER], said)]
        calls = [
            self._rule(f"call_{index}", self._part(forms[CALL], self._arguments(index, tool), tool.name))
            for index, tool in enumerate(settings.tools, 1)
        ]
        if calls:
            call = self._rule("call", choice(calls))
            several = Many(call, 1) if settings.parallel else call
            before = optional(Ref("text")) if settings.preambles and schema is None else EMPTY
            ends.append(seq([before, several]))
        return seq([thought, self._rule("last", choice(ends)), self._stop(self._table.stop)])

    def _part(self, form: Form, content: Node, name: str = "") -> Node:
        return seq([self._pieces(form.before, name), content, self._pieces(form.after, name)])

    def _pieces(self, pieces: Pieces, name: str = "", typed: Node = EMPTY) -> Node:
        return _row(pieces, name, typed)


@lru_cache(maxsize=32)
def _typed(types: tuple[Pieces, ...]) -> Node:
    """Return the ways to write a content type."""
    return choice([_row(each) for each in types])


def _named(header: Node, name: str) -> Node:
    """Return a header with a name in the place of the mark, which stands in a text of its own row."""
    if isinstance(header, Choice):
        return Choice(tuple([_named(row, name) for row in header.nodes]))
    nodes = header.nodes if isinstance(header, Seq) else (header,)
    return Seq(tuple([_with_name(node, name) if isinstance(node, Literal) else node for node in nodes]))


def _with_name(node: Literal, name: str) -> Literal:
    return Literal(node.text.replace(_MARK, name)) if _MARK in node.text else node


def _row(pieces: Pieces, name: str = "", typed: Node = EMPTY) -> Node:
    return seq([_piece(each, name, typed) for each in pieces])


def _piece(piece: Piece, name: str, typed: Node) -> Node:
    if isinstance(piece, int):
        return Token(piece)
    if isinstance(piece, str):
        return Literal(piece)
    return Literal(name) if piece == NAME else typed
