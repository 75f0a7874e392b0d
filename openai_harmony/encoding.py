"""What a program loads and calls: one encoding by name, which renders, parses, encodes and decodes.

It does no work of its own: the rules come from `_generated`, the algorithms from `_runtime`.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from ._arguments import auto_drop, expect, known_name, messages_of
from ._generated.encodings import ENCODINGS, StopSets
from ._generated.enumerations import HarmonyEncodingName, Role
from ._generated.messages import Conversation, Message
from ._runtime.locks import Locked, loading
from ._runtime.reading.content import Bytes
from ._runtime.tokens.cache import CacheInfo, TokenCache
from .options import NOT_TOLD, RenderConversationConfig, RenderOptions, Strictness

if TYPE_CHECKING:
    from ._generated.events import ParseResult
    from ._runtime.tokens.tokenizer import Tokenizer
    from ._runtime.writing.rendering import Renderer
    from .rendered import Rendered

__all__ = ["HarmonyEncoding", "load_harmony_encoding"]

CACHE_BYTES = 32 * 2**20


class HarmonyEncoding(Locked, StopSets):
    """Renders and parses with one vocabulary, which is read when something first needs it; safe to share by threads.

    `load_harmony_encoding` gives the one that all of a process share, the constructor one with a cache of its own.
    """

    def __init__(self, name: str | HarmonyEncodingName, *, cache_size: int = CACHE_BYTES) -> None:
        super().__init__()
        facts = self._facts = ENCODINGS[known_name(name)]
        self._cache = TokenCache(cache_size)
        self._made: Tokenizer | None = None
        self._writes: Renderer | None = None
        self._writes_with_spans: partial[Rendered] | None = None
        # For the parsers of this encoding.
        self.id_bytes: Bytes = Bytes(lambda: self.tokenizer.vocabulary.pieces(), self._ordinary_bytes, facts.ranks)

    @property
    def _renderer(self) -> Renderer:
        if self._writes is None:
            # What only rendering needs is imported by the first rendering.
            with loading():
                from ._generated.renderer import RULES
                from ._runtime.writing.rendering import Renderer

            rules = RULES.renumbered(self._facts.special_tokens.changed)
            self._writes = Renderer(rules, self.tokenizer.encode_text, self._cache)
        return self._writes

    def _writer(self, config: RenderConversationConfig | None) -> Renderer:
        if config is None:
            return self._renderer
        expect(config, RenderConversationConfig, "config")
        return self._renderer.of_schemas(config.schema)

    @property
    def name(self) -> str:
        """The name that the encoding is loaded by."""
        return self._facts.name

    @property
    def tokenizer(self) -> Tokenizer:
        """What encodes and decodes plain text; made when it is first asked for."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._facts.make_tokenizer()
        return self._made

    # Rendering -----------------------------------------------------------------------------------

    def render(self, message: Message, render_options: RenderOptions | None = None) -> list[int]:
        """The tokens of one message. One that breaks the format is a RenderError, a value of the wrong kind, set after
        construction, a ValueError.
        """
        expect(message, Message, "message")
        if render_options is None:
            return self._renderer.message(message, function_tools=False)
        expect(render_options, RenderOptions, "render_options")
        return self._renderer.message(message, function_tools=render_options.conversation_has_function_tools)

    def render_conversation(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]:
        """The tokens of a conversation; raises as `render` does."""
        return self._writer(config).conversation(messages_of(conversation), config is None or auto_drop(config))

    def render_conversation_for_completion(
        self, conversation: Conversation, next_turn_role: Role | str, config: RenderConversationConfig | None = None
    ) -> list[int]:
        """The tokens of a conversation and of the beginning of a message, which a model is to continue."""
        renderer = self._writer(config)
        tokens = renderer.conversation(messages_of(conversation), config is None or auto_drop(config))
        tokens += renderer.opening(next_turn_role)
        return tokens

    def render_conversation_for_training(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]:
        """The tokens of a conversation, whose last answer ends as a model should end it."""
        return self._writer(config).training(messages_of(conversation), config is None or auto_drop(config))

    def render_with_spans(
        self,
        conversation: Conversation,
        *,
        next_turn_role: Role | str | None = None,
        training: bool = False,
        config: RenderConversationConfig | None = None,
    ) -> Rendered:
        """The tokens of a conversation with what each of them is: for completion, for training, or as they are."""
        if self._writes_with_spans is None:
            with loading():
                from .rendered import with_spans

            changed = self._facts.special_tokens.changed
            self._writes_with_spans = with_spans(self.tokenizer, self._cache, changed)
        return self._writes_with_spans(self, conversation, next_turn_role, training, config)

    def render_batch(
        self,
        conversations: Iterable[Conversation],
        *,
        next_turn_role: Role | str | None = None,
        training: bool = False,
        config: RenderConversationConfig | None = None,
        workers: int | None = None,
    ) -> list[list[int]]:
        """The tokens of many conversations, by several processes if asked for; see `openai_harmony.batch`."""
        with loading():
            from ._batch import rendered

        return rendered(self, conversations, next_turn_role, training, config, workers)

    # Parsing -------------------------------------------------------------------------------------

    def parse_messages_from_completion_tokens(
        self, tokens: Sequence[int], role: Role | str | None = None, *, strict: Strictness = NOT_TOLD
    ) -> list[Message]:
        """The messages of a completion.

        Args:
            tokens: the completion, or a whole conversation; what opens with a start token names its own author.
            role: whose turn the prompt left open, if it did; the completion then begins inside that message's header.
            strict: whether to raise at what breaks the format; if not, it is read all the same, as by `parse`.

        Raises:
            ParseError: strict, and the tokens break the format.
            TypeError: a token is no integer.
            OverflowError: strict, and a token is no unsigned integer of 32 bits.
            ValueError: `role` is no role.
        """
        with loading():
            from ._parsing import parse_tokens

        return list(parse_tokens(self, tokens, role, strict).messages)

    def parse_messages_from_completion_text(
        self, text: str, role: Role | str | None = None, *, strict: Strictness = NOT_TOLD
    ) -> list[Message]:
        """The same of a completion that is there as text; what spells a special token in it is one."""
        return self.parse_messages_from_completion_tokens(self.encode(text, allowed_special="all"), role, strict=strict)

    def parse(
        self,
        tokens: Sequence[int],
        role: Role | str | None = None,
        *,
        channels: Collection[str] = (),
        unplaced: str | None = None,
    ) -> ParseResult:
        """All that a completion holds, what was wrong with it, and the turn that it leaves open; see docs/recovery.md.

        No integers make this raise. `channels` and `unplaced` are those of `StreamableParser`.

        Raises:
            TypeError: a token is no integer.
            ValueError: `role` is no role, or another argument names nothing that there is.
        """
        with loading():
            from ._parsing import parse_tokens

        return parse_tokens(self, tokens, role, False, channels, unplaced)

    def parse_batch(
        self,
        token_lists: Iterable[Sequence[int]],
        role: Role | str | None = None,
        *,
        strict: Strictness = NOT_TOLD,
        workers: int | None = None,
    ) -> list[list[Message]]:
        """The messages of many completions, by several processes if asked for; see `openai_harmony.batch`."""
        with loading():
            from ._batch import parsed

        return parsed(self, token_lists, role, strict, workers)

    # Text and tokens -----------------------------------------------------------------------------

    def encode(
        self,
        text: str,
        *,
        allowed_special: Literal["all"] | AbstractSet[str] = frozenset(),
        disallowed_special: Literal["all"] | Collection[str] = "all",
    ) -> list[int]:
        """The tokens of a text, in which the special tokens of `allowed_special` may be spelled out.

        Raises:
            TokenError: the text spells a special token of `disallowed_special`; by default all that are not allowed.
        """
        return self.tokenizer.encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special)

    def decode(self, tokens: Iterable[int], errors: str = "replace") -> str:
        """The text of tokens; `errors` as in `bytes.decode`. An unknown id is a TokenError."""
        return self.tokenizer.decode(tokens, errors)

    def decode_utf8(self, tokens: Iterable[int]) -> str:
        """The text of tokens; an unknown id is a TokenError, and so are bytes that are not UTF-8."""
        return self.tokenizer.decode_utf8(tokens)

    def scan_bytes(self, tokens: Sequence[int]) -> bytes | None:
        """The bytes of tokens, in which a marker stands for each special one; None if one is unknown."""
        return self.tokenizer.scan_bytes(tokens)

    def is_special_token(self, token: int) -> bool:
        """Whether an id is a special token's."""
        return self.tokenizer.is_special_token(token)

    @cached_property
    def special_tokens_set(self) -> set[str]:
        """The texts of all special tokens; the same set each time, so do not change it."""
        return set(self.tokenizer.vocabulary.specials.values())

    # The cache -----------------------------------------------------------------------------------

    def cache_info(self) -> CacheInfo:
        """What rendering found in the cache and what it did anew, and what the cache holds."""
        return self._cache.info()

    def cache_clear(self) -> None:
        """Forget what was rendered, and begin to count anew."""
        self._cache.clear()

    def set_cache_size(self, bytes: int) -> None:
        """Bound what the cache may hold; 0 turns it off."""
        size = operator.index(bytes)
        if size < 0:
            raise ValueError(f"the size of the cache must not be negative: {size}")
        self._cache.resize(size)

    # Being one and the same ----------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, HarmonyEncoding) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)

    def __copy__(self) -> HarmonyEncoding:
        return self

    def __deepcopy__(self, memo: object) -> HarmonyEncoding:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return (load_harmony_encoding, (self.name,))

    def _ordinary_bytes(self, ids: list[int]) -> bytes | None:
        return None if self._made is None else self._made.ordinary_bytes(ids)


_loaded: dict[str, HarmonyEncoding] = {}


def load_harmony_encoding(name: str | HarmonyEncodingName) -> HarmonyEncoding:
    """The encoding of that name; the same object for all who ask in this process.

    Raises:
        ValueError: there is no such encoding.
    """
    known = known_name(name)
    # `setdefault` is atomic: of two threads that make one at the same time, both get the first.
    return _loaded.get(known) or _loaded.setdefault(known, HarmonyEncoding(known))
