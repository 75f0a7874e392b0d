"""Who imports whom: read off the sources, so that what is imported late, or for types alone, counts too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE, GENERATOR = "openai_harmony", "codegen"
# What `import openai_harmony` stands on; every other module of the package is a capability, which may load later.
CORE = (
    *(
        "_generated",
        "_runtime",
        "encoding",
        "errors",
        "options",
        "_arguments",
        "_parser_base",
        "_parsing",
        "_rendering",
        "_version",
    ),
    *("streaming", "strictness", "stripped"),
)
READERS_OF = {
    "lark": "codegen.grammar codegen.framing codegen.productions",
    "railroad": "codegen.diagrams",
    "jinja2": "codegen.render",
    "yaml": "codegen.sources codegen.reader",
}


@dataclass(frozen=True)
class Import:
    by: str
    of: str  # the module, or what is named in it
    late: bool  # within a function
    typing: bool  # for type checkers alone


class _Walk(ast.NodeVisitor):
    def __init__(self, module: str, is_package: bool) -> None:
        self.found: list[Import] = []
        self._module, self._is_package = module, is_package
        self._late = self._typing = False

    def visit_Import(self, node: ast.Import) -> None:
        self._add(*(alias.name for alias in node.names))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            up = node.level - 1 if self._is_package else node.level
            parts = self._module.split(".")[: len(self._module.split(".")) - up]
            base = ".".join([*parts, *([base] if base else [])])
        self._add(*(f"{base}.{alias.name}" for alias in node.names))

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        before, self._late = self._late, True
        self.generic_visit(node)
        self._late = before

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    def visit_If(self, node: ast.If) -> None:
        before, self._typing = self._typing, self._typing or ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body:
            self.visit(statement)
        self._typing = before
        for statement in node.orelse:
            self.visit(statement)

    def _add(self, *names: str) -> None:
        self.found += [Import(self._module, name, self._late, self._typing) for name in names]


def imports(sources: Mapping[str, str]) -> list[Import]:
    """All imports of modules, by name; `__init__` ends the name of a package."""
    found = [i for name, source in sources.items() for i in _imports(name, source)]
    modules = {name.removesuffix(".__init__") for name in sources}
    return [Import(i.by, _module(i.of, modules), i.late, i.typing) for i in found]


@cache
def _imports(name: str, source: str) -> list[Import]:
    walk = _Walk(name.removesuffix(".__init__"), name.endswith(".__init__"))
    walk.visit(ast.parse(source))
    return walk.found


def _module(name: str, modules: set[str]) -> str:
    """The module that an imported name is, or stands in."""
    return name if name in modules or name.rpartition(".")[0] not in modules else name.rpartition(".")[0]


def sources(folder: str) -> dict[str, str]:
    paths = sorted((ROOT / folder).rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8") for path in paths}


PACKAGE_SOURCES, GENERATOR_SOURCES = sources(PACKAGE), sources(GENERATOR)


def within(module: str, *names: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def inside(*names: str) -> tuple[str, ...]:
    return tuple(f"{PACKAGE}.{name}" for name in names)


# The rooms of the runtime, each with those that it may import from beside itself.
ROOMS = {"types": (), "tokens": ("types",), "writing": ("tokens", "types"), "reading": (), "showing": ("types",)}


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if within(module, *inside(f"_runtime.{room}"))), None)


def layer_faults(found: list[Import]) -> Iterator[str]:
    for i in found:
        own = within(i.of, PACKAGE)
        if within(i.by, *inside("_runtime")) and own and not within(i.of, *inside("_runtime", "errors")):
            yield f"{i.by} imports {i.of}, which the runtime does not know"
        room, other = room_of(i.by), room_of(i.of)
        if room is not None and other is not None and other not in (room, *ROOMS[room]):
            yield f"{i.by} imports {i.of}, which stands in a room that {room} does not know"
        if (
            within(i.by, *inside("_generated"))
            and own
            and not within(i.of, *inside("_generated", "_runtime", "errors"))
        ):
            yield f"{i.by} imports {i.of}, which generated modules do not know"
        if within(i.by, PACKAGE) and within(i.of, GENERATOR, *READERS_OF):
            yield f"{i.by} imports {i.of}, which is for the generator"
        if within(i.by, GENERATOR) and own:
            yield f"{i.by} imports {i.of}, which it writes"
        is_core = i.by == PACKAGE or within(i.by, *inside(*CORE))
        if is_core and own and i.of != PACKAGE and not i.late and not i.typing and not within(i.of, *inside(*CORE)):
            yield f"{i.by} imports the capability {i.of} at once"
        for library, readers in READERS_OF.items():
            if within(i.by, GENERATOR) and within(i.of, library) and i.by not in readers.split():
                yield f"{i.by} imports {library}, which is for {readers}"


def cycles(found: list[Import], *, typing: bool = False) -> list[str]:
    """Modules that import each other, at once or late; where a module stands in a package does not count.

    What is imported for type checkers counts if asked for.
    """
    after: dict[str, set[str]] = {}
    for i in found:
        if (typing or not i.typing) and within(i.of, PACKAGE, GENERATOR) and i.of != i.by:
            after.setdefault(i.by, set()).add(i.of)
    reached = {module: set(targets) for module, targets in after.items()}
    while True:
        more = {m: targets.union(*(reached.get(t, set()) for t in targets)) for m, targets in reached.items()}
        if more == reached:
            return sorted(module for module, targets in reached.items() if module in targets)
        reached = more


def test_every_layer_imports_only_what_lies_below_it() -> None:
    assert list(layer_faults(imports({**PACKAGE_SOURCES, **GENERATOR_SOURCES}))) == []


def test_no_modules_import_each_other_at_once_or_late() -> None:
    assert cycles(imports({**PACKAGE_SOURCES, **GENERATOR_SOURCES})) == []


def circling(changed: Mapping[str, str]) -> list[str]:
    """The modules above the runtime that know each other, were it for types alone."""
    found = imports({**PACKAGE_SOURCES, **changed})
    return [module for module in cycles(found, typing=True) if not within(module, *inside("_runtime"))]


def test_no_modules_above_the_runtime_know_each_other_not_even_their_types() -> None:
    assert circling({}) == []


def test_the_package_names_itself_nowhere_so_that_a_variant_of_it_is_a_package_of_its_own() -> None:
    named = [
        f"{name} imports {alias}"
        for name, source in PACKAGE_SOURCES.items()
        for node in ast.walk(ast.parse(source))
        for alias in _absolute(node)
        if within(alias, PACKAGE)
    ]
    assert named == []


def _absolute(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def test_what_is_not_core_is_not_loaded_by_importing_the_package() -> None:
    program = f"import sys, {PACKAGE}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = loaded.stdout.split()
    own = [name for name in modules if within(name, PACKAGE) and name != PACKAGE]
    assert [name for name in own if not within(name, *inside(*CORE))] == []
    assert [name for name in modules if within(name, GENERATOR, *READERS_OF, "hypothesis", "tiktoken", "asyncio")] == []


# the mutants: each is noticed ---------------------------------------------------------------------


def faults_with(module: str, line: str) -> list[str]:
    """The faults of the sources when a line more stands at the end of one."""
    whole = {**PACKAGE_SOURCES, **GENERATOR_SOURCES}
    assert module in whole
    return list(layer_faults(imports({**whole, module: f"{whole[module]}\n{line}\n"})))


def test_a_forbidden_import_is_noticed() -> None:
    late = "def _late():\n    from ....encoding import HarmonyEncoding"
    typing = "if TYPE_CHECKING:\n    from ..streaming import StreamableParser"
    for module, line in {
        "openai_harmony._runtime.reading.machine": "from ..._generated.framing import FRAMING",
        "openai_harmony._runtime.reading.headers.header": late,
        "openai_harmony._generated.events": typing,
        "openai_harmony.encoding": "import yaml",
        "openai_harmony.streaming": "from .batch import parse_batch",
        "openai_harmony._runtime.reading.headers.lexer": "import codegen.model",
        "openai_harmony._runtime.types.checking": "from ..tokens.cache import TokenCache",
        "openai_harmony._runtime.tokens.cache": "from ..writing.rules import Rules",
        "openai_harmony._runtime.writing.history": "from ..reading.machine import Framing",
        "openai_harmony._runtime.reading.content": "from ..tokens.tokenizer import Tokenizer",
        "codegen.views.framing": "from lark import Lark",
        "codegen.check": "from openai_harmony import Role",
    }.items():
        assert len(faults_with(module, line)) == 1, (module, line)


def test_an_import_that_is_allowed_is_not_noticed() -> None:
    assert faults_with("openai_harmony.encoding", "def _late():\n    from ._batch import parsed") == []
    assert faults_with("openai_harmony._generated.events", "from .._runtime.reading.events import Usage") == []


def test_a_cycle_is_noticed() -> None:
    changed = {**PACKAGE_SOURCES, "openai_harmony.options": "from .encoding import HarmonyEncoding"}
    assert {"openai_harmony.encoding", "openai_harmony.options"} <= set(cycles(imports(changed)))


@pytest.mark.parametrize("module", ["_batch", "_parsing", "options"])
def test_a_cycle_is_noticed_that_only_late_imports_close(module: str) -> None:
    name = f"{PACKAGE}.{module}"
    changed = {name: f"{PACKAGE_SOURCES[name]}\ndef _late():\n    from .encoding import HarmonyEncoding\n"}
    found = cycles(imports({**PACKAGE_SOURCES, **changed}))
    assert {name, f"{PACKAGE}.encoding"} <= set(found)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("_batch", "    from .encoding import HarmonyEncoding"),
        ("_parsing", "    from .encoding import HarmonyEncoding"),
        ("encoding", "    from .batch import render_batch"),
    ],
)
def test_a_cycle_is_noticed_that_types_alone_close(module: str, line: str) -> None:
    name = f"{PACKAGE}.{module}"
    changed = {name: f"{PACKAGE_SOURCES[name]}\nif TYPE_CHECKING:\n{line}\n"}
    assert {name, f"{PACKAGE}.encoding"} <= set(circling(changed))
