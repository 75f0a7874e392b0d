# Generated from spec/{contents,messages,roles}
# by codegen/templates/messages.py.jinja; edit those and run `make generate`.
"""Authors, messages and conversations, with their dictionary and JSON forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._runtime.locks import loading
from .._runtime.types.dictionary_form import as_text, entry, members, of_text
from .._runtime.types.late_fields import field
from .._runtime.types.modelling import DataType, datatype, empty_list
from .contents import Content, TextContent, make_text
from .enumerations import Role, RoleWord

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._runtime.types.typed import JsonDict, JsonValue

__all__ = ["Author", "Conversation", "Message", "make_author", "make_message"]

_MESSAGE_KEYS = ("role", "name", "content", "channel", "recipient", "content_type")
_CONVERSATION_KEYS = ("messages",)
_new = object.__new__


@datatype
class Author(DataType):
    """The writer of a message: a role and, optionally, a name.

    Example:
        >>> Author.new("user", "bob").name
        'bob'
    """

    role: Role
    name: str | None = None

    if TYPE_CHECKING:  # accepts more than the field's type: a string becomes a role

        def __init__(self, role: Role | RoleWord, name: str | None = None) -> None: ...

    @classmethod
    def new(cls, role: Role | RoleWord, name: str) -> Self:
        """Create an author; equivalent to the constructor."""
        return cls(role=role, name=name)


@datatype
class Message(DataType):
    """A message: its author, its contents, and the fields of its header.

    Example:
        >>> message = Message.from_role_and_content("user", "Hello")
        >>> message.text
        'Hello'
        >>> Message.from_dict(message.to_dict()) == message
        True
    """

    author: Author
    content: list[Content] = field(default_factory=empty_list)
    channel: str | None = None
    """The channel of the message."""
    recipient: str | None = None
    """The addressee of the message; in a tool call of the assistant, the name of the tool."""
    content_type: str | None = None
    """The data type of the content, such as `json`, `code` or `<|constrain|>json`."""

    if TYPE_CHECKING:  # accepts more than the field's type: a sequence becomes a list

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
        """The role of the author."""
        return self.author.role

    @property
    def text(self) -> str:
        """The joined texts of all TextContent items; empty if there are none. Read-only."""
        return "".join([item.text for item in self.content if isinstance(item, TextContent)])

    @classmethod
    def from_author_and_content(cls, author: Author, content: str | Content) -> Self:
        """Create a message with one content; a string becomes a TextContent."""
        return cls._of(author, [_as_content(content)])

    @classmethod
    def from_role_and_content(cls, role: Role | RoleWord, content: str | Content) -> Self:
        """Create a message with one content and an author without a name."""
        return cls._of(_nameless(role), [_as_content(content)])

    @classmethod
    def from_role_and_contents(cls, role: Role | RoleWord, contents: Sequence[Content]) -> Self:
        """Create a message with several contents and an author without a name."""
        return cls._of(_nameless(role), list(contents))

    @classmethod
    def _of(cls, author: Author, content: list[Content]) -> Self:
        """Create a message; skip the validation of values that are known to be valid.

        A short program thereby need not build a pydantic validator.
        """
        checked = cls is Message and type(author) is Author
        for item in content:
            checked = checked and isinstance(item, Content)
        if not checked:
            return cls(author=author, content=content)
        return make_message(author, content)  # type: ignore[return-value]

    def adding_content(self, content: str | Content) -> Self:
        """Append a content; return the message."""
        self.content.append(_as_content(content))
        return self

    def with_channel(self, channel: str | None) -> Self:
        """Set `channel` without validation; return the message."""
        self.channel = channel
        return self

    def with_recipient(self, recipient: str | None) -> Self:
        """Set `recipient` without validation; return the message."""
        self.recipient = recipient
        return self

    def with_content_type(self, content_type: str | None) -> Self:
        """Set `content_type` without validation; return the message."""
        self.content_type = content_type
        return self

    def to_dict(self) -> JsonDict:
        """Return the dictionary form: author, content, and the header fields that are not None."""
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
        """Return the dictionary form as JSON text."""
        return as_text(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Create a message from its dictionary form.

        The content may be a string. Unknown keys are ignored.

        Raises:
            ValueError: A key is missing, or a value is invalid.
        """
        role = Role(entry(data, "role", _MESSAGE_KEYS))
        content = entry(data, "content", _MESSAGE_KEYS)
        given: Mapping[str, Any] = data  # only the author is validated
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
        """Create a message from JSON text; raises as `from_dict` does."""
        return cls.from_dict(of_text(payload))


@datatype
class Conversation(DataType):
    """A sequence of messages.

    Example:
        >>> message = Message.from_role_and_content("user", "Hello")
        >>> conversation = Conversation.from_messages([message])
        >>> [message.text for message in conversation]
        ['Hello']
    """

    messages: list[Message] = field(default_factory=empty_list)

    if TYPE_CHECKING:  # accepts more than the field's type: a sequence becomes a list

        def __init__(self, messages: Sequence[Message] = ...) -> None: ...

    @classmethod
    def from_messages(cls, messages: Sequence[Message]) -> Self:
        """Create a conversation of these messages."""
        listed = list(messages)
        if cls is not Conversation or not _MESSAGES.issuperset(map(type, listed)):
            return cls(messages=listed)
        made = _new(cls)
        made.__dict__["messages"] = listed
        return made

    def __iter__(self) -> Iterator[Message]:  # type: ignore[override]  # no pairs, unlike the base
        return iter(self.messages)

    def _repr_html_(self) -> str:
        """Return the messages as notebooks show them."""
        with loading():
            from .._runtime.showing.fragments import messages_html

        return messages_html(self.messages)

    def to_dict(self) -> JsonDict:
        """Return the dictionary form."""
        return {"messages": [message.to_dict() for message in self.messages]}

    def to_json(self) -> str:
        """Return the dictionary form as JSON text."""
        return as_text(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Create a conversation from its dictionary form; raises as `Message.from_dict` does."""
        messages = entry(data, "messages", _CONVERSATION_KEYS)
        return cls(messages=members(messages, "messages", "a list of messages", Message.from_dict))

    @classmethod
    def from_json(cls, payload: str | bytes) -> Self:
        """Create a conversation from JSON text; raises as `from_dict` does."""
        return cls.from_dict(of_text(payload))


_MESSAGES = frozenset({Message})


def make_author(role: Role, name: str | None) -> Author:
    """Create an author without validation."""
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
    """Create a message without validation."""
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
