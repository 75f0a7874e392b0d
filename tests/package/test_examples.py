"""The examples do what they say: a loop of tools, a collator, a job over a dataset, a format of one's own."""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
import pytest

from openai_harmony import load_harmony_encoding
from openai_harmony.packing import IGNORED

pytestmark = pytest.mark.shipped  # the words of Harmony are spelled out

ROOT = Path(__file__).parents[2]
ENCODING = load_harmony_encoding("HarmonyGptOss")


def test_the_page_lists_every_example() -> None:
    page = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"\]\(([\w./]+)\)", page))
    there = {path.name for path in (ROOT / "examples").glob("*.py")} | {
        f"{path.parent.name}/" for path in (ROOT / "examples").glob("*/__main__.py")
    }
    assert {name for name in listed if not name.startswith("..")} == there


# A loop of tools ----------------------------------------------------------------------------------


def test_the_loop_tells_the_model_its_faults_and_ends_with_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    import_module("examples.tool_loop").main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 15
    assert "there is no city 'Romee'" in lines[2]
    assert '{"sky": "clear", "celsius": 27}' in lines[6]
    assert '{"sky": "rain", "celsius": 9}' in lines[7]
    assert "JSONDecodeError" in lines[10]
    assert lines[-1] == "assistant on final: It is 18 degrees warmer in Rome than in Oslo."


def test_the_prompts_of_the_loop_begin_with_all_earlier_tokens() -> None:
    example: Any = import_module("examples.tool_loop")
    script, prompts = example.scripted(example.SCRIPT), list[list[int]]()

    def model(prompt: list[int]) -> list[int]:
        prompts.append(prompt)
        sampled: list[int] = script(prompt)
        prompts.append([*prompt, *sampled])
        return sampled

    list(example.answered(model, "?"))
    assert len(prompts) == 10
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(prompts))
    assert "type difference = (_: {\na: number,\nb: number,\n}) => any;" in ENCODING.decode(prompts[0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('to=functions.nothing<|message|>{"a": 1}', "there is no function 'nothing', only weather, difference"),
        ("to=functions.weather<|message|>[1]", "TypeError: the arguments are no JSON object"),
        ('to=functions.weather<|message|>{"town": "Rome"}', "unexpected keyword argument 'town'"),
    ],
)
def test_a_wrong_call_has_a_result_that_says_so(call: str, said: str) -> None:
    example: Any = import_module("examples.tool_loop")
    script = [f"<|channel|>commentary {call}<|call|>", "<|channel|>final<|message|>Sorry.<|return|>"]
    _, result, answer = example.answered(example.scripted(script), "?")
    assert said in json.loads(result.text)["error"]
    assert answer.text == "Sorry."


def test_a_model_that_never_answers_is_stopped() -> None:
    example: Any = import_module("examples.tool_loop")
    call = "<|channel|>commentary to=functions.weather<|message|>{}<|call|>"
    with pytest.raises(RuntimeError, match="no answer after 8 rounds"):
        list(example.answered(example.scripted([call] * 9), "?"))


# A collator ---------------------------------------------------------------------------------------


def made(**options: Any) -> tuple[Any, dict[str, Any]]:
    example: Any = import_module("examples.collator")
    collator = example.Collator(**options)
    return collator, collator(example.CHATS)


def trained(row: Any) -> str:
    return ENCODING.decode([label for label in row.tolist() if label != IGNORED])


def test_a_padded_batch_trains_on_the_last_turn_of_each_chat() -> None:
    _, batch = made()
    shape = batch["input_ids"].shape
    assert {column.shape for column in batch.values()} == {shape}
    assert shape[1] % 8 == 0
    assert trained(batch["labels"][0]) == (
        "<|channel|>analysis<|message|>I have to look it up.<|end|>"
        '<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": "Rome"}<|call|>'
        "<|channel|>analysis<|message|>27 is warm.<|end|>"
        "<|channel|>final<|message|>Yes, it has 27 degrees.<|return|>"
    )
    assert [trained(row) for row in batch["labels"][1:]] == [
        f"<|channel|>final<|message|>{answer}<|return|>" for answer in (4, 6)
    ]
    told = batch["labels"] != IGNORED
    assert (batch["labels"][told] == batch["input_ids"][told]).all()
    assert not told[batch["attention_mask"] == 0].any()
    padding = batch["input_ids"][batch["attention_mask"] == 0]
    assert set(padding.tolist()) == {199999}


def test_a_packed_batch_holds_the_same_chats_and_tells_them_apart() -> None:
    _, padded = made()
    _, packed = made(packed=True)
    assert packed["input_ids"].shape[0] == 1
    documents = packed["document_ids"][0]
    for number in range(3):
        mask = padded["attention_mask"][number].astype(bool)
        mine = documents == number
        assert packed["input_ids"][0][mine].tolist() == padded["input_ids"][number][mask].tolist()
        assert packed["labels"][0][mine].tolist() == padded["labels"][number][mask].tolist()
        assert packed["position_ids"][0][mine].tolist() == list(range(mask.sum()))
    assert set(packed["labels"][0][documents == -1].tolist()) == {IGNORED}


def test_a_chat_that_is_too_long_loses_its_first_tokens() -> None:
    _, whole = made(multiple=1)
    _, batch = made(max_tokens=40, multiple=1)
    assert batch["input_ids"].shape == (3, 40)
    assert trained(batch["labels"][0]).endswith("Yes, it has 27 degrees.<|return|>")
    length = whole["attention_mask"][0].sum()
    assert batch["input_ids"][0].tolist() == whole["input_ids"][0][length - 40 : length].tolist()


def test_a_trainer_gets_what_it_asks_for_and_a_bad_row_names_its_place() -> None:
    collator, batch = made(array=numpy.ndarray.tolist)
    assert isinstance(batch["labels"], list)
    with pytest.raises(ValueError, match=r"messages\[0\].role"):
        collator([{"messages": [{"role": "nobody", "content": "x"}]}])


# A job over a dataset -----------------------------------------------------------------------------


def test_a_job_writes_good_rows_and_keeps_the_bad_ones(tmp_path: Path) -> None:
    example: Any = import_module("examples.dataset_job")
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    chats = [json.dumps(chat) for chat in example.CHATS]
    source.write_text("\n".join([*chats[:2], "", "{", chats[2], "[]"]) + "\n", encoding="utf-8")
    counts = example.run(source, target)
    rows = [json.loads(line)["input_ids"] for line in target.read_text(encoding="utf-8").splitlines()]
    assert counts == (2, sum(map(len, rows)), 3)
    assert [ENCODING.decode(row)[-17:] for row in rows] == ["message|>4<|return|>"[-17:], "message|>6<|return|>"[-17:]]
    assert "<|channel|>analysis<|message|>Easy.<|end|>" in ENCODING.decode(rows[0])
    bad = [json.loads(line) for line in (tmp_path / "out.bad.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["line"] for row in bad] == [2, 4, 6]
    assert bad[0]["error"].startswith("messages[0].content[0]: ")
    assert bad[1]["text"] == "{"


def test_a_job_without_files_shows_itself(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dataset_job"])
    import_module("examples.dataset_job").main()
    assert capsys.readouterr().out.startswith("2 rows, 140 tokens, 2 bad rows\n")


# A format of one's own ----------------------------------------------------------------------------


def test_a_channel_is_added_by_a_changed_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example: Any = import_module("examples.custom_format.__main__")
    try:
        package = example.generated(tmp_path)
        example.show(package)
        assert import_module(f"{example.PACKAGE}.__main__").main(["conformance"]) == 2
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == example.PACKAGE]:
            del sys.modules[name]
    out, err = capsys.readouterr()
    assert err == "harmony conformance: this package has no rows\n"
    assert "# Valid channels: analysis, commentary, plan, final." in out
    assert "<|start|>assistant<|channel|>plan<|message|>1. Look it up. 2. Answer.<|end|>" in out
    assert "unknown_channel at tokens 9 to 11" in out
    # Rows with right answers are those of the shipped format.
    assert not (tmp_path / example.PACKAGE / "data" / "conformance").exists()
