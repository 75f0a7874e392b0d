"""Finds texts of tools that a declaration would contain as code: texts that leave their comment or their quotes.

A text is harmless if the printed code is the same, word for word, as that of the same tools in which the characters
that code consists of are replaced within texts. These characters are those of the strings of a `Wording`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from ..types.json_text import Json, as_json, well_formed
from .schema_document import below
from .schema_text import in_one_line, lines_of
from .typescript import NamespaceLike
from .wording import Wording, template

__all__ = ["Breakout", "find_breakout"]

_ESCAPE = "\\"


class Breakout(NamedTuple):
    """A text that would be read as code, and its path from the namespaces on."""

    path: str
    text: str


def find_breakout(
    namespaces: Mapping[str, NamespaceLike], wording: Wording, printed: Callable[[Mapping[str, Any]], str]
) -> Breakout | None:
    """Return the first text of some tools that would be read as code; None if there is none.

    Args:
        namespaces: the tools. Their names are not examined.
        wording: the strings of the format.
        printed: a function that returns the text of a content with these tools.
    """
    code = _Code(wording)
    suspects: dict[str, str] = {}  # text -> the path of its first occurrence
    for path, text in _texts(namespaces):
        if code.harmless(text) != text:
            suspects.setdefault(text, path)
    if not suspects:
        return None
    texts = list(suspects)

    def words(replaced: int) -> list[str]:
        """Return the words of the code if the first texts are replaced by harmless ones."""
        by_text = {text: code.harmless(text) for text in texts[:replaced]}
        return code.words(printed({key: _replaced(namespace, by_text) for key, namespace in namespaces.items()}))

    harmless = words(len(texts))
    if words(0) == harmless:
        return None
    bad, good = 0, len(texts)  # the code is not harmless if `bad` texts are replaced, but it is if `good` are
    while good - bad > 1:
        middle = (bad + good) // 2
        if words(middle) == harmless:
            good = middle
        else:
            bad = middle
    return Breakout(suspects[texts[bad]], texts[bad])


class _Code:
    """Splits printed text into the words and signs of its code, without comments."""

    def __init__(self, wording: Wording) -> None:
        fill = {"name": "", "type": "", "text": ""}
        comment, quote = _in_front(wording.comment).strip(), _in_front(wording.quoted)[-1:]
        strings = (
            *(wording.tool_without_parameters, wording.tool_with_parameters, wording.namespace_open),
            *(wording.object_open, wording.object_close, wording.required_property, wording.optional_property),
            *(wording.required_variants, wording.optional_variants, wording.variant, wording.variants_end),
            *(wording.array_type, wording.array_without_items, wording.union),
        )
        signs = re.sub(r"[\w\s]", "", "".join(template(text)(**fill) for text in strings) + quote)
        sign = f"[{re.escape(signs)}]" if signs else "(?!)"
        start, quoted, escape = re.escape(comment) or "(?!)", re.escape(quote), re.escape(_ESCAPE)
        in_quotes = f"{quoted}(?:{escape}.|(?!{quoted}|{escape}).)*{quoted}" if quote else "(?!)"
        self._word = re.compile(
            f"(?P<comment>{start}.*)|(?P<quoted>{in_quotes})|{sign}|(?:(?!{start}|{sign})\\S)+", re.DOTALL
        )
        self._unsafe = re.compile(f"{start}|{sign}|{escape}")

    def harmless(self, text: str) -> str:
        """Return a text on one line, in which the signs of code are replaced."""
        return self._unsafe.sub(lambda found: "_" * len(found[0]), "_".join(lines_of(text)))

    def words(self, text: str) -> list[str]:
        """Return the words and signs of a text, without comments. A line end ends a comment, and breaks quotes."""
        return [word for line in lines_of(text) for word in self._words(line)]

    def _words(self, line: str) -> Iterator[str]:
        for match in self._word.finditer(line):
            if match["quoted"] is not None:
                yield from (match[0][0], self.harmless(match[0][1:-1]), match[0][-1])
            elif match["comment"] is None:
                yield match[0]


def _in_front(text: str) -> str:
    """Return what a string of a `Wording` has in front of the caller's text."""
    return template(text)(text="\0").partition("\0")[0]


def _texts(namespaces: Mapping[str, NamespaceLike]) -> Iterator[Breakout]:
    """Yield the texts of tools other than names. The description of a namespace without tools is no comment."""
    for key, namespace in namespaces.items():
        at = f"[{key!r}]"
        if namespace.tools and namespace.description is not None:
            yield Breakout(f"{at}.description", well_formed(namespace.description))
        for number, tool in enumerate(namespace.tools):
            yield Breakout(f"{at}.tools[{number}].description", well_formed(tool.description))
            if tool.parameters is not None:
                for pointer, text in _within(as_json(tool.parameters), "#"):
                    yield Breakout(f"{at}.tools[{number}].parameters{in_one_line(pointer)}", text)


def _within(value: Json, pointer: str) -> Iterator[Breakout]:
    """Yield the texts in a JSON value, names of members included. The depth of the value is bounded already."""
    if isinstance(value, str):
        yield Breakout(pointer, value)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield Breakout(below(pointer, name), name)
            yield from _within(member, below(pointer, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _within(member, below(pointer, number))


def _replaced(namespace: NamespaceLike, by_text: Mapping[str, str]) -> Any:
    """Return a namespace in which texts are replaced."""

    def text(value: str) -> str:
        plain = well_formed(value)
        return by_text.get(plain, plain)

    def json(value: Json) -> Json:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, dict):
            return {text(name): json(member) for name, member in value.items()}
        return [json(member) for member in value] if isinstance(value, list) else value

    tools = [
        SimpleNamespace(
            name=tool.name,
            description=text(tool.description),
            parameters=None if tool.parameters is None else json(as_json(tool.parameters)),
        )
        for tool in namespace.tools
    ]
    about = namespace.description
    described = text(about) if tools and about is not None else about
    return SimpleNamespace(name=namespace.name, description=described, tools=tools)
