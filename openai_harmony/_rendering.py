"""The methods of an encoding that render; `encoding.py` has the others. The algorithms are in `_runtime.writing`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, get_args

from ._arguments import expect, expect_closed, expect_one_end, history_of, messages_of
from ._generated.enumerations import SAMPLED_ROLE
from ._generated.messages import Message
from ._runtime.locks import loading, loading_own
from ._runtime.writing.history import REFERENCE
from .options import AmbiguityMode, RenderOptions

if TYPE_CHECKING:
    from functools import partial

    from ._ambiguity import AmbiguityCheck
    from ._bridging import Bridge, Refusal
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation
    from ._generated.tools import ToolDescription
    from ._runtime.reading.content import Bytes
    from ._runtime.tokens.cache import TokenCache
    from ._runtime.tokens.tokenizer import Tokenizer
    from ._runtime.writing.history import History
    from ._runtime.writing.rendering import Renderer
    from .budgets import Fitted
    from .options import RenderConversationConfig
    from .rendered import Rendered

__all__ = ["Renders"]


class Renders:
    """Base class of `HarmonyEncoding`: renders messages, with the parts of an encoding that subclasses define."""

    id_bytes: Bytes
    _cache: TokenCache
    _changed_ids: Mapping[int, int]  # the ids of special tokens that differ from those of the spec
    _writes: Renderer | None = None
    _writes_with_spans: partial[Rendered] | None = None
    _checks: dict[Renderer, AmbiguityCheck] | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the encoding, as given to `load_harmony_encoding`."""

    @property
    @abstractmethod
    def tokenizer(self) -> Tokenizer:
        """The tokenizer, which encodes and decodes plain text; made on first use."""

    @abstractmethod
    def scan_bytes(self, tokens: Sequence[int]) -> bytes | None:
        """Return the bytes of tokens, with a marker for each special token; None if an id cannot be decoded so."""

    @property
    def _renderer(self) -> Renderer:
        if self._writes is None:
            with loading_own():  # only rendering needs these modules, so the first rendering imports them
                from ._runtime.writing.rendering import Renderer
                from ._styles import rules_with

            rules = rules_with(self._changed_ids)
            self._writes = Renderer(rules, self.tokenizer.encode_text, self._cache)
        return self._writes

    def _writer(self, config: RenderConversationConfig | None) -> tuple[Renderer, History]:
        if config is None:
            return self._writes or self._renderer, REFERENCE
        history = history_of(config)
        return self._renderer.of(config.style, config.schema), history

    def _messages(
        self, conversation: Conversation, config: RenderConversationConfig | None, training: bool = False
    ) -> Sequence[Message]:
        """Return the messages of a conversation, after the check that the configuration asks for."""
        messages = messages_of(conversation)
        if config is not None and config.on_ambiguous != "write":
            self._refuse_ambiguous(messages, config, "messages", training)
        return messages

    def _refuse_ambiguous(
        self, messages: Sequence[Message], config: RenderConversationConfig, argument: str, training: bool = False
    ) -> None:
        """Raise an error if a message could not be read back; `argument` is the name of the messages in it."""
        if config.on_ambiguous != "error":
            modes = get_args(AmbiguityMode)
            raise ValueError(f"unknown on_ambiguous: {config.on_ambiguous!r} (expected one of {modes})")
        renderer, history = self._writer(config)
        if self._checks is None:
            self._checks = {}
        check = self._checks.get(renderer)
        if check is None:
            with loading():
                from ._ambiguity import AmbiguityCheck

            check = self._checks.setdefault(renderer, AmbiguityCheck(self, renderer, config.schema))
        check(messages, history, argument, training=training, open_last=config.open_last)

    def render(self, message: Message, render_options: RenderOptions | None = None) -> list[int]:
        """Return the tokens of one message.

        Raises:
            RenderError: the message breaks a rule of the format.
            ValueError: an attribute was set to a value of the wrong type.
            TypeError: an argument is of the wrong type.
        """
        expect(message, Message, "message")
        if render_options is None:
            return self._renderer.message(message, function_tools=False)
        expect(render_options, RenderOptions, "render_options")
        return self._renderer.message(message, function_tools=render_options.conversation_has_function_tools)

    def render_conversation(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]:
        """Return the tokens of a conversation. Raises the same exceptions as `render`."""
        renderer, history = self._writer(config)
        messages = self._messages(conversation, config)
        tokens = renderer.conversation(messages, history)
        if config is not None and config.open_last:
            renderer.open_end(tokens, messages)
        return tokens

    def render_conversation_for_completion(
        self, conversation: Conversation, next_turn_role: Role | str, config: RenderConversationConfig | None = None
    ) -> list[int]:
        """Return the tokens of a conversation and the start of the next message, for a model to continue."""
        if config is None:  # as servers call it for each request
            renderer = self._writes or self._renderer
            tokens = renderer.conversation(messages_of(conversation), REFERENCE)
        else:
            renderer, history = self._writer(config)
            expect_one_end(False, next_turn_role, config)
            tokens = renderer.conversation(self._messages(conversation, config), history)
        tokens += renderer.opening(next_turn_role)
        return tokens

    def render_conversation_for_training(
        self, conversation: Conversation, config: RenderConversationConfig | None = None
    ) -> list[int]:
        """Return the tokens of a conversation, with the last answer ended by the token that a model should sample."""
        renderer, history = self._writer(config)
        expect_one_end(True, None, config)
        return renderer.training(self._messages(conversation, config, training=True), history)

    def render_with_spans(
        self,
        conversation: Conversation,
        *,
        next_turn_role: Role | str | None = None,
        training: bool = False,
        config: RenderConversationConfig | None = None,
    ) -> Rendered:
        """Render a conversation, and record the message and the part of it that each token belongs to.

        Raises:
            ValueError: `training` and `next_turn_role` are both given, or as `render`.
        """
        history = history_of(config)
        expect_one_end(training, next_turn_role, config)
        messages = self._messages(conversation, config, training)
        if self._writes_with_spans is None:
            with loading():
                from .rendered import with_spans

            self._writes_with_spans = with_spans(self.tokenizer, self._cache, self._changed_ids)
        return self._writes_with_spans(self, messages, history, next_turn_role, training, config)

    def count_tokens(
        self,
        conversation: Conversation,
        *,
        next_turn_role: Role | str | None = None,
        config: RenderConversationConfig | None = None,
    ) -> int:
        """Return the number of tokens of a conversation, with the start of the next message if its role is given."""
        with loading():
            from .budgets import rendered

        return len(rendered(self, conversation, next_turn_role, config))

    def fit(
        self,
        conversation: Conversation,
        max_tokens: int,
        keep: int = 1,
        *,
        next_turn_role: Role | str | None = None,
        config: RenderConversationConfig | None = None,
    ) -> Fitted:
        """Drop the oldest turns of a conversation until it has at most `max_tokens` tokens.

        A turn is what is asked and all that the model and its tools answer; it is dropped as a whole. Messages that
        hold for the whole conversation, such as those of the system, are never dropped.

        Args:
            conversation: the conversation; it is not changed.
            max_tokens: the largest number of tokens.
            keep: the number of turns at the end that are never dropped; at least 1 if the last message is left open.
            next_turn_role, config: as for the methods that render; the start of the next message counts, too.

        Raises:
            TypeError: `max_tokens` or `keep` is no integer.
            ValueError: the turns to keep have more tokens.
        """
        with loading():
            from .budgets import fitted

        return fitted(self, conversation, max_tokens, keep, next_turn_role, config)

    def bridge(
        self,
        previous_tokens: Sequence[int],
        new_messages: Sequence[Message],
        *,
        tools: Sequence[ToolDescription] | None = None,
        next_turn_role: Role | str | None = SAMPLED_ROLE,
        config: RenderConversationConfig | None = None,
    ) -> Bridge | Refusal:
        """Return the prompt that continues a prompt and what was sampled from it, without changing their tokens.

        Args:
            previous_tokens: a prompt that was rendered or bridged with the same configuration, and the sampled tokens.
            new_messages: the messages that follow, such as results of tools.
            tools: the function tools of the conversation, which the text of a new system message depends on; None if
                the new messages declare them.
            next_turn_role: the role whose turn is opened; None for none.
            config: the configuration of rendering, which determines the messages that would have to be omitted.

        If the sampled tokens do not end in a stop token, the one that rendering would write is added. If rendering the
        whole conversation anew would omit one of its messages, the result is a `Refusal`, which is false.

        Raises:
            RenderError: a new message breaks a rule of the format.
            TypeError: an argument is of the wrong type.
            ValueError: `next_turn_role` is unknown, or `config` leaves the last message open.
        """
        with loading():
            from ._bridging import Bridging, bridged

        renderer, history = self._writer(config)
        expect_closed(config)
        given: object = tools
        if isinstance(given, str) or not isinstance(given, (Sequence, type(None))):
            raise TypeError(f"argument 'tools': expected a sequence of tools, not {type(given).__name__}")
        bridging = Bridging(self, renderer, history, None if tools is None else bool(tools))
        bridge = bridged(bridging, previous_tokens, new_messages, next_turn_role)
        if bridge and config is not None and config.on_ambiguous != "write":
            self._refuse_ambiguous(new_messages, config, "new_messages")
        return bridge

    def render_batch(
        self,
        conversations: Iterable[Conversation],
        *,
        next_turn_role: Role | str | None = None,
        training: bool = False,
        config: RenderConversationConfig | None = None,
        workers: int | None = None,
    ) -> list[list[int]]:
        """Return the tokens of each conversation, rendered by `workers` processes; see `openai_harmony.batch`."""
        with loading():
            from ._batch import How, rendered

        return rendered(self, conversations, How(next_turn_role, training, config), workers)


for _method in vars(Renders).values():  # tracebacks and errors name the public class
    if isinstance(_method, FunctionType):
        _method.__qualname__ = f"HarmonyEncoding.{_method.__name__}"
