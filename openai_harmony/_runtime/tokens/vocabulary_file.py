"""What reads a vocabulary from disk: id -> bytes, with no idea of how text is split or what an id is for.

Nothing is read before something asks for it; then it is read once, whoever asks and from however many threads.
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

# The bytes of each id, by id; None where an id of the range stands for nothing. The garbage collector looks at a tuple
# of bytes once, and at a list whenever it looks at everything, which would take a millisecond each time.
Pieces = tuple[Any, ...]


class Vocabulary(Locked):
    """The ordinary tokens of a vocabulary file and the special tokens that an encoding adds to them.

    Args:
        packed: name of the packed file in the package's data folder, or a path: lengths, a byte each; then the bytes.
        file: name of the source file: one `base64 rank` per line.
        sha256: digest of the source file.
        ranks: number of ordinary tokens; their ids are 0 to `ranks - 1`.
        environment: name of the environment variable that, unless empty, names the directory of `file`, read instead.
        specials: the text of each special token, by id; none of the ids lies below `ranks`.
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
        self.strays: dict[int, bytes] = {}  # the ordinary tokens with a byte that is not in text; known once it is read
        self._pieces: Pieces | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.file}: {self.count} tokens, and {len(self.specials)} special ones>"

    def __reduce__(self) -> tuple[object, ...]:
        """The facts alone: whoever unpickles reads their own copy, if they need one."""
        names = ("packed", "file", "sha256", "environment", "specials")
        return (_restore, ({**{name: getattr(self, name) for name in names}, "ranks": self.count},))

    def pieces(self) -> Pieces:
        """The bytes of every id, for loops that must be fast. A missing id is None.

        Mind that negative indices find something too: check ids that come from outside.
        """
        if self._pieces is None:
            with self._lock:
                if self._pieces is None:
                    leave_to_system(self)
                    self._pieces = self._with_specials(self._read())
        return self._pieces

    def piece(self, id: int) -> bytes:
        """The bytes of one id, a special token's being its text; KeyError if the vocabulary has no such id."""
        pieces = self.pieces()
        piece = pieces[id] if 0 <= id < len(pieces) else None
        if piece is None:
            raise KeyError(id)
        return bytes(piece)

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of ids that are all known to be in the vocabulary."""
        return b"".join(map(self.pieces().__getitem__, ids))

    def ranks(self) -> dict[bytes, int]:
        """A new dictionary of the ordinary tokens, which the caller may change; nothing of it is kept here."""
        return dict(zip(self._pieces or self._read(), range(self.count), strict=False))

    def _with_specials(self, pieces: list[Any]) -> Pieces:
        pieces.extend([None] * (max(self.specials, default=-1) + 1 - len(pieces)))
        for id, text in self.specials.items():
            pieces[id] = text.encode()
        return tuple(pieces)

    def _read(self) -> list[Any]:
        directory = os.environ.get(self.environment)
        return self._read_source(Path(directory, self.file)) if directory else self._read_packed()

    def _read_packed(self) -> list[Any]:
        path = DATA / self.packed
        try:
            data = _packed(path)
        except OSError as error:
            raise VocabularyError(f"cannot read the packed vocabulary: {_reason(error)}: {path}") from None
        lengths = data[: self.count]
        expected = self.count + sum(lengths)
        if len(data) != expected:
            raise VocabularyError(f"the packed vocabulary has {len(data)} bytes instead of {expected}: {path}")
        # Reading piece after piece from a buffer takes 10 ms for 200,000; slicing by offsets takes 25.
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
        # The digest vouches for the form: as many lines as ranks, in rank order.
        pieces = list(map(a2b_base64, source.split()[::2]))
        self.strays = _strays(pieces, b"".join(pieces), list(map(len, pieces)))
        return pieces

    def _refusal(self, what: str, path: Path) -> VocabularyError:
        cure = f"if {self.environment} is not set, the vocabulary in the package is read"
        return VocabularyError(f"invalid tiktoken vocab file: {what}: {path}, named by {self.environment}; {cure}")


def _packed(path: Path) -> bytes:
    """What a file of the package holds, which may itself be packed, in a zip or whatever else modules come from."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if not path.is_relative_to(DATA):
            raise
        with loading():
            from importlib.resources import files  # here, as it takes longer to import than the file to be read
        package = str(__package__).rsplit(".", 2)[0]
        return (files(package) / DATA.name / path.name).read_bytes()


def _strays(pieces: list[Any], joined: bytes, lengths: Sequence[int]) -> dict[int, bytes]:
    """The pieces with the byte that is not in text, by id; a look at every piece would take 10 ms, as they are many."""
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
