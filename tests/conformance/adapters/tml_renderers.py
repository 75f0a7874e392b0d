"""`tml-renderers`, which also needs torch. Its prompts have the style of the Hugging Face chat template."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from openai_harmony import SystemContent
from openai_harmony.conformance import NotOffered, Refused
from tests.conformance.adapters.chats import chat, choice, named, tokens_of

__all__ = ["Adapter"]

Data = Mapping[str, Any]


class Adapter:
    """What its renderer of gpt-oss writes and parses."""

    def __init__(self) -> None:
        self.name = named("tml-renderers")
        self._renderers: Any = import_module("tml_renderers.renderers")
        self._chat: Any = import_module("tml_renderers.chat")

    def render_hf(self, input: Data) -> Data:
        given = chat(input)
        if given.get("builtin_tools"):
            raise NotOffered("there are no built-in tools")
        if input["purpose"] != "completion":
            raise NotOffered("what is trained on is returned with the prompts of each turn")
        identity = given["model_identity"]
        usual = identity == SystemContent.new().model_identity
        renderer = self._renderers.GptOss(
            given["reasoning_effort"], given["strftime_now"](""), None if usual else identity
        )
        messages = [_as_given(message) for message in given["messages"]]
        declared = self._declared(given.get("tools", ()))
        spans, _ = renderer.render_for_completion([*declared, *self._chat.OpenAIMessage.from_oss_messages(messages)])
        tokens = [token for span in spans for token in span.span.int_tokens]
        return {"tokens": tokens, "text": renderer.tokenizer.decode(tokens)}

    def _declared(self, tools: Sequence[Data]) -> list[Any]:
        """The message that declares tools, if there are any."""
        chat = self._chat
        specs = [
            chat.ToolSpecJson("function", f["name"], f["description"] or "", f["parameters"] or {})
            for f in (tool["function"] for tool in tools)
        ]
        author = chat.Author(chat.AuthorKind.System)
        return [chat.OpenAIMessage(author=author, content=[chat.ToolDeclareJson(specs)])] if specs else []

    def chat_out(self, input: Data) -> Data:
        tokens = tokens_of(input)
        asked = self._chat.OpenAIMessage.from_oss_messages([{"role": "user", "content": "?"}])
        _, parser = self._renderers.GptOss().render_for_completion(asked)
        try:
            messages = parser.parse_tokens(tokens)
        except ValueError as error:
            raise Refused(str(error)) from error
        said = self._chat.OpenAIMessage.to_oss_messages(self._chat.OpenAIMessage.from_messages(messages))
        parts = [part for message in said for part in _parts(message["content"])]
        calls = [call["function"] for message in said for call in message.get("tool_calls", ())]
        texts = {kind: "\n".join(part[kind] for part in parts if part["type"] == kind) for kind in ("text", "thinking")}
        return choice(texts["text"], texts["thinking"], [(call["name"], call["arguments"]) for call in calls])


def _as_given(message: Data) -> Data:
    """A message as this library takes it: with ids of calls, arguments as text, and thinking as a part."""
    made = {key: value for key, value in message.items() if key != "thinking"}
    made.setdefault("content", "")
    if made["role"] == "developer":
        made["role"] = "system"
    if "thinking" in message:
        made["content"] = [{"type": "thinking", "thinking": message["thinking"]}, *_parts(made["content"])]
    if "tool_calls" in message:
        made["tool_calls"] = [
            {"id": "call", "type": "function", "function": {"name": f["name"], "arguments": _spelled(f["arguments"])}}
            for f in (call["function"] for call in message["tool_calls"])
        ]
    return {**made, "tool_call_id": "call"} if message["role"] == "tool" else made


def _spelled(arguments: object) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def _parts(content: Any) -> list[Any]:
    return ([{"type": "text", "text": content}] if content else []) if isinstance(content, str) else content
