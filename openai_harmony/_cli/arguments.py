"""The arguments that several commands have."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from .._generated.encodings import ENCODINGS
from .._generated.enumerations import RoleWord
from .._generated.framing import FRAMING
from ..encoding import HarmonyEncoding, load_harmony_encoding
from ..options import Strictness as StrictnessArgument
from ..strictness import NAMED, VARIABLE, told
from .failing import Failure, at
from .inputs import Kind

__all__ = [
    "NO_ROLE",
    "STANDARD_INPUT",
    "Encoding",
    "From",
    "Input",
    "Json",
    "Output",
    "Role",
    "Strictness",
    "encoding_of",
    "strict_of",
]

STANDARD_INPUT = Path("-")
NO_ROLE = "none"

Input: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FILE", show_default=False, help="The input; `-`, or nothing, is standard input.")
]

From: TypeAlias = Annotated[Kind | None, typer.Option("--from", help="What the input is; by default it is detected.")]

Output: TypeAlias = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it instead of standard output.")
]

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]

Role: TypeAlias = Annotated[
    Literal[RoleWord, "none"] | None,
    typer.Option(
        help="The role of the turn that the prompt left open; `none` if the input has it. "
        "By default, the model's, unless the input begins with the start of a message.",
    ),
]

Strictness: TypeAlias = Annotated[
    Literal["default", "recover", "pedantic"] | None,
    typer.Option(help=f"The mode of the parser. By default, what {VARIABLE} says, or else recover."),
]

Encoding: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME", help="The encoding.", autocompletion=lambda incomplete: list(ENCODINGS))
]
DEFAULT_ENCODING = next(iter(ENCODINGS))


def encoding_of(name: str) -> HarmonyEncoding:
    """Return an encoding. Raises Failure if there is none of this name."""
    with at("--encoding"):
        return load_harmony_encoding(name)


def strict_of(strictness: str | None) -> StrictnessArgument:
    """Return the argument `strict` of a parser. Raises Failure if the environment says something unknown."""
    if strictness is not None:
        return NAMED[strictness]
    if not os.environ.get(VARIABLE):
        return not FRAMING.kinds  # a format without recoveries has no recovering mode
    try:
        return told(None)
    except ValueError as error:
        raise Failure(str(error)) from None
