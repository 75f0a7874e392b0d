"""The command line, `python -m codegen`: arguments in, exit codes and complaints out. The work is done elsewhere."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.check import checked
from codegen.output import compare, lay_package, write
from codegen.render import render
from codegen.sources import SpecError
from codegen.vocabulary import VocabularySourceError
from codegen.vocabulary import write as write_vocabulary

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "openai_harmony"
UP_TO_DATE, OUT_OF_DATE, BAD_INPUT = 0, 1, 2
UNREAD = 141  # 128 and the number of SIGPIPE, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.spec.is_dir():
        parser.error(f"{options.spec} is not a folder")
    if not options.package.isidentifier():
        parser.error(f"'{options.package}' is not the name of a package")
    try:
        if options.command == "vocabulary":
            return _vocabulary(options)
        files = render(checked(options.spec), options.package)
    except SpecError as error:
        return _complain(str(error))
    return _check(options, files) if options.command == "check" else _generate(options, files)


def _generate(options: argparse.Namespace, files: dict[str, str]) -> int:
    lay_package(ROOT / PACKAGE, options.out / options.package)
    for name in write(files, options.out):
        print(name)
    return UP_TO_DATE


def _check(options: argparse.Namespace, files: dict[str, str]) -> int:
    difference = compare(files, options.out)
    if not difference:
        return UP_TO_DATE
    print(difference)
    print(f"The generated files are not those of {options.spec}; run: {_command(options)}")
    return OUT_OF_DATE


def _vocabulary(options: argparse.Namespace) -> int:
    vocabularies = {encoding.vocabulary.file: encoding.vocabulary for encoding in checked(options.spec).encodings}
    if options.source.name not in vocabularies:
        return _complain(f"{options.source}: the spec names no such vocabulary, only {', '.join(sorted(vocabularies))}")
    vocabulary = vocabularies[options.source.name]
    folder = options.out / options.package / "data"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_vocabulary(options.source, vocabulary, folder / vocabulary.packed)
    except VocabularySourceError as error:
        return _complain(str(error))
    return UP_TO_DATE


def _complain(what: str) -> int:
    print(what, file=sys.stderr)
    return BAD_INPUT


def _command(options: argparse.Namespace) -> str:
    """What to run for what was asked: the short form where nothing was said."""
    defaults = _parser().parse_args(["generate"])
    said = {name: getattr(options, name) for name in ("spec", "out", "package")}
    changed = [
        f"--{name} {shlex.quote(str(value))}" for name, value in said.items() if value != getattr(defaults, name)
    ]
    return " ".join(["python -m codegen generate", *changed]) if changed else "make generate"


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--spec", type=Path, default=ROOT / "spec", metavar="DIR", help="the folder of the spec")
    common.add_argument("--out", type=Path, default=ROOT, metavar="DIR", help="the folder that the package stands in")
    common.add_argument("--package", default=PACKAGE, metavar="NAME", help="the package's name")
    parser = argparse.ArgumentParser("python -m codegen", description="Write the package that a spec describes.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate", parents=[common], help="write the generated files")
    commands.add_parser("check", parents=[common], help="show how the generated files differ from the spec")
    vocabulary = commands.add_parser("vocabulary", parents=[common], help="pack a vocabulary file")
    vocabulary.add_argument("source", type=Path, metavar="SOURCE", help="the file that the spec names")
    return parser


def run() -> int:
    """The command as a program, whose output may be read in part, as `head` does."""
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end, into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


if __name__ == "__main__":
    sys.exit(run())
