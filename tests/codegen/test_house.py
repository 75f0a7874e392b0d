"""The house is in order: generated files can be read, those written by hand are short and hold no fact of Harmony."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.check import checked
from codegen.check_contents import PLACEHOLDER
from codegen.model import Spec
from codegen.model_contents import TextPiece
from codegen.render import JINJA, OUTPUTS, TEMPLATES, Output
from tests.support.generated import ROOT, SPEC, generate

PACKAGE = ROOT / "openai_harmony"
GENERATED = PACKAGE / "_generated"
VIEWS = ROOT / "codegen" / "views"
HAND_WRITTEN = sorted(
    path
    for folder in ("openai_harmony", "codegen", "examples", "benchmarks", "fuzz", "website")
    for path in (ROOT / folder).rglob("*.py")
    if GENERATED not in path.parents and path != PACKAGE / "__init__.py"
)
MADE = [PACKAGE / "__init__.py", *sorted(GENERATED.glob("*.py"))]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# generated files ----------------------------------------------------------------------------------


def unreadable(text: str) -> Iterator[str]:
    """What keeps a generated module from being read."""
    lines = text.splitlines()
    if len(lines) >= 400:
        yield f"{len(lines)} lines"
    yield from (f"line {number} is too wide" for number, line in enumerate(lines, 1) if len(line) >= 100)
    header = [line for line in lines[:3] if line.startswith("#")]
    if len(header) != 2 or "make generate" not in "".join(header):
        yield "no header of two lines that names the command"
    yield from (f"the header holds {found[0]!r}" for found in re.finditer(r"\d+", "".join(header)))


@pytest.mark.parametrize("path", MADE, ids=named)
def test_a_generated_module_can_be_read(path: Path) -> None:
    assert list(unreadable(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text + "#\n" * 400, "lines"),
        (lambda text: text + "#" * 100, "too wide"),
        (lambda text: text.partition("\n")[2], "no header of two lines"),
        (lambda text: text.replace("make generate", "make something"), "no header of two lines"),
        (lambda text: text.replace("Generated", "Generated on 2025-08-05", 1), "the header holds '2025'"),
    ],
)
def test_a_generated_module_that_cannot_be_read_is_noticed(change: object, complaint: str) -> None:
    assert callable(change)
    text = (GENERATED / "enumerations.py").read_text(encoding="utf-8")
    assert any(complaint in found for found in unreadable(change(text)))


# templates ----------------------------------------------------------------------------------------


def fat(template: str, opens: str = "{") -> bool:
    """Whether more than a quarter of a template's lines decide something, instead of spelling it."""
    lines = template.splitlines()
    return 4 * sum(bool(re.match(rf"\s*\{opens}[%#]", line)) for line in lines) > len(lines)


def opens(template: Path) -> str:
    """What a statement of a template begins with; one that makes a template has other brackets than what it makes."""
    return "[" if template.name.endswith(f"{JINJA}.jinja") else "{"


def test_templates_spell_what_views_have_decided() -> None:
    assert [path.name for path in TEMPLATES.iterdir() if fat(path.read_text(encoding="utf-8"), opens(path))] == []


def test_a_fat_template_is_noticed() -> None:
    assert fat("{% for a in b %}\n{{ a }}\n{% endfor %}\n")
    assert not fat("{% for a in b %}\n{{ a }}\n{% endfor %}\n" + "a\n" * 5)
    assert fat("[% for a in b %]\n[[ a ]]\n[% endfor %]\n", "[")
    assert not fat("{% for a in b %}\n[[ a ]]\n{% endfor %}\n", "[")


def broken_chains(outputs: Iterable[Output], templates: set[str], views: set[str], made: set[str]) -> list[str]:
    """Templates, views and generated modules that do not have each other."""
    stems = {output.stem: output for output in outputs}
    missing = [f"no template {stem}" for stem in stems if stem not in templates]
    missing += [f"no view {stem}" for stem, output in stems.items() if output.view not in (None, stem)]
    missing += [f"view {stem} has no template" for stem in views - templates]
    missing += [f"template {stem} has no output" for stem in templates - set(stems)]
    modules = {stem for stem, output in stems.items() if output.path.endswith(".py")}
    return sorted(missing + [f"module {stem} is not as OUTPUTS says" for stem in modules ^ made])


def chains() -> tuple[set[str], set[str], set[str]]:
    templates = {path.name.partition(".")[0] for path in TEMPLATES.iterdir()}
    views = {path.stem for path in VIEWS.glob("*.py") if "def view(" in path.read_text(encoding="utf-8")}
    stems = {Output(f"{{package}}/{path.relative_to(PACKAGE).as_posix()}", "", None, ()).stem for path in MADE}
    return templates, views, stems


def test_view_template_and_output_share_a_stem() -> None:
    assert broken_chains(OUTPUTS, *chains()) == []


def test_a_template_a_view_and_a_module_that_stand_alone_are_noticed() -> None:
    templates, views, made = chains()
    assert broken_chains(OUTPUTS, templates | {"old"}, views, made) == ["template old has no output"]
    assert broken_chains(OUTPUTS, templates, views | {"old"}, made) == ["view old has no template"]
    assert broken_chains(OUTPUTS, templates, views, made | {"old"}) == ["module old is not as OUTPUTS says"]
    assert "no template messages" in broken_chains(OUTPUTS, templates - {"messages"}, views, made)


# up to date ---------------------------------------------------------------------------------------

ROLE = next(iter(checked(SPEC).roles.values()))
MEMBER, RENAMED = (f'{ROLE.word.upper()} = "{word}"' for word in (ROLE.word, "customer"))


def test_the_shipped_package_is_what_the_spec_says() -> None:
    assert main(["check"]) == 0


@pytest.fixture
def copies(tmp_path: Path) -> list[str]:
    """Arguments for a copy of the spec and a package that was generated from it."""
    spec = shutil.copytree(SPEC, tmp_path / "spec")
    generate(spec, tmp_path / "out", "harmony_copy")
    return ["--spec", str(spec), "--out", str(tmp_path / "out"), "--package", "harmony_copy"]


def check(arguments: list[str]) -> tuple[int, str]:
    command = [sys.executable, "-m", "codegen", "check", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_an_edited_generated_file_fails_the_check_with_the_difference_and_the_command(copies: list[str]) -> None:
    assert check(copies) == (0, "")
    path = Path(copies[3]) / "harmony_copy" / "_generated" / "enumerations.py"
    path.write_text(path.read_text(encoding="utf-8").replace(MEMBER, RENAMED), encoding="utf-8")
    code, said = check(copies)
    assert code == 1
    assert f"-    {RENAMED}\n+    {MEMBER}\n" in said
    assert said.endswith(f"run: python -m codegen generate {' '.join(copies)}\n")


def test_a_changed_spec_fails_the_check_with_the_difference_and_the_command(copies: list[str]) -> None:
    path = Path(copies[1]) / "roles.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(ROLE.doc, "Whoever asks."), encoding="utf-8")
    code, said = check(copies)
    assert code == 1
    assert f'-    """{ROLE.doc}"""\n+    """Whoever asks."""\n' in said
    assert said.endswith(f"run: python -m codegen generate {' '.join(copies)}\n")


def test_make_check_runs_that_check_and_names_its_command() -> None:
    recipes = re.findall(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipes == ["\t$(PY) -m codegen check\n"]


# what is written by hand --------------------------------------------------------------------------


def too_long(text: str) -> bool:
    return len(text.splitlines()) > 300


def test_files_that_are_written_by_hand_are_short() -> None:
    assert [named(path) for path in HAND_WRITTEN if too_long(path.read_text(encoding="utf-8"))] == []


def test_a_long_file_is_noticed() -> None:
    assert too_long("\n" * 301)
    assert not too_long("\n" * 300)


PLACES = re.compile(r"(?<![\w.<])/(?:home|root|work|tmp|Users|mnt)/(?!data\b)")


def test_no_source_names_a_place_of_somebodys_machine() -> None:
    files = [
        *HAND_WRITTEN,
        *(ROOT / "tests").rglob("*.py"),
        *SPEC.rglob("*.*"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    assert [named(path) for path in files if PLACES.search(path.read_text(encoding="utf-8"))] == []


def test_a_place_of_somebodys_machine_is_noticed() -> None:
    assert PLACES.search("open('" + "/home" + "/me/spec')")


# facts --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What the spec says that no other file may say again."""

    words: frozenset[str]  # as a whole string
    wording: frozenset[str]  # as a part of one
    ids: frozenset[int]


# Words that mean something else where they stand.
API = "openai_harmony/_dialects"
ALLOWED = {
    ("openai_harmony/_grammar/settings.py", "channels"): "the name of an option",
    ("openai_harmony/_grammar_command.py", "channels"): "the name of an option",
    ("openai_harmony/_cli/rendering.py", "analysis"): "the name of an option",
    ("openai_harmony/_conversations.py", "analysis"): "the name of an option",
    ("openai_harmony/_prompt_search.py", "analysis"): "the name of an option",
    ("openai_harmony/_dialects/anthropic/types.py", "assistant"): "a role of the API, in a type",
    ("openai_harmony/_dialects/words.py", "system"): "a word of the API",
    ("openai_harmony/conformance/servers.py", "user"): "a role of the API",
    ("openai_harmony/_loss_masks.py", "channels"): "the name of an argument",
    (f"{API}/chat/types.py", "assistant"): "a role of the API, in a type",
    (f"{API}/responses/types.py", "assistant"): "a role of the API, in a type",
    (f"{API}/opening.py", "system"): "the name of an argument",
    (f"{API}/tools.py", "builtin_namespace"): "the name of a function",
    (f"{API}/tools.py", "namespaces_of"): "the name of a function",
    (f"{API}/tools.py", "expected the name of a built-in tool or a namespace, not "): "prose",
    **{(f"{API}/words.py", word): "a word of the API" for word in ("assistant", "functions", "tool", "user")},
    ("openai_harmony/_runtime/types/modelling.py", "python"): "a mode of pydantic's serializer",
}


def facts(spec: Spec) -> Facts:
    words = {*spec.roles, *spec.channels, *spec.message.literals.values(), spec.tools.function_namespace}
    words |= {namespace.name for namespace in spec.tools.namespaces} | {field.name for field in spec.message.fields}
    words |= {member.value for enumeration in spec.enumerations for member in enumeration.members}
    words |= {content.type for content in spec.contents if content.role is not None}
    texts = [piece for c in spec.contents for s in c.sections for line in s.lines for piece in pieces(line)]
    wording = {part.strip() for text in [*texts, *spec.tools.wording.values()] for part in PLACEHOLDER.split(text)[::2]}
    wording |= {field.default or "" for content in spec.contents for field in content.fields}
    wording = {text for text in wording if sum(map(str.isalpha, text)) >= 8}  # shorter ones are everybody's words
    wording |= {token.text for token in spec.tokens.values()}
    for e in spec.encodings:
        words |= {e.name, e.tokenizer}
        wording |= {e.vocabulary.file, e.vocabulary.sha256, e.vocabulary.packed, e.vocabulary.environment}
    return Facts(frozenset(words), frozenset(wording), frozenset({token.id for token in spec.tokens.values()}))


def pieces(piece: TextPiece) -> Iterator[str]:
    yield piece.text
    for more in piece.more:
        yield from pieces(more)


def facts_in(source: str, known: Facts) -> Iterator[str]:
    """The facts in the strings and numbers of a module; what docstrings explain is no use of them."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and id(node) not in prose else None
        if isinstance(value, str) and (value in known.words or any(text in value for text in known.wording)):
            yield value
        elif isinstance(value, int) and value in known.ids:
            yield str(value)


def test_what_harmony_is_stands_in_the_spec_alone() -> None:
    known = facts(checked(SPEC))
    files = [path for path in HAND_WRITTEN if PACKAGE in path.parents]
    found = {(named(path), fact) for path in files for fact in facts_in(path.read_text(encoding="utf-8"), known)}
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set(), "no longer needed"


@pytest.mark.parametrize(
    "source",
    [
        'if role == "{roles}": pass',
        "channel = '{channels}'",
        'line = f"// namespace {{name}}"',
        'return "<{tokens}>" in text',
        "stop = {ids}",
        'getattr(message, "{fields}")',
        'open("{files}")',
    ],
)
def test_a_fact_in_a_module_is_noticed(source: str) -> None:
    spec = checked(SPEC)
    token, encoding = next(iter(spec.tokens.values())), spec.encodings[0]
    said = {"roles": ROLE.word, "channels": next(iter(spec.channels)), "tokens": token.text, "ids": token.id}
    said |= {"fields": spec.message.fields[0].name, "files": encoding.vocabulary.file}
    assert list(facts_in(source.format(**said), facts(spec)))


@pytest.mark.shipped
def test_wording_in_a_module_is_noticed() -> None:
    assert list(facts_in('text = "Knowledge cutoff: " + date', facts(checked(SPEC))))


def test_prose_about_a_fact_is_not_noticed() -> None:
    assert list(facts_in('"""Reads `<|end|>`."""\n\nx = "all"  # assistant', facts(checked(SPEC)))) == []
