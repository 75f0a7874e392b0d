"""The commands are those of whatever format a package is of."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.formats.made import Made


def run(made: Made, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    main: Any = import_module(f"{made.package.__name__}.__main__").main
    status = main(list(arguments))
    return (status, *capsys.readouterr())


def test_what_is_rendered_is_parsed_and_compared(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    h = made.package
    conversation = h.Conversation.from_messages([h.Message.from_role_and_content("user", "Hello")])
    (tmp_path / "conversation.json").write_text(conversation.to_json(), encoding="utf-8")
    source, prompt = str(tmp_path / "conversation.json"), str(tmp_path / "prompt.txt")
    for kind in ("conversation", "chat"):
        assert run(made, capsys, "render", source, "--from", kind, "-o", prompt) == (0, "", "")
        assert run(made, capsys, "parse", prompt) == (0, "user\n  Hello\n\nopen turn: assistant\n", "")
        status, out, err = run(made, capsys, "diff", source, prompt, "--from-a", kind)
        assert (status, err, out.startswith("equal: ")) == (0, "", True)
    assert run(made, capsys, "stream", prompt, "--json")[0] == 0
    assert run(made, capsys, "encode", prompt)[0] == 2
    assert run(made, capsys, "encode", prompt, "--special", "allow")[0] == 0
