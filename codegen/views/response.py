"""Values for the response template: expressions for the headers of a completion, and what becomes of each text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from codegen.check_chat import ANSWER, ASSISTANT, BUILTIN_CALL, CALL, NAME, PREAMBLE, REASONING, field_of
from codegen.check_contents import PLACEHOLDER
from codegen.grammar import alternatives, grammar, header_orders, spelling
from codegen.model import Spec
from codegen.model_chat import ChatPart, ChatSpec
from codegen.views.chat_messages import NAME_PLACEHOLDER, closed_opening, header_closed, placed

# The keys of a message in a chat.
THOUGHT, SAID, CALLS = "reasoning_content", "content", "tool_calls"
FUNCTION = {"type": "function", "function": {"name": f"{{{NAME}}}", "arguments": "{content}"}}
WHOLE_TEXT = {"strip": False}
ANY_TEXT = {"allow_non_json": True, "strip": False}  # models write arguments that are not JSON, too
LINE_BREAK = "\n"  # between texts that a chat has in one place

Field = dict[str, Any]


def view(spec: Spec, package: str) -> dict[str, object]:
    chat = spec.chat
    assert chat is not None
    fields = _by_content(spec, chat) if header_closed(spec) else _by_header(spec, chat)
    template = {
        "version": 1,
        "start_anchor": closed_opening(spec),
        "defaults": {"role": ASSISTANT},
        "fields": fields,
    }
    return {"template": json.dumps(template, ensure_ascii=False, indent=2)}


def _stops(spec: Spec) -> list[str]:
    return [spec.tokens[terminal].text for terminal in alternatives(grammar(spec), "stop")]


# messages that their headers tell apart ----------------------------------------------------------


def _by_header(spec: Spec, chat: ChatSpec) -> dict[str, Field]:
    closing = re.escape(spec.tokens[spec.message.closes_header].text)
    stops = _stops(spec)
    calls = [chat.assistant[key] for key in (CALL, BUILTIN_CALL) if key in chat.assistant]
    texts = [chat.assistant[key] for key in (PREAMBLE, ANSWER) if key in chat.assistant]
    found: dict[str, Field] = {}
    if REASONING in chat.assistant:
        found[THOUGHT] = {
            "open_pattern": _headers(spec, [chat.assistant[REASONING]]) + closing,
            "close": stops,
            "content_args": WHOLE_TEXT,
            "repeats": True,
            "join": LINE_BREAK,
        }
    if calls:
        found[CALLS] = {
            "open_pattern": _headers(spec, calls) + closing,
            "close": stops,
            "content": "json",
            "content_args": ANY_TEXT,
            "repeats": True,
            "transform": FUNCTION,
        }
    found[SAID] = {
        "open_pattern": f"(?:{_headers(spec, texts)})?{closing}",
        "close": stops,
        "content_args": WHOLE_TEXT,
        "repeats": True,
        "join": LINE_BREAK,
    }
    return found


def _headers(spec: Spec, parts: list[ChatPart]) -> str:
    """Return an expression for the headers of the parts, whose fields are in any order that the grammar has.

    A call is told by the fields that hold the name of a tool; its other fields can have any value. Another part is told
    by all of its fields, and by the absence of those of calls.
    """
    chat = spec.chat
    assert chat is not None
    of_calls = {name for part in chat.assistant.values() for name in _telling(part)}
    told = {name for part in parts for name in _telling(part)} or {name for part in parts for name in part.fields}
    without = set() if told & of_calls else of_calls
    values = {}
    for name in sorted(told):
        said = [placed(spec, part.fields[name]) for part in parts if name in part.fields]
        values[name] = _either(said, _word(spec))
    orders = [order for order in header_orders(spec) if told <= set(order) and not without & set(order)]
    longest = [order for order in orders if not any(other[: len(order)] == order != other for other in orders)]
    patterns = [
        _pattern([(_field(spec, n, values), order[:i] in orders) for i, n in enumerate(order)]) for order in longest
    ]
    return patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"


def _telling(part: ChatPart) -> set[str]:
    """Return the fields that hold the name of a tool."""
    return {name for name, value in part.fields.items() if NAME_PLACEHOLDER in value}


def _pattern(fields: list[tuple[str, bool]]) -> str:
    """Return an expression for fields in a row; the flag of each says whether the header can end in front of it."""
    pattern = ""
    for field, optional in reversed(fields):
        pattern = f"(?:{field}{pattern})?" if optional else field + pattern
    return pattern


def _field(spec: Spec, name: str, values: Mapping[str, str]) -> str:
    """Return an expression for a header field; one that is not among the values can have any."""
    declared = {field.name: field for field in spec.message.fields}
    marker, prefix = spelling(spec, name)
    lead = r"\s*" if declared[name].before else ""
    lead += re.escape(spec.message.literals[prefix]) if prefix else ""
    marked = "" if marker is None else re.escape(spec.tokens[marker].text)
    word = _word(spec)
    value = values.get(name, f"{word}+")
    if not declared[name].keeps_marker:
        return f"{lead}{marked}{value}"
    others = [spelling(spec, other)[1] for other in declared if other != name]
    texts = [re.escape(spec.message.literals[other]) for other in others if other is not None]
    unlike = f"(?!{'|'.join(texts)})" if texts else ""
    return f"{lead}(?:{marked}{word}*|{unlike}{value})"


def _word(spec: Spec) -> str:
    """Return an expression for a character of a word: no white space, and nothing that a special token begins with."""
    return "[^\\s" + "".join(sorted({re.escape(token.text[0]) for token in spec.tokens.values()})) + "]"


def _either(values: Iterable[str], word: str) -> str:
    """Return an expression for any of the values, in which the name of a tool is a group."""
    group = f"(?P<{NAME}>{word}+)"
    texts = [re.escape(value).replace(re.escape(NAME_PLACEHOLDER), group) for value in dict.fromkeys(values)]
    return texts[0] if len(texts) == 1 else f"(?:{'|'.join(texts)})"


# a message whose contents tell what they are -----------------------------------------------------


def _by_content(spec: Spec, chat: ChatSpec) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for key, part in chat.assistant.items():
        if key in (REASONING, CALL, BUILTIN_CALL) and part.text is not None:
            content, field = field_of(spec, part.text) or (None, None)
            if content is None or field is None or not content.block:
                continue
            pieces = PLACEHOLDER.split(content.sections[0].lines[0].text)
            at = pieces.index(field.name, 1)
            opens, closes = _around(pieces[:at]), _around(pieces[at + 1 :])
            region: Field = {"open_pattern": opens, "close_pattern": closes, "repeats": True}
            if key == REASONING:
                found[THOUGHT] = region | {"content_args": WHOLE_TEXT, "join": LINE_BREAK}
            else:
                found[CALLS] = region | {"content": "json", "content_args": ANY_TEXT, "transform": FUNCTION}
    found[SAID] = {"close": _stops(spec), "content_args": WHOLE_TEXT, "repeats": True, "join": ""}
    return found


def _around(pieces: list[str]) -> str:
    """Return an expression for the text before or after a field, in which the other field is the name of a tool."""
    return "".join(f"(?P<{NAME}>.*?)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
