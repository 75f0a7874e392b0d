"""The fast path for whole inputs without faults: a regular expression finds the messages, the table checks each step.

Recovery and errors do not belong here: for any other input the result is None, and the caller reads it token by token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .headers.header import Header
from .headers.lexer import Item
from .headers.reader import HeaderTable
from .machine import Framing

__all__ = ["BulkReader"]


class BulkReader:
    """Reads whole inputs of one framing.

    Args:
        framing: the tables.
        headers: reads headers and caches them.
        marker: returns the bytes that represent a special token's id in the input; they begin with the byte 0xff.
        message: makes a message from its header and text.
    """

    def __init__(
        self,
        framing: Framing,
        headers: HeaderTable,
        marker: Callable[[int], bytes],
        message: Callable[[Header, str], Any],
    ) -> None:
        self.framing = framing
        self.headers = headers
        self.message = message
        self._fits = not framing.has_literals  # a format with literals is read token by token
        if not self._fits:
            return
        ids = {terminal: marker(token) for token, terminal in framing.terminals.items()}
        self._terminals = {data: terminal for terminal, data in ids.items()}

        def either(terminals: Any) -> bytes:
            return b"|".join(re.escape(ids[terminal]) for terminal in sorted(terminals))

        self._message = re.compile(
            b"(" + re.escape(ids[framing.opens]) + b")?"
            # Written as runs, so that the engine does not keep a backtracking point for each byte.
            b"([^\xff]*(?:(?:" + either(framing.markers) + b")[^\xff]*)*)" + re.escape(ids[framing.closes_header]) +
            b"([^\xff]*)(?:(" + either(framing.stops) + b")|\\Z)"
        )  # fmt: skip
        self._item = re.compile(b"(" + either(framing.markers) + b")|([^\xff]+)")

    def read(self, data: bytes, role: str | None) -> list[Any] | None:
        """Read all messages of an input.

        Args:
            data: the bytes of the input, with marker bytes in place of special tokens.
            role: the role given by the prompt; None for a transcript.

        Returns:
            The messages; None if the input has a fault or a form that this path does not handle.
        """
        if not self._fits:
            return None
        framing, states, recall = self.framing, self.framing.states, self.headers.recall
        state, prompt_role = (framing.transcript, None) if role is None else (framing.completion, role)
        messages: list[Any] = []
        at, end = 0, len(data)
        match = self._message.match
        while at < end:
            found = match(data, at)
            if found is None:
                return None
            opens, form, content, stop = found.groups()
            if opens is not None:
                step = states[state].steps.get(framing.opens)
                if step is None:
                    return None
                state, prompt_role = step.target, None
            elif at:
                return None
            header = recall(state, prompt_role, (form,)) or self._read(state, prompt_role, form)
            if header is None or (header.doubtful and not content):
                return None
            messages.append(self.message(header, content.decode("utf-8", "replace")))
            at = found.end()
            if stop is None:
                return messages if at == end and states[header.state].ends else None
            step = states[header.state].steps.get(self._terminals[stop])
            if step is None:
                return None
            state = step.target
        return messages if states[state].ends else None

    def _read(self, state: int, prompt_role: str | None, form: bytes) -> Header | None:
        items = []
        for found in self._item.finditer(form):
            terminal = self._terminals[found[1]] if found[1] else None
            items.append(Item(terminal, found[0], found.start()))
        try:
            header = self.headers.read(state, prompt_role, items)
        except UnicodeDecodeError:
            return None
        if not isinstance(header, Header):
            return None
        self.headers.keep(state, prompt_role, (form,), header)
        return header
