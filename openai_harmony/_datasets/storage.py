"""The files that a job writes: parts, bad rows, and the manifest of what is done. Each appears at once and whole."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, NamedTuple, TypeAlias

__all__ = ["Done", "Format", "Layout", "Manifest", "OutputError", "format_of", "write_atomically"]

Format: TypeAlias = Literal["parquet", "jsonl"]

_FILE_NAME = re.compile(r"\.[a-z]+\d?")
_SUFFIXES: dict[str, Format] = {".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}


class OutputError(ValueError):
    """The output exists, or is not what the job would go on with.

    Example:
        try:
            run_batch("chats.jsonl", "prompts.parquet", resume=True)
        except OutputError as error:
            print(error)  # says what has changed
    """


class Done(NamedTuple):
    """A part that is done: its number, its good rows and its bad ones."""

    part: int
    rows: int
    bad_rows: int


def format_of(output: Path) -> Format | None:
    """Return the format of an output that is one file; None if it is a folder."""
    return _SUFFIXES.get(output.suffix)


def check_name(output: Path) -> None:
    """Refuse a name that is neither that of a file which can be written, nor that of a folder.

    Raises:
        OutputError: it ends like that of a file of another kind, and is no folder.
    """
    if _FILE_NAME.fullmatch(output.suffix) and format_of(output) is None and not output.is_dir():
        raise OutputError(f"{output}: expected {', '.join(_SUFFIXES)} at the end, or the name of a folder")


@dataclass(frozen=True)
class Layout:
    """Where the files of a job are. An output that is one file has a folder beside it for the parts.

    Attributes:
        output: the file or folder that the job makes.
        format: of the parts.
        count: the number of parts.
    """

    output: Path
    format: Format
    count: int = 0

    @property
    def folder(self) -> Path:
        single = format_of(self.output) is not None
        return self.output.with_name(f"{self.output.name}.batch") if single else self.output

    @property
    def manifest(self) -> Path:
        return self.folder / "_manifest.jsonl"

    @property
    def bad_rows(self) -> Path:
        return self.folder / "_bad_rows.jsonl"

    def part(self, number: int) -> Path:
        return self.folder / f"part-{self._digits(number)}.{self.format}"

    def bad_rows_of(self, number: int) -> Path:
        """Return where the bad rows of a part are until all parts are done."""
        return self.folder / f"_bad-{self._digits(number)}.jsonl"

    def _digits(self, number: int) -> str:
        return f"{number:0{max(5, len(str(self.count - 1)))}}"

    def parts(self) -> list[Path]:
        return [self.part(number) for number in range(self.count)]


def write_atomically(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file that is either whole or not there, whenever the program ends."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(unfinished, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.remove(unfinished)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder lasting, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Manifest:
    """What is known of a job: what it is made of, and which parts are done, in their order.

    Attributes:
        header: what the output depends on.
        done: the parts that are done.
        finished: whether all is done.
    """

    def __init__(self, path: Path, header: Mapping[str, object], done: Iterable[Done] = (), *, finished: bool = False):
        self._path = path
        self.header = dict(header)
        self.done = list(done)
        self.finished = finished

    @classmethod
    def read(cls, path: Path) -> Manifest | None:
        """Return the manifest in a file; None if there is none. What was written of a last line does not count.

        Raises:
            OutputError: the file is no manifest.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(f"{path}: {error}") from None
        lines = text.split("\n")[:-1]
        try:
            header, *entries = map(json.loads, lines)
            finished = bool(entries) and entries[-1] == _FINISHED
            done = [Done(**entry) for entry in (entries[:-1] if finished else entries)]
        except (ValueError, TypeError) as error:
            raise OutputError(f"{path}: no manifest of a batch: {error}") from None
        if [each.part for each in done] != list(range(len(done))):
            raise OutputError(f"{path}: no manifest of a batch: its parts are not in order")
        return cls(path, header, done, finished=finished)

    def write(self) -> None:
        """Write all that is known, in the place of what the file had."""
        entries = [self.header, *(each._asdict() for each in self.done), *([_FINISHED] if self.finished else [])]
        write_atomically(self._path, lambda stream: stream.write(b"".join(map(_line, entries))))

    def add(self, done: Done) -> None:
        """Add a part to the file."""
        self.done.append(done)
        self._append(done._asdict())

    def finish(self) -> None:
        self.finished = True
        self._append(_FINISHED)

    def _append(self, entry: Mapping[str, object]) -> None:
        with open(self._path, "ab") as stream:
            stream.write(_line(entry))
            stream.flush()
            os.fsync(stream.fileno())


_FINISHED: dict[str, object] = {"finished": True}


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"
