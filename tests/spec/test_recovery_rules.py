"""The rules that recoveries.yaml names are there, by that name."""

from pathlib import Path

from codegen.check import checked
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
