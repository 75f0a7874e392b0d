"""What the works are done on: completions as tokens, conversations as plain data, without objects.

Equal seeds give equal inputs. No library is known here; `encode` is any of theirs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

from .texts import Texts

__all__ = ["Chat", "Encode", "Tool", "Turn", "chat_turns", "completion", "many_messages", "short_chat", "tools"]

Encode = Callable[[str], list[int]]  # text to ids; what spells a special token becomes one


class Turn(NamedTuple):
    role: str
    text: str
    channel: str | None = None


class Tool(NamedTuple):
    name: str
    description: str
    parameters: dict[str, Any]


class Chat(NamedTuple):
    """A system message as everybody sends it, a developer message if there are instructions, and turns."""

    turns: tuple[Turn, ...]
    instructions: str | None = None
    tools: tuple[Tool, ...] = ()


# Completions -------------------------------------------------------------------------------------


def completion(encode: Encode, tokens: int, seed: str) -> list[int]:
    """What a model samples behind `<|start|>assistant`: analysis, a tool call, the answer; so many tokens in all.

    Two thirds of the text are analysis, as when a model thinks before it answers.
    """
    texts = Texts(seed)
    call = _message(encode, "commentary", texts.json(900), "functions.search_orders", "<|call|>")
    opening = encode("<|start|>assistant")
    rest = tokens - len(call) - 2 * len(opening)
    thought = _cut(encode, "analysis", texts.mixed(rest * 4), rest * 2 // 3, "<|end|>")
    answer = _cut(encode, "final", texts.mixed(rest * 5), rest - len(thought), "<|return|>")
    made = thought + opening + call + opening + answer
    assert len(made) == tokens
    return made


def one_message(encode: Encode, tokens: int, seed: str) -> list[int]:
    """One long answer and nothing else; so many tokens in all."""
    return _cut(encode, "final", Texts(seed).mixed(tokens * 5), tokens, "<|return|>")


def many_messages(encode: Encode, messages: int, seed: str) -> list[int]:
    """A long agentic turn: short thoughts and tool calls, one after the other, and the answer."""
    texts = Texts(seed)
    made: list[int] = []
    for number in range(messages - 1):
        if number % 2:
            made += _message(encode, "commentary", texts.json(60), f"functions.{texts.name()}", "<|call|>")
        else:
            made += _message(encode, "analysis", texts.sentence(), None, "<|end|>")
        made += encode("<|start|>assistant")
    return made + _message(encode, "final", texts.prose(200), None, "<|return|>")


def _message(encode: Encode, channel: str, text: str, recipient: str | None, stop: str) -> list[int]:
    call = f" to={recipient} <|constrain|>json" if recipient else ""
    return encode(f"<|channel|>{channel}{call}<|message|>{text}{stop}")


def _cut(encode: Encode, channel: str, text: str, tokens: int, stop: str) -> list[int]:
    """A message of exactly so many tokens; it may well end inside a character."""
    header = encode(f"<|channel|>{channel}<|message|>")
    return header + encode(text)[: tokens - len(header) - 1] + encode(stop)


# Conversations -----------------------------------------------------------------------------------


def short_chat(seed: str, sentences: int = 3) -> Chat:
    """One question of a user."""
    texts = Texts(seed)
    return Chat((Turn("user", " ".join(texts.sentence() for _ in range(sentences))),))


def chat_turns(turns: int, characters: int, seed: str) -> tuple[Turn, ...]:
    """A chat that ends in a question: of each turn but the last a question, a thought and an answer.

    `characters` are those of an answer; a question and a thought have a third of that each.
    """
    texts = Texts(seed)
    made = [Turn("user", texts.prose(characters // 3))]
    for _ in range(turns - 1):
        made.append(Turn("assistant", texts.prose(characters // 3), "analysis"))
        made.append(Turn("assistant", texts.mixed(characters), "final"))
        made.append(Turn("user", texts.prose(characters // 3)))
    return tuple(made)


# Tools -------------------------------------------------------------------------------------------


def tools(count: int, seed: str) -> tuple[Tool, ...]:
    """Function tools with rich schemas: nested objects, arrays, enumerations, defaults, optional fields."""
    texts = Texts(seed)
    chance = random.Random(seed)
    return tuple(
        Tool(f"{texts.name()}_{number}", texts.sentence(), _object(texts, chance, 2)) for number in range(count)
    )


def _object(texts: Texts, chance: random.Random, depth: int) -> dict[str, Any]:
    names = sorted({texts.name(1 + chance.randrange(2)) for _ in range(chance.randint(4, 7))})
    properties = {name: _schema(texts, chance, depth) for name in names}
    return {"type": "object", "properties": properties, "required": [name for name in names if chance.random() < 0.5]}


def _schema(texts: Texts, chance: random.Random, depth: int) -> dict[str, Any]:
    description = texts.sentence()
    kind = chance.randrange(8 if depth else 6)
    if kind == 0:
        return {"type": "string", "enum": [texts.name(1) for _ in range(4)], "description": description}
    if kind == 1:
        return {"type": "integer", "description": description, "default": chance.randrange(100)}
    if kind == 2:
        return {"type": "array", "items": {"type": chance.choice(("string", "number"))}, "description": description}
    if kind == 3:
        return {"type": "string", "description": description, "nullable": True}
    if kind == 4:
        return {"type": "boolean", "description": description, "default": chance.random() < 0.5}
    if kind == 5:
        return {"type": "string", "description": description, "examples": [texts.name(), texts.name()]}
    nested = _object(texts, chance, depth - 1)
    if kind == 6:
        return {"type": "array", "items": nested, "description": description}
    return {**nested, "description": description}
