"""Hypothesis as the source of decisions for the builders of `openai_harmony.fuzzing`; nothing is built here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from .._generated.messages import Conversation, Message
from ..fuzzing.choices import ByteChoices, Choices
from ..fuzzing.conversation import any_conversation, any_message
from ..fuzzing.example import Example
from ..fuzzing.faults import malformed, soup
from ..fuzzing.material import Material, material
from ..fuzzing.wellformed import canonical, tolerated

__all__ = [
    "completions",
    "conversations",
    "malformed_completions",
    "messages",
    "token_soup",
    "tolerated_completions",
]

T = TypeVar("T")


def messages() -> st.SearchStrategy[Message]:
    """Messages of all roles and kinds of content, which the renderer writes."""
    return _built(any_message)


def conversations() -> st.SearchStrategy[Conversation]:
    """Conversations of such messages, the empty one among them."""
    return _built(any_conversation)


def completions() -> st.SearchStrategy[Example]:
    """Completions as the renderer would write them; `messages` tells what they say."""
    return _built(canonical)


def tolerated_completions() -> st.SearchStrategy[Example]:
    """Completions in every spelling that a strict parser accepts; `messages` tells what they say."""
    return _built(tolerated)


def malformed_completions() -> st.SearchStrategy[Example]:
    """Completions with one to four faults of the kinds that models make, anywhere; at times they do no harm."""
    return _built(malformed)


def token_soup() -> st.SearchStrategy[Example]:
    """Integers: ids of text, markers, reserved ids, ids outside the vocabulary, numbers that are no ids at all."""
    return _built(soup)


def _built(build: Callable[[Choices, Material], T]) -> st.SearchStrategy[T]:
    # What is loaded when it is first used is used here: for Hypothesis, an example that waits for it is a slow one.
    made = material()
    first = canonical(ByteChoices(b""), made)
    made.encoding.parse(first.tokens, first.role)

    @st.composite
    def built(draw: st.DrawFn) -> T:
        return build(_Drawn(draw), made)

    return built()


class _Drawn:
    """Decisions that Hypothesis takes, and shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def below(self, bound: int) -> int:
        return self._draw(_numbers(bound))


@cache
def _numbers(bound: int) -> st.SearchStrategy[int]:
    return st.integers(0, bound - 1)
