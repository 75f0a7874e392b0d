"""Constrained decoding engines in a process of their own: which versions answer is said by its PYTHONPATH.

A line in is a question, a line out its answer; tests/support/engines.py asks.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.metadata
import json
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from engine_sampling import sample

from openai_harmony._grammar.settings import completions
from openai_harmony.grammar import vocabulary

ENTRIES = completions().entries
FIRST_SPECIAL = completions().first_special
WORDS = -(-ENTRIES // 32)  # of a mask
END_OF_TEXT = 199999  # what an engine stops at that was told of no other token
HIDDEN = b"\xff"
TOKEN_OR_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|<\[(\d+)\]>|\[(?:[^\]\\]|\\.)*\]')


class Refused(Exception):
    """An engine refuses a grammar."""


class Reading:
    """A completion on its way through an engine.

    Attributes:
        allows: returns whether the mask of the next position has a token; None if the engine has no masks.
        take: reads a token, and returns whether it was accepted.
        ended: returns whether the completion may end here.
    """

    def __init__(self, take: Callable[[int], bool], ended: Callable[[], bool], allows: Any) -> None:
        self.take, self.ended, self.allows = take, ended, allows


def follow(reading: Reading, tokens: list[int], masks: bool) -> dict[str, Any]:
    """Says how far a completion is accepted, whether it may end there, and where mask and answer differ."""
    differ = []
    for position, token in enumerate(tokens):
        allowed = reading.allows(token) if masks and reading.allows is not None else None
        accepted = reading.take(token)
        if allowed is not None and allowed != accepted:
            differ.append([position, allowed])
        if not accepted:
            return {"accepted": False, "position": position, "differ": differ}
    return {"accepted": reading.ended(), "position": len(tokens), "differ": differ}


# llguidance ---------------------------------------------------------------------------------------


@functools.cache
def _tiktoken() -> Any:
    import tiktoken

    return tiktoken.Encoding(**vocabulary("llguidance"))  # type: ignore[arg-type]


@functools.cache
def ll_tokenizer(stops: tuple[int, ...]) -> Any:
    import llguidance.tiktoken

    ends = list(stops) or END_OF_TEXT
    return llguidance.tiktoken.lltokenizer_from_encoding(_tiktoken(), n_vocab=ENTRIES, eos_token=ends)


def llguidance_reader(kind: str, grammar: Any, stops: tuple[int, ...]) -> Callable[[], Reading]:
    import llguidance
    import llguidance.numpy

    tokenizer = ll_tokenizer(stops)
    first = llguidance.LLMatcher(tokenizer, grammar)
    if first.is_error():
        raise Refused(first.get_error())
    mask = np.zeros((1, WORDS), dtype=np.int32)

    def reading() -> Reading:
        matcher = first.deep_copy()
        ended: list[int] = []  # the token that the engine stopped at: it is not asked of what follows

        def allows(token: int) -> bool:
            if ended:
                return False
            llguidance.numpy.fill_next_token_bitmask(matcher, mask, 0)
            return _bit(mask, token)

        def take(token: int) -> bool:
            accepted = not ended and bool(matcher.consume_token(token))
            if accepted and token in stops:
                ended.append(token)
            return accepted

        return Reading(
            take,
            lambda: bool(matcher.is_stopped() or matcher.is_accepting()),
            allows,
        )

    return reading


def _bit(mask: Any, token: int) -> bool:
    return bool(int(mask[0, token >> 5]) >> (token & 31) & 1)


# xgrammar -----------------------------------------------------------------------------------------


def _without_torch() -> None:
    """xgrammar imports torch and transformers for what nothing here uses; arrays are numpy's instead."""
    if "torch" in sys.modules:
        return
    import tvm_ffi  # noqa: F401  before there is a module of that name, which it would look into

    torch = types.ModuleType("torch")
    made: dict[str, Any] = {
        "Tensor": np.ndarray,
        "LongTensor": np.ndarray,
        "FloatTensor": np.ndarray,
        "int32": np.int32,
        "__version__": "0",
        "tensor": lambda value, dtype=None: np.array(value, dtype=dtype),
        "full": lambda shape, fill, dtype=None: np.full(shape, fill, dtype=dtype),
    }
    torch.__dict__.update(made)
    transformers = types.ModuleType("transformers")
    for name in ("LogitsProcessor", "PreTrainedTokenizerBase", "PreTrainedTokenizerFast"):
        setattr(transformers, name, type(name, (), {}))
    for module in (torch, transformers):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module


@functools.cache
def _compiler(hidden: bool) -> Any:
    """One compiler with its cache for all grammars, as a server has."""
    _without_torch()
    import xgrammar

    pieces = vocabulary("xgrammar")
    plain = [piece.removeprefix(HIDDEN) if token >= FIRST_SPECIAL else piece for token, piece in enumerate(pieces)]
    info = xgrammar.TokenizerInfo(
        pieces if hidden else plain,
        xgrammar.VocabType.RAW,
        vocab_size=ENTRIES,
        stop_token_ids=[END_OF_TEXT],
    )
    return xgrammar.GrammarCompiler(info, max_threads=2)


def _as_ebnf(gbnf: str) -> str:
    """GBNF as xgrammar reads it, which has another word for special tokens."""
    return re.sub(TOKEN_OR_QUOTED, lambda found: f"Token({found[1]})" if found[1] else found[0], gbnf)


def xgrammar_reader(kind: str, grammar: Any, stops: tuple[int, ...]) -> Callable[[], Reading]:
    compiler = _compiler(kind == "llguidance")
    import xgrammar

    try:
        if kind == "llguidance":
            compiled = compiler.compile_lark(grammar)
        elif kind == "structural-tag":
            compiled = compiler.compile_structural_tag(json.dumps(grammar))
        else:
            compiled = compiler.compile_grammar(_as_ebnf(grammar) if kind == "gbnf" else grammar)
    except RuntimeError as problem:
        raise Refused(str(problem)) from None
    mask = np.zeros((1, WORDS), dtype=np.int32)

    def reading() -> Reading:
        matcher = xgrammar.GrammarMatcher(compiled, override_stop_tokens=list(stops) or None)

        def allows(token: int) -> bool:
            if matcher.is_terminated():
                return False
            matcher.fill_next_token_bitmask(mask)
            return _bit(mask, token)

        return Reading(
            lambda token: not matcher.is_terminated() and bool(matcher.accept_token(token)),
            lambda: bool(matcher.is_terminated() or matcher.is_completed()),
            allows,
        )

    return reading


# outlines-core ------------------------------------------------------------------------------------


def outlines_reader(grammar: str, stops: tuple[int, ...], tokens: set[int]) -> Callable[[], Reading]:
    """An index of the whole vocabulary takes ten seconds for a tool; that of the tokens in question is as exact."""
    from outlines_core import Guide, Index, Vocabulary

    pieces = vocabulary("outlines-core")
    ids: dict[bytes, list[int]] = {}
    for token in sorted({*tokens, *range(256), *range(FIRST_SPECIAL, ENTRIES)} - {END_OF_TEXT}):
        ids.setdefault(pieces[token], []).append(token)  # type: ignore[index, arg-type]
    try:
        index = Index(grammar, Vocabulary(END_OF_TEXT, ids))
    except ValueError as problem:
        raise Refused(str(problem)) from None

    def reading() -> Reading:
        guide = Guide(index)

        ended: list[int] = []  # the token that its user stops at

        def take(token: int) -> bool:
            allowed = guide.get_tokens()
            if token in stops and END_OF_TEXT in allowed and not ended:
                ended.append(token)
                return True
            if ended or token == END_OF_TEXT or token not in allowed:
                return False
            guide.advance(token, return_tokens=False)
            return True

        return Reading(take, lambda: END_OF_TEXT in guide.get_tokens(), None)

    return reading


# the conversation ---------------------------------------------------------------------------------


def answer(question: dict[str, Any]) -> dict[str, Any]:
    if "version" in question:
        return {"version": importlib.metadata.version(question["version"])}
    if "sampled" in question:
        return {"completions": [sample(question["sampled"], seed, ll_tokenizer(())) for seed in question["seeds"]]}
    engine, kind, grammar = question["engine"], question["kind"], question["grammar"]
    stops, completions = tuple(question["stops"]), question["completions"]
    try:
        if engine == "llguidance":
            begin = llguidance_reader(kind, grammar, stops)
        elif engine == "xgrammar":
            begin = xgrammar_reader(kind, grammar, stops)
        else:
            begin = outlines_reader(grammar, stops, {token for each in completions for token in each})
    except Refused as problem:
        return {"refused": str(problem)}
    return {"verdicts": [follow(begin(), tokens, question["masks"]) for tokens in completions]}


def _lines() -> Iterator[str]:
    yield from iter(sys.stdin.readline, "")


if __name__ == "__main__":
    to = sys.stdout
    sys.stdout = sys.stderr  # what an engine prints is no answer
    for line in _lines():
        print(json.dumps(answer(json.loads(line))), file=to, flush=True)
