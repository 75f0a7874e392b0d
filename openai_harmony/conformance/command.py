"""The command `conformance`: asks an implementation every row, and prints which answers are wrong."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .asking import run as run_kit
from .kinds import KINDS
from .processes import SECONDS, program
from .report import as_json, as_text, known_in, write_known
from .rows import read_rows
from .servers import reach, server
from .targets import Target, imported, this_package

HELP = "ask an implementation of the format rows with right answers"
PASSED, FAILED, INVALID, INTERRUPTED = 0, 1, 2, 130

EPILOG = """
examples:
  harmony conformance
  harmony conformance --target my_package.kit:Adapter --kind read --kind recover
  harmony conformance --command "node my-kit.js" --json
  harmony conformance --base-url http://127.0.0.1:8000

exit status: 0 if each row passed, or failed as known; 1 if not; 2 if an argument is bad; 130 if interrupted
docs/conformance.md describes the rows, and what a target has to do
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = HELP[0].upper() + HELP[1:] + ".", EPILOG
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--target", metavar="MODULE:ADAPTER", help="ask a Python object; without a target, this package")
    which.add_argument("--command", metavar="COMMAND", dest="program", help="ask a program, by lines of JSON")
    which.add_argument("--base-url", metavar="URL", help="ask a server that speaks the APIs of OpenAI")
    parser.add_argument("--timeout", metavar="S", type=float, default=SECONDS, help="seconds for one answer")
    parser.add_argument("--model", default="", help="the model of a server; without it, the first that it lists")
    parser.add_argument("--api-key", metavar="KEY", default="", help="the key of a server, if it needs one")
    parser.add_argument("--kind", action="append", default=[], metavar="KIND", help=f"one of {', '.join(KINDS)}")
    parser.add_argument(
        "--row", action="append", default=[], metavar="ID", help="ask this row, or with * those that begin so"
    )
    parser.add_argument(
        "--rows", type=Path, metavar="FOLDER", help="ask the rows of a folder, not those of this package"
    )
    parser.add_argument("--known", type=Path, metavar="FILE", help="the ids of rows that are known to fail, one a line")
    parser.add_argument("--write-known", type=Path, metavar="FILE", help="write down which rows fail, for --known")
    parser.add_argument("--list", action="store_true", help="list the rows and ask nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    try:
        rows = list(read_rows(options.rows, kinds=options.kind, ids=options.row).values())
        known = known_in(options.known) if options.known else frozenset()
        if options.list:
            for row in rows:
                print(f"{row.kind:20}  {row.id:50}  {row.why}")
            return PASSED
        target = _target(options)
    except BrokenPipeError:  # the reader of the output has closed it
        raise
    except (ValueError, OSError) as error:
        print(f"harmony conformance: {error}", file=sys.stderr)
        return INVALID
    try:
        report = run_kit(target, rows, known=known)
    except KeyboardInterrupt:
        print("harmony conformance: interrupted", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(as_json(report), ensure_ascii=False) if options.json else as_text(report))
    if options.write_known:
        try:
            write_known(options.write_known, report)
        except OSError as error:
            print(f"harmony conformance: {error}", file=sys.stderr)
            return INVALID
        return PASSED
    return FAILED if report.surprises else PASSED


def _target(options: argparse.Namespace) -> Target:
    if not options.timeout > 0:
        raise ValueError("--timeout: expected a number above 0")
    if options.target:
        return imported(options.target)
    if options.program is not None:
        return program(options.program, seconds=options.timeout)
    if options.base_url is not None:
        made = server(options.base_url, model=options.model, key=options.api_key, seconds=options.timeout)
        reach(options.base_url)
        return made
    return this_package()
