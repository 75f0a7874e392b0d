"""How strict a parser is, and where recovered text goes: as its caller says, or else as the environment does."""

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
    """Say what a parser does that is made from now on and not told how strict to be.

    This wins over the environment variable `HARMONY_STRICT`, which takes the same words.

    Args:
        strictness: "default": raise where `openai-harmony` 0.0.8 raises. "recover": never raise. "pedantic": raise at
            the first thing that would be a recovery. None: as the environment says.

    Raises:
        ValueError: it is none of these.
    """
    global _default
    _default = None if strictness is None else _named(strictness, "strictness")


def mode_of(strict: Strictness, unplaced: str | None = None) -> Mode:
    """The mode of a parser that is made now.

    Raises:
        TypeError: `strict` is no bool, None or "pedantic".
        ValueError: `unplaced`, or a variable of the environment, names nothing that there is.
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
    """How strict a parser is that is made now and told this.

    Raises:
        TypeError: it is no bool, None or str.
        ValueError: it is another str than "pedantic", or the environment says what there is not.
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
