"""`harmony inspect`: what it writes where, its exit statuses, and what it says of bad input."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from openai_harmony._cli.inspect_panels import panels
from openai_harmony.inspection import inspect_text
from tests.commands.running import Ran
from tests.inspection.samples_shown import BROKEN, ENCODING, TURNS
from tests.support.generated import ROOT

pytestmark = pytest.mark.shipped


@pytest.fixture
def completion(files: Callable[..., str]) -> str:
    return files("completion.txt", BROKEN)


def test_a_file_is_shown_as_text(harmony: Callable[..., Ran], completion: str) -> None:
    ran = harmony("inspect", completion)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == inspect_text(ENCODING, BROKEN, "assistant").text()
    assert "\x1b" not in ran.out


@pytest.mark.parametrize(("strictness", "status"), [("recover", 0), ("default", 1), ("pedantic", 1)])
def test_an_error_of_the_chosen_mode_is_the_exit_status(
    harmony: Callable[..., Ran], completion: str, strictness: str, status: int
) -> None:
    ran = harmony("inspect", completion, "--strictness", strictness)
    assert (ran.status, ran.err) == (status, "")
    assert ("[error: the mode stops here]" in ran.out) == bool(status)


def test_json_is_the_inspection(harmony: Callable[..., Ran], completion: str) -> None:
    ran = harmony("inspect", completion, "--json")
    assert ran.json == inspect_text(ENCODING, BROKEN, "assistant").to_dict()


def test_a_page_is_written_and_nothing_else(harmony: Callable[..., Ran], completion: str, tmp_path: Path) -> None:
    ran = harmony("inspect", completion, "--html", str(tmp_path / "page.html"))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_conversation_is_rendered_for_what_is_told(harmony: Callable[..., Ran], files: Callable[..., str]) -> None:
    source = files("turns.json", TURNS.to_json())
    told = {
        purpose: harmony("inspect", source, "--json", "--for", purpose).json for purpose in ("completion", "training")
    }
    assert told["completion"]["tokens"][-1]["part"] == "opening"
    assert told["training"]["tokens"][-1]["text"] == "<|return|>"
    assert told["training"]["totals"]["loss"] == 5
    assert [message["omitted"] for message in told["training"]["messages"]] == [False, False, True, False, False, False]
    kept = harmony("inspect", source, "--json", "--analysis", "keep").json
    assert not any(message["omitted"] for message in kept["messages"])


def test_the_role_is_the_models_unless_the_input_begins_a_message(
    harmony: Callable[..., Ran], files: Callable[..., str]
) -> None:
    assert harmony("inspect", files("a", "<|message|>Hi<|end|>"), "--json").json["role"] == "assistant"
    assert harmony("inspect", files("b", "<|start|>user<|message|>Hi<|end|>"), "--json").json["kind"] == "transcript"
    assert harmony("inspect", files("c", "<|message|>Hi<|end|>"), "--role", "user", "--json").json["role"] == "user"


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("", [], r"FILE: empty"),
        ('{"a": 1}', [], r"FILE: JSON of no known kind; .*"),
        ('{"messages": [}', ["--from", "chat"], r"FILE:1:15: no JSON: .*"),
        ("[1]\n[2]", [], r"FILE: 2 lines of JSON; this command reads one input"),
        ("9" * 5000, [], r"FILE: '9+' is no id of a token"),
        ("1", ["--serve"], r"--serve reads no file and writes none"),
        ("1", ["--encoding", "none"], r"--encoding: .*"),
        ("1", ["--html", "FOLDER/page.html"], r".*FOLDER/page.html: No such file or directory"),
    ],
)
def test_what_is_wrong_is_one_line(
    harmony: Callable[..., Ran], files: Callable[..., str], text: str, options: list[str], complaint: str
) -> None:
    source = files("input", text)
    ran = harmony("inspect", source, *options)
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(f"inspect: {complaint}\n", ran.err.replace(source, "FILE")), ran.err


def test_without_the_extra_serving_says_how_to_install_it(
    harmony: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "openai_harmony._inspection.serving", raising=False)
    ran = harmony("inspect", "--serve")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "inspect: --serve needs uvicorn: pip install 'openai-harmony[inspect]'\n"


def test_the_panels_say_what_the_text_says() -> None:
    inspection = inspect_text(ENCODING, BROKEN, "assistant")
    console = Console(width=200, color_system=None, file=open(os.devnull, "w"), record=True)  # noqa: SIM115
    for panel in panels(inspection, "recover"):
        console.print(panel)
    console.file.close()
    shown = console.export_text()
    lines = [line.strip() for line in inspection.text().splitlines()]
    assert sum("│" in line or "!" in line for line in lines) > 8
    assert [line for line in lines if ("│" in line or "!" in line) and line not in shown] == []
    assert "╭─ 2 assistant ─" in shown
    assert "channel=commentary recipient=functions.get_weather content_type=<|constrain|>json (call)" in shown


def test_a_terminal_shows_panels_in_colours(completion: str) -> None:
    command = [sys.executable, "-m", "openai_harmony", "inspect", completion]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    subprocess.run(command, stdout=theirs, cwd=ROOT, check=True, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # how the other end of a terminal is closed on Linux
        pass
    os.close(ours)
    assert "╭─" in shown.decode()
    assert "\x1b[36m<|channel|>" in shown.decode()
    assert "\x1b[1;30;43m[!1 stray_text]" in shown.decode()


def test_serving_tells_its_address_answers_and_ends_at_an_interrupt() -> None:
    command = [sys.executable, "-m", "openai_harmony", "inspect", "--serve", "--port", "0"]
    default = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    with subprocess.Popen(command, stdout=-1, stderr=-1, cwd=ROOT, **default) as process:  # type: ignore[call-overload]
        try:
            address = re.match(r"(http://127\.0\.0\.1:\d+)/  \(Ctrl-C ends it\)\n", process.stderr.readline().decode())
            assert address
            served(address[1])
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
        assert (out, err, process.returncode) == (b"", b"", 130)


def served(address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}/", timeout=30) as answer:
        assert b"<textarea" in answer.read()
    request = urllib.request.Request(f"{address}/inspect", json.dumps({"text": "1"}).encode())
    request.add_header("content-type", "application/json")
    request.add_header("origin", address)
    with opener.open(request, timeout=30) as answer:
        assert json.load(answer)["totals"]["tokens"] == 1
