"""Hypothesis strategies for testing programs that render or parse Harmony.

Requires the extra `openai-harmony[testing]`.

Example:
    @given(tolerated_completions() | malformed_completions())
    def test_my_parser(example: Example) -> None:
        my_parser(list(example.tokens), example.role)
"""

try:
    import hypothesis  # noqa: F401
except ImportError as _error:
    raise ImportError(f"{__name__} needs Hypothesis: pip install 'openai-harmony[testing]'") from _error

from ..fuzzing.example import Example, Shape
from .strategies import (
    completions,
    conversations,
    malformed_completions,
    messages,
    token_soup,
    tolerated_completions,
)

__all__ = [
    "Example",
    "Shape",
    "completions",
    "conversations",
    "malformed_completions",
    "messages",
    "token_soup",
    "tolerated_completions",
]
