"""Bridges from sampled tokens to the next prompt, with any encoding that has the members of `_parsing.Encoding`.

Only the messages that decide are read: those of the last turn, and for some policies those of the first. The other
tokens are copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ._arguments import expect
from ._generated.messages import Message
from ._generated.renderer import RULES
from ._parsing import integers, make_reader, token_list
from ._runtime.reading.machine import Phase
from ._runtime.types.plain_text import plain
from ._runtime.writing.history import HistoryRule, in_turn, kept_places
from ._transcripts import Known, backwards, forwards, last
from .errors import HarmonyError

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._parsing import Encoding
    from ._runtime.reading.reader import Reader
    from ._runtime.writing.history import History
    from ._runtime.writing.rendering import Renderer

__all__ = ["Bridge", "BridgeRule", "Refusal", "bridged"]

BridgeRule: TypeAlias = Literal["omitted", "sampled_role", "no_message", "open_header", "stray_tokens"]
"""Why there is no bridge; docs/bridging.md explains each rule."""


@dataclass(frozen=True, repr=False)
class Bridge:
    """A prompt that begins with given tokens. It is true in a condition.

    Attributes:
        tokens: the prompt.
        previous_length: the number of tokens that were given; the prompt begins with them.
        end_length: the number of tokens after them that end a message that was cut off; usually 0.

    Example:
        bridge = encoding.bridge(prompt + sampled, [result])
        if bridge:
            prompt = bridge.tokens
    """

    tokens: list[int]
    previous_length: int
    end_length: int

    @property
    def new_tokens(self) -> list[int]:
        """The tokens that were added."""
        return self.tokens[self.previous_length :]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.previous_length} + {len(self.tokens) - self.previous_length} tokens)"


@dataclass(frozen=True)
class Refusal:
    """Why there is no bridge: the conversation must be rendered anew. It is false in a condition.

    Attributes:
        rule: the rule that the given tokens do not meet.
        reason: a sentence for people.
        index: the index of the first token that would differ if the conversation were rendered anew; if the rule is
            "omitted", provided that rendering writes the other tokens as they were given.
        token: the given token at this index; None if all of them stay.
        expected: the token that would be there; None if it is not known.

    Example:
        refusal = encoding.bridge(prompt + sampled, [question])
        if not refusal:
            print(refusal.reason)
    """

    rule: BridgeRule
    reason: str
    index: int
    token: int | None = None
    expected: int | None = None

    def __bool__(self) -> Literal[False]:
        return False


class Bridging(NamedTuple):
    """What a bridge depends on besides the tokens and messages.

    Attributes:
        encoding: the encoding whose tokens are read.
        renderer: the renderer of the new messages.
        history: which messages are omitted.
        function_tools: whether the conversation declares function tools; None if only the new messages tell.
    """

    encoding: Encoding
    renderer: Renderer
    history: History
    function_tools: bool | None


def bridged(
    bridging: Bridging,
    previous_tokens: Sequence[int],
    new_messages: Sequence[Message],
    next_turn_role: Role | str | None,
) -> Bridge | Refusal:
    """Return the prompt that continues the given tokens; see `HarmonyEncoding.bridge`."""
    tokens = token_list(previous_tokens, "previous_tokens")
    if {*map(type, tokens[:1]), *map(type, tokens[-1:])} - {int}:  # to look at all would take longer than the bridge
        tokens = integers(tokens, "previous_tokens")
    messages = _checked(new_messages)
    new_tokens = [*_rendered(bridging, messages)]
    for index, message in enumerate(messages):
        if plain(message.author.role) in RULES.history.sampled:
            reason = f"new_messages[{index}] is of the role {plain(message.author.role)}, whose messages are sampled"
            return Refusal("sampled_role", reason, len(tokens))
    try:
        found = _end_of(bridging, tokens)
    except TypeError:
        integers(tokens, "previous_tokens")
        raise
    if isinstance(found, Refusal):
        return found
    last_message, end = found
    added = [*end, *new_tokens]
    if next_turn_role is not None:
        added += bridging.renderer.opening(next_turn_role)
    refusal = _omission(bridging, tokens, last_message, messages, added)
    return Bridge([*tokens, *added], len(tokens), len(end)) if refusal is None else refusal


def _checked(messages: Sequence[Message]) -> Sequence[Message]:
    value: object = messages
    if isinstance(value, (str, Message)) or not isinstance(value, Sequence):
        raise TypeError(f"argument 'new_messages': expected a sequence of messages, not {type(value).__name__}")
    for index, message in enumerate(messages):
        expect(message, Message, f"new_messages[{index}]")
    return messages


def _rendered(bridging: Bridging, messages: Sequence[Message]) -> Iterator[int]:
    tools = bridging.function_tools
    if tools is None:
        try:
            tools = bridging.renderer.rules.contents.declare_tools(messages)
        except (AttributeError, TypeError, ValueError):  # rendering the message that is wrong says where
            tools = False
    for index, message in enumerate(messages):
        try:
            yield from bridging.renderer.message(message, function_tools=tools)
        except (HarmonyError, ValueError) as error:
            raise type(error)(f"new_messages[{index}]: {error}") from None


# The end of the given tokens ------------------------------------------------------------------------


def _end_of(bridging: Bridging, tokens: list[int]) -> tuple[Known, list[int]] | Refusal:
    """Return the last message, and the tokens that it lacks: its end, if it was cut off."""
    reader = make_reader(bridging.encoding, None, False)
    start = last(tokens, reader.framing.start_id, len(tokens))
    if start < 0:
        integers(tokens, "previous_tokens")
        return Refusal("no_message", "the tokens contain no message", len(tokens))
    reader.extend(tokens[start:])
    phase, ended = reader.phase, start + reader.spans[-1].end if reader.messages else None
    if phase == Phase.HEADER:
        return _no_content(tokens) if ended is None else _stray(tokens, ended)
    reader.finish()
    if not reader.messages:
        return _no_content(tokens)
    end, known = _usual_end(bridging.renderer, reader.messages[-1]), Known(start, len(tokens), reader.messages[-1])
    if phase == Phase.CONTENT:
        return known, end
    stop = next((at for at in reversed(range(start, len(tokens))) if _is_stop(reader, tokens[at])), start)
    behind = tokens[stop + 1 :]
    if ended not in (stop + 1, len(tokens)) or behind != end[1 : 1 + len(behind)]:
        return _stray(tokens, stop if ended is None else min(ended, len(tokens) - 1))
    return known, end[1 + len(behind) :]


def _no_content(tokens: list[int]) -> Refusal:
    return Refusal("open_header", "the tokens end before the content of a message", len(tokens))


def _stray(tokens: list[int], index: int) -> Refusal:
    return Refusal("stray_tokens", "tokens follow the last message", index, tokens[index])


def _is_stop(reader: Reader, token: int) -> bool:
    return reader.framing.terminal(token) in reader.framing.stops


def _usual_end(renderer: Renderer, message: Message) -> list[int]:
    """Return the tokens that end a message when it is rendered."""
    if all(type(content) is RULES.plain for content in message.content):
        message.content = []  # its text need not be encoded again
    whole = renderer.message(message, function_tools=False)
    opened = whole[:]
    renderer.open_end(opened, [message])
    return whole[len(opened) :]


# Messages that would be omitted ---------------------------------------------------------------------


def _omission(
    bridging: Bridging, tokens: list[int], last_message: Known, new: Sequence[Message], added: list[int]
) -> Refusal | None:
    """Return a refusal if one of the given messages would be omitted in a rendering that has the new ones, too."""
    rule, policy = RULES.history, bridging.history.policy
    if not rule.dropped or policy not in _DECIDING:
        return None
    goes_on = policy == "finished_turns" and bridging.history.keep_last_turn
    if goes_on and all(in_turn(message, rule) for message in new):
        return None  # the last turn is kept, however long it is
    from_the_end = chain((last_message,), backwards(bridging.encoding, tokens, last_message.start))
    known = _DECIDING[policy](bridging.encoding, tokens, from_the_end, rule)
    kept = frozenset(kept_places([*(item.message for item in known), *new], rule, bridging.history))
    omitted = [item for place, item in enumerate(known) if place not in kept]
    if not omitted:
        return None
    first = omitted[0].start
    anew: list[int] = []
    begin = first
    for item in omitted:
        anew += tokens[begin : item.start]
        begin = item.end
    anew += [*tokens[begin:], *added]
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(tokens[first:], anew)))
    at = first + same
    reason = f"the message at token {first}, on channel {omitted[0].message.channel!r}, is omitted by {policy!r}"
    token = tokens[at] if at < len(tokens) else None
    return Refusal("omitted", reason, at, token, anew[same] if same < len(anew) else None)


def _first_and_last(
    encoding: Encoding, tokens: list[int], from_the_end: Iterable[Known], rule: HistoryRule
) -> list[Known]:
    """Return the messages up to the first one that ends a turn, and the last sampled one, if it ends a turn."""
    sampled = next((item for item in from_the_end if item.message.author.role in rule.sampled), None)
    if sampled is None or sampled.message.channel not in rule.ends_turn:
        return []
    known: list[Known] = []
    for item in forwards(encoding, tokens):
        known.append(item)
        if item.message.channel in rule.ends_turn:
            break
    return known if known and known[-1].start == sampled.start else [*known, sampled]


def _last_turn(encoding: Encoding, tokens: list[int], from_the_end: Iterable[Known], rule: HistoryRule) -> list[Known]:
    """Return the messages from the last one on that neither the model nor a tool wrote."""
    known: list[Known] = []
    for item in from_the_end:
        known.append(item)
        if not in_turn(item.message, rule):
            break
    return known[::-1]


def _all(encoding: Encoding, tokens: list[int], from_the_end: Iterable[Known], rule: HistoryRule) -> list[Known]:
    """Return all messages."""
    return list(forwards(encoding, tokens))


_DECIDING: dict[str, Callable[[Encoding, list[int], Iterable[Known], HistoryRule], list[Known]]] = {
    "reference": _first_and_last,
    "finished_turns": _last_turn,
    "unfinished": _all,
}
