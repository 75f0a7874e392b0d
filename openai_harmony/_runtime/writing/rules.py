"""The types of the rules by which a format is rendered. This module depends on no particular format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from ...errors import RenderError
from ..types.checking import Kind, Record, fault, quoted_words, wrong_type
from ..types.plain_text import plain
from .history import History, HistoryRule

__all__ = [
    "ContentRule",
    "Contents",
    "Exact",
    "Header",
    "Key",
    "Rules",
    "Style",
    "Written",
    "each",
    "enclosed",
    "plain",
]

Header: TypeAlias = "tuple[Any, ...]"  # role, name, and the fields of a header as declared
Written: TypeAlias = "tuple[Header, int]"  # the header of a message, and the number of tokens up to its end

Key: TypeAlias = "tuple[Any, ...]"
# Returns bytes that identify a value: they differ for different values, even for equal ones like 1 and True.
Exact: TypeAlias = "Callable[[object], bytes]"


def each(values: Any, value_of: Callable[[Any], object]) -> object:
    """Return a list or a dictionary with `value_of` each of its values."""
    if isinstance(values, dict):
        return {name: value_of(member) for name, member in values.items()}
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"no list: {type(values).__name__}")
    return [value_of(member) for member in values]


def enclosed(text: str, end: str, field: str) -> str:
    """Return the text of a field, after checking that a parser can find its end.

    Raises:
        RenderError: the text contains `end`, so that a parser would cut it short.
    """
    if (text + end).index(end) < len(text):
        raise RenderError(f"{field} holds {end!r}, which ends it")
    return text


class ContentRule(NamedTuple):
    """The rule for rendering one kind of content.

    Attributes:
        record: the class of the content and the types of its attributes.
        tag: the name of the kind in the dictionary form.
        role: the only role whose messages may contain it; None for any role.
        text: a function that returns the text of a content, given whether the conversation declares function tools.
        key: a function that returns the values of a content as a tuple. Strings are unchanged, collections of strings
            are tuples, and other values are converted by `exact`. If the text depends on function tools, so does the
            tuple. None for plain text.
        asks_for_tools: whether the text depends on whether the conversation declares function tools.
        declares_tools: a function that returns whether a content declares function tools; None if this kind cannot.
        behind: the id before the text; such a content must be the only one of its message.
        stop: the id that ends a message whose last content is of this kind; None for the usual one.
        prints_tools: whether the text has a section of tools. `text` then accepts the function that prints it as the
            argument `tools_text`.
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
        """Return a rule that prints tools with another function. Its keys include the name of the mode."""
        return self.with_text(mode, partial(self.text, tools_text=tools_text)) if self.prints_tools else self

    def with_text(self, mode: str, text: Callable[..., str]) -> ContentRule:
        """Return a rule with another function for the text. Its keys include the name of the mode."""
        key = self.key
        if key is None:
            return self
        return self._replace(text=text, key=lambda content, told, exact: (mode, *key(content, told, exact)))


class Contents:
    """The kinds of content. Instances check values, like a `Kind`. `key` is the key of the tag in dictionaries."""

    def __init__(self, key: str, *rules: ContentRule) -> None:
        self._key = key
        self._rules = rules
        self.by_class = {rule.record.cls: rule for rule in rules}
        self._silent = {cls for cls, rule in self.by_class.items() if rule.declares_tools is None}

    def renumbered(self, own: Callable[[int | None], int | None]) -> Contents:
        """Return the same kinds with other ids for special tokens."""
        rules = (rule._replace(behind=own(rule.behind), stop=own(rule.stop)) for rule in self._rules)
        return Contents(self._key, *rules)

    def with_tools(self, mode: str, tools_text: Callable[..., str]) -> Contents:
        """Return the same kinds, with another function to print tools."""
        return Contents(self._key, *(rule.with_tools(mode, tools_text) for rule in self._rules))

    def with_texts(
        self, style: str, texts: Mapping[str, Callable[..., str]], tools_texts: Mapping[str, Callable[..., str]]
    ) -> Contents:
        """Return the same kinds, with other functions for texts, and to print tools, by tag."""
        rules = (rule.with_text(style, texts[rule.tag]) if rule.tag in texts else rule for rule in self._rules)
        printed = (rule.with_tools(style, tools_texts[rule.tag]) if rule.tag in tools_texts else rule for rule in rules)
        return Contents(self._key, *printed)

    def __call__(self, value: Any, path: str) -> None:
        rule, content = self.rule_for(value, path)
        rule.record(content, path)

    def rule_for(self, content: Any, path: str = "") -> tuple[ContentRule, Any]:
        """Return the rule for a content, and the content as an instance of the rule's class.

        The content may be an instance of a subclass, or of another class whose `to_dict` returns our dictionary form.

        Raises:
            ValueError: the content is of no known kind.
        """
        rule = self.by_class.get(type(content))
        if rule is not None:
            return rule, content
        for rule in self._rules:
            if isinstance(content, rule.record.cls):
                return rule, content
        return self._read(content, path)

    def declare_tools(self, messages: Iterable[Any]) -> bool:
        """Return whether any message declares function tools, whatever its role, and even if it is omitted."""
        silent = self._silent
        for message in messages:
            for content in message.content:
                if type(content) not in silent:
                    rule, known = self.rule_for(content)
                    if rule.declares_tools is not None and rule.declares_tools(known):
                        return True
        return False

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


class Style(NamedTuple):
    """What a style renders otherwise than the rules of its format say; None for what it renders alike.

    Attributes:
        fields: the names of the fields of a header, in their order in a `Header`.
        header: returns the header that is rendered for the header of a message.
        pieces: like `Rules.pieces`.
        part_pieces: like `HeaderParts.pieces`; given if `pieces` is.
        form: returns the function that converts the text of a message with a header; None for a text that is unchanged.
        texts: the functions that return the text of a content, by the tag of the content.
        tools_texts: the functions that print tools, by the tag of the content.
    """

    fields: tuple[str, ...]
    header: Callable[[Header], Header] | None = None
    pieces: Callable[[Header], list[int | str]] | None = None
    part_pieces: Callable[[Header], list[Any]] | None = None
    form: Callable[[Header], Callable[[str], str] | None] | None = None
    texts: Mapping[str, Callable[..., str]] = {}
    tools_texts: Mapping[str, Callable[..., str]] = {}


def _no_style(word: str) -> Style:
    raise KeyError(word)


class Rules(NamedTuple):
    """The rules for rendering a format.

    Attributes:
        plain: the class of the most frequent content, which the renderer handles separately for speed.
        plain_text: returns the text of such a content.
        header: returns the header of a message, which is the key of its tokens in the cache.
        check: raises ValueError for a message with a value of the wrong type.
        pieces: returns the special ids and the texts of a checked header. Each text is encoded separately.
        stop: returns the id that ends a message with this header.
        training_stop: returns the id that ends a last message with this header in training; None for the usual one.
        opening: the id before the role of a message that a model continues.
        begins: the id that begins a conversation; None if there is none.
        header_end: the text that ends a header, if text ends it; no value of a header may contain it.
        behind_role: the ids and texts after the role of a message that a model continues.
        behind_stop: the text after each stop token.
        ids: the ids of special tokens that differ from those of the spec, by these.
        styles: the names of all styles; the first one is that of these rules.
        style_of: returns another style.
        prepare: returns messages as a style renders them, and which are omitted; None if they are rendered as given.
            The last argument is whether they are rendered for training.
        part_pieces: like `HeaderParts.pieces`, if a style has its own.
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
    header_end: str = ""
    behind_role: tuple[int | str, ...] = ()
    behind_stop: str = ""
    ids: Mapping[int, int] = {}
    styles: tuple[str, ...] = ("reference",)
    style_of: Callable[[str], Style] = _no_style
    prepare: Callable[[Sequence[Any], History, bool], tuple[Sequence[Any], History]] | None = None
    part_pieces: Callable[[Header], list[Any]] | None = None

    def own_pieces(self, pieces: Callable[[Header], list[int | str]]) -> Callable[[Header], list[int | str]]:
        """Return a function like `pieces` that returns the ids of these rules instead of those of the spec."""
        ids = self.ids
        if not ids:
            return pieces
        return lambda header: [ids.get(piece, piece) if isinstance(piece, int) else piece for piece in pieces(header)]

    def renumbered(self, ids: Mapping[int, int]) -> Rules:
        """Return the same rules with other ids for special tokens. `ids` maps the current ids to the new ones."""
        if not ids:
            return self

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
            ids=ids,
            pieces=self._replace(ids=ids).own_pieces(self.pieces),
            stop=stop,
            training_stop=training_stop,
            opening=ids.get(self.opening, self.opening),
            begins=own(self.begins),
            behind_role=tuple(ids.get(piece, piece) if isinstance(piece, int) else piece for piece in self.behind_role),
        )
