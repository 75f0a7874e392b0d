"""Responses by their ids, for requests that go on from an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import NotFound

__all__ = ["Store"]

Item = Mapping[str, Any]


class Store:
    """Keeps the items of the latest responses, each with those that led to it.

    Args:
        size: how many responses are kept.
    """

    def __init__(self, size: int = 1000) -> None:
        self._size = size
        self._items: dict[str, list[Item]] = {}

    def before(self, request: Mapping[str, Any]) -> list[Item] | None:
        """Return the items up to the end of the response that a request goes on from; None if it goes on from none.

        Raises:
            NotFound: that response is not kept.
        """
        name = request.get("previous_response_id")
        if name is None:
            return None
        if not isinstance(name, str) or name not in self._items:
            raise NotFound(f"there is no response {name!r}", path="previous_response_id")
        return self._items[name]

    def add(self, earlier: Sequence[Item] | None, request: Mapping[str, Any], response: Mapping[str, Any]) -> None:
        """Keep a response, unless its request forbids it. If the store is full, the oldest response is dropped.

        Args:
            earlier: the items before the request.
            request: the body of the request.
            response: the response.
        """
        if request.get("store") is False:
            return
        given = request["input"]
        items = [{"role": "user", "content": given}] if isinstance(given, str) else given
        self._items[response["id"]] = [*(earlier or ()), *items, *response["output"]]
        while len(self._items) > self._size:
            del self._items[next(iter(self._items))]

    def item(self, name: str) -> Item | None:
        """Return the item with an id; None if no response that is kept has it."""
        return next((item for items in self._items.values() for item in items if item.get("id") == name), None)
