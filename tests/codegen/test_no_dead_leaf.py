"""No dead leaf: whatever is changed in a spec, an output changes, or the spec is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

import codegen.views.framing as framing_view
from codegen.check import check, checked
from codegen.framing import Framing, compile_framing
from codegen.grammar import terminals_text, write_order
from codegen.load import Trees, build, load, read
from codegen.model import Spec
from codegen.render import OUTPUTS, Output, fill, values
from codegen.sources import Items, Node, Problem, Scalar, SpecError, Table
from codegen.sources import Path as Leaf

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec"
SPECS = (SPEC, ROOT / "formats" / "chatml", ROOT / "formats" / "llama3")
REFUSED = "refused"
KEY = "(key)"  # ends the path of a map's key, where that of a value ends in the key itself
REFERENCE = "docs/format-reference.md"
# What people are told and programs are not, by the last key of its path.
PROSE = {
    "channels.yaml": {"doc"},
    "encodings.yaml": {"bytes"},  # which codegen itself asks for when a vocabulary is packed
    "messages.yaml": {"doc"},
    "recoveries.yaml": {"evidence", "rule", "samples"},  # a rule is the runtime's, which knows its name
    "roles.yaml": {"rank"},
    "tokens.yaml": {"doc"},
}
# Files of which an output has names that others refer to, so that no change of one of them is accepted alone.
NOT_ALONE = {
    "{package}/_generated/completions.py": {"channels", "contents", "roles"},
    "{package}/__init__.py": {"tools"},
    "{package}/_generated/messages.py": {"roles"},
    "{package}/_generated/framing.py": {"channels"},
    "{package}/_generated/chat_{style}.jinja": {"roles"},
    "{package}/_generated/response.json": {"roles"},
}


@dataclass(frozen=True)
class Mutation:
    """What became of every leaf: the outputs that a change of it changes; REFUSED where no change is accepted."""

    reached: Mapping[Leaf, frozenset[str]]

    def dead(self, outputs: Sequence[Output] = OUTPUTS) -> list[str]:
        paths = {output.path for output in outputs} | {REFUSED}
        return [_shown(leaf) for leaf, found in self.reached.items() if not found & paths]


@cache
def mutated(folder: Path) -> Mutation:
    problems: list[Problem] = []
    trees = read(folder, problems)
    assert not problems
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(framing_view, "compile_framing", _remembered)
        texts = _Texts(build(trees, problems))
        return Mutation({leaf: texts.reached(trees, leaf, tries) for leaf, tries in _leaves(trees)})


@pytest.fixture
def mutation() -> Mutation:
    return mutated(SPEC)


@pytest.mark.parametrize("folder", SPECS, ids=lambda folder: folder.name)
def test_every_leaf_of_a_spec_reaches_an_output(folder: Path) -> None:
    assert mutated(folder).dead() == []


def test_a_leaf_that_only_the_reference_page_shows_would_be_dead_without_it(mutation: Mutation) -> None:
    dead = mutation.dead([output for output in OUTPUTS if output.path != REFERENCE])
    assert f"channels.yaml channels {next(iter(checked(SPEC).channels))} doc" in dead


def test_only_prose_reaches_the_reference_page_alone(mutation: Mutation) -> None:
    alone = [leaf for leaf, found in mutation.reached.items() if found == {REFERENCE}]
    assert [_shown(leaf) for leaf in alone if not PROSE.get(str(leaf[0]), set()) & set(leaf[-2:])] == []


@pytest.mark.parametrize("output", [o for o in OUTPUTS if "*" not in o.sources], ids=lambda output: output.path)
def test_a_header_names_the_files_that_its_output_depends_on(output: Output, mutation: Mutation) -> None:
    files = {str(leaf[0]) for leaf, found in mutation.reached.items() if output.path in found}
    sources = {file.split("/")[0].removesuffix(".yaml") for file in files}
    assert sorted(sources) == sorted(set(output.sources) - {"framing"} - NOT_ALONE.get(output.path, set()))


def test_what_no_change_of_one_leaf_reaches_is_reached_by_a_change_of_several() -> None:
    spec = load(SPEC)
    tool = replace(spec.tools.structures[0], name="OtherTool")
    tools = replace(spec.tools, structures=(tool, *spec.tools.structures[1:]))
    roles = {f"{word}x": replace(role, word=f"{word}x") for word, role in spec.roles.items()}
    assert spec.chat is not None
    messages = {key: replace(part, role=f"{part.role}x") for key, part in spec.chat.messages.items()}
    results = {key: replace(part, role=f"{part.role}x") for key, part in spec.chat.results.items()}
    chat = replace(spec.chat, messages=messages, results=results)
    channels = {word: replace(channel, shown=False) for word, channel in spec.channels.items()}
    changed = replace(spec, tools=tools, roles=roles, channels=channels, chat=chat)
    outputs = [output for output in OUTPUTS if output.path in NOT_ALONE]
    assert outputs
    assert all(NOT_ALONE[output.path] <= set(output.sources) for output in outputs)
    assert not [o for o in outputs if fill(o, values(o, spec, "p")) == fill(o, values(o, changed, "p"))]


@pytest.mark.parametrize("folder", SPECS, ids=lambda folder: folder.name)
def test_every_line_of_the_grammar_changes_the_machine_or_is_missed(folder: Path) -> None:
    problems: list[Problem] = []
    spec = build(read(folder, problems), problems)
    before, idle = _machine(spec), []
    lines = spec.framing.splitlines()
    for number, line in enumerate(lines):
        rule = line.partition("//")[0].strip()
        less = replace(spec, framing="\n".join(lines[:number] + lines[number + 1 :]))
        if rule and _machine(less) == before:
            idle.append(rule)
    assert idle == []


def _machine(spec: Spec) -> tuple[Framing, tuple[str, ...]] | None:
    try:
        return compile_framing(spec), write_order(spec)
    except SpecError:
        return None


class _Texts:
    """The outputs of a spec, to hold those of a changed one against."""

    def __init__(self, spec: Spec) -> None:
        self.strings = {output: values(output, spec, "package") for output in OUTPUTS}
        self.texts = {output: fill(output, strings) for output, strings in self.strings.items()}

    def reached(self, trees: Trees, leaf: Leaf, tries: Sequence[str]) -> frozenset[str]:
        """The outputs that the first accepted change of a leaf changes."""
        for text in tries:
            try:
                return self.changed(_spec_with(trees, leaf, text))
            except SpecError:
                continue
            except Exception as error:
                raise AssertionError(f"{_shown(leaf)}: {text!r} is neither refused nor rendered") from error
        return frozenset({REFUSED})

    def changed(self, spec: Spec) -> frozenset[str]:
        found = {output: values(output, spec, "package") for output in OUTPUTS}
        return frozenset(
            output.path
            for output, strings in found.items()
            if strings != self.strings[output] and fill(output, strings) != self.texts[output]
        )


def _remembered(spec: Spec) -> Framing:
    names = tuple(field.name for field in spec.message.fields)
    return _compiled(_Same(spec), (spec.framing, terminals_text(spec), names))


class _Same:
    """A spec that is equal to any other, so that a cache goes by what stands beside it."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)

    def __hash__(self) -> int:
        return 0


@cache
def _compiled(spec: _Same, key: object) -> Framing:
    return compile_framing(spec.spec)


# leaves -------------------------------------------------------------------------------------------


def _leaves(trees: Trees) -> Iterator[tuple[Leaf, list[str]]]:
    """Every scalar, with what to put there instead: near misses, then what could stand there too."""
    names = {name: table for file, tree in trees.yaml.items() if tree for table in _names(tree) for name in table}
    for file, tree in trees.yaml.items():
        assert tree is not None
        found = list(_scalars(tree, (file,)))
        under: dict[str, list[str]] = {}
        for leaf, scalar in found:
            under.setdefault(_last_name(leaf), []).append(scalar.text)
        for leaf, scalar in found:
            others = [] if leaf[-1] == KEY else [*under[_last_name(leaf)], *names.get(scalar.text, [])]
            tries = dict.fromkeys([*_variants(scalar), *others])
            yield leaf, [text for text in tries if text != scalar.text]


def _names(node: Node) -> Iterator[list[str]]:
    """The keys of each map: what refers to one of them could refer to another."""
    if isinstance(node, Table):
        yield [key.text for key, _ in node.entries]
    for inner in [value for _, value in node.entries] if isinstance(node, Table) else getattr(node, "nodes", ()):
        yield from _names(inner)


def _variants(scalar: Scalar) -> list[str]:
    text = scalar.text
    if not scalar.quoted and text in ("true", "false"):
        return ["false" if text == "true" else "true"]
    if not scalar.quoted and text.lstrip("-").isdigit():
        return [str(int(text) + 1), str(int(text) - 1), str(int(text) + 100_000)]
    return [text + "x", text + "X", text[:-1] + ("0" if text.endswith("1") else "1"), "x", " "]


def _last_name(leaf: Leaf) -> str:
    return next(str(part) for part in reversed(leaf) if not isinstance(part, int))


def _scalars(node: Node, path: Leaf) -> Iterator[tuple[Leaf, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Items):
        for index, item in enumerate(node.nodes):
            yield from _scalars(item, (*path, index))
    elif isinstance(node, Table):
        for key, value in node.entries:
            yield (*path, key.text, KEY), key
            yield from _scalars(value, (*path, key.text))


def _spec_with(trees: Trees, leaf: Leaf, text: str) -> Spec:
    problems: list[Problem] = []
    tree = trees.yaml[str(leaf[0])]
    assert tree is not None
    changed = replace(trees, yaml={**trees.yaml, str(leaf[0]): _replaced(tree, leaf[1:], text)})
    spec = build(changed, problems)
    problems += [] if problems else check(spec)
    if problems:
        raise SpecError(problems)
    return spec


def _replaced(node: Node, path: Leaf, text: str) -> Node:
    if isinstance(node, Scalar):
        return replace(node, text=text)
    if isinstance(node, Items):
        index = path[0]
        return replace(
            node, nodes=tuple(_replaced(n, path[1:], text) if i == index else n for i, n in enumerate(node.nodes))
        )
    assert isinstance(node, Table)
    if path[1:] == (KEY,):
        entries = tuple((replace(k, text=text), v) if k.text == path[0] else (k, v) for k, v in node.entries)
        return replace(node, entries=entries)
    return replace(
        node, entries=tuple((k, _replaced(v, path[1:], text)) if k.text == path[0] else (k, v) for k, v in node.entries)
    )


def _shown(leaf: Leaf) -> str:
    return " ".join(map(str, leaf))
