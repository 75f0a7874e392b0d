"""What the pages on grammars show: their examples run, and their table of keywords is the converter's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import keyword_table

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "grammars.md", *sorted((DOCS / "grammars").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)")


@pytest.mark.shipped
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    names: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"{page.name}, example {number}", "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).resolve().exists(), target


def test_every_page_of_a_server_is_in_the_list() -> None:
    listed = (DOCS / "grammars.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[1:] if f"(grammars/{page.name})" not in listed] == []


def test_the_table_of_keywords_is_that_of_the_converter() -> None:
    assert keyword_table.documented() == keyword_table.table()
