"""The check of a backend when it is built: recorded texts must have the ids that tiktoken gives them.

The texts stand beside the packed vocabulary, in a file that says which vocabulary and split pattern it belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from ....errors import VocabularyError
from ..vocabulary_file import Vocabulary, data_file
from .protocol import Source

__all__ = ["check", "digest", "file_name", "rows"]


def check(encode: Callable[[str], list[int]], source: Source, package: str) -> None:
    """Compare the ids of the recorded texts.

    Args:
        encode: the function of the package, without the texts that it leaves to tiktoken.
        source: what the backend is built from.
        package: the name and version of the package, for the error.

    Raises:
        VocabularyError: an id differs, or no texts are recorded for the vocabulary and the split pattern.
    """
    for text, ids in rows(source, package):
        if encode(text) != ids:
            raise VocabularyError(f"{package} does not encode {text!r} as recorded")


def rows(source: Source, package: str) -> list[tuple[str, list[int]]]:
    """Return the recorded texts and their ids; raises as `check` does if there are none."""
    recorded = _recorded(source.vocabulary)
    if recorded.get("sha256") != source.vocabulary.sha256 or recorded.get("split") != digest(source.split_pattern):
        raise VocabularyError(f"no recorded texts to check {package} with, for {source.name}")
    found: list[tuple[str, list[int]]] = recorded["rows"]
    return found


def _recorded(vocabulary: Vocabulary) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(data_file(file_name(vocabulary)))
    except OSError:
        return {}
    return found


def file_name(vocabulary: Vocabulary) -> str:
    """Return the name of the file with the texts, in the data folder."""
    return f"{PurePath(vocabulary.packed).stem}.texts.json"


def digest(split_pattern: str) -> str:
    """Return the digest of a split pattern."""
    return sha256(split_pattern.encode()).hexdigest()
