"""Writes down anew what follows from this library's own output: `python -m tests.record`, behind a meant change.

What the reference library answers (`python -m tests.compat.record`) and what people have decided (tests/data) stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.__main__ import main as codegen
from tests.compat import client_totals, differences
from tests.conformance import record
from tests.support import keyword_table, recovery_table
from website import prompt_picture

__all__ = ["RECORDERS", "conformance", "main"]


def conformance() -> None:
    """The right answers of the kit, and for whom they hold."""
    record.main(anew=True)


RECORDERS: Mapping[str, Callable[[], object]] = {
    "the generated files": lambda: codegen(["generate"]),
    "the conformance kit": conformance,
    "docs/differences.md": differences.main,
    "docs/operators.md": client_totals.main,
    "docs/grammars.md": keyword_table.main,
    "docs/recovery.md": recovery_table.main,
    "docs/pictures/prompt.svg": prompt_picture.main,
}


def main() -> None:
    for what, write in RECORDERS.items():
        print(f"{what}:", flush=True)
        write()


if __name__ == "__main__":
    main()
