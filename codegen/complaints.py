"""The reports of the rules: problems at the place of a value, with the nearest valid word. The rules are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from codegen.model import Spec
from codegen.place import Place
from codegen.reader import suggestion
from codegen.sources import Path, Problem


@dataclass
class Complaints:
    spec: Spec
    problems: list[Problem] = field(default_factory=list)

    def at(self, *path: str | int) -> Place:
        """Return the place of a value; if it is absent, the place of the innermost value that would contain it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.spec.places:
                return self.spec.places[path[:length]]
        return Place(str(path[0]), 1, 1)

    def say(self, where: Place | Path, what: str, hint: str | None = None) -> None:
        place = where if isinstance(where, Place) else self.at(*where)
        self.problems.append(Problem(place, what, hint))

    def known(self, where: Place | Path, kind: str, word: str, valid: Iterable[str]) -> bool:
        """Return whether a word is one of the valid ones; report it if it is not."""
        options = list(valid)
        if word not in options:
            self.say(where, f"unknown {kind} '{word}'", suggestion(word, options, f"{kind}s"))
        return word in options

    def unique(self, values: Iterable[tuple[Place | Path, str, str]], kind: str) -> None:
        """Report each value that an earlier owner has; `values` are tuples (where, owner, value)."""
        owners: dict[str, str] = {}
        for where, owner, value in values:
            if value in owners:
                self.say(where, f"{kind} '{value}' is that of '{owners[value]}' too", f"give '{owner}' another")
            owners.setdefault(value, owner)
