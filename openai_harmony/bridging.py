"""Bridges, the results of `HarmonyEncoding.bridge`, and functions that compare prompts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ._arguments import expect
from ._bridging import Bridge, BridgeRule, Refusal
from ._generated.encodings import ENCODINGS
from ._parsing import integers, token_list
from ._runtime.types.plain_text import plain
from .encoding import HarmonyEncoding, load_harmony_encoding
from .errors import HarmonyError
from .streaming import StreamableParser

if TYPE_CHECKING:
    from ._generated.messages import Conversation
    from .options import RenderConversationConfig

__all__ = ["Aligned", "Bridge", "BridgeRule", "Difference", "Refusal", "align", "explain_difference", "is_prefix"]

_Number = TypeVar("_Number", int, float)

SHOWN = 8  # the number of tokens before a difference whose text is shown


class Aligned(NamedTuple):
    """Values for each token of a bridge.

    Attributes:
        masks: 1 for each token that was sampled, as given; 0 for the tokens that the bridge added.
        logprobs: the log probabilities, as given; a fill value for the tokens that the bridge added.

    Example:
        masks, logprobs = align(bridge, masks, logprobs)
    """

    masks: list[int]
    logprobs: list[float]


def align(bridge: Bridge, masks: Sequence[int], logprobs: Sequence[float], *, fill: float = 0.0) -> Aligned:
    """Extend the masks and log probabilities of the previous tokens to all tokens of a bridge.

    Args:
        bridge: the bridge.
        masks: a value for each of the previous tokens: 1 if the model sampled it.
        logprobs: the log probability of each of the previous tokens.
        fill: the value in `logprobs` of the tokens that were added.

    Raises:
        TypeError: `bridge` is not a Bridge, or the values are no sequence.
        ValueError: the values are more or fewer than the previous tokens.
    """
    expect(bridge, Bridge, "bridge")
    added = len(bridge.tokens) - bridge.previous_length
    return Aligned(
        _values(masks, "masks", bridge.previous_length) + [0] * added,
        _values(logprobs, "logprobs", bridge.previous_length) + [fill] * added,
    )


def _values(values: Iterable[_Number], argument: str, length: int) -> list[_Number]:
    """Return values as a list. Raises an exception if they are no numbers of this length."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise TypeError(f"argument '{argument}': expected numbers, not {type(values).__name__}")
    to_list = getattr(values, "tolist", None)  # of an array or a tensor, whose items are of a type of its own
    listed = list(values if to_list is None else to_list())
    if len(listed) != length:
        raise ValueError(f"argument '{argument}': {len(listed)} values for {length} previous tokens")
    return listed


def is_prefix(
    conversation_a: Conversation,
    conversation_b: Conversation,
    *,
    config: RenderConversationConfig | None = None,
    encoding: HarmonyEncoding | None = None,
) -> bool:
    """Return whether the tokens of a conversation begin with those of another one.

    If so, whatever is known of the first tokens (a cache of the engine, log probabilities) holds for the second, too.
    """
    using = _encoding(encoding)
    shorter = using.render_conversation(conversation_a, config)
    return using.render_conversation(conversation_b, config)[: len(shorter)] == shorter


@dataclass(frozen=True)
class Difference:
    """The first difference between two lists of tokens. `str` explains it in a sentence.

    Attributes:
        index: the index of the first tokens that differ.
        token_a: the token of the first list; None if that list ends here.
        token_b: the token of the second list; None if that list ends here.
        message_index: the index of the message that these tokens belong to or begin.
        place: where in the message they are, in words.
        explanation: a sentence for people.

    Example:
        difference = explain_difference(ours, theirs)
        print(difference or "no difference")
    """

    index: int
    token_a: int | None
    token_b: int | None
    message_index: int
    place: str
    explanation: str

    def __str__(self) -> str:
        return self.explanation


def explain_difference(
    tokens_a: Sequence[int], tokens_b: Sequence[int], *, encoding: HarmonyEncoding | None = None
) -> Difference | None:
    """Return the first difference between two prompts, and where it is; None if they are equal."""
    using = _encoding(encoding)
    a = integers(token_list(tokens_a, "tokens_a"), "tokens_a")
    b = integers(token_list(tokens_b, "tokens_b"), "tokens_b")
    index = common_length(a, b)
    if index == len(a) == len(b):
        return None
    message_index, place = _place(using, a[:index])
    last = a[max(0, index - SHOWN) : index]
    before = _text(using, *last)
    here = [_shown(using, tokens[index]) if index < len(tokens) else "the end" for tokens in (a, b)]
    explanation = (
        f"token {index} differs, {place}: {here[0]} and {here[1]}, after {last if before is None else repr(before)}"
    )
    token_a, token_b = a[index] if index < len(a) else None, b[index] if index < len(b) else None
    return Difference(index, token_a, token_b, message_index, place, explanation)


def common_length(a: Sequence[int], b: Sequence[int]) -> int:
    """Return how many tokens two lists begin with alike."""
    return next((at for at, (one, other) in enumerate(zip(a, b)) if one != other), min(len(a), len(b)))


def _place(encoding: HarmonyEncoding, tokens: list[int]) -> tuple[int, str]:
    """Return the index of the message that comes after or at the end of tokens, and in words where that is."""
    parser = StreamableParser(encoding, None, strict=False)
    parser.feed(tokens)
    message_index = len(parser.messages)
    where = {"EXPECT_START": "at the start", "HEADER": "in the header", "CONTENT": "in the content"}[parser.state.name]
    role, channel = parser.current_role, getattr(parser, "current_channel", None)
    words = [plain(word) for word in (role, channel) if word is not None]
    return message_index, f"{where} of message {message_index}" + (f" ({', '.join(words)})" if words else "")


def _shown(encoding: HarmonyEncoding, token: int) -> str:
    text = _text(encoding, token)
    return f"{token} (no token)" if text is None else f"{token} {text!r}"


def _text(encoding: HarmonyEncoding, *tokens: int) -> str | None:
    """Return the text of tokens; None if one of them is not of the encoding."""
    try:
        return encoding.decode(tokens)
    except (OverflowError, HarmonyError):
        return None


def _encoding(encoding: HarmonyEncoding | None) -> HarmonyEncoding:
    if encoding is None:
        return load_harmony_encoding(next(iter(ENCODINGS)))
    expect(encoding, HarmonyEncoding, "encoding")
    return encoding
