"""The example for Hugging Face does what it says: on plain lists here, and by `datasets` where that is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import pytest

from openai_harmony.packing import IGNORED

pytestmark = pytest.mark.shipped  # the words of Harmony are spelled out

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def example() -> Any:
    """The module; in another format, it could not be imported."""
    return import_module("examples.hugging_face")


def trained(example: Any, labels: list[int]) -> str:
    return example.ENCODING.decode([label for label in labels if label != IGNORED])


def test_a_chat_becomes_messages_with_its_thoughts_calls_and_answers(example: Any) -> None:
    _, developer, *messages = example.conversation_of(example.ROWS[0]).messages
    assert [(m.author.role, m.channel, m.recipient) for m in messages] == [
        ("user", None, None),
        ("assistant", "analysis", None),
        ("assistant", "commentary", "functions.weather"),
        ("tool", "commentary", "assistant"),
        ("assistant", "analysis", None),
        ("assistant", "final", None),
    ]
    text = example.ENCODING.decode(example.ENCODING.render(developer))
    assert "Answer in one sentence." in text
    assert "type weather = (_: " in text


def test_the_labels_are_what_the_model_sampled_in_its_last_turn(example: Any) -> None:
    columns = example.columns_of(example.ROWS[0])
    assert trained(example, columns["labels"]) == (
        "<|channel|>analysis<|message|>I have to look it up.<|end|>"
        ' to=functions.weather<|channel|>commentary <|constrain|>json<|message|>{"city": "Rome"}<|call|>'
        "<|channel|>analysis<|message|>Clear means sunny.<|end|>"
        "<|channel|>final<|message|>It is sunny in Rome.<|return|>"
    )
    assert all(label in (IGNORED, token) for label, token in zip(columns["labels"], columns["input_ids"]))
    assert trained(example, example.columns_of(example.ROWS[1])["labels"]) == "<|channel|>final<|message|>6<|return|>"


def columns(rows: list[dict[str, list[int]]]) -> dict[str, list[list[int]]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def rows_of(columns: dict[str, list[list[int]]]) -> list[dict[str, list[int]]]:
    return [dict(zip(columns, values)) for values in zip(*columns.values())]


def test_a_batch_is_padded_to_its_longest_row(example: Any) -> None:
    rows = [example.columns_of(row) for row in example.ROWS]
    batch = example.collate(rows)
    lengths = [len(row["input_ids"]) for row in rows]
    for name, value in (("input_ids", example.PADDING), ("labels", IGNORED)):
        for row, found in zip(rows, numpy.asarray(batch[name]).tolist(), strict=True):
            assert found == row[name] + [value] * (max(lengths) - len(row[name]))
    assert numpy.asarray(batch["attention_mask"]).sum(axis=1).tolist() == lengths


def test_a_batch_is_made_of_tensors_if_pytorch_is_installed(example: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = ModuleType("torch")
    torch.__spec__ = ModuleSpec("torch", None)
    torch.tensor = lambda column: ("tensor", column)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    row = example.columns_of(example.ROWS[1])
    assert example.collate([row]) == {
        "input_ids": ("tensor", [row["input_ids"]]),
        "labels": ("tensor", [row["labels"]]),
        "attention_mask": ("tensor", [[1] * len(row["input_ids"])]),
    }


def test_packed_rows_hold_every_label_and_are_joined_to_one_without_a_mask(example: Any) -> None:
    rows = [example.columns_of(row) for row in example.ROWS * 20]
    packed = example.packed(columns(rows))
    assert len(packed["input_ids"]) < len(rows) / 10
    assert max(map(len, packed["input_ids"])) <= example.MAX_TOKENS
    assert sorted(chain(*packed["labels"])) == sorted(chain(*(row["labels"] for row in rows)))
    batch = example.collate(rows_of(packed))
    assert sorted(batch) == ["input_ids", "labels", "position_ids"]
    total = sum(len(row["input_ids"]) for row in rows)
    assert {numpy.asarray(column).shape for column in batch.values()} == {(1, total)}
    assert (numpy.asarray(batch["position_ids"]) == 0).sum() == len(rows)


def test_a_row_that_is_too_long_is_left_out(example: Any) -> None:
    long = {"input_ids": [1] * (example.MAX_TOKENS + 1), "labels": [1] * (example.MAX_TOKENS + 1)}
    packed = example.packed(columns([long, example.columns_of(example.ROWS[1])]))
    assert packed["input_ids"] == [example.columns_of(example.ROWS[1])["input_ids"]]


PROGRAM = """
import json
from datasets import Dataset
from examples import hugging_face as example
chats = Dataset.from_list(example.ROWS)
rows = chats.map(example.columns_of, remove_columns=chats.column_names)
packs = rows.map(example.packed, batched=True, remove_columns=rows.column_names)
print(json.dumps([list(rows), list(packs)]))
"""


def run(arguments: list[str], cache: Path) -> str:
    environment = {**os.environ, "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_datasets_map_gives_the_same_columns(example: Any, tmp_path: Path) -> None:
    wanted = [example.columns_of(row) for row in example.ROWS]
    found: list[Any] = json.loads(run(["-c", PROGRAM], tmp_path))
    assert found == [wanted, rows_of(example.packed(columns(wanted)))]
    shapes = run(["examples/hugging_face.py"], tmp_path).splitlines()
    assert [line.rpartition(" (")[0] for line in shapes] == [
        *("padded input_ids", "padded labels", "padded attention_mask"),
        *("packed input_ids", "packed labels", "packed position_ids"),
    ]
