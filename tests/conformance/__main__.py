"""Asks this library every row, or with `--reference DIR` the reference library, and compares with what the rows say.

For another implementation, use `harmony conformance`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from openai_harmony.conformance import read_rows, run
from openai_harmony.conformance.report import as_text
from tests.conformance.record import RECORDED, REFERENCE, THIS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--reference", metavar="DIR", help="ask the reference library that is installed in DIR")
    options = parser.parse_args(arguments)
    name = REFERENCE if options.reference else THIS
    if options.reference:
        os.environ["HARMONY_REFERENCE"] = options.reference
    rows = read_rows().values()
    report = run(RECORDED[name](), rows, known=[row.id for row in rows if row.holds[name] is False])
    surprises = {outcome.row.id for outcome in report.surprises}
    # What is offered is a part of what the rows say.
    surprises |= {
        outcome.row.id
        for outcome in report.outcomes
        if (outcome.row.holds[name] is None) is not (outcome.result == "not offered")
    }
    print(as_text(report))
    print(f"conformance: {len(report.outcomes) - len(surprises)} as the rows say, {len(surprises)} not")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
