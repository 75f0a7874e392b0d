"""Selects the messages of a conversation to render. The roles and channels of a format are parameters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

__all__ = ["ALL", "HISTORY_POLICIES", "REFERENCE", "History", "HistoryRule", "in_turn", "kept_messages", "kept_places"]


class HistoryRule(NamedTuple):
    """The roles and channels that decide which messages are omitted.

    Attributes:
        sampled: the roles whose messages a model samples.
        ends_turn: the channels on which a message ends a turn.
        dropped: the channels whose messages are omitted before such a message.
        answers_calls: the roles whose messages are results of tool calls. They belong to the turn of the call.
        instructs: the roles whose messages hold for the whole conversation.
        recipient: a function that returns the addressee of a message, which is a tool if the model wrote it; or None.
        unaddressed: the recipient that means the same as None.
        tool_word_holds: what separates a tool's name from the namespace before it; empty if nothing does.
    """

    sampled: frozenset[str]
    ends_turn: frozenset[str]
    dropped: frozenset[str]
    answers_calls: frozenset[str] = frozenset()
    instructs: frozenset[str] = frozenset()
    recipient: Callable[[Any], str | None] = lambda message: None
    unaddressed: str | None = None
    tool_word_holds: str = ""


class History(NamedTuple):
    """Which messages to omit.

    Attributes:
        policy: one of `HISTORY_POLICIES`.
        keep_last_turn: whether the messages after the last one that neither the model nor a tool wrote are kept.
        keep_calls: whether tool calls on a dropped channel, and their results, are kept.
        training: whether the conversation is rendered for training; only "unfinished" depends on it.
    """

    policy: str = "reference"
    keep_last_turn: bool = True
    keep_calls: bool = False
    training: bool = False


REFERENCE = History("reference")
ALL = History("keep")


def kept_places(messages: Sequence[Any], rule: HistoryRule, history: History) -> Sequence[int]:
    """Return the indices of the messages to render, in ascending order."""
    return HISTORY_POLICIES[history.policy](messages, rule, history)


def kept_messages(messages: Sequence[Any], rule: HistoryRule, history: History) -> Sequence[Any]:
    """Return the messages to render: the same sequence if that is all of them, as if no channel is a dropped one."""
    dropped = rule.dropped
    if not dropped:
        return messages
    for message in messages:
        if message.channel in dropped:
            break
    else:
        return messages
    places = HISTORY_POLICIES[history.policy](messages, rule, history)
    return messages if len(places) == len(messages) else [messages[place] for place in places]


def _reference(messages: Sequence[Any], rule: HistoryRule, history: History) -> Sequence[int]:
    """Omit what the reference library omits.

    Messages are omitted only if the last sampled message ends a turn, and only before the first message on a channel
    that ends a turn, whatever its role. Later turns are complete, whether or not they are finished.
    """
    first, dropped = _whole_from(messages, rule), rule.dropped
    if first == 0:
        return range(len(messages))
    before = [index for index, message in enumerate(messages[:first]) if message.channel not in dropped]
    return range(len(messages)) if len(before) == first else [*before, *range(first, len(messages))]


def _whole_from(messages: Sequence[Any], rule: HistoryRule) -> int:
    """Return the index from which no message is omitted."""
    if rule.dropped:
        sampled, ends_turn = rule.sampled, rule.ends_turn
        for message in reversed(messages):
            if message.author.role in sampled:
                if message.channel not in ends_turn:
                    break
                return next(index for index, message in enumerate(messages) if message.channel in ends_turn)
    return 0


def _finished_turns(messages: Sequence[Any], rule: HistoryRule, history: History) -> Sequence[int]:
    """Omit the dropped channels of each turn that has ended, and the results of the calls that are omitted."""
    kept_from = len(messages)
    if not rule.dropped:
        return range(kept_from)
    if history.keep_last_turn:
        given = (index for index in reversed(range(kept_from)) if not in_turn(messages[index], rule))
        kept_from = next(given, -1) + 1
    omitted: list[int] = []
    turn = _Turn(rule, history)
    for index, message in enumerate(messages[:kept_from]):
        if not in_turn(message, rule):
            turn = _Turn(rule, history)  # the turn before has not ended, but was interrupted
        elif message.author.role in rule.sampled and message.channel in rule.ends_turn:
            omitted += turn.omissible
            turn = _Turn(rule, history)
        else:
            turn.add(index, message)
    without = frozenset(omitted)
    return [index for index in range(len(messages)) if index not in without] if without else range(len(messages))


def in_turn(message: Any, rule: HistoryRule) -> bool:
    """Return whether a message belongs to a turn of the model: whether the model or a tool wrote it."""
    return message.author.role in rule.sampled or message.author.role in rule.answers_calls


class _Turn:
    """The messages of a turn that has not ended yet, and which of them are omitted once it has.

    Attributes:
        omissible: the indices of these messages.
    """

    def __init__(self, rule: HistoryRule, history: History) -> None:
        self.omissible: list[int] = []
        self._rule = rule
        self._keep_calls = history.keep_calls
        self._calls = _Calls(rule.tool_word_holds)

    def add(self, index: int, message: Any) -> None:
        """Add a message that does not end the turn."""
        rule = self._rule
        omit = message.channel in rule.dropped
        if message.author.role in rule.answers_calls:
            call = self._calls.answered_by(message.author.name)
            omit = omit and not self._keep_calls if call is None else call.omissible
        else:
            tool = rule.recipient(message)
            if isinstance(tool, str) and tool != rule.unaddressed:
                omit = omit and not self._keep_calls
                self._calls.add(tool, _Call(omit))
        if omit:
            self.omissible.append(index)


class _Call:
    __slots__ = ("answered", "omissible")

    def __init__(self, omissible: bool) -> None:
        self.omissible = omissible
        self.answered = False


class _Calls:
    """The calls of a turn, found by the author of a result: a tool, or its name with or without a namespace."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._by_name: dict[str, deque[_Call]] = {}
        self._by_name_alone: dict[str, deque[_Call]] = {}  # by the name without its namespace
        self._by_namespace: dict[str, deque[_Call]] = {}

    def add(self, tool: str, call: _Call) -> None:
        namespace, alone = self._split(tool)
        for calls, key in ((self._by_name, tool), (self._by_name_alone, alone), (self._by_namespace, namespace)):
            calls.setdefault(key, deque()).append(call)

    def answered_by(self, author: str | None) -> _Call | None:
        """Return the call that a result answers, which no further result answers; None if there is none.

        It is the oldest call of this name; else of a name that has a namespace where the author has none, or the
        reverse; else of the namespace of the author; else of a tool in the namespace that the author is.
        """
        if not isinstance(author, str):
            return None  # the renderer refuses the message if its role needs a name
        namespace, alone = self._split(author)
        fitting = (
            (self._by_name, author),
            (self._by_name, alone),
            (self._by_name_alone, author),
            (self._by_name, namespace),
            (self._by_namespace, author),
        )
        for calls, key in fitting:
            waiting = calls.get(key) or deque()
            while waiting:
                call = waiting.popleft()
                if not call.answered:
                    call.answered = True
                    return call
        return None

    def _split(self, name: str) -> tuple[str, str]:
        """Return the namespace of a name and the rest; a name without a namespace is both."""
        namespace, _, alone = name.partition(self._separator) if self._separator else (name, "", "")
        return namespace, alone or name


def _unfinished(messages: Sequence[Any], rule: HistoryRule, history: History) -> Sequence[int]:
    """Omit the dropped channels before the last message that ends a turn, whichever turn they belong to.

    For training, those right before it are kept if it is the last message of all.
    """
    sampled, dropped = rule.sampled, rule.dropped
    ends = (i for i in reversed(range(len(messages))) if messages[i].author.role in sampled)
    last = next((index for index in ends if messages[index].channel in rule.ends_turn), 0) if dropped else 0
    kept_from = last
    if history.training and last == len(messages) - 1:
        while kept_from and messages[kept_from - 1].channel in dropped:
            kept_from -= 1
    before = [index for index, message in enumerate(messages[:kept_from]) if message.channel not in dropped]
    return [*before, *range(kept_from, len(messages))]


def _keep(messages: Sequence[Any], rule: HistoryRule, history: History) -> Sequence[int]:
    """Omit nothing."""
    return range(len(messages))


HISTORY_POLICIES: dict[str, Callable[[Sequence[Any], HistoryRule, History], Sequence[int]]] = {
    "reference": _reference,
    "finished_turns": _finished_turns,
    "keep": _keep,
    "unfinished": _unfinished,  # the default of a style, not a choice of its own
}
