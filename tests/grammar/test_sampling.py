"""A model that knows nothing, held to a grammar: what it writes has no fault, and is what its request allows."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import jsonschema
import pytest

from openai_harmony import Message, StreamableParser
from openai_harmony.grammar import check, export
from tests.grammar.requests import options_of
from tests.grammar.rows import encoding
from tests.support.effort import examples
from tests.support.engines import sampled

pytestmark = pytest.mark.shipped
COMPLETIONS = examples(500)
PER_REQUEST = 4


def content(message: Message) -> str:
    return "".join(part.text for part in message.content)  # type: ignore[union-attr]


def parse(tokens: list[int], after_prompt: bool) -> list[Message]:
    parser = StreamableParser(encoding, "assistant" if after_prompt else None, strict="pedantic")
    for token in tokens:
        parser.process(token)
    parser.process_eos()
    return parser.messages


def expect_allowed(messages: list[Message], options: dict[str, Any]) -> None:
    """Fails unless messages are what a request allows."""
    *before, last = messages
    calls = [message for message in messages if message.recipient is not None]
    choice = options.get("tool_choice", "auto")
    if choice == "none":
        assert not calls
    if choice == "required":
        assert last.recipient is not None
    if isinstance(choice, dict):
        assert {message.recipient for message in calls} == {f"functions.{choice['name']}"}
    if not options.get("parallel"):
        assert all(message.recipient is None for message in before)
    if options["reasoning"] == "require":
        assert messages[0].channel == "analysis"
    if options["reasoning"] == "forbid":
        assert all(message.channel != "analysis" for message in messages if message.recipient is None)
    if not options["preambles"]:
        assert all(message.channel != "commentary" for message in messages if message.recipient is None)
    if last.recipient is None:
        assert last.channel == "final"
        if "response_schema" in options:
            jsonschema.validate(json.loads(content(last)), options["response_schema"])
    for message in calls:
        expect_valid(message, options)


def expect_valid(message: Message, options: dict[str, Any]) -> None:
    namespace, _, name = str(message.recipient).partition(".")
    if namespace != "functions":
        assert namespace in options["builtin_tools"]
        return
    (tool,) = (tool for tool in options["tools"] if tool["name"] == name)
    if tool.get("type") == "custom":
        word, number = content(message).split(" ")
        assert word in ("add", "sub")
        assert number.isdigit()
        return
    arguments = json.loads(content(message))
    schema = tool.get("parameters", {"type": "object", "properties": {}})
    jsonschema.validate(arguments, {"additionalProperties": False, **schema})


def test_what_a_model_of_random_logits_writes_is_what_its_request_allows() -> None:
    kinds: Counter[str] = Counter()
    for request in range(COMPLETIONS // PER_REQUEST):
        options = options_of(Random(f"sampling {request}").randrange(2**31))
        grammar = export("llguidance", **options)
        for tokens in sampled(str(grammar), range(request * PER_REQUEST, (request + 1) * PER_REQUEST)):
            assert check(grammar, tokens), tokens
            messages = parse(tokens, options["after_prompt"])
            try:
                expect_allowed(messages, options)
            except Exception as problem:
                raise AssertionError(f"{encoding.decode(tokens)!r} for {options}") from problem
            kinds[kind_of(messages[-1], options)] += 1
            kinds["reasoning"] += messages[0].channel == "analysis"
    assert min(kinds[kind] for kind in ("text", "JSON", "function", "built-in tool", "reasoning")) > 0, kinds


def kind_of(last: Message, options: dict[str, Any]) -> str:
    if last.recipient is not None:
        return "function" if last.recipient.startswith("functions.") else "built-in tool"
    return "JSON" if "response_schema" in options else "text"
