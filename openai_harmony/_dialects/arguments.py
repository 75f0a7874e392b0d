"""The arguments of calls, which are text for the model."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .given import Given, shown, surrogate_in

__all__ = ["arguments_of"]


def arguments_of(called: Given, key: str) -> str:
    """Return the arguments of a call as they are written; a dictionary becomes JSON, and null no text.

    Raises:
        ConversionError: they are neither text nor a dictionary of JSON values.
    """
    value = called.get(key)
    if value is None:
        return ""
    if isinstance(value, Mapping):
        try:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError, RecursionError) as problem:
            raise called.wrong(key, f"not JSON: {problem}") from None
        if surrogate_in(text) is not None:
            raise called.wrong(key, "half of a surrogate pair: no encoding of text has it")
        return text
    if not isinstance(value, str):
        raise called.wrong(key, f"expected text or a dictionary, not {shown(value)}")
    return called.text(key)
