"""Whether pydantic is new enough for what older versions do otherwise."""

from __future__ import annotations

import pydantic

__all__ = ["IS_2_11"]

IS_2_11 = tuple(map(int, pydantic.VERSION.split(".")[:2])) >= (2, 11)
