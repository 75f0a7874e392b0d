"""The Hugging Face chat template of gpt-oss, run as `transformers` does, and conversations as it takes them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from jinja2 import Template
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from openai_harmony import Conversation, DeveloperContent, Message, SystemContent, TextContent
from tests.support.reference import template_path

__all__ = ["Inexpressible", "chat_of", "rendered"]

Data = dict[str, Any]
FUNCTIONS = "functions."
BUILT_IN = ("browser", "python")


class Inexpressible(ValueError):
    """The template cannot be given this conversation."""


def rendered(conversation: Conversation, *, prompt: bool) -> str:
    """The text of a conversation; with the beginning of the next message, or as it is trained on."""
    return str(_template().render(**chat_of(conversation), add_generation_prompt=prompt))


@functools.cache
def _template() -> Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    environment.globals["raise_exception"] = _refuse
    return environment.from_string(template_path().read_text(encoding="utf-8"))


def _refuse(reason: str) -> None:
    raise TemplateError(reason)


def chat_of(conversation: Conversation) -> Data:
    """The variables of the template.

    Raises:
        Inexpressible: no variables stand for this conversation.
    """
    system, *rest = conversation.messages
    variables = _of_system(_only(system, SystemContent))
    messages: list[Data] = []
    if rest and rest[0].author.role == "developer":
        content = _only(rest.pop(0), DeveloperContent)
        functions = (content.tools or {}).get("functions")
        if not content.instructions and not (functions and functions.tools):
            raise Inexpressible("there is no developer message without instructions and tools")
        if functions is not None:
            described = [(tool.name, tool.description, tool.parameters) for tool in functions.tools]
            tools = [dict(zip(("name", "description", "parameters"), tool)) for tool in described]
            variables["tools"] = [{"type": "function", "function": tool} for tool in tools]
        if content.instructions:
            messages.append({"role": "developer", "content": content.instructions})
    messages += _of_rest(rest)
    if not messages:
        raise Inexpressible("a template is given messages")
    return {**variables, "messages": messages}


def _of_system(content: SystemContent) -> Data:
    defaults = SystemContent.new()
    if (content.knowledge_cutoff, content.channel_config) != (defaults.knowledge_cutoff, defaults.channel_config):
        raise Inexpressible("knowledge cutoff and channels are fixed")
    if set(content.tools or ()) - set(BUILT_IN):
        raise Inexpressible("other built-in tools are not known")
    effort = content.reasoning_effort
    if effort is None or content.model_identity is None or content.conversation_start_date is None:
        raise Inexpressible("each of these is always there")
    date = content.conversation_start_date
    return {
        "model_identity": content.model_identity,
        "reasoning_effort": effort.value.lower(),
        "strftime_now": lambda form: date,
        **({"builtin_tools": sorted(content.tools)} if content.tools else {}),
    }


def _of_rest(messages: Sequence[Message]) -> Iterator[Data]:
    thought: str | None = None
    called: str | None = None
    for message in messages:
        role, text = message.author.role.value, _text(message)
        recipient = message.recipient
        if role == "assistant" and message.channel == "analysis" and recipient is None and thought is None:
            thought = text
            continue
        thinking = {} if thought is None else {"thinking": thought}
        if role == "assistant" and recipient is not None and message.channel in (None, "commentary"):
            if not recipient.startswith(FUNCTIONS) or thought == "":
                raise Inexpressible("calls are those of functions, and without an empty thought")
            called = recipient
            function = {"name": recipient.removeprefix(FUNCTIONS), "arguments": _arguments(text)}
            yield {"role": role, "tool_calls": [{"type": "function", "function": function}], **thinking}
        elif role == "assistant" and recipient is None and message.channel in (None, "final"):
            called = None
            yield {"role": role, "content": text, **thinking}
        elif thinking:
            raise Inexpressible("a thought is that of a call or of an answer")
        elif _is_given(message, called):
            yield {"role": role, "content": text}
        else:
            raise Inexpressible(f"there is no message such as {message}")
        thought = None
    if thought is not None:
        raise Inexpressible("a thought is that of a call or of an answer")


def _is_given(message: Message, called: str | None) -> bool:
    """Whether this is what a user says, or the result of the last call."""
    if message.author.role == "tool":
        return message.author.name == called and message.recipient in (None, "assistant")
    return message.author.role == "user" and message.author.name is None and message.recipient is None


def _arguments(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def _only(message: Message, cls: type) -> Any:
    (content,) = message.content
    if not isinstance(content, cls):
        raise Inexpressible(f"a {cls.__name__} is expected")
    return content


def _text(message: Message) -> str:
    return str(_only(message, TextContent).text)
