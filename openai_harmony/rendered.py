"""Rendered conversations, in which the message and the part of each token are known; `_runtime` computes them."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from ._generated.parts import PARTS
from ._generated.renderer import RULES
from ._loss_masks import LossPolicy, Masked
from ._runtime.locks import loading
from ._runtime.types.plain_text import plain
from ._runtime.writing.parts import (
    NO_MESSAGE,
    Parted,
    PartedRenderer,
    message_indices,
    of_contents,
    part_numbers,
    sampled,
)
from ._styles import rules_with

if TYPE_CHECKING:
    from numpy import bool_, int32, int64, uint8
    from numpy.typing import NDArray

    from ._generated.enumerations import Role
    from ._generated.messages import Message
    from ._runtime.reading.content import ByteSource
    from ._runtime.tokens.cache import TokenCache
    from ._runtime.tokens.tokenizer import Tokenizer
    from ._runtime.writing.history import History
    from ._runtime.writing.rules import Header
    from .options import RenderConversationConfig

__all__ = ["LossPolicy", "Rendered", "RenderedArrays", "Span", "TokenCounts"]

_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_BEHIND_THE_FIRST = bytes(range(0x80, 0xC0))  # the bytes of a UTF-8 character after its first one


class Encoding(Protocol):
    """The members of an encoding that a rendered conversation uses."""

    @property
    def tokenizer(self) -> Tokenizer: ...

    @property
    def id_bytes(self) -> ByteSource: ...


class Span(NamedTuple):
    """A range of tokens, or of characters, of one message or of one part of it.

    Attributes:
        start: the position of the first one.
        end: the position after the last one.
        message_index: the index of the message that they belong to; -1 if they belong to none.
        part: the name of the part, one of `Rendered.PART_NAMES`; None for a whole message.

    Example:
        for span in rendered.spans():
            print(span.part, rendered.tokens[span.start : span.end])
    """

    start: int
    end: int
    message_index: int
    part: str | None


class TokenCounts(NamedTuple):
    """Counts of tokens.

    Attributes:
        messages: the tokens of each message, by its index; 0 for a message that was omitted.
        roles: the tokens of all messages of a role, by role.
        channels: the tokens of all messages on a channel, by channel; the key None is for no channel.
        outside: the tokens that belong to no message.

    Example:
        counts = rendered.token_counts()
        assert sum(counts.messages) + counts.outside == len(rendered.tokens)
    """

    messages: list[int]
    roles: dict[str, int]
    channels: dict[str | None, int]
    outside: int


class RenderedArrays(NamedTuple):
    """The columns of a `Rendered` as numpy arrays, which are copies.

    Example:
        arrays = rendered.numpy()
        sampled = arrays.tokens[arrays.sampled]
    """

    tokens: NDArray[int64]
    message_indices: NDArray[int32]
    parts: NDArray[uint8]
    sampled: NDArray[bool_]
    is_content: NDArray[bool_]


@dataclass(repr=False)
class Rendered(Masked):
    """A rendered conversation. Its columns have one value for each token.

    `HarmonyEncoding.render_with_spans` returns it.

    Attributes:
        tokens: the ids, the same as from the other methods that render a conversation.

    Example:
        rendered = encoding.render_with_spans(conversation, training=True)
        mask = rendered.loss_mask()
    """

    PART_NAMES: ClassVar[tuple[str, ...]] = PARTS.names

    tokens: list[int]
    _columns: Parted
    _encoding: Encoding

    def __repr__(self) -> str:
        written = sum(map(bool, self._columns.headers))
        return f"{type(self).__name__}({len(self.tokens)} tokens of {written} messages)"

    @cached_property
    def message_indices(self) -> array[int]:
        """The index of the message that each token belongs to; indices count omitted messages too.

        The index is -1 for tokens that begin a conversation or open the next turn.
        """
        return message_indices(self._columns.indices, self._columns.sizes)

    @cached_property
    def parts(self) -> bytes:
        """The part that each token belongs to, as an index of `PART_NAMES`."""
        return part_numbers(self._columns.codes)

    @cached_property
    def sampled(self) -> bytes:
        """1 for each token that a model samples, else 0.

        In a message of a role that is sampled, these are all tokens of a completion, including the stop token. The
        opening of the next turn is not sampled.
        """
        return sampled(self._columns.codes)

    @cached_property
    def is_content(self) -> bytes:
        """1 for each token of a message's content, else 0."""
        return of_contents(self._columns.codes)

    def part_names(self) -> list[str]:
        """Return the name of the part that each token belongs to."""
        names = self.PART_NAMES
        return [names[part] for part in self.parts]

    def spans(self) -> list[Span]:
        """Return the ranges of consecutive tokens of the same message and part; together, they cover all tokens."""
        names = self.PART_NAMES
        return [
            Span(*run.span(), index, names[run[1][0]])
            for start, end, index, _ in self._runs()
            for run in _RUN.finditer(self.parts, start, end)
        ]

    def message_spans(self) -> list[Span]:
        """Return the range of tokens of each message that was not omitted."""
        return [span for span in self._runs() if span.message_index != NO_MESSAGE]

    def role_spans(self) -> dict[str, list[Span]]:
        """Return the `message_spans` of each role."""
        return self._grouped(lambda header: plain(header[0]))

    def tool_spans(self) -> dict[str, list[Span]]:
        """Return the `message_spans` of each tool: those that call it, and those that hold its results."""
        return self._grouped(_tool_of)

    def _grouped(self, key_of: Callable[[Header], str | None]) -> dict[str, list[Span]]:
        grouped: dict[str, list[Span]] = {}
        for span in self.message_spans():
            key = key_of(self._columns.headers[span.message_index])
            if key is not None:
                grouped.setdefault(key, []).append(span)
        return grouped

    def text_spans(self) -> list[Span]:
        """Return the ranges of `spans`, in characters of `encoding.decode(tokens)`.

        A character with bytes in two ranges belongs to the first of them.
        """
        bytes_of = self._encoding.tokenizer.decode_bytes
        spans, start = [], 0
        for span in self.spans():
            end = start + len(bytes_of(self.tokens[span.start : span.end]).translate(None, _BEHIND_THE_FIRST))
            spans.append(Span(start, end, span.message_index, span.part))
            start = end
        return spans

    def token_counts(self) -> TokenCounts:
        """Return the number of tokens of each message, role and channel."""
        messages, outside = [0] * len(self._columns.headers), len(self.tokens)
        roles: Counter[str] = Counter()
        channels: Counter[str | None] = Counter()
        for start, end, index, _ in self.message_spans():
            header = self._columns.headers[index]
            messages[index] = size = end - start
            outside -= size
            roles[plain(header[0])] += size
            channels[PARTS.channel_of(header)] += size
        return TokenCounts(messages, dict(roles), dict(channels), outside)

    def numpy(self) -> RenderedArrays:
        """Return the columns as numpy arrays.

        Raises:
            ImportError: numpy is not installed.
        """
        try:
            with loading():
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

    def _repr_html_(self) -> str:
        """Return the tokens as notebooks show them."""
        with loading():
            from ._inspection.fragment import Heading, rendered_html

        headers, headings = self._columns.headers, []
        for start, end, index, _ in self._runs():
            outside = index == NO_MESSAGE
            headings.append(Heading(start, end, *((None, None) if outside else (index, plain(headers[index][0])))))
        tokenizer, source = self._encoding.tokenizer, self._encoding.id_bytes
        return rendered_html(self.tokens, headings, self.part_names(), self.sampled, source, tokenizer)

    def _runs(self) -> Iterator[Span]:
        """Return the ranges of the messages and of the tokens outside messages."""
        _, indices, sizes, _, _ = self._columns
        return (Span(end - size, end, index, None) for index, size, end in zip(indices, sizes, accumulate(sizes)))


def _tool_of(header: Header) -> str | None:
    """Return the name of the tool that a message calls, or whose result it is; None if there is none."""
    rule = RULES.history
    if header[0] in rule.answers_calls:
        return None if header[1] is None else plain(header[1])
    called = None if PARTS.recipient is None or header[0] not in rule.sampled else header[PARTS.recipient]
    return None if called is None or called == rule.unaddressed else plain(called)


def with_spans(tokenizer: Tokenizer, cache: TokenCache, changed_ids: Mapping[int, int]) -> partial[Rendered]:
    """Return the implementation of `HarmonyEncoding.render_with_spans`, for an encoding with these parts."""
    rules = rules_with(changed_ids)
    size_of = lambda token: len(tokenizer.decode_bytes([token]))  # noqa: E731
    return partial(_rendered, PartedRenderer(rules, tokenizer.encode_text, cache, PARTS, size_of))


def _rendered(
    renderer: PartedRenderer,
    encoding: Encoding,
    messages: Sequence[Message],
    history: History,
    next_turn_role: Role | str | None,
    training: bool,
    config: RenderConversationConfig | None,
) -> Rendered:
    if config is not None:
        renderer = renderer.of(config.style, config.schema)
    opened = config is not None and config.open_last
    columns = renderer.in_parts(messages, history, training, next_turn_role, opened)
    return Rendered(columns.tokens, columns, encoding)
