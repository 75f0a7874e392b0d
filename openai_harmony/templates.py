"""Templates for other programs: what `transformers` and its users render chats and read completions with."""

from __future__ import annotations

import json
from importlib.resources import files

from ._generated import templates
from ._generated.enumerations import StyleWord
from ._runtime.locks import loading_own
from ._runtime.types.modelling import JsonDict

__all__ = ["chat_template", "response_template"]

MARKS = ("{%- generation -%}", "{%- endgeneration -%}")


def chat_template(style: StyleWord | None = None, *, generation_marks: bool = True) -> str:
    """Return the chat template: Jinja text that renders the messages of a chat as a prompt.

    Args:
        style: a style of docs/styles.md; by default the one that the models write.
        generation_marks: whether what the model samples is marked, from which `transformers` makes a mask. Other
            programs may not know the statement `generation`.

    Raises:
        ValueError: there is no such style, or the format has no templates.

    Example:
        tokenizer.chat_template = chat_template()
    """
    known = tuple(templates.CHAT_TEMPLATES)
    if not known:
        raise ValueError("no chat template (this format has no templates)")
    word = templates.DEFAULT_STYLE if style is None else style
    if word not in known:
        raise ValueError(f"no chat template for the style {word!r} (expected one of {known})")
    text = _text_of(templates.CHAT_TEMPLATES[word])
    for mark in () if generation_marks else MARKS:
        text = text.replace(mark, "")
    return text


def response_template() -> JsonDict:
    """Return the response template, by which `transformers` reads a completion as a message of a chat.

    It reads the headers of every style.

    Raises:
        ValueError: the format has no templates.

    Example:
        tokenizer.response_template = response_template()
    """
    if not templates.RESPONSE_TEMPLATE:
        raise ValueError("no response template (this format has no templates)")
    template: JsonDict = json.loads(_text_of(templates.RESPONSE_TEMPLATE))
    return template


def _text_of(file: str) -> str:
    with loading_own():  # it imports modules
        return (files(templates.__name__.rpartition(".")[0]) / file).read_text(encoding="utf-8")
