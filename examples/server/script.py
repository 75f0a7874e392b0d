"""What stands for a model: it reads a prompt, and answers by a few rules.

It calls the tools that the user names, one in each turn, or all in one turn if the user says "together". Each argument
of a call is the last result, or the user's text before there is one. Then it answers with what it was told last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from openai_harmony import Author, Message, Role

__all__ = ["completion", "result_of"]

PYTHON = "python"
CODE = "print(2 + 2)"
_NAMESPACE = re.compile(r"^namespace (\S+) \{\n(.*?)^\} // namespace", re.MULTILINE | re.DOTALL)
_DECLARED = re.compile(r"^type (\S+) = \((?:_: \{(.*?)^\})?", re.MULTILINE | re.DOTALL)
_PARAMETER = re.compile(r"^(\w+)\??:", re.MULTILINE)
_SCHEMA = re.compile(r"^# Response Formats\n.*?^(\{.*\})$", re.MULTILINE | re.DOTALL)


def completion(messages: Sequence[Message], choice: int = 0) -> list[Message]:
    """Return what the model writes behind the messages of a prompt."""
    opening = "\n".join(message.text for message in messages if message.author.role in (Role.SYSTEM, Role.DEVELOPER))
    asked = max((index for index, message in enumerate(messages) if message.author.role == Role.USER), default=-1)
    told = messages[asked].text if messages else ""
    results = [message for message in messages[asked + 1 :] if message.author.role == Role.TOOL]
    planned = _planned(opening, told)
    left = planned[len(results) :]
    latest = results[-1].text if results else told
    thought = _said("analysis", f"{len(left)} calls to go." if left else f"I can answer: {latest}")
    thoughts = [] if "Reasoning: low" in opening else [thought]
    if not left:
        return [*thoughts, _said("final", _answer(opening, latest if choice == 0 else f"{latest} ({choice})"))]
    preambles = [] if results or left[0] == PYTHON else [_said("commentary", f"I will call {', '.join(left)}.")]
    calls = left if "together" in told else left[:1]
    return [*thoughts, *preambles, *(_call(name, opening, latest) for name in calls)]


def result_of(call: Message) -> Message:
    """Return what stands for the result of a tool that the server runs. Nothing is run."""
    tool = str(call.recipient)
    text = f"What {tool} found." if tool != PYTHON else "4" if call.text == CODE else ""
    result = Message.from_author_and_content(Author.new(Role.TOOL, tool), text)
    return result.with_recipient("assistant").with_channel(call.channel or "commentary")


def _planned(opening: str, told: str) -> list[str]:
    """Return the declared tools that the user names, in the user's order."""
    names = {name for full in _declared(opening) for name in (full, full.rpartition(".")[2])}
    if f"## {PYTHON}" in opening:
        names.add(PYTHON)
    return [word for word in re.findall(r"[\w-]+(?:\.[\w-]+)*", told) if word in names]


def _declared(opening: str) -> dict[str, str]:
    """Return the parameters of the declared tools, by the names of the tools with their namespaces."""
    return {
        f"{namespace}.{name}": parameters
        for namespace, tools in _NAMESPACE.findall(opening)
        for name, parameters in _DECLARED.findall(tools)
    }


def _said(channel: str, text: str) -> Message:
    return Message.from_role_and_content(Role.ASSISTANT, text).with_channel(channel)


def _call(name: str, opening: str, value: str) -> Message:
    if name == PYTHON:
        return _said("analysis", CODE).with_recipient(PYTHON).with_content_type("code")
    declared = _declared(opening)
    recipient = next(full for full in declared if name in (full, full.rpartition(".")[2]))
    arguments = dict.fromkeys(_PARAMETER.findall(declared[recipient]), value)
    call = _said("commentary", json.dumps(arguments, ensure_ascii=False))
    return call.with_recipient(recipient).with_content_type("<|constrain|>json")


def _answer(opening: str, text: str) -> str:
    """Return the answer, in the format that the prompt asks for: an object whose texts are all the answer."""
    schema = _SCHEMA.search(opening)
    if schema is None:
        return text
    return json.dumps(dict.fromkeys(json.loads(schema[1])["properties"], text), ensure_ascii=False)
