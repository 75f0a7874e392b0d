"""Converts messages to tokens, with a cache. `Rules` define the fields, contents and ids of a format.

Messages can change between two renderings, so the cache is keyed by their content, not by their identity.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from ...errors import RenderError
from ..locks import loading
from ..tokens.cache import TokenCache, Tokens
from ..types.checking import ListOf
from ..types.json_fault import placed
from ..types.json_text import TooDeep, as_in_a_message, well_formed
from ..types.plain_text import is_safe_key, plain
from .history import ALL, History, kept_messages
from .rules import ContentRule, Exact, Header, Rules, Written

if TYPE_CHECKING:
    from typing_extensions import Self

# marshal never returns the same bytes for two different values of JSON's types (1, 1.0 and True differ), so its output
# can be the key of a value. Version 4 is several times faster than version 2, but its bytes also depend on which equal
# parts are the same object.
_dumps: Any = marshal.dumps  # called with any value; raises ValueError if it cannot write it
QUICK: Exact = _dumps
EXACT: Exact = partial(lambda version, value: _dumps(value, version), 2)

_MISFITS = (AttributeError, TypeError, ValueError)  # exceptions that a value of the wrong type can cause

REFERENCE = "reference"  # the style, and the mode of printing schemas, of the rules of a format

Work: TypeAlias = "list[int]"  # the lengths of the texts of a message that were not in the cache


class Renderer:
    """Renders messages with one tokenizer."""

    def __init__(self, rules: Rules, encode: Callable[[str], list[int]], cache: TokenCache) -> None:
        self.rules = rules
        self._encode = encode
        self._cache = cache
        self._variants: dict[tuple[str, str], Self] = {}
        self._openings: dict[str, Tokens] = {}
        self._history = rules.history
        self._plain_class = rules.plain
        self._prepare = rules.prepare
        self._text_of = rules.plain_text
        self._by_class = rules.contents.by_class
        self._header = rules.header
        self._behind_stop = tuple(encode(rules.behind_stop)) if rules.behind_stop else ()
        self._framed = any(rule.behind or rule.stop for rule in rules.contents.by_class.values())

    def of(self, style: Any, schemas: Any) -> Self:
        """Return the renderer for a style and a mode of printing schemas. The instance is the one for the first ones.

        Raises:
            ValueError: the style or the mode is unknown.
        """
        if style == schemas == REFERENCE:
            return self
        found = self._variants.get((repr(style), repr(schemas)))
        if found is None:
            with loading():
                from .styles import variant

                rules = variant(self.rules, style, schemas)
            found = self._variants[repr(style), repr(schemas)] = self._with_rules(rules)
        return found

    def _with_rules(self, rules: Rules) -> Self:
        return type(self)(rules, self._encode, self._cache)

    def message(self, message: Any, *, function_tools: bool) -> list[int]:
        """Return the tokens of one message. `function_tools` is whether its conversation declares function tools."""
        try:
            alone = (message,) if self._prepare is None else self._prepare((message,), ALL, False)[0]
            return self._written(alone, (), function_tools)
        except TooDeep as problem:
            return self._deeper(message, function_tools, problem)
        except (*_MISFITS, RenderError) as problem:
            self.rules.check(message, "")
            raise placed(problem, "message", lambda: message.to_dict()) from None

    def _deeper(self, message: Any, function_tools: bool, problem: TooDeep) -> list[int]:
        """Return the tokens of a message whose values nest deeper than in a conversation, without using the cache."""
        try:
            with as_in_a_message():
                alone, _ = self._prepared((message,), ALL, False)
                return Renderer(self.rules, self._encode, TokenCache(0))._written(alone, (), function_tools)
        except TooDeep:
            raise placed(problem, "message", lambda: message.to_dict()) from None

    def conversation(self, messages: Sequence[Any], history: History, training: bool = False) -> list[int]:
        """Return the tokens of the messages that are kept."""
        try:
            shown = messages
            if self._prepare is not None:
                shown, history = self._prepare(messages, history, training)
            kept = shown if history is ALL else kept_messages(shown, self._history, history)
            tokens = self._written(kept, messages)
        except (*_MISFITS, RenderError) as problem:
            # Values are checked only if they are not in the cache or caused an exception, so that a cached value costs
            # one lookup. Wrong types anywhere in the messages are reported before violations of the format.
            ListOf(self.rules.check)(messages, "messages")
            raise placed(problem, "conversation", lambda: [message.to_dict() for message in messages]) from None
        if self.rules.begins is not None:
            tokens.insert(0, self.rules.begins)
        return tokens

    def training(self, messages: Sequence[Any], history: History) -> list[int]:
        """Return the tokens of a conversation in which the last answer ends with the token that ends sampling."""
        tokens = self.conversation(messages, history, True)
        self._end_as_sampled(tokens, messages)
        return tokens

    def open_end(self, tokens: list[int], messages: Sequence[Any]) -> None:
        """Remove the end of the last message from the tokens of a conversation.

        Raises:
            RenderError: the conversation is empty.
        """
        if not messages:
            raise RenderError("a conversation without messages has none to leave open")
        del tokens[-1 - len(self._behind_stop) :]

    def _end_as_sampled(self, tokens: list[int], messages: Sequence[Any]) -> None:
        last, _ = self._prepared(messages[-1:], ALL, True)
        stop = self.rules.training_stop(self.rules.header(last[0])) if last else None
        if stop is not None:
            tokens[-1 - len(self._behind_stop)] = stop

    def opening(self, role: str) -> Tokens:
        """Return the tokens that open a message of a role, which a model then continues.

        Raises:
            ValueError: the role is unknown.
        """
        if isinstance(role, str):
            word = plain(role)
            found = self._openings.get(word)
            if found is None and word in self.rules.roles:
                found = self._openings[word] = self._opened(word)
            if found is not None:
                return found
        valid = ", ".join(map(repr, self.rules.roles))
        raise ValueError(f"Unknown role: {role!r} (expected one of {valid})")

    def _opened(self, role: str) -> Tokens:
        opened = (self.rules.opening, *self._encode(role))
        for piece in self.rules.behind_role:
            opened += (piece,) if isinstance(piece, int) else tuple(self._encode(piece))
        return opened

    def _prepared(self, messages: Sequence[Any], history: History, training: bool) -> tuple[Sequence[Any], History]:
        """Return the messages as they are rendered in the style, and the history policy."""
        return (messages, history) if self._prepare is None else self._prepare(messages, history, training)

    def _written(
        self,
        kept: Sequence[Any],
        all_messages: Sequence[Any],
        function_tools: bool | None = None,
        written: list[Written] | None = None,
    ) -> list[int]:
        """Return the tokens of messages; extend `written`. If `function_tools` is None, all messages determine it."""
        cache = self._cache
        recent, header_of, plain_class, text_of = cache.recent.get, self._header, self._plain_class, self._text_of
        behind_stop = self._behind_stop
        tokens: list[int] = []
        work: Work = []
        first, misses, characters = True, 0, 0
        for message in kept:
            header = header_of(message)
            tokens += recent(header) or self._frame(header, work)
            stop = tokens.pop()
            contents = message.content
            if type(contents) is not list and not isinstance(contents, Sequence):
                raise TypeError(f"no sequence of contents: {type(contents).__name__}")
            for content in contents:
                if type(content) is plain_class:
                    text = text_of(content)
                    found = recent(text) if type(text) is str else None
                    tokens += self._text(text, work, first) if found is None else found
                    first = False
                else:
                    if function_tools is None:
                        function_tools = self.rules.contents.declare_tools(all_messages)
                    tokens += self._content(header[0], content, function_tools, work)
                    if self._framed:
                        stop = self._stop_behind(content, contents, stop)
            tokens.append(stop)
            if behind_stop:
                tokens += behind_stop
            if written is not None:
                written.append((header, len(tokens)))
            if work:
                misses += 1
                characters += sum(work)
                work.clear()
        cache.count(len(kept), misses, characters)
        return tokens

    def _frame(self, header: Header, work: Work) -> Tokens:
        """Return the tokens of a header, followed by the one that ends its message."""
        found = self._cache.find(header)
        if found is None:
            if header[0] not in self.rules.roles:
                raise ValueError(f"Unknown role: {header[0]!r}")
            words = tuple(None if value is None else well_formed(value) for value in header)
            end = self.rules.header_end
            if end and any(end in word for word in words if word is not None):
                raise RenderError(f"a header holds {end!r}, which ends it")
            tokens: list[int] = []
            for piece in self.rules.pieces(words):
                if isinstance(piece, int):
                    tokens.append(piece)
                else:
                    tokens += self._encoded(piece, work)
            found = (*tokens, self.rules.stop(words))
            if is_safe_key(header):
                self._cache.keep(header, found)
        return found

    def _text(self, text: Any, work: Work, first: bool = False) -> Tokens | list[int]:
        """Return the tokens of a plain text that is not in `recent`.

        The first text of a conversation is stored packed, since a prompt of one text is seldom seen again.
        """
        if type(text) is not str:
            return self._encoded(well_formed(text), work)
        cache = self._cache
        if text in cache.packed or text in cache.previous:  # saves a call for each new text
            found = cache.find_old(text)
            if found is not None:
                return found
        work.append(len(text))
        # An encoder leaves the UTF-8 form in what it encodes: a copy, as the text is kept. The check is quick after it.
        given = text if text.isascii() else "".join((text, ""))
        encoded = self._encode(given)
        if not text.isascii() and (joined := well_formed(given)) is not given:
            encoded = self._encode(joined)
        cache.keep(text, encoded if first else tuple(encoded))
        return encoded

    def _content(self, role: str, content: Any, function_tools: bool, work: Work) -> Tokens | list[int]:
        """Return the tokens of a content of any kind, in a message of this role."""
        rule = self._by_class.get(type(content))
        if rule is None:
            rule, content = self.rules.contents.rule_for(content)
        if rule.role is not None and role != rule.role:
            where = f"{rule.role} messages, found in {plain(role).capitalize()}"
            raise RenderError(f"{rule.record.cls.__name__} may only appear in {where}")
        told = rule.asks_for_tools and function_tools
        if rule.key is None:
            return self._text(rule.text(content, told), work)
        try:
            quick: Any = (QUICK, rule.key(content, told, QUICK))
            found = self._cache.recent.get(quick)
        except _MISFITS:  # a value of the wrong type cannot be a key
            quick = found = None
        return self._seldom(rule, content, told, quick, work) if found is None else found

    def _seldom(self, rule: ContentRule, content: Any, told: bool, quick: Any, work: Work) -> Tokens:
        """Return the tokens of a content that was not used recently. `quick` is its quick key, or None without one."""
        cache, keys = self._cache, [] if quick is None else [quick]
        found = None if quick is None else cache.find_old(quick)
        if found is not None:
            return found
        try:
            if keys and rule.key is not None:
                keys.append((EXACT, rule.key(content, told, EXACT)))
                found = cache.find(keys[1])
        except _MISFITS:
            pass
        if found is None:
            rule.record(content, "")
            found = self._encoded(well_formed(rule.text(content, told)), work)
            if rule.behind is not None:
                found = (rule.behind, *found)
        for key in keys:
            if is_safe_key(key):
                cache.keep(key, found)
        return found

    def _stop_behind(self, content: Any, contents: Sequence[Any], stop: int) -> int:
        """Return the id that ends a message after one of its contents; `stop` is the usual id."""
        rule, _ = self.rules.contents.rule_for(content)
        if rule.behind is not None and len(contents) > 1:
            raise RenderError(f"{rule.record.cls.__name__} must be the only content of its message")
        return stop if rule.stop is None else rule.stop

    def _encoded(self, text: str, work: Work) -> Tokens:
        work.append(len(text))
        return tuple(self._encode(text))
