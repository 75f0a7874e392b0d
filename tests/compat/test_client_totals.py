"""docs/operators.md says how much of the samples programs show, as it is measured."""

from __future__ import annotations

import re

from tests.compat.client_totals import DOCUMENT, documented, table
from tests.compat.clients import RECOVERING, samples

PAGE = DOCUMENT.read_text(encoding="utf-8")


def test_the_table_is_what_is_measured() -> None:
    assert documented().splitlines() == table().splitlines()
    assert f"{len(samples())} samples" in " ".join(PAGE.split())


def test_the_line_that_operators_set_is_the_one_that_is_tried() -> None:
    assert re.search(rf"^{' '.join(f'{name}={value}' for name, value in RECOVERING.items())} ", PAGE, re.MULTILINE)
