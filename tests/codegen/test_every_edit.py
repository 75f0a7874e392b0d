"""Every deletion from a spec and every renaming in it works, or is refused with its place; the example formats' too."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import pytest

import codegen.views.framing as framing_view
from codegen.check import check
from codegen.framing import Framing, compile_framing
from codegen.grammar import terminals_text
from codegen.load import Trees, build, read
from codegen.model import Spec
from codegen.output import write
from codegen.render import render
from codegen.sources import Problem, SpecError
from codegen.vocabulary import write as write_vocabulary
from tests.codegen.spec_edits import Edit, deletions, renamings
from tests.support.effort import examples
from tests.support.generated import ROOT, SPEC

FORMATS = ROOT / "formats"
PACKAGE = "edited"
PLACE = re.compile(r"[\w./]+\.(?:yaml|lark):\d+:\d+: \S")


class Tried(NamedTuple):
    """A spec; the least numbers of its edits and of those that are accepted; how many that change a program are run."""

    folder: Path
    edits: int
    accepted: int
    run: int  # more with more effort


TRIED = {
    "harmony": Tried(SPEC, 600, 100, 12),
    "chatml": Tried(FORMATS / "chatml", 250, 35, 4),
    "llama3": Tried(FORMATS / "llama3", 250, 35, 4),
}

# What a package must be able to do, whatever its format: it is imported, writes and reads, and keeps its promises.
EXERCISE = """
import sys
from {package} import *
from {package} import chat
from {package}._generated.dialects import DIALECTS
from {package}._generated.encodings import ENCODINGS
from {package}.__main__ import main
encoding = load_harmony_encoding(next(iter(ENCODINGS)))
role = next(iter(Role))
conversation = Conversation([Message.from_role_and_content(role, "hi")])
assert encoding.parse(encoding.render_conversation(conversation)).messages[0].text == "hi"
assert encoding.render_conversation_for_completion(conversation, role)
assert encoding.render_conversation_for_training(conversation)
if DIALECTS is not None:
    said = {{"role": "assistant", "content": "hi"}}
    said |= {{"reasoning": "so"}} if "reasoning" in DIALECTS.assistant else {{}}
    call = {{"id": "1", "type": "function", "function": {{"name": "f", "arguments": "{{}}"}}}}
    calls = {{**said, "tool_calls": [call]}} if "call" in DIALECTS.assistant else said
    told = [{{"role": role, "content": "hi"}} for role in DIALECTS.messages]
    results = [{{"role": "tool", "tool_call_id": "1", "content": "ok"}}] if calls is not said else []
    request = {{"messages": [*told, calls, *results, said]}}
    if DIALECTS.holder is not None:
        tool = {{"name": "f", "description": "Does f.", "parameters": {{"type": "object", "properties": {{}}}}}}
        request["tools"] = [{{"type": "function", "function": tool}}]
    if DIALECTS.holder is not None and DIALECTS.holder.formats is not None:
        form = {{"name": "hi", "schema": {{}}, "description": "Says hi."}}
        request["response_format"] = {{"type": "json_schema", "json_schema": form}}
    prompt = encoding.decode(chat.chat_prompt(encoding, request))
    assert "tools" not in request or "Does f." in prompt
    assert "response_format" not in request or "Says hi." in prompt
    for effort in (None, *DIALECTS.efforts, *DIALECTS.nearest):
        assert chat.chat_prompt(encoding, {{**request, "reasoning_effort": effort}}, effort="nearest")
    for wanted in (calls, said):
        prompt = [*told, wanted]
        sampled = chat.conversation_from_chat(prompt, analysis="keep").messages
        found = chat.chat_message_from(sampled, new_id=lambda: "1")
        assert found == wanted, (found, wanted)
sys.exit(main(["fuzz", "--runs", "30", "--seed", "1", "--out", sys.argv[1]]))
"""


@cache
def trees(spec: Path) -> Trees:
    problems: list[Problem] = []
    found = read(spec, problems)
    assert not problems
    return found


@cache
def edits(spec: Path) -> tuple[Edit, ...]:
    return (*deletions(trees(spec)), *renamings(trees(spec)))


def spec_of(edit: Edit) -> Spec:
    problems: list[Problem] = []
    spec = build(edit.trees, problems)
    problems += [] if problems else check(spec)
    if problems:
        raise SpecError(problems)
    return spec


@pytest.fixture(scope="module", params=TRIED)
def tried(request: pytest.FixtureRequest) -> Tried:
    return TRIED[request.param]


@pytest.fixture(scope="module")
def rendered(tried: Tried) -> Iterator[Mapping[str, dict[str, str]]]:
    """The files of every edit that is accepted, by what was done."""
    known: dict[tuple[object, ...], Framing] = {}

    def remembered(spec: Spec) -> Framing:
        names = tuple(field.name for field in spec.message.fields)
        key = (spec.framing, terminals_text(spec), names, spec.message.opens, spec.message.closes_header)
        return known.get(key) or known.setdefault(key, compile_framing(spec))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(framing_view, "compile_framing", remembered)
        found = {}
        for edit in edits(tried.folder):
            try:
                found[edit.what] = render(spec_of(edit), PACKAGE)
            except SpecError as refused:
                nowhere = [line for line in str(refused).splitlines() if not PLACE.match(line)]
                if nowhere:
                    raise AssertionError(f"{edit.what}: {nowhere}") from refused
            except Exception as error:
                raise AssertionError(f"{edit.what}: neither refused nor rendered") from error
        yield found


def program_of(files: Mapping[str, str]) -> dict[str, str]:
    """The modules without what is only said about them."""
    return {name: _program(text) for name, text in files.items() if name.endswith(".py")}


@cache  # an edit changes few of the modules
def _program(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [line for line in node.body if not _is_prose(line)] or [ast.Pass()]
    return ast.dump(tree)


def _is_prose(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


def fault(files: Mapping[str, str], folder: Path) -> str | None:
    """What is wrong with a package of generated files; None where it does all that it must."""
    ignored = shutil.ignore_patterns("_generated", "__pycache__")
    shutil.copytree(ROOT / "openai_harmony", folder / PACKAGE, ignore=ignored)
    shutil.copy(_packed(), folder / PACKAGE / "data")
    write(files, folder)
    command = [sys.executable, "-c", EXERCISE.format(package=PACKAGE), str(folder / "failures.jsonl")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return None if done.returncode == 0 else f"{done.stdout}{done.stderr}"


@cache
def _packed() -> Path:
    """The vocabulary of the example formats as packages have it."""
    folder = Path(mkdtemp())
    vocabulary = next(iter(build(trees(FORMATS / "chatml"), []).encodings)).vocabulary
    write_vocabulary(FORMATS / vocabulary.file, vocabulary, folder / vocabulary.packed)
    return folder / vocabulary.packed


def test_every_edit_is_refused_with_its_place_or_rendered(tried: Tried, rendered: Mapping[str, dict[str, str]]) -> None:
    assert len(edits(tried.folder)) > tried.edits
    assert tried.accepted < len(rendered) < len(edits(tried.folder))


def test_the_table_of_the_conversions_names_what_there_is(rendered: Mapping[str, dict[str, str]]) -> None:
    folder = f"{PACKAGE}/_generated"
    for what, files in rendered.items():
        named, modules = _named(files[f"{folder}/dialects.py"])
        there = {name for module in modules for name in _defined(files[f"{folder}/{module}.py"])}
        assert named <= there, what


@cache
def _named(text: str) -> tuple[set[str], list[str | None]]:
    """What a table names, and the modules beside it that it imports from."""
    table = ast.parse(text)
    imports = [node for node in table.body if isinstance(node, ast.ImportFrom) and node.level == 1]
    named = {ast.unparse(node) for node in ast.walk(table) if isinstance(node, ast.Attribute)}
    return named | {alias.name for node in imports for alias in node.names}, [node.module for node in imports]


@cache
def _defined(text: str) -> set[str]:
    """The classes of a module, and their members."""
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    found = {node.name for node in classes}
    for node in classes:
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                found.add(f"{node.name}.{line.targets[0].id}")
    return found


def test_what_is_rendered_works(tried: Tried, rendered: Mapping[str, dict[str, str]], tmp_path: Path) -> None:
    unchanged = program_of(render(build(trees(tried.folder), []), PACKAGE))
    changed = [what for what, files in rendered.items() if program_of(files) != unchanged]
    step = max(1, len(changed) // examples(tried.run))
    for number, what in enumerate(changed[::step]):
        wrong = fault(rendered[what], tmp_path / str(number))
        assert wrong is None, f"{what}: {wrong}"


def test_a_package_that_breaks_at_run_time_is_noticed(tmp_path: Path) -> None:
    files = render(build(trees(SPEC), []), PACKAGE)
    tables = f"{PACKAGE}/_generated/framing.py"
    files[tables] = files[tables].replace('    "stray_text": RecoveryKind.STRAY_TEXT,\n', "")
    assert "KeyError('stray_text')" in str(fault(files, tmp_path))
