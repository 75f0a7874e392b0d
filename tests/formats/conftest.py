"""Both formats as packages, each made once for all tests of a session."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.formats.made import FOLDER, NAMES, Made, make


@pytest.fixture(scope="session")
def format_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Made]]:
    """Makes a format's package when it is first asked for."""
    known: dict[str, Made] = {}

    def made(name: str) -> Made:
        if name not in known:
            known[name] = make(FOLDER / name, tmp_path_factory.mktemp(name), f"format_{name}")
        return known[name]

    yield made
    packages = {one.package.__name__ for one in known.values()}
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]


@pytest.fixture(scope="session", params=NAMES)
def made(request: pytest.FixtureRequest, format_of: Callable[[str], Made]) -> Made:
    return format_of(request.param)


@pytest.fixture(scope="session")
def chatml(format_of: Callable[[str], Made]) -> Made:
    return format_of("chatml")


@pytest.fixture(scope="session")
def llama3(format_of: Callable[[str], Made]) -> Made:
    return format_of("llama3")
