"""Words of the APIs that are words of the format, too, but mean a part of a request, whatever the format is."""

from __future__ import annotations

__all__ = ["ASSISTANT", "FUNCTION", "FUNCTIONS", "SYSTEM", "TOOL", "USER"]

ASSISTANT, USER, SYSTEM, TOOL, FUNCTION = "assistant", "user", "system", "tool", "function"  # roles of messages
FUNCTIONS = "functions"  # the key of the tools in requests of the older API
