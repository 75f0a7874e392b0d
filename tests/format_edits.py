"""Changes the format in place, edit by edit, and tells which tests fail: `python -m tests.format_edits [EDIT ...]`.

Each edit is made in a copy of this checkout, whose generated files are then written anew. All tests that do not pin
the shipped format (`-m "not shipped"`) must pass there: the printed table has a 0 in each row, or the command fails.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.codegen.variants import CHANGES, VARIANTS
from tests.support.generated import ROOT, SpecEdits, edit

__all__ = ["EDITS", "edited_copy", "main", "run_tests"]

EDITS: dict[str, SpecEdits] = VARIANTS | CHANGES
COPIED = (
    ".github",
    "benchmarks",
    "codegen",
    "docs",
    "examples",
    "formats",
    "fuzz",
    "openai_harmony",
    "spec",
    "tests",
    "website",
)
RED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
PASSED, SOME_FAILED = 0, 1


def edited_copy(folder: Path, edits: SpecEdits) -> Path:
    """This checkout with another spec, and with what is generated from it."""
    copy = folder / "checkout"
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    for path in filter(Path.is_file, ROOT.iterdir()):
        shutil.copy(path, copy)
    edit(copy / "spec", edits)
    run(copy, "codegen", "generate").check_returncode()
    return copy


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a module in a copy, which goes before the package that is installed."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)


def run_tests(copy: Path, *arguments: str) -> list[str]:
    """Those of a copy's tests that fail, of all that do not pin the shipped format.

    Raises:
        RuntimeError: No tests ran to their end; what pytest says.
    """
    marked = ("-m", "not shipped", "-rfE", "--tb=no", "-p", "no:cacheprovider")
    done = run(copy, "pytest", *marked, *arguments)
    red = sorted(set(RED.findall(done.stdout)))
    if done.returncode not in (PASSED, SOME_FAILED) and not red:
        raise RuntimeError(done.stdout + done.stderr)
    return red


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.format_edits", description="Tests formats that are changed.")
    parser.add_argument("edits", nargs="*", metavar="EDIT", help=f"one of {', '.join(EDITS)}; all if none is named")
    parser.add_argument("--tests", nargs="+", default=["tests"], metavar="PATH", help="the tests to run")
    parser.add_argument("-n", dest="workers", default="auto", metavar="WORKERS", help="how many processes run tests")
    options = parser.parse_args(arguments)
    if unknown := set(options.edits) - EDITS.keys():
        parser.error(f"no such edit: {', '.join(sorted(unknown))}")
    found: list[str] = []
    print("| edit | red |\n| --- | --- |")
    for name in options.edits or EDITS:
        with tempfile.TemporaryDirectory(prefix="harmony-edit-") as folder:
            red = run_tests(edited_copy(Path(folder), EDITS[name]), "-n", options.workers, *options.tests)
        print(f"| {name} | {len(red)} |", flush=True)
        found += [f"{name}: {test}" for test in red]
    print("\n".join(["", *found]) if found else "\nnothing is red")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
