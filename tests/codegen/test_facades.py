"""What a package exports whatever its spec says, and which names a spec may therefore not give."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import openai_harmony
from codegen.check import checked
from codegen.facades import AT_ONCE, LATE, PACKAGE, exported, public_classes
from codegen.model import Spec
from codegen.naming import CLASSES
from tests.support.generated import SPEC

GENERATED = PACKAGE / "_generated"


def test_what_a_facade_exports_stands_in_it(tmp_path: Path) -> None:
    assert exported("options") == ("RenderConversationConfig", "RenderOptions")
    (tmp_path / "broken.py").write_text('x = [1]\n__all__ = [\n    "A",\n    "b",\n]\ny = [2]\ndef broken(:\n')
    assert exported("broken", tmp_path) == ("A", "b")


@pytest.mark.parametrize("text", ["", "def f():\n    __all__ = []\n", '__all__ = ("A",)\n'])
def test_a_facade_that_says_nothing_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "silent.py").write_text(text)
    with pytest.raises(ValueError, match=r"^silent\.py has no '__all__ = "):
        exported("silent", tmp_path)


def test_every_facade_is_at_once_or_late() -> None:
    # These are imported by their own names.
    apart = {"anthropic", "batch", "chat", "datasets", "grammar", "inspection", "packing", "responses"}
    facades = {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_")}
    assert facades - apart == {*AT_ONCE, *LATE}


def given(spec: Spec) -> set[str]:
    """The classes that a spec names."""
    names = {thing.name for thing in (*spec.enumerations, *spec.structures, *spec.tools.structures)}
    return names | {content.class_name for content in spec.contents}


def test_all_that_is_public_is_of_the_spec_or_always_there() -> None:
    spec = given(checked(SPEC))
    classes = {name for name in openai_harmony.__all__ if name[0].isupper()}
    assert classes == spec | public_classes()
    assert not spec & CLASSES


def bound(source: str) -> set[str]:
    """The names that a module imports and defines, and that could be those of classes."""
    nodes = list(ast.walk(ast.parse(source)))
    names = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    names |= {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return {name for name in names if name[0].isupper() and name.isalnum()}


@pytest.mark.parametrize("stem", ["contents", "enumerations", "messages", "renderer", "tools"])
def test_no_class_of_a_spec_hides_what_the_module_uses_that_defines_it(stem: str) -> None:
    found = bound((GENERATED / f"{stem}.py").read_text(encoding="utf-8"))
    assert len(found) > 3
    assert found - given(checked(SPEC)) - CLASSES == set()


def test_a_name_that_is_used_is_noticed() -> None:
    assert bound("from a import B, c as D\nclass E: ...\nfrom f import G_H\n") == {"B", "D", "E"}
