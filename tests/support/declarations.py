"""Whether a text is one declaration: the little of TypeScript that tools are declared with, read strictly."""

from __future__ import annotations

import re
from typing import NoReturn

__all__ = ["Declared", "read_declaration"]

# A comment ends where TypeScript ends a line; a string may not hold such an end.
_TOKEN = re.compile(
    r"(?P<blank>[ \t\n]+)"
    "|(?P<comment>//[^\n\r\u2028\u2029]*)"
    r'|(?P<string>"(?:[^"\\' + "\x00-\x1f\u2028\u2029" + r']|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<sign>=>|\.\.\.|[()\[\]{}<>|&?:;,=])"
    r"|(?P<name>[^\s()\[\]{}<>|&?:;,=.\"/]+)"
)


class Declared(ValueError):
    """What is wrong with a declaration."""


def read_declaration(text: str) -> list[str]:
    """The comments of a text that is one declaration of a tool, and nothing else."""
    reader = _Reader(text)
    reader.declaration()
    return reader.comments


class _Reader:
    def __init__(self, text: str) -> None:
        self.comments: list[str] = []
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None or (found["name"] and not found[0].replace("$", "_").isidentifier()):
                raise Declared(f"no token at {text[place : place + 40]!r}")
            kind = str(found.lastgroup)
            if kind == "comment":
                self.comments.append(found[0])
            elif kind != "blank":
                self._tokens.append((kind, found[0]))
            place = found.end()
        self._next = 0

    def _fail(self) -> NoReturn:
        raise Declared(f"unexpected {self._tokens[self._next :][:5]} behind {self._tokens[: self._next][-5:]}")

    def _sees(self, *texts: str) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next][1] in texts

    def _takes(self, text: str) -> bool:
        taken = self._sees(text)
        self._next += taken
        return taken

    def _expect(self, *texts: str) -> None:
        for text in texts:
            if not self._takes(text):
                self._fail()

    def _kind(self, *kinds: str) -> bool:
        taken = self._next < len(self._tokens) and self._tokens[self._next][0] in kinds
        self._next += taken
        return taken

    def declaration(self) -> None:
        self._expect("type")
        if not self._kind("name"):
            self._fail()
        self._expect("=", "(")
        if not self._takes(")"):
            self._expect("_", ":")
            self._union()
            self._expect(")")
        self._expect("=>", "any", ";")
        if self._next != len(self._tokens):
            self._fail()

    def _union(self) -> None:
        self._takes("|")
        self._intersection()
        while self._takes("|"):
            self._intersection()

    def _intersection(self) -> None:
        self._array()
        while self._takes("&"):
            self._array()

    def _array(self) -> None:
        self._one()
        while self._takes("["):
            self._expect("]")

    def _one(self) -> None:
        if self._takes("("):
            self._union()
            self._expect(")")
        elif self._takes("{"):
            while not self._takes("}"):
                self._member()
        elif self._takes("["):
            self._tuple()
        elif self._takes("Array"):
            self._expect("<", "any", ">")
        elif not self._kind("name", "string", "number"):
            self._fail()

    def _tuple(self) -> None:
        optional = rest = False
        while not self._takes("]"):
            if rest:
                self._fail()
            rest = self._takes("...")
            self._union()
            if not rest:
                asked = self._takes("?")
                if optional and not asked:
                    self._fail()
                optional = asked
            if not self._sees("]"):
                self._expect(",")

    def _member(self) -> None:
        if self._takes("["):
            self._expect("key", ":", "string", "]")
        elif self._kind("name", "string"):
            self._takes("?")
        else:
            self._fail()
        self._expect(":")
        self._union()
        if not self._takes(",") and not self._sees("}"):  # a literal's last member has no comma
            self._fail()
