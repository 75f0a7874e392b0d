"""How commands end: their exit statuses, and failures, which are one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._conversations import complaint
from ..errors import HarmonyError, ParseError

__all__ = ["DONE", "FOUND", "REFUSED", "Failure", "at"]

DONE, FOUND, REFUSED = 0, 1, 2

STATUS = """\
exit status:
  0    done
  1    done, and something was found: a difference, a fault, a row that is wrong
  2    not done: wrong arguments or input
  130  interrupted by Ctrl-C
  141  the reader of the output closed it, like head
"""


class Failure(Exception):
    """Ends a command with a line on standard error.

    Attributes:
        status: the exit status of the command.
    """

    def __init__(self, message: str, status: int = REFUSED) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def at(place: str) -> Iterator[None]:
    """Turn what the package refuses into a failure that names the place."""
    try:
        yield
    except ParseError as error:
        raise Failure(f"{place}: {error}", FOUND) from error
    except (HarmonyError, ValueError, LookupError, OverflowError) as error:
        raise Failure(f"{place}: {complaint(error)}") from error
