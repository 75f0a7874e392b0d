"""Loads a vocabulary, the bytes of each id, from disk.

The file is read at first use, and only once, also if several threads need it.
"""

from __future__ import annotations

import hashlib
import io
import os
from binascii import a2b_base64
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from ...errors import VocabularyError
from ..locks import Locked, loading
from .at_exit import leave_to_system

DATA = Path(__file__).resolve().parents[2] / "data"

NOT_IN_TEXT = b"\xff"  # occurs in no UTF-8

# The bytes of each id, by id; None for an unused id. A tuple, not a list: the garbage collector stops tracking a tuple
# of bytes, but would scan a list in every full collection, which takes a millisecond.
Pieces = tuple[Any, ...]


class Vocabulary(Locked):
    """The ordinary tokens of a vocabulary file and the special tokens that an encoding adds to them.

    Args:
        packed: Name of the packed file in the package's data folder, or a path. It has one byte per token with its
            length, followed by the bytes of all tokens.
        file: Name of the source file, which has one `base64 rank` per line.
        sha256: Digest of the source file.
        ranks: Number of ordinary tokens; their ids are 0 to `ranks - 1`.
        environment: Name of an environment variable. If it is set and not empty, `file` is read from that directory.
        specials: The text of each special token, by id. No id is below `ranks`.
    """

    def __init__(
        self, *, packed: str, file: str, sha256: str, ranks: int, environment: str, specials: Mapping[int, str]
    ) -> None:
        super().__init__()
        self.packed = packed
        self.file = file
        self.sha256 = sha256
        self.count = ranks
        self.environment = environment
        self.specials = specials
        self.strays: dict[int, bytes] = {}  # the ordinary tokens that contain the byte 0xff; known after loading
        self._pieces: Pieces | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.file}: {self.count} tokens, and {len(self.specials)} special ones>"

    def __reduce__(self) -> tuple[object, ...]:
        """A pickle has only the arguments; after unpickling, the vocabulary is loaded again at first use."""
        names = ("packed", "file", "sha256", "environment", "specials")
        return (_restore, ({**{name: getattr(self, name) for name in names}, "ranks": self.count},))

    @property
    def path(self) -> Path:
        """The file that is read, as the environment is now."""
        directory = os.environ.get(self.environment)
        return Path(directory, self.file) if directory else DATA / self.packed

    def pieces(self) -> Pieces:
        """Return the bytes of every id, for fast loops. A missing id is None.

        A negative index also returns an item: validate ids from outside the package.
        """
        if self._pieces is None:
            with self._lock:
                if self._pieces is None:
                    leave_to_system(self)
                    self._pieces = self._with_specials(self._read())
        return self._pieces

    def piece(self, id: int) -> bytes:
        """Return the bytes of one id; a special token gives its text.

        Raises:
            KeyError: The vocabulary does not have the id.
        """
        pieces = self.pieces()
        piece = pieces[id] if 0 <= id < len(pieces) else None
        if piece is None:
            raise KeyError(id)
        return bytes(piece)

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Decode ids that are known to be in the vocabulary."""
        return b"".join(map(self.pieces().__getitem__, ids))

    def ranks(self) -> dict[bytes, int]:
        """Return a new dictionary of the ordinary tokens and their ids, which the caller may modify."""
        return dict(zip(self._pieces or self._read(), range(self.count), strict=False))

    def _with_specials(self, pieces: list[Any]) -> Pieces:
        pieces.extend([None] * (max(self.specials, default=-1) + 1 - len(pieces)))
        for id, text in self.specials.items():
            pieces[id] = text.encode()
        return tuple(pieces)

    def _read(self) -> list[Any]:
        return self._read_source(self.path) if os.environ.get(self.environment) else self._read_packed(self.path)

    def _read_packed(self, path: Path) -> list[Any]:
        try:
            data = _packed(path)
        except OSError as error:
            raise VocabularyError(f"cannot read the packed vocabulary: {_reason(error)}: {path}") from None
        lengths = data[: self.count]
        expected = self.count + sum(lengths)
        if len(data) != expected:
            raise VocabularyError(f"the packed vocabulary has {len(data)} bytes instead of {expected}: {path}")
        # Reading 200,000 pieces from a buffer takes 10 ms; slicing by offsets takes 25 ms.
        joined = data[self.count :]
        pieces = list(map(io.BytesIO(joined).read, lengths))
        self.strays = _strays(pieces, joined, lengths)
        return pieces

    def _read_source(self, path: Path) -> list[Any]:
        try:
            source = path.read_bytes()
        except OSError as error:
            raise self._refusal(_reason(error), path) from None
        computed = hashlib.sha256(source).hexdigest()
        if computed != self.sha256:
            raise self._refusal(f"hash mismatch: computed={computed}, expected={self.sha256}", path)
        # The digest guarantees the form: as many lines as ranks, in rank order.
        pieces = list(map(a2b_base64, source.split()[::2]))
        self.strays = _strays(pieces, b"".join(pieces), list(map(len, pieces)))
        return pieces

    def _refusal(self, what: str, path: Path) -> VocabularyError:
        cure = f"if {self.environment} is not set, the vocabulary in the package is read"
        return VocabularyError(f"invalid tiktoken vocab file: {what}: {path}, named by {self.environment}; {cure}")


def _packed(path: Path) -> bytes:
    """Return the contents of a file of the package, which may be in a zip archive or another importable container."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if not path.is_relative_to(DATA):
            raise
        with loading():
            from importlib.resources import files  # imported here, since the import takes longer than reading the file
        package = str(__package__).rsplit(".", 2)[0]
        return (files(package) / DATA.name / path.name).read_bytes()


def data_file(name: str) -> bytes:
    """Return the contents of a file in the data folder of the package."""
    return _packed(DATA / name)


def _strays(pieces: list[Any], joined: bytes, lengths: Sequence[int]) -> dict[int, bytes]:
    """Return the pieces that contain the byte 0xff, by id; testing every piece would take 10 ms."""
    found: dict[int, bytes] = {}
    at = joined.find(NOT_IN_TEXT)
    for id, end in enumerate(accumulate(lengths)):
        if at < 0:
            break
        if at < end:
            found[id] = pieces[id]
            at = joined.find(NOT_IN_TEXT, end)
    return found


def _reason(error: OSError) -> str:
    return f"{error.strerror} (os error {error.errno})"


def _restore(facts: dict[str, Any]) -> Vocabulary:
    return Vocabulary(**facts)
