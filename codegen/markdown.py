"""Texts of the spec for people: tables of Markdown, and code with its white space made visible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["code", "codes", "table", "visible"]

_ESCAPES = {"\n": r"\n", "\t": r"\t", "\f": r"\f", "\r": r"\r"}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in (" | ".join(heads), " | ".join("---" for _ in heads), *lines))


def code(text: str | None) -> str:
    """Return a text between backticks, with white space made visible; an empty text for None."""
    if text is None:
        return ""
    shown = visible(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def visible(text: str) -> str:
    """Return a text with its white space made visible."""
    shown = "".join(_ESCAPES.get(character, _visible(character)) for character in text)
    return f'"{shown}"' if text != text.strip() or not text else shown


def _visible(character: str) -> str:
    """Return a character, or its escape if a page would not show it."""
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))
