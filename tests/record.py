"""Writes down anew what follows from this library's own output: `python -m tests.record`, behind a meant change.

What the reference library answers (`python -m tests.compat.record`) and what people have decided (tests/data) stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.__main__ import main as codegen
from tests.compat import client_totals, differences
from tests.conformance import targets
from tests.conformance.__main__ import REFERENCE, THIS
from tests.conformance.rows import expected, holds, read_rows, write_rows
from tests.support import keyword_table, recovery_table
from tests.support.reference import reference_folder
from website import prompt_picture

__all__ = ["RECORDERS", "conformance", "main"]


def conformance() -> None:
    """The right answers of the kit, and which of them hold for the reference."""
    files = read_rows()
    rows = [row for rows in files.values() for row in rows if row["holds"].get(THIS, True)]
    questions = [(row["op"], row["input"]) for row in rows]
    theirs = targets.reference(str(reference_folder()))(questions)
    for row, answer, other in zip(rows, targets.this_library()(questions), theirs):
        row.pop("expect", None)
        row.pop("error", None)
        row.update(expected(answer))
        row["holds"][REFERENCE] = holds(row, other)
    write_rows(files)


RECORDERS: Mapping[str, Callable[[], object]] = {
    "the generated files": lambda: codegen(["generate"]),
    "tests/conformance": conformance,
    "docs/differences.md": differences.main,
    "docs/operators.md": client_totals.main,
    "docs/grammars.md": keyword_table.main,
    "docs/recovery.md": recovery_table.main,
    "docs/pictures/prompt.svg": prompt_picture.main,
}


def main() -> None:
    for what, record in RECORDERS.items():
        print(f"{what}:", flush=True)
        record()


if __name__ == "__main__":
    main()
