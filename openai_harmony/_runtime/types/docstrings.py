"""Extracts the descriptions of a function and of its parameters from docstrings in Google, NumPy and Sphinx style."""

from __future__ import annotations

import inspect
import re

__all__ = ["parts_of"]

_ARGUMENTS = ("args", "arguments", "parameters", "params", "keyword args", "keyword arguments")
_OTHERS = ("returns", "return", "yields", "raises", "example", "examples", "note", "notes", "see also", "warnings")
_SPHINX = re.compile(r":(?:param|parameter|arg|argument)\s+(?:[^:]*\s)?\*{0,2}(\w+):\s*(.*)")
_SPHINX_OTHER = re.compile(r":(?:returns?|rtype|raises?|type)\b[^:]*:")
_GOOGLE = re.compile(r"\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)")
_NUMPY = re.compile(r"\*{0,2}(\w+(?:, \*{0,2}\w+)*)(?:\s*:.*)?")


def parts_of(docstring: str | None) -> tuple[str, dict[str, str]]:
    """Return the text outside all sections, and the description of each parameter."""
    reader = _Reader()
    lines = inspect.cleandoc(docstring or "").split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        reader.read(line, re.fullmatch("-{3,}", following.strip()) is not None)
    text = "\n".join(reader.text).strip()
    return text, {name: " ".join(filter(None, words)) for name, words in reader.said.items()}


class _Reader:
    """Reads line by line. `_section` is the style of the current section of parameters, or "other", or empty."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.said: dict[str, list[str]] = {}
        self._section = ""
        self._margin: int | None = None  # the indent of the names in a section, once the first was read
        self._words: list[str] | None = None  # the description of the current parameter

    def read(self, line: str, underlined: bool) -> None:
        word = line.strip()
        section = _opened(line, underlined)
        if section is not None:
            self._section, self._margin, self._words = section, None, None
        elif found := _SPHINX.fullmatch(word):
            self._section = "sphinx"
            self._say(found[1], found[2])
        elif _SPHINX_OTHER.match(word):
            self._section = "other"
        elif not word or set(word) == {"-"}:
            if not self._section:
                self.text.append(line)
        else:
            self._read_words(line, word)

    def _read_words(self, line: str, word: str) -> None:
        indent = len(line) - len(line.lstrip())
        if self._section in ("google", "other") and self._margin is not None and indent < self._margin:
            self._section = ""
        if not self._section:
            self.text.append(line)
            return
        self._margin = indent if self._margin is None else self._margin
        if self._section == "google" and indent == self._margin and (found := _GOOGLE.fullmatch(word)):
            self._say(found[1], found[2])
        elif self._section == "numpy" and indent == self._margin and (found := _NUMPY.fullmatch(word)):
            self._words = []
            self.said.update((name.strip("*"), self._words) for name in found[1].split(", "))
        elif self._section != "other" and self._words is not None:
            self._words.append(word)

    def _say(self, name: str, words: str) -> None:
        self._words = self.said[name] = [words]


def _opened(line: str, underlined: bool) -> str | None:
    """Return the kind of section that a line begins; None if it is not a heading."""
    if not underlined and (not line.rstrip().endswith(":") or line[:1].isspace()):
        return None
    word = line.strip().removesuffix(":").lower()
    if word in _ARGUMENTS:
        return "numpy" if underlined else "google"
    return "other" if word in _OTHERS else None
