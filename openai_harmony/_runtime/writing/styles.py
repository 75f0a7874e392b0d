"""Changes the rules of a format for a style: what it renders otherwise is in a `Style`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..locks import loading_own
from .history import History
from .rules import Header, Rules, Style

__all__ = ["SCHEMA_MODES", "variant"]

SCHEMA_MODES = ("reference", "full")


def variant(rules: Rules, style: Any, schemas: Any) -> Rules:
    """Return the rules for a style and a mode of printing schemas.

    Raises:
        ValueError: the style or the mode is unknown.
    """
    if style not in rules.styles:
        raise ValueError(f"unknown style: {style!r} (expected one of {rules.styles})")
    if schemas not in SCHEMA_MODES:
        raise ValueError(f"unknown way to write schemas: {schemas!r} (expected one of {SCHEMA_MODES})")
    if style != rules.styles[0]:
        rules = _in_style(rules, style, rules.style_of(style))
    if schemas != SCHEMA_MODES[0]:
        with loading_own():
            from .full_schema import tools_text

        rules = rules._replace(contents=rules.contents.with_tools(schemas, tools_text))
    return rules


def _in_style(rules: Rules, word: str, style: Style) -> Rules:
    contents = rules.contents.with_texts(word, style.texts, style.tools_texts)
    prepare = None if style.header is None and style.form is None else Preparation(style, rules)
    changed = rules._replace(contents=contents, prepare=prepare)
    if style.pieces is None or style.part_pieces is None:
        return changed
    return _reordered(changed, word, rules.own_pieces(style.pieces), style.part_pieces)


def _reordered(
    rules: Rules,
    word: str,
    pieces: Callable[[Header], list[int | str]],
    part_pieces: Callable[[Header], list[Any]],
) -> Rules:
    """Return the rules with other pieces of a header. Headers have the word too, since they are keys."""
    return rules._replace(
        header=lambda message: (*rules.header(message), word),
        pieces=lambda header: pieces(header[:-1]),
        part_pieces=lambda header: part_pieces(header[:-1]),
        stop=lambda header: rules.stop(header[:-1]),
        training_stop=lambda header: rules.training_stop(header[:-1]),
    )


class Preparation:
    """Changes messages before they are rendered."""

    def __init__(self, style: Style, rules: Rules) -> None:
        self._style = style
        self._rules = rules

    def __call__(self, messages: Sequence[Any], history: History, training: bool) -> tuple[Sequence[Any], History]:
        """Return the messages as the style renders them, and which of them are omitted."""
        return list(map(self._prepared, messages)), history._replace(training=training)

    def _prepared(self, message: Any) -> Any:
        style, given = self._style, self._rules.header(message)
        header = given if style.header is None else style.header(given)
        form = None if style.form is None else style.form(given)
        if form is None and header == given:
            return message
        content = message.content
        if form is not None:
            content = [self._rules.plain(form("".join(map(self._text, content))))]
        return Prepared(message.author, content, style.fields, header)

    def _text(self, content: Any) -> str:
        rule, known = self._rules.contents.rule_for(content)
        return rule.text(known, False)


class Prepared:
    """A message with the attributes that are rendered."""

    def __init__(self, author: Any, content: Any, fields: Sequence[str], header: Header) -> None:
        self.author = author
        self.content = content
        vars(self).update(zip(fields, header[-len(fields) :]))
