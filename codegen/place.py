"""Where a value is in the spec."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """The place of a value in the spec: file name, line and column, the last two counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
