"""The typer application: which commands there are, how one is run, and how it ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from errno import EPIPE
from functools import wraps
from importlib import import_module
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from .._plain_commands import PLAIN
from .._version import __version__
from .failing import DONE, REFUSED, STATUS, Failure
from .output import visible

__all__ = ["COMMANDS", "run"]

# The module of each command, from the package. It defines `run`, whose docstring is the help, and EXAMPLES.
COMMANDS = {
    "render": "._cli.render",
    "parse": "._cli.parse",
    "stream": "._cli.stream",
    "inspect": "._cli.inspect",
    "diff": "._cli.diff",
    "encode": "._cli.encode",
    "decode": "._cli.decode",
    "batch": "._cli.batch",
    "doctor": "._cli.doctor",
}

PACKAGE = __name__.partition("._cli")[0]


class _Commands(TyperGroup):
    """The commands, whose modules are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *PLAIN]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            return _command(cmd_name)
        return _plain_command(cmd_name) if cmd_name in PLAIN else None


def _command(name: str) -> Any:
    module = import_module(COMMANDS[name], PACKAGE)
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    examples = "\n".join(f"  {example}" for example in module.EXAMPLES)
    one.command(name, epilog=f"\b\nexamples:\n{examples}\n\n\b\n{STATUS}")(_letting_pipes_break(module.run))
    return get_command(one)


class _Unread(Exception):
    """The reader of the output closed it. typer would end the program itself at a BrokenPipeError."""


def _letting_pipes_break(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except BrokenPipeError as error:
            raise _Unread from error

    return run


def _plain_command(name: str) -> Any:
    """Return what the list of commands, and the completion of shells, know of a command that runs without typer."""
    command = import_module(PLAIN[name], PACKAGE)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    def listed(**_: object) -> None:
        raise NotImplementedError(f"{name} is run without typer")

    options = {action.dest: _option(action) for action in parser._actions if action.dest != "help"}
    listed.__annotations__ = options
    listed.__signature__ = Signature(  # type: ignore[attr-defined]  # what typer reads
        [Parameter(dest, Parameter.KEYWORD_ONLY, default=None, annotation=option) for dest, option in options.items()]
    )
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    one.command(name, help=f"{command.HELP[0].upper()}{command.HELP[1:]}.")(listed)
    return get_command(one)


def _option(action: argparse.Action) -> Any:
    """Return an option of argparse as one of typer."""
    choices = [str(choice) for choice in action.choices or ()]
    declared = typer.Option(*action.option_strings, autocompletion=lambda: choices) if action.option_strings else None
    flag = action.nargs == 0
    return Annotated[bool if flag else str, declared or typer.Argument(autocompletion=lambda: choices)]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"{PACKAGE} {__version__}")
        raise typer.Exit


def _app() -> Any:
    app = typer.Typer(cls=_Commands, rich_markup_mode=None)

    @app.callback(epilog="example:  harmony render chat.json")
    def callback(
        version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
    ) -> None:
        """Render, parse and look at Harmony, the message format of the gpt-oss models."""

    return get_command(app)


def run(arguments: Sequence[str], program: str) -> int:
    """Run a command.

    Args:
        arguments: the name of the command, and what follows it.
        program: how the program was called.

    Returns:
        The exit status.
    """
    first = next((argument for argument in arguments if not argument.startswith("-")), "")
    name = first if first in COMMANDS else "harmony"
    try:
        if not arguments:
            arguments = ["--help"]
        status = _app().main(list(arguments), prog_name=program, standalone_mode=False)
    except Failure as failure:
        return _say(name, str(failure), failure.status)
    except _Unread:
        raise BrokenPipeError from None
    except SystemExit as ending:  # of typer, if the reader of a help closes it
        if isinstance(ending.__context__, OSError) and ending.__context__.errno == EPIPE:
            raise BrokenPipeError from None
        raise
    except OSError as error:
        return _say(name, f"{error.filename or 'standard output'}: {error.strerror}", REFUSED)
    except Exception as error:
        told = getattr(error, "format_message", None)  # of wrong arguments, whose class depends on typer's version
        if told is None:
            raise
        return _say(name, " ".join(told().split()), REFUSED)
    return status if isinstance(status, int) else DONE


def _say(name: str, message: str, status: int) -> int:
    print(visible(f"{name}: {message}"), file=sys.stderr)
    return status
