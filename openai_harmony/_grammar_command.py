"""The command `grammar`: writes the grammar of the completions that a request allows."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ._output import write_made

HELP = "write a grammar for constrained decoding"

EXAMPLE = """\
example:
  harmony grammar --format structural-tag --tools tools.json --tool-choice required -o tag.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Writes the grammar of the completions that a request allows, for the engines that sample."
    parser.epilog = EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--format", default="llguidance", metavar="FORMAT", help=FORMATS_HELP)
    parser.add_argument("--tools", type=Path, metavar="FILE", help="a JSON file with the list of tools of a request")
    parser.add_argument(
        "--builtin-tool", action="append", default=[], metavar="NAME", help="a built-in tool; repeatable"
    )
    parser.add_argument(
        "--response-schema", type=Path, metavar="FILE", help="a JSON file with the schema of the answer"
    )
    parser.add_argument(
        "--tool-choice", default="auto", metavar="CHOICE", help="auto, none, required, or the name of a tool"
    )
    parser.add_argument("--channel", action="append", metavar="NAME", help="a channel that is allowed; repeatable")
    parser.add_argument("--reasoning", choices=("allow", "require", "forbid"), default="allow")
    parser.add_argument(
        "--no-preambles", action="store_true", help="no messages to the user before a call or an answer"
    )
    parser.add_argument("--parallel", action="store_true", help="a turn may end in several calls")
    parser.add_argument("--engine-stops", metavar="ENGINE", help="an engine, or ids with commas, where it stops itself")
    parser.add_argument("--with-opening", action="store_true", help="the completion has the start of the turn, too")
    parser.add_argument("--explain", action="store_true", help="print the rules for people to read instead")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where to write it (default: standard output)"
    )


FORMATS_HELP = "llguidance (the default), structural-tag, xgrammar-ebnf, gbnf or regex"


def run(options: argparse.Namespace) -> int:
    return write_made("grammar", lambda: _text(options), options.output)


def _text(options: argparse.Namespace) -> str:
    from .grammar import explain, export

    told: dict[str, Any] = {
        "tools": None if options.tools is None else _json(options.tools),
        "response_schema": None if options.response_schema is None else _json(options.response_schema),
        "tool_choice": _choice(options.tool_choice),
        "channels": options.channel,
        "reasoning": options.reasoning,
        "preambles": not options.no_preambles,
        "builtin_tools": options.builtin_tool,
        "parallel": options.parallel,
        "engine_stops": _stops(options.engine_stops),
        "after_prompt": not options.with_opening,
    }
    if options.explain:
        return explain(options.format, **told)
    made = export(options.format, **told)
    return json.dumps(made, ensure_ascii=False) + "\n" if isinstance(made, dict) else made + "\n" * (made[-1:] != "\n")


def _choice(choice: str) -> str | dict[str, str]:
    return choice if choice in ("auto", "none", "required") else {"name": choice}


def _stops(stops: str | None) -> str | list[int] | None:
    if stops is None or not stops.replace(",", "").isdigit():
        return stops
    return [int(stop) for stop in stops.split(",") if stop]


def _json(path: Path) -> object:
    """Return the JSON value in a file. Raises ValueError with the name of the file and the place of a fault."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as problem:
        raise ValueError(f"{path}:{problem.lineno}:{problem.colno}: {problem.msg}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8") from None
    except RecursionError:
        raise ValueError(f"{path}: nested too deep") from None
    except ValueError as problem:  # a number that is too long
        raise ValueError(f"{path}: {problem}") from None
