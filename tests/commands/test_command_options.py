"""What the options of commands do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import Conversation, RenderConversationConfig, Role, _doctor, load_harmony_encoding
from openai_harmony.chat import chat_message_from, chat_prompt, conversation_from_request
from tests.commands.running import BROKEN, CHAT, COMPLETION, Ran

pytestmark = pytest.mark.shipped
Files = Callable[..., str]
Harmony = Callable[..., Ran]

ENCODING = load_harmony_encoding("HarmonyGptOss")
TOOLS: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "w", "arguments": '{"city":"Bonn"}'}}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "sunny"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {"name": "w", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
        }
    ],
}


# render -------------------------------------------------------------------------------------------


def test_ids_are_those_of_the_prompt(harmony: Harmony, files: Files) -> None:
    out = harmony("render", files("chat.json", CHAT), "--to", "tokens").out
    assert out == " ".join(map(str, chat_prompt(ENCODING, CHAT))) + "\n"


def test_a_training_text_has_a_mask_and_parts(harmony: Harmony, files: Files) -> None:
    conversation = {"messages": [*CHAT["messages"], {"role": "assistant", "content": "4"}]}
    told = harmony("render", files("chat.json", conversation), "--for", "training", "--json").json
    rendered = ENCODING.render_with_spans(conversation_from_request(conversation), training=True)
    assert told["tokens"] == rendered.tokens
    assert told["text"] == ENCODING.decode(rendered.tokens)
    assert told["loss_mask"] == list(rendered.loss_mask())
    assert told["parts"] == rendered.part_names()
    assert told["messages"] == list(rendered.message_indices)


REASONED = {
    "messages": [
        *CHAT["messages"],
        {"role": "assistant", "reasoning": "A sum.", "content": "4"},
        {"role": "user", "content": "And 3 + 3?"},
        {"role": "assistant", "reasoning": "Another sum.", "content": "6"},
    ]
}


def test_training_on_a_chat_keeps_the_reasoning_of_its_last_turn(harmony: Harmony, files: Files) -> None:
    path = files("chat.json", REASONED)
    text = harmony("render", path, "--for", "training").out
    assert ("<|message|>A sum." in text, "Another sum." in text) == (False, True)
    assert "Another sum." not in harmony("render", path).out


@pytest.mark.parametrize(("analysis", "kept"), [("reference", False), ("finished_turns", False), ("keep", True)])
def test_which_reasoning_of_a_chat_is_left_out_can_be_told(
    analysis: str, kept: bool, harmony: Harmony, files: Files
) -> None:
    assert ("A sum." in harmony("render", files("chat.json", REASONED), "--analysis", analysis).out) == kept


def test_the_date_of_a_chat_can_be_told(harmony: Harmony, files: Files) -> None:
    out = harmony("render", files("chat.json", CHAT), "--date", "2026-01-31").out
    assert "Current date: 2026-01-31" in out


@pytest.mark.parametrize("option", [{"style": "hf"}, {"schema": "full"}, {"style": "model"}])
def test_options_of_rendering_reach_the_renderer(option: dict[str, Any], harmony: Harmony, files: Files) -> None:
    arguments = [word for name, value in option.items() for word in (f"--{name}", value)]
    config = RenderConversationConfig(**option, auto_drop_analysis=False)
    expected = ENCODING.decode(chat_prompt(ENCODING, TOOLS, config=config))
    assert harmony("render", files("chat.json", TOOLS), *arguments).out == expected


def test_several_conversations_have_a_line_each(harmony: Harmony, files: Files) -> None:
    path = files("chats.jsonl", "\n".join(json.dumps(each) for each in (CHAT, TOOLS)))
    lines = harmony("render", path, "--json").out.splitlines()
    assert [json.loads(line)["tokens"] for line in lines] == [chat_prompt(ENCODING, each) for each in (CHAT, TOOLS)]
    assert "2 conversations; choose `--to tokens` or `--to json`" in harmony("render", path).err


def test_output_goes_to_a_file(harmony: Harmony, files: Files, tmp_path: Any) -> None:
    assert harmony("render", files("chat.json", CHAT), "-o", str(tmp_path / "made")) == Ran(0, "", "")
    assert (tmp_path / "made").read_text() == ENCODING.decode(chat_prompt(ENCODING, CHAT))
    nowhere = str(tmp_path / "no" / "made")
    assert (
        harmony("render", files("chat.json", CHAT), "-o", nowhere).err
        == f"render: {nowhere}: No such file or directory\n"
    )


# parse and stream ---------------------------------------------------------------------------------


def test_messages_are_those_of_the_parser(harmony: Harmony, files: Files) -> None:
    told = harmony("parse", files("completion.txt", COMPLETION), "--json").json
    messages = ENCODING.parse_messages_from_completion_text(COMPLETION, Role.ASSISTANT)
    assert Conversation.from_dict(told).messages == messages
    assert (told["recoveries"], told["open_turn"], told["error"]) == ([], None, None)


@pytest.mark.parametrize("name", ["text", "tokens"])
def test_positions_of_faults_count_what_was_given(name: str, harmony: Harmony, files: Files) -> None:
    ids = ENCODING.encode(BROKEN, allowed_special="all")
    path = files("input", BROKEN if name == "text" else json.dumps(ids))
    told = harmony("parse", path, "--json").json
    start = BROKEN.index("<|channel|>b") if name == "text" else ids.index(200005, 1)
    assert told["recoveries"][0] | {"end": 0} == {
        "kind": "missing_stop",
        "start": start,
        "end": 0,
        "text": "",
        "message_index": 0,
    }


def test_a_prompt_has_its_own_roles_and_may_leave_a_turn_open(harmony: Harmony, files: Files) -> None:
    prompt = files("prompt.json", json.dumps(chat_prompt(ENCODING, CHAT)))
    told = harmony("parse", prompt, "--json").json
    assert [message["role"] for message in told["messages"]] == ["system", "user"]
    assert (told["open_turn"], told["recoveries"]) == ("assistant", [])


@pytest.mark.parametrize(
    ("strictness", "variable", "status"),
    [
        (None, None, 0),
        (None, "recover", 0),
        (None, "pedantic", 1),
        ("recover", "pedantic", 0),
        ("pedantic", None, 1),
        ("default", None, 1),
        (None, "wrong", 2),
    ],
)
def test_a_mode_is_told_or_that_of_the_environment(
    strictness: str | None,
    variable: str | None,
    status: int,
    harmony: Harmony,
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if variable is None:
        monkeypatch.delenv("HARMONY_STRICT", raising=False)
    else:
        monkeypatch.setenv("HARMONY_STRICT", variable)
    told = [] if strictness is None else ["--strictness", strictness]
    text = "<|channel|>final Four."  # 0.0.8 raises at its end
    assert harmony("parse", files("completion.txt", text), *told).status == status


def test_messages_are_written_as_apis_answer(harmony: Harmony, files: Files) -> None:
    path = files("completion.txt", COMPLETION)
    messages = ENCODING.parse_messages_from_completion_text(COMPLETION, Role.ASSISTANT)
    assert harmony("parse", path, "--to", "chat").json == chat_message_from(messages)
    assert [item["type"] for item in harmony("parse", path, "--to", "responses").json] == ["reasoning", "message"]


def test_several_completions_are_numbered_for_people(harmony: Harmony, files: Files) -> None:
    path = files("completions.jsonl", "\n".join(json.dumps(text) for text in (COMPLETION, BROKEN)))
    lines = harmony("parse", path).out.splitlines()
    assert [line for line in lines if line.startswith("---")] == ["--- 1", "--- 2"]
    assert lines[-3].startswith("recovered: missing_stop, characters ")


@pytest.mark.parametrize("chunk", ["1", "3", "1000"])
def test_streamed_text_is_the_same_in_any_pieces(chunk: str, harmony: Harmony, files: Files) -> None:
    out = harmony("stream", files("completion.txt", COMPLETION), "--chunk", chunk).out
    assert out == "assistant channel=analysis\nA sum.\n\nassistant channel=final\nFour.\n\n"


def test_events_before_an_error_are_written(harmony: Harmony, files: Files) -> None:
    path = files("ids.json", json.dumps(ENCODING.encode(BROKEN, allowed_special="all")))
    ran = harmony("stream", path, "--json", "--strictness", "pedantic")
    assert [json.loads(line)["event"] for line in ran.out.splitlines()] == ["MessageStart", "ContentDelta"]
    assert ran.status == 1


# encode and decode --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("special", "ids"),
    [
        ("allow", ENCODING.encode(COMPLETION, allowed_special="all")),
        ("text", ENCODING.encode(COMPLETION, disallowed_special=())),
    ],
)
def test_special_tokens_become_what_is_asked(special: str, ids: list[int], harmony: Harmony, files: Files) -> None:
    assert harmony("encode", files("text", COMPLETION), "--special", special, "--json").json == ids


def test_special_tokens_are_refused_unless_they_are_asked_for(harmony: Harmony, files: Files) -> None:
    ran = harmony("encode", files("text", COMPLETION))
    assert (ran.status, "has the text of the special token <|channel|>; see --special" in ran.err) == (2, True)


def test_decoding_is_exact_and_can_show_pieces(harmony: Harmony, files: Files) -> None:
    ids = files("ids", "13225 198")
    assert harmony("decode", ids).out == "Hello\n"
    assert harmony("decode", files("two", "[13225]\n[13225]")).out == "Hello\nHello"
    assert harmony("decode", ids, "--pieces").out == "13225\t'Hello'\n198\t'\\n'\n"
    half = files("half", json.dumps(ENCODING.encode("\U0001f9ff")[:1]))
    assert harmony("decode", half).out == "\ufffd"
    assert harmony("decode", half, "--errors", "strict").status == 2


# diff and doctor ----------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["model", "hf", "oss"])
def test_a_prompt_of_another_program_is_recognised(style: Any, harmony: Harmony, files: Files) -> None:
    config = RenderConversationConfig(style=style, auto_drop_analysis=False)
    prompt = files("prompt", json.dumps(chat_prompt(ENCODING, TOOLS, config=config)))
    chat = files("chat.json", TOOLS)
    ran = harmony("diff", chat, prompt, "--json")
    assert ran.status == 1
    assert ran.json["b"]["written_as"]["options"].startswith(f"style={style}, ")
    assert ran.json["b"]["written_as"]["is_equal"]
    assert harmony("diff", chat, prompt, "--style", style) == Ran(0, f"equal: {ran.json['b']['tokens']} tokens\n", "")


@pytest.mark.parametrize(
    ("change", "place", "part"),
    [
        (("final", "finish"), "in the header of message 1", "channel"),
        (("Four", "Five"), "in the content of message 1 (assistant, final)", "content"),
        (("<|return|>", "<|end|>"), "in the content of message 1 (assistant, final)", "stop"),
        (("<|return|>", ""), "in the content of message 1 (assistant, final)", "stop"),
    ],
)
def test_a_difference_is_told_with_its_message_and_part(
    change: tuple[str, str], place: str, part: str, harmony: Harmony, files: Files
) -> None:
    prompt = "<|start|>assistant" + COMPLETION
    told = harmony("diff", files("a", prompt), files("b", prompt.replace(*change)), "--json").json
    assert (told["place"], told["part"]) == (place, part)


def test_two_prompts_tell_in_which_styles_their_headers_are(harmony: Harmony, files: Files) -> None:
    paths = [
        files(style, ENCODING.decode(chat_prompt(ENCODING, TOOLS, config=RenderConversationConfig(style=style))))
        for style in ("model", "oss")
    ]
    told = harmony("diff", *paths, "--json").json
    assert (told["a"]["styles"], told["b"]["styles"]) == (["model"], ["oss"])


@pytest.mark.parametrize("variable", ["HARMONY_STRICT", "HARMONY_UNPLACED"])
def test_the_doctor_finds_a_wrong_variable(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "no such word")
    monkeypatch.setattr(_doctor, "_checkout", list)
    [fault] = [finding for finding in _doctor.findings() if finding.is_fault]
    assert fault.text.startswith(f"{variable}: 'no such word'")


def test_the_doctor_finds_a_wrong_vocabulary(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "o200k_base.tiktoken").write_text("IQ== 0\n", encoding="utf-8")
    monkeypatch.setenv("TIKTOKEN_ENCODINGS_BASE", str(tmp_path))
    monkeypatch.setattr(_doctor, "_checkout", list)
    faults = [finding for finding in _doctor.findings() if finding.is_fault]
    assert ["hash mismatch" in fault.text for fault in faults] == [True]
