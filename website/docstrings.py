"""An extension of griffe, which reads docstrings: those of this package have sections that it knows by other names."""

from __future__ import annotations

import re
from typing import Any

from griffe import Docstring, Extension, GriffeLoader, Module, Object

__all__ = ["Docstrings", "as_griffe_reads"]

_EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)
# "id, model, created: the same for all": several parameters with one description, which may have further lines.
_TOGETHER = re.compile(r"^    (?P<names>\w+(?:, \w+)+): (?P<text>.*\n(?:     +.*\n?)*)", re.MULTILINE)


def as_griffe_reads(docstring: str) -> str:
    """Return a docstring with the section `Examples`, and with an entry for each parameter."""

    def apart(found: re.Match[str]) -> str:
        text = found["text"].rstrip("\n")
        return "".join(f"    {name}: {text}\n" for name in found["names"].split(", "))

    return _TOGETHER.sub(apart, _EXAMPLE.sub("Examples:", docstring))


class Docstrings(Extension):
    """Changes all docstrings of a package before they are parsed."""

    def on_package(self, *, pkg: Module, loader: GriffeLoader, **kwargs: Any) -> None:
        """Change the docstrings of a package that was loaded."""
        for docstring in _docstrings(pkg):
            docstring.value = as_griffe_reads(docstring.value)


def _docstrings(of: Object) -> list[Docstring]:
    found = [of.docstring] if of.docstring is not None else []
    for member in of.members.values():
        if isinstance(member, Object):  # the others are aliases of objects that stand elsewhere
            found += _docstrings(member)
    return found
