"""Chat Completions of a changed format: what was edited in the spec is what requests become and completions are."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.variants import CHANGES, CHANNEL, VARIANTS, before, instead
from tests.support.generated import SpecEdits, edited_spec, generate, imported

pytestmark = pytest.mark.shipped  # the variants are edits of the shipped spec

DRAFT = CHANNEL.replace("plan", "draft").replace("    shown: true\n", "")
FUNCTIONS: SpecEdits = {
    "tools/schema.yaml": [instead("function_namespace: functions\n", "function_namespace: calls\n")]
}


def together(*edits: SpecEdits) -> dict[str, Any]:
    """Independent edits as one."""
    made: dict[str, Any] = {}
    for edit in edits:
        for file, changes in edit.items():
            made[file] = changes if isinstance(changes, str) else [*made.get(file, []), *changes]
    return made


# Few packages, since each takes seconds to make.
ALL: dict[str, SpecEdits] = {
    "added": together(*(VARIANTS[name] for name in ("new_role", "new_stop_token", "new_header_field", "new_namespace")))
    | {"channels.yaml": [before("  final:\n", CHANNEL + DRAFT)]},
    "renamed": together(
        *(CHANGES[name] for name in ("renamed_channels", "renamed_role", "renamed_user", "renamed_tool")),
        VARIANTS["renamed_token"],
        VARIANTS["type_first"],
        FUNCTIONS,
    ),
}


@dataclass(frozen=True)
class ChatVariant:
    package: Any
    chat: Any

    @property
    def encoding(self) -> Any:
        return self.package.load_harmony_encoding("HarmonyGptOss")

    def choice(self, text: str, **options: Any) -> Any:
        """The choice of a completion, whole and in steps."""
        tokens = self.encoding.encode(text, allowed_special="all")
        stream = self.chat.ChatStream(self.encoding, new_id=lambda: "call_1", **options)
        for token in tokens:
            stream.feed([token])
        stream.finish()
        whole = self.chat.chat_choice_from_tokens(self.encoding, tokens, new_id=lambda: "call_1", **options)
        assert whole == {"message": stream.message, "finish_reason": stream.finish_reason}
        return whole

    def prompt(self, messages: list[Any], **request: Any) -> str:
        tokens = self.chat.chat_prompt(
            self.encoding, {"messages": messages, **request}, builtin_tools=["python"], analysis="keep"
        )
        return str(self.encoding.decode(tokens))


@pytest.fixture(scope="module")
def variant_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ChatVariant]]:
    """Makes variants, each once."""
    made: dict[str, ChatVariant] = {}

    def make(name: str) -> ChatVariant:
        if name not in made:
            folder: Path = tmp_path_factory.mktemp(name)
            package = f"chats_{name}"
            generate(edited_spec(folder, ALL[name]), folder, package)
            made[name] = ChatVariant(imported(folder, package), importlib.import_module(f"{package}.chat"))
        return made[name]

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] in {f"chats_{name}" for name in made}]:
        del sys.modules[name]


TOOLS = [{"type": "function", "function": {"name": "f", "description": "F."}}]
ANSWERS: list[dict[str, Any]] = [
    {"role": "assistant", "content": "Yes."},
    {"role": "assistant", "content": None, "reasoning": "Hm."},
    {"role": "assistant", "content": "So.", "reasoning": "Hm."},
    {
        "role": "assistant",
        "content": "Looking.",
        "reasoning": "Hm.",
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}],
    },
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "python", "arguments": "1 + 1"}}],
    },
]


@pytest.mark.parametrize("name", ALL)
def test_messages_of_a_changed_format_come_back(name: str, variant_of: Callable[[str], ChatVariant]) -> None:
    variant = variant_of(name)
    history: list[Any] = [{"role": "system", "content": "Brief."}, {"role": "user", "content": "Hi"}]
    for answer in ANSWERS:
        earlier, later = variant.prompt(history, tools=TOOLS), variant.prompt([*history, answer], tools=TOOLS)
        assert later.startswith(earlier)
        sampled = later.removeprefix(earlier).removesuffix("<|start|>assistant")
        assert variant.choice(sampled, tools=TOOLS)["message"] == answer
        history.append(answer)
        if "tool_calls" in answer:
            history.append({"role": "tool", "tool_call_id": "call_1", "content": "2"})
    assert "Brief." in variant.prompt(history, tools=TOOLS)


@pytest.mark.parametrize(("channel", "key"), [("plan", "content"), ("draft", "reasoning")])
def test_what_a_new_channel_is_to_a_client_follows_from_whether_it_is_shown(
    channel: str, key: str, variant_of: Callable[[str], ChatVariant]
) -> None:
    choice = variant_of("added").choice(f"<|channel|>{channel}<|message|>First.<|end|>")
    assert choice["message"] == {"role": "assistant", "content": None} | {key: "First."}


def test_renamed_parts_are_written(variant_of: Callable[[str], ChatVariant]) -> None:
    history = [{"role": "system", "content": "Brief."}, {"role": "user", "content": "Hi"}, ANSWERS[3]]
    prompt = variant_of("renamed").prompt(history, tools=TOOLS)
    assert "<|start|>operator<|body|># Instructions\n\nBrief." in prompt
    assert "<|start|>human<|body|>Hi<|end|>" in prompt
    assert "<|channel|>thoughts<|body|>Hm." in prompt
    assert "namespace calls" in prompt
    assert "to=calls.f" in prompt


def test_a_new_built_in_tool_is_one(variant_of: Callable[[str], ChatVariant]) -> None:
    variant = variant_of("added")
    call = {"id": "c", "type": "function", "function": {"name": "calendar.today", "arguments": "{}"}}
    messages = [{"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c", "content": "Monday"}]
    tokens = variant.chat.chat_prompt(variant.encoding, {"messages": messages}, builtin_tools=["calendar"])
    text = variant.encoding.decode(tokens)
    assert "## calendar" in text
    assert "<|start|>assistant to=calendar.today<|channel|>analysis code<|message|>{}<|call|>" in text
    assert "<|start|>calendar.today to=assistant<|channel|>analysis<|message|>Monday<|end|>" in text
