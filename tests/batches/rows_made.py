"""Rows for batches, good and broken, and the files that they are written to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import strategies as st

Row: TypeAlias = Any  # a JSON value, or the bytes of a line

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SURROGATE = "\ud800"


def chat(number: int, answer: str = "Yes.") -> dict[str, Any]:
    """A row with a chat and other columns."""
    question = {"role": "user", "content": f"Is {number} a number?"}
    return {"id": number, "messages": [question, {"role": "assistant", "content": answer}]}


WITHOUT_CONTENT = {"id": 7, "messages": [{"role": "user", "content": 7}]}
# Each with a part of what is said of it.
BROKEN: list[tuple[Row, str]] = [
    (b"{", "no JSON: Expecting property name"),
    (b'{"a": "\xff"}', "not UTF-8, at byte 7"),
    (b"[" * 100_000, "no JSON: nested too deep"),
    (b'{"messages": NaN}', "no JSON: NaN is no value of JSON"),
    (b"[]", "expected an object of JSON, not list"),
    ({"id": 1}, "conversation or messages or input: missing"),
    (WITHOUT_CONTENT, "messages[0].content: expected "),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].tool_call_id: missing"),
    ({"messages": '[{"role": "user"'}, "messages: no JSON: "),
    ({"messages": [], "tools": [{"type": "function"}]}, "tools[0].function: missing"),
    ({"messages": [{"role": "user", "content": SURROGATE}]}, "half of a surrogate pair"),
    ({"messages": [{"role": "user", "content": "x", "channel": "x"}]}, "say that it is one: form="),
    (
        {"conversation": {"messages": [{"role": "user", "content": "x"}, {"role": "x"}]}},
        "conversation.messages[1]: Unknown role",
    ),
    ({"messages": [], "tokens": [1]}, "tokens: is the name of a new column, too"),
    ({SURROGATE: 1, "messages": []}, "half of a surrogate pair"),
]
GOOD = st.builds(chat, st.integers(0, 99), TEXTS)
ROWS = st.lists(st.one_of(GOOD, GOOD, st.sampled_from([row for row, _ in BROKEN])), max_size=8)


def line(row: Row) -> bytes:
    return row if isinstance(row, bytes) else json.dumps(row).encode("utf-8")


def write_lines(path: Path, rows: Sequence[Row], between: bytes = b"\n") -> Path:
    path.write_bytes(b"".join(line(row) + between for row in rows))
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    """The rows of files of lines: of one, or of the parts in a folder."""
    paths = sorted(path.glob("part-*.jsonl")) if path.is_dir() else [path]
    return [json.loads(text) for each in paths for text in each.read_bytes().split(b"\n") if text]


def digests(output: Path) -> Mapping[str, str]:
    """What is in the files of an output, by their names."""
    beside = output.with_name(f"{output.name}.batch")
    files = [path for folder in (output, beside) for path in ([folder] if folder.is_file() else folder.rglob("*"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}
