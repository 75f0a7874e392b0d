"""How a rule over the whole spec complains: at the place of a value, and with the nearest valid word. Knows no rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from codegen.model import Place, Spec
from codegen.reader import suggestion
from codegen.sources import Path, Problem


@dataclass
class Complaints:
    spec: Spec
    problems: list[Problem] = field(default_factory=list)

    def at(self, *path: str | int) -> Place:
        """Where a value stands; for one that does not stand in its file, where what would hold it stands."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.spec.places:
                return self.spec.places[path[:length]]
        return Place(str(path[0]), 1, 1)

    def say(self, where: Place | Path, what: str, hint: str | None = None) -> None:
        place = where if isinstance(where, Place) else self.at(*where)
        self.problems.append(Problem(place, what, hint))

    def known(self, where: Place | Path, kind: str, word: str, valid: Iterable[str]) -> bool:
        """Whether a word names something that exists; complains where it does not."""
        options = list(valid)
        if word not in options:
            self.say(where, f"unknown {kind} '{word}'", suggestion(word, options, f"{kind}s"))
        return word in options

    def unique(self, values: Iterable[tuple[Place | Path, str, str]], kind: str) -> None:
        """Complains about a value that an earlier owner has: (where, owner, value)."""
        owners: dict[str, str] = {}
        for where, owner, value in values:
            if value in owners:
                self.say(where, f"{kind} '{value}' is that of '{owners[value]}' too", f"give '{owner}' another")
            owners.setdefault(value, owner)
