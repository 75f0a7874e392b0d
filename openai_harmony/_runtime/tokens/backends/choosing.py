"""Which backend encodes: the table of those that are known, and what was asked for. Nothing is imported or built here.

To add one, write a module with `build(source: Source) -> Backend` and name it in `BACKENDS`, the fastest first. `build`
raises VocabularyError if the installed package does not give the tokens that it must give.
"""

from __future__ import annotations

import os
from typing import Literal, NamedTuple

from ...locks import loading_own
from ...types.plain_text import plain

__all__ = [
    "BACKENDS",
    "DEFAULT",
    "EXACT",
    "VARIABLE",
    "Choice",
    "Known",
    "candidates",
    "choose",
    "how_to_install",
    "is_installed",
]

VARIABLE = "HARMONY_TOKENIZER"
AUTO = "auto"

Chooser = Literal["argument", "environment", "default"]


class Known(NamedTuple):
    """A backend that may be installed.

    Attributes:
        name: the name that it is chosen by.
        distribution: the name of the package on an index.
        imported: the module that the package installs.
        module: the module with `build`, relative to this package or absolute.
        extra: the extra of this package that installs it; empty for a dependency.
    """

    name: str
    distribution: str
    imported: str
    module: str
    extra: str = "fast"


EXACT = Known("tiktoken", "tiktoken", "tiktoken", ".tiktoken_backend", extra="")
SPLINTR = Known("splintr", "splintr-rs", "splintr", ".splintr_backend")
FASTOKENS = Known("fastokens", "fastokens", "fastokens", ".fastokens_backend", extra="fastokens")
# `auto` takes the first that is installed and passes its self-check. fastokens is the fastest once it is loaded, but
# loading takes 1.5 s and 200 MB.
BACKENDS: tuple[Known, ...] = (SPLINTR, FASTOKENS, EXACT)


class Choice(NamedTuple):
    """What was asked for, and where."""

    asked: str = EXACT.name
    by: Chooser = "default"

    @property
    def place(self) -> str:
        return VARIABLE if self.by == "environment" else "argument 'tokenizer'"


DEFAULT = Choice()


def choose(tokenizer: str | None) -> Choice:
    """Return which backend to use, by an argument, else the environment, else the default.

    Raises:
        TypeError: the argument is not a string.
        ValueError: the backend is unknown or not installed.
    """
    if tokenizer is None:
        variable = os.environ.get(VARIABLE)
        choice = Choice(variable, "environment") if variable else DEFAULT
    elif isinstance(tokenizer, str):
        choice = Choice(plain(tokenizer), "argument")
    else:
        raise TypeError(f"argument 'tokenizer': expected a string, not {type(tokenizer).__name__}")
    if choice.asked != AUTO:
        _expect_installed(choice)
    return choice


def _expect_installed(choice: Choice) -> None:
    known = {known.name: known for known in BACKENDS}
    if choice.asked not in known:
        names = ", ".join(map(repr, (AUTO, *known)))
        raise ValueError(f"{choice.place}: unknown tokenizer {choice.asked!r} (expected one of {names})")
    wanted = known[choice.asked]
    if wanted is not EXACT and not is_installed(wanted):
        raise ValueError(f"{choice.place}: {wanted.name!r} is not installed: {how_to_install(wanted)}")


def how_to_install(known: Known) -> str:
    """Return the command that installs a backend."""
    return f"pip install 'openai-harmony[{known.extra}]'" if known.extra else f"pip install {known.distribution}"


def is_installed(known: Known) -> bool:
    """Return whether the package of a backend can be found; it is not imported."""
    with loading_own():
        from importlib.util import find_spec

    try:
        return find_spec(known.imported) is not None
    except (ImportError, ValueError):  # ValueError: a module that forbids to look for it
        return False


def candidates(choice: Choice) -> list[Known]:
    """Return the backends that a choice leads to: the first one that works is taken."""
    if choice.asked == AUTO:
        return [known for known in BACKENDS if known is EXACT or is_installed(known)]
    return [known for known in BACKENDS if known.name == choice.asked]
