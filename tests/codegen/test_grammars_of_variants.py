"""Exported grammars follow the spec: a changed format has other grammars, which accept what its own renderer writes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import openai_harmony.grammar
from tests.codegen.variants import CHANGES, VARIANTS, instead
from tests.grammar.growing import Growth, Vocabulary
from tests.support.generated import SpecEdits, edited_spec, generate, imported

pytestmark = pytest.mark.shipped  # the variants are edits of the shipped spec

LOOKUP = {"name": "lookup", "parameters": {"type": "object", "properties": {"word": {"type": "string"}}}}
ARGUMENTS = '{"word": "owl"}'
OPTIONS: dict[str, Any] = {"tools": [LOOKUP], "builtin_tools": ["python"]}
FORMATS = ("llguidance", "structural-tag", "xgrammar-ebnf", "gbnf", "regex")
STOP = {"tokens.yaml": [instead('text: "<|call|>"\n    id: 200012', 'text: "<|call|>"\n    id: 200030')]}
ENCODING = openai_harmony.load_harmony_encoding("HarmonyGptOss")
EDITS: dict[str, SpecEdits] = {
    **{name: VARIANTS[name] for name in ("new_channel", "renamed_token", "new_header_field", "other_order")},
    **{name: VARIANTS[name] for name in ("type_first", "new_namespace", "new_stop_token")},
    "renamed_channels": CHANGES["renamed_channels"],
    "other_stop": STOP,
}
# A completion of the changed format that the shipped one refuses, and one of the shipped format that it refuses.
MOVED = {
    "renamed_token": ("<|channel|>final<|body|>a<|return|>", "<|channel|>final<|message|>a<|return|>"),
    "renamed_channels": ("<|channel|>answer<|message|>a<|return|>", "<|channel|>final<|message|>a<|return|>"),
    "other_stop": (
        f"<|channel|>commentary to=functions.lookup<|message|>{ARGUMENTS}<|call|>",
        [*ENCODING.encode("<|channel|>analysis to=python<|message|>", allowed_special="all"), 200012],
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Makes variants, each once."""
    packages: dict[str, Any] = {}

    def make(name: str) -> Any:
        if name not in packages:
            folder = tmp_path_factory.mktemp(name)
            generate(edited_spec(folder, EDITS[name]), folder, f"harmony_grammars_{name}")
            packages[name] = imported(folder, f"harmony_grammars_{name}")
        return packages[name]

    yield make
    for name in [name for name in sys.modules if name.startswith("harmony_grammars_")]:
        del sys.modules[name]


@pytest.fixture(scope="module", params=EDITS)
def variant(request: pytest.FixtureRequest, made: Callable[[str], Any]) -> Any:
    return made(request.param)


def grammars(package: Any) -> Any:
    return importlib.import_module(f"{package.__name__}.grammar")


def inside(package: Any, name: str) -> Any:
    return importlib.import_module(f"{package.__name__}._grammar.{name}")


def turns(package: Any) -> list[list[Any]]:
    """Messages of turns: an answer, a call of a function, and one of a built-in tool, each after reasoning."""
    chat = grammars(package).__package__
    reasoning, answer = ("thoughts", "answer") if "renamed_channels" in chat else ("analysis", "final")
    mark = "<|typed|>" if "renamed_token" in chat else "<|constrain|>"

    def say(text: str, **fields: Any) -> Any:
        author = package.Author(package.Role("assistant"))
        return package.Message(author, [package.TextContent(text)], **fields)

    thought = say("Hm.", channel=reasoning)
    call = say(ARGUMENTS, channel="commentary", recipient="functions.lookup", content_type=f"{mark}json")
    code = say("1", channel=reasoning, recipient="python", content_type="code")
    return [[thought, say("Hello", channel=answer)], [thought, call], [thought, code]]


def test_what_the_renderer_of_a_changed_format_writes_is_accepted(variant: Any) -> None:
    encoding = variant.load_harmony_encoding("HarmonyGptOss")
    for messages in turns(variant):
        conversation = variant.Conversation.from_messages(messages)
        tokens = list(encoding.render_conversation_for_training(conversation))
        for format in FORMATS:
            assert grammars(variant).check(format, tokens, after_prompt=False, **OPTIONS), encoding.decode_utf8(tokens)


def test_completions_grown_from_the_tree_of_a_changed_format_have_no_fault_for_its_parser(variant: Any) -> None:
    encoding = variant.load_harmony_encoding("HarmonyGptOss")
    table = inside(variant, "settings").completions()
    vocabulary = Vocabulary(
        inside(variant, "vocabularies").pieces(),
        lambda text: list(encoding.encode(text, disallowed_special=())),
        range(table.first_special, table.entries),
        list(inside(variant, "vocabularies").special_texts().values())[:16],
    )
    exported = grammars(variant).export("llguidance", **OPTIONS)
    growth = Growth(exported.grammar, vocabulary)
    for seed in range(25):
        tokens = growth.completion(seed)
        assert grammars(variant).check(exported, tokens)
        parser = variant.StreamableParser(encoding, "assistant", strict="pedantic")
        for token in tokens:
            parser.process(token)
        parser.process_eos()
        assert parser.messages


@pytest.mark.parametrize("name", MOVED)
def test_a_change_of_the_spec_moves_every_export(name: str, made: Callable[[str], Any]) -> None:
    changed, shipped = grammars(made(name)), openai_harmony.grammar
    new, old = MOVED[name]
    for format in FORMATS:
        options = {**OPTIONS, "engine_stops": "none"}
        assert changed.export(format, **options) != shipped.export(format, **options)
        assert changed.check(format, new, engine_stops="none", **OPTIONS)
        assert not changed.check(format, old, engine_stops="none", **OPTIONS)
        assert shipped.check(format, old, engine_stops="none", **OPTIONS)


def test_a_header_of_another_order_is_written_in_that_order(made: Callable[[str], Any]) -> None:
    first = grammars(made("type_first"))
    shipped = f" to=functions.lookup<|channel|>commentary<|message|>{ARGUMENTS}<|call|>"
    written = f" json<|channel|>commentary to=functions.lookup<|message|>{ARGUMENTS}<|call|>"
    for grammar, accepted, refused in ((first, written, shipped), (openai_harmony.grammar, shipped, written)):
        assert grammar.check("llguidance", accepted, **OPTIONS)
        assert not grammar.check("llguidance", refused, **OPTIONS)
    assert grammars(made("other_order")).explain(**OPTIONS) != openai_harmony.grammar.explain(**OPTIONS)


def test_a_new_channel_can_be_allowed_alone_with_that_of_answers(made: Callable[[str], Any]) -> None:
    with pytest.raises(openai_harmony.grammar.GrammarError, match="unknown channel 'plan'"):
        openai_harmony.grammar.export("llguidance", channels=["plan", "final"])
    assert grammars(made("new_channel")).export("llguidance", channels=["plan", "final"])


def test_a_new_namespace_is_a_built_in_tool(made: Callable[[str], Any]) -> None:
    call = "<|channel|>analysis to=calendar.today code<|message|>{}<|call|>"
    assert grammars(made("new_namespace")).check("llguidance", call, builtin_tools=["calendar"])
    with pytest.raises(openai_harmony.grammar.GrammarError, match="calendar"):
        openai_harmony.grammar.check("llguidance", call, builtin_tools=["calendar"])
