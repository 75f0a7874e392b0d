"""docs/fuzzing.md: what it shows is what the command writes, in form; its words depend on the format.

An edit of the spec makes other inputs, and must not make the page wrong: so nothing here compares what was found.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_harmony.__main__ import main
from tests.support.trial import ENVIRONMENT, ROOT, failures

PAGE = (ROOT / "docs" / "fuzzing.md").read_text(encoding="utf-8")
PROPERTIES = (
    "gives an answer",
    *(f"raises on {form} input" for form in ("well-formed", "malformed")),
    *(f"keeps all text of {form} input" for form in ("well-formed", "malformed")),
    "reads as ours does",
    "returns messages",
)
FAILURE = rf"fuzz: ({'|'.join(PROPERTIES)}): .*"
INPUT = r"      (role \w+|no role): .*"
SUMMARY = r"fuzz: 40 inputs, seed \d+: (\d+) failures \((?:\d+ [^,]+(?:, )?)+\), written to failures\.jsonl"


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language]


def faults(lines: list[str]) -> Iterator[str]:
    """What of the lines of a search is not as the command writes it."""
    *told, last = lines
    for failure, example in zip(told[::2], told[1::2]):
        if not re.fullmatch(FAILURE, failure):
            yield failure
        if not re.fullmatch(INPUT, example):
            yield example
    summary = re.fullmatch(SUMMARY, last)
    if summary is None or 2 * int(summary[1]) != len(told):
        yield last


def transcript() -> tuple[str, list[str]]:
    (command, *lines) = next(block for block in blocks("") if block.startswith("$ ")).splitlines()
    return command.removeprefix("$ "), lines


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], int]:
    """What the command of the page does now."""
    folder = tmp_path_factory.mktemp("searched")
    command, _ = transcript()
    arguments = [sys.executable, *command.split()[1:]]
    done = subprocess.run(arguments, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    lines = [line for line in done.stderr.splitlines() if not line.endswith("inputs/s")]
    return folder / "failures.jsonl", [*lines, *done.stdout.splitlines()], done.returncode


def test_the_page_and_the_command_show_failures_in_the_same_form(searched: tuple[Path, list[str], int]) -> None:
    _, lines, status = searched
    assert status == 1
    assert list(faults(lines)) == []
    assert list(faults(transcript()[1])) == []


def test_another_form_is_noticed() -> None:
    lines = transcript()[1]
    assert list(faults([line.replace("role", "as") for line in lines]))
    assert list(faults(lines[2:]))
    assert list(faults([line.replace("fuzz: ", "", 1) for line in lines]))


def test_the_failure_of_the_page_has_the_form_of_a_written_one(searched: tuple[Path, list[str], int]) -> None:
    shown = json.loads(blocks("json")[0])
    assert {key: type(value) for key, value in shown.items() if key != "messages"}.items() <= {
        (key, type(value)) for line in failures(searched[0]) for key, value in line.items()
    }
    assert list(shown) == list(failures(searched[0])[0])


def test_the_failure_of_the_page_fails_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "failures.jsonl").write_text(blocks("json")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(ROOT))
    command = next(line for block in blocks("") for line in block.splitlines() if "--replay" in line)
    assert main(command.split()[3:]) == 1
    assert json.loads(blocks("json")[0])["property"] in capsys.readouterr().out


def test_the_parser_of_the_page_is_the_one_in_the_examples() -> None:
    assert blocks("python")[0] in (ROOT / "examples" / "naive_parser.py").read_text(encoding="utf-8")


def test_the_test_of_the_page_passes_in_a_suite_of_its_own(tmp_path: Path) -> None:
    """In a new process, with the settings that Hypothesis has if nobody says anything: no example may be slow."""
    (tmp_path / "test_server.py").write_text(blocks("python")[1], encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environment = {
        key: value for key, value in ENVIRONMENT.items() if not key.startswith(("HYPOTHESIS", "PYTEST", "CI"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_server.py"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": os.fspath(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
