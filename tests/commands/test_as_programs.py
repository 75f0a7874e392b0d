"""Each command as its users call it: a program with arguments, input and an exit status."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openai_harmony import load_harmony_encoding
from openai_harmony.__main__ import main
from openai_harmony._cli.app import COMMANDS
from openai_harmony._plain_commands import PLAIN
from tests.commands.running import BROKEN, CHAT, COMPLETION, Ran, program
from tests.support.generated import ROOT

pytestmark = pytest.mark.shipped
ENCODING = load_harmony_encoding("HarmonyGptOss")
IDS = ENCODING.encode(COMPLETION, allowed_special="all")

# Arguments and standard input; `CHAT` and the like stand for files of these contents.
CALLS: dict[str, tuple[list[str], str, int, str]] = {
    "render": (
        ["render", "CHAT"],
        "",
        0,
        r"<\|start\|>user<\|message\|>What is 2 \+ 2\?<\|end\|><\|start\|>assistant$",
    ),
    "parse": (["parse"], COMPLETION, 0, r"assistant channel=analysis\n  A sum\.\n\nassistant channel=final\n  Four\."),
    "stream": (["stream", "--from", "tokens", "--json"], " ".join(map(str, IDS)), 0, r'"event": "ContentDelta"'),
    "diff": (["diff", "CHAT", "COMPLETION"], "", 1, r"token 0 differs, at the start of message 0"),
    "encode": (["encode", "--special", "allow"], COMPLETION, 0, " ".join(map(str, IDS))),
    "decode": (["decode", "-"], str(IDS), 0, re.escape(COMPLETION)),
    "inspect": (["inspect"], COMPLETION, 0, r"0 assistant channel=analysis \(hidden\): 7 tokens"),
    "inspected and wrong": (["inspect"], '{"model": 1}', 2, r"^inspect: standard input: JSON of no known kind"),
    "conformance": (["conformance", "--kind", "read"], "", 0, r"80 passed, 0 failed"),
    "batch": (["batch", "nowhere.jsonl", "out"], "", 2, r"^batch: nowhere\.jsonl: "),
    "doctor": (["doctor"], "", 0, r"generated code +as the spec says"),
    "version": (["--version"], "", 0, r"openai_harmony \d+\.\d+"),
    "help": (["--help"], "", 0, r"Commands:\n  render "),
    "no such file": (["parse", "nowhere.txt"], "", 2, r"^parse: nowhere\.txt: No such file or directory\n$"),
    "no conversation": (["render"], COMPLETION, 2, r"^render: standard input: text; expected a conversation"),
    "no json": (["render", "--from", "chat"], '{"messages":\n 1,,}', 2, r"^render: standard input:2:4: no JSON: .*\n$"),
    "a wrong role": (["render"], '{"messages": [{"role": "boss"}]}', 2, r"messages\[0\]\.role: unknown role 'boss'"),
    "a fault": (["parse", "--strictness", "pedantic"], BROKEN, 1, r"\(at character 28: found"),
    "no such option": (["encode", "--nothing"], "", 2, r"^encode: No such option: --nothing"),
    "no such command": (["nothing"], "", 2, r"^harmony: No such command 'nothing'\.\n$"),
    "no id": (["stream", "--from", "tokens"], "1 two", 2, r"^stream: standard input: 'two' is no id of a token\n$"),
    "no ids": (["decode"], "12 ab", 2, r"^decode: standard input: 'ab' is no id of a token\n$"),
    "half a character": (
        ["stream", "--from", "text"],
        "ab\udcc3",
        2,
        r"^stream: standard input: not UTF-8, at byte 2\n$",
    ),
    "a mark of bytes": (
        ["stream", "--from", "text"],
        "\ufeff<|channel|>final<|message|>Hi",
        0,
        r"^assistant channel=final\n",
    ),
    "an unknown id": (["decode"], "999999999", 2, r"^decode: standard input: .*999999999.*\n$"),
    "bytes": (["parse"], "\udcff", 2, r"^parse: standard input: not UTF-8, at byte 0\n$"),
    "half a command": (["diff", "CHAT"], "", 2, r"^diff: Missing argument 'B'\.\n$"),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """All calls, run side by side."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "chat.json").write_text(str(CHAT).replace("'", '"'), encoding="utf-8")
    (folder / "completion.txt").write_text(COMPLETION, encoding="utf-8")
    places = {"CHAT": str(folder / "chat.json"), "COMPLETION": str(folder / "completion.txt")}

    def run(call: tuple[list[str], str, int, str]) -> Ran:
        arguments, given, *_ = call
        raw = given.encode("utf-8", errors="surrogateescape")
        return program(*(places.get(argument, argument) for argument in arguments), given=raw)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(CALLS, pool.map(run, CALLS.values())))


@pytest.mark.parametrize("name", CALLS)
def test_a_command_writes_and_ends_as_it_should(name: str, ran: dict[str, Ran]) -> None:
    *_, status, expected = CALLS[name]
    result = ran[name]
    assert result.status == status, result
    assert re.search(expected, result.err if status == 2 or name == "a fault" else result.out), result
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call[2] == 2])
def test_what_is_wrong_is_one_line_on_standard_error(name: str, ran: dict[str, Ran]) -> None:
    assert (ran[name].out, ran[name].err.count("\n")) == ("", 1)


def test_what_was_parsed_before_an_error_is_written(ran: dict[str, Ran]) -> None:
    assert program("parse", "--strictness", "pedantic", "--json", given=COMPLETION + BROKEN).json["messages"][1]


def test_a_reader_that_stops_early_ends_a_command_quietly() -> None:
    command = [sys.executable, "-m", "openai_harmony", "decode", "--pieces"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(b"13225 " * 50_000)
        process.stdin.close()
        assert (process.stderr.read(), process.wait()) == (b"", 141)


def test_a_help_that_nobody_reads_ends_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "openai_harmony", "--help"], stdout=-1, stderr=-1, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 141)


def test_an_interrupt_ends_a_command_quietly() -> None:
    command = [sys.executable, "-m", "openai_harmony", "stream", "--from", "tokens"]
    default = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, cwd=ROOT, **default) as process:  # type: ignore[call-overload]
        process.stdin.write(b"200005 17196 200008 13225 ")
        process.stdin.flush()
        assert process.stdout.readline()  # it is at work
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        assert (process.stderr.read(), process.wait()) == (b"", 130)


def test_a_terminal_gets_colours_and_a_pipe_none(tmp_path: Path) -> None:
    (tmp_path / "completion.txt").write_text(BROKEN, encoding="utf-8")
    command = [sys.executable, "-m", "openai_harmony", "parse", str(tmp_path / "completion.txt")]
    ours, theirs = pty.openpty()
    subprocess.run(command, stdout=theirs, cwd=ROOT, check=True, env={**os.environ, "TERM": "xterm-256color"})
    os.close(theirs)
    shown = _all_of(ours)
    assert "\x1b[1massistant" in shown
    assert "\x1b[33mrecovered" in shown
    assert "\x1b" not in program("parse", str(tmp_path / "completion.txt")).out


def _all_of(descriptor: int) -> str:
    shown = b""
    try:
        while part := os.read(descriptor, 4096):
            shown += part
    except OSError:  # how the other end of a terminal is closed on Linux
        pass
    os.close(descriptor)
    return shown.decode("utf-8")


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("harmony re", ["render"]),
        ("harmony render --st", ["--style"]),
        ("harmony render --style m", ["model"]),
        ("harmony fuzz --see", ["--seeds", "--seed"]),
        ("harmony grammar --reasoning r", ["require"]),
    ],
)
def test_a_shell_completes(words: str, completed: list[str]) -> None:
    told = {"_HARMONY_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    script = "import sys; sys.argv = ['harmony']; from openai_harmony.__main__ import run; sys.exit(run())"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **told}, capture_output=True)
    assert done.stdout.decode().split() == completed


def test_every_help_has_an_example_and_the_exit_statuses(harmony: Callable[..., Ran]) -> None:
    for name in COMMANDS:
        shown = harmony(name, "--help").out
        assert f"    harmony {name}" in shown, name
        assert "141  the reader" in shown, name


@pytest.mark.parametrize("name", PLAIN)
def test_every_help_of_a_command_without_typer_has_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert f"  harmony {name} " in capsys.readouterr().out


def test_without_typer_commands_say_how_to_install_it_and_fuzz_goes_on() -> None:
    script = (
        "import sys\nsys.modules['typer'] = None\n"
        "from openai_harmony.__main__ import main\n"
        f"statuses = [main([name]) for name in {list(COMMANDS)!r}]\n"
        "print(statuses, main(['fuzz', '--runs', '3']), main(['template', 'response', '--output', '/dev/null']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"{[2] * len(COMMANDS)} 0 0", done.stderr
    expected = [f"{name}: needs the extra `cli`: pip install 'openai-harmony[cli]'" for name in COMMANDS]
    assert [line for line in done.stderr.splitlines() if not line.startswith("fuzz: ")] == expected


def test_the_console_script_is_the_same_program() -> None:
    script = Path(sys.executable).parent / "harmony"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == program("--version").out


def test_rich_is_imported_for_a_terminal_alone_and_no_other_extra_at_all() -> None:
    watched = ["rich", "starlette", "pyarrow", "hypothesis", "tiktoken"]
    script = (
        "import sys\nfrom openai_harmony.__main__ import main\n"
        "main(['parse'])\n"
        f"print(*(name for name in {watched!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], input=COMPLETION, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "\n"


def test_tokens_are_parsed_while_they_arrive() -> None:
    command = [sys.executable, "-m", "openai_harmony", "stream", "--from", "tokens"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"200005 17196 200008 132")
        process.stdin.flush()
        assert process.stdout.readline() == b"assistant channel=final\n"
        process.stdin.write(b"25 ")
        process.stdin.flush()
        assert process.stdout.read(5) == b"Hello"
        process.stdin.close()
        process.wait()
