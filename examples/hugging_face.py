"""Prepare chats for training with Hugging Face: token ids and labels by `datasets`, and batches, packed or padded.

Only `main` needs `datasets`. Batches are tensors if PyTorch is installed, else numpy arrays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy

from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    Message,
    RenderConversationConfig,
    Role,
    SystemContent,
    ToolDescription,
    load_harmony_encoding,
)
from openai_harmony.packing import IGNORED, pack

ENCODING = load_harmony_encoding("HarmonyGptOss")
[PADDING] = ENCODING.encode("<|endoftext|>", allowed_special="all")
# The default may omit the thoughts of the last turn, which the model is to learn; this omits those of earlier turns.
HISTORY = RenderConversationConfig(analysis="finished_turns")
MAX_TOKENS = 4096

# All values of a column have one type in Arrow. Schemas and arguments do not, so they are JSON in a text.
ROWS: list[dict[str, Any]] = [
    {
        "messages": [
            {"role": "system", "content": "Answer in one sentence."},
            {"role": "user", "content": "What is the weather in Rome?"},
            {
                "role": "assistant",
                "thinking": "I have to look it up.",
                "tool_calls": [{"name": "weather", "arguments": '{"city": "Rome"}'}],
            },
            {"role": "tool", "name": "weather", "content": '{"sky": "clear"}'},
            {"role": "assistant", "thinking": "Clear means sunny.", "content": "It is sunny in Rome."},
        ],
        "tools": json.dumps([{"name": "weather", "parameters": {"properties": {"city": {"type": "string"}}}}]),
    },
    {
        "messages": [
            {"role": "user", "content": "What is 2 + 2?"},
            {"role": "assistant", "content": "4"},
            {"role": "user", "content": "And 3 + 3?"},
            {"role": "assistant", "content": "6"},
        ],
        "tools": None,
    },
]


def conversation_of(row: Mapping[str, Any]) -> Conversation:
    """Return a chat in Harmony, in which the text of the system message is the developer's instructions."""
    developer = DeveloperContent.new()
    messages: list[Message] = []
    for said in row["messages"]:
        if said["role"] == "system":
            developer = developer.with_instructions(said["content"])
        else:
            messages += _messages_of(said)
    if row.get("tools"):
        developer = developer.with_function_tools(
            [ToolDescription.from_openai(tool) for tool in json.loads(row["tools"])]
        )
    system = Message.from_role_and_content(Role.SYSTEM, SystemContent.new())
    return Conversation.from_messages([system, Message.from_role_and_content(Role.DEVELOPER, developer), *messages])


def _messages_of(said: Mapping[str, Any]) -> list[Message]:
    """Return one message of a chat as messages of Harmony. Arrow adds None for each key that other messages have."""
    if said["role"] == "user":
        return [Message.from_role_and_content(Role.USER, said["content"])]
    if said["role"] == "tool":
        answer = Message.from_author_and_content(Author.new(Role.TOOL, f"functions.{said['name']}"), said["content"])
        return [answer.with_recipient("assistant").with_channel("commentary")]
    messages: list[Message] = []
    if said.get("thinking"):
        messages.append(Message.from_role_and_content(Role.ASSISTANT, said["thinking"]).with_channel("analysis"))
    for call in said.get("tool_calls") or ():
        message = Message.from_role_and_content(Role.ASSISTANT, call["arguments"]).with_channel("commentary")
        messages.append(message.with_recipient(f"functions.{call['name']}").with_content_type("<|constrain|>json"))
    if said.get("content"):
        messages.append(Message.from_role_and_content(Role.ASSISTANT, said["content"]).with_channel("final"))
    return messages


def columns_of(row: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return the ids of a chat, and the labels of the tokens that the model sampled in its last turn."""
    rendered = ENCODING.render_with_spans(conversation_of(row), training=True, config=HISTORY)
    labels = [token if trained else IGNORED for token, trained in zip(rendered.tokens, rendered.loss_mask())]
    return {"input_ids": rendered.tokens, "labels": labels}


def packed(rows: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, list[list[int]]]:
    """Pack rows; longer ones than `MAX_TOKENS` are left out."""
    weights = [[label != IGNORED for label in labels] for labels in rows["labels"]]
    sequences = pack(rows["input_ids"], MAX_TOKENS, weights=weights, too_long="drop").sequences
    return {
        "input_ids": [sequence.tokens for sequence in sequences],
        "labels": [sequence.labels() for sequence in sequences],
        "position_ids": [list(sequence.position_ids) for sequence in sequences],
    }


def collate(rows: Sequence[Mapping[str, Sequence[int]]]) -> dict[str, Any]:
    """Return a batch: rows padded to the longest, or packed rows in one.

    Packed rows have no attention mask. Without one, flash attention in `transformers` finds the boundaries by the
    position ids; other kinds of attention would look across them.
    """
    if "position_ids" in rows[0]:
        batch = {name: [[value for row in rows for value in row[name]]] for name in rows[0]}
    else:
        longest = max(len(row["input_ids"]) for row in rows)
        gaps = [longest - len(row["input_ids"]) for row in rows]
        batch = {
            "input_ids": [[*row["input_ids"], *[PADDING] * gap] for row, gap in zip(rows, gaps)],
            "labels": [[*row["labels"], *[IGNORED] * gap] for row, gap in zip(rows, gaps)],
            "attention_mask": [[1] * (longest - gap) + [0] * gap for gap in gaps],
        }
    array: Any = import_module("torch").tensor if find_spec("torch") else numpy.array
    return {name: array(column) for name, column in batch.items()}


def main() -> None:
    from datasets import Dataset  # pyright: ignore[reportMissingImports]

    chats = Dataset.from_list(ROWS)
    rows = chats.map(columns_of, remove_columns=chats.column_names)
    packs = rows.map(packed, batched=True, batch_size=1000, remove_columns=rows.column_names)
    for name, dataset in (("padded", rows), ("packed", packs)):
        for column, values in collate(dataset.to_list()).items():
            print(name, column, tuple(values.shape))


if __name__ == "__main__":
    main()
