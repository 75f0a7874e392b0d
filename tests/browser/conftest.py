"""One browser for all tests, and the pages that they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, browser
from tests.browser.pages import PAGES, serving


@pytest.fixture(scope="session")
def opened() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The address of the file of a page, which is written when it is first asked for."""
    folder = tmp_path_factory.mktemp("pages")

    def address(name: str) -> str:
        path: Path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(PAGES[name]().html(), encoding="utf-8")
        return path.as_uri()

    return address


@pytest.fixture(scope="session")
def local() -> Iterator[str]:
    """The address of the page that a local server gives."""
    with serving() as address:
        yield address
