"""What a message of the model is to a client, by its header: reasoning, an answer, a preamble, or a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from .._generated.dialects import DIALECTS
from .._generated.enumerations import SAMPLED_ROLE
from .._generated.framing import FRAMING
from ..errors import ConversionError
from .making import ANSWER, BUILTIN_CALL, CALL, FUNCTION_PREFIX, PREAMBLE, REASONING, dialects
from .tools import is_builtin

if TYPE_CHECKING:
    from .._generated.contents import Content
    from .._generated.messages import Author, Message
    from .tools import Declared

__all__ = [
    "BLOCKS",
    "NOTHING",
    "Header",
    "Heading",
    "Reading",
    "Undeclared",
    "channel_of",
    "is_reasoning",
    "recipient_of",
]

Undeclared: TypeAlias = Literal["call", "drop", "error"]
"""What becomes of a call of a tool that is neither a function nor declared: a call all the same, nothing, an error."""

# Whether the parts of a message are contents of it, read when it is complete, so that its header does not tell them.
BLOCKS = DIALECTS is not None and any(part.content is not None for part in DIALECTS.assistant.values())

_PARTS = {} if DIALECTS is None else DIALECTS.assistant
_NO_TOOL = frozenset({*FRAMING.roles, *([DIALECTS.unaddressed] if DIALECTS is not None else [])})
_SHOWN = FRAMING.channels - FRAMING.hidden


class Header(Protocol):
    """The members of a message, or of the event of its header, that say what it is; a format may have fewer fields."""

    @property
    def author(self) -> Author: ...


class Heading(NamedTuple):
    """What a message is to a client.

    Attributes:
        part: one of the parts of a message of the assistant; empty for what is nothing to a client.
        name: the name of the called tool as the request knows it, or the whole recipient.
        custom: whether the called tool is a custom tool.
    """

    part: str
    name: str = ""
    custom: bool = False

    @property
    def is_call(self) -> bool:
        """Whether it is the call of a tool."""
        return self.part in (CALL, BUILTIN_CALL)


NOTHING = Heading("")
_REASONING, _ANSWER, _PREAMBLE = Heading(REASONING), Heading(ANSWER), Heading(PREAMBLE)
# The channels that chat.yaml names for the texts that are shown; for any other, what it says of itself decides.
_TEXTS = {_PARTS[h.part].fields.get(FRAMING.channel): h for h in (_PREAMBLE, _ANSWER) if h.part in _PARTS}


class Reading:
    """Tells what messages are, given the tools of the request."""

    def __init__(self, tools: Declared, undeclared: Undeclared = "call") -> None:
        if undeclared not in ("call", "drop", "error"):
            raise ValueError(f"argument 'undeclared': {undeclared!r} is not 'call', 'drop' or 'error'")
        self._tools = tools
        self._undeclared = undeclared
        self._names = tools.names()
        aliases = {} if self._names is None else self._names.aliases
        self._declared = frozenset(aliases.get(name, name) for name in tools.functions)

    def heading(self, header: Header) -> Heading:
        """Return what a message with this header is.

        Raises:
            ConversionError: it calls an undeclared tool, and that is to be an error.
        """
        if header.author.role != SAMPLED_ROLE:
            return NOTHING
        recipient = _recipient_in(header)
        if recipient is not None and (recipient not in _NO_TOOL or recipient in self._declared):
            return self.call(recipient)
        channel = channel_of(header)
        if channel is None:
            return _ANSWER
        if channel not in _SHOWN:
            return _REASONING
        return _TEXTS.get(channel) or (_ANSWER if channel in dialects().ends_turn else _PREAMBLE)

    def call(self, recipient: str) -> Heading:
        """Return the call of a tool."""
        of_function = FUNCTION_PREFIX != "" and recipient.startswith(FUNCTION_PREFIX) and recipient != FUNCTION_PREFIX
        name = recipient.removeprefix(FUNCTION_PREFIX) if of_function else recipient
        built_in = not of_function and is_builtin(name, self._tools.builtins)  # before a function of the same name
        if of_function or (name in self._declared and not built_in):
            original = name if self._names is None else self._names.original(name)
            return Heading(CALL, original, original in self._tools.custom)
        if built_in:
            return Heading(BUILTIN_CALL, name)
        if is_builtin(name, self._tools.servers) or self._undeclared == "call":
            return Heading(CALL, name)
        if self._undeclared == "error":
            raise ConversionError(f"the model calls {name!r}, which is not among the tools", path="tools")
        return NOTHING

    def pieces(self, message: Message) -> Iterator[tuple[Heading, str]]:
        """Yield what a complete message is, with its texts."""
        if not BLOCKS:
            yield self.heading(message), message.text
        elif message.author.role == SAMPLED_ROLE:
            yield from filter(None, map(self._piece, message.content))

    def _piece(self, content: Content) -> tuple[Heading, str] | None:
        """Return what a content of a message is, with its text; None if it is empty plain text beside others."""
        for key, part in dialects().assistant.items():
            if part.content is not None and isinstance(content, part.content):
                heading = Heading(key) if part.function is None else self.call(getattr(content, part.function))
                return heading, getattr(content, part.text)
        text = getattr(content, "text", "")
        return (_ANSWER, text) if text else None


def is_reasoning(message: Message) -> bool:
    """Return whether a message is reasoning of the model on a channel that is not shown."""
    hidden = channel_of(message) in FRAMING.hidden
    return hidden and message.author.role == SAMPLED_ROLE and recipient_of(message) is None


def recipient_of(header: Header) -> str | None:
    """Return the tool that a message calls; None for none, as if it is addressed to the model or to a role."""
    recipient = _recipient_in(header)
    return None if recipient in _NO_TOOL else recipient


def _recipient_in(header: Header) -> str | None:
    """Return the recipient; None for none, as if its name is empty: nobody could answer such a call."""
    recipient: str | None = getattr(header, FRAMING.recipient, None) if FRAMING.recipient else None
    return recipient or None


def channel_of(header: Header) -> str | None:
    channel: str | None = getattr(header, FRAMING.channel, None) if FRAMING.channel else None
    return channel
