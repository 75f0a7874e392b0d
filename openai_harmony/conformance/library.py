"""Asks any library with the interface of `openai_harmony` 0.0.8: this package, the reference library, a fork.

It imports nothing but the standard library, so that a process in which another library has the name of this package
can run it from its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

__all__ = ["Library"]

Data = Mapping[str, Any]


class Library:
    """The kinds of rows that only need the interface of 0.0.8; exceptions are those of the library.

    Args:
        library: the module.
        encoding: the name of the encoding.
        strict: the value of the argument `strict` with which its parser refuses the most.
    """

    def __init__(self, library: ModuleType, encoding: str, *, strict: object = True) -> None:
        self._oh: Any = library
        self._encoding: Any = library.load_harmony_encoding(encoding)
        self._strict = strict

    # Rendering ----------------------------------------------------------------------------------------

    def render(self, input: Data) -> Data:
        message = self._oh.Message.from_dict(input["message"])
        if "has_function_tools" not in input:
            return self._written(self._encoding.render(message))
        options = self._oh.RenderOptions(conversation_has_function_tools=input["has_function_tools"])
        return self._written(self._encoding.render(message, options))

    def render_conversation(self, input: Data) -> Data:
        return self._written(self._encoding.render_conversation(self._conversation(input), self._config(input)))

    def render_for_completion(self, input: Data) -> Data:
        conversation, role = self._conversation(input), self._oh.Role(input["next"])
        tokens = self._encoding.render_conversation_for_completion(conversation, role, self._config(input))
        return self._written(tokens)

    def render_for_training(self, input: Data) -> Data:
        conversation = self._conversation(input)
        return self._written(self._encoding.render_conversation_for_training(conversation, self._config(input)))

    def styled(self, input: Data) -> Data:
        """Render for the purpose that the input names: a "conversation", a "completion" or "training"."""
        methods = {"completion": self.render_for_completion, "training": self.render_for_training}
        return methods.get(input["purpose"], self.render_conversation)(input)

    def schema_text(self, input: Data) -> Data:
        oh = self._oh
        tool = oh.ToolDescription.new(input.get("name", "f"), input.get("description", "d"), input.get("parameters"))
        content = oh.DeveloperContent.new().with_function_tools([tool])
        tokens = self._encoding.render(oh.Message.from_role_and_content(oh.Role.DEVELOPER, content))
        # The text is what stands between the header's three tokens and the stop token.
        return {"text": self._encoding.decode(tokens[3:-1])}

    def _conversation(self, input: Data) -> Any:
        messages = [self._oh.Message.from_dict(message) for message in input["messages"]]
        return self._oh.Conversation.from_messages(messages)

    def _config(self, input: Data) -> Any:
        given = {key: input[key] for key in ("auto_drop_analysis", "style") if key in input}
        return self._oh.RenderConversationConfig(**given) if given else None

    def _written(self, tokens: list[int]) -> Data:
        return {"tokens": tokens, "text": self._encoding.decode(tokens)}

    # Parsing ------------------------------------------------------------------------------------------

    def read(self, input: Data) -> Data:
        return {"messages": self._parsed(input, self._strict if input.get("strict", True) is True else False)}

    def recover(self, input: Data) -> Data:
        parse = getattr(self._encoding, "parse", None)
        if parse is None:  # only this package says what it recovered from
            return {"messages": self._parsed(input, False)}
        result = parse(self._tokens(input), self._role(input))
        return {
            "messages": [self._plain(message) for message in result.messages],
            "recoveries": [recovery.kind.value for recovery in result.recoveries],
            "open_turn": result.open_turn and result.open_turn.value,
        }

    def _parsed(self, input: Data, strict: object) -> list[Data]:
        parse = self._encoding.parse_messages_from_completion_tokens
        return [self._plain(message) for message in parse(self._tokens(input), self._role(input), strict=strict)]

    def _tokens(self, input: Data) -> list[int]:
        if "tokens" in input:
            return list(input["tokens"])
        tokens: list[int] = self._encoding.encode(input["text"], allowed_special="all")
        return tokens

    def _role(self, input: Data) -> Any:
        role = input.get("role")
        return None if role is None else self._oh.Role(role)

    def _plain(self, message: Any) -> Data:
        """Return a message as rows have it: without a name that is null."""
        return {key: value for key, value in message.to_dict().items() if key != "name" or value is not None}
