"""Hypothesis strategies that make the random decisions for the generators of `openai_harmony.fuzzing`."""

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
    """Generate messages of all roles and content types that can be rendered."""
    return _built(any_message)


def conversations() -> st.SearchStrategy[Conversation]:
    """Generate conversations of such messages, including the empty conversation."""
    return _built(any_conversation)


def completions() -> st.SearchStrategy[Example]:
    """Generate completions as the renderer writes them; `messages` has the expected result."""
    return _built(canonical)


def tolerated_completions() -> st.SearchStrategy[Example]:
    """Generate completions in every spelling that pedantic mode accepts; `messages` has the expected result."""
    return _built(tolerated)


def malformed_completions() -> st.SearchStrategy[Example]:
    """Generate completions with one to four faults of models, at random places; the result may be well-formed."""
    return _built(malformed)


def token_soup() -> st.SearchStrategy[Example]:
    """Generate integers: ids of text, special tokens, reserved ids, unknown ids, numbers that are not ids."""
    return _built(soup)


def _built(build: Callable[[Choices, Material], T]) -> st.SearchStrategy[T]:
    # Load everything now that is loaded at first use; otherwise Hypothesis would report the first example as slow.
    made = material()
    first = canonical(ByteChoices(b""), made)
    made.encoding.parse(first.tokens, first.role)

    @st.composite
    def built(draw: st.DrawFn) -> T:
        return build(_Drawn(draw), made)

    return built()


class _Drawn:
    """Decisions that Hypothesis draws and shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def below(self, bound: int) -> int:
        return self._draw(_numbers(bound))


@cache
def _numbers(bound: int) -> st.SearchStrategy[int]:
    return st.integers(0, bound - 1)
