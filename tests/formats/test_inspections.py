"""Inspections are of whatever format a package is of: parts, modes, pages and notebooks know no other names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.formats.made import Made
from tests.formats.test_commands import run


def turns(made: Made) -> Any:
    h = made.package
    return h.Conversation.from_messages(
        [made.say("user", "2 + 2?"), made.say("assistant", "4"), made.say("user", "Why?")]
    )


def test_the_parsed_parts_are_those_that_were_rendered(made: Made) -> None:
    inspection = made.part("inspection")
    rendered = made.encoding.render_with_spans(turns(made))
    shown = inspection.inspect_tokens(made.encoding, rendered.tokens)
    assert [token.part for token in shown.tokens] == rendered.part_names()
    assert [token.message for token in shown.tokens] == [None if at < 0 else at for at in rendered.message_indices]
    assert [(message.role, message.text) for message in shown.messages] == [
        *(("user", "2 + 2?"), ("assistant", "4"), ("user", "Why?")),
    ]


def test_a_prompt_is_inspected_with_its_opening_and_its_loss(made: Made) -> None:
    shown = made.part("inspection").inspect_conversation(made.encoding, turns(made), next_turn_role="assistant")
    rendered = made.encoding.render_with_spans(turns(made), next_turn_role="assistant")
    assert [token.loss for token in shown.tokens] == list(rendered.loss_mask())
    assert {token.part for token in shown.tokens if token.message is None} <= {"begin", "opening"}


def test_faults_are_found_in_each_mode(made: Made) -> None:
    h = made.part("inspection")
    stop = made.spelled([next(iter(made.encoding.stop_tokens()))])
    tokens = made.tokens(f"Hi{stop}{stop}")
    shown = h.inspect_tokens(made.encoding, tokens, "assistant")
    assert shown.recoveries
    assert {reading.strictness: bool(reading.errors) for reading in shown.readings}["pedantic"]
    assert not {reading.strictness: bool(reading.errors) for reading in shown.readings}["recover"]
    assert all(recovery.meaning for recovery in shown.recoveries)
    assert f"[!1 {shown.recoveries[0].kind}]" in shown.text()
    assert shown.html().startswith("<!doctype html>")


def test_the_command_and_notebooks_show_them(made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conversation = turns(made)
    (tmp_path / "turns.json").write_text(conversation.to_json(), encoding="utf-8")
    status, out, err = run(made, capsys, "inspect", str(tmp_path / "turns.json"), "--from", "conversation")
    assert (status, err) == (0, "")
    assert "0 user: " in out
    assert "2 + 2?" in conversation._repr_html_()
    assert "1 assistant" in made.encoding.render_with_spans(conversation)._repr_html_()
    assert "Why?" in made.encoding.parse(made.encoding.render_conversation(conversation))._repr_html_()


def test_the_local_page_offers_what_the_format_has(made: Made) -> None:
    offered = made.part("_cli.inspect_serve").choices()
    assert {value for value, _ in offered["role"]} == {"", "none", *(role.value for role in made.package.Role)}
    assert made.encoding.parse(made.tokens(offered["example"])).recoveries
