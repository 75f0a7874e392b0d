"""Writes down again what the reference library answers to the recorded questions: `python -m tests.compat.record`.

Questions stay as they are; a new one is a new line with `id`, `op` and `input` in a file of tests/data/recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.support.reference import ROOT, reference

RECORDED = ROOT / "tests" / "data" / "recorded"
Row: TypeAlias = dict[str, Any]


def rows_of(path: Path) -> list[Row]:
    # Not `splitlines`: text may hold characters that end a line for Python, but not in a file.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def recorded() -> Iterator[Row]:
    """All recorded rows."""
    for path in sorted(RECORDED.glob("*.jsonl")):
        yield from rows_of(path)


def main() -> None:
    changed = total = 0
    for path in sorted(RECORDED.glob("*.jsonl")):
        rows = rows_of(path)
        answers = reference().ask((row["op"], row["input"]) for row in rows)
        written = [{"id": r["id"], "op": r["op"], "input": r["input"], **a} for r, a in zip(rows, answers)]
        changed += sum(old != new for old, new in zip(rows, written))
        total += len(rows)
        path.write_text("".join(json.dumps(row) + "\n" for row in written), encoding="utf-8")
    print(f"{total} rows, {changed} changed")


if __name__ == "__main__":
    main()
