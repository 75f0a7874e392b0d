"""Other names for those that a model could not write, or would take for something else.

No name of a format is in here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

__all__ = ["aliases_of", "is_usual"]

_LONGEST = 64
_USUAL = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST}}}")  # the names that the OpenAI API accepts
_UNUSABLE = re.compile("[^A-Za-z0-9_]+")
_SHORT, _LONG = 6, 12  # the digits of a digest in an alias: at first, and where these are not enough


def is_usual(name: str, reserved: Collection[str]) -> bool:
    """Return whether a name needs no alias."""
    return name not in reserved and _USUAL.fullmatch(name) is not None


def aliases_of(names: Iterable[str], reserved: Collection[str], pattern: str) -> dict[str, str]:
    """Return the aliases of those names that need one.

    They do not depend on the order of the names. An alias is never another name, another alias, or reserved; it is an
    identifier of ASCII characters.

    Args:
        names: all names.
        reserved: the names that no tool should have.
        pattern: what a reserved name becomes, with `{name}`; if it is empty, a digest is added to it.
    """
    given = list(dict.fromkeys(names))
    taken = set(given)
    waiting = {name: _candidates(name, reserved, pattern) for name in given if not is_usual(name, reserved)}
    found: dict[str, str] = {}
    while waiting:
        # A candidate that several names have belongs to none of them.
        tried = {name: next(candidates) for name, candidates in waiting.items()}
        count = Counter(tried.values())
        free = {name: alias for name, alias in tried.items() if count[alias] == 1 and _fits(alias, taken, reserved)}
        found.update(free)
        taken.update(free.values())
        waiting = {name: candidates for name, candidates in waiting.items() if name not in free}
    return {name: found[name] for name in given if name in found}


def _fits(alias: str, taken: Collection[str], reserved: Collection[str]) -> bool:
    return alias not in taken and is_usual(alias, reserved)


def _candidates(name: str, reserved: Collection[str], pattern: str) -> Iterator[str]:
    """Yield possible aliases, best first; the first one may be unusable."""
    letters = unicodedata.normalize("NFKD", name)
    base = _UNUSABLE.sub("_", "".join(filter(lambda letter: not unicodedata.combining(letter), letters))).strip("_")
    if base[:1].isdigit():
        base = f"_{base}"
    if base in reserved:
        base = pattern.replace("{name}", base) or base
    yield base[:_LONGEST]
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{attempt}:{name}".encode("utf-8", "surrogatepass")).hexdigest()
        size = _LONG if attempt else _SHORT
        yield f"{base[: _LONGEST - 1 - size]}_{digest[:size]}"
        attempt += 1
