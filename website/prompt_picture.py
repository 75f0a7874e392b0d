"""The picture of docs/what-harmony-is.md: a conversation as it is rendered, `python -m website.prompt_picture`.

The texts, their parts and who wrote them come from `render_with_spans`; this module only draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from openai_harmony import (
    Author,
    Conversation,
    Message,
    RenderConversationConfig,
    Role,
    load_harmony_encoding,
)

__all__ = ["PICTURE", "drawn", "main"]

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "prompt.svg"

# Each message, and what it is for.
MESSAGES = [
    ("the question", Message.from_role_and_content(Role.USER, "Is it warm in Rome?")),
    ("reasoning", Message.from_role_and_content(Role.ASSISTANT, "I need the weather.").with_channel("analysis")),
    (
        "a tool call",
        Message.from_role_and_content(Role.ASSISTANT, '{"city": "Rome"}')
        .with_channel("commentary")
        .with_recipient("functions.get_weather")
        .with_content_type("<|constrain|>json"),
    ),
    (
        "its result",
        Message.from_author_and_content(Author.new(Role.TOOL, "functions.get_weather"), "31 degrees")
        .with_recipient("assistant")
        .with_channel("commentary"),
    ),
    ("the answer", Message.from_role_and_content(Role.ASSISTANT, "Yes, 31 degrees.").with_channel("final")),
]

CHARACTER, LINE, SIZE = 7.8, 27, 13  # the width of a character, the height of a line, the size of the font
CAPTIONS, COLUMNS, MARGIN = 122, 84, 14  # the width of the captions, the characters of a line, the edge
WIDTH = CAPTIONS + COLUMNS * CHARACTER + 2 * MARGIN

# The parts of `Rendered.PART_NAMES` that look alike, what they are called, and their colours, light and dark.
LOOKS = {
    "special": (("start", "marker", "header_end", "stop"), "special tokens and markers", "#57606a", "#9aa4b0"),
    "author": (("role", "name"), "author", "#8250df", "#c8a6ff"),
    "channel": (("channel",), "channel", "#0a6e8a", "#5cc8e4"),
    "recipient": (("recipient",), "recipient", "#a0460c", "#f0a35e"),
    "type": (("content_type",), "content type", "#8a1f5c", "#f58cc1"),
    "content": (("content",), "content", "#1f2328", "#e6e8eb"),
}
LOOK_OF = {part: look for look, (parts, *_) in LOOKS.items() for part in parts}
OTHER_COLOURS = {"ground": ("#fbfbf9", "#1c2128"), "sampled": ("#d9efe6", "#1d4238"), "caption": ("#57606a", "#9aa4b0")}


@dataclass(frozen=True)
class Piece:
    """A part of a message that stands in one line."""

    text: str
    look: str
    sampled: bool


def pieces(message_index: int) -> list[Piece]:
    """Return the parts of a message of the whole conversation, as they are rendered for training."""
    encoding = load_harmony_encoding("HarmonyGptOss")
    conversation = Conversation.from_messages([message for _, message in MESSAGES])
    keep = RenderConversationConfig(analysis="keep")
    rendered = encoding.render_with_spans(conversation, training=True, config=keep)
    text = encoding.decode(rendered.tokens)
    return [
        Piece(text[place.start : place.end], LOOK_OF[span.part or ""], bool(rendered.sampled[span.start]))
        for span, place in zip(rendered.spans(), rendered.text_spans())
        if span.message_index == message_index
    ]


def lines(found: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield the lines in which pieces fit; a piece that is longer than what is left begins a line."""
    line: list[Piece] = []
    for piece in found:
        if line and sum(len(other.text) for other in line) + len(piece.text) > COLUMNS:
            yield line
            line = []
        line.append(piece)
    yield line


def drawn() -> str:
    """Return the picture as SVG, which follows the light or dark scheme of the reader and has a ground of its own."""
    body: list[str] = []
    y = MARGIN + 6.0
    for index, (caption, _) in enumerate(MESSAGES):
        body.append(f'<text class="caption" x="{MARGIN}" y="{y + 17:g}">{escape(caption)}</text>')
        for line in lines(pieces(index)):
            body += _line(line, y)
            y += LINE
        y += 7
    y += 6
    body += _legend(y)
    height = y + 2 * LINE + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
            f'height="{height:g}" role="img">',
            "<title>Five messages as they are rendered</title>",
            f"<style>\n{_style()}\n</style>",
            f'<rect class="ground" width="{WIDTH:g}" height="{height:g}" rx="8"/>',
            *body,
            "</svg>\n",
        ]
    )


def _line(line: Iterable[Piece], y: float) -> Iterator[str]:
    x = float(CAPTIONS + MARGIN)
    for piece in line:
        width = len(piece.text) * CHARACTER
        if piece.sampled:
            yield f'<rect class="sampled" x="{x:g}" y="{y:g}" width="{width:g}" height="{LINE - 3}"/>'
        place = f'x="{x:g}" y="{y + 17:g}" textLength="{width:g}" lengthAdjust="spacingAndGlyphs"'
        yield f'<text class="{piece.look}" {place} xml:space="preserve">{escape(piece.text)}</text>'
        x += width


def _legend(y: float) -> Iterator[str]:
    x = float(CAPTIONS + MARGIN)
    for look, (_, name, *_) in LOOKS.items():
        yield f'<text class="{look}" x="{x:g}" y="{y + 17:g}">{name}</text>'
        x += (len(name) + 2) * CHARACTER
    x, y = float(CAPTIONS + MARGIN), y + LINE
    yield f'<rect class="sampled" x="{x:g}" y="{y:g}" width="{5 * CHARACTER:g}" height="{LINE - 3}"/>'
    yield f'<text class="caption" x="{x + 6 * CHARACTER:g}" y="{y + 17:g}">sampled by the model</text>'


def _style() -> str:
    colours = {look: (light, dark) for look, (_, _, light, dark) in LOOKS.items()} | OTHER_COLOURS
    light, dark = (
        [f".{name} {{ fill: {shades[scheme]}; }}" for name, shades in colours.items()] for scheme in range(2)
    )
    return "\n".join(
        [
            f"text {{ font: {SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }}",
            ".author, .channel, .recipient, .type { font-weight: bold; }",
            ".caption { font-style: italic; }",
            *light,
            "@media (prefers-color-scheme: dark) {",
            *dark,
            "}",
        ]
    )


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(drawn(), encoding="utf-8")


if __name__ == "__main__":
    main()
