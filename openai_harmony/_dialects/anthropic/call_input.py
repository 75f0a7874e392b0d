"""The arguments of a call as a JSON object, while they arrive.

Clients parse the pieces of an input as JSON at each step, and raise an error where they are none. So a piece is passed
on only if the pieces up to it begin an object that can be closed behind them. Arguments that are no object are made
one, and the object says so: its last member is the text as the model wrote it.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .json_scan import BEGIN, FIRST_KEY, STRING, Scan

__all__ = ["INVALID", "CallInput", "InputState"]

INVALID = "INVALID_JSON"  # the key that the API's documentation gives to text which is to be JSON, and is none

_CLOSERS = {"{": "}", "[": "]"}
_SPACE = " \t\r\n"


class InputState(NamedTuple):
    """Where a call is.

    Attributes:
        expects: what the scan expects behind the text that was passed on.
        opened: the brackets that are open there.
        held: the text behind it.
        said: the text that was passed on.
        raw: all text of the model.
        complete: whether it is an object.
        broken: whether it cannot become one.
    """

    expects: str = BEGIN
    opened: str = ""
    held: str = ""
    said: str = ""
    raw: str = ""
    complete: bool = False
    broken: bool = False


class CallInput:
    """Returns the arguments of a call in pieces; joined, they do not depend on how the arguments are cut."""

    def __init__(self, state: InputState = InputState()) -> None:  # noqa: B008  # it cannot be changed
        self._expects, self._opened, self._held, said, raw, self._complete, self._broken = state
        self._said, self._raw = [said], [raw]

    @property
    def state(self) -> InputState:
        said, raw = "".join(self._said), "".join(self._raw)
        return InputState(self._expects, self._opened, self._held, said, raw, self._complete, self._broken)

    def feed(self, text: str) -> str:
        """Return the piece that further arguments add."""
        self._raw.append(text)
        if self._broken:
            return ""  # nothing can mend it, so that it need not be scanned again
        scan = Scan(self._held + text, self._expects, self._opened)
        self._complete, self._broken = scan.complete, scan.broken
        self._expects, self._opened = scan.expects, scan.opened
        self._held = scan.text[scan.good :]
        return self._say(scan.text[: scan.good])

    def finish(self) -> str:
        """Return the piece that the end of the arguments adds. Without any arguments, the object is empty."""
        raw = "".join(self._raw)
        last = "" if not raw.strip(_SPACE) else self._held if self._complete else self._closing({INVALID: raw})
        self._opened = ""
        return self._say(last)

    def value(self) -> dict[str, Any]:
        """Return the object; before the end, what was passed on of it."""
        said = "".join(self._said)
        value: dict[str, Any] = json.loads(said + self._closing({}) if self._opened else said or "{}")
        return value

    def _say(self, text: str) -> str:
        self._said.append(text)
        return text

    def _closing(self, more: dict[str, str]) -> str:
        """Return what closes the object behind the text that was passed on, with a member more."""
        end = '"' if self._expects == STRING else ""
        end += "".join(_CLOSERS[bracket] for bracket in reversed(self._opened[1:])) if self._opened else "{"
        members = json.dumps(more, ensure_ascii=False, separators=(",", ":"))[1:-1]
        is_first = not self._opened or (self._opened, self._expects) == ("{", FIRST_KEY)
        return f"{end}{',' if members and not is_first else ''}{members}}}"
