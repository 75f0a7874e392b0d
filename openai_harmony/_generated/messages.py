# Generated from spec/{contents,messages}
# by codegen/templates/messages.py.jinja; edit those and run `make generate`.
"""Messages and conversations: what is written as a message, and read back as one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from pydantic.dataclasses import dataclass

from .._runtime.types.dictionary_form import entry, members
from .._runtime.types.modelling import CONFIG, DataType, empty_list
from .contents import Content, TextContent, make_text
from .enumerations import Role, RoleWord

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._runtime.types.typed import JsonDict, JsonValue

__all__ = ["Author", "Conversation", "Message", "make_author", "make_message"]

_MESSAGE_KEYS = ("role", "name", "content", "channel", "recipient", "content_type")
_CONVERSATION_KEYS = ("messages",)
_new = object.__new__


@dataclass(config=CONFIG)
class Author(DataType):
    """Who wrote a message."""

    role: Role
    name: str | None = None

    if TYPE_CHECKING:  # more than the fields hold: a word becomes a role

        def __init__(self, role: Role | RoleWord, name: str | None = None) -> None: ...

    @classmethod
    def new(cls, role: Role | RoleWord, name: str) -> Self:
        """The same as the constructor."""
        return cls(role=role, name=name)


@dataclass(config=CONFIG)
class Message(DataType):
    """One message: its author, what it holds, and the fields of its header."""

    author: Author
    content: list[Content] = field(default_factory=empty_list)
    channel: str | None = None
    """The channel of the message."""
    recipient: str | None = None
    """The addressee of the message; in a tool call of the assistant, the name of the tool."""
    content_type: str | None = None
    """The data type of the content, such as `json`, `code` or `<|constrain|>json`."""

    if TYPE_CHECKING:  # more than the fields hold: contents become a list

        def __init__(
            self,
            author: Author,
            content: Sequence[Content] = ...,
            channel: str | None = None,
            recipient: str | None = None,
            content_type: str | None = None,
        ) -> None: ...

    @property
    def role(self) -> Role:
        """The author's role."""
        return self.author.role

    @property
    def text(self) -> str:
        """The text of its TextContent, joined; empty without any. No field: it cannot be set."""
        return "".join([item.text for item in self.content if isinstance(item, TextContent)])

    @classmethod
    def from_author_and_content(cls, author: Author, content: str | Content) -> Self:
        """A message with one content; a string stands for TextContent."""
        return cls._of(author, [_as_content(content)])

    @classmethod
    def from_role_and_content(cls, role: Role | RoleWord, content: str | Content) -> Self:
        """A message with one content, of an author without a name."""
        return cls._of(_nameless(role), [_as_content(content)])

    @classmethod
    def from_role_and_contents(cls, role: Role | RoleWord, contents: Sequence[Content]) -> Self:
        """A message of an author without a name."""
        return cls._of(_nameless(role), list(contents))

    @classmethod
    def _of(cls, author: Author, content: list[Content]) -> Self:
        """Validated unless it is known to be valid: a short program need not build a validator."""
        checked = cls is Message and type(author) is Author
        if not checked or not all(isinstance(item, Content) for item in content):
            return cls(author=author, content=content)
        return make_message(author, content)  # type: ignore[return-value]

    def adding_content(self, content: str | Content) -> Self:
        """Append a content."""
        self.content.append(_as_content(content))
        return self

    def with_channel(self, channel: str | None) -> Self:
        """Set the field, unvalidated."""
        self.channel = channel
        return self

    def with_recipient(self, recipient: str | None) -> Self:
        """Set the field, unvalidated."""
        self.recipient = recipient
        return self

    def with_content_type(self, content_type: str | None) -> Self:
        """Set the field, unvalidated."""
        self.content_type = content_type
        return self

    def to_dict(self) -> JsonDict:
        """The dictionary form: author and content, and the header's fields that are set."""
        author = self.author
        content: list[JsonValue] = [item.to_dict() for item in self.content]
        form: JsonDict = {"role": author.role, "name": author.name, "content": content}
        if self.channel is not None:
            form["channel"] = self.channel
        if self.recipient is not None:
            form["recipient"] = self.recipient
        if self.content_type is not None:
            form["content_type"] = self.content_type
        return form

    def to_json(self) -> str:
        """The dictionary form as JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """The reverse of `to_dict`; content may be a string, further keys are ignored."""
        role = Role(entry(data, "role", _MESSAGE_KEYS))
        content = entry(data, "content", _MESSAGE_KEYS)
        given: Mapping[str, Any] = data  # the author is validated, the rest is not
        author = Author(role=role, name=given.get("name"))
        if isinstance(content, str):
            made = cls.from_author_and_content(author, content)
        else:
            contents = members(content, "content", "text or a list of contents", Content.from_dict)
            made = cls(author=author, content=contents)
        made.channel = given.get("channel")
        made.recipient = given.get("recipient")
        made.content_type = given.get("content_type")
        return made

    @classmethod
    def from_json(cls, payload: str | bytes) -> Self:
        """The reverse of `to_json`."""
        return cls.from_dict(json.loads(payload))


@dataclass(config=CONFIG)
class Conversation(DataType):
    """Messages in their order."""

    messages: list[Message] = field(default_factory=empty_list)

    if TYPE_CHECKING:  # more than the field holds: messages become a list

        def __init__(self, messages: Sequence[Message] = ...) -> None: ...

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Self:
        """A conversation of these messages."""
        listed = list(messages)
        if cls is not Conversation or not _MESSAGES.issuperset(map(type, listed)):
            return cls(messages=listed)
        made = _new(cls)
        made.__dict__["messages"] = listed
        return made

    def __iter__(self) -> Iterator[Message]:  # type: ignore[override]  # the others have pairs
        return iter(self.messages)

    def to_dict(self) -> JsonDict:
        """The dictionary form."""
        return {"messages": [message.to_dict() for message in self.messages]}

    def to_json(self) -> str:
        """The dictionary form as JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """The reverse of `to_dict`."""
        messages = entry(data, "messages", _CONVERSATION_KEYS)
        return cls(messages=members(messages, "messages", "a list of messages", Message.from_dict))

    @classmethod
    def from_json(cls, payload: str | bytes) -> Self:
        """The reverse of `to_json`."""
        return cls.from_dict(json.loads(payload))


_MESSAGES = frozenset({Message})


def make_author(role: Role, name: str | None) -> Author:
    """An author, unvalidated."""
    made = _new(Author)
    values = made.__dict__
    values["role"] = role
    values["name"] = name
    return made


def make_message(
    author: Author,
    content: list[Content],
    channel: str | None = None,
    recipient: str | None = None,
    content_type: str | None = None,
) -> Message:
    """A message, unvalidated."""
    made = _new(Message)
    values = made.__dict__
    values["author"] = author
    values["content"] = content
    values["channel"] = channel
    values["recipient"] = recipient
    values["content_type"] = content_type
    return made


def _nameless(role: Role | RoleWord) -> Author:
    return make_author(role, None) if type(role) is Role else Author(role=role)


def _as_content(content: str | Content) -> Content:
    if type(content) is str:
        return make_text(content)
    return TextContent(text=content) if isinstance(content, str) else content
