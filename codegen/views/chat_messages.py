"""The messages of chat.yaml as they are written: header, stop token, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from codegen.check_chat import NAME, field_of
from codegen.check_contents import FUNCTION_NAMESPACE
from codegen.check_framing import CHANNEL
from codegen.framing import compile_framing
from codegen.grammar import spelling, write_order
from codegen.model import Spec
from codegen.model_chat import ChatPart
from codegen.model_contents import ContentSpec
from codegen.model_styles import AbsentRule, StyleSpec, TextRule
from codegen.place import Place
from codegen.styles import ordered_fields, restyled

__all__ = [
    "NAME_PLACEHOLDER",
    "Styled",
    "Written",
    "closed_opening",
    "content_of",
    "header_closed",
    "is_one_message",
    "opened",
    "placed",
    "sampled_role",
    "stop_of",
    "written",
]

NAME_PLACEHOLDER = f"{{{NAME}}}"


class Styled(NamedTuple):
    """A spec and a style of it; None for the style that the other files describe."""

    spec: Spec
    style: StyleSpec | None

    def content(self, content: ContentSpec) -> ContentSpec:
        """Return a content with the sections of the style."""
        return content if self.style is None else restyled(content, self.style)


class Written(NamedTuple):
    """A message around its text, as texts that can hold `{name}`.

    Attributes:
        opening: what a turn begins with; the model does not sample it.
        header: the rest of the header, with the token before the content if there is one.
        stop: the text of the stop token.
        trained: the text of the stop token of a last message in training, if it is another one.
        behind: what follows the stop token.
        form: the form of the text; None for the text as it is.
        place: the place of the form in the spec, or else of the message.
    """

    opening: str
    header: str
    stop: str
    trained: str | None
    behind: str
    form: str | None
    place: Place


def sampled_role(spec: Spec) -> str:
    return next(role.word for role in spec.roles.values() if role.sampled)


def is_one_message(spec: Spec) -> bool:
    """Return whether the parts of an assistant's message are the contents of one message."""
    return spec.chat is not None and not any(part.fields for part in spec.chat.assistant.values())


def content_of(spec: Spec, part: ChatPart) -> ContentSpec | None:
    """Return the content that holds the text of a part; None for plain text."""
    found = None if part.text is None else field_of(spec, part.text)
    return None if found is None else found[0]


def written(styled: Styled, part: ChatPart) -> Written:
    """Return what is written around the text of a part."""
    spec = styled.spec
    role, content = part.role or sampled_role(spec), content_of(spec, part)
    given = {name: placed(spec, value) for name, value in part.fields.items()}
    fields = given if styled.style is None else _changed(spec, styled.style, role, given)
    text = None if styled.style is None else _text_rule(spec, styled.style, role, given)
    begun = header_closed(spec)
    closing = _closing(spec)
    author = placed(spec, part.name) if part.name is not None and spec.roles[role].author == "name" else role
    header = _fields(spec, fields, _order(styled, role, fields) if fields else ())
    before = "" if content is None or content.behind is None else spec.tokens[content.behind].text
    stop, trained = stop_of(spec, role, fields, content)
    return Written(
        opening=opened(spec, author) + (header + closing if begun else ""),
        header=("" if begun else header + closing) + before,
        stop=spec.tokens[stop].text,
        trained=None if trained is None else spec.tokens[trained].text,
        behind=compile_framing(spec).behind_stop or "",
        form=None if text is None else text.form,
        place=part.place if text is None else text.place,
    )


def _changed(spec: Spec, style: StyleSpec, role: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the header fields as a style writes them."""
    fields = dict(given)
    for changed in style.fields:
        name = changed.name
        if name not in fields:
            fitting = [row.value for row in changed.absent if _fits(spec, row, role, given)]
            fields |= {name: fitting[0]} if fitting else {}
        marker, _ = spelling(spec, name)
        text = "" if marker is None else spec.tokens[marker].text
        value = fields.get(name)
        if value is not None and changed.marker == "never":
            fields[name] = value.removeprefix(text)
        elif value is not None and (changed.marker == "always" or value in changed.marks):
            fields[name] = value if value.startswith(text) else text + value
    return fields


def _fits(spec: Spec, row: AbsentRule | TextRule, role: str, given: Mapping[str, str]) -> bool:
    return row.role in (None, role) and (row.with_field is None or _is_written(spec, row.with_field, given))


def _is_written(spec: Spec, name: str, fields: Mapping[str, str]) -> bool:
    unwritten = next(field.unwritten for field in spec.message.fields if field.name == name)
    return name in fields and fields[name] != unwritten


def _order(styled: Styled, role: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return the order of the header fields: that of the first row of the style that fits, or of the grammar."""
    for row in () if styled.style is None else styled.style.orders:
        if row.role in (None, role) and row.channel in (None, fields.get(CHANNEL)):
            return ordered_fields(styled.spec, row)
    return write_order(styled.spec)


def _text_rule(spec: Spec, style: StyleSpec, role: str, given: Mapping[str, str]) -> TextRule | None:
    return next((row for row in style.texts if _fits(spec, row, role, given)), None)


def opened(spec: Spec, author: str) -> str:
    return spec.tokens[spec.message.opens].text + author


def header_closed(spec: Spec) -> bool:
    """Return whether the opening of a turn has the end of its header too, so that a completion begins with content."""
    framing = compile_framing(spec)
    return framing.states[framing.starts["completion"]].phase == "CONTENT"


def closed_opening(spec: Spec) -> str:
    """Return what a prompt ends in: the opening of a turn of the assistant."""
    return opened(spec, sampled_role(spec)) + (_closing(spec) if header_closed(spec) else "")


def stop_of(spec: Spec, role: str, fields: Mapping[str, str], content: ContentSpec | None) -> tuple[str, str | None]:
    """Return the terminals of the stop token of a message: the usual one, and that of training if it is another."""
    rows = spec.message.stops
    held = [row.token for row in rows if content is not None and row.holds == content.type]
    fitting = [
        row.token
        for row in rows
        if row.holds is None and row.role in (None, role) and (row.with_field is None or row.with_field in fields)
    ]
    training = spec.message.training
    trained = training is not None and training.role == role and fields.get(CHANNEL) == training.channel
    return (held or fitting)[0], training.token if training is not None and trained else None


def _closing(spec: Spec) -> str:
    """Return the text between a header and its content."""
    closes = spec.message.closes_header
    text = spec.tokens[closes].text if closes in spec.tokens else spec.message.literals[closes]
    return text + (compile_framing(spec).behind_header or "")


def _fields(spec: Spec, values: Mapping[str, str], order: Iterable[str]) -> str:
    """Return the text of the header's fields."""
    text = ""
    declared = {field.name: field for field in spec.message.fields}
    for name in order:
        value = values.get(name)
        if value is None or not _is_written(spec, name, values):
            continue
        marker, prefix = spelling(spec, name)
        lead = declared[name].before + (spec.message.literals[prefix] if prefix else "")
        text += lead + ("" if marker is None or declared[name].keeps_marker else spec.tokens[marker].text) + value
    return text


def placed(spec: Spec, text: str) -> str:
    """Return a text with the namespace of functions in its place."""
    return text.replace(f"{{{FUNCTION_NAMESPACE}}}", spec.tools.function_namespace or "")
