"""Strict parsing of a spec's YAML files: trees of nodes with their places, and the problems found.

This module knows only YAML's syntax, not Harmony. Scalars stay text; `reader.py` converts them to other types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import yaml

from codegen.place import Place

DEEPEST = 60  # levels of nesting; more is a mistake and would end in a RecursionError


@dataclass(frozen=True)
class Problem:
    """A problem of a spec, with a hint if there is one."""

    place: Place
    what: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f"; hint: {self.hint}" if self.hint else "")


class SpecError(Exception):
    """All problems of a spec, one per line, sorted by file and place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(
            problems, key=lambda problem: (problem.place.file, problem.place.line, problem.place.column, problem.what)
        )
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Scalar:
    text: str
    quoted: bool  # "…", '…', | or >: a quoted value is always text
    place: Place


@dataclass(frozen=True)
class Items:
    nodes: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Table:
    entries: tuple[tuple[Scalar, Node], ...]
    place: Place


@dataclass(frozen=True)
class Unread:
    """An alias, which was reported already; reading it reports no further problem."""

    place: Place


Node: TypeAlias = Scalar | Items | Table | Unread
Path: TypeAlias = tuple[str | int, ...]


def places(node: Node, path: Path) -> Iterator[tuple[Path, Place]]:
    """Yield the path and the place of every value; a path consists of keys and positions."""
    yield path, node.place
    if isinstance(node, Items):
        for index, item in enumerate(node.nodes):
            yield from places(item, (*path, index))
    elif isinstance(node, Table):
        for key, value in node.entries:
            yield from places(value, (*path, key.text))


class Places(Mapping[Path, Place]):
    """The place of every value of some files, looked up in their trees: most specs need the place of few values."""

    def __init__(self, trees: Mapping[str, Node | None]) -> None:
        self._trees = {file: tree for file, tree in trees.items() if tree}

    def __getitem__(self, path: Path) -> Place:
        node: Node | None = self._trees.get(str(path[0]))
        for part in path[1:]:
            node = _inner(node, part)
        if node is None:
            raise KeyError(path)
        return node.place

    def __iter__(self) -> Iterator[Path]:
        return (path for file, tree in self._trees.items() for path, _ in places(tree, (file,)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _inner(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, Items) and isinstance(part, int) and part < len(node.nodes):
        return node.nodes[part]
    entries = node.entries if isinstance(node, Table) else ()
    return next((value for key, value in entries if key.text == part), None)


def decode(file: str, data: bytes, problems: list[Problem]) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        problems.append(Problem(_place_of(file, good, len(good)), "the file is not UTF-8", "save it as UTF-8"))
        return None


def parse(file: str, data: bytes, problems: list[Problem]) -> Node | None:
    """Return the tree of one document; if there is none, add a problem and return None."""
    text = decode(file, data, problems)
    if text is None:
        return None
    try:
        return _Builder(file, text, problems).document()
    except yaml.reader.ReaderError as error:
        what = f"character U+{_code(error.character):04X} is not allowed in YAML"
        problems.append(Problem(_place_of(file, text, error.position), what, 'write it as an escape between "…"'))
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(file, error))
    except _GivenUp:
        pass
    return None


class _Mark(Protocol):
    line: int
    column: int


class _GivenUp(Exception):
    """Raised to stop the reading of a file; the reason is among the problems."""


class _Builder:
    """Builds the tree from PyYAML's events, since PyYAML's nodes do not show anchors, aliases and tags."""

    def __init__(self, file: str, text: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))

    def document(self) -> Node | None:
        next(self.events)  # the stream's start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            self.complain(event, "the file is empty")
            return None
        if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            self.complain(event, "a YAML directive has no place in a spec", "remove the line that begins with '%'")
        node = self.node(next(self.events), 0)
        next(self.events)  # the document's end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.complain(event, "a second document begins here", "a spec file is one document; remove '---'")
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        if depth > DEEPEST:
            self.complain(event, f"nested deeper than {DEEPEST} levels")
            raise _GivenUp
        self.refuse_decorations(event)
        place = self.place(event)
        if isinstance(event, yaml.SequenceStartEvent):
            nodes = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                nodes.append(self.node(event, depth + 1))
            return Items(tuple(nodes), place)
        if isinstance(event, yaml.MappingStartEvent):
            return Table(tuple(self.entries(depth)), place)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, event.style is not None, place)
        return Unread(place)

    def entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        first: dict[str, Place] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.problems.append(Problem(key.place, "a key is text, not a list or a map"))
            elif key.text == "<<" and not key.quoted:
                self.problems.append(Problem(key.place, "merge key '<<' is not allowed", "write the entries out"))
            elif key.text in first:
                before = first[key.text]
                hint = f"the first one stands at {before.line}:{before.column}"
                self.problems.append(Problem(key.place, f"duplicate key '{key.text}'", hint))
            else:
                first[key.text] = key.place
                yield key, value

    def refuse_decorations(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self.complain(event, f"alias '*{anchor}' is not allowed", "write the value out")
        elif anchor is not None:
            self.complain(event, f"anchor '&{anchor}' is not allowed", "write the value out where it is needed")
        if (tag := getattr(event, "tag", None)) is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self.complain(event, f"tag '{shown}' is not allowed", "quote a value that must be text")

    def place(self, event: yaml.Event) -> Place:
        return _place(self.file, event.start_mark)

    def complain(self, event: yaml.Event, what: str, hint: str | None = None) -> None:
        self.problems.append(Problem(self.place(event), what, hint))


def _syntax_problem(file: str, error: yaml.MarkedYAMLError) -> Problem:
    what = f"not YAML: {error.problem or error.context}"
    hint = "indent with spaces" if r"'\t'" in what else None
    if "mapping values are not allowed" in what:
        hint = "quote text that holds ': '"
    return Problem(_place(file, error.problem_mark or error.context_mark), what, hint)


def _place(file: str, mark: _Mark | None) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


def _place_of(file: str, text: str, position: int) -> Place:
    line_start = text.rfind("\n", 0, position) + 1
    return Place(file, text.count("\n", 0, position) + 1, position - line_start + 1)


def _code(character: str | bytes | int) -> int:
    return character if isinstance(character, int) else ord(character)
