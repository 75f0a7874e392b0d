"""A plugin of pytest: `pytest --harmony-target module:adapter` runs the rows of the conformance kit as tests.

It stands beside the package, since pytest imports it at the start of every run, and imports the package only if a run
has a target. docs/conformance.md has an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from openai_harmony.conformance import Outcome, Row, Target

NAME = "harmony"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup(NAME, "conformance to Harmony, the message format of gpt-oss")
    group.addoption("--harmony-target", metavar="MODULE:ADAPTER", help="run the rows of the conformance kit as tests")
    group.addoption("--harmony-command", metavar="COMMAND", help="ask a program instead, by lines of JSON")
    group.addoption("--harmony-kind", metavar="KIND", action="append", default=[], help="run only rows of this kind")
    group.addoption("--harmony-known", metavar="FILE", help="ids of rows that are known to fail, one a line")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of rows."""
    config.addinivalue_line("markers", f"{NAME}(kind): a row of the conformance kit (--harmony-target)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add a test for each row, if the run has a target."""
    if config.option.harmony_target or config.option.harmony_command:
        rows: _Rows = _Rows.from_parent(session, name=NAME, nodeid=NAME)
        items.extend(rows.collect())


class _Rows(pytest.Collector):
    """The rows, and the target that they are asked of."""

    target: Target

    def collect(self) -> Iterator[_RowItem]:
        from openai_harmony.conformance import imported, program, read_rows
        from openai_harmony.conformance.report import known_in

        option: Any = self.config.option
        try:
            known = known_in(_path(option.harmony_known)) if option.harmony_known else frozenset[str]()
            rows = read_rows(kinds=option.harmony_kind)
            self.target = imported(option.harmony_target) if option.harmony_target else program(option.harmony_command)
        except (ValueError, OSError) as error:
            raise pytest.UsageError(f"--harmony-target: {error}") from error
        self.config.add_cleanup(self.target.close)
        for row in rows.values():
            item: _RowItem = _RowItem.from_parent(self, name=row.id, row=row)
            item.add_marker(pytest.mark.harmony(row.kind))
            item.extra_keyword_matches.update((NAME, row.kind))
            if row.id in known:
                item.add_marker(pytest.mark.xfail(strict=True, reason="known to fail"))
            yield item


def _path(name: str) -> Path:
    from pathlib import Path

    return Path(name)


class _Wrong(Exception):
    """The answer to a row is wrong."""

    def __init__(self, outcome: Outcome) -> None:
        from openai_harmony.conformance.report import told

        super().__init__(told(outcome))


class _RowItem(pytest.Item):
    """A row as a test."""

    def __init__(self, *, row: Row, **given: Any) -> None:
        super().__init__(**given)
        self._row = row

    def runtest(self) -> None:
        from openai_harmony.conformance.asking import outcome_of

        assert isinstance(self.parent, _Rows)
        outcome = outcome_of(self._row, self.parent.target.ask(self._row))
        if outcome.result == "not offered":
            pytest.skip(f"not offered: {outcome.answer.reason}")
        if outcome.result == "failed":
            raise _Wrong(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, _Wrong) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path | str, int | None, str]:
        return self.path, None, f"{NAME}: {self.name}"
