"""The table of docs/recovery.md: each kind of recovery, a sample, and what it reads as here and in the reference.

Written anew by `HARMONY_REFERENCE=.reference python -m tests.support.recovery_table`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from openai_harmony import load_harmony_encoding
from tests.support.reference import reference
from tests.support.samples import SAMPLES

__all__ = ["DOCUMENT", "documented", "table"]

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "recovery.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
HEAD = "| kind | sample | here | the reference | the reference, `strict=False` |\n| --- | --- | --- | --- | --- |\n"
NOT_SAID = ("role", "content")
ENCODING = load_harmony_encoding("HarmonyGptOss")


def table() -> str:
    """The table as it should be."""
    spec = yaml.safe_load((ROOT / "spec" / "recoveries.yaml").read_text(encoding="utf-8"))["recoveries"]
    samples = {sample["id"]: sample for sample in SAMPLES}
    return HEAD + "".join(_row(kind, samples[fact["evidence"]]) for kind, fact in spec.items())


def documented() -> str:
    """The table as it stands in the document."""
    return DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def _row(kind: str, sample: dict[str, Any]) -> str:
    tokens = sample.get("tokens") or ENCODING.encode(sample["text"], allowed_special="all")
    question = {"tokens": tokens, "role": sample["role"]}
    ours = ENCODING.parse(tokens, sample["role"])
    cells = [
        f"`{kind}`",
        _code(_spelled(tokens)),
        _messages([message.to_dict() for message in ours.messages]),
        *(_theirs({**question, "strict": strict}) for strict in (True, False)),
    ]
    return "| " + " | ".join(cells) + " |\n"


def _theirs(question: dict[str, Any]) -> str:
    (answer,) = reference().ask([("parse", question)])
    if "error" in answer:
        return "raises"
    return _messages(answer["output"]["messages"])


def _messages(messages: list[dict[str, Any]]) -> str:
    return "<br>".join(map(_message, messages)) or "no message"


def _message(message: dict[str, Any]) -> str:
    """The fields that are set, and the text; an assistant's message says no author."""
    said = [] if message["role"] == "assistant" else [f"author {_code(message['name'] or message['role'])}"]
    said += [f"{key} {_code(value)}" for key, value in message.items() if key not in (*NOT_SAID, "name") and value]
    text = "".join(content["text"] for content in message["content"])
    return ", ".join(said) + (": " if said else "") + (_code(text) if text.strip() else "no text")


def _spelled(tokens: list[int]) -> str:
    """The tokens for people; an id that no vocabulary lists is said as a number."""
    return "".join(ENCODING.decode([token]) if ENCODING.scan_bytes([token]) else f"[{token}]" for token in tokens)


def _code(text: str) -> str:
    text = text.replace("\n", "\\n").replace("|", "\\|")
    return f"`{text}`"


def main() -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
