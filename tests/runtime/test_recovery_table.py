"""docs/recovery.md says of every kind of recovery what is done about it here, and what the reference does."""

from __future__ import annotations

import pytest

from openai_harmony import RecoveryKind
from tests.support.recovery_table import documented, table

pytestmark = pytest.mark.shipped  # the page shows samples in the shipped format, and what the reference makes of them


def test_the_document_has_a_row_for_every_kind() -> None:
    kinds = [row.split("`")[1] for row in documented().splitlines()[2:]]
    assert kinds == [kind.value for kind in RecoveryKind]


def test_every_row_says_what_is_measured_here_and_in_the_reference() -> None:
    assert documented().splitlines() == table().splitlines()
