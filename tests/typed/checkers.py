"""mypy and pyright, run on files, and what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.typed.pages import ROOT, module_name, python_of

__all__ = ["CHECKERS", "Complaint", "Modules", "completeness", "mypy", "pyright"]

# pyright brings all that it needs, and is to look for nothing newer. With --verifytypes it asks whatever is called
# `python` where packages are, and not the interpreter that it is told.
_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
_PYRIGHT = {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PATH": _PATH}


class Complaint(NamedTuple):
    """What a checker says of a line."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{self.line}: {self.text}"


class Modules:
    """Python that stands in pages, as modules in a folder; what is said of a module is said of its page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._pages: dict[str, Path] = {}

    def add(self, name: str, source: str) -> None:
        (self.folder / f"{name}.py").write_text(source, encoding="utf-8")

    def add_pages(self, pages: Iterable[Path]) -> None:
        for page in pages:
            source = python_of(page.read_text(encoding="utf-8"))
            if source is not None:
                self.add_source(page, source)

    def add_source(self, page: Path, source: str) -> None:
        self._pages[f"{module_name(page)}.py"] = page
        self.add(module_name(page), source)

    def paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.py"))

    def placed(self, complaints: Iterable[Complaint]) -> list[Complaint]:
        return sorted({complaint._replace(path=self._place(complaint.path)) for complaint in complaints})

    def _place(self, path: Path) -> Path:
        if path.is_relative_to(ROOT):
            return path
        # By its name: of a module that has not changed, mypy says again what it said of it in an earlier folder.
        return self._pages.get(path.name, self.folder / path.name)


def mypy(paths: Sequence[Path]) -> list[Complaint]:
    """The complaints of `mypy --strict`."""
    options = ["--strict", "--output=json", "--no-error-summary", "--explicit-package-bases"]
    said = _run("mypy", [*options, *map(str, paths)], {"MYPYPATH": _folders(paths)}).splitlines()
    return [_mypy_complaint(row) for row in map(json.loads, said) if row["severity"] == "error"]


def _folders(paths: Sequence[Path]) -> str:
    """Where modules are found: what is checked may import from its own folder."""
    folders = {str(path.parent) for path in paths if not path.is_relative_to(ROOT)}
    return os.pathsep.join([str(ROOT), *sorted(folders)])


def _mypy_complaint(row: Mapping[str, Any]) -> Complaint:
    return Complaint((ROOT / row["file"]).resolve(), row["line"], f"{row['message']} [mypy: {row['code']}]")


def pyright(paths: Sequence[Path]) -> list[Complaint]:
    """The complaints of pyright; a module that begins with `# pyright: strict` is held to more."""
    options = ["--outputjson", "--pythonpath", sys.executable, *map(str, paths)]
    said = json.loads(_run("pyright", options, {**_PYRIGHT, "PYTHONPATH": _folders(paths)}))
    return [_pyright_complaint(row) for row in said["generalDiagnostics"] if row["severity"] != "information"]


def _pyright_complaint(row: Mapping[str, Any]) -> Complaint:
    line = row.get("range", {}).get("start", {}).get("line", 0) + 1
    text = "; ".join(part.strip() for part in row["message"].splitlines())
    return Complaint(Path(row.get("file", ROOT)).resolve(), line, f"{text} [pyright: {row.get('rule', 'verifytypes')}]")


def completeness(package: str, folder: Path = ROOT) -> tuple[float, list[Complaint]]:
    """The share of the public names of a package in a folder whose type is known, and what is not known of the rest."""
    arguments = ["--outputjson", "--pythonpath", sys.executable, "--verifytypes", package, "--ignoreexternal"]
    said = json.loads(_run("pyright", arguments, {**_PYRIGHT, "PYTHONPATH": str(folder)}))
    found = said.get("typeCompleteness")
    if not found or not found["symbols"]:
        return 0.0, [_pyright_complaint(row) for row in said["generalDiagnostics"]]
    return float(found["completenessScore"]), list(_unknown(found["symbols"]))


def _unknown(symbols: Iterable[Mapping[str, Any]]) -> Iterator[Complaint]:
    for symbol in symbols:
        if symbol["isTypeAmbiguous"] or not symbol["isTypeKnown"]:
            for row in symbol["diagnostics"]:
                complaint = _pyright_complaint(row)
                if complaint.path.is_file() and "docstring" not in complaint.text:
                    yield complaint._replace(text=f"{symbol['name']}: {complaint.text}")


CHECKERS = {"mypy": mypy, "pyright": pyright}


def _run(checker: str, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a checker writes; a RuntimeError if it does not do its work."""
    command = [sys.executable, "-m", checker, *arguments]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)
    told = done.returncode in (0, 1) or done.stdout.startswith("{")  # mypy ends with 2 if Python cannot be read
    if not told:
        raise RuntimeError(f"{checker} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
