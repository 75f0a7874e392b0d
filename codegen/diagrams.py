"""Railroad diagrams of framing.lark as SVG. This module decides what is drawn within what; the library draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from xml.sax.saxutils import escape

import railroad

from codegen.markdown import visible
from codegen.model import Spec
from codegen.productions import Choice, Labelled, Literal, Name, Node, Optional, Repeated, Row, names, productions

__all__ = ["of_headers", "of_messages", "picture"]

MARGIN, TITLE, GAP = 16, 22, 10  # around a picture, the height of a title, below a diagram
# What is drawn in two schemes of colours, light and dark, on a ground of its own.
COLOURS = {
    ".ground": ("fill", "#fbfbf9", "#1c2128"),
    "text": ("fill", "#1f2328", "#e6e8eb"),
    ".title": ("fill", "#57606a", "#9aa4b0"),
    ".railroad-diagram path": ("stroke", "#6e7781", "#848d97"),
    ".railroad-diagram rect": ("stroke", "#6e7781", "#848d97"),
    ".terminal rect": ("fill", "#d9efe6", "#1d4238"),
    ".non-terminal rect": ("fill", "#fbfbf9", "#1c2128"),
    ".words rect": ("fill", "#fff1d6", "#4a3a16"),
    "rect.group-box": ("stroke", "#8250df", "#c8a6ff"),
    ".railroad-diagram .comment": ("fill", "#8250df", "#c8a6ff"),
}
STYLE = """\
text { font: bold 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.title { font-weight: normal; font-style: italic; }
.railroad-diagram text { text-anchor: middle; }
.railroad-diagram text.comment { font-size: 12px; }
.railroad-diagram path { stroke-width: 2; fill: none; }
.railroad-diagram rect { stroke-width: 2; }
.words text { font-weight: normal; }
.railroad-diagram rect.group-box { stroke-dasharray: 6 4; fill: none; }"""


railroad.INTERNAL_ALIGNMENT = "left"  # of alternatives of different lengths


class _Grammar:
    """What a rule is drawn as: fields are drawn in a labelled box, rules of one symbol as that symbol."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.defined = productions(spec.framing)
        self.fields = {field.name for field in spec.message.fields}

    def own(self) -> dict[str, Node]:
        """Return the rules that have a diagram of their own."""
        return {name: node for name, node in self.defined.items() if not (self._field(name) or self._is_within(name))}

    def has_field(self, node: Node) -> bool:
        return any(self._field(name) for name in names(node))

    def item(self, node: Node) -> railroad.DiagramItem:
        if isinstance(node, Name):
            return self._symbol(node.text)
        if isinstance(node, Literal):
            return railroad.Terminal(node.text)
        if isinstance(node, Row):
            return railroad.Sequence(*map(self.item, node.items))
        if isinstance(node, Choice):
            return railroad.Choice(0, *map(self.item, node.items))
        if isinstance(node, Optional):
            return railroad.Optional(self.item(node.item))
        if isinstance(node, Labelled):
            return _box(self.item(node.item), node.label)
        drawn = railroad.OneOrMore(self.item(node.item), _times(node))
        return drawn if node.least else railroad.Optional(drawn)

    def _symbol(self, name: str) -> railroad.DiagramItem:
        field = self._field(name)
        if field is not None:
            return _box(self.item(_without_labels(self.defined[name])), field)
        if self._is_within(name):
            return self.item(self.defined[name])
        if name in self.spec.tokens:
            return railroad.Terminal(visible(self.spec.tokens[name].text))
        if name in self.spec.message.literals:
            return railroad.Terminal(visible(self.spec.message.literals[name]))
        return railroad.NonTerminal(name, cls="" if name in self.defined else "words")

    def _field(self, name: str) -> str | None:
        """Return the field that all of a rule is."""
        node = self.defined.get(name)
        if node is None or name in self.fields:
            return name if name in self.fields else None
        alternatives = node.items if isinstance(node, Choice) else (node,)
        labels = {each.label if isinstance(each, Labelled) else None for each in alternatives}
        (label, *others) = labels
        return label if not others and label in self.fields else None

    def _is_within(self, name: str) -> bool:
        """Return whether a rule or terminal is drawn where it is used."""
        node = self.defined.get(name)
        return node is not None and (name.isupper() or isinstance(node, Name))


def _box(item: railroad.DiagramItem, label: str) -> railroad.DiagramItem:
    """Return an item in a labelled box, with the same space on its left and right."""
    if item.needsSpace:
        item = railroad.Sequence(railroad.Skip(), item, railroad.Skip())
        item.needsSpace = False
    return railroad.Group(item, label)


def _times(repeated: Repeated) -> railroad.DiagramItem | None:
    if repeated.most is None and repeated.least < 2:
        return None
    most = "" if repeated.most in (None, repeated.least) else f" to {repeated.most}"
    return railroad.Comment(f"{repeated.least}{most} times")


def _without_labels(node: Node) -> Node:
    if isinstance(node, Choice):
        return Choice(tuple(map(_without_labels, node.items)))
    return node.item if isinstance(node, Labelled) else node


def of_headers(spec: Spec) -> str:
    """Return a picture of the rules that have fields of headers."""
    grammar = _Grammar(spec)
    return picture({name: grammar.item(node) for name, node in grammar.own().items() if grammar.has_field(node)})


def of_messages(spec: Spec) -> str:
    """Return a picture of the other rules."""
    grammar = _Grammar(spec)
    return picture({name: grammar.item(node) for name, node in grammar.own().items() if not grammar.has_field(node)})


def picture(rules: Mapping[str, railroad.DiagramItem]) -> str:
    """Return an SVG of diagrams, one below the other, each with its title."""
    body: list[str] = []
    width, y = 0.0, float(MARGIN)
    for name, item in rules.items():
        diagram = railroad.Diagram(railroad.Start("simple"), item, railroad.End("simple"))
        diagram.format(4, 2, 4, 2)
        body.append(f'<text class="title" x="{MARGIN}" y="{y + 14:g}">{escape(name)}</text>')
        y += TITLE
        diagram.attrs.update(x=f"{MARGIN}", y=f"{y:g}")
        written = StringIO()
        diagram.writeSvg(written.write)
        body.append(written.getvalue())
        width = max(width, float(diagram.attrs["width"]))
        y += float(diagram.attrs["height"]) + GAP
    size = (width + 2 * MARGIN, y + MARGIN - GAP)
    return "\n".join(_framed(body, *size))


def _framed(body: Iterable[str], width: float, height: float) -> Iterable[str]:
    size = f'width="{width:g}" height="{height:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" {size} role="img">'
    yield "<style>"
    yield STYLE
    yield from (f"{which} {{ {what}: {light}; }}" for which, (what, light, _) in COLOURS.items())
    yield "@media (prefers-color-scheme: dark) {"
    yield from (f"{which} {{ {what}: {dark}; }}" for which, (what, _, dark) in COLOURS.items())
    yield "}"
    yield "</style>"
    yield f'<rect class="ground" {size} rx="8"/>'
    yield from body
    yield "</svg>"
