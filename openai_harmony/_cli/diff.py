"""The command `diff`: where two prompts differ, and how each of them is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .._conversations import FORMS
from .._prompt_search import Prompt, Way, closest_way
from ..bridging import Difference, explain_difference
from .arguments import DEFAULT_ENCODING, STANDARD_INPUT, Encoding, Json, encoding_of
from .failing import DONE, FOUND, Failure, at
from .inputs import Item, Kind, read_one
from .output import Line, json_line, show, write_lines
from .rendering import Purpose, Rendering, Style, config_of

EXAMPLES = (
    "harmony diff chat.json prompt-of-my-server.txt",
    "harmony diff a.ids b.ids --json",
    "harmony diff chat.json other.txt --style hf",
)


def run(
    a: Annotated[Path, typer.Argument(metavar="A", help="A conversation, or a prompt: text or ids.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The same; `-` is standard input.")],
    kind_a: Annotated[Kind | None, typer.Option("--from-a", help="What A is; by default it is detected.")] = None,
    kind_b: Annotated[Kind | None, typer.Option("--from-b", help="What B is; by default it is detected.")] = None,
    style: Style = None,
    purpose: Purpose = "completion",
    as_json: Json = False,
    encoding: Encoding = DEFAULT_ENCODING,
) -> int:
    """Explain the first difference between two prompts.

    Conversations, and requests of APIs, are rendered first. Tells the message and the part of it, and the options with
    which this package writes each prompt, if they are known. The exit status is 1 if the prompts differ.
    """
    using = encoding_of(encoding)
    rendering = Rendering(using, purpose, config_of(style))
    if a == b == STANDARD_INPUT:
        raise Failure("A and B are both standard input")
    items = [read_one(a, kind_a), read_one(b, kind_b)]
    sides = [_Side(item, rendering) for item in items]
    difference = explain_difference(sides[0].tokens, sides[1].tokens, encoding=using)
    if difference is None:
        told = {"equal": True, "tokens": len(sides[0].tokens)}
        show([(f"equal: {told['tokens']} tokens", "green")]) if not as_json else write_lines([json_line(told)])
        return DONE
    found = _Found(difference, sides)
    show(found.lines()) if not as_json else write_lines([json_line(found.as_dict())])
    return FOUND


class _Side:
    """One of the prompts."""

    def __init__(self, item: Item, rendering: Rendering) -> None:
        self.item, encoding = item, rendering.encoding
        self._encoding = encoding
        self.conversation = None
        if item.kind in FORMS:
            self.conversation, arguments = rendering.conversation(item)
            with at(item.place):
                self.tokens = encoding.render_with_spans(self.conversation, **arguments).tokens
        else:
            self.tokens = item.tokens(encoding)
        with at(item.place):
            self.prompt = Prompt(encoding, self.tokens)

    def way_of(self, tokens: list[int]) -> Way | None:
        """Return how the conversation of this side becomes the tokens of the other one, or those most like them."""
        return None if self.conversation is None else closest_way(self._encoding, self.conversation, tokens)


class _Found:
    """What is known of a difference."""

    def __init__(self, difference: Difference, sides: list[_Side]) -> None:
        self._difference, self._sides = difference, sides
        parts = [side.prompt.part(difference.index) for side in sides if difference.index < len(side.tokens)]
        self._part = next((part for part in parts if part is not None), None)
        one, other = sides
        self._ways = [other.way_of(one.tokens), one.way_of(other.tokens)]

    def lines(self) -> list[Line]:
        lines: list[Line] = [(str(self._difference), "bold")]
        if self._part is not None:
            lines.append((f"part: {self._part}", ""))
        for side, way, other in zip(self._sides, self._ways, reversed(self._sides)):
            lines += [(f"{side.item.place}: {line}", "") for line in _explained(side, way, other)]
        return lines

    def as_dict(self) -> dict[str, Any]:
        difference = self._difference
        told = {name: getattr(difference, name) for name in ("index", "token_a", "token_b", "message_index", "place")}
        return {
            "equal": False,
            **told,
            "part": self._part,
            "explanation": str(difference),
            **{name: _side_dict(side, way) for name, side, way in zip("ab", self._sides, self._ways)},
        }


def _explained(side: _Side, way: Way | None, other: _Side) -> list[str]:
    """Return what is known of how a prompt is written."""
    if way is not None and way.is_equal:
        return [f"{other.item.place}, rendered with {way}"]
    lines = [] if way is None else [f"most like {other.item.place}, rendered with {way}: {way.common} tokens in common"]
    if side.conversation is None:
        styles = side.prompt.styles()
        lines.append(f"headers as in the styles {', '.join(styles)}" if styles else "headers of no known style")
    return lines


def _side_dict(side: _Side, way: Way | None) -> dict[str, Any]:
    known = None if way is None else {"options": str(way), "is_equal": way.is_equal, "common_tokens": way.common}
    return {"place": side.item.place, "tokens": len(side.tokens), "styles": side.prompt.styles(), "written_as": known}
