"""The command line `python -m openai_harmony`. Each of its commands is a module."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

try:
    from . import __version__
except ImportError:  # `__init__` belongs to another package of this name
    sys.exit(
        f"{__package__}: another package of this name was installed over this one, into the same folder; "
        "docs/living-beside-the-reference.md says how to undo it"
    )

# The module of each command. It defines HELP, add_arguments(parser) and run(options), which returns the exit status.
COMMANDS = {
    "fuzz": ".fuzzing.command",
    "grammar": "._grammar_command",
    "template": "._template_command",
}


INTERRUPTED, UNREAD = 130, 141  # 128 plus the number of SIGINT or SIGPIPE, as in shells


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
    """Run the command as a program. It can print to any terminal, and its reader may stop early, like `head`."""
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
