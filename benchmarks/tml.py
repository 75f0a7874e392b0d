"""Prompts of ours and of tml-renderers, in one process; by hand, since that needs torch: `python -m benchmarks.tml`.

The tokens of both are compared first. Its result is spans; a list of ids, which is what ours returns, is made of them
in a second column.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from statistics import median
from time import process_time
from typing import Any

import openai_harmony as harmony

from .cases import AT_HAND
from .texts import Texts

DATE = "2026-11-27"
ROUNDS = 15
# What is rendered: the turns, the words of each, and the number of conversations of a round.
WORKS = {"20 turns of 60 words": (20, 60, 40), "one turn of 30 words": (1, 30, 400)}

Turns = list[tuple[str, str]]


def _turns(seed: str, turns: int, words: int) -> Turns:
    return [("assistant" if turn % 2 else "user", _words(f"{seed} {turn}", words)) for turn in range(turns)]


def _words(seed: str, count: int) -> str:
    texts, words = Texts(seed), list[str]()
    while len(words) < count:
        words += texts.sentence().split()
    return " ".join(words[:count])


def _ours(turns: Turns) -> harmony.Conversation:
    system = harmony.SystemContent.new().with_conversation_start_date(DATE)
    messages = [harmony.Message.from_role_and_content(harmony.Role.SYSTEM, system)]
    for role, text in turns:
        message = harmony.Message.from_role_and_content(harmony.Role(role), text)
        messages.append(message.with_channel("final") if role == "assistant" else message)
    return harmony.Conversation.from_messages(messages)


def _ids(rendered: tuple[Any, Any]) -> list[int]:
    return [token for span in rendered[0] for token in span.span.int_tokens]


def _microseconds(work: Callable[[Any], Any], make: Callable[[Turns], Any], asked: Sequence[Turns]) -> float:
    """The time of a work on what is made of some turns; a few are made right before, as in a server, and untimed."""
    total = 0.0
    for first in range(0, len(asked), AT_HAND):
        made = [make(turns) for turns in asked[first : first + AT_HAND]]
        start = process_time()
        kept = [work(each) for each in made]
        total += process_time() - start
        del kept  # now, so that it is not timed
    return total / len(asked) * 1e6


def main(tokenizers: Sequence[str]) -> None:
    renderer = import_module("tml_renderers.renderers").GptOss("medium", DATE, None)
    chat = import_module("tml_renderers.chat").OpenAIMessage
    print("| work | tokenizer of ours | ours | its spans | its ids | spans / ours | ids / ours |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in tokenizers or ("tiktoken", "splintr", "fastokens"):
        encoding = harmony.load_harmony_encoding("HarmonyGptOss", tokenizer=name)
        encoding.tokenizer.prepare()

        def ours(conversation: harmony.Conversation, encoding: harmony.HarmonyEncoding = encoding) -> list[int]:
            return encoding.render_conversation_for_completion(conversation, harmony.Role.ASSISTANT)

        def theirs(turns: Turns) -> Any:
            return chat.from_oss_messages([{"role": role, "content": text} for role, text in turns])

        some = _turns("check", 3, 20)
        if ours(_ours(some)) != _ids(renderer.render_for_completion(theirs(some))):
            raise RuntimeError("the prompts differ")
        for work, (turns, words, count) in WORKS.items():
            rounds: list[tuple[float, float, float]] = []
            for number in range(ROUNDS):
                asked = [
                    [_turns(f"{name} {work} {number} {way} {each}", turns, words) for each in range(count)]
                    for way in range(3)
                ]
                encoding.cache_clear()
                spans = _microseconds(renderer.render_for_completion, theirs, asked[0])
                mine = _microseconds(ours, _ours, asked[1])
                ids = _microseconds(lambda each: _ids(renderer.render_for_completion(each)), theirs, asked[2])
                rounds.append((mine, spans, ids))
            times = [f"{median(each):.1f} µs" for each in zip(*rounds, strict=True)]
            ratios = [f"{median(each[way] / each[0] for each in rounds):.2f}" for way in (1, 2)]
            print(f"| {work} | {name} | {' | '.join([*times, *ratios])} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
