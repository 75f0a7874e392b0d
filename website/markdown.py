"""An extension of Python-Markdown: links that leave docs/, and Markdown that repositories show in another way."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

__all__ = ["RepositoryMarkdown"]

ADDRESSES = {"a": "href", "img": "src"}
BETWEEN = 10  # Python-Markdown makes inline elements at 20; MkDocs checks links at 0
BEFORE_FENCES = 30  # blocks of code are taken out at 25
# What follows the language is the name of a file; repositories do not show it.
_NAMED_FENCE = re.compile(r"^(\s*(?:`{3,}|~{3,})\w+) ([\w./-]+)$")


class RepositoryMarkdown(Extension):
    """Makes pages that are written for the repository read the same on the site.

    Args:
        leads_to: Returns the address of a link on the site.
    """

    def __init__(self, leads_to: Callable[[str], str]) -> None:
        super().__init__()
        self.leads_to = leads_to

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Elements(md, self.leads_to), "repository", BETWEEN)
        md.preprocessors.register(_NamedFences(md), "named_fences", BEFORE_FENCES)


class _NamedFences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return [_NAMED_FENCE.sub(r'\1 title="\2"', line) for line in lines]


class _Elements(Treeprocessor):
    def __init__(self, md: Markdown, leads_to: Callable[[str], str]) -> None:
        super().__init__(md)
        self.leads_to = leads_to

    def run(self, root: Element) -> None:
        for element in root.iter():
            attribute = ADDRESSES.get(element.tag)
            if attribute is not None:
                element.set(attribute, self.leads_to(element.get(attribute, "")))
            elif element.tag == "td":
                for code in element.iter("code"):
                    # In a table a bar within code needs a backslash, which is not part of the code.
                    code.text = AtomicString((code.text or "").replace("\\|", "|"))
