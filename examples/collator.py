"""A data collator for fine-tuning: conversations in, batches with loss masks out, padded or packed.

A trainer calls it like its default collator, as in `DataLoader(chats, batch_size=8, collate_fn=Collator())`. Batches
are numpy arrays; `Collator(array=torch.as_tensor)` makes tensors of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy
from numpy.typing import NDArray

from openai_harmony import HarmonyEncoding, RenderConversationConfig, Rendered, load_harmony_encoding
from openai_harmony.chat import conversation_from_request
from openai_harmony.packing import IGNORED, pack

Integers = NDArray[numpy.int64]
Policy = Literal["last_assistant_turn", "last_assistant_message", "all_assistant_messages", "all_messages"]


def _encoding() -> HarmonyEncoding:
    return load_harmony_encoding("HarmonyGptOss")


@dataclass
class Collator:
    """Makes batches of chats.

    Attributes:
        max_tokens: the length of a row at most. A longer chat loses its first tokens, since its end is trained on.
        multiple: rows are padded to a multiple of this, so that there are fewer different shapes.
        packed: whether chats share a row, whose `position_ids` tell them apart.
        policy: which messages are trained on; docs/rendering.md has all policies.
        array: makes of an array what the trainer takes.
    """

    max_tokens: int = 4096
    multiple: int = 8
    packed: bool = False
    policy: Policy = "last_assistant_turn"
    array: Callable[[Integers], Any] = field(default=lambda column: column)
    encoding: HarmonyEncoding = field(default_factory=_encoding, repr=False)

    def __call__(self, chats: Sequence[Mapping[str, object]]) -> dict[str, Any]:
        """Return a batch.

        Args:
            chats: rows with `messages` and `tools`, in the form of Chat Completions.

        Raises:
            ConversionError: a row is no chat; the path is the place in it.
        """
        rows = [self._row(self._rendered(chat)) for chat in chats]
        batch = self._packed(rows) if self.packed else self._padded(rows)
        return {name: self.array(column) for name, column in batch.items()}

    def _rendered(self, chat: Mapping[str, object]) -> Rendered:
        # The conversion would leave out the thoughts before the last answer. Rendering leaves out those of earlier
        # turns alone, as in the prompts that the model will see.
        conversation = conversation_from_request(chat, analysis="keep")
        config = RenderConversationConfig(style="model", analysis="finished_turns")
        return self.encoding.render_with_spans(conversation, training=True, config=config)

    def _row(self, rendered: Rendered) -> tuple[Integers, Integers]:
        """Return the tokens of a chat, and the weight of each in the loss."""
        tokens = numpy.array(rendered.tokens[-self.max_tokens :], numpy.int64)
        weights = numpy.array(list(rendered.loss_mask(self.policy)), numpy.int64)[-self.max_tokens :]
        return tokens, weights

    def _padded(self, rows: Sequence[tuple[Integers, Integers]]) -> dict[str, Integers]:
        """Return one row for each chat, all as long as the longest."""
        longest = max(len(tokens) for tokens, _ in rows)
        shape = (len(rows), -(-longest // self.multiple) * self.multiple)
        batch: dict[str, Integers] = {
            "input_ids": numpy.full(shape, self._padding(), numpy.int64),
            "labels": numpy.full(shape, IGNORED, numpy.int64),
            "attention_mask": numpy.zeros(shape, numpy.int64),
        }
        for index, (tokens, weights) in enumerate(rows):
            batch["input_ids"][index, : len(tokens)] = tokens
            batch["labels"][index, : len(tokens)] = numpy.where(weights, tokens, IGNORED)
            batch["attention_mask"][index, : len(tokens)] = 1
        return batch

    def _packed(self, rows: Sequence[tuple[Integers, Integers]]) -> dict[str, Integers]:
        """Return rows that hold several chats each. Attention must not cross from one to the next."""
        packs = pack([row[0] for row in rows], self.max_tokens, weights=[row[1] for row in rows]).sequences
        longest = max(map(len, packs))
        shape = (len(packs), -(-longest // self.multiple) * self.multiple)
        batch: dict[str, Integers] = {
            "input_ids": numpy.full(shape, self._padding(), numpy.int64),
            "labels": numpy.full(shape, IGNORED, numpy.int64),
            "position_ids": numpy.zeros(shape, numpy.int64),
            "document_ids": numpy.full(shape, -1, numpy.int64),
        }
        for index, sequence in enumerate(packs):
            arrays, length = sequence.numpy(), len(sequence)
            batch["input_ids"][index, :length] = arrays.tokens
            batch["labels"][index, :length] = arrays.labels
            batch["position_ids"][index, :length] = arrays.position_ids
            batch["document_ids"][index, :length] = arrays.document_ids
        return batch

    def _padding(self) -> int:
        [token] = self.encoding.encode("<|endoftext|>", allowed_special="all")
        return token


CALL = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
CHATS: list[dict[str, object]] = [
    {
        "messages": [
            {"role": "system", "content": "Answer in one sentence."},
            {"role": "user", "content": "Is it warm in Rome?"},
            {"role": "assistant", "reasoning": "I have to look it up.", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "1", "content": "27 degrees"},
            {"role": "assistant", "reasoning": "27 is warm.", "content": "Yes, it has 27 degrees."},
        ],
        "tools": [{"type": "function", "function": {"name": "weather"}}],
    },
    {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}], "tools": None},
    {"messages": [{"role": "user", "content": "3 + 3?"}, {"role": "assistant", "content": "6"}], "tools": None},
]


def main() -> None:
    for collator in (Collator(), Collator(packed=True)):
        batch = collator(CHATS)
        print("packed" if collator.packed else "padded")
        for name, column in batch.items():
            print(f"  {name} {column.shape}, {(column == IGNORED).mean():.0%} ignored")
        trained = batch["labels"][batch["labels"] != IGNORED].tolist()
        print(f"  {(batch['input_ids'] == collator._padding()).mean():.0%} padding; trained on:")
        print(collator.encoding.decode(trained).replace("<|end|>", "<|end|>\n").replace("<|return|>", "<|return|>\n"))


if __name__ == "__main__":
    main()
