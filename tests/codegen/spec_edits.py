"""Every deletion from a spec, of an entry, an item or a line of the grammar, and every renaming of what has a name.

An edit is a changed copy of the files as they were read; whether it is refused, or what comes of it, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from codegen.load import FRAMING, Trees
from codegen.sources import Items, Node, Scalar, Table

__all__ = ["Edit", "deletions", "renamings"]

# The maps whose keys are names of the spec's own, as paths; `*` stands for any key.
NAMES = (
    ("tokens.yaml", "tokens"),
    ("tokens.yaml", "stop_sets"),
    ("messages.yaml", "literals"),
    ("messages.yaml", "fields"),
    ("roles.yaml", "roles"),
    ("channels.yaml", "channels"),
    ("contents.yaml", "enumerations"),
    ("contents.yaml", "enumerations", "*", "members"),
    ("contents.yaml", "structures"),
    ("contents.yaml", "structures", "*", "fields"),
    ("contents.yaml", "contents"),
    ("contents.yaml", "contents", "*", "fields"),
    ("tools/schema.yaml", "structures"),
    ("tools/schema.yaml", "structures", "*", "fields"),
    ("encodings.yaml", "encodings"),
    ("recoveries.yaml", "recoveries"),
    ("styles.yaml", "styles"),
)
# Values that are names, too.
NAMED_BY_VALUE = (("contents.yaml", "contents", "*", "class"),)
RULE = re.compile(r"^(\w+)\s*(?:\.\d+)?\s*:", re.MULTILINE)
ALIAS = re.compile(r"->\s*(\w+)")


class Edit(NamedTuple):
    """What was done, and the files that came of it."""

    what: str
    trees: Trees


def deletions(trees: Trees) -> Iterator[Edit]:
    """Without each entry of a map, each item of a list, each file of a tool, each rule and alternative."""
    for file, tree in trees.yaml.items():
        assert tree is not None
        for path, less in _less(tree, ()):
            yield Edit(f"without {file} {' '.join(map(str, path))}", _with(trees, file, less))
        if file.startswith("tools/") and file != "tools/schema.yaml":
            kept = {name: other for name, other in trees.yaml.items() if name != file}
            yield Edit(f"without {file}", replace(trees, yaml=kept))
    tools = [file for file in trees.yaml if file.startswith("tools/") and file != "tools/schema.yaml"]
    if len(tools) > 1:
        kept = {name: tree for name, tree in trees.yaml.items() if name not in tools}
        yield Edit("without any built-in tool", replace(trees, yaml=kept))
    lines = trees.framing.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if line.partition("//")[0].strip():
            yield Edit(
                f"without {FRAMING}:{number}", replace(trees, framing="".join(lines[: number - 1] + lines[number:]))
            )


def renamings(trees: Trees) -> Iterator[Edit]:
    """With another name for each thing that has one, wherever the name stands."""
    for name in dict.fromkeys(_names(trees)):
        yield Edit(f"with another name for {name}", _renamed(trees, name, _other(name)))
    for name in dict.fromkeys([*RULE.findall(trees.framing), *ALIAS.findall(trees.framing)]):
        framing = re.sub(rf"\b{name}\b", _other(name), trees.framing)
        yield Edit(f"with another name for {FRAMING} {name}", replace(trees, framing=framing))


def _other(name: str) -> str:
    return f"{name}X" if name[:1].isupper() and not name.isupper() else f"X{name}" if name.isupper() else f"x{name}"


def _with(trees: Trees, file: str, tree: Node) -> Trees:
    return replace(trees, yaml={**trees.yaml, file: tree})


def _less(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if isinstance(node, Items):
        for index, item in enumerate(node.nodes):
            yield (*path, index), replace(node, nodes=node.nodes[:index] + node.nodes[index + 1 :])
            for at, less in _less(item, (*path, index)):
                yield at, replace(node, nodes=(*node.nodes[:index], less, *node.nodes[index + 1 :]))
    elif isinstance(node, Table):
        for index, (key, value) in enumerate(node.entries):
            yield (*path, key.text), replace(node, entries=node.entries[:index] + node.entries[index + 1 :])
            for at, less in _less(value, (*path, key.text)):
                entries = (*node.entries[:index], (key, less), *node.entries[index + 1 :])
                yield at, replace(node, entries=entries)


def _names(trees: Trees) -> Iterator[str]:
    for file, tree in trees.yaml.items():
        assert tree is not None
        for path, key in _keys(tree, (file,)):
            if any(_fits(path, pattern) for pattern in NAMES):
                yield key.text
        for path, scalar in _scalars(tree, (file,)):
            if any(_fits(path, pattern) for pattern in NAMED_BY_VALUE):
                yield scalar.text


def _fits(path: tuple[str | int, ...], pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(p in ("*", part) for p, part in zip(pattern, path))


def _keys(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Scalar]]:
    if isinstance(node, Table):
        for key, value in node.entries:
            yield path, key
            yield from _keys(value, (*path, key.text))


def _scalars(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Items):
        for index, item in enumerate(node.nodes):
            yield from _scalars(item, (*path, index))
    elif isinstance(node, Table):
        for key, value in node.entries:
            yield from _scalars(value, (*path, key.text))


def _renamed(trees: Trees, name: str, new: str) -> Trees:
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    yaml: dict[str, Node | None] = {
        file: tree and _renamed_in(tree, word, name, new) for file, tree in trees.yaml.items()
    }
    return replace(trees, yaml=yaml, framing=word.sub(new, trees.framing))


def _renamed_in(node: Node, word: re.Pattern[str], name: str, new: str) -> Node:
    """Names stand alone, behind `list of`, or within the braces of a text, with parts behind a dot."""
    if isinstance(node, Scalar):
        if node.text == name or re.fullmatch(r"(list|map) of \w+|[\w.]+", node.text):
            return replace(node, text=word.sub(new, node.text))
        return replace(node, text=re.sub(r"\{[\w.]+\}", lambda match: word.sub(new, match[0]), node.text))
    if isinstance(node, Items):
        return replace(node, nodes=tuple(_renamed_in(item, word, name, new) for item in node.nodes))
    if isinstance(node, Table):
        entries = tuple(
            (
                replace(key, text=word.sub(new, key.text)) if key.text == name else key,
                _renamed_in(value, word, name, new),
            )
            for key, value in node.entries
        )
        return replace(node, entries=entries)
    return node
