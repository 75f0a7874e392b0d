"""Writes grammars in the formats of engines."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..errors import GrammarError
from .ebnf import EBNF, GBNF, ebnf_text, special_prefix
from .json_llguidance import for_llguidance
from .lark import lark_text
from .nodes import Grammar
from .regex import regex_text
from .settings import NO_STOPS, Settings, settings_of
from .tree import tree_of
from .vocabularies import pipes

__all__ = ["Exported", "ExportedTag", "exported", "tree_for"]

TAG, LLGUIDANCE = "structural-tag", "llguidance"
_BY_CHARACTERS = (TAG, "xgrammar-ebnf", "gbnf")  # their engines know special tokens by their texts, too


class _Made:
    """What an export returns knows what it was made of."""

    forbidden: str
    settings: Settings

    @cached_property
    def grammar(self) -> Grammar:
        """The grammar with the rules of JSON values."""
        return tree_of(self.settings, self.forbidden)


class Exported(_Made, str):
    """The text of a grammar."""


class ExportedTag(_Made, dict[str, Any]):
    """A structural tag."""


def tree_for(format: str, **options: Any) -> tuple[Grammar, Settings]:
    """Return the tree for a format and the options of `grammar.export`, with its settings."""
    settings = settings_of(format, **options)
    return tree_of(settings, _forbidden(format)), settings


def _forbidden(format: str) -> str:
    return "".join(special_prefix()) if format in _BY_CHARACTERS else ""


def exported(format: str, **options: Any) -> Exported | ExportedTag:
    """Return a grammar in a format; see `grammar.export`."""
    settings = settings_of(format, **options)
    forbidden = _forbidden(format)
    grammar = tree_of(settings, forbidden, with_rules=format != LLGUIDANCE)
    if format == LLGUIDANCE:
        # Servers have versions of llguidance that do not know the option of escapes.
        escapes = not isinstance(options["engine_stops"], str) or options["engine_stops"] == NO_STOPS
        text = lark_text(grammar, lambda value: for_llguidance(value.schema, value.option, escapes=escapes))
    elif format == "regex":
        text = regex_text(grammar)
    else:
        dialect = GBNF if format == "gbnf" else EBNF
        try:
            text = ebnf_text(grammar, dialect, pipes())
        except RecursionError:
            raise GrammarError("a schema has parts that are too large for rules", option="format") from None
    made: Exported | ExportedTag
    if format == TAG:
        made = ExportedTag({"type": "structural_tag", "format": {"type": "grammar", "grammar": text}})
    else:
        made = Exported(text)
    made.settings, made.forbidden = settings, forbidden
    return made
