"""The command line, `python -m codegen`: arguments, exit codes and messages. Other modules do the work."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from codegen.check import checked
from codegen.laying import Laying, laying_of
from codegen.model import Spec
from codegen.output import compare, foreign, write
from codegen.render import is_generated, render
from codegen.sources import SpecError
from codegen.vocabulary import VocabularySourceError, is_packed
from codegen.vocabulary import write as write_vocabulary

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "openai_harmony"
DATA = "data"  # the folder of vocabularies in a package
UP_TO_DATE, OUT_OF_DATE, BAD_INPUT = 0, 1, 2
UNREAD = 141  # 128 plus the number of SIGPIPE, as in shells


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.spec.is_dir():
        parser.error(f"{options.spec} is not a folder")
    if not options.package.isidentifier():
        parser.error(f"'{options.package}' is not the name of a package")
    try:
        spec = checked(options.spec)
        if options.command == "vocabulary":
            return _vocabulary(options, spec)
        files = render(spec, options.package)
    except SpecError as error:
        return _complain(str(error))
    laying = laying_of(ROOT / PACKAGE, options.out / options.package, lambda name: _is_laid(name, spec, files, options))
    return _check(options, files, laying) if options.command == "check" else _generate(options, spec, files, laying)


def _is_laid(name: str, spec: Spec, files: Mapping[str, str], options: argparse.Namespace) -> bool:
    """Return whether to copy a hand-written file to the package; vocabularies only if the spec names them."""
    if not name.startswith(f"{DATA}/"):
        return f"{options.package}/{name}" not in files
    named = [encoding.vocabulary for encoding in spec.encodings if name == f"{DATA}/{encoding.vocabulary.packed}"]
    return any(is_packed(ROOT / PACKAGE / name, vocabulary) for vocabulary in named)


def _generate(options: argparse.Namespace, spec: Spec, files: Mapping[str, str], laying: Laying | None) -> int:
    if strangers := foreign(files, options.out, is_generated):
        return _complain(
            *(f"{options.out / name} was not generated; move it, or generate elsewhere" for name in strangers)
        )
    changed = write(files, options.out)
    if laying:
        laying.lay()
        changed += _changes(options, laying)
        _say_what_is_left(laying)
    for name in sorted(changed):
        print(name)
    for vocabulary in {encoding.vocabulary.packed: encoding.vocabulary for encoding in spec.encodings}.values():
        path = options.out / options.package / DATA / vocabulary.packed
        if not is_packed(path, vocabulary):
            state = "is not the vocabulary that the spec names" if path.exists() else "is missing"
            command = _command(options, "vocabulary", f"FOLDER/{vocabulary.file}")
            print(f"{path} {state}; make it by: {command}", file=sys.stderr)
    return UP_TO_DATE


def _changes(options: argparse.Namespace, laying: Laying) -> list[str]:
    return sorted(f"{options.package}/{name}" for name in (*laying.written, *laying.removed))


def _say_what_is_left(laying: Laying) -> None:
    for name in laying.changed:
        print(
            f"{laying.target / name} is left as it is: somebody changed it; remove it to get it anew", file=sys.stderr
        )
    for name in laying.abandoned:
        print(f"{laying.target / name} is no longer needed; it is left, since somebody changed it", file=sys.stderr)


def _check(options: argparse.Namespace, files: Mapping[str, str], laying: Laying | None) -> int:
    difference = compare(files, options.out)
    differing = _changes(options, laying) if laying else []
    if not difference and not differing:
        return UP_TO_DATE
    print(difference)
    for name in differing:
        print(f"{name} is not that of {PACKAGE}")
    print(f"The files are not those of {options.spec}; run: {_command(options)}")
    return OUT_OF_DATE


def _vocabulary(options: argparse.Namespace, spec: Spec) -> int:
    vocabularies = {encoding.vocabulary.file: encoding.vocabulary for encoding in spec.encodings}
    if options.source.name not in vocabularies:
        return _complain(f"{options.source}: the spec names no such vocabulary, only {', '.join(sorted(vocabularies))}")
    vocabulary = vocabularies[options.source.name]
    folder = options.out / options.package / DATA
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_vocabulary(options.source, vocabulary, folder / vocabulary.packed)
    except VocabularySourceError as error:
        return _complain(str(error))
    return UP_TO_DATE


def _complain(*lines: str) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return BAD_INPUT


def _command(options: argparse.Namespace, command: str = "generate", *arguments: str) -> str:
    """Return the command line for these options: `make generate` if all of them are defaults."""
    defaults = _parser().parse_args(["generate"])
    said = {name: getattr(options, name) for name in ("spec", "out", "package")}
    changed = [
        f"--{name} {shlex.quote(str(value))}" for name, value in said.items() if value != getattr(defaults, name)
    ]
    if command == "generate" and not changed:
        return "make generate"
    return " ".join(["python -m codegen", command, *map(shlex.quote, arguments), *changed])


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
    """Run the command as a program; return UNREAD if the reader of its output stops early, as `head` does."""
    try:
        try:
            return main()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes stdout again at exit; let that write to os.devnull.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


if __name__ == "__main__":
    sys.exit(run())
