"""What holds for every test: how Hypothesis searches and what it says; the folders that pin the shipped format."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.effort import examples

# No deadline: timing never decides a test. No database: each run searches anew, and a failure prints what repeats it.
settings.register_profile(
    "harmony",
    max_examples=examples(100),
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("harmony")

# They take longest, and run first: a worker with one of them at the end would work alone.
FIRST = ("test_every_edit.py", "test_no_dead_leaf.py", "test_variants.py", "test_fuzz_apart.py")
# Everything in them compares with the reference library, or with answers that are written down.
SHIPPED = [Path(__file__).parent / folder for folder in ("compat", "conformance")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in FIRST)
    for item in items:
        if any(folder in item.path.parents for folder in SHIPPED):
            item.add_marker(pytest.mark.shipped)
