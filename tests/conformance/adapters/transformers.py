"""`transformers` with the chat template of gpt-oss, and with a response template for it.

Both templates are those of the package in `.reference-template`, which has that of the Hugging Face Hub as data.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openai_harmony.conformance import Refused
from tests.conformance.adapters.chats import ENCODING, chat, choice, named, tokens_of
from tests.support.reference import template_path
from tests.support.transformers import parse_response, render

__all__ = ["Adapter"]

Data = Mapping[str, Any]
OPENED = "<|start|>assistant"


class Adapter:
    """What the template renders, and what the response template reads."""

    def __init__(self) -> None:
        self.name = named("transformers")
        path = template_path()
        self._template = path.read_text(encoding="utf-8")
        source = (path.parents[1] / "chat_template_utils.py").read_text(encoding="utf-8")
        # A literal of a module that needs more than is installed.
        [found] = [
            node.value
            for node in ast.parse(source).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "gptoss_template"
        ]
        self._response: dict[str, Any] = ast.literal_eval(found)

    def render_hf(self, input: Data) -> Data:
        prompt = input["purpose"] == "completion"
        variables = chat(input)
        date = variables.pop("strftime_now")("")  # it always writes the date of the day
        text, _ = render(self._template, **variables, add_generation_prompt=prompt)
        return {"text": text.replace(f"Current date: {datetime.now():%Y-%m-%d}", f"Current date: {date}", 1)}

    def chat_out(self, input: Data) -> Data:
        text = ENCODING.decode(tokens_of(input))
        try:
            message = parse_response(text, self._response, prefix=OPENED)
        except ValueError as error:
            raise Refused(str(error)) from error
        calls = [(call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls", ())]
        return choice(message.get("content"), message.get("thinking"), calls)
