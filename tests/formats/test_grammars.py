"""Grammars of other formats: what their renderers write of a turn is accepted, by the judge and by an engine."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import llguidance
import llguidance.tiktoken
import pytest
import tiktoken

from tests.formats.made import Made
from tests.grammar.growing import Growth, Vocabulary, mutant

FORMATS = ("llguidance", "structural-tag", "xgrammar-ebnf", "gbnf", "regex")
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
LOOKUP = {"name": "lookup", "parameters": CITY}


def grammars(made: Made) -> Any:
    return importlib.import_module(f"{made.package.__name__}.grammar")


def inside(made: Made, name: str) -> Any:
    return importlib.import_module(f"{made.package.__name__}._grammar.{name}")


def chatml_turns(made: Made) -> Iterator[tuple[dict[str, Any], Any]]:
    """Options, and contents of a message by them."""
    package = made.package
    thought = package.ThinkingContent(thinking="Hm.")
    call = package.ToolCallContent(name="lookup", arguments='{"city": "Bern"}')
    yield {}, ["Hello <|im_end"]
    yield {"reasoning": "require"}, [thought, "Hello"]
    yield {"reasoning": "forbid"}, [""]
    yield {"tools": [LOOKUP]}, ["Hello"]
    yield {"tools": [LOOKUP]}, ["I look.", call]
    yield {"tools": [LOOKUP], "tool_choice": "required", "preambles": False, "reasoning": "require"}, [thought, call]
    yield {"tools": [LOOKUP], "tool_choice": {"name": "lookup"}, "parallel": True, "preambles": False}, [call, call]
    yield {"response_schema": CITY}, ['{"city": "Bern"}']


def llama3_turns(made: Made) -> Iterator[tuple[dict[str, Any], Any]]:
    yield {}, ["Hello <|eot_id"]
    yield {"reasoning": "forbid"}, [""]
    yield {"response_schema": CITY}, ['{"city": "Bern"}']


TURNS = {"chatml": chatml_turns, "llama3": llama3_turns}


def turns_of(made: Made) -> list[tuple[dict[str, Any], list[int]]]:
    """Options, and the tokens of a completion by them as the format's own renderer writes it."""
    found = []
    for options, contents in TURNS[made.package.__name__.removeprefix("format_")](made):
        prompt = made.encoding.render_conversation_for_completion(made.Conversation.from_messages([]), "assistant")
        turn = made.Conversation.from_messages([made.say("assistant", *contents)])
        message = list(made.encoding.render_conversation(turn))
        assert message[: len(prompt)] == list(prompt)
        stop = message.index(inside(made, "settings").completions().stop, len(prompt))  # where a model stops
        found.append((options, message[len(prompt) : stop + 1]))
    return found


def test_what_the_renderer_writes_of_a_turn_is_accepted(made: Made) -> None:
    grammar = grammars(made)
    for options, tokens in turns_of(made):
        for format in FORMATS:
            assert grammar.check(format, tokens, **options), (format, options, made.spelled(tokens))
            assert not grammar.check(format, [*tokens, tokens[-1]], **options)
        assert not grammar.check("llguidance", tokens[:-1], **options)


def test_every_format_of_grammars_is_exported(made: Made) -> None:
    for format in FORMATS:
        assert grammars(made).export(format)


def engine(made: Made) -> Any:
    vocabulary = grammars(made).vocabulary("llguidance")
    entries = inside(made, "settings").completions().entries
    end = min(vocabulary["special_tokens"].values())  # no token that grammars have
    return llguidance.tiktoken.lltokenizer_from_encoding(
        tiktoken.Encoding(**vocabulary), n_vocab=entries, eos_token=end
    )


def read(tokenizer: Any, grammar: str, tokens: list[int]) -> tuple[bool, int]:
    matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    for position, token in enumerate(tokens):
        if not matcher.consume_token(token):
            return False, position
    return matcher.is_accepting(), len(tokens)


def test_an_engine_accepts_what_the_renderer_writes(made: Made) -> None:
    tokenizer = engine(made)
    for options, tokens in turns_of(made):
        exported = grammars(made).export("llguidance", **options)
        assert read(tokenizer, exported, tokens) == (True, len(tokens)), (options, made.spelled(tokens))


def judged(made: Made) -> Iterator[tuple[tuple[bool, int], tuple[bool, int], list[int]]]:
    """What an engine and the judge say of completions grown from trees, and of what is left after an accident."""
    tokenizer = engine(made)
    settings = inside(made, "settings").completions()
    vocabulary = Vocabulary(
        inside(made, "vocabularies").pieces(),
        lambda text: list(made.encoding.encode(text, disallowed_special=())),
        range(settings.first_special, settings.entries),
        list(inside(made, "vocabularies").special_texts().values()),
    )
    for number, (options, _) in enumerate(turns_of(made)):
        exported = grammars(made).export("llguidance", **options)
        growth = Growth(exported.grammar, vocabulary)
        for seed in range(number * 20, number * 20 + 20):
            grown = growth.completion(seed)
            assert grammars(made).check(exported, grown), made.spelled(grown)
            for tokens in (grown, mutant(grown, seed, vocabulary)):
                yield read(tokenizer, exported, tokens), grammars(made).check(exported, tokens)[:2], tokens


def test_an_engine_and_the_judge_say_the_same_of_completions_and_of_mutants(llama3: Made) -> None:
    for engine_says, judge_says, tokens in judged(llama3):
        assert engine_says == judge_says, tokens


def test_an_engine_that_ends_a_text_at_the_first_end_accepts_no_more_than_the_judge(chatml: Made) -> None:
    """Nor half characters in what it looks for an end in; so it refuses some completions that the judge accepts."""
    both = 0
    for engine_says, judge_says, tokens in judged(chatml):
        assert engine_says <= judge_says, tokens
        both += engine_says[0]
    assert both > 50


def test_an_option_that_the_format_has_no_part_for_is_refused(llama3: Made) -> None:
    error = llama3.package.GrammarError
    for options, option in (({"tools": [LOOKUP]}, "tools[0]"), ({"reasoning": "require"}, "reasoning")):
        with pytest.raises(error) as caught:
            grammars(llama3).export("llguidance", **options)
        assert caught.value.option == option
