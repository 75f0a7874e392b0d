"""Tools as text, of whose schemas nothing is lost; what loses nothing in the reference's text is written as there.

A type says what TypeScript can say. All else that a schema says stands in comments: as a remark behind the type, or
above it. What a reference leads to is written in its place, if that is bounded; what leads into itself is named.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..types.json_text import as_json
from .printed_types import Printed
from .schema_document import Document
from .schema_printing import Printing, Words
from .schema_text import is_name, lines_of
from .typescript import NamespaceLike, ToolLike, TypePrinter, Wording, section_text

__all__ = ["FullPrinter", "tools_text"]


def tools_text(namespaces: Mapping[str, NamespaceLike], wording: Wording) -> str:
    """The section about tools, as the function of this name in `typescript` has it, with nothing left out.

    Raises:
        ValueError: a schema is none, or a name could not be called.
    """
    return section_text(namespaces, FullPrinter(wording))


class FullPrinter(TypePrinter):
    """Prints JSON Schemas as types and comments."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording)
        self._words = Words(wording)

    def name(self, text: str) -> str:
        name = super().name(text)
        if not is_name(name):
            raise ValueError(f"{name!r} cannot be declared: no call could write such a name")
        return name

    def lines(self, text: str) -> list[str]:
        return lines_of(text)

    def declaration(self, tool: ToolLike) -> str:
        name = self.name(tool.name)
        if tool.parameters is None:
            return self._tool_without_parameters(name=name)
        try:
            printed = self._printed(tool.parameters)
        except ValueError as problem:
            raise type(problem)(f"{problem} (in the parameters of the tool {name!r})") from None
        line = self._tool_with_parameters(name=name, type=self._argument(printed))
        return self.wording.beside.join([line, *self._words.join.remark_lines(printed)])

    def type_text(self, schema: object) -> str:
        return self._argument(self._printed(schema))

    def _printed(self, schema: object) -> Printed:
        document = Document(as_json(schema))
        first = Printing(self._words, document, frozenset())
        printed = first.result()
        if not first.referred:
            return printed
        # What has to be named is known behind a first run; the second one does the same, and tells the names.
        return Printing(self._words, document, frozenset(first.referred)).result()

    def _argument(self, printed: Printed) -> str:
        """A type with what is above it, which nothing that follows can become a part of."""
        end = "\n" if printed.commented else ""
        return "\n".join([*self._words.join.comments(printed.heading, ""), printed.text]) + end
