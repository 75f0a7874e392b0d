"""The rules that recoveries.yaml names are there, by that name."""

import re
from pathlib import Path

from codegen.check import checked
from codegen.check_recoveries import RULES, TABLE_KINDS
from openai_harmony._runtime.reading.headers import recovery
from openai_harmony._runtime.reading.reader import Reader

SPEC = checked(Path(__file__).parents[2] / "spec")


def is_rule(name: str) -> bool:
    return callable(getattr(recovery, name, None)) or callable(getattr(Reader, f"_{name}", None))


def test_every_rule_that_the_spec_names_is_one_of_the_runtime() -> None:
    named = {row.rule for row in SPEC.recoveries if row.rule is not None}
    assert named
    assert [name for name in sorted(named) if not is_rule(name)] == []


def test_a_misspelled_rule_would_be_noticed() -> None:
    assert not is_rule("lose_header")


REPORTED = re.compile(r'(?:Fault|fault|_recover)\(\s*"(\w+)"|"(\w+)" if \w+ else "(\w+)"|\("(\w+)", turn')
READING = Path(recovery.__file__).parents[1]


def reported(sources: str) -> set[str]:
    """The kinds that the runtime's rules report."""
    return {kind for found in REPORTED.findall(sources) for kind in found if kind}


def test_the_generator_knows_which_kinds_the_rules_report() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in READING.rglob("*.py"))
    assert reported(sources) == {kind for kinds in RULES.values() for kind in kinds} | set(TABLE_KINDS)


def test_a_kind_that_the_generator_does_not_know_would_be_noticed() -> None:
    assert reported('self._recover("new_kind", 0, 1)') == {"new_kind"}
