"""Prints tools without omitting anything of their schemas. Complete text of the reference is kept.

Types express what TypeScript can express. Comments above a type, or after it on its line, contain everything else. The
target of a reference is printed in its place, within limits on size and depth; a recursive reference is printed as the
name of its target.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..types.json_text import as_json
from .printed_types import Printed
from .schema_document import Document
from .schema_printing import Printing, Words
from .schema_text import is_name, lines_of
from .typescript import NamespaceLike, ToolLike, TypePrinter, section_text
from .wording import Wording

__all__ = ["FullPrinter", "tools_text"]


def tools_text(namespaces: Mapping[str, NamespaceLike], wording: Wording) -> str:
    """Return the section about tools, like the function of this name in `typescript`, with nothing omitted.

    Raises:
        ValueError: a schema is invalid, or a name contains characters that no call can write.
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
            raise ValueError(f"{name!r} cannot be declared: a name is one word without signs of code")
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
        # The first run finds the schemas that need a name; the second one prints the same text with these names.
        return Printing(self._words, document, frozenset(first.referred)).result()

    def _argument(self, printed: Printed) -> str:
        """Return a type with the comments above it; ends the line if a comment ends the type."""
        end = "\n" if printed.commented else ""
        return "\n".join([*self._words.join.comments(printed.heading, ""), printed.text]) + end
