"""Lines of the chat template that write messages, by kind: the opening, what is given, what the model writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codegen.check_chat import ANSWER, BUILTIN_CALL, CALL, PREAMBLE, REASONING
from codegen.model_chat import ChatPart
from codegen.model_contents import ContentSpec, FieldSpec
from codegen.sources import Problem, SpecError
from codegen.views.chat_messages import NAME_PLACEHOLDER, Styled, Written, content_of, written
from codegen.views.jinja_contents import (
    default_of,
    dictionary,
    enumeration_of,
    holds_namespaces,
    is_requested,
    table_name,
)
from codegen.views.jinja_text import NONE, concatenated, literal
from codegen.views.sections import asks_for_tools

Lines = list[str]

# The places of texts in a chat, for errors.
PLACE, THOUGHT_PLACE, AT = 'place ~ ".content"', 'place ~ ".reasoning_content"', 'at ~ ".arguments"'
OBJECT_FORM = "json_object"
TODAY = '(strftime_now("%Y-%m-%d") if strftime_now is defined else none)'


def macro_name(content: ContentSpec) -> str:
    """Return the name of the macro that writes a content."""
    return f"text_of_{content.type}"


def called(content: ContentSpec, fields: Mapping[str, str]) -> str:
    """Return the call of a content's macro."""
    entries = ", ".join(f"{literal(name)}: {expression}" for name, expression in fields.items())
    return f"{macro_name(content)}({{{entries}}}{''.join(f', {name}' for name in also_needed(content))})"


def also_needed(content: ContentSpec) -> list[str]:
    """Return the arguments of a content's macro beside the content."""
    asked = ["function_tools"] if asks_for_tools(content) else []
    return [*asked, *(["place"] if content.block else [])]


def part_text(styled: Styled, part: ChatPart, text: str, name: str = NONE, when: str = "false") -> str:
    """Return the expression for the content of a part, whose fields hold a text and a name.

    Args:
        when: the condition under which the content holds the tools of the request, and what else it has.
    """
    content = content_of(styled.spec, part)
    if content is None or part.text is None:
        return text
    given = {part.text.partition(".")[2]: text}
    given |= {} if part.function is None else {part.function.partition(".")[2]: name}
    fields = {field.name: given.get(field.name) or _other(styled, field, when) for field in content.fields}
    return called(content, fields)


def _other(styled: Styled, field: FieldSpec, when: str) -> str:
    if not holds_namespaces(field) and not is_requested(field):
        return default_of(styled.spec, field)
    name = "functions" if holds_namespaces(field) else field.name
    return {"true": name, "false": "[]"}.get(when) or f"{name} if {when} else []"


def requested(content: ContentSpec | None) -> list[str]:
    """Return the variables of what a request has for a content to hold."""
    names = (
        [
            "functions" if holds_namespaces(f) else f.name
            for f in content.fields
            if holds_namespaces(f) or is_requested(f)
        ]
        if content
        else []
    )
    return list(dict.fromkeys(names))


# what the model does not write -------------------------------------------------------------------


def opening_lines(styled: Styled, content: ContentSpec) -> Iterator[str]:
    """Yield the lines of the message before all others."""
    fields = {}
    for field in content.fields:
        enumeration = enumeration_of(styled.spec, field)
        if enumeration is not None:
            valid = ", ".join(member.written for member in enumeration.members)
            given = f"{field.name} is defined and {field.name} is not none"
            yield f"{{%- if {given} and {field.name} not in {table_name(enumeration.name)} -%}}"
            said = literal(f"{field.name}: expected one of {valid}, not ")
            yield f"  {{{{- raise_exception({said} ~ {field.name}) -}}}}"
            yield "{%- endif -%}"
        is_today = styled.spec.chat is not None and field.name == styled.spec.chat.today
        default = TODAY if is_today else default_of(styled.spec, field, 2)
        given = f"{field.name} if {field.name} is defined else {default}"
        fields[field.name] = "builtins.namespaces" if holds_namespaces(field) else given
    lines = dictionary(fields, 0)
    yield f"{{%- set opening = {lines[0]}"
    yield from lines[1:-1]
    yield "} -%}"
    around = written(styled, ChatPart(content.role, None, None, None, {}, content.place))
    text = f"{macro_name(content)}(opening{''.join(f', {name}' for name in also_needed(content))})"
    yield _output(around, text, literal(content.type))


def given_lines(styled: Styled, part: ChatPart) -> Iterator[str]:
    """Yield the lines of a message that the model does not write, and that is no result of a call."""
    content = content_of(styled.spec, part)
    around = written(styled, part)
    yield '{%- set said = text_of(message.get("content"), place ~ ".content") -%}'
    if content is None or not any(map(holds_namespaces, content.fields)):
        yield _output(around, part_text(styled, part, "said"), PLACE)
        return
    text = part_text(styled, part, "said or none", when="loop.first")
    yield f"{{%- if said or (loop.first and ({' or '.join(requested(content))})) -%}}"
    yield f"  {_output(around, text, PLACE)}"
    yield "{%- endif -%}"


def tools_lines(styled: Styled, part: ChatPart) -> Iterator[str]:
    """Yield the line of a message that holds the tools of the request alone."""
    yield _output(written(styled, part), part_text(styled, part, NONE, when="true"), literal("tools"))


def result_lines(styled: Styled, results: Mapping[str, ChatPart], dropped: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the result of a call."""
    yield '{%- set said = text_of(message.get("content"), place ~ ".content") -%}'
    for condition, key in _kinds(styled, results):
        if condition:
            yield condition
        part = results[key]
        text = part_text(styled, part, "said", "name")
        lines = [_output(written(styled, part), text, PLACE)]
        yield from (("  " if condition else "") + line for line in _unless(lines, key in dropped, "omit_calls"))
    if len(results) > 1:
        yield "{%- endif -%}"


# what the model writes ----------------------------------------------------------------------------


def assistant_lines(styled: Styled, parts: Mapping[str, ChatPart], dropped: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the messages that a message of the assistant becomes, in the order of chat.yaml."""
    calls = [key for key in parts if key in (CALL, BUILTIN_CALL)]
    for key, part in parts.items():
        if key not in calls:
            text = part_text(styled, part, "thought" if key == REASONING else "said")
            lines = sampled(written(styled, part), text, THOUGHT_PLACE if key == REASONING else PLACE)
            yield f"{{%- if {condition_of(key, parts)} -%}}"
            yield from ("  " + line for line in _unless(lines, key in dropped, "omit"))
            yield "{%- endif -%}"
        elif key == calls[0]:
            yield from call_lines(styled, {each: _sampled_call(styled, parts[each]) for each in calls}, dropped)


def one_message_lines(styled: Styled, parts: Mapping[str, ChatPart]) -> Iterator[str]:
    """Yield the lines of the one message that a message of the assistant becomes."""
    first = written(styled, next(iter(parts.values())))
    calls = [key for key in parts if key in (CALL, BUILTIN_CALL)]
    stops = {key: written(styled, part).stop for key, part in parts.items()}
    stop = literal(stops[ANSWER])
    for key in parts:
        if stops[key] != stops[ANSWER]:
            stop = f"({literal(stops[key])} if {condition_of(key, parts)} else {stop})"
    yield f"{{{{- {literal(first.opening)} -}}}}"
    yield "{%- generation -%}"
    if first.header:
        yield f"  {{{{- {literal(first.header)} -}}}}"
    for key, part in parts.items():
        if key not in calls:
            text = part_text(styled, part, "thought" if key == REASONING else "said")
            text = _shown(written(styled, part), text, THOUGHT_PLACE if key == REASONING else PLACE)
            yield f"  {{%- if {condition_of(key, parts)} -%}}{{{{- {text} -}}}}{{%- endif -%}}"
        elif key == calls[0]:
            texts = {each: [f"{{{{- {_call_text(styled, parts[each])} -}}}}"] for each in calls}
            yield from (f"  {line}" for line in call_lines(styled, texts, ()))
    yield f"  {{{{- {stop} -}}}}"
    yield "{%- endgeneration -%}"
    if first.behind:
        yield f"{{{{- {literal(first.behind)} -}}}}"


def condition_of(key: str, parts: Mapping[str, ChatPart]) -> str:
    """Return the condition under which a message of the assistant has a part."""
    if key == REASONING:
        return "thought"
    if key == PREAMBLE:
        return "said and calls"
    if key == ANSWER:
        return "answers" if PREAMBLE in parts else "said or answers"
    return "calls"


def call_lines(styled: Styled, lines: Mapping[str, Lines], dropped: Iterable[str]) -> Iterator[str]:
    """Yield the loop over the calls of a message; `lines` write a call of a kind."""
    yield "{%- for call in calls -%}"
    yield '  {%- set at = place ~ ".tool_calls[" ~ loop.index0 ~ "]" -%}'
    yield '  {%- set name = plain(name_of(call, at), at ~ ".name") -%}'
    for condition, key in _kinds(styled, lines):
        if condition:
            yield f"  {condition}"
        indent = "    " if condition else "  "
        yield from (indent + line for line in _unless(lines[key], key in dropped, "omit_calls"))
    if len(lines) > 1:
        yield "  {%- endif -%}"
    yield "{%- endfor -%}"


def _kinds(styled: Styled, kinds: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the conditions that decide between calls of functions and of built-in tools, with the kind of each."""
    if len(kinds) == 1:
        return [("", key) for key in kinds]
    holds = styled.spec.message.tool_word_holds
    parted = f".split({literal(holds)})[0]" if holds else ""
    return [(f"{{%- if name{parted} in builtins.names -%}}", BUILTIN_CALL), ("{%- else -%}", CALL)]


def _sampled_call(styled: Styled, part: ChatPart) -> Lines:
    arguments, around = _arguments(styled, part)
    return sampled(around, part_text(styled, part, arguments, "name"), AT)


def _call_text(styled: Styled, part: ChatPart) -> str:
    arguments, around = _arguments(styled, part)
    return _shown(around, part_text(styled, part, arguments, "name"), AT)


def _arguments(styled: Styled, part: ChatPart) -> tuple[str, Written]:
    """Return the expression for the arguments of a call, in their form, and what is written around them."""
    around = written(styled, part)
    if around.form != OBJECT_FORM:
        return "arguments_of(call, at)", around
    return "object_of(call, at)", around._replace(form=None)


def sampled(around: Written, text: str, place: str) -> Lines:
    """Return the lines that write a message with the marks around what the model samples."""
    stop = literal(around.stop)
    if around.trained is not None:
        stop = f"({literal(around.trained)} if loop.index0 == written.last and not add_generation_prompt else {stop})"
    header = _named(around.header)
    shown = _shown(around, text, place)
    inner = " ~ ".join([*([header] if around.header else []), shown, "stop" if around.trained else stop])
    lines = [f"{{%- set stop = {stop} -%}}"] if around.trained is not None else []
    lines += [f"{{{{- {_named(around.opening)} -}}}}"]
    lines += [f"{{%- generation -%}}{{{{- {inner} -}}}}{{%- endgeneration -%}}"]
    return [*lines, f"{{{{- {literal(around.behind)} -}}}}"] if around.behind else lines


def _output(around: Written, text: str, place: str) -> str:
    """Return the line that writes a message which the model does not sample."""
    before, behind = _named(around.opening + around.header), literal(around.stop + around.behind)
    return f"{{{{- {before} ~ {_shown(around, text, place)} ~ {behind} -}}}}"


def _shown(around: Written, text: str, place: str) -> str:
    """Return the expression for a text in its form, without the text of special tokens."""
    if around.form == OBJECT_FORM:
        what = "a template cannot tell whether a text is a JSON object"
        raise SpecError([Problem(around.place, what, "only the arguments of calls are known to be one")])
    return f"plain({text}{' | tojson' if around.form is not None else ''}, {place})"


def _named(text: str) -> str:
    """Return the expression for a text with the placeholder of a name."""
    pieces = text.split(NAME_PLACEHOLDER)
    mixed = [(piece, False) for piece in pieces]
    for index in range(len(pieces) - 1, 0, -1):
        mixed.insert(index, ("name", True))
    return concatenated(mixed)


def _unless(lines: Lines, may_be_omitted: bool, condition: str) -> Lines:
    if not may_be_omitted:
        return lines
    return [f"{{%- if not {condition} -%}}", *(f"  {line}" for line in lines), "{%- endif -%}"]
