"""The command line: `harmony`, or `python -m openai_harmony`. Each of its commands is a module."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

try:
    from . import __version__
except ImportError:  # `__init__` belongs to another package of this name
    sys.exit(
        f"{__package__}: another package of this name was installed over this one, into the same folder; "
        "docs/living-beside-the-reference.md says how to undo it"
    )

from ._plain_commands import PLAIN

EXTRA = "pip install 'openai-harmony[cli]'"

NEEDS_EXTRA = 2
INTERRUPTED, UNREAD = 130, 141  # 128 plus the number of SIGINT or SIGPIPE, as in shells


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit status. Raises SystemExit if argparse does not understand the arguments."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if (given[:1] and given[0] in PLAIN) or find_spec("typer") is None:
        return _plain(given)
    from ._cli.app import run

    return run(given, _program())


def _program() -> str:
    """Return how this program was called."""
    name = Path(sys.argv[0]).stem
    return name if name == "harmony" else f"python -m {__package__}"


def _plain(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=_program(), epilog=f"More commands (render, parse, inspect and others) need the extra `cli`: {EXTRA}"
    )
    parser.add_argument("--version", action="version", version=f"{__package__} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, module in PLAIN.items():
        command = import_module(module, __package__)
        command.add_arguments(commands.add_parser(name, help=command.HELP))
    if arguments[:1] and arguments[0].isidentifier() and arguments[0] not in PLAIN:
        print(f"{arguments[0]}: needs the extra `cli`: {EXTRA}", file=sys.stderr)
        return NEEDS_EXTRA
    options = parser.parse_args(arguments)
    return int(import_module(PLAIN[options.command], __package__).run(options))


def run() -> int:
    """Run the command as a program. It can print to any terminal, and its reader may stop early, like `head`."""
    if sys.stdout is None or sys.stderr is None:  # closed, as by `>&-`
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (until the program ends)
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # at the start of a program, both are text files that have it
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:  # before a command could report it
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes once more when it exits; redirect that output to the null device.
        nothing = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nothing, stream.fileno())
        return UNREAD


if __name__ == "__main__":
    sys.exit(run())
