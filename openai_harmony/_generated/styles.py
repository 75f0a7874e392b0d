# Generated from spec/{contents,framing,messages,styles,tokens}
# by codegen/templates/styles.py.jinja; edit those and run `make generate`.
"""The styles in which conversations can be rendered: what each renders otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from .._runtime.writing.inline_types import InlineWording
from .._runtime.writing.inline_types import tools_text as inline_tools_text
from .._runtime.writing.parts import Piece
from .._runtime.writing.rules import Header, Style, plain
from .._runtime.writing.schema_text import margined, schema_line
from .._runtime.writing.text_forms import Form, json_form, json_object_form
from .._runtime.writing.typescript import NamespaceLike, ToolsText, tools_text
from .._runtime.writing.wording import Wording
from .contents import DeveloperContent
from .parts import author_pieces
from .renderer import author_text
from .wording import WORDING

__all__ = ["STYLES"]

CONSTRAIN_ID = 200003  # <|constrain|>
CHANNEL_ID = 200005  # <|channel|>
START_ID = 200006  # <|start|>
MESSAGE_ID = 200008  # <|message|>

# The fields of a header, in their order.
FIELDS = ("channel", "recipient", "content_type")

# model: As the models write: the recipient of a call follows its channel, and the type
# `json` has its marker. Use it for the history of a model that calls tools.


def header_of_model(header: Header) -> Header:
    """The rendered header."""
    role, name, channel, recipient, content_type = header
    if content_type in ("json",):
        content_type = "<|constrain|>" + plain(content_type)
    return role, name, channel, recipient, content_type


def pieces_of_model(header: Header) -> list[int | str]:
    """Like `renderer.pieces`."""
    role, name, channel, recipient, content_type = header
    parts: list[int | str] = [START_ID, author_text(role, name)]
    if role == "assistant":
        if channel is not None:
            parts += (CHANNEL_ID, channel)
        if recipient is not None and recipient != "all":
            parts.append(" to=" + recipient)
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (" ", CONSTRAIN_ID, content_type[13:])
            else:
                parts.append(" " + content_type)
    else:
        if recipient is not None and recipient != "all":
            parts.append(" to=" + recipient)
        if channel is not None:
            parts += (CHANNEL_ID, channel)
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (" ", CONSTRAIN_ID, content_type[13:])
            else:
                parts.append(" " + content_type)
    parts.append(MESSAGE_ID)
    return parts


def parts_of_model(header: Header) -> list[Piece]:
    """Like `parts.pieces`."""
    role, name, channel, recipient, content_type = header
    parts: list[Piece] = [("start", None), *author_pieces(role, name)]
    if role == "assistant":
        if channel is not None:
            parts += (("marker", None), ("channel", channel))
        if recipient is not None and recipient != "all":
            parts += (("marker", " to="), ("recipient", recipient))
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (
                    ("marker", " "),
                    ("marker", None),
                    ("content_type", content_type[13:]),
                )
            else:
                parts += (("marker", " "), ("content_type", content_type))
    else:
        if recipient is not None and recipient != "all":
            parts += (("marker", " to="), ("recipient", recipient))
        if channel is not None:
            parts += (("marker", None), ("channel", channel))
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (
                    ("marker", " "),
                    ("marker", None),
                    ("content_type", content_type[13:]),
                )
            else:
                parts += (("marker", " "), ("content_type", content_type))
    parts.append(("header_end", None))
    return parts


# hf: As the Hugging Face chat template of gpt-oss writes. Use it for a model that was
# fine-tuned with that template.
INLINE_OF_HF = InlineWording(
    property="""\
{name}:\x20
                {type}\
""",
    optional_property="""\
{name}?:\x20
                {type}\
""",
    property_break=", ",
    line_of_property="{name}: {type}",
    line_of_optional="{name}?: {type}",
    line_end=",",
    default=", // default: {text}",
    default_of_variants="// default: {text}",
    object_without_properties="object",
    variant_comment="// {text}",
    variant_default="                    // default: {text}",
    variant_break="""\
 |\x20
\
""",
    unclear_type="object | object",
    longest_element="50",
)


def header_of_hf(header: Header) -> Header:
    """The rendered header."""
    role, name, channel, recipient, content_type = header
    with_recipient = recipient is not None and recipient != "all"
    if channel is None:
        if role == "assistant" and with_recipient:
            channel = "commentary"
        elif role == "assistant":
            channel = "final"
        elif role == "tool":
            channel = "commentary"
    if recipient is None and role == "tool":
        recipient = "assistant"
    if content_type is None and role == "assistant" and with_recipient:
        content_type = "json"
    if content_type is not None:
        content_type = plain(content_type).removeprefix("<|constrain|>")
    return role, name, channel, recipient, content_type


def form_of_hf(header: Header) -> Form | None:
    """The form of a message's text."""
    role, _, _, recipient, _ = header
    with_recipient = recipient is not None and recipient != "all"
    if role == "assistant" and with_recipient:
        return json_object_form
    if role == "tool":
        return json_form
    return None


def written_developer_content_of_hf(
    content: DeveloperContent,
    function_tools: bool,
    tools_text: ToolsText = tools_text,
) -> str:
    """The text of a DeveloperContent."""
    sections: list[str] = []
    closed = 0
    begun = len(sections)
    if content.instructions:
        sections.append("# Instructions\n\n" + plain(content.instructions))
    closed = len(sections) if len(sections) > begun else closed
    if content.tools:
        sections.append(tools_text(content.tools, WORDING))
    if content.response_formats:
        sections.append("# Response Formats")
        for member in content.response_formats:
            lines: list[str] = []
            lines.append("## " + plain(member.name) + "\n")
            if member.description:
                lines.append(margined(plain(member.description), "// "))
            lines.append(schema_line(member.schema))
            sections.append("\n".join(lines))
    if closed and closed == len(sections):
        sections.append("")
    return "\n\n".join(sections)


def inline_tools_of_hf(namespaces: Mapping[str, NamespaceLike], wording: Wording) -> str:
    """The section about tools."""
    return inline_tools_text(namespaces, wording, INLINE_OF_HF)


# oss: As oss-harmony 0.0.11 writes: on the channel of function calls the recipient
# follows the channel, every content type has its marker, and large numbers have a sign
# before their exponent. Use it beside servers that render with oss-harmony.
WORDING_OF_OSS = WORDING._replace(
    exponent="e+",
)


def header_of_oss(header: Header) -> Header:
    """The rendered header."""
    role, name, channel, recipient, content_type = header
    if content_type is not None and not content_type.startswith("<|constrain|>"):
        content_type = "<|constrain|>" + plain(content_type)
    return role, name, channel, recipient, content_type


def pieces_of_oss(header: Header) -> list[int | str]:
    """Like `renderer.pieces`."""
    role, name, channel, recipient, content_type = header
    parts: list[int | str] = [START_ID, author_text(role, name)]
    if channel == "commentary":
        if channel is not None:
            parts += (CHANNEL_ID, channel)
        if recipient is not None and recipient != "all":
            parts.append(" to=" + recipient)
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (" ", CONSTRAIN_ID, content_type[13:])
            else:
                parts.append(" " + content_type)
    else:
        if recipient is not None and recipient != "all":
            parts.append(" to=" + recipient)
        if channel is not None:
            parts += (CHANNEL_ID, channel)
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (" ", CONSTRAIN_ID, content_type[13:])
            else:
                parts.append(" " + content_type)
    parts.append(MESSAGE_ID)
    return parts


def parts_of_oss(header: Header) -> list[Piece]:
    """Like `parts.pieces`."""
    role, name, channel, recipient, content_type = header
    parts: list[Piece] = [("start", None), *author_pieces(role, name)]
    if channel == "commentary":
        if channel is not None:
            parts += (("marker", None), ("channel", channel))
        if recipient is not None and recipient != "all":
            parts += (("marker", " to="), ("recipient", recipient))
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (
                    ("marker", " "),
                    ("marker", None),
                    ("content_type", content_type[13:]),
                )
            else:
                parts += (("marker", " "), ("content_type", content_type))
    else:
        if recipient is not None and recipient != "all":
            parts += (("marker", " to="), ("recipient", recipient))
        if channel is not None:
            parts += (("marker", None), ("channel", channel))
        if content_type is not None:
            if content_type.startswith("<|constrain|>"):
                parts += (
                    ("marker", " "),
                    ("marker", None),
                    ("content_type", content_type[13:]),
                )
            else:
                parts += (("marker", " "), ("content_type", content_type))
    parts.append(("header_end", None))
    return parts


def plain_tools_of_oss(namespaces: Mapping[str, NamespaceLike], wording: Wording) -> str:
    """The section about tools."""
    return tools_text(namespaces, WORDING_OF_OSS)


# All styles, by name.
STYLES: dict[str, Style] = {
    "model": Style(
        fields=FIELDS,
        header=header_of_model,
        pieces=pieces_of_model,
        part_pieces=parts_of_model,
    ),
    "hf": Style(
        fields=FIELDS,
        header=header_of_hf,
        form=form_of_hf,
        texts={"developer_content": written_developer_content_of_hf},
        tools_texts={"developer_content": inline_tools_of_hf},
    ),
    "oss": Style(
        fields=FIELDS,
        header=header_of_oss,
        pieces=pieces_of_oss,
        part_pieces=parts_of_oss,
        tools_texts={
            "system_content": plain_tools_of_oss,
            "developer_content": plain_tools_of_oss,
        },
    ),
}
