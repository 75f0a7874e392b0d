"""The parts of `transformers` that run templates; none of them needs a model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from transformers.utils.chat_parsing import ResponseParser, parse_response
    from transformers.utils.chat_template_utils import render_jinja_template

__all__ = ["ResponseParser", "parse_response", "render"]


def render(
    template: str,
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]] | None = None,
    **variables: Any,
) -> tuple[str, list[tuple[int, int]]]:
    """The text of a chat, and the ranges of its characters between generation marks."""
    texts, ranges = render_jinja_template(
        [list(messages)], tools=tools, chat_template=template, return_assistant_tokens_mask=True, **variables
    )
    return texts[0], ranges[0]
