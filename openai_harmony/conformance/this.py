"""The adapter of this package. What other libraries with its interface can do as well is in `library`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from .._version import __version__
from .answers import Refused
from .kinds import KINDS
from .library import Data, Library

__all__ = ["ThisPackage"]

PACKAGE = __name__.rpartition(".conformance.")[0]


class ThisPackage:
    """Has a method for each kind of rows."""

    name: str = f"{PACKAGE} {__version__}"

    def __init__(self) -> None:
        package = sys.modules[PACKAGE]
        encoding = next(iter(package.HarmonyEncodingName)).value
        self._oh: Any = package
        self._encoding: Any = package.load_harmony_encoding(encoding)
        self._library = Library(package, encoding, strict="pedantic")

    def __getattr__(self, kind: str) -> Callable[[Data], Data]:
        if kind not in KINDS:
            raise AttributeError(kind)
        return _refusing(getattr(self, f"_{kind}", None) or self._of_the_library(kind))

    def decoded(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        text: str = self._encoding.decode(tokens)
        return text

    def sampled(self, input: Data) -> tuple[list[int], str]:
        """Return the tokens of a completion, and why an engine would say that they end."""
        tokens = list(self._tokens(input))
        behind = next((at for at, token in enumerate(reversed(tokens)) if token in self._encoding.stop_tokens()), None)
        # What follows the last stop token may be padding.
        ends = behind is not None and all(map(self._encoding.is_special_token, tokens[len(tokens) - behind :]))
        return tokens, input.get("finish") or ("stop" if ends else "length")

    def date_line(self) -> re.Pattern[str]:
        """Return the line with the date of a conversation, with any date."""
        mark = "0000-00-00"
        content = self._oh.SystemContent.new().with_conversation_start_date(mark)
        message = self._oh.Message.from_role_and_content(self._oh.Role.SYSTEM, content)
        lines = self.decoded(self._encoding.render(message)).split("\n")
        [line] = [line for line in lines if mark in line]
        return re.compile(re.escape(line).replace(re.escape(mark), r"\d{4}-\d{2}-\d{2}") + "\n")

    def _of_the_library(self, kind: str) -> Callable[[Data], Data]:
        found: Callable[[Data], Data] | None = getattr(self._library, kind, None)
        if found is not None:
            return found
        api, _, purpose = kind.rpartition("_")
        if api == "render":
            return lambda input: self._library.styled({**input, "style": purpose})
        convert: Callable[[str, Data], Data] = getattr(self, f"_any_{purpose}")
        return lambda input: convert(api, input)

    # Conversions --------------------------------------------------------------------------------------

    def _any_in(self, api: str, input: Data) -> Data:
        module = import_module(f"{PACKAGE}.{api}")
        prompt = getattr(module, {"chat": "chat_prompt", "responses": "responses_prompt"}.get(api, "messages_prompt"))
        options = self._options(input.get("options", {}))
        tokens = prompt(self._encoding, input["request"], **options)
        messages = module.conversation_from_request(input["request"], **options).messages
        said = [self._library._plain(message) for message in messages]
        return {"messages": said, "tokens": tokens, "text": self._encoding.decode(tokens)}

    def _options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return options of a request with objects in place of their JSON."""
        is_content = {name: isinstance(value, dict) and "type" in value for name, value in options.items()}
        content = self._oh.Content.from_dict
        made = {name: content(value) if is_content[name] else value for name, value in options.items()}
        for name in {"decrypt", "resolve"} & made.keys():
            made[name] = made[name].__getitem__
        if "previous" in made and not any("type" in each for each in made["previous"]):
            made["previous"] = [self._oh.Message.from_dict(each) for each in made["previous"]]
        return made

    def _chat_out(self, input: Data) -> Data:
        chat = import_module(f"{PACKAGE}.chat")
        finish = {"finish_reason": input["finish"]} if "finish" in input else {}
        choice: Data = chat.chat_choice_from_tokens(
            self._encoding, self._tokens(input), **finish, **self._reading(input)
        )
        return choice

    def _responses_out(self, input: Data) -> Data:
        responses = import_module(f"{PACKAGE}.responses")
        stream = responses.ResponsesStream(self._encoding, {}, **self._reading(input))
        stream.feed(self._tokens(input))
        stream.finish(input.get("finish"))
        return {"output": stream.output}

    def _anthropic_out(self, input: Data) -> Data:
        anthropic = import_module(f"{PACKAGE}.anthropic")
        reason = {"stop_reason": input["finish"]} if "finish" in input else {}
        reading = self._reading(input)
        message = anthropic.anthropic_message_from_tokens(
            self._encoding, self._tokens(input), model="", **reason, **reading
        )
        return {"content": message["content"], "stop_reason": message["stop_reason"]}

    def _any_stream(self, api: str, input: Data) -> Data:
        module = import_module(f"{PACKAGE}.{api}")
        reading = self._reading(input)
        if api == "chat":
            stream = module.ChatStream(self._encoding, **reading)
            events = []
        else:
            kind = module.ResponsesStream if api == "responses" else module.AnthropicStream
            stream = kind(self._encoding, {}, **reading)
            started = stream.start()
            events = [started] if api == "responses" else []
        for step in input["steps"]:
            if isinstance(step, Mapping):
                results = [self._oh.Message.from_dict(message) for message in step["tool_result"]]
                events.append(stream.tool_result(results))
            else:
                events.append(stream.feed(self._encoded(step)))
        events.append(stream.fail(**input["fail"]) if "fail" in input else stream.finish(input.get("finish")))
        return {"events": events}

    def _reading(self, input: Data) -> dict[str, Any]:
        prompt = {"prompt_tokens": self._encoded(input["prompt"])} if "prompt" in input else {}
        return {**input.get("options", {}), **prompt}

    def _tokens(self, input: Data) -> Sequence[int]:
        return self._encoded(input["tokens"] if "tokens" in input else input["text"])

    def _encoded(self, given: str | Sequence[int]) -> Sequence[int]:
        if not isinstance(given, str):
            return given
        tokens: list[int] = self._encoding.encode(given, allowed_special="all")
        return tokens


def _refusing(method: Callable[[Data], Data]) -> Callable[[Data], Data]:
    """Return a method that says in the kit's words that an input is refused."""

    def ask(input: Data) -> Data:
        try:
            return method(input)
        except (RuntimeError, ValueError) as error:  # the errors of this package are of these classes
            raise Refused(f"{type(error).__name__}: {error}") from error

    return ask
