"""Reads parts of files: as bytes, which go from one process to another, and as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow
import pyarrow.parquet

from .inputs import BLOCK, InputError, InputFile, Part, is_compressed, opened_lines

__all__ = ["Chunk", "read_parts", "table_in"]


class Chunk(NamedTuple):
    """A part and what is in it: the bytes of lines, or a table in the IPC format of Arrow."""

    part: Part
    file: InputFile
    data: bytes


def read_parts(parts: Sequence[Part], files: Sequence[InputFile] | Mapping[int, InputFile]) -> Iterator[Chunk]:
    """Yield what is in parts, which are in the order of their numbers.

    Raises:
        InputError: a file cannot be read any more.
    """
    for file in sorted({part.file for part in parts}):
        of_file = [part for part in parts if part.file == file]
        try:
            read = _read_lines if files[file].kind == "jsonl" else _read_groups
            for part, data in read(files[file].path, of_file):
                yield Chunk(part, files[file], data)
        except (OSError, pyarrow.ArrowException, EOFError) as error:
            raise InputError(f"{files[file].path}: {getattr(error, 'strerror', None) or error}") from None


def _read_lines(path: str, parts: Sequence[Part]) -> Iterator[tuple[Part, bytes]]:
    with opened_lines(path) as stream:
        at = 0
        for part in parts:
            if is_compressed(path):
                _skip(stream, part.start - at)
            else:
                stream.seek(part.start)
            data = stream.read(part.size)
            if len(data) < part.size:
                raise EOFError("has become shorter")
            at = part.start + part.size
            yield part, data


def _skip(stream: Any, size: int) -> None:
    while size > 0:
        skipped = len(stream.read(min(size, BLOCK)))
        if not skipped:
            raise EOFError("has become shorter")
        size -= skipped


def _read_groups(path: str, parts: Sequence[Part]) -> Iterator[tuple[Part, bytes]]:
    # Without a buffer, whole columns of a row group would be read at once.
    with pyarrow.parquet.ParquetFile(path, buffer_size=BLOCK, pre_buffer=False) as file:
        cut: _Group | None = None
        for part in parts:
            if cut is None or not cut.has(part):
                cut = _Group(file, part)
            yield part, _ipc(cut.rows(part))


class _Group:
    """The rows of row groups, read in batches from the first to the last."""

    def __init__(self, file: pyarrow.parquet.ParquetFile, part: Part) -> None:
        self._groups, self._at = part.groups, 0
        self._schema = file.schema_arrow
        self._batches = iter(
            file.iter_batches(batch_size=max(part.rows, 1), row_groups=list(part.groups), use_threads=False)
        )
        self._rest: pyarrow.RecordBatch | None = None

    def has(self, part: Part) -> bool:
        return part.groups == self._groups and part.start >= self._at

    def rows(self, part: Part) -> pyarrow.Table:
        """Return the rows of a part, which come after those of the parts before."""
        self._take(part.start - self._at)
        found = self._take(part.rows)
        self._at = part.start + part.rows
        return pyarrow.Table.from_batches(found, self._schema)

    def _take(self, count: int) -> list[pyarrow.RecordBatch]:
        found: list[pyarrow.RecordBatch] = []
        while count:
            batch = self._rest if self._rest is not None else next(self._batches, None)
            if batch is None:
                raise EOFError("has become shorter")
            found.append(batch.slice(0, count))
            self._rest = batch.slice(count) if batch.num_rows > count else None
            count -= found[-1].num_rows
        return found


def _ipc(table: pyarrow.Table) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def table_in(data: bytes) -> pyarrow.Table:
    """Return the table of a part of Parquet."""
    return pyarrow.ipc.open_stream(data).read_all()
