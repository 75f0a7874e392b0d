"""The files that a job reads: which there are, what is in them, and the parts that they are cut into.

Parts depend on the files and on the limits alone, so that every engine and every number of workers makes the same ones.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, TypeAlias

import pyarrow
import pyarrow.parquet

__all__ = [
    "InputError",
    "InputFile",
    "Limits",
    "Part",
    "found_files",
    "is_compressed",
    "opened_lines",
    "planned",
    "streams",
]

Kind: TypeAlias = Literal["jsonl", "parquet"]

KINDS: dict[str, Kind] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet"}
COMPRESSED = (".gz", ".zst", ".bz2", ".lz4")
BLOCK = 1 << 20
_MARK = b"\xef\xbb\xbf"  # some programs begin UTF-8 with it


class InputError(ValueError):
    """The files of a job cannot be read, or the job cannot be done with them.

    Example:
        try:
            run_batch("chats.jsonl", "prompts.parquet")
        except InputError as error:
            print(error)  # names the file
    """


class Limits(NamedTuple):
    """The greatest size of a part: rows, and bytes of text before compression. A part has at least one row."""

    rows: int
    size: int


@dataclass(frozen=True)
class Part:
    """Consecutive rows of a file.

    Attributes:
        number: the number of the part among all parts.
        file: the index of the file.
        row: the index of the first row in the file.
        rows: the number of rows.
        start: of a part of JSON Lines, the position of its first byte in the text; of a part of Parquet, the index of
            its first row in its row group.
        size: of a part of JSON Lines, the number of bytes.
        line: of a part of JSON Lines, the number of its first line, from 1.
        groups: of a part of Parquet, the row groups that it has, or that it is cut from.
    """

    number: int
    file: int
    row: int
    rows: int
    start: int = 0
    size: int = 0
    line: int = 0
    groups: tuple[int, ...] = ()


@dataclass(frozen=True)
class InputFile:
    """A file, and what identifies its content."""

    path: str
    kind: Kind
    sha256: str
    rows: int

    @property
    def compressed(self) -> bool:
        """Whether it can be read only from its beginning."""
        return self.kind == "jsonl" and is_compressed(self.path)


def is_compressed(path: str) -> bool:
    return path.endswith(COMPRESSED)


def found_files(inputs: Iterable[Path], output: Sequence[Path]) -> list[tuple[str, Kind]]:
    """Return the paths of the files and what they are: of folders, all files with rows, sorted by name.

    Raises:
        InputError: an input does not exist, has no file with rows, or is of a kind that is unknown or not that of the
            others.
    """
    found: list[tuple[str, Kind]] = []
    for path in inputs:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if _counts(each, path, output))
            if not inside:
                raise InputError(f"{path}: no file here ends in {', '.join(KINDS)}")
            found.extend((str(each), _kind(each)) for each in inside)
        elif path.exists():
            found.append((str(path), _kind(path)))
        else:
            raise InputError(f"{path}: no such file or folder")
    first = next(iter(found), None)
    if first is None:
        raise InputError("no input")
    other = next((path for path, kind in found if kind != first[1]), None)
    if other is not None:
        raise InputError(f"{other}: not of the kind of {first[0]}; a job reads either JSON Lines or Parquet")
    return found


def _counts(path: Path, folder: Path, output: Sequence[Path]) -> bool:
    """Return whether a file in a folder is one of the input: no hidden one, and nothing that the job writes."""
    hidden = any(name.startswith((".", "_")) for name in path.relative_to(folder).parts)
    ours = any(each == path.resolve() or each in path.resolve().parents for each in output)
    return not hidden and not ours and _suffix(path) in KINDS and path.is_file()


def _suffix(path: Path) -> str:
    return (path.with_suffix("") if path.suffix in COMPRESSED else path).suffix


def _kind(path: Path) -> Kind:
    kind = KINDS.get(_suffix(path))
    if kind is None or (kind == "parquet" and path.suffix in COMPRESSED):
        raise InputError(f"{path}: its name ends in none of {', '.join(KINDS)}")
    return kind


def planned(files: Sequence[tuple[str, Kind]], limits: Limits) -> tuple[list[InputFile], list[Part]]:
    """Return the files with their digests, and all parts; one part without rows if there are no rows at all.

    Raises:
        InputError: a file cannot be read, or Parquet files have different columns.
    """
    known: list[InputFile] = []
    parts: list[Part] = []
    for index, (path, kind) in enumerate(files):
        try:
            if kind == "jsonl":
                file, cut = _lines(index, path, limits)
            else:
                file, cut = _groups(index, path, limits)
        except (OSError, pyarrow.ArrowException, EOFError) as error:
            raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
        known.append(file)
        parts += [_numbered(part, len(parts) + place) for place, part in enumerate(cut)]
    if files[0][1] == "parquet":
        _expect_one_schema([path for path, _ in files])
    return known, parts or [Part(0, 0, 0, 0)]


def _numbered(part: Part, number: int) -> Part:
    return Part(number, part.file, part.row, part.rows, part.start, part.size, part.line, part.groups)


# JSON Lines ---------------------------------------------------------------------------------------


def opened_lines(path: str) -> IO[bytes]:
    """Open a file of lines, compressed or not."""
    if is_compressed(path):
        stream: Any = pyarrow.input_stream(path)
        return io.BufferedReader(stream, BLOCK)
    return open(path, "rb", BLOCK)


def _lines(index: int, path: str, limits: Limits) -> tuple[InputFile, list[Part]]:
    digest, parts = sha256(), list[Part]()
    row = rows = start = size = 0
    line = first = 1
    with opened_lines(path) as stream:
        for text in stream:
            digest.update(text)
            if rows and (rows >= limits.rows or size + len(text) > limits.size):
                parts.append(Part(0, index, row - rows, rows, start, size, first))
                start, size, rows, first = start + size, 0, 0, line
            size += len(text)
            line += 1
            if text.strip() not in (b"", _MARK):
                row += 1
                rows += 1
    if rows:
        parts.append(Part(0, index, row - rows, rows, start, size, first))
    return InputFile(path, "jsonl", digest.hexdigest(), row), parts


# Parquet ------------------------------------------------------------------------------------------


def _groups(index: int, path: str, limits: Limits) -> tuple[InputFile, list[Part]]:
    """Cut a file between row groups; within one if it is too large for a part."""
    digest = sha256()
    with open(path, "rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    metadata = pyarrow.parquet.read_metadata(path)
    parts: list[Part] = []
    row = 0
    whole: list[int] = []  # row groups that become one part
    held = Limits(0, 0)

    def close() -> None:
        if whole and held.rows:
            parts.append(Part(0, index, row - held.rows, held.rows, groups=tuple(whole)))
        whole.clear()

    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        rows, size = group.num_rows, group.total_byte_size
        most = max(1, min(limits.rows, limits.size * rows // max(size, 1)))
        if held.rows + rows > limits.rows or held.size + size > limits.size:
            close()
            held = Limits(0, 0)
        if rows > most:
            cuts = range(0, rows, most)
            parts += [Part(0, index, row + at, min(most, rows - at), at, groups=(number,)) for at in cuts]
            row += rows
            continue
        whole.append(number)
        row, held = row + rows, Limits(held.rows + rows, held.size + size)
    close()
    return InputFile(path, "parquet", digest.hexdigest(), row), parts


def _expect_one_schema(paths: Sequence[str]) -> None:
    first = pyarrow.parquet.read_schema(paths[0])
    for path in paths[1:]:
        schema = pyarrow.parquet.read_schema(path)
        if not schema.equals(first):
            names = dict.fromkeys([*first.names, *schema.names])
            other = next((name for name in names if _type(schema, name) != _type(first, name)), "the order of columns")
            raise InputError(f"{path}: not the columns of {paths[0]}: {other}")


def _type(schema: pyarrow.Schema, name: str) -> pyarrow.DataType | None:
    return schema.field(name).type if name in schema.names else None


def streams(parts: Sequence[Part], files: Sequence[InputFile]) -> Iterator[list[Part]]:
    """Yield the parts that can only be read one after the other: of a compressed file, or of a large row group."""
    together: list[Part] = []
    for part in parts:
        if together and _stream(part, files) != _stream(together[-1], files):
            yield together
            together = []
        together.append(part)
    if together:
        yield together


def _stream(part: Part, files: Sequence[InputFile]) -> tuple[int, ...]:
    if files[part.file].compressed:
        return (part.file,)
    cut = len(part.groups) == 1  # perhaps cut from a larger group
    return (part.file, part.groups[0]) if cut else (part.file, -1, part.number)
