"""The files and options of the command `fuzz`: what cannot be used is one line that names the place, and status 2."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from openai_harmony.__main__ import main
from openai_harmony.fuzzing.example import Example, Shape
from openai_harmony.fuzzing.lines import Lines, line_of, replayed, spelled
from openai_harmony.fuzzing.material import material
from tests.support.trial import ENVIRONMENT, FUZZ, SOUND, STRICT, failures, on_trial

BAD_LINES = {
    "broken": ("{", "Expecting property name enclosed in double quotes"),
    "deep": ("[" * 100_000, "maximum recursion depth exceeded"),
    "bytes": (b"\xff", "'utf-8' codec can't decode byte 0xff"),
    "empty": ("{}", 'expected an object with "tokens" or "text"'),
    "number": ("3", 'expected an object with "tokens" or "text"'),
    "role": ('{"text": "a", "role": "nobody"}', "unknown role: 'nobody'"),
    "roles": ('{"text": "a", "role": ["user"]}', "unknown role: ['user']"),
    "float": ('{"tokens": [1.5]}', "tokens must be integers: [1.5]"),
    "truth": ('{"tokens": [true]}', "tokens must be integers: [True]"),
    "scalar": ('{"tokens": 5}', "tokens must be a list: 5"),
    "text": ('{"text": 5}', "text must be a string: 5"),
}
BAD_FAILURES = {
    "target": ('{"tokens": [], "target": 5}', "expected the name of a target: 5"),
    "messages": ('{"tokens": [], "messages": 5}', "messages must be a list: 5"),
    "message": ('{"tokens": [], "messages": [5]}', "expected a message with role and text: 5"),
}


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said when the command cannot run; no search may begin."""
    assert main(["fuzz", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


# What is read -------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--seeds", "--replay"])
@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], option: str, name: str
) -> None:
    line, complaint = BAD_LINES[name]
    data = line.encode() if isinstance(line, str) else line
    (folder / "bad.jsonl").write_bytes(b'{"text": "a"}\n\n' + data + b"\n")
    assert refused(capsys, option, "bad.jsonl").startswith(f"fuzz: bad.jsonl:3: {complaint}")


@pytest.mark.parametrize("name", BAD_FAILURES)
def test_a_bad_failure_is_told_with_its_place(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    line, complaint = BAD_FAILURES[name]
    (folder / "bad.jsonl").write_text(line, encoding="utf-8")
    assert refused(capsys, "--replay", "bad.jsonl") == f"fuzz: bad.jsonl:1: {complaint}\n"


@pytest.mark.parametrize("option", ["--seeds", "--replay"])
def test_a_file_that_is_not_there_or_holds_nothing_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert refused(capsys, option, "missing.jsonl") == "fuzz: missing.jsonl: No such file or directory\n"
    assert refused(capsys, option, ".") == "fuzz: .: Is a directory\n"
    (folder / "empty.jsonl").touch()
    assert refused(capsys, option, "empty.jsonl") == "fuzz: empty.jsonl: holds no line\n"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nowhere", "is not of the form module:function"),
        ("nowhere_at_all:f", "No module named 'nowhere_at_all'"),
        ("json:nothing", "has no attribute 'nothing'"),
        ("json:__doc__", "is no function"),
    ],
)
def test_a_target_that_is_not_there_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, complaint: str
) -> None:
    assert complaint in refused(capsys, "--target", name)


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--seconds", "0", "0 is not positive"),
        ("--seconds", "-1", "-1 is not positive"),
        ("--seconds", "nan", "nan is not positive"),
        ("--seconds", "soon", "'soon' is no number"),
        ("--timeout", "0", "0 is not positive"),
        ("--runs", "0", "0 is not positive"),
        ("--runs", "1.5", "'1.5' is no number"),
    ],
)
def test_a_number_that_makes_no_search_is_told(
    capsys: pytest.CaptureFixture[str], option: str, value: str, complaint: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["fuzz", option, value])
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"argument {option}: {complaint}\n")


def test_the_help_tells_every_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fuzz", "--help"])
    told = capsys.readouterr().out
    page = (Path(__file__).parents[2] / "docs" / "fuzzing.md").read_text(encoding="utf-8")
    for status in ("0", "1", "2", "130"):
        assert f"\n  {status:<5}" in told
        assert f"\n| {status} | " in page


# What is written ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "reason"), [("missing/found.jsonl", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_written_is_told_before_the_search(
    folder: Path, capsys: pytest.CaptureFixture[str], out: str, reason: str
) -> None:
    assert refused(capsys, "--out", out) == f"fuzz: {out}: {reason}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
def test_a_failure_that_cannot_be_written_is_shown_and_ends_the_search(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = on_trial(folder, STRICT)
    assert main(["fuzz", "--target", target, "--seed", "1", "--kinds", "malformed", "--out", "/dev/full"]) == 2
    first, _, last = capsys.readouterr().err.splitlines()
    assert first.startswith("fuzz: raises on malformed input: ")
    assert last == "fuzz: /dev/full: No space left on device"


def test_failures_do_not_take_the_place_of_the_seeds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "failures.jsonl").write_text('{"text": "a"}\n', encoding="utf-8")
    assert "holds the seeds" in refused(capsys, "--seeds", "failures.jsonl")
    assert (folder / "failures.jsonl").read_text(encoding="utf-8") == '{"text": "a"}\n'


def test_failures_of_an_earlier_search_stay_until_there_are_others(folder: Path) -> None:
    path = folder / "failures.jsonl"
    path.write_text("earlier", encoding="utf-8")
    with Lines(path) as lines:
        assert path.read_text(encoding="utf-8") == "earlier"
        lines.write({"detail": "a lone \udc80"})
    assert failures(path) == [{"detail": "a lone \udc80"}]


def test_a_failure_is_shown_with_its_role_on_lines_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = on_trial(folder, "raise ValueError('bad\\n\\x1b[2J')")
    seeds = [{"text": "one\ntwo", "role": role} for role in ("user", None)]
    (folder / "seeds.jsonl").write_text("\n".join(map(json.dumps, seeds)), encoding="utf-8")
    main(["fuzz", "--target", target, "--seeds", "seeds.jsonl", "--runs", "2"])
    told = [line for line in capsys.readouterr().err.splitlines() if not line.endswith("inputs/s")]
    assert [line.partition(":")[0].strip() for line in told[1::2]] == ["role user", "no role"]
    assert all("\x1b" not in line for line in told)


def test_tokens_are_spelled_for_people() -> None:
    tokens = (200008, *material().encoding.encode("👩🏽 a"), -1, 2**64, 201089)
    assert spelled(tokens) == f"<|message|>👩🏽 a<-1><{2**64}><201089>"


# Replayed -----------------------------------------------------------------------------------------


def test_a_replay_uses_the_target_that_each_failure_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = on_trial(folder, STRICT)
    assert main(["fuzz", "--target", target, "--runs", "40", "--seed", "1"]) == 1
    found = failures(folder / "failures.jsonl")
    mine = {**found[0], "target": None}  # of this package's parser, which passes
    (folder / "all.jsonl").write_text("\n".join(map(json.dumps, [*found, mine])), encoding="utf-8")
    capsys.readouterr()
    assert main(["fuzz", "--replay", "all.jsonl"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == [f"{len(found) + 1}: passes", f"fuzz: {len(found)} of {len(found) + 1} failures again"]
    assert told[0] == f"1: {found[0]['property']}: {found[0]['detail']}"
    on_trial(folder, SOUND)
    assert main(["fuzz", "--replay", "all.jsonl"]) == 0


def test_a_target_that_is_named_takes_the_place_of_the_recorded_one(folder: Path) -> None:
    (folder / "found.jsonl").write_text('{"tokens": [1], "target": "gone:parse"}', encoding="utf-8")
    assert main(["fuzz", "--replay", "found.jsonl"]) == 2
    assert main(["fuzz", "--replay", "found.jsonl", "--target", on_trial(folder, SOUND)]) == 0


def test_a_replay_ends_after_its_seconds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = on_trial(folder, f"import time; time.sleep(0.3)\n{SOUND}")
    (folder / "found.jsonl").write_text('{"tokens": [1]}\n' * 50, encoding="utf-8")
    assert main(["fuzz", "--replay", "found.jsonl", "--target", target, "--seconds", "0.5"]) == 0
    tried = int(capsys.readouterr().out.rpartition("fuzz: 0 of ")[2].split()[0])
    assert 1 <= tried < 50


def test_a_replayed_failure_knows_what_its_input_says(folder: Path) -> None:
    example = Example((200008, 64), "assistant", "", (Shape("assistant", None, ("final", None, None), "a"),))
    (folder / "found.jsonl").write_text(json.dumps(line_of(example)), encoding="utf-8")
    (again,) = replayed(folder / "found.jsonl")
    assert again.example == example._replace(description="replayed")
    # Our parser reads no channel in it: that it is known is what fails.
    assert main(["fuzz", "--replay", "found.jsonl"]) == 1


# Read in part -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_whoever_stops_reading_is_no_traceback(folder: Path, stream: str) -> None:
    on_trial(folder, STRICT)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    arguments = ["--target", "parser_on_trial:parse", "--seed", "1", "--runs", "40"]
    with subprocess.Popen([*FUZZ, *arguments], cwd=folder, env=ENVIRONMENT, text=True, **pipes) as process:
        read, closed = process.stderr, process.stdout
        if stream == "stderr":
            read, closed = closed, read
        assert read is not None
        assert closed is not None
        closed.close()
        told = read.read()
    assert process.returncode == 141
    assert "Traceback" not in told
    assert "BrokenPipe" not in told
    assert failures(folder / "failures.jsonl")
