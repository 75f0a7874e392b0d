"""Aliases for names of function tools that a model would misread; docs/tool-schemas.md explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ._arguments import expect, listed, messages_of
from ._generated.contents import Content
from ._generated.framing import FRAMING
from ._generated.messages import Author, Message
from ._runtime.types.aliases import aliases_of, is_usual
from ._runtime.types.plain_text import plain

if TYPE_CHECKING:
    from ._generated.messages import Conversation

__all__ = ["ToolNames"]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class _Tool(_Named, Protocol):
    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Any: ...


_T = TypeVar("_T", bound=_Tool)

_RESERVED = frozenset(
    {*FRAMING.reserved_names, *FRAMING.namespaces, FRAMING.function_namespace, *FRAMING.roles, *FRAMING.channels}
)
_NAMESPACE = FRAMING.function_namespace
_PREFIX = _NAMESPACE + FRAMING.tool_word_holds if _NAMESPACE else ""


class ToolNames:
    """Aliases for names of function tools, and the way back.

    A name needs an alias if a header cannot hold it (white space, markers, dots), if the OpenAI API refuses it (other
    characters than ASCII letters, digits, `_` and `-`, or more than 64 of them), or if a model takes it for something
    else: a built-in tool, a role, a channel. All other names stay. Aliases do not depend on the order of the tools.

    Args:
        tools: the names of all function tools of a conversation, or the tools.

    Raises:
        TypeError: a tool has no name, or its name is not text.

    Example:
        >>> names = ToolNames(["python", "get weather", "search"])
        >>> names.aliases["python"], names.aliases["get weather"]
        ('python_tool', 'get_weather')
        >>> names.alias("search"), names.original("python_tool")
        ('search', 'python')
    """

    def __init__(self, tools: Iterable[str | _Named]) -> None:
        given = listed(tools, "tools", "several names or tools")
        names = [_name_of(tool, f"tools[{index}]") for index, tool in enumerate(given)]
        self._aliases = aliases_of(names, _RESERVED, FRAMING.alias)
        self._originals = {alias: name for name, alias in self._aliases.items()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._aliases!r})"

    @property
    def aliases(self) -> Mapping[str, str]:
        """The aliases by name, of those names only that are changed."""
        return MappingProxyType(self._aliases)

    def alias(self, name: str) -> str:
        """Return the name that the model is to see. An alias, and a name that needs none, stay.

        Raises:
            TypeError: the name is not text.
            ValueError: the name needs an alias, but was not among the names of the tools.
        """
        expect(name, str, "name")
        if name in self._aliases:
            return self._aliases[name]
        if not is_usual(name, _RESERVED):
            raise ValueError(f"no alias for {name!r}: it is not among the names that were given to ToolNames")
        return name

    def original(self, alias: str) -> str:
        """Return the name of a tool, given its alias, with or without the namespace. An unknown alias stays."""
        expect(alias, str, "alias")
        name = alias if alias in self._originals else alias.removeprefix(_PREFIX)
        return self._originals.get(name, name)

    def tools(self, tools: Iterable[_T]) -> list[_T]:
        """Return the tools, those with an alias as renamed copies.

        Raises:
            TypeError: an item is not a tool.
            ValueError: the name of a tool needs an alias, but was not among the names.
        """
        return _renamed_tools(listed(tools, "tools", "several tools"), self.alias, "tools")

    def conversation(self, conversation: Conversation) -> Conversation:
        """Return a copy of a conversation with aliases: in recipients, in authors, and in the tools that it declares.

        Recipients and authors that are not among the names stay: a model may have made them up.

        Raises:
            TypeError: the author or the content of a message is of the wrong type; the error names its place.
            ValueError: the name of a declared tool needs an alias, but was not among the names; the error names its
                place.
        """
        messages = _renamed(messages_of(conversation), self._alias_or_same, self.alias)
        return conversation.model_copy(update={"messages": messages})

    def restore(self, messages: Iterable[Message]) -> list[Message]:
        """Return messages with the names of the tools in place of their aliases; the reverse of `conversation`."""
        given = listed(messages, "messages", "several messages")
        return _renamed(given, self._original_or_same, self._original_or_same)

    def _alias_or_same(self, name: str) -> str:
        return self._aliases.get(name, name)

    def _original_or_same(self, alias: str) -> str:
        return self._originals.get(alias, alias)


def _name_of(tool: object, place: str) -> str:
    name = tool if isinstance(tool, str) else getattr(tool, "name", None)
    if isinstance(name, str):
        return plain(name)
    raise _wrong_tool(tool, "a name, or a tool with a name", place)


def _wrong_tool(tool: object, expected: str, place: str) -> TypeError:
    hint = "; ToolDescription.from_openai makes a tool of it" if isinstance(tool, Mapping) else ""
    return TypeError(f"{place}: expected {expected}, not {type(tool).__name__}{hint}")


_Rename = Callable[[str], str]


def _renamed(messages: Iterable[Message], address: _Rename, declared: _Rename) -> list[Message]:
    """Return messages with other names in recipients and authors, and in the tools that they declare."""
    return [
        _renamed_message(message, address, declared, f"messages[{index}]") for index, message in enumerate(messages)
    ]


def _renamed_message(message: Message, address: _Rename, declared: _Rename, place: str) -> Message:
    expect(message, Message, place)
    update: dict[str, object] = {}
    recipient = getattr(message, FRAMING.recipient, None)
    if (renamed := _renamed_address(recipient, address)) != recipient:
        update[FRAMING.recipient] = renamed
    author = message.author
    expect(author, Author, f"{place}.author")
    if (name := _renamed_address(author.name, address)) != author.name:
        update["author"] = author.model_copy(update={"name": name})
    given = listed(message.content, f"{place}.content", "a list of contents")
    contents = [_renamed_content(content, declared, f"{place}.content[{index}]") for index, content in enumerate(given)]
    if any(made is not content for made, content in zip(contents, given, strict=True)):
        update["content"] = contents
    return message.model_copy(update=update) if update else message


def _renamed_address(address: object, rename: _Rename) -> object:
    """Return a recipient, or the name of an author, with the name of its function changed."""
    if not _PREFIX or not isinstance(address, str) or not address.startswith(_PREFIX):
        return address
    return _PREFIX + rename(plain(address).removeprefix(_PREFIX))


def _renamed_content(content: Content, rename: _Rename, place: str) -> Content:
    """Return a content whose function tools are renamed; the same object if there are none to rename."""
    expect(content, Content, place)
    update: dict[str, object] = {}
    for field, value in vars(content).items():
        for key, namespace in value.items() if isinstance(value, dict) else ():
            if not _NAMESPACE or getattr(namespace, "name", None) != _NAMESPACE:
                continue
            at = f"{place}.{field}[{key!r}].tools"
            given = listed(namespace.tools, at, "a list of tools")
            tools = _renamed_tools(given, rename, at)
            if tools != given:
                update[field] = {**value, key: namespace.model_copy(update={"tools": tools})}
    return content.model_copy(update=update) if update else content


def _renamed_tools(tools: list[_T], rename: _Rename, place: str) -> list[_T]:
    made = []
    for index, tool in enumerate(tools):
        at = f"{place}[{index}]"
        if isinstance(tool, str) or not hasattr(tool, "model_copy"):
            raise _wrong_tool(tool, "a tool", at)
        name = _placed(rename, _name_of(tool, at), f"{at}.name")
        made.append(tool if name == tool.name else tool.model_copy(update={"name": name}))
    return made


def _placed(rename: _Rename, name: str, place: str) -> str:
    try:
        return rename(name)
    except ValueError as problem:
        raise ValueError(f"{place}: {problem}") from None
