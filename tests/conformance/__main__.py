"""The kit's command line; README.md beside it says how to point it at an implementation."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance import targets
from tests.conformance.rows import FOLDER, Answer, Row, expected, holds, read_rows, write_rows

THIS, REFERENCE = "harmony", "reference"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    target, name = _target(options)
    files = read_rows(options.rows)
    rows = [row for rows in files.values() for row in rows]
    answers = target((row["op"], row["input"]) for row in rows)
    if len(answers) != len(rows):
        print(f"the target gave {len(answers)} answers to {len(rows)} questions", file=sys.stderr)
        return 2
    if options.write_expected:
        for row, answer in zip(rows, answers):
            if "expect" not in row and "error" not in row:
                row.update(expected(answer))
    if options.update_holds:
        for row, answer in zip(rows, answers):
            row.setdefault("holds", {})[name] = holds(row, answer)
    if options.write_expected or options.update_holds:
        write_rows(files)
    return _report(rows, answers, name)


def _target(options: argparse.Namespace) -> tuple[targets.Target, str]:
    if options.reference:
        return targets.reference(options.reference), options.name or REFERENCE
    if options.target:
        return targets.called(options.target), options.name or THIS
    if options.command:
        return targets.executed(options.command), options.name or THIS
    return targets.this_library(), THIS


def _report(rows: list[Row], answers: list[Answer], name: str) -> int:
    failed = held = 0
    for row, answer in zip(rows, answers):
        does = holds(row, answer)
        held += does
        # A row holds for whoever it does not name.
        should = row["holds"].get(name, True)
        if does != should:
            failed += 1
            wanted = json.dumps({key: row[key] for key in ("expect", "error") if key in row})
            print(f"{row['id']}: {row['why']}\n  input    {json.dumps(row['input'])}\n  expected {wanted}")
            print(f"  answer   {json.dumps(answer)}\n  holds for {name}: {does}, and its row says {should}")
    print(f"{held} of {len(rows)} rows hold for {name}")
    print(f"conformance: {len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance", description="Asks an implementation every row."
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--target", metavar="MODULE:CALLABLE", help="ask a Python callable")
    which.add_argument("--command", metavar="COMMAND", help="ask an executable, in lines of JSON")
    which.add_argument("--reference", metavar="DIR", help="ask the reference library that is installed in DIR")
    parser.add_argument("--name", help="whose rows these are in `holds`, if not all are to hold")
    parser.add_argument("--rows", metavar="DIR", type=Path, default=FOLDER, help="where the rows stand")
    parser.add_argument("--update-holds", action="store_true", help="write down which rows hold for the target")
    parser.add_argument(
        "--write-expected", action="store_true", help="let the target answer rows that expect nothing yet"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
