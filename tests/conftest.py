"""What holds for every test: how Hypothesis searches, and how it says what it found."""

from __future__ import annotations

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
