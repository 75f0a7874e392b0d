"""Values for the template of the completions: how a model writes each kind of message, in every order and spelling."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from codegen.check_chat import ANSWER, BUILTIN_CALL, CALL, field_of
from codegen.check_contents import PLACEHOLDER
from codegen.check_framing import CHANNEL
from codegen.grammar import header_orders, spelling
from codegen.model import Spec
from codegen.model_chat import ChatPart, ChatSpec
from codegen.python_text import call, import_of, literal
from codegen.views.chat_messages import (
    NAME_PLACEHOLDER,
    closed_opening,
    header_closed,
    is_one_message,
    placed,
    sampled_role,
    stop_of,
)

SHAPES = ".._runtime.types.forms"

Text = list[str]  # pieces as Python expressions


def view(spec: Spec, package: str) -> dict[str, object]:
    chat = spec.chat
    if chat is None:
        return {"imports": [import_of(SHAPES, ["Completions"])], "table": "COMPLETIONS: Completions | None = None"}
    lines = ["COMPLETIONS: Completions | None = Completions("]
    lines += [f"    {line}" for line in _table(spec, chat)] + [")"]
    table = "\n".join(lines)
    used = [name for name in ("NAME", "TYPE", "Completions", "Form", "HeaderForm") if re.search(rf"\b{name}\b", table)]
    return {"imports": [import_of(SHAPES, used)], "table": table}


def _table(spec: Spec, chat: ChatSpec) -> Iterator[str]:
    one = is_one_message(spec)
    stop, trained = stop_of(spec, sampled_role(spec), {}, None)
    first, last = _special(spec)
    yield f"opening={_tuple(_pieces(spec, closed_opening(spec)))},"
    yield f"one_message={one},"
    yield f"stop={spec.tokens[trained or stop].id if one else None},"
    yield "forms={"
    for key, part in chat.assistant.items():
        yield f"    {literal(key)}: Form("
        yield from (f"        {line}" for line in _form(spec, key, part, one))
        yield "    ),"
    yield "},"
    stops = {name: [spec.tokens[t].id for t in terminals] for name, terminals in spec.engine_stops.items()}
    yield "engine_stops={"
    yield from (f"    {literal(name)}: {_tuple(map(str, ids))}," for name, ids in stops.items())
    yield "},"
    yield f"entries={spec.encodings[0].entries or last + 1},"
    yield f"first_special={first},"


def _form(spec: Spec, key: str, part: ChatPart, one: bool) -> Iterator[str]:
    headers = (
        []
        if header_closed(spec)
        else [h for channel in _channels(spec, key, part) for h in _headers(spec, part, channel)]
    )
    forms = [call("HeaderForm", [_optional(channel), _tuple(pieces)], 16, 16) for channel, pieces in headers]
    yield from _listed("headers", forms)
    yield from _listed("types", [_tuple(pieces) for pieces in _types(spec, key, part)])
    before, after = _around(spec, part)
    yield f"before={_tuple(before)},"
    yield f"after={_tuple(after)},"
    stop, trained = stop_of(spec, sampled_role(spec), part.fields, None)
    yield f"stop={None if one else spec.tokens[trained or stop].id},"


def _channels(spec: Spec, key: str, part: ChatPart) -> list[str | None]:
    """Return the channels that a message can be on: a built-in tool can be called on that of other calls, too."""
    own = part.fields.get(CHANNEL)
    others = [c.word for c in spec.channels.values() if c.functions] if key == BUILTIN_CALL else []
    return list(dict.fromkeys([own, *others]))


def _headers(spec: Spec, part: ChatPart, channel: str | None) -> Iterator[tuple[str | None, Text]]:
    """Yield the headers with the fields of a part, in every order that the grammar has; the content type is a slot."""
    fields = {name: placed(spec, value) for name, value in part.fields.items()} | (
        {CHANNEL: channel} if channel else {}
    )
    typed = {field.name for field in spec.message.fields if field.keeps_marker}
    needed = set(fields) - typed
    closing = spec.message.closes_header
    close = [str(spec.tokens[closing].id)] if closing in spec.tokens else [literal(spec.message.literals[closing])]
    orders = header_orders(spec)
    untyped = {order: tuple(name for name in order if name not in typed) for order in orders}
    with_type = {bare for order, bare in untyped.items() if order != bare}
    for order, bare in untyped.items():
        if set(bare) == needed and (order != bare or bare not in with_type):
            parts = [["TYPE"] if name in typed else _field(spec, name, fields[name]) for name in order]
            yield channel, _joined([*(piece for part in parts for piece in part), *close])


def _field(spec: Spec, name: str, value: str) -> Text:
    marker, prefix = spelling(spec, name)
    before = next(field.before for field in spec.message.fields if field.name == name)
    text = (spec.message.literals[prefix] if prefix else "") + value
    marked = [] if marker is None else [str(spec.tokens[marker].id)]
    return [*([literal(before)] if before else []), *marked, *_named(text)]


def _types(spec: Spec, key: str, part: ChatPart) -> list[Text]:
    """Return the ways to write the content type of a part: with its marker, without, not at all."""
    of_answer = spec.chat.assistant.get(CALL, part) if spec.chat is not None and key == ANSWER else part
    found: list[Text] = []
    for field in spec.message.fields:
        value = of_answer.fields.get(field.name)
        if not field.keeps_marker or value is None:
            continue
        marker, _ = spelling(spec, field.name)
        marks = {
            mark
            for style in spec.styles.values()
            for each in style.fields
            if each.name == field.name
            for mark in each.marks
        }
        if marker is not None and value in marks:
            marked = [str(spec.tokens[marker].id), literal(value)]
            found += [[literal(field.before), *marked], marked] if field.before.isspace() else [[*marked]]
        found.append([literal(field.before + value)])
    return [*found, []]


def _around(spec: Spec, part: ChatPart) -> tuple[Text, Text]:
    """Return what stands before and behind the text in a content of its own."""
    found = None if part.text is None else field_of(spec, part.text)
    if found is None:
        return [], []
    content, field = found
    pieces = PLACEHOLDER.split(content.sections[0].lines[0].text)
    at = pieces.index(field.name, 1)
    behind = [] if content.behind is None else [str(spec.tokens[content.behind].id)]
    return [*behind, *_placed(pieces[:at])], _placed(pieces[at + 1 :])


def _placed(pieces: list[str]) -> Text:
    """Return texts between which the name of a tool stands."""
    return [("NAME" if index % 2 else literal(piece)) for index, piece in enumerate(pieces) if piece or index % 2]


def _named(text: str) -> Text:
    """Return a text in which the name of a tool is a slot."""
    parts = re.split(f"({re.escape(NAME_PLACEHOLDER)})", text)
    return ["NAME" if part == NAME_PLACEHOLDER else literal(part) for part in parts if part]


def _pieces(spec: Spec, text: str) -> Text:
    """Return a text with the ids of the special tokens in it."""
    tokens = {token.text: token.id for token in spec.tokens.values()}
    split = re.split("(" + "|".join(map(re.escape, tokens)) + ")", text)
    return [str(tokens[part]) if part in tokens else literal(part) for part in split if part]


def _joined(pieces: Text) -> Text:
    """Return the pieces with neighbouring texts joined."""
    joined: Text = []
    for piece in pieces:
        if joined and piece[0] in "\"'" and joined[-1][0] in "\"'":
            piece = literal(_value(joined.pop()) + _value(piece))
        joined.append(piece)
    return joined


def _value(text: str) -> str:
    return str(ast.literal_eval(text))


def _special(spec: Spec) -> tuple[int, int]:
    ids = [token.id for token in spec.tokens.values()]
    reserved = [] if spec.reserved is None else [spec.reserved.first, spec.reserved.last]
    return min([*ids, *reserved]), max([*ids, *reserved])


def _listed(name: str, items: list[str]) -> Iterator[str]:
    if len(items) < 2:
        yield f"{name}=({''.join(f'{item},' for item in items)}),"
        return
    yield f"{name}=("
    yield from (f"    {item}," for item in items)
    yield "),"


def _tuple(pieces: Iterable[str]) -> str:
    listed = list(pieces)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def _optional(text: str | None) -> str:
    return "None" if text is None else literal(text)
