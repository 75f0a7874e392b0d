"""Hypothesis strategies for programs that render or parse; nothing else of the package imports this.

Needs the extra `openai-harmony[testing]`.
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
