"""Text that looks like what people and models write, made anew from a seed; what it is used for is not known here."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ["KINDS", "Texts"]


def _words() -> dict[str, list[str]]:
    """The lists of words.txt by name; words of several parts are told apart by bars."""
    lists: dict[str, list[str]] = {}
    for part in Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split("\n[")[1:]:
        name, _, words = part.partition("]")
        lists[name] = [" ".join(word.split()) for word in words.split("|")] if "|" in words else words.split()
    return lists


_WORDS = _words()
_TYPES = ("int", "str", "float", "bytes", "list[int]", "dict[str, int]", "Path", "bool | None")


class Texts:
    """A source of texts; equal seeds give equal texts."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def prose(self, characters: int) -> str:
        """English paragraphs of about that many characters."""
        return _filled(self._paragraph, characters, "\n\n")

    def code(self, characters: int) -> str:
        """Python functions of about that many characters."""
        return _filled(self._function, characters, "\n\n\n")

    def cjk(self, characters: int) -> str:
        """Chinese, Japanese and Korean sentences, turn by turn."""
        return _filled(self._eastern_sentence, characters, "")

    def json(self, characters: int) -> str:
        """One JSON document: a list of records."""
        records: list[object] = []
        size = 0
        while size < characters:
            records.append(self.record())
            size += len(json.dumps(records[-1]))
        return json.dumps({"total": len(records), "items": records}, ensure_ascii=False, indent=2)

    def mixed(self, characters: int) -> str:
        """An answer of all kinds: paragraphs, code in a fence, some CJK, a JSON fragment."""
        return _filled(self._part, characters, "\n\n")

    def sentence(self) -> str:
        """One English sentence."""
        opener = self._random.choice(_WORDS["openers"]) if self._random.random() < 0.4 else ""
        text = f"{opener} {self._clause()}".strip()
        if self._random.random() < 0.5:
            text += f", {self._random.choice(_WORDS['links'])} {self._clause()}"
        return text[0].upper() + text[1:] + self._random.choice((".", ".", ".", ".", "?", "!"))

    def name(self, words: int = 2) -> str:
        """An identifier."""
        return "_".join(self._random.choices(_WORDS["nouns"], k=words))

    def record(self) -> dict[str, object]:
        """What a tool might be given or return."""
        pick = self._random
        return {
            "id": f"{self._noun()}-{pick.randrange(10**8):08x}",
            "title": self._clause(),
            "price": round(pick.uniform(0, 900), 2),
            "tags": pick.sample(_WORDS["qualities"], 3),
            "active": pick.random() < 0.5,
            "parent": None if pick.random() < 0.5 else {"id": pick.randrange(10**6), "region": self._noun()},
        }

    def _noun(self) -> str:
        return self._random.choice(_WORDS["nouns"])

    def _clause(self) -> str:
        pick = self._random
        subject = f"the {pick.choice(_WORDS['qualities'])} {self._noun()}"
        object = f"{pick.choice(('a', 'the', 'every', 'no'))} {self._noun()}"
        extra = f" {pick.randrange(2, 4000)} times" if pick.random() < 0.15 else ""
        return f"{subject} {pick.choice(_WORDS['verbs'])} {object}{extra}"

    def _paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self._random.randint(2, 6)))

    def _function(self) -> str:
        pick, noun = self._random, self._noun
        name, argument, total = self.name(), noun(), noun()
        lines = [f"def {name}({argument}: {pick.choice(_TYPES)}, limit: int = {pick.randrange(500)}) -> int:"]
        lines.append(f'    """{self.sentence()}"""')
        lines.append(f"    {total}_count = 0")
        for _ in range(pick.randint(1, 4)):
            lines.append(f"    for item in {argument}.{noun()}s[{pick.randrange(9)}:]:")
            lines.append(f'        if item["{noun()}"] >= limit * {pick.uniform(0, 3):.3f}:  # {self._clause()}')
            lines.append(f"            {total}_count += {self.name()}(item, key=lambda x: x.{noun()})")
        lines.append(f"    return {total}_count or {pick.randrange(100)}")
        return "\n".join(lines)

    def _eastern_sentence(self) -> str:
        pick = self._random
        words, space, stop = pick.choice((("chinese", "", "。"), ("japanese", "", "。"), ("korean", " ", ". ")))
        return space.join(pick.choices(_WORDS[words], k=pick.randint(5, 14))) + stop

    def _part(self) -> str:
        kind = self._random.random()
        if kind < 0.6:
            return self._paragraph()
        if kind < 0.8:
            return f"```python\n{self._function()}\n```"
        if kind < 0.9:
            return "".join(self._eastern_sentence() for _ in range(3))
        return f"```json\n{json.dumps(self.record(), indent=2)}\n```"


KINDS: dict[str, Callable[[Texts, int], str]] = {
    "prose": Texts.prose,
    "code": Texts.code,
    "CJK": Texts.cjk,
    "JSON": Texts.json,
}


def _filled(part: Callable[[], str], characters: int, between: str) -> str:
    """Parts, until there are so many characters."""
    return between.join(_until(part, characters))


def _until(part: Callable[[], str], characters: int) -> Iterable[str]:
    size = 0
    while size < characters:
        made = part()
        size += len(made)
        yield made
