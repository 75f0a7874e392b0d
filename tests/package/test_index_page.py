"""A package index shows the README, where a path means nothing: each link is an address in the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import openai_harmony
from hatch_build import with_addresses

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://host.example/me/it"
TAG = f"v{openai_harmony.__version__}"
_TARGET = re.compile(r"\]\(([^)\s]+)")
_METADATA = "from hatchling.build import prepare_metadata_for_build_wheel as p; import sys; print(p(sys.argv[1]))"


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Message:
    folder = tmp_path_factory.mktemp("metadata")
    command = [sys.executable, "-c", _METADATA, str(folder)]
    name = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return Parser().parsestr((folder / name.strip() / "METADATA").read_text(encoding="utf-8"))


def repository(metadata: Message) -> str:
    (address,) = (url.partition(", ")[2] for url in metadata.get_all("Project-URL") or [] if url.startswith("Source, "))
    return address


def test_each_link_of_the_page_is_a_file_of_the_repository_at_the_tag(metadata: Message) -> None:
    page = metadata.get_payload()
    assert isinstance(page, str)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    address = re.compile(re.escape(repository(metadata)) + rf"/(?:blob|raw)/{re.escape(TAG)}/(.+)")
    links, shown = _TARGET.findall(readme), _TARGET.findall(page)
    found = [match[1] for target in shown if (match := address.fullmatch(target))]
    assert found == [target for target in links if "://" not in target]
    assert [target for target in found if not (ROOT / target).exists()] == []
    assert "docs/recovery.md" in found
    assert re.sub(rf"{re.escape(repository(metadata))}/(?:blob|raw)/{re.escape(TAG)}/", "", page) == readme


def test_the_page_is_markdown_with_a_picture_that_is_no_page_about_one(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert f"]({repository(metadata)}/raw/{TAG}/benchmarks/ratios.svg)" in str(metadata.get_payload())


def test_one_place_says_where_the_repository_is(metadata: Message) -> None:
    address = repository(metadata)
    files = [*ROOT.glob("*.*"), *(ROOT / "docs").glob("*.md"), *(ROOT / ".github").rglob("*.yml")]
    naming = [path.name for path in files if path.is_file() and address in path.read_text(encoding="utf-8")]
    assert naming == ["pyproject.toml"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](docs/a.md)", f"[a]({REPOSITORY}/blob/v1/docs/a.md)"),
        ("[a](docs/a.md#b)", f"[a]({REPOSITORY}/blob/v1/docs/a.md#b)"),
        ('[a](a.md "title")', f'[a]({REPOSITORY}/blob/v1/a.md "title")'),
        ("![a](b/c.svg)", f"![a]({REPOSITORY}/raw/v1/b/c.svg)"),
        ("[![a](b.png)](c.md)", f"[![a]({REPOSITORY}/raw/v1/b.png)]({REPOSITORY}/blob/v1/c.md)"),
        ("[a](b.md), [c](d.md)", f"[a]({REPOSITORY}/blob/v1/b.md), [c]({REPOSITORY}/blob/v1/d.md)"),
        ("[a](#b) [c](https://d.example/e) [f](mailto:g@h.example)", None),
        ("```python\nf = [g](h)\n```\n", None),
        ("f(x) and [g] (h)", None),
    ],
)
def test_paths_become_addresses_and_nothing_else_does(text: str, expected: str | None) -> None:
    assert with_addresses(text, REPOSITORY, "v1") == (text if expected is None else expected)
    assert with_addresses(text, f"{REPOSITORY}/", "v1") == (text if expected is None else expected)
