"""Values for the chat template: constants, macros of contents, and what is written for each message of a chat."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.check_chat import ANSWER, ASSISTANT, BUILTIN_CALL, CALL, REASONING, TOOL
from codegen.check_framing import CHANNEL
from codegen.model import Spec
from codegen.model_chat import ChatPart, ChatSpec
from codegen.model_contents import ContentSpec, FieldSpec
from codegen.views.chat_messages import Styled, closed_opening, content_of, is_one_message, written
from codegen.views.chat_parts import (
    OBJECT_FORM,
    also_needed,
    assistant_lines,
    given_lines,
    macro_name,
    one_message_lines,
    opening_lines,
    requested,
    result_lines,
    tools_lines,
)
from codegen.views.jinja_contents import ContentMacro, enumeration_of, holds_namespaces, is_requested, table_name
from codegen.views.jinja_text import filled, literal, value
from codegen.views.sections import asks_for_tools, prints_tools

EXPONENT = "exponent"  # the wording before the exponent of a large number
PLACED = {"name": "name", "type": "type", "text": "text"}  # placeholder -> variable of a macro
BREAK = "\N{WORD JOINER}"  # put into the text of a special token, which then is none


def view(spec: Spec, package: str, style: str) -> dict[str, object]:
    chat = spec.chat
    assert chat is not None
    styled = Styled(spec, spec.styles.get(style))
    contents = _contents(spec, chat)
    dropped = _dropped(spec, chat.assistant)
    forgets = bool(dropped) and chat.assistant[ANSWER].fields.get(CHANNEL) in _ending(spec)
    holder = _holder(spec, chat)
    wording = {EXPONENT: "e"} | dict(spec.tools.wording) | ({} if styled.style is None else dict(styled.style.wording))
    inline = {} if styled.style is None else styled.style.inline
    return {
        "style": style,
        "fields": _variables(contents, chat, holder),
        "special_tokens": value(_special_tokens(spec)),
        "break": literal(BREAK),
        "tables": _tables(spec, contents),
        "contents": [_macro(styled, content) for content in contents],
        "prints_tools": any(prints_tools(content) for content in contents),
        "builtin": value(_builtin(spec)),
        "functions": literal(spec.tools.function_namespace or ""),
        "say": {key: filled(text, PLACED) for key, text in wording.items()},
        "inline": {key: filled(text, PLACED) for key, text in inline.items()},
        "longest_element": inline.get("longest_element", ""),
        "reads_objects": any(form == OBJECT_FORM for form in _forms(styled, chat)),
        "ends_late": styled.style is not None and styled.style.history is not None,
        "types": value(dict(spec.tools.types)),
        "begins": "" if spec.message.begins is None else literal(spec.tokens[spec.message.begins].text),
        "opening": _opening(styled, contents, chat),
        "requested": " or ".join(requested(holder)),
        "others": [name for name in requested(holder) if name != "functions"],
        "prints_schemas": any(s.each is not None for content in contents for s in content.sections),
        "holders": value([role for role, part in chat.messages.items() if content_of(spec, part) is holder and holder]),
        "tools_alone": list(tools_lines(styled, _part_of(chat, spec, holder))) if holder else [],
        "messages": [
            {"role": literal(role), "lines": list(given_lines(styled, part))} for role, part in chat.messages.items()
        ],
        "assistant_role": literal(ASSISTANT),
        "tool_role": literal(TOOL),
        "roles": ", ".join([*chat.messages, ASSISTANT, *([TOOL] if chat.results else [])]),
        "assistant": list(
            one_message_lines(styled, chat.assistant)
            if is_one_message(spec)
            else assistant_lines(styled, chat.assistant, dropped)
        ),
        "has_calls": CALL in chat.assistant or BUILTIN_CALL in chat.assistant,
        "has_reasoning": REASONING in chat.assistant,
        "results": list(result_lines(styled, chat.results, _dropped(spec, chat.results))) if chat.results else [],
        "forgets": forgets,
        "prompt": literal(closed_opening(spec)),
    }


def _special_tokens(spec: Spec) -> list[str]:
    """Return the texts of the special tokens; for the reserved ones, what they begin with."""
    reserved = [] if spec.reserved is None else [spec.reserved.text.partition("{id}")[0]]
    return [*(token.text for token in spec.tokens.values()), *reserved]


def _contents(spec: Spec, chat: ChatSpec) -> list[ContentSpec]:
    """Return the contents that the template writes, without plain text."""
    parts = (*chat.messages.values(), *chat.assistant.values(), *chat.results.values())
    used = {content.type for part in parts if (content := content_of(spec, part)) is not None}
    return [content for content in spec.contents if content.type in used or content.type == chat.opening]


def _forms(styled: Styled, chat: ChatSpec) -> list[str | None]:
    return [written(styled, part).form for part in chat.assistant.values()]


def _macro(styled: Styled, content: ContentSpec) -> dict[str, object]:
    printer = None if styled.style is None else styled.style.printers.get(content.type)
    return {
        "name": macro_name(content),
        "arguments": ", ".join(["content", *also_needed(content)]),
        "doc": content.doc,
        "lines": ContentMacro(styled.spec, styled.content(content), printer).lines(),
    }


def _tables(spec: Spec, contents: list[ContentSpec]) -> list[str]:
    """Return the tables of the written forms of enumerations, by value and by written form."""
    used = [e for c in contents for field in c.fields if (e := enumeration_of(spec, field)) is not None]
    lines = []
    for enumeration in dict.fromkeys(used):
        forms = {m.value: m.written for m in enumeration.members} | {m.written: m.written for m in enumeration.members}
        lines.append(f"{{%- set {table_name(enumeration.name)} = {value(forms)} -%}}")
    return lines


def _builtin(spec: Spec) -> dict[str, object]:
    """Return the built-in namespaces by name."""
    return {
        namespace.name: {
            "name": namespace.name,
            "description": namespace.description,
            "tools": [
                {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
                for tool in namespace.tools
            ],
        }
        for namespace in spec.tools.namespaces
    }


def _opening(styled: Styled, contents: list[ContentSpec], chat: ChatSpec) -> list[str]:
    found = next((content for content in contents if content.type == chat.opening), None)
    return [] if found is None else list(opening_lines(styled, found))


def _variables(contents: list[ContentSpec], chat: ChatSpec, holder: ContentSpec | None) -> list[FieldSpec]:
    """Return the fields of contents that are variables of the template, without tools."""
    requests = [] if holder is None else [field for field in holder.fields if is_requested(field)]
    openings = [f for c in contents if c.type == chat.opening for f in c.fields if not holds_namespaces(f)]
    return [*requests, *openings]


def _holder(spec: Spec, chat: ChatSpec) -> ContentSpec | None:
    """Return the content that declares the tools of the request; None if no message of a chat has one."""
    for part in chat.messages.values():
        content = content_of(spec, part)
        if content is not None and not asks_for_tools(content) and any(map(holds_namespaces, content.fields)):
            return content
    return None


def _part_of(chat: ChatSpec, spec: Spec, content: ContentSpec | None) -> ChatPart:
    return next(part for part in chat.messages.values() if content_of(spec, part) is content)


def _dropped(spec: Spec, parts: Mapping[str, ChatPart]) -> set[str]:
    """Return the keys of the parts on a channel that can be omitted."""
    channels = {channel.word for channel in spec.channels.values() if channel.dropped}
    return {key for key, part in parts.items() if part.fields.get(CHANNEL) in channels}


def _ending(spec: Spec) -> set[str]:
    return {channel.word for channel in spec.channels.values() if channel.ends_turn}
