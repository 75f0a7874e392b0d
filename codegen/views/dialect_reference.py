"""What docs/format-reference.md says of the conversions of messages of APIs: sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from codegen.check_dialects import TYPE, efforts
from codegen.markdown import code, codes, table
from codegen.model import Spec
from codegen.model_dialects import DialectsSpec, ResponsesToolSpec

__all__ = ["about_conversions"]


def about_conversions(spec: Spec) -> list[str]:
    """Return the paragraphs and tables; none for a format without chats."""
    if spec.chat is None:
        return []
    told = list(_channels(spec))
    if spec.dialects is not None:
        told += [*_effort(spec, spec.dialects), *_contents(spec.dialects)]
    return [*told, *_builtins(spec)]


def _channels(spec: Spec) -> Iterator[str]:
    if spec.channels:
        rows = ((code(c.word), "content" if c.shown else "reasoning") for c in spec.channels.values())
        yield "A message that calls a tool is a call on every channel. What any other message of the assistant is:"
        yield table(("channel", "for a client"), rows)


def _effort(spec: Spec, dialects: DialectsSpec) -> Iterator[str]:
    words = efforts(spec)
    if words is not None:
        named = codes(member.written for member in words.members)
        yield f"The effort is {code(dialects.effort_field)} of the message before all others: {named}."
    if dialects.nearest:
        rows = ((code(word), code(nearest)) for word, nearest in dialects.nearest.items())
        yield table(("effort of an API", "nearest effort"), rows)


def _contents(dialects: DialectsSpec) -> Iterator[str]:
    if dialects.parts:
        rows = ((code(type_), code(key)) for type_, key in dialects.parts.items())
        yield table(("part of a content", "key of its text"), rows)
    if dialects.phases:
        rows = ((code(word), code(part)) for word, part in dialects.phases.items())
        yield table(("phase of the Responses API", "part of a chat"), rows)
    if dialects.custom_input is not None:
        yield f"The input of a custom tool is the argument {code(dialects.custom_input)} of a function."


def _builtins(spec: Spec) -> Iterator[str]:
    told = [(each.name, each.responses) for each in spec.tools.namespaces if each.responses is not None]
    if told:
        heads = ("built-in namespace", "types in the Responses API", "item of a call", "what the item holds")
        yield table(heads, (_builtin(name, responses) for name, responses in told))


def _builtin(name: str, told: ResponsesToolSpec) -> Sequence[str]:
    holds = [f"{code(tool)}: {_action(action)}" for tool, action in told.actions.items()]
    holds += [f"the text of the call as {code(told.text)}"] if told.text is not None else []
    return code(name), codes(told.tools), code(told.item), "; ".join(holds)


def _action(action: Mapping[str, str]) -> str:
    given = [
        f"{code(key)} is {f'the argument {code(argument)}' if argument else 'empty'}"
        for key, argument in action.items()
        if key != TYPE
    ]
    return ", ".join([f"action {code(action[TYPE])}", *given])
