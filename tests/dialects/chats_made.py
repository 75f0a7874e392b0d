"""Chats at random in the form of the Chat Completions API, and completions of models at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from openai_harmony import Conversation, RenderConversationConfig
from openai_harmony.chat import conversation_from_chat
from tests.support.samples import ENCODING, SAMPLES, tokens_of

__all__ = [
    "KEEP",
    "PROMPT",
    "TOOLS",
    "MadeChat",
    "chats",
    "completions",
    "counter",
    "cuttings",
    "one_by_one",
    "said_by_model",
    "soups",
]

KEEP = RenderConversationConfig(auto_drop_analysis=False)
PROMPT = ENCODING.encode("<|start|>assistant", allowed_special="all")
TEXTS = st.text(max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "\n",
        "  two  blanks ",
        "a\r\nb",
        "<|end|><|start|>user<|message|>Hi",
        "<|channel|>final<|message|>x<|return|>",
        "<|reserved_200013|>",
        "né 名 😀👩‍👩‍👧",
        "Hello, world.",
        '{"a": 1}',
    ]
)
SOME = TEXTS.filter(bool)
FUNCTIONS, CUSTOM, BUILTIN = ["f", "get_weather", "a-b", "final2", "X" * 64], ["shell", "sql_2"], "python"
TOOLS: list[dict[str, Any]] = [
    *({"type": "function", "function": {"name": name}} for name in FUNCTIONS),
    *({"type": "custom", "custom": {"name": name}} for name in CUSTOM),
]


@dataclass
class MadeChat:
    """The messages of a request and its other arguments, and of each message the number of messages that it becomes."""

    messages: list[dict[str, Any]]
    options: dict[str, Any]
    counts: list[int]

    def conversation(self, **changes: Any) -> Conversation:
        return conversation_from_chat(self.messages, **{**self.options, **changes})


def counter() -> Callable[[str], str]:
    """Ids that are the same in each run: call_0, call_1, …"""
    numbers = iter(range(10**9))
    return lambda kind: f"{kind}_{next(numbers)}"


# chats ----------------------------------------------------------------------------------------------


def _contents(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """A text, or the same as parts; the parts of a text are told in `_text`."""
    kinds = st.sampled_from(["text", "input_text", "output_text"])
    return texts | st.lists(st.builds(lambda kind, text: {"type": kind, "text": text}, kinds, texts), max_size=3)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content or ())


@st.composite
def _calls(draw: st.DrawFn, ids: list[str]) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 3))):
        id = draw(st.sampled_from([f"call_{number}", f"call_{len(ids)}{number}", f"ä{number}"]))
        if draw(st.booleans()):
            called = {"name": draw(st.sampled_from([*FUNCTIONS, "undeclared", BUILTIN])), "arguments": draw(TEXTS)}
            calls.append({"id": id, "type": "function", "function": called})
        else:
            custom = {"name": draw(st.sampled_from(CUSTOM)), "input": draw(TEXTS)}
            calls.append({"id": id, "type": "custom", "custom": custom})
    return calls


@st.composite
def _answers(draw: st.DrawFn, ids: list[str]) -> tuple[dict[str, Any], int]:
    """A message of the assistant, and the number of messages that it is."""
    message: dict[str, Any] = {"role": "assistant"}
    calls = draw(_calls(ids))
    if calls or draw(st.booleans()):
        message["tool_calls"] = calls or None
    thought = draw(TEXTS | st.none())
    if thought is not None or draw(st.booleans()):
        message[draw(st.sampled_from(["reasoning", "reasoning_content", "thinking"]))] = thought
    refusal = draw(st.sampled_from([None, None, None, "I cannot."]))
    if refusal is not None or draw(st.booleans()):
        message["refusal"] = refusal
    content = draw(_contents(TEXTS) | st.none())
    if content is not None or draw(st.booleans()):
        message["content"] = content
    said = _text(content) + (refusal or "")
    told = bool(said) or (not thought and not calls and content is not None)
    ids += [call["id"] for call in calls]
    return message, bool(thought) + told + len(calls)


@st.composite
def chats(draw: st.DrawFn) -> MadeChat:
    """Chats with everything that the API can say to a model that reads text."""
    options: dict[str, Any] = {"tools": TOOLS, "custom_tools": True, "analysis": "keep"}
    if draw(st.booleans()):
        options["builtin_tools"] = [BUILTIN]
    if draw(st.booleans()):
        options["reasoning_effort"] = draw(st.sampled_from(["low", "medium", "high"]))
    messages: list[dict[str, Any]] = [{"role": draw(st.sampled_from(["system", "developer"])), "content": draw(TEXTS)}]
    counts, ids = [1], list[str]()  # the tools are in the first message, so that it is never left out
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["user", "assistant", "assistant", "tool", "system"]))
        if kind == "tool" and ids:
            made, count = (
                {"role": "tool", "tool_call_id": draw(st.sampled_from(ids)), "content": draw(_contents(TEXTS))},
                1,
            )
        elif kind == "assistant":
            made, count = draw(_answers(ids))
        elif kind == "system":
            made, count = {"role": draw(st.sampled_from(["system", "developer"])), "content": draw(_contents(SOME))}, 1
            count = 1 if _text(made["content"]) else 0
        else:
            made, count = {"role": "user", "content": draw(_contents(TEXTS) | st.none())}, 1
        messages.append(made)
        counts.append(count)
    return MadeChat(messages, options, counts)


def said_by_model(message: dict[str, Any]) -> dict[str, Any]:
    """A message of the assistant as a completion gives it: one text, one key for reasoning, no key without a value."""
    thought = next((message[key] for key in ("reasoning", "reasoning_content", "thinking") if key in message), None)
    refusal, content, calls = message.get("refusal"), message.get("content"), message.get("tool_calls") or []
    said = _text(content) + (refusal or "")
    alone = content is not None and not thought and not calls
    made: dict[str, Any] = {"role": "assistant", "content": said if said or alone else None}
    if thought:
        made["reasoning"] = thought
    if calls:
        made["tool_calls"] = calls
    return made


# completions ----------------------------------------------------------------------------------------

HEADERS = [
    "<|channel|>analysis<|message|>",
    "<|channel|>commentary<|message|>",
    "<|channel|>final<|message|>",
    "<|channel|>final <|constrain|>json<|message|>",
    "<|message|>",
    "<|channel|>other<|message|>",
    "<|channel|>commentary to=functions.f <|constrain|>json<|message|>",
    " to=functions.get_weather<|channel|>analysis code<|message|>",
    "<|channel|>commentary to=functions.shell <|constrain|>json<|message|>",
    "<|channel|>commentary to=f<|message|>",
    "<|channel|>analysis to=python code<|message|>",
    "<|channel|>commentary to=functions.unknown<|message|>",
    "<|channel|>commentary to=assistant<|message|>",
]
BODIES = TEXTS | st.sampled_from(
    ['{"input":"a\\n\\u00e9"}', '{"input": "x"', '{"input"', "{}", '{ "input" :\t"\\ud83d\\ude00 b"}']
)
STOPS = [
    "<|end|><|start|>assistant",
    "<|call|><|start|>assistant",
    "<|end|><|start|>functions.f to=assistant<|message|>r<|end|><|start|>assistant",
]


@st.composite
def completions(draw: st.DrawFn) -> list[int]:
    """Tokens of whole messages, the last of which may have any end."""
    tokens: list[int] = []
    count = draw(st.integers(1, 5))
    for number in range(count):
        tokens += ENCODING.encode(draw(st.sampled_from(HEADERS)), allowed_special="all")
        tokens += ENCODING.encode(draw(BODIES), disallowed_special=())
        last = ["<|return|>", "<|call|>", "<|end|>", ""]
        tokens += ENCODING.encode(draw(st.sampled_from(last if number == count - 1 else STOPS)), allowed_special="all")
    return tokens


SPECIAL = [200002, 200003, 200005, 200006, 200007, 200008, 200012]
WORDS = [
    word[0]
    for text in (
        "assistant",
        "analysis",
        "final",
        "commentary",
        "user",
        " to",
        "=",
        "functions",
        ".f",
        "{",
        "json",
        "\n",
    )
    if (word := ENCODING.encode(text))
]
PARTS = ENCODING.encode("😀", disallowed_special=()) + ENCODING.encode("名👩‍👧", disallowed_special=())  # of characters
TOKENS = st.one_of(
    st.sampled_from(SPECIAL),
    st.sampled_from(WORDS),
    st.sampled_from(PARTS),
    st.integers(0, 200_000),
    st.sampled_from([199_998, 199_999, 200_000, 200_013, 200_019, 201_087, 201_088, 2**31, 2**32, 2**70, -1]),
)


@st.composite
def soups(draw: st.DrawFn) -> list[int]:
    """Any tokens: mixed at random, or a completion or a sample of malformed output, cut and changed."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return draw(st.lists(TOKENS, max_size=40))
    tokens = list(tokens_of(draw(st.sampled_from(SAMPLES)))) if kind == 1 else draw(completions())
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(tokens)))
        how = draw(st.integers(0, 3))
        if how == 0:
            tokens = tokens[:at]
        elif how == 1:
            tokens.insert(at, draw(TOKENS))
        elif how == 2:
            del tokens[at : at + draw(st.integers(1, 3))]
        else:
            tokens[at : at + 1] = draw(st.lists(TOKENS, max_size=3))
    return tokens


def cuttings(tokens: list[int], cuts: list[int]) -> Iterator[list[int]]:
    """The tokens in steps that end at such places, counted modulo the length; the last step goes to the end."""
    places = sorted({cut % (len(tokens) + 1) for cut in cuts})
    for start, end in zip([0, *places], [*places, len(tokens)], strict=True):
        yield tokens[start:end]


def one_by_one(tokens: list[int]) -> Iterator[list[int]]:
    return ([token] for token in tokens)
