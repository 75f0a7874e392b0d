"""Conversations in JSON: which form a value has, and what conversation it is. Reading files does not belong here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from pydantic import ValidationError

from ._dialects.words import SYSTEM
from ._generated.contents import Content, TextContent
from ._generated.messages import Conversation, Message
from ._generated.renderer import RULES
from ._runtime.locks import loading_own
from ._runtime.writing.history import in_turn
from .options import RenderConversationConfig

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._dialects.options import PromptOptions

__all__ = ["FORMS", "Form", "complaint", "config_for", "conversation_of", "form_of", "is_certain"]

Form: TypeAlias = Literal["conversation", "chat", "responses", "anthropic"]
"""The JSON of this package, or a request of the Chat Completions API, of the Responses API, or of Anthropic's."""

FORMS: tuple[Form, ...] = get_args(Form)

_MESSAGES, _INPUT, _ROLE, _NAME, _CONTENT, _TYPE = "messages", "input", "role", "name", "content", "type"
_FIELDS = frozenset(field.name for field in fields(Message)) - {_CONTENT}  # a chat has none of these


def form_of(value: object) -> Form | None:
    """Return the form of a value; None if it is no conversation.

    Requests of Anthropic without instructions for the system look like those of a chat.
    """
    if isinstance(value, Mapping):
        if _INPUT in value:
            return "responses"
        if _MESSAGES not in value:
            return None
        return "anthropic" if SYSTEM in value else _form_of_messages(value[_MESSAGES])
    is_list = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    return _form_of_messages(value) if is_list and _messages_in(value) else None


def is_certain(value: object) -> bool:
    """Return whether a value has one form alone: messages of a chat can be a conversation of this package, too."""
    if form_of(value) != "chat" or (isinstance(value, Mapping) and value.keys() - {_MESSAGES}):
        return True
    try:
        _own_conversation(value)
    except ValueError:
        return True
    return False


def _messages_in(value: object) -> list[Mapping[str, object]]:
    items = value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else ()
    return [item for item in items if isinstance(item, Mapping) and _ROLE in item]


def _form_of_messages(value: object) -> Form:
    messages = _messages_in(value)
    return "conversation" if any(map(_is_ours, messages)) else "chat"


def _is_ours(message: Mapping[str, object]) -> bool:
    """Return whether a message has what only the JSON of this package has: a header field, its name even if it is null,
    or a content of its own type."""
    content = message.get(_CONTENT)
    kinds = [part.get(_TYPE) for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    return (
        bool(message.keys() & _FIELDS)
        or (_NAME in message and message[_NAME] is None and isinstance(content, list))
        or any(isinstance(kind, str) and kind in _own_types() for kind in kinds)
    )


def _own_types() -> frozenset[str]:
    """Return the types of contents that no API has: those of all contents but texts."""
    return frozenset(Content._family.members) - {str(TextContent._tag)}


def conversation_of(
    value: object, form: Form, *, for_training: bool = False, **options: Unpack[PromptOptions]
) -> Conversation:
    """Return the conversation of a value.

    Args:
        value: the JSON value: an object, or the list of its messages or of its input items.
        form: the form of the value.
        for_training: whether the reasoning of the last turn of a request is kept, since a model is to learn it; a
            prompt would omit it if the turn has ended.
        **options: for requests of APIs, as in `chat.conversation_from_request`.

    Raises:
        ValueError: the value is none of this form; the message names the place.
    """
    if form == "conversation":
        return _own_conversation(value)
    key = _INPUT if form == "responses" else _MESSAGES
    request = value if isinstance(value, Mapping) else {key: value}
    module = import_module(f".{form}", __package__)
    if not for_training or options.get("analysis") == "keep":
        conversation: Conversation = module.conversation_from_request(request, **options)
        return conversation
    return _with_last_turn(module.conversation_from_request(request, **{**options, "analysis": "keep"}))


def _with_last_turn(conversation: Conversation) -> Conversation:
    """Return a conversation without the reasoning that the prompt of its last turn would omit."""
    with loading_own():
        from ._dialects.history import without_old_reasoning
        from ._dialects.making import dialects

    messages = conversation.messages
    start = next((n for n in range(len(messages), 0, -1) if not in_turn(messages[n - 1], RULES.history)), 0)
    before = without_old_reasoning(messages[:start], "finished_turns", dialects())
    return Conversation.from_messages([*before, *messages[start:]])


def _own_conversation(value: object) -> Conversation:
    messages = value[_MESSAGES] if isinstance(value, Mapping) and _MESSAGES in value else value
    if not isinstance(messages, Sequence) or isinstance(messages, (str, bytes)):
        raise ValueError(f"{_MESSAGES}: expected a list of messages, not {type(messages).__name__}")
    found = []
    for index, message in enumerate(messages):
        try:
            found.append(Message.from_dict(message))
        except (ValueError, LookupError, TypeError) as error:
            raise ValueError(f"{_MESSAGES}[{index}]: {complaint(error)}") from None
    return Conversation.from_messages(found)


def complaint(error: Exception) -> str:
    """Return what an exception says, in one line."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        return f"{place}: {first['msg']}" if place else first["msg"]
    return " ".join(str(error).split()) or type(error).__name__


def config_for(form: Form, config: RenderConversationConfig) -> RenderConversationConfig:
    """Return the options for rendering: what a conversion of a request has left out is not to be left out again."""
    return config if form == "conversation" else config.model_copy(update={"auto_drop_analysis": False})
