"""A conformance kit: rows with right answers, and what asks an implementation of the format for its own.

docs/conformance.md describes the kinds of rows, and how to ask a Python object, a program or a server. The rows are
data in `data/conformance`, which other projects can read without this package.
"""

from __future__ import annotations

from .answers import Answer, NotOffered, Refused
from .asking import Outcome, Report, run
from .kinds import KINDS, Kind
from .processes import program
from .rows import Row, read_rows
from .servers import server
from .targets import Target, adapted, imported, this_package

__all__ = [
    "KINDS",
    "Answer",
    "Kind",
    "NotOffered",
    "Outcome",
    "Refused",
    "Report",
    "Row",
    "Target",
    "adapted",
    "imported",
    "program",
    "read_rows",
    "run",
    "server",
    "this_package",
]
