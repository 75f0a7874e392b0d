"""The conversions follow the spec: in a changed format, chats become its messages, and these the same chats again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from tests.codegen.test_templates_follow import OTHER_CALLS
from tests.codegen.variants import CHANGES, VARIANTS
from tests.support.generated import SpecEdits, edited_spec, generate, imported

pytestmark = pytest.mark.shipped  # the variants are edits of the shipped spec

NOTE = """\
  note:
    class: NoteContent
    role: developer
    doc: A note.
    tag: last
    fields:
      note: {type: text, optional: true, doc: The note.}
    sections:
      - lines:
          - text: "# Note\\n\\n{note}"

"""
CALL = 'call: {recipient: "{function_namespace}.{name}"'
RESULT = 'name: "{function_namespace}.{name}"'
OTHERS: dict[str, SpecEdits] = {
    "other_prefix": {"chat.yaml": [(CALL, 'call: {recipient: "tools.{name}"'), (RESULT, 'name: "tools.{name}"')]},
    "no_prefix": {"chat.yaml": [(CALL, 'call: {recipient: "{name}"'), (RESULT, 'name: "{name}"')]},
    "no_tool_word": {"messages.yaml": [('tool_word_holds: "."\n', "")]},
    "none_ends": {"channels.yaml": [("    ends_turn: true\n", "")]},
    "several_contents": {
        "contents.yaml": [("  developer_content:\n", NOTE + "  developer_content:\n")],
        "chat.yaml": [
            (
                "  system: {role: developer, text: developer_content.instructions}",
                "  system: {role: developer, text: note.note}",
            )
        ],
    },
}
NAMED = ("new_channel", "new_header_field", "other_order", "renamed_channels", "renamed_role", "renamed_tool")
EDITS = {name: (VARIANTS | CHANGES)[name] for name in NAMED} | OTHER_CALLS | OTHERS
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
FUNCTION = {"name": "f", "description": "Does f.", "parameters": SCHEMA}
TOOLS = [{"type": "function", "function": FUNCTION}]
FORM = {"type": "json_schema", "json_schema": {"name": "form", "schema": SCHEMA, "description": "Says it."}}
CALLED = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
GIVEN = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Go."}]
ANSWERS = {
    "call": {"role": "assistant", "content": "Wait.", "reasoning": "First.", "tool_calls": [CALLED]},
    "answer": {"role": "assistant", "content": "Done.", "reasoning": "Then."},
}


@pytest.fixture(scope="module", params=EDITS)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    name, folder = f"conversions_{request.param}", tmp_path_factory.mktemp(request.param)
    generate(edited_spec(folder, EDITS[request.param]), folder, name)
    made = imported(folder, name)
    for module in ("anthropic", "chat", "responses"):
        import_module(f"{name}.{module}")
    yield made
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def _encoding(package: ModuleType) -> Any:
    return package.load_harmony_encoding(next(iter(package.HarmonyEncodingName)))


def _sayable(package: ModuleType, message: dict[str, Any]) -> dict[str, Any]:
    """A message without what the format has no place for."""
    return {key: value for key, value in message.items() if key != "reasoning" or _has(package, key)}


def _has(package: ModuleType, part: str) -> bool:
    return part in _table(package).assistant


def _table(package: ModuleType) -> Any:
    return import_module(f"{package.__name__}._generated.dialects").DIALECTS


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_a_chat_becomes_is_read_as_the_same_chat(package: ModuleType, answer: str) -> None:
    encoding = _encoding(package)
    said = _sayable(package, ANSWERS[answer])
    messages = package.chat.conversation_from_chat([*GIVEN, said], analysis="keep").messages
    written = [token for message in messages for token in encoding.render(message)]
    read = encoding.parse_messages_from_completion_tokens(written)
    assert package.chat.chat_message_from(read, tools=TOOLS, new_id=lambda: "1") == said


def test_a_prompt_holds_all_of_its_request(package: ModuleType) -> None:
    encoding = _encoding(package)
    call = _sayable(package, ANSWERS["call"])
    messages = [*GIVEN, call, {"role": "tool", "tool_call_id": "1", "content": "Found."}]
    request = {"messages": messages, "tools": TOOLS, "response_format": FORM}
    prompt = encoding.decode_utf8(package.chat.chat_prompt(encoding, request))
    places = [prompt.index(text) for text in ("Be brief.", "Go.", "Wait.", "Found.")]
    assert places == sorted(places)
    assert all(prompt.count(text) == 1 for text in ("Does f.", "Says it."))


def test_a_response_names_the_phase_of_what_it_says(package: ModuleType) -> None:
    call, answer = (_sayable(package, ANSWERS[key]) for key in ("call", "answer"))
    chat = [*GIVEN, call, {"role": "tool", "tool_call_id": "1", "content": "x"}, answer]
    messages = package.chat.conversation_from_chat(chat, analysis="keep").messages
    output = package.responses.response_output_from(messages, tools=[{**FUNCTION, "type": "function"}])
    told = {item["content"][0]["text"]: item.get("phase") for item in output if item["type"] == "message"}
    words = {part: word for word, part in _table(package).phases.items()}
    assert told == {"Wait.": words.get("preamble", words["answer"]), "Done.": words["answer"]}


def test_the_blocks_of_a_turn_are_read_as_the_same_blocks(package: ModuleType) -> None:
    encoding = _encoding(package)
    thoughts = [{"type": "thinking", "thinking": "First.", "signature": ""}] if _has(package, "reasoning") else []
    said = {"type": "text", "text": "Wait.", "citations": None}
    called = [*thoughts, said, {"type": "tool_use", "id": "1", "name": "f", "input": {"a": "x"}}]
    results = [{"type": "tool_result", "tool_use_id": "1", "content": "Found."}, {"type": "text", "text": "Go on."}]
    turn = [{"role": "assistant", "content": called}, {"role": "user", "content": results}]
    declared = [{"name": "f", "description": "Does f.", "input_schema": SCHEMA}]
    request = {"system": "Be brief.", "messages": [GIVEN[1], *turn], "tools": declared}
    request["output_config"] = {"format": {"type": "json_schema", "schema": {**SCHEMA, "title": "its_form"}}}
    prompt = encoding.decode_utf8(package.anthropic.messages_prompt(encoding, request))
    places = [prompt.index(text) for text in ("Be brief.", "Go.", "Wait.", "Found.", "Go on.")]
    assert places == sorted(places)
    assert all(prompt.count(text) == 1 for text in ("Does f.", "## its_form"))
    for blocks in (called, [*thoughts, {**said, "text": "Done."}]):
        chat = [GIVEN[1], {"role": "assistant", "content": blocks}]
        messages = package.anthropic.conversation_from_messages(chat, analysis="keep").messages
        read = encoding.parse_messages_from_completion_tokens([t for each in messages for t in encoding.render(each)])
        told = package.anthropic.anthropic_message_from(read, tools=declared, new_id=lambda: "1")
        assert told["content"] == blocks
