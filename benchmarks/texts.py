"""Text that looks like what people and models write, made anew from a seed; what it is used for is not known here."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable

__all__ = ["KINDS", "Texts"]

_NOUNS = """
    archive battery bridge budget calendar camera canal cellar chapter circuit climate coast compass contract crystal
    customer database deadline device diagram editor engine estimate failure festival figure filter forest formula
    function garden glacier harbour heating history index interface invoice island journal kernel kitchen laboratory
    ladder language lantern library license machine margin market measure melody memory message method mirror molecule
    mountain network notebook number orchard parser pattern payment permit pipeline planet platform player policy
    printer process product protein question queue railway reactor receipt recipe record region report request reservoir
    result river sample schedule schema season sensor server signal sketch socket solution station storage stream
    student summary surface system teacher telescope theatre ticket timetable tokenizer traffic transfer treaty tunnel
    update valley variable vessel village volume warehouse weather window workshop
""".split()
_VERBS = """
    accepts adjusts answers arranges balances begins behaves breaks carries changes closes collects combines compares
    confirms contains copies counts covers creates defines delays depends describes divides doubles drops expects
    explains fails follows gathers grows handles holds improves includes keeps leads limits matches measures moves needs
    opens orders prints produces protects reaches reads receives records reduces refuses remains repeats replaces
    requires returns saves seems sends settles shares shows starts stores suggests supports survives tests turns waits
""".split()
_QUALITIES = """
    ancient bright careful central cheap cloudy common complete cold correct cautious deep distant double early empty
    exact fast final fragile frozen gentle gradual heavy hidden hollow inner large late legal local loose lower missing
    modern narrow native nearby noisy older open outer partial patient plain portable quiet rapid rare recent regular
    remote rough safe separate sharp silent simple slow small solid spare steady strict sudden thick tiny typical unusual
    upper useful vague warm weekly wooden yearly
""".split()
_LINKS = "because, so, but, although, while, and, unless, which means that, even if, as soon as, whenever".split(", ")
_OPENERS = """
    In practice, |Strangely enough, |We noticed that |After all, |For most people, |On the other hand, |Let me check: |
    It turns out that |To be fair, |By then |Step by step: |If I remember correctly, |According to the notes, |Still,
""".replace("\n", "").split("|")
_CHINESE = "我们|今天|因为|所以|这个|系统|城市|问题|需要|重新|计算|结果|非常|稳定|但是|天气|图书馆|学生|已经|完成|报告".split("|")
_JAPANESE = "資料|は|昨日|の|会議|で|確認|しました|が|まだ|新しい|駅|まで|歩いて|ください|データ|を|保存|する|カメラ".split("|")
_KOREAN = "오늘|회의|자료를|다시|확인하고|결과를|천천히|정리했습니다|그러나|새로운|지하철|시간표가|필요합니다".split("|")
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
        opener = self._random.choice(_OPENERS).strip() if self._random.random() < 0.4 else ""
        text = f"{opener} {self._clause()}".strip()
        if self._random.random() < 0.5:
            text += f", {self._random.choice(_LINKS)} {self._clause()}"
        return text[0].upper() + text[1:] + self._random.choice((".", ".", ".", ".", "?", "!"))

    def name(self, words: int = 2) -> str:
        """An identifier."""
        return "_".join(self._random.choices(_NOUNS, k=words))

    def record(self) -> dict[str, object]:
        """What a tool might be given or return."""
        pick = self._random
        return {
            "id": f"{pick.choice(_NOUNS)}-{pick.randrange(10**8):08x}",
            "title": self._clause(),
            "price": round(pick.uniform(0, 900), 2),
            "tags": pick.sample(_QUALITIES, 3),
            "active": pick.random() < 0.5,
            "parent": None if pick.random() < 0.5 else {"id": pick.randrange(10**6), "region": pick.choice(_NOUNS)},
        }

    def _clause(self) -> str:
        pick = self._random
        subject = f"the {pick.choice(_QUALITIES)} {pick.choice(_NOUNS)}"
        extra = f" {pick.randrange(2, 4000)} times" if pick.random() < 0.15 else ""
        return f"{subject} {pick.choice(_VERBS)} {pick.choice(('a', 'the', 'every', 'no'))} {pick.choice(_NOUNS)}{extra}"

    def _paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self._random.randint(2, 6)))

    def _function(self) -> str:
        pick = self._random
        name, argument, total = self.name(), pick.choice(_NOUNS), pick.choice(_NOUNS)
        lines = [f"def {name}({argument}: {pick.choice(_TYPES)}, limit: int = {pick.randrange(500)}) -> int:"]
        lines.append(f'    """{self.sentence()}"""')
        lines.append(f"    {total}_count = 0")
        for _ in range(pick.randint(1, 4)):
            lines.append(f"    for item in {argument}.{pick.choice(_NOUNS)}s[{pick.randrange(9)}:]:")
            lines.append(f'        if item["{pick.choice(_NOUNS)}"] >= limit * {pick.uniform(0, 3):.3f}:  # {self._clause()}')
            lines.append(f"            {total}_count += {self.name()}(item, key=lambda x: x.{pick.choice(_NOUNS)})")
        lines.append(f"    return {total}_count or {pick.randrange(100)}")
        return "\n".join(lines)

    def _eastern_sentence(self) -> str:
        pick = self._random
        words, space, stop = pick.choice(((_CHINESE, "", "。"), (_JAPANESE, "", "。"), (_KOREAN, " ", ". ")))
        return space.join(pick.choices(words, k=pick.randint(5, 14))) + stop

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
