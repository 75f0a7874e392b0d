"""Commands whose standard streams are closed, full or a terminal, and inputs that would mislead one."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_harmony._cli.inputs import read
from openai_harmony._cli.output import visible, write_now
from tests.commands.running import COMPLETION, Ran
from tests.support.generated import ROOT

Harmony = Callable[..., Ran]
Files = Callable[..., str]


@pytest.mark.parametrize("arguments", [["parse"], ["stream", "--from", "text"]])
def test_a_standard_input_that_is_closed_is_told(
    arguments: list[str], harmony: Harmony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert harmony(*arguments) == Ran(2, "", f"{arguments[0]}: standard input: closed\n")


def test_a_standard_output_that_is_closed_is_not_written_to() -> None:
    command = [sys.executable, "-m", "openai_harmony", "decode"]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], input=b"1", cwd=ROOT, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_stream_that_cannot_be_written_is_told(
    harmony: Harmony, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("openai_harmony._cli.output.write_text", full)
    ran = harmony("stream", files("a.txt", COMPLETION))
    assert ran == Ran(2, "", "stream: standard output: No space left on device\n")


def test_events_are_utf8_whatever_the_encoding_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii", errors="backslashreplace"))
    write_now('"é"\n')
    assert raw.getvalue() == '"é"\n'.encode()


def test_a_terminal_is_sent_no_control_characters() -> None:
    assert visible("a\x1b]0;b\x07\r\x9b1m\x7f\n\té") == "a\\x1b]0;b\\x07\\r\\x9b1m\\x7f\n\té"


def test_lines_of_json_end_at_line_feeds_alone(files: Files) -> None:
    items = read(Path(files("a.jsonl", '"a\u2028b"\r\n"c\x85"\n')))
    assert [item.value for item in items] == ["a\u2028b", "c\x85"]


def test_text_for_people_keeps_all_of_its_characters(harmony: Harmony, files: Files) -> None:
    text = COMPLETION.replace("A sum.", "A\x0bs\u2028u\rm")
    assert "  A\x0bs\u2028u\rm\n" in harmony("parse", files("a.txt", text)).out


def test_standard_input_cannot_be_both_prompts(harmony: Harmony) -> None:
    assert harmony("diff", "-", "-") == Ran(2, "", "diff: A and B are both standard input\n")


def test_what_is_no_command_is_not_reported_by_another_one(harmony: Harmony) -> None:
    assert harmony("nothing", "render").err == "harmony: No such command 'nothing'.\n"
