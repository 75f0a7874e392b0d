"""Encodings, which render, parse, encode and decode, with rules from `_generated` and algorithms from `_runtime`."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ._arguments import known_name
from ._generated.encodings import ENCODINGS, StopSets
from ._generated.enumerations import HarmonyEncodingName, Role
from ._generated.messages import Message
from ._rendering import Renders
from ._runtime.locks import Locked, loading, loading_own
from ._runtime.reading.content import Bytes
from ._runtime.tokens.backends.choosing import choose
from ._runtime.tokens.cache import CacheInfo, TokenCache
from ._runtime.tokens.tokenizer_info import TokenizerInfo
from .options import NOT_TOLD, Strictness

if TYPE_CHECKING:
    from ._generated.events import ParseResult
    from ._runtime.tokens.tokenizer import Tokenizer

__all__ = ["HarmonyEncoding", "TokenizerInfo", "load_harmony_encoding"]

CACHE_BYTES = 32 * 2**20


class HarmonyEncoding(Locked, Renders, StopSets):
    """An encoding, which renders and parses messages. Threads may share it.

    The vocabulary is read on first use. `load_harmony_encoding` returns the encoding that the whole process shares; the
    constructor returns one with its own cache of rendered text, of at most `cache_size` bytes. For `tokenizer`, see
    `load_harmony_encoding`.

    Example:
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> encoding.decode(encoding.render(Message.from_role_and_content("user", "Hello")))
        '<|start|>user<|message|>Hello<|end|>'
    """

    def __init__(
        self, name: str | HarmonyEncodingName, *, cache_size: int = CACHE_BYTES, tokenizer: str | None = None
    ) -> None:
        super().__init__()
        facts = self._facts = ENCODINGS[known_name(name)]
        self._asked, self._choice = tokenizer, choose(tokenizer)
        self._cache = TokenCache(cache_size)
        self._changed_ids = facts.special_tokens.changed
        self._made: Tokenizer | None = None
        # The parsers of this encoding use it.
        self.id_bytes: Bytes = Bytes(lambda: self.tokenizer.vocabulary, self._ordinary_bytes, facts.ranks)

    @property
    def name(self) -> str:
        """The name of the encoding, as given to `load_harmony_encoding`."""
        return self._facts.name

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer, which encodes and decodes plain text; made on first use."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._facts.make_tokenizer(self._choice)
        return self._made

    def tokenizer_info(self) -> TokenizerInfo:
        """Return which package encodes text, why it was chosen, and which vocabulary it has; see `TokenizerInfo`."""
        return self.tokenizer.info()

    def parse_messages_from_completion_tokens(
        self, tokens: Sequence[int], role: Role | str | None = None, *, strict: Strictness = NOT_TOLD
    ) -> list[Message]:
        """Return the messages of a completion.

        Args:
            tokens: the completion, or a whole conversation. A message with a start token names its own author.
            role: the role whose turn the prompt opened; the completion then begins inside that message's header.
            strict: whether to raise an exception for tokens that break the format, instead of recovering like `parse`.

        Raises:
            ParseError: the tokens break the format, and parsing is strict.
            TypeError: a token is not an integer.
            OverflowError: a token is not an unsigned 32-bit integer, and parsing is strict.
            ValueError: `role` is unknown.
        """
        with loading_own():
            from ._parsing import parse_tokens

        return list(parse_tokens(self, tokens, role, strict).messages)

    def parse_messages_from_completion_text(
        self, text: str, role: Role | str | None = None, *, strict: Strictness = NOT_TOLD
    ) -> list[Message]:
        """Return the messages of a completion given as text, in which special tokens are spelled out."""
        return self.parse_messages_from_completion_tokens(self.encode(text, allowed_special="all"), role, strict=strict)

    def parse(
        self,
        tokens: Sequence[int],
        role: Role | str | None = None,
        *,
        channels: Collection[str] = (),
        unplaced: str | None = None,
    ) -> ParseResult:
        """Return the messages of a completion, its faults, and the turn that it leaves open; see docs/recovery.md.

        Every list of integers can be parsed. For `channels` and `unplaced`, see `StreamableParser`.

        Raises:
            TypeError: a token is not an integer.
            ValueError: `role` is unknown, or another argument has an invalid value.
        """
        with loading_own():
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
        """Return the messages of each completion, parsed by `workers` processes; see `openai_harmony.batch`."""
        with loading():
            from ._batch import parsed

        return parsed(self, token_lists, role, strict, workers)

    def encode(
        self,
        text: str,
        *,
        allowed_special: Literal["all"] | AbstractSet[str] = frozenset(),
        disallowed_special: Literal["all"] | Collection[str] = "all",
    ) -> list[int]:
        """Return the tokens of a text, in which the special tokens of `allowed_special` may be spelled out.

        Raises:
            TokenError: the text spells a special token of `disallowed_special`; by default, any that is not allowed.
        """
        return self.tokenizer.encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special)

    def decode(self, tokens: Iterable[int], errors: str = "replace") -> str:
        """Return the text of tokens; `errors` is as in `bytes.decode`. Raises TokenError if an id is unknown."""
        return self.tokenizer.decode(tokens, errors)

    def decode_utf8(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens. Raises TokenError if an id is unknown, or the bytes are not valid UTF-8."""
        return self.tokenizer.decode_utf8(tokens)

    def scan_bytes(self, tokens: Sequence[int]) -> bytes | None:
        """Return the bytes of tokens, with a marker for each special token; None if an id cannot be decoded so."""
        return self.tokenizer.scan_bytes(tokens)

    def is_special_token(self, token: int) -> bool:
        """Return whether an id is the id of a special token."""
        return self.tokenizer.is_special_token(token)

    @cached_property
    def special_tokens_set(self) -> set[str]:
        """The texts of all special tokens. Do not modify the set: every access returns the same one."""
        return set(self.tokenizer.vocabulary.specials.values())

    def cache_info(self) -> CacheInfo:
        """Return the hits, misses and size of the cache of rendered text."""
        return self._cache.info()

    def cache_clear(self) -> None:
        """Discard all entries of the cache, and reset its counters."""
        self._cache.clear()

    def set_cache_size(self, bytes: int) -> None:
        """Set the limit of the cache in bytes; 0 disables it. Raises ValueError if the limit is negative."""
        size = operator.index(bytes)
        if size < 0:
            raise ValueError(f"the size of the cache must not be negative: {size}")
        self._cache.resize(size)

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
        if _loaded.get((self.name, self._asked)) is self:
            return _load, (self.name, self._asked)
        usual = HarmonyEncoding(self.name, cache_size=0)
        own = {name: value for name, value in vars(self).items() if not hasattr(usual, name)}
        return _anew, (type(self), self.name, self._asked, self.cache_info().limit), own or None

    def _ordinary_bytes(self, ids: list[int]) -> bytes | None:
        return None if self._made is None else self._made.ordinary_bytes(ids)


_loaded: dict[tuple[str, str | None], HarmonyEncoding] = {}


def load_harmony_encoding(name: str | HarmonyEncodingName, *, tokenizer: str | None = None) -> HarmonyEncoding:
    """Return the encoding with this name. Within a process, it is always the same object for the same arguments.

    Args:
        name: The name of the encoding.
        tokenizer: The package that encodes text: "tiktoken", the name of another one (docs/tokenizers.md), or "auto",
            which takes the first of a list that is installed. All give the same tokens. By default, the environment
            variable `HARMONY_TOKENIZER` says which; if it is not set, it is "tiktoken".

    Raises:
        ValueError: no encoding has this name; or the tokenizer, which an argument or the variable names, is unknown or
            not installed.
    """
    return _load(known_name(name), tokenizer)


def _load(name: str, tokenizer: str | None) -> HarmonyEncoding:
    found = _loaded.get((name, tokenizer))
    if found is None:
        # `setdefault` is atomic: if two threads create an encoding at the same time, both get the one stored first.
        found = _loaded.setdefault((name, tokenizer), HarmonyEncoding(name, tokenizer=tokenizer))
    return found


def _anew(cls: type[HarmonyEncoding], name: str, tokenizer: str | None, cache_size: int) -> HarmonyEncoding:
    """Return an encoding with its own cache, or of a derived class, whose constructor may take other arguments."""
    made = cls.__new__(cls)
    HarmonyEncoding.__init__(made, name, cache_size=cache_size, tokenizer=tokenizer)
    made._made = _load(name, tokenizer).tokenizer  # a worker that gets many encodings has one vocabulary
    return made
