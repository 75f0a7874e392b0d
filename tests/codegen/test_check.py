"""Bad specs: each row of tests/spec/bad is an edit of the small spec, and gives exactly these complaints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.check import check, checked
from codegen.load import load
from codegen.sources import SpecError

SPEC = Path(__file__).parents[2] / "spec"
BAD = Path(__file__).parents[1] / "spec" / "bad"
MORE = BAD.parent / "more"  # files that the small spec does without
NEEDS = {"dialects.yaml": "chat.yaml"}


def _rows() -> Iterator[Any]:
    for path in sorted(BAD.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(row, id=f"{path.stem}: {row['claim']}")


@pytest.mark.parametrize("row", list(_rows()))
def test_a_bad_spec_gives_its_exact_complaint(row: Any, edit: Callable[..., Path]) -> None:
    if "adds" in row:
        _add(row["adds"], edit)
    for change in row["edits"]:
        folder = edit(change["file"], change.get("old"), change["new"])
    with pytest.raises(SpecError) as caught:
        checked(folder)
    assert str(caught.value).splitlines() == row["complaints"]


def test_the_small_spec_and_the_real_one_have_no_problems(tiny: Path) -> None:
    assert check(load(tiny)) == []
    assert check(load(SPEC)) == []


@pytest.mark.parametrize("file", [path.name for path in MORE.iterdir()])
def test_the_small_spec_has_no_problems_with_a_file_more(file: str, edit: Callable[..., Path]) -> None:
    assert check(load(_add(file, edit))) == []


def _add(file: str, edit: Callable[..., Path]) -> Path:
    """Adds a file to the small spec, and the one without which it means nothing."""
    if file in NEEDS:
        _add(NEEDS[file], edit)
    return edit(file, None, (MORE / file).read_text(encoding="utf-8"))


def test_problems_of_all_files_are_told_at_once_by_file_and_place(edit: Callable[..., Path]) -> None:
    edit("tokens.yaml", "id: 104", "id: 100")
    edit("tokens.yaml", "[END, RETURN]", "[END, RETRUN]")
    edit("messages.yaml", "channel: answer", "channel: answers")
    with pytest.raises(SpecError) as caught:
        checked(edit("channels.yaml", "  work:", "  tool:"))
    places = [str(problem.place) for problem in caught.value.problems]
    assert places == ["channels.yaml:6:3", "messages.yaml:23:12", "tokens.yaml:20:9", "tokens.yaml:29:19"]


def test_a_complaint_without_known_places_names_the_file(tiny: Path) -> None:
    spec = replace(load(tiny), name_separator="", places={})
    assert [str(problem) for problem in check(spec)] == ["roles.yaml:1:1: '' must be text without white space"]


def test_the_grammar_is_looked_at_once_its_words_are_right(edit: Callable[..., Path]) -> None:
    edit("framing.lark", "[recipient] [channel]", "[recipient]")
    with pytest.raises(SpecError) as caught:
        checked(edit("roles.yaml", "  tool:", "  a tool:"))
    assert {problem.place.file for problem in caught.value.problems} == {"roles.yaml"}


def test_evidence_names_a_sample_of_the_file_that_the_spec_names(edit: Callable[..., Path]) -> None:
    folder = edit("recoveries.yaml", 'content_begins: "{"', 'content_begins: "{"\nsamples: samples/all.jsonl')
    (folder.parent / "samples").mkdir()
    (folder / "recoveries.yaml").write_text(
        (folder / "recoveries.yaml").read_text(encoding="utf-8").replace("samples/", "../samples/"), encoding="utf-8"
    )
    assert check(load(folder)) == []  # there is no such file beside a copy of the folder
    ids = {recovery.evidence for recovery in load(folder).recoveries} - {"no-end"}
    (folder.parent / "samples" / "all.jsonl").write_text("".join(f'{{"id": "{name}"}}\n' for name in sorted(ids)))
    [problem] = check(load(folder))
    assert str(problem).startswith("recoveries.yaml:12:15: unknown sample 'no-end'; hint: valid samples are: ")
