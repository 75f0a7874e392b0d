"""The command `template`: writes the templates for other programs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ._generated.templates import CHAT_TEMPLATES, DEFAULT_STYLE
from ._output import write_made

EXAMPLES = """\
examples:
  harmony template chat --style hf --output chat_template.jinja
  harmony template response
"""

HELP = "write the chat template or the response template for other programs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.description = "Writes a template to standard output, or to a file."
    kinds = parser.add_subparsers(dest="kind", metavar="kind", required=True)
    output = argparse.ArgumentParser(add_help=False)
    output.add_argument("--output", metavar="FILE", type=Path, help="where to write it (default: standard output)")
    chat = kinds.add_parser("chat", parents=[output], help="the Jinja template that renders a chat")
    chat.add_argument(
        "--style",
        choices=list(CHAT_TEMPLATES) or None,
        help="how messages are written where programs differ" + (f" (default: {DEFAULT_STYLE})" * bool(DEFAULT_STYLE)),
    )
    chat.add_argument(
        "--no-generation-marks",
        action="store_true",
        help="leave out the statement `generation`, which is not known to every program",
    )
    kinds.add_parser("response", parents=[output], help="the JSON by which a completion is read, for every style")


def run(options: argparse.Namespace) -> int:
    return write_made("template", lambda: _text(options), options.output)


def _text(options: argparse.Namespace) -> str:
    from .templates import chat_template, response_template

    if options.kind == "response":
        return json.dumps(response_template(), ensure_ascii=False, indent=2) + "\n"
    return chat_template(options.style, generation_marks=not options.no_generation_marks)
