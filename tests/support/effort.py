"""How many examples a property is tried on: what it needs in CI, or HARMONY_MAX_EXAMPLES if that is more."""

from __future__ import annotations

import os

__all__ = ["examples"]


def examples(needed: int) -> int:
    return max(needed, int(os.environ.get("HARMONY_MAX_EXAMPLES") or 0))
