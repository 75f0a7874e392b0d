"""Commands run in this process."""

from __future__ import annotations

from tests.commands.conftest import harmony

__all__ = ["harmony"]
