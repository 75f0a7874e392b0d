"""The kinds of rows, each with the method that an adapter needs for it, what it is given and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias, TypedDict

__all__ = [
    "KINDS",
    "Completion",
    "Converted",
    "ConvertsCompletions",
    "ConvertsRequests",
    "Kind",
    "Messages",
    "OneMessage",
    "Parsed",
    "Reads",
    "Recovers",
    "Rendered",
    "Renders",
    "RendersConversations",
    "RendersSchemas",
    "Request",
    "Sampled",
    "Schema",
    "Streams",
]

Message: TypeAlias = Mapping[str, object]


class OneMessage(TypedDict, total=False):
    """The input of `render`."""

    message: Message
    has_function_tools: bool


class Messages(TypedDict, total=False):
    """The input of the kinds that render a conversation; `next` is the role whose turn a prompt opens."""

    messages: Sequence[Message]
    auto_drop_analysis: bool
    next: str
    purpose: str


class Schema(TypedDict, total=False):
    """The input of `schema_text`."""

    parameters: Mapping[str, object] | None
    name: str
    description: str


class Rendered(TypedDict, total=False):
    """What was rendered: its tokens or its text, or both."""

    tokens: Sequence[int]
    text: str


class Completion(TypedDict, total=False):
    """The input of `read` and `recover`: tokens, or text with special tokens spelled out; the role before it."""

    tokens: Sequence[int]
    text: str
    role: str | None
    strict: bool


class Parsed(TypedDict, total=False):
    """What was parsed; the names of faults and the open turn are compared if they are given."""

    messages: Sequence[Message]
    recoveries: Sequence[str]
    open_turn: str | None


class Request(TypedDict, total=False):
    """The input of the conversions of requests."""

    request: Mapping[str, object]
    options: Mapping[str, object]


class Converted(TypedDict, total=False):
    """What a request became: its messages, the tokens of its prompt, the text of it, or the number of its tokens."""

    messages: Sequence[Message]
    tokens: Sequence[int]
    text: str
    count: int


class Sampled(TypedDict, total=False):
    """The input of the conversions of completions, whole or in steps."""

    tokens: Sequence[int]
    text: str
    steps: Sequence[object]
    prompt: str
    options: Mapping[str, object]
    finish: str
    fail: Mapping[str, str]
    incomplete: bool


class Renders(Protocol):
    """Renders one message: `render`."""

    def render(self, input: OneMessage) -> Rendered: ...


class RendersConversations(Protocol):
    """Renders conversations: `render_conversation`, and others with the same form."""

    def render_conversation(self, input: Messages) -> Rendered: ...
    def render_for_completion(self, input: Messages) -> Rendered: ...
    def render_for_training(self, input: Messages) -> Rendered: ...
    def render_hf(self, input: Messages) -> Rendered: ...
    def render_oss(self, input: Messages) -> Rendered: ...
    def render_model(self, input: Messages) -> Rendered: ...


class RendersSchemas(Protocol):
    """Writes the JSON Schema of a tool: `schema_text`."""

    def schema_text(self, input: Schema) -> Rendered: ...


class Reads(Protocol):
    """Parses what is well-formed, and refuses what is not: `read`."""

    def read(self, input: Completion) -> Parsed: ...


class Recovers(Protocol):
    """Parses whatever a model wrote: `recover`."""

    def recover(self, input: Completion) -> Parsed: ...


class ConvertsRequests(Protocol):
    """Converts requests of APIs: `chat_in`, `responses_in`, `anthropic_in`."""

    def chat_in(self, input: Request) -> Converted: ...
    def responses_in(self, input: Request) -> Converted: ...
    def anthropic_in(self, input: Request) -> Converted: ...


class ConvertsCompletions(Protocol):
    """Converts completions to the answers of APIs: `chat_out`, `responses_out`, `anthropic_out`."""

    def chat_out(self, input: Sampled) -> Mapping[str, object]: ...
    def responses_out(self, input: Sampled) -> Mapping[str, object]: ...
    def anthropic_out(self, input: Sampled) -> Mapping[str, object]: ...


class Streams(Protocol):
    """Converts steps of completions to the events of APIs: `chat_stream`, `responses_stream`, `anthropic_stream`."""

    def chat_stream(self, input: Sampled) -> Mapping[str, object]: ...
    def responses_stream(self, input: Sampled) -> Mapping[str, object]: ...
    def anthropic_stream(self, input: Sampled) -> Mapping[str, object]: ...


class Kind(NamedTuple):
    """A kind of rows.

    Attributes:
        name: its name, and that of the method of an adapter.
        about: what it asks.
        enough: the keys that an answer needs, in one of several ways; further keys are compared if they are given.
        free: whether ids are compared by their order alone, and null is the same as an absent key.

    Example:
        >>> KINDS["read"].enough
        (('messages',),)
    """

    name: str
    about: str
    enough: tuple[tuple[str, ...], ...]
    free: bool = False


_WRITTEN = (("tokens",), ("text",))
_READ = (("messages",),)
_ASKED = (("messages",), ("tokens",), ("text",), ("count",))

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("render", "one message as tokens", _WRITTEN),
        Kind("render_conversation", "a conversation as tokens", _WRITTEN),
        Kind("render_for_completion", "the prompt for a conversation", _WRITTEN),
        Kind("render_for_training", "a conversation to train on", _WRITTEN),
        Kind("render_hf", "a conversation as the Hugging Face chat template renders it", _WRITTEN),
        Kind("render_oss", "a conversation as oss-harmony renders it", _WRITTEN),
        Kind("render_model", "a conversation as the models write it", _WRITTEN),
        Kind("schema_text", "the schema of a tool as text", (("text",),)),
        Kind("read", "the messages of a completion, or a refusal", _READ),
        Kind("recover", "the messages of a malformed completion", _READ),
        Kind("chat_in", "a request to Chat Completions as messages or as a prompt", _ASKED),
        Kind("chat_out", "a completion as a choice of Chat Completions", (("message",),), True),
        Kind("chat_stream", "steps of a completion as deltas of Chat Completions", (("events",),), True),
        Kind("responses_in", "a request to the Responses API as messages or as a prompt", _ASKED),
        Kind("responses_out", "a completion as items of the Responses API", (("output",),), True),
        Kind("responses_stream", "steps of a completion as events of the Responses API", (("events",),), True),
        Kind("anthropic_in", "a request to the Messages API as messages or as a prompt", _ASKED),
        Kind("anthropic_out", "a completion as blocks of the Messages API", (("content", "stop_reason"),), True),
        Kind("anthropic_stream", "steps of a completion as events of the Messages API", (("events",),), True),
    )
}
"""The kinds by name."""
