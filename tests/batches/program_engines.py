"""A program in which the examples of docs/datasets.md for an engine run, and a job is done by that engine.

Run with the name of the engine, in a folder that has `chats.jsonl`; prints what the rows became.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "datasets.md"


def example(engine: str) -> dict[str, Any]:
    """Run the example of an engine, and return its names."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition(f"\nWith **{engine}**")
    block = re.search(r"^```py\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert block is not None, engine
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(block[1], f"{PAGE.name}, {engine}", "exec"), names)
    return names


def told(rows: Iterable[Any]) -> None:
    made = [[row["id"], None if row["tokens"] is None else list(map(int, row["tokens"])), row["error"]] for row in rows]
    print(json.dumps(sorted(made)))


def hugging_face() -> None:
    told(example("Hugging Face datasets")["prompts"].with_format(None))


def ray() -> None:
    import ray

    from openai_harmony.datasets import RenderTask, run_batch

    ray.init(num_cpus=2, object_store_memory=256 * 2**20, include_dashboard=False, log_to_driver=False)
    context = ray.data.DataContext.get_current()
    context.read_op_min_num_blocks = 2
    told(example("Ray Data")["prompts"].iter_rows())
    result = run_batch("chats.jsonl", "ray", RenderTask("training"), engine="ray", workers=2, part_rows=3)
    ray.shutdown()
    print(result.rows, result.bad_rows)


if __name__ == "__main__":
    {"datasets": hugging_face, "ray": ray}[sys.argv[1]]()
