"""A job over a dataset: a file of chats in JSON Lines becomes a file of token ids, in several processes if asked.

Rows that are no chats go to a file of their own with the reason, and the job goes on. For Parquet, loss masks, and jobs
that continue after an interruption, use `harmony batch`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from openai_harmony import Conversation, RenderConversationConfig, load_harmony_encoding
from openai_harmony.batch import render_batch
from openai_harmony.chat import conversation_from_request

ENCODING = load_harmony_encoding("HarmonyGptOss")
CONFIG = RenderConversationConfig(style="model", analysis="finished_turns")
AT_ONCE = 1000  # rows in memory


class Counts(NamedTuple):
    """What a job has done."""

    rows: int
    tokens: int
    bad: int


def conversations(lines: Iterable[tuple[int, str]], bad: list[dict[str, object]]) -> Iterator[Conversation]:
    """Yield the conversation of each line; of bad ones, keep the number and the reason."""
    for number, line in lines:
        try:
            row = json.loads(line)
            # Rendering leaves out the thoughts of finished turns; the conversion would leave out those of the last.
            yield conversation_from_request(row, analysis="keep")
        except ValueError as error:  # no JSON, or a ConversionError, which names the place
            bad.append({"line": number, "error": str(error), "text": line})


def run(source: Path, target: Path, *, workers: int | None = None) -> Counts:
    """Render the chats of a file.

    Args:
        source: a file with a chat a line: `{"messages": […], "tools": […]}`.
        target: the file to write: `{"input_ids": […]}` a line. Bad rows go to a file with `.bad` in its name.
        workers: the number of processes; None for this one.
    """
    rows = tokens_written = 0
    bad: list[dict[str, object]] = []
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        numbered = ((number, line.rstrip("\n")) for number, line in enumerate(lines, 1) if line.strip())
        good = conversations(numbered, bad)
        while some := list(islice(good, AT_ONCE)):
            for tokens in render_batch(ENCODING, some, training=True, config=CONFIG, workers=workers):
                out.write(json.dumps({"input_ids": tokens}) + "\n")
                rows, tokens_written = rows + 1, tokens_written + len(tokens)
    side = target.with_suffix(f".bad{target.suffix}")
    side.write_text("".join(json.dumps(row) + "\n" for row in bad), encoding="utf-8")
    return Counts(rows, tokens_written, len(bad))


CHATS = [
    {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "reasoning": "Easy.", "content": "4"}]},
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/cat.png"}}]}]},
    {"messages": [{"role": "user", "content": "3 + 3?"}, {"role": "assistant", "content": "6"}]},
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, nargs="?", help="a file of chats; without it, a small one is made")
    parser.add_argument("target", type=Path, nargs="?", help="the file to write")
    parser.add_argument("--workers", type=int)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = given.source or Path(folder, "chats.jsonl")
        target = given.target or Path(folder, "tokens.jsonl")
        if given.source is None:
            source.write_text("".join(json.dumps(chat) + "\n" for chat in CHATS) + "no JSON\n", encoding="utf-8")
        counts = run(source, target, workers=given.workers)
        print(f"{counts.rows} rows, {counts.tokens} tokens, {counts.bad} bad rows")
        if given.source is None:
            for line in target.read_text(encoding="utf-8").splitlines():
                print(f"  {ENCODING.decode(json.loads(line)['input_ids'])!r}")
            for line in target.with_suffix(".bad.jsonl").read_text(encoding="utf-8").splitlines():
                print("  line {line}: {error}".format(**json.loads(line)))


if __name__ == "__main__":
    main()
