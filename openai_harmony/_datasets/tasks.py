"""What is made of rows: rendering or parsing, with its options. A task can be pickled, and written as JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal, TypeAlias, get_args

from .._conversations import FORMS, Form
from .._dialects.options import PromptOptions
from .._generated.encodings import ENCODINGS
from .._generated.enumerations import SAMPLED_ROLE, Role
from .._loss_masks import PolicyName
from ..encoding import HarmonyEncoding, load_harmony_encoding
from ..options import RenderConversationConfig

__all__ = ["ParseTask", "Purpose", "RenderTask", "Task"]

Purpose: TypeAlias = Literal["completion", "training", "nothing"]
"""What follows a rendered conversation: a completion, training, or nothing."""

RenderColumn: TypeAlias = Literal[
    "tokens", "loss_mask", "labels", "message_indices", "parts", "sampled", "is_content", "text"
]
ParseColumn: TypeAlias = Literal["messages", "recoveries", "complete"]
Completion: TypeAlias = Literal["tokens", "text"]
"""What a completion is given as: ids of tokens, or text in which special tokens are spelled out."""

DEFAULT_ENCODING = next(iter(ENCODINGS))
TRAINING: tuple[RenderColumn, ...] = ("tokens", "loss_mask", "message_indices", "parts")


@dataclass(frozen=True)
class RenderTask:
    """Rendering conversations, or requests of APIs. docs/datasets.md describes the columns.

    Attributes:
        purpose: "completion", a prompt; "training", with the stop token that a model should sample; or "nothing".
        form: what the rows hold. If None, that of a column `conversation` is this package's JSON, that of a column
            `messages` a chat, that of `input` a request of the Responses API.
        column: the column with the conversation, or with the messages of a request.
        columns: the new columns; by default `tokens`, and for training also the loss mask, messages and parts.
        prefix: what the names of the new columns begin with.
        encoding: the name of the encoding.
        config: how conversations are rendered.
        options: for requests of APIs, the arguments of `chat.conversation_from_request`.
        policy: the messages to train on, as in `Rendered.loss_mask`; so are the following.
        on: the channels to train on.
        calls: whether to train on tool calls.
        stop: whether to train on stop tokens.

    Example:
        table = render_table(table, RenderTask("training", columns=("tokens", "labels")))
    """

    purpose: Purpose = "completion"
    form: Form | None = None
    column: str | None = None
    columns: tuple[RenderColumn, ...] | None = None
    prefix: str = ""
    encoding: str = DEFAULT_ENCODING
    config: RenderConversationConfig = field(default_factory=RenderConversationConfig)
    options: PromptOptions = field(default_factory=PromptOptions)
    policy: PolicyName = "last_assistant_turn"
    on: tuple[str | None, ...] | None = None
    calls: bool = True
    stop: bool = True

    def __post_init__(self) -> None:
        _one_of(self.purpose, "purpose", get_args(Purpose))
        _one_of(self.form, "form", (None, *FORMS))
        _one_of(self.policy, "policy", get_args(PolicyName))
        _some_of(self.columns, get_args(RenderColumn))
        load_harmony_encoding(self.encoding)

    @property
    def made(self) -> tuple[RenderColumn, ...]:
        """The new columns, without the prefix."""
        if self.columns is not None:
            return self.columns
        return TRAINING if self.purpose == "training" else TRAINING[:1]

    def as_json(self) -> dict[str, object]:
        """Return the options as JSON values, by which an interrupted job is compared with the one that goes on."""
        return _as_json("render", asdict(self))


@dataclass(frozen=True)
class ParseTask:
    """Parsing completions. docs/datasets.md describes the columns.

    Attributes:
        form: "tokens" or "text". If None, that of a column `tokens` is tokens, and that of `text` or `completion` is
            what it holds.
        column: the column with the completion.
        columns: the new columns; by default all.
        prefix: what the names of the new columns begin with.
        encoding: the name of the encoding.
        role: the role whose turn the prompt opened; None if the completions begin with the start of a message.
        strictness: "recover", "default" or "pedantic"; docs/recovery.md explains these modes. By default, faults are
            corrected, in formats that say how.

    Example:
        table = parse_table(table, ParseTask(column="sampled", prefix="parsed_"))
    """

    form: Completion | None = None
    column: str | None = None
    columns: tuple[ParseColumn, ...] | None = None
    prefix: str = ""
    encoding: str = DEFAULT_ENCODING
    role: str | None = SAMPLED_ROLE
    strictness: Literal["recover", "default", "pedantic"] | None = None

    def __post_init__(self) -> None:
        _one_of(self.form, "form", (None, *get_args(Completion)))
        _one_of(self.strictness, "strictness", (None, "recover", "default", "pedantic"))
        _some_of(self.columns, get_args(ParseColumn))
        load_harmony_encoding(self.encoding)
        if self.role is not None:
            object.__setattr__(self, "role", Role(self.role).value)

    @property
    def made(self) -> tuple[ParseColumn, ...]:
        """The new columns, without the prefix."""
        return get_args(ParseColumn) if self.columns is None else self.columns

    def as_json(self) -> dict[str, object]:
        """Return the options as JSON values; see `RenderTask.as_json`."""
        return _as_json("parse", asdict(self))


Task: TypeAlias = RenderTask | ParseTask


def encoding_of(task: Task) -> HarmonyEncoding:
    """Return the encoding of a task, which each process loads once."""
    return load_harmony_encoding(task.encoding)


def _one_of(value: object, name: str, known: Collection[object]) -> None:
    if value not in known:
        raise ValueError(f"argument '{name}': {value!r} is not one of {', '.join(map(repr, known))}")


def _some_of(columns: object, known: Collection[object]) -> None:
    if columns is None:
        return
    if not isinstance(columns, tuple) or not columns:
        raise TypeError("argument 'columns': expected a tuple of names")
    for column in columns:
        _one_of(column, "columns", known)
    if len({*columns}) < len(columns):
        raise ValueError("argument 'columns': a name comes twice")


def _as_json(kind: str, options: Mapping[str, object]) -> dict[str, object]:
    return {"made": kind, **{name: _plain(value) for name, value in options.items()}}


def _plain(value: object) -> object:
    """Return an option as a JSON value."""
    if isinstance(value, RenderConversationConfig):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    dumped = getattr(value, "to_dict", None)
    return value if dumped is None else dumped()
