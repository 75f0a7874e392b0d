"""The commands of `python -m openai_harmony`, one module each, which is imported when its command is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

try:
    from . import __version__
except ImportError:  # the `__init__` of another package of this name
    sys.exit(
        f"{__package__}: another package of this name was installed over this one, into the same folder; "
        "docs/living-beside-the-reference.md says how to undo it"
    )

# By name: the module, which has HELP, add_arguments(parser) and run(options) -> exit status.
COMMANDS = {
    "fuzz": ".fuzzing.command",
}


INTERRUPTED, UNREAD = 130, 141  # 128 and the number of SIGINT and of SIGPIPE, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    parser.add_argument("--version", action="version", version=f"{__package__} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, module in COMMANDS.items():
        command = import_module(module, __package__)
        command.add_arguments(commands.add_parser(name, help=command.HELP))
    options = parser.parse_args(arguments)
    return int(import_module(COMMANDS[options.command], __package__).run(options))


def run() -> int:
    """The command as a program: what it prints goes to any terminal, and may be read in part, as `head` does."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # there when a program begins
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:  # before a command could say more of it
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes once more at its end, into nothing.
        nothing = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nothing, stream.fileno())
        return UNREAD


if __name__ == "__main__":
    sys.exit(run())
