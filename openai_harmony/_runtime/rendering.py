"""Messages become tokens, by way of a cache; which fields, contents and ids there are comes in as `Rules`.

Messages can change between two renderings, so what is kept is keyed by their content, never by their identity.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import RenderError
from .cache import Key, TokenCache, Tokens, Work
from .checking import ListOf
from .history import kept_messages
from .json_fault import fault_of
from .json_text import TooDeep, as_in_a_message, well_formed
from .rules import ContentRule, Header, Rules, plain

# marshal never gives two different values the same bytes (1, 1.0 and True differ), so that its output may stand for the
# value. Version 4 is several times as fast as version 2, but has other bytes where equal parts are not the same object.
QUICK, EXACT = 4, 2

_MISFITS = (AttributeError, TypeError, ValueError)  # what a value of the wrong kind leads to, somewhere


class Renderer:
    """Writes messages with one tokenizer."""

    def __init__(self, rules: Rules, encode: Callable[[str], list[int]], cache: TokenCache) -> None:
        self._rules = rules
        self._encode = encode
        self._cache = cache
        self._openings: dict[str, Tokens] = {}
        self._plain_class = rules.plain
        self._plain_key = rules.plain_key
        self._header = rules.header
        self._silent = {cls for cls, rule in rules.contents.by_class.items() if rule.declares_tools is None}

    def message(self, message: Any, *, function_tools: bool) -> list[int]:
        """One message; whether its conversation declares function tools must be said."""
        try:
            return self._written((message,), function_tools)
        except TooDeep as problem:
            return self._deeper(message, function_tools, problem)
        except _MISFITS as problem:
            self._rules.check(message, "")
            raise _placed(problem, "message", message.to_dict) from None

    def _deeper(self, message: Any, function_tools: bool, problem: TooDeep) -> list[int]:
        """A message whose values nest deeper than they could in a conversation; for these, nothing is kept."""
        try:
            with as_in_a_message():
                return Renderer(self._rules, self._encode, TokenCache(0))._written((message,), function_tools)
        except TooDeep:
            raise _placed(problem, "message", message.to_dict) from None

    def conversation(self, messages: Sequence[Any], *, auto_drop: bool) -> list[int]:
        """The messages that the history rule keeps, or just all."""
        try:
            kept = kept_messages(messages, self._rules.history) if auto_drop else messages
            return self._written(kept, None, messages)
        except _MISFITS as problem:
            # Values are checked only where they are new or do not fit, so that a message seen before costs one look-up.
            ListOf(self._rules.check)(messages, "messages")
            raise _placed(problem, "conversation", lambda: [message.to_dict() for message in messages]) from None

    def training(self, messages: Sequence[Any], *, auto_drop: bool) -> list[int]:
        """The conversation as a model should have sampled it: a last answer keeps the token that ended the sampling."""
        tokens = self.conversation(messages, auto_drop=auto_drop)
        stop = self._rules.training_stop(self._rules.header(messages[-1])) if messages else None
        if stop is not None:
            tokens[-1] = stop
        return tokens

    def opening(self, role: str) -> Tokens:
        """The tokens behind which a model writes in a role."""
        found = self._openings.get(role) if isinstance(role, str) else None
        if found is None:
            if role not in self._rules.roles:
                valid = ", ".join(map(repr, self._rules.roles))
                raise ValueError(f"Unknown role: {role!r} (expected one of {valid})")
            found = self._openings[plain(role)] = (self._rules.opening, *self._encode(plain(role)))
        return found

    def _written(self, kept: Sequence[Any], function_tools: bool | None, all_messages: Sequence[Any] = ()) -> list[int]:
        """The tokens of messages; whether function tools are declared is found out from all of them when it matters."""
        plain_class, plain_key = self._plain_class, self._plain_key
        tokens: list[int] = []
        young = self._cache.young.get
        work = Work()
        for message in kept:
            contents = message.content
            if len(contents) == 1 and type(contents[0]) is plain_class:
                key = plain_key(message, contents[0])
                found = young(key)
                if found is None:
                    found = self._plain(key, work)
            else:
                if function_tools is None:
                    function_tools = self._declares_tools(all_messages)
                found = self._structured(message, function_tools, work)
            tokens += found
        work.hits = len(kept) - work.misses
        self._cache.add(work)
        return tokens

    def _plain(self, key: Key, work: Work) -> Tokens:
        """A message of one plain text that is not among the young."""
        found = self._cache.find_old(key)
        if found is None:
            work.misses += 1
            header, text = key[:-1], key[-1]
            frame = self._cache.young.get(header) or self._frame(header, work)
            if type(text) is not str or not text.isascii():
                text = well_formed(text)
            work.characters += len(text)
            found = (*frame[:-1], *self._encode(text), frame[-1])
            self._cache.keep(key, found)
        return found

    def _structured(self, message: Any, function_tools: bool, work: Work) -> Tokens:
        """A message of any contents; one with a single content is kept as a whole too, to be found at once."""
        header, contents = self._header(message), message.content
        key = self._whole_key(header, contents[0], function_tools) if len(contents) == 1 else None
        if key is None:
            return self._composed(header, contents, function_tools, work, self._content)
        found = self._cache.find(key)
        if found is None:
            found = self._composed(header, contents, function_tools, work, self._new_content)
            self._cache.keep(key, found)
        return found

    def _whole_key(self, header: Header, content: Any, function_tools: bool) -> Key | None:
        """The key of a message with one content; it begins with a tuple, as no other does."""
        rule = self._rules.contents.by_class.get(type(content))
        if rule is None or rule.key is None:
            return None
        try:
            made: Any = rule.key(content)
            value = marshal.dumps(made, QUICK)
        except _MISFITS:  # what is amiss with the header is told first
            return None
        return header, rule.tag, function_tools and rule.asks_for_tools, value

    def _composed(
        self, header: Header, contents: Sequence[Any], function_tools: bool, work: Work, written: Callable[..., Tokens]
    ) -> Tokens:
        """A message put together from its header and its contents, which are kept apart."""
        characters = work.characters
        *tokens, stop = self._frame(header, work)
        for content in contents:
            rule, content = self._rules.contents.rule_for(content)
            if rule.role is not None and header[0] != rule.role:
                where = f"{rule.role} messages, found in {plain(header[0]).capitalize()}"
                raise RenderError(f"{rule.record.cls.__name__} may only appear in {where}")
            tokens += written(rule, content, function_tools and rule.asks_for_tools, work)
        work.misses += work.characters > characters
        return (*tokens, stop)

    def _frame(self, header: Header, work: Work) -> Tokens:
        """The tokens of a header, and behind them the one that ends its message."""
        found = self._cache.find(header)
        if found is None:
            if header[0] not in self._rules.roles:
                raise ValueError(f"Unknown role: {header[0]!r}")
            words = tuple(None if value is None else well_formed(value) for value in header)
            tokens: list[int] = []
            for piece in self._rules.pieces(words):
                if isinstance(piece, int):
                    tokens.append(piece)
                else:
                    tokens += self._encoded(piece, work)
            found = (*tokens, self._rules.stop(words))
            self._cache.keep(header, found)
        return found

    def _content(self, rule: ContentRule, content: Any, told: bool, work: Work) -> Tokens:
        key = _key(rule, content, told, QUICK)
        found = self._cache.find(key) if key is not None else None
        if found is None:
            found = self._new_content(rule, content, told, work)
            if key is not None:
                self._cache.keep(key, found)
        return found

    def _new_content(self, rule: ContentRule, content: Any, told: bool, work: Work) -> Tokens:
        """A content that has not been seen lately, unless its parts were shared in another way then."""
        key = _key(rule, content, told, EXACT)
        found = self._cache.find(key) if key is not None else None
        if found is None:
            rule.record(content, "")
            found = tuple(self._encoded(well_formed(rule.text(content, told)), work))
            if key is not None:
                self._cache.keep(key, found)
        return found

    def _encoded(self, text: str, work: Work) -> list[int]:
        work.characters += len(text)
        return self._encode(text)

    def _declares_tools(self, messages: Sequence[Any]) -> bool:
        """Whether any message declares function tools, whoever wrote it and whether or not it is kept."""
        silent = self._silent
        for message in messages:
            for content in message.content:
                if type(content) not in silent:
                    rule, known = self._rules.contents.rule_for(content)
                    if rule.declares_tools is not None and rule.declares_tools(known):
                        return True
        return False


def _key(rule: ContentRule, content: Any, told: bool, version: int) -> Key | None:
    """The key of a content's tokens; None for a value that marshal refuses. It begins with None, as no header does."""
    if rule.key is None:
        return None, rule.tag, rule.text(content, told)
    value: Any = rule.key(content)
    try:
        return None, rule.tag, told, version, marshal.dumps(value, version)
    except ValueError:
        return None


def _placed(problem: Exception, what: str, form: Callable[[], object]) -> Exception:
    """The problem with the place that the reference names, where that is one that its JSON reader would find."""
    if not isinstance(problem, ValueError):
        return problem
    try:
        value = form()
        fault = fault_of(json.dumps({"messages": value} if isinstance(value, list) else value))
    except (ValueError, TypeError, RecursionError):
        return problem
    return ValueError(f"invalid {what} JSON: {fault}") if fault else problem
