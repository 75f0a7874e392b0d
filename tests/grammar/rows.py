"""Completions by hand, from the files in rows/; messages.yaml says how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from openai_harmony import HarmonyEncodingName, load_harmony_encoding
from openai_harmony._grammar.vocabularies import pieces

FOLDER = Path(__file__).with_name("rows")
FORMATS = ("llguidance", "structural-tag", "xgrammar-ebnf", "gbnf", "regex")
BAR = "¦"
encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)


@dataclass(frozen=True)
class Row:
    """A completion and what is said of it.

    Attributes:
        told: as it stands in the file.
        tokens: its tokens.
        accepted: whether grammars accept it.
        position: the first token that they refuse.
        servers: whether it is accepted where the engine stops by itself at every token that ends a turn.
        judge: whether `check` accepts it.
        refused: by format, how far it is accepted where it is refused.
        unread: the same, for engines alone.
    """

    told: str
    tokens: list[int]
    accepted: bool
    position: int
    servers: bool
    judge: bool
    refused: Mapping[str, int]
    unread: Mapping[str, int]

    def canonical(self) -> bool:
        """Whether its text has no other tokens."""
        text = encoding.decode(self.tokens)
        return encoding.encode(text, allowed_special="all") == self.tokens

    def expected_of_judge(self, stops: frozenset[int], format: str) -> tuple[bool, int]:
        """What `check` says: whether it accepts the completion, and how far."""
        if self.judge and not self.accepted:
            return True, len(self.tokens)
        return self._expected(stops, format, self.refused)

    def expected(self, stops: frozenset[int], reader: str) -> tuple[bool, int]:
        """What an engine says: whether it accepts the completion, and how far."""
        return self._expected(stops, reader, {**self.refused, **self.unread})

    def _expected(self, stops: frozenset[int], reader: str, refused: Mapping[str, int]) -> tuple[bool, int]:
        if reader in refused:
            return False, refused[reader]
        if len(stops) > 2 and self.servers:
            return True, len(self.tokens) if self.position == len(self.tokens) else self.position + 1
        return self.accepted, self.position


@dataclass(frozen=True)
class RowSet:
    """Completions by one set of options; `only` names the formats that can hold it."""

    about: str
    options: dict[str, Any]
    only: tuple[str, ...]
    rows: list[Row]


def tokens_of(told: Any) -> tuple[list[int], int | None]:
    """The tokens of a completion, and how many stand before the bar; None without one."""
    found: list[int] = []
    bar = None
    for part in [told] if isinstance(told, str) else told:
        if isinstance(part, str):
            before, found_bar, behind = part.partition(BAR)
            found += encoding.encode(before, allowed_special="all")
            if found_bar:
                bar = len(found)
                found += encoding.encode(behind, allowed_special="all")
        elif "spelled" in part:
            found += encoding.encode(part["spelled"], disallowed_special=())
        elif "bytes" in part:
            found += [pieces().index(bytes([byte])) for byte in bytes.fromhex(part["bytes"])]
        else:
            found += part["ids"]
    return found, bar


def _row(told: Any, accepted: bool) -> Row:
    marks: dict[str, Any] = {}
    if isinstance(told, dict):
        marks = {key: value for key, value in told.items() if key != "text"}
        told = told["text"]
    refused, unread = (
        {reader: len(tokens_of(begin)[0]) for reader, begin in marks.pop(mark, {}).items()}
        for mark in ("refused", "engines_refuse")
    )
    assert set(marks) <= {"servers", "check"}, marks
    assert set(marks.values()) <= {"accepted"}, marks
    tokens, bar = tokens_of(told)
    assert not (accepted and bar is not None), f"a valid completion has a bar: {told}"
    position = len(tokens) if bar is None else bar
    assert bar is None or bar < len(tokens), f"nothing stands behind the bar: {told}"
    return Row(
        str(told),
        tokens,
        accepted,
        position,
        accepted or "servers" in marks,
        accepted or "check" in marks,
        refused,
        unread,
    )


def row_sets() -> Iterator[RowSet]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for told in yaml.safe_load(path.read_text(encoding="utf-8")):
            rows = [_row(each, True) for each in told["valid"]] + [_row(each, False) for each in told["invalid"]]
            yield RowSet(told["about"], told["options"], tuple(told.get("only", FORMATS)), rows)
