"""The examples of the documents run as they stand there, from the first of a page to the last."""

from __future__ import annotations

import re
import textwrap

import pytest

from tests.support.reference import ROOT

PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
# Further pages with links; those of docs/grammars run where the grammars are tested.
LINKING = [*(path.name for path in ROOT.glob("*.md") if path.name not in PAGES), "spec/README.md", "formats/README.md"]
LINKING += ["tests/conformance/README.md", "openai_harmony/data/conformance/README.md", "examples/README.md"]
LINKING += ["benchmarks/results.md"]
ELSEWHERE = "docs/grammars"
_BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^ *(```+|~~~+).*?^ *\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def examples(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [textwrap.dedent(block[2]) for block in _BLOCK.finditer(text)]


@pytest.mark.shipped
@pytest.mark.parametrize("page", [page for page in PAGES if examples(page) and not page.startswith(ELSEWHERE)])
def test_the_examples_of_a_page_run(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {"__name__": "example"}
    for number, example in enumerate(examples(page), 1):
        exec(compile(example, f"{page}, example {number}", "exec"), names)
    if page == "README.md":
        assert capsys.readouterr().out == "assistant final Ahoy there, matey!\nAhoy there, matey![]\n"


@pytest.mark.parametrize("page", [*PAGES, *LINKING])
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for file, anchor in _LINK.findall(_CODE.sub("", path.read_text(encoding="utf-8"))):
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), file
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            known = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in known, f"{file}#{anchor}"
