"""Imports what a command names by `module:object`."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from os.path import basename
from typing import Any

__all__ = ["imported_object", "told"]


def imported_object(name: str, what: str = "object") -> Any:
    """Import the object named by `module:object`; the module may be in the current directory.

    Raises:
        ValueError: there is no such object, or the import of its module raises or exits.
    """
    module, separator, path = name.partition(":")
    if not (module and separator and path):
        raise ValueError(f"{name!r} is not of the form module:{what}")
    if "" not in sys.path:
        sys.path.insert(0, "")  # the current directory, as with `python -m`
    try:
        found: Any = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{name!r}: {error}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # including SystemExit
        raise ValueError(f"{name!r}: {told(error)}") from error
    return found


def told(error: BaseException) -> str:
    """Describe an exception, and the function that raised it, on one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].name} of {basename(frames[-1].filename)}" if frames else ""
    try:
        text = str(error)
    except Exception:
        text = "(its text cannot be shown)"
    return type(error).__name__ + (f": {text}" if text else "").replace("\n", " ") + where
