"""The mode of a parser and the channel of recovered text, from the arguments or from the environment."""

from __future__ import annotations

import os
from typing import Literal

from ._generated.framing import FRAMING
from ._runtime.reading.reader_values import Mode
from .options import NOT_TOLD, Strictness

__all__ = ["set_default_strictness"]


VARIABLE = "HARMONY_STRICT"
UNPLACED = "HARMONY_UNPLACED"
NAMED: dict[str, bool | Literal["pedantic"]] = {"default": True, "recover": False, "pedantic": "pedantic"}

_default: bool | Literal["pedantic"] | None = None


def set_default_strictness(strictness: Literal["default", "recover", "pedantic"] | None) -> None:
    """Set the mode of parsers that are created from now on without the argument `strict`.

    The setting takes precedence over the environment variable `HARMONY_STRICT`, which accepts the same strings.

    Args:
        strictness: "default": raise where `openai-harmony` 0.0.8 raises. "recover": never raise on tokens. "pedantic":
            raise at the first fault. None: use the environment variable.

    Raises:
        ValueError: `strictness` is another value.
    """
    global _default
    _default = None if strictness is None else _named(strictness, "strictness")


def mode_of(strict: Strictness, unplaced: str | None = None) -> Mode:
    """Return the mode of a new parser with these arguments.

    Raises:
        TypeError: `strict` is not a bool, None or a string.
        ValueError: `strict`, `unplaced`, or an environment variable has an invalid value.
    """
    strict = told(strict)
    if unplaced is None:
        variable = os.environ.get(UNPLACED) or None
        unplaced = None if variable is None else _channel(variable, UNPLACED)
    else:
        unplaced = _channel(unplaced, "argument 'unplaced'")
    if not strict and not FRAMING.kinds:
        raise ValueError("argument 'strict': this format says of no fault how it is read all the same")
    pedantic = strict == "pedantic" or (bool(strict) and not FRAMING.has_reference)
    return Mode(pedantic, not pedantic and strict is True, unplaced)


def told(strict: Strictness) -> bool | Literal["pedantic"]:
    """Return the strictness of a new parser with this argument.

    Raises:
        TypeError: `strict` is not a bool, None or a string.
        ValueError: `strict` is a string other than "pedantic", or the environment variable has an invalid value.
    """
    given: object = strict
    if isinstance(given, bool):
        return given
    if given == "pedantic":
        return "pedantic"
    if isinstance(given, str):
        raise ValueError(f"argument 'strict': {given!r} is not True, False, None or 'pedantic'")
    if given is not None and given is not NOT_TOLD:
        raise TypeError(f"argument 'strict': '{type(given).__name__}' object cannot be converted to 'PyBool'")
    if _default is not None:
        return _default
    variable = os.environ.get(VARIABLE)
    return _named(variable, VARIABLE) if variable else True


def _named(word: object, where: str) -> bool | Literal["pedantic"]:
    if isinstance(word, str) and word in NAMED:
        return NAMED[word]
    raise ValueError(f"{where}: {word!r} is not one of {', '.join(map(repr, NAMED))}")


def _channel(word: object, where: str) -> str:
    if isinstance(word, str) and word in FRAMING.channels - FRAMING.hidden:
        return word
    shown = ", ".join(map(repr, sorted(FRAMING.channels - FRAMING.hidden)))
    raise ValueError(f"{where}: {word!r} is not a channel that is shown to the end user: {shown}")
