"""The Responses API of a changed format: what was edited in the spec is what requests become and outputs are."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.variants import CHANGES, CHANNEL, NAMESPACE, before, instead
from tests.support.generated import SpecEdits, edit, edited_spec, generate, imported

pytestmark = pytest.mark.shipped  # the variants are edits of the shipped spec

DRAFT = CHANNEL.replace("plan", "draft").replace("    shown: true\n", "")
CALENDAR = NAMESPACE.replace(
    "tools:\n",
    """\
responses:
  tools: [calendar, calendar_preview]
  item: calendar_call
  actions:
    today: {type: today, zone: ""}
tools:
""",
)
NOTES = """\
name: notes
doc: Notes.
description: Tool for notes.
responses:
  tools: [notes]
  item: notes_call
  text: note
tools: []
"""
FILES = NAMESPACE.replace("calendar", "files")  # what the Responses API calls it, it does not say
PYTHON_SAYS = """\
# What the Responses API calls it: the type of the tool, the type of the item that is a call, and the key of its text.
responses:
  tools: [code_interpreter]
  item: code_interpreter_call
  text: code
"""
EDITS: dict[str, SpecEdits] = {
    "edited": {
        **CHANGES["renamed_channels"],
        **CHANGES["renamed_tool"],
        "tools/python.yaml": [instead("name: python\n", "name: interpreter\n")],
        "tools/calendar.yaml": CALENDAR,
        "tools/notes.yaml": NOTES,
        "tools/files.yaml": FILES,
        "tools/schema.yaml": [instead("function_namespace: functions\n", "function_namespace: calls\n")],
    },
    "deleted": {
        "tools/python.yaml": [instead(PYTHON_SAYS, "")],
        "dialects.yaml": [instead("  commentary: preamble\n", "")],
    },
}


@dataclass(frozen=True)
class Variant:
    package: Any
    responses: Any

    @property
    def encoding(self) -> Any:
        return self.package.load_harmony_encoding("HarmonyGptOss")

    def output(self, text: str, tools: list[Any]) -> list[dict[str, Any]]:
        """The output of a completion, in steps and whole, without ids and status."""
        tokens = self.encoding.encode(text, allowed_special="all")
        stream = self.responses.ResponsesStream(self.encoding, {"id": "resp_1"}, tools=tools, new_id=lambda kind: kind)
        events = [event for token in tokens for event in stream.feed([token])] + stream.finish()
        assert events[-1]["type"] == "response.completed"
        whole = self.responses.response_output_from(stream.messages, tools=tools, new_id=lambda kind: kind)
        assert whole == stream.output == events[-1]["response"]["output"]
        return [{key: value for key, value in item.items() if key not in ("id", "call_id", "status")} for item in whole]

    def prompt(self, items: Any, **request: Any) -> str:
        options = {"custom_tools": True, "analysis": "keep"}
        return str(
            self.encoding.decode(self.responses.responses_prompt(self.encoding, {"input": items, **request}, **options))
        )


@pytest.fixture(scope="module")
def variant_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Variant]]:
    """Makes variants, each once."""
    made: dict[str, Variant] = {}

    def make(name: str) -> Variant:
        if name not in made:
            folder: Path = tmp_path_factory.mktemp(name)
            spec = edited_spec(folder, EDITS[name])
            if name == "deleted":
                (spec / "tools" / "browser.yaml").unlink()
            else:  # two edits of one place are made one after the other
                edit(spec, {"channels.yaml": [before("  answer:\n", CHANNEL + DRAFT)]})
            package = f"responses_{name}"
            generate(spec, folder, package)
            made[name] = Variant(imported(folder, package), importlib.import_module(f"{package}.responses"))
        return made[name]

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] in {f"responses_{name}" for name in made}]:
        del sys.modules[name]


@pytest.fixture
def edited(variant_of: Callable[[str], Variant]) -> Variant:
    return variant_of("edited")


@pytest.fixture
def deleted(variant_of: Callable[[str], Variant]) -> Variant:
    return variant_of("deleted")


CODE = {"type": "code_interpreter"}
ITEMS: list[dict[str, Any]] = [
    {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]},
    {"type": "function_call", "call_id": "call", "name": "f", "arguments": '{"a": 1}'},
    {"type": "custom_tool_call", "call_id": "call", "name": "c", "input": "x\n"},
    {
        "type": "message",
        "role": "assistant",
        "phase": "final_answer",
        "content": [{"type": "output_text", "text": "Yes."}],
    },
]
TOOLS: list[dict[str, Any]] = [{"type": "function", "name": "f"}, {"type": "custom", "name": "c"}]


@pytest.mark.parametrize("name", EDITS)
def test_items_of_a_changed_format_come_back(name: str, variant_of: Callable[[str], Variant]) -> None:
    variant = variant_of(name)
    history: list[Any] = [{"role": "user", "content": "Hi"}]
    for item in ITEMS:
        earlier, later = variant.prompt(history, tools=TOOLS), variant.prompt([*history, item], tools=TOOLS)
        assert later.startswith(earlier)
        [out] = variant.output(later.removeprefix(earlier).removesuffix("<|start|>assistant"), TOOLS)
        if item["type"] == "message":
            out["content"][0].pop("annotations")
        assert out == {key: value for key, value in item.items() if key != "call_id"}
        history.append(item)


def test_a_renamed_tool_keeps_its_items(edited: Variant) -> None:
    call = {"type": "code_interpreter_call", "code": "1 + 1", "outputs": [{"type": "logs", "logs": "2"}]}
    prompt = edited.prompt([{"role": "user", "content": "Hi"}, call], tools=[CODE])
    text = (
        "<|start|>assistant to=interpreter<|channel|>thoughts code<|message|>1 + 1<|call|>"
        "<|start|>interpreter to=assistant<|channel|>thoughts<|message|>2<|end|>"
    )
    assert text in prompt
    assert "## interpreter" in prompt
    [item] = edited.output(text.removeprefix("<|start|>assistant"), [CODE])
    assert item == {**call, "container_id": "auto"}
    [search] = edited.output(
        '<|channel|>thoughts to=web.search<|message|>{"query": "x"}<|call|>', [{"type": "web_search"}]
    )
    assert search == {"type": "web_search_call", "action": {"type": "search", "query": "x"}}


def test_a_new_tool_is_declared_and_called_as_it_says(edited: Variant) -> None:
    tools = [{"type": "calendar_preview"}, {"type": "notes"}]
    prompt = edited.prompt("Hi", tools=tools)
    assert "## calendar" in prompt
    assert "## notes" in prompt
    text = (
        "<|channel|>thoughts to=calendar.today<|message|>{}<|call|><|start|>assistant to=notes<|message|>Milk<|call|>"
    )
    assert edited.output(text, tools) == [
        {"type": "calendar_call", "action": {"type": "today", "zone": ""}},
        {"type": "notes_call", "note": "Milk", "container_id": "auto", "outputs": None},
    ]
    note = {"type": "notes_call", "note": "Milk", "outputs": [{"type": "logs", "logs": "done"}]}
    assert "to=notes<|channel|>thoughts code<|message|>Milk<|call|><|start|>notes to=assistant" in edited.prompt([note])


def test_a_tool_that_says_nothing_of_the_api_is_called_like_a_function(edited: Variant) -> None:
    with pytest.raises(
        edited.responses.ConversionError, match=r"tools\[0\]\.type: a tool of type 'files' has no form here"
    ):
        edited.prompt("Hi", tools=[{"type": "files"}])
    [item] = edited.output("<|channel|>thoughts to=files.today<|message|>{}<|call|>", [])
    assert item == {"type": "function_call", "name": "files.today", "arguments": "{}"}


@pytest.mark.parametrize(("channel", "type"), [("plan", "message"), ("draft", "reasoning"), ("answer", "message")])
def test_what_a_new_channel_is_follows_from_whether_it_is_shown(channel: str, type: str, edited: Variant) -> None:
    [item] = edited.output(f"<|channel|>{channel}<|message|>First.<|end|>", [])
    assert item["type"] == type
    assert item["content"][0]["text"] == "First."
    assert item.get("phase") == {"plan": "commentary", "answer": "final_answer"}.get(channel)


def test_a_deleted_tool_is_refused_and_its_calls_are_those_of_functions(deleted: Variant) -> None:
    for type in ("web_search", "code_interpreter"):
        with pytest.raises(deleted.responses.ConversionError, match=f"a tool of type '{type}' has no form here"):
            deleted.prompt("Hi", tools=[{"type": type}])
    for type in ("web_search_call", "code_interpreter_call"):
        with pytest.raises(deleted.responses.ConversionError, match=f"an item of type '{type}' has no form here"):
            deleted.prompt([{"type": type}])
    [item] = deleted.output("<|channel|>analysis to=python code<|message|>1<|call|>", [])
    assert item == {"type": "function_call", "name": "python", "arguments": "1"}


def test_a_deleted_phase_is_refused_and_not_written(deleted: Variant) -> None:
    with pytest.raises(deleted.responses.ConversionError, match="unknown phase 'commentary'"):
        deleted.prompt([{"role": "assistant", "content": "Well", "phase": "commentary"}])
    [item] = deleted.output("<|channel|>commentary<|message|>Well<|end|>", [])
    assert "phase" not in item
