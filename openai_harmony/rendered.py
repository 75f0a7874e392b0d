"""A rendered conversation that knows what each of its tokens is; how that is found stands in `_runtime`."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from ._arguments import auto_drop, messages_of
from ._generated.parts import PARTS
from ._generated.renderer import RULES
from ._loss_masks import LossPolicy, Selection, mask_of, weights_of
from ._runtime.types.plain_text import plain
from ._runtime.writing.parts import NO_MESSAGE, PartedRenderer, message_indices, of_contents, part_numbers, sampled
from ._runtime.writing.rules import Header

if TYPE_CHECKING:
    from numpy import bool_, int32, int64, uint8
    from numpy.typing import NDArray

    from ._generated.enumerations import Role
    from ._generated.messages import Conversation
    from ._runtime.tokens.cache import TokenCache
    from ._runtime.tokens.tokenizer import Tokenizer
    from .options import RenderConversationConfig

__all__ = ["LossPolicy", "Rendered", "RenderedArrays", "Span", "TokenCounts"]

_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_BEHIND_THE_FIRST = bytes(range(0x80, 0xC0))  # of the bytes of a character


class Encoding(Protocol):
    """What a rendered conversation needs of its encoding."""

    @property
    def tokenizer(self) -> Tokenizer: ...


class Span(NamedTuple):
    """A run of tokens, or of characters, that belong together.

    Attributes:
        start: the first of them.
        end: the one behind the last.
        message_index: the message that they belong to; -1 if they belong to none.
        part: what they are, one of `Rendered.PART_NAMES`; None for a whole message.
    """

    start: int
    end: int
    message_index: int
    part: str | None


class TokenCounts(NamedTuple):
    """How many tokens there are.

    Attributes:
        messages: of each message, by its index; 0 if it was left out.
        roles: of the messages of each role that wrote one.
        channels: of the messages on each channel, and on none.
        outside: that belong to no message.
    """

    messages: list[int]
    roles: dict[str, int]
    channels: dict[str | None, int]
    outside: int


class RenderedArrays(NamedTuple):
    """The columns of a `Rendered` as arrays of numpy, which may be changed."""

    tokens: NDArray[int64]
    message_indices: NDArray[int32]
    parts: NDArray[uint8]
    sampled: NDArray[bool_]
    is_content: NDArray[bool_]


@dataclass(repr=False)
class Rendered:
    """A rendered conversation: columns with one value for each token, and what follows from them.

    `encoding.render_with_spans` makes it.

    Attributes:
        tokens: the ids, as the other ways to render a conversation give them.
    """

    PART_NAMES: ClassVar[tuple[str, ...]] = PARTS.names

    tokens: list[int]
    _indices: list[int]
    _sizes: list[int]
    _codes: bytes
    _headers: list[Header]
    _encoding: Encoding

    def __repr__(self) -> str:
        written = sum(map(bool, self._headers))
        return f"{type(self).__name__}({len(self.tokens)} tokens of {written} messages)"

    @cached_property
    def message_indices(self) -> array[int]:
        """The message that each token belongs to, in the conversation that was given, those left out counted.

        -1 for the token that a conversation begins with, and for the opening of a next turn.
        """
        return message_indices(self._indices, self._sizes)

    @cached_property
    def parts(self) -> bytes:
        """What each token is, as an index into `PART_NAMES`."""
        return part_numbers(self._codes)

    @cached_property
    def sampled(self) -> bytes:
        """1 for each token that a model samples, else 0.

        In messages of the sampled role that is all that a completion holds, the stop token included. A next turn is yet
        to be sampled; its opening is not.
        """
        return sampled(self._codes)

    @cached_property
    def is_content(self) -> bytes:
        """1 for each token of a content, else 0."""
        return of_contents(self._codes)

    def part_names(self) -> list[str]:
        """The name of the part of each token."""
        names = self.PART_NAMES
        return [names[part] for part in self.parts]

    def spans(self) -> list[Span]:
        """The runs of tokens of one part of one message, which together are all tokens."""
        names = self.PART_NAMES
        return [
            Span(*run.span(), index, names[run[1][0]])
            for start, end, index, _ in self._runs()
            for run in _RUN.finditer(self.parts, start, end)
        ]

    def message_spans(self) -> list[Span]:
        """The tokens of each message that was not left out."""
        return [span for span in self._runs() if span.message_index != NO_MESSAGE]

    def text_spans(self) -> list[Span]:
        """The same runs as `spans`, in characters of `encoding.decode(tokens)`.

        A character of which two runs have bytes is of the first of them.
        """
        bytes_of = self._encoding.tokenizer.decode_bytes
        spans, start = [], 0
        for span in self.spans():
            end = start + len(bytes_of(self.tokens[span.start : span.end]).translate(None, _BEHIND_THE_FIRST))
            spans.append(Span(start, end, span.message_index, span.part))
            start = end
        return spans

    def token_counts(self) -> TokenCounts:
        """How many tokens each message, role and channel has."""
        messages, outside = [0] * len(self._headers), len(self.tokens)
        roles: Counter[str] = Counter()
        channels: Counter[str | None] = Counter()
        for start, end, index, _ in self.message_spans():
            header = self._headers[index]
            channel = None if PARTS.channel is None else header[PARTS.channel]
            messages[index] = size = end - start
            outside -= size
            roles[plain(header[0])] += size
            channels[None if channel is None else plain(channel)] += size
        return TokenCounts(messages, dict(roles), dict(channels), outside)

    def loss_mask(
        self,
        policy: LossPolicy = "last_assistant_turn",
        *,
        channels: Collection[str | None] | None = None,
        calls: bool = True,
        stop: bool = True,
        roles: Collection[str] | None = None,
    ) -> bytes:
        """Return 1 for each token to train on, else 0.

        Args:
            policy: The messages to train on. "last_assistant_message"; "last_assistant_turn", all that the model
                sampled since the last message of another role, not counting answers of tools; "all_assistant_messages";
                "all_messages"; "all_tokens", whatever the other arguments say; "all_user_and_system_messages", those
                that neither the model nor a tool wrote. Or the weight of each message: a sequence, or a function of
                the message's index.
            channels: The channels of sampled messages to train on; None for all.
            calls: Whether to train on tool calls.
            stop: Whether to train on stop tokens.
            roles: The roles whose messages count as the assistant's; None for the role that models sample.

        Of a message that the model samples, the tokens are those of `sampled`; of another one, its content and its stop
        token. Messages that rendering left out have no tokens: with the default configuration that is the analysis
        before a final answer, also that of the last turn.

        Raises:
            ValueError: `policy` or a role is unknown, or a weight is not 0 or 1.
        """
        return mask_of(Selection.of(policy, channels, calls, stop, roles), *self._columns())

    def loss_weights(
        self,
        policy: LossPolicy = "last_assistant_turn",
        *,
        channels: Collection[str | None] | None = None,
        calls: bool = True,
        stop: bool = True,
        roles: Collection[str] | None = None,
    ) -> array[float]:
        """Return the weight of each token; as `loss_mask`, with any weight of messages."""
        return weights_of(Selection.of(policy, channels, calls, stop, roles), *self._columns())

    def _columns(self) -> tuple[list[tuple[int, int, int]], list[Header], bytes]:
        return [span[:3] for span in self._runs()], self._headers, self._codes

    def numpy(self) -> RenderedArrays:
        """The columns as arrays of numpy.

        Raises:
            ImportError: numpy is not installed.
        """
        try:
            import numpy
        except ImportError as error:
            raise ImportError("Rendered.numpy() needs numpy: pip install numpy") from error

        return RenderedArrays(
            numpy.array(self.tokens, numpy.int64),
            numpy.array(self.message_indices, numpy.int32),
            numpy.array(bytearray(self.parts), numpy.uint8),
            numpy.array(bytearray(self.sampled), numpy.bool_),
            numpy.array(bytearray(self.is_content), numpy.bool_),
        )

    def _runs(self) -> Iterator[Span]:
        """The messages, and what stands around them."""
        ends = accumulate(self._sizes)
        return (Span(end - size, end, index, None) for index, size, end in zip(self._indices, self._sizes, ends))


def with_spans(tokenizer: Tokenizer, cache: TokenCache, changed_ids: Mapping[int, int]) -> partial[Rendered]:
    """Return the work of `HarmonyEncoding.render_with_spans`, for the encoding with this tokenizer, cache and ids."""
    rules = RULES.renumbered(changed_ids)
    size_of = lambda token: len(tokenizer.decode_bytes([token]))  # noqa: E731
    return partial(_rendered, PartedRenderer(rules, tokenizer.encode_text, cache, PARTS, size_of))


def _rendered(
    renderer: PartedRenderer,
    encoding: Encoding,
    conversation: Conversation,
    next_turn_role: Role | str | None,
    training: bool,
    config: RenderConversationConfig | None,
) -> Rendered:
    if training and next_turn_role is not None:
        raise ValueError("a conversation is rendered for training or for a next turn, not for both")
    drops = config is None or auto_drop(config)
    renderer = renderer if config is None else renderer.of_schemas(config.schema)
    return Rendered(*renderer.in_parts(messages_of(conversation), drops, training, next_turn_role), encoding)
