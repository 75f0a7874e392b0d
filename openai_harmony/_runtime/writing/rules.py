"""The shape of what rendering asks of a format; which format fills it in is not known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from ...errors import RenderError
from ..types.checking import Kind, Record, fault, quoted_words, wrong_type
from ..types.plain_text import plain
from .history import HistoryRule

__all__ = ["ContentRule", "Contents", "Exact", "Header", "Key", "Rules", "each", "enclosed", "plain"]

Header: TypeAlias = "tuple[Any, ...]"  # role, name, then the fields of a header in the order of their declaration

Key: TypeAlias = "tuple[Any, ...]"
# Gives bytes that stand for a value: never the same for two that differ, though they may be equal, as 1 and True are.
Exact: TypeAlias = "Callable[[object], bytes]"


def each(values: Any, value_of: Callable[[Any], object]) -> object:
    """The values of a list's members, or of a dictionary's with their names."""
    if isinstance(values, dict):
        return [(name, value_of(member)) for name, member in values.items()]
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"no list: {type(values).__name__}")
    return [value_of(member) for member in values]


def enclosed(text: str, end: str, field: str) -> str:
    """A field of a block, which reading ends where the text behind it begins.

    Raises:
        RenderError: the field holds that text, and would be cut short when it is read back.
    """
    if (text + end).index(end) < len(text):
        raise RenderError(f"{field} holds {end!r}, which ends it")
    return text


@dataclass(slots=True, eq=False, repr=False)  # read for every content: see HistoryRule
class ContentRule:
    """How one kind of content becomes text.

    Attributes:
        record: its class, and what its attributes may hold.
        tag: its name in the dictionary form.
        role: the only role that may carry it.
        text: the text, given whether the conversation declares function tools.
        key: its values as a tuple: text and words as they are, what holds nothing but these as tuples, all else as
            `exact` says it, and whether there are function tools if the text depends on that; None for plain text.
        asks_for_tools: the text depends on whether the conversation declares function tools.
        declares_tools: whether a content of this kind declares some.
        behind: the id in front of its text; such a content is the only one of its message.
        stop: the id that ends a message whose last content is of this kind, in place of the usual one.
        prints_tools: the text has a section of tools; `text` takes the function that writes it as `tools_text`.
    """

    record: Record
    tag: str
    role: str | None
    text: Callable[..., str]
    key: Callable[[Any, bool, Exact], Key] | None = None
    asks_for_tools: bool = False
    declares_tools: Callable[[Any], bool] | None = None
    behind: int | None = None
    stop: int | None = None
    prints_tools: bool = False

    def with_tools(self, mode: str, tools_text: Callable[..., str]) -> ContentRule:
        """The same, but another function writes the tools; the keys say so by the name of that mode."""
        key = self.key
        if not self.prints_tools or key is None:
            return self
        text = partial(self.text, tools_text=tools_text)
        return replace(self, text=text, key=lambda content, told, exact: (mode, *key(content, told, exact)))


class Contents:
    """The kinds of content; itself a kind, for the checks. `key` is where the dictionary form has the tag."""

    def __init__(self, key: str, *rules: ContentRule) -> None:
        self._key = key
        self._rules = rules
        self.by_class = {rule.record.cls: rule for rule in rules}

    def renumbered(self, own: Callable[[int | None], int | None]) -> Contents:
        """The same kinds where special tokens have other ids."""
        rules = (replace(rule, behind=own(rule.behind), stop=own(rule.stop)) for rule in self._rules)
        return Contents(self._key, *rules)

    def with_tools(self, mode: str, tools_text: Callable[..., str]) -> Contents:
        """The same contents, whose tools another function writes."""
        return Contents(self._key, *(rule.with_tools(mode, tools_text) for rule in self._rules))

    def __call__(self, value: Any, path: str) -> None:
        rule, content = self.rule_for(value, path)
        rule.record(content, path)

    def rule_for(self, content: Any, path: str = "") -> tuple[ContentRule, Any]:
        """The rule, and the content as its class; a caller's class may be a subclass, or have our dictionary form."""
        rule = self.by_class.get(type(content))
        if rule is not None:
            return rule, content
        for rule in self._rules:
            if isinstance(content, rule.record.cls):
                return rule, content
        return self._read(content, path)

    def _read(self, content: Any, path: str) -> tuple[ContentRule, Any]:
        if not hasattr(content, "to_dict"):
            expected = " or ".join(rule.record.cls.__name__ for rule in self._rules)
            raise wrong_type(content, f"a {expected}", path)
        data = content.to_dict()
        if self._key not in data:
            raise fault(f"missing field `{self._key}`", path)
        for rule in self._rules:
            if rule.tag == data[self._key]:
                fields = {field.name: data.get(field.name) for field in rule.record.fields}
                return rule, rule.record.cls(**fields)
        expected = quoted_words([rule.tag for rule in self._rules])
        raise fault(f"unknown variant `{data[self._key]}`, expected one of {expected}", path)


class Rules(NamedTuple):
    """All that rendering asks of a format.

    Attributes:
        plain: the class of content that has a way of its own, being the most frequent by far.
        plain_text: the text of such a content.
        header: the header of a message, as the key of its tokens.
        check: raises ValueError for a message that holds a value of the wrong kind.
        pieces: a checked header as special ids and texts, each of which is encoded on its own.
        stop: the id that ends a message with this header.
        training_stop: the id that a last message with this header keeps in training, if any.
        opening: the id in front of a role whose message is yet to come.
        begins: the id that a conversation begins with, if any.
        behind_role: ids and texts behind the role of a message that is yet to come.
        behind_stop: the text behind each stop token.
    """

    roles: tuple[str, ...]
    contents: Contents
    history: HistoryRule
    plain: type
    plain_text: Callable[[Any], Any]
    header: Callable[[Any], Header]
    check: Kind
    pieces: Callable[[Header], list[int | str]]
    stop: Callable[[Header], int]
    training_stop: Callable[[Header], int | None]
    opening: int
    begins: int | None = None
    behind_role: tuple[int | str, ...] = ()
    behind_stop: str = ""

    def renumbered(self, ids: Mapping[int, int]) -> Rules:
        """The same rules where special tokens have other ids, by those that they have here."""
        if not ids:
            return self

        def pieces(header: Header) -> list[int | str]:
            return [ids.get(piece, piece) if isinstance(piece, int) else piece for piece in self.pieces(header)]

        def stop(header: Header) -> int:
            usual = self.stop(header)
            return ids.get(usual, usual)

        def training_stop(header: Header) -> int | None:
            kept = self.training_stop(header)
            return None if kept is None else ids.get(kept, kept)

        def own(id: int | None) -> int | None:
            return None if id is None else ids.get(id, id)

        return self._replace(
            contents=self.contents.renumbered(own),
            pieces=pieces,
            stop=stop,
            training_stop=training_stop,
            opening=ids.get(self.opening, self.opening),
            begins=own(self.begins),
            behind_role=tuple(ids.get(piece, piece) if isinstance(piece, int) else piece for piece in self.behind_role),
        )
