"""Loads a vocabulary, the bytes of each id, from disk.

The file is read at first use, and only once, also if several threads need it.
"""

from __future__ import annotations

import os
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...errors import VocabularyError
from ..locks import Locked, loading
from .at_exit import leave_to_system
from .packed_pieces import PackedPieces, packed

# Paths are texts: importing `pathlib` takes longer than reading a file.
_PACKAGE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
_FOLDER = "data"
DATA = os.path.join(_PACKAGE, _FOLDER)

# The bytes of each id, by id; None for an unused id. A tuple, not a list: the garbage collector stops tracking a tuple
# of bytes, but would scan a list in every full collection, which takes a millisecond.
Pieces = tuple[Any, ...]


class Vocabulary(Locked):
    """The ordinary tokens of a vocabulary file and the special tokens that an encoding adds to them.

    Args:
        packed: Name of the packed file in the package's data folder, or a path.
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
        self._packed: PackedPieces | None = None
        self._pieces: Pieces | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.file}: {self.count} tokens, and {len(self.specials)} special ones>"

    def __reduce__(self) -> tuple[object, ...]:
        """A pickle has only the arguments; after unpickling, the vocabulary is loaded again at first use."""
        names = ("packed", "file", "sha256", "environment", "specials")
        return (_restore, ({**{name: getattr(self, name) for name in names}, "ranks": self.count},))

    @property
    def path(self) -> str:
        """The file that is read, as the environment is now."""
        directory = os.environ.get(self.environment)
        return os.path.join(directory, self.file) if directory else os.path.join(DATA, self.packed)

    def pieces(self) -> Pieces:
        """Return the bytes of every id, for fast loops. A missing id is None.

        A negative index also returns an item: validate ids from outside the package.
        """
        if self._pieces is None:
            with self._lock:
                if self._pieces is None:
                    leave_to_system(self)
                    self._pieces = self._with_specials(self._opened().all())
        return self._pieces

    def piece(self, id: int) -> bytes:
        """Return the bytes of one id; a special token gives its text. The other pieces are not made for that.

        Raises:
            KeyError: The vocabulary does not have the id.
        """
        text = self.specials.get(id)
        if text is not None:
            return text.encode()
        if not 0 <= id < self.count:
            raise KeyError(id)
        pieces = self._pieces
        return (self._packed or self._read()).piece(id) if pieces is None else bytes(pieces[id])

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Decode ids that are known to be in the vocabulary."""
        return b"".join(map(self.pieces().__getitem__, ids))

    def ranks(self) -> dict[bytes, int]:
        """Return a new dictionary of the ordinary tokens and their ids, which the caller may modify."""
        return dict(zip(self._pieces or (self._packed or self._read()).all(), range(self.count), strict=False))

    def rank_of(self) -> Callable[[bytes], int | None]:
        """Return a function that returns the id of an ordinary token with these bytes; None if there is none."""
        read = self._read()
        return read.rank if read.is_indexed else self.ranks().get

    def _with_specials(self, pieces: list[Any]) -> Pieces:
        pieces.extend([None] * (max(self.specials, default=-1) + 1 - len(pieces)))
        for id, text in self.specials.items():
            pieces[id] = text.encode()
        return tuple(pieces)

    def _read(self) -> PackedPieces:
        with self._lock:
            return self._opened()

    def _opened(self) -> PackedPieces:
        """Return what is in the file, which is read unless it has been; the caller holds the lock."""
        if self._packed is None:
            read = self._read_source if os.environ.get(self.environment) else self._read_packed
            self._packed = read()
            self.strays = self._packed.strays
        return self._packed

    def _read_packed(self) -> PackedPieces:
        path = self.path
        try:
            data = _contents(path)
        except OSError as error:
            raise VocabularyError(f"cannot read the packed vocabulary: {_reason(error)}: {path}") from None
        found = PackedPieces(data, self.count)
        if not found.is_indexed:
            raise VocabularyError(f"the packed vocabulary has {len(data)} bytes instead of {found.expected}: {path}")
        return found

    def _read_source(self) -> PackedPieces:
        path = self.path
        try:
            with open(path, "rb") as file:
                source = file.read()
        except OSError as error:
            raise self._refusal(_reason(error), path) from None
        with loading():
            from hashlib import sha256  # imported here, since a vocabulary of the package needs no digest
        computed = sha256(source).hexdigest()
        if computed != self.sha256:
            raise self._refusal(f"hash mismatch: computed={computed}, expected={self.sha256}", path)
        # The digest guarantees the form: as many lines as ranks, in rank order.
        return PackedPieces(packed(list(map(a2b_base64, source.split()[::2]))), self.count)

    def _refusal(self, what: str, path: str) -> VocabularyError:
        cure = f"if {self.environment} is not set, the vocabulary in the package is read"
        return VocabularyError(f"invalid tiktoken vocab file: {what}: {path}, named by {self.environment}; {cure}")


def data_file(name: str) -> bytes:
    """Return the contents of a file in the data folder of the package."""
    return _contents(os.path.join(DATA, name))


def _contents(path: str) -> bytes:
    """Return the contents of a file; one of the package may be in a zip archive or another importable container."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        folder, name = os.path.split(path)
        if folder != DATA:
            raise
        with loading():
            from importlib.resources import files  # imported here, since the import takes longer than reading the file
        package = str(__package__).rsplit(".", 2)[0]
        return (files(package) / _FOLDER / name).read_bytes()


def _reason(error: OSError) -> str:
    return f"{error.strerror} (os error {error.errno})"


def _restore(facts: dict[str, Any]) -> Vocabulary:
    return Vocabulary(**facts)
