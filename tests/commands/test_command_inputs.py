"""What commands take an input for, and what they say of one that is nothing of that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_harmony import Conversation, DeveloperContent, Message, SystemContent
from openai_harmony._cli.failing import Failure
from openai_harmony._cli.inputs import read, read_one
from openai_harmony._conversations import conversation_of, form_of
from tests.commands.running import CHAT, COMPLETION, Ran

OURS = Conversation.from_messages(
    [
        Message.from_role_and_content("system", SystemContent.new()),
        Message.from_role_and_content("developer", DeveloperContent.new().with_instructions("Be brief.")),
        Message.from_role_and_content("user", "Hi"),
        Message.from_role_and_content("assistant", "Hello").with_channel("final"),
    ]
)


@pytest.mark.shipped
@pytest.mark.parametrize("at", range(4))
def test_what_this_package_writes_is_taken_for_that(at: int) -> None:
    assert form_of(Conversation.from_messages(OURS.messages[at : at + 1]).to_dict()) == "conversation"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (CHAT, "chat"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}, "chat"),
        ({"messages": [{"role": "user", "name": "bob", "content": "Hi"}]}, "chat"),
        ([{"role": "user", "content": "Hi"}], "chat"),
        ({"messages": []}, "chat"),
        ({"messages": [{"role": "user", "content": "Hi"}], "system": "Be brief."}, "anthropic"),
        ({"input": "Hi"}, "responses"),
        ({"input": [], "model": "m"}, "responses"),
        ({"model": "m"}, None),
        ([], None),
        ([1], None),
        ("messages", None),
        (None, None),
    ],
)
def test_a_form_follows_from_keys(value: object, form: str | None) -> None:
    assert form_of(value) == form


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1 2\n3", "tokens", [1, 2, 3]),
        ("[1, 2]", "tokens", [1, 2]),
        ('{"tokens": [1, 2], "role": "assistant"}', "tokens", [1, 2]),
        ('{"token_ids": [1]}', "tokens", [1]),
        ("[]", "tokens", []),
        (json.dumps({"completion": COMPLETION}), "text", COMPLETION),
        ('{"tokens": []}', "tokens", []),
        ("1, 2,", "tokens", [1, 2]),
        (COMPLETION, "text", COMPLETION),
        (json.dumps(COMPLETION), "text", COMPLETION),
        (json.dumps({"text": COMPLETION}), "text", COMPLETION),
        ('{"a": 1}<|call|>', "text", '{"a": 1}<|call|>'),
        ("\ufeffHi", "text", "Hi"),
        (json.dumps(CHAT), "chat", CHAT),
        ('{"input": "Hi"}', "responses", {"input": "Hi"}),
    ],
)
@pytest.mark.shipped
def test_a_kind_follows_from_the_input(text: str, kind: str, value: object, tmp_path: Path) -> None:
    (tmp_path / "input").write_text(text, encoding="utf-8")
    item = read_one(tmp_path / "input")
    assert (item.kind, item.value) == (kind, value)


def test_lines_of_json_are_an_input_each(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text('[1]\n\n"text"\n{"input": "Hi"}\n', encoding="utf-8")
    items = read(tmp_path / "lines")
    assert [item.kind for item in items] == ["tokens", "text", "responses"]
    assert [item.place.rpartition(":")[2] for item in items] == ["1", "3", "4"]


def test_a_kind_that_is_told_is_believed(tmp_path: Path) -> None:
    (tmp_path / "input").write_text("[1, 2]", encoding="utf-8")
    assert read_one(tmp_path / "input", "text").value == "[1, 2]"
    assert read_one(tmp_path / "input", "chat").kind == "chat"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "input: empty"),
        (" \n", "input: empty"),
        ('{"model": 1}', "input: JSON of no known kind; --from says which of"),
        ("[1, 2.5]", "input: JSON of no known kind"),
        ('{"a": ', "input:1:7: no JSON: Expecting value"),
        ("[1]\n[2\n[3]", "input:2:3: no JSON: "),
        ('[1]\n{"a": 1}', "input:2: JSON of no known kind"),
        ("[" * 100_000, "input: no JSON: "),
        ("[" + "9" * 5000 + "]", "input: no JSON: "),
    ],
)
def test_what_is_nothing_is_refused_with_its_place(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "input").write_text(text, encoding="utf-8")
    with pytest.raises(Failure) as caught:
        read(tmp_path / "input")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"messages": 3}, "messages: expected a list of messages, not int"),
        ({"messages": [{"role": "user", "content": "a"}, {"content": "x"}]}, "messages[1]: missing key 'role'"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0]: text: Field required"),
        ({"messages": [{"role": "user", "content": [{"type": "no"}]}]}, "messages[0]: Unknown content variant"),
    ],
)
def test_a_conversation_that_is_none_is_refused_with_its_place(value: object, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is looked at
        conversation_of(value, "conversation")
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


@pytest.mark.shipped
def test_a_conversation_and_a_request_are_rendered_by_their_own_rules(
    harmony: Callable[..., Ran], files: Callable[..., str]
) -> None:
    path = files("conversation.json", {"messages": [{"role": "user", "content": "Hi"}]})
    ours = harmony("render", path, "--from", "conversation")
    assert ours.out == "<|start|>user<|message|>Hi<|end|><|start|>assistant"
    for kind in ("chat", "anthropic"):
        assert harmony("render", path, "--from", kind).out.startswith("<|start|>system<|message|>")


def test_a_file_is_said_to_be_doubtful_once(files: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"messages": [{"role": "user", "content": "Hi"}]})
    assert len(read(Path(files("chats.jsonl", f"{line}\n{line}\n")))) == 2
    assert capsys.readouterr().err.count("read as a chat") == 1


def test_a_form_that_could_be_another_is_told(harmony: Callable[..., Ran], files: Callable[..., str]) -> None:
    doubtful = files("doubtful.json", {"messages": [{"role": "user", "content": "Hi"}]})
    assert harmony("render", doubtful).err == f"{doubtful}: read as a chat; --from says what else it is\n"
    assert harmony("render", files("certain.json", CHAT)).err == ""
