"""Inputs at random in the form of the Responses API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from openai_harmony import Conversation
from openai_harmony.responses import conversation_from_responses

__all__ = ["TOOLS", "Made", "inputs", "said"]

Item = dict[str, Any]

TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "",
        " ",
        "\n",
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
SELDOM = st.sampled_from([False, False, False, True])
FUNCTIONS, CUSTOM, SERVER = ["f", "get_weather", "a-b", "X" * 64], ["shell", "sql_2"], "gh"
TOOLS: list[Item] = [
    *({"type": "function", "name": name, "parameters": None, "strict": False} for name in FUNCTIONS),
    *({"type": "custom", "name": name} for name in CUSTOM),
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "web_search"},
    {"type": "mcp", "server_label": SERVER, "server_url": "https://gh.example", "require_approval": "never"},
]
LISTED = {
    "type": "mcp_list_tools",
    "id": "mcpl_1",
    "server_label": SERVER,
    "tools": [{"name": "find", "input_schema": {"type": "object"}, "description": "Finds.", "annotations": None}],
}


@dataclass
class Made:
    """The items of an input, and the other arguments of the conversion."""

    items: list[Item] = field(default_factory=list)
    stored: dict[str, Item] = field(default_factory=dict)  # items that the input refers to

    def conversation(self, items: list[Any] | None = None, **options: Any) -> Conversation:
        given = {"tools": TOOLS, "custom_tools": True, "summaries": True, "analysis": "keep", **options}
        asked = self.items if items is None else items
        return conversation_from_responses(asked, resolve=self.stored.get, decrypt=decrypt, **given)

    def read(self) -> list[Item]:
        """The items, with those that they refer to in the place of the references."""
        return [self.stored.get(item.get("id") or "", item) for item in self.items]


def decrypt(text: str) -> str:
    return text.removeprefix("encrypted ")


# items ----------------------------------------------------------------------------------------------


def _contents(kinds: list[str], texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Any]:
    parts = st.builds(lambda kind, text: {"type": kind, "text": text}, st.sampled_from(kinds), texts)
    return texts | st.lists(parts, min_size=1, max_size=3)


def _optional(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Item]:
    return st.fixed_dictionaries({}, optional=strategies)


OUTPUT_TEXT = st.builds(lambda text: {"type": "output_text", "text": text, "annotations": [], "logprobs": None}, TEXTS)
REFUSED = st.builds(lambda text: {"type": "refusal", "refusal": text}, TEXTS)
PHASES = st.sampled_from([None, "commentary", "final_answer"])
ENDED = _optional(status=st.just("completed") | st.none(), id=st.just("x_1") | st.none())


@st.composite
def answers(draw: st.DrawFn, phases: st.SearchStrategy[str | None] = PHASES) -> Item:
    content = draw(TEXTS | st.lists(OUTPUT_TEXT | REFUSED, max_size=3) | st.none())
    item = {"role": "assistant", "content": content, **draw(_optional(type=st.just("message"))), **draw(ENDED)}
    phase = draw(phases)
    return item if phase is None and draw(st.booleans()) else {**item, "phase": phase}


@st.composite
def thoughts(draw: st.DrawFn) -> Item:
    item: Item = {"type": "reasoning", "summary": [], **draw(ENDED)}
    texts = draw(st.lists(TEXTS, max_size=3))
    kind = draw(st.sampled_from(["content", "encrypted", "summary"]))
    if kind == "encrypted":
        return {
            **item,
            "content": draw(st.sampled_from([None, []])),
            "encrypted_content": f"encrypted {''.join(texts)}",
        }
    key, type = ("content", "reasoning_text") if kind == "content" else ("summary", "summary_text")
    return {**item, key: [{"type": type, "text": text} for text in texts]}


CALL_IDS = [f"call_{number}" for number in range(3)] + ["ä 1"]  # few, so that they are used again


@st.composite
def function_calls(draw: st.DrawFn) -> Item:
    id = draw(st.sampled_from(CALL_IDS))
    if draw(st.booleans()):
        name = draw(st.sampled_from([*FUNCTIONS, "undeclared"]))
        return {"type": "function_call", "call_id": id, "name": name, "arguments": draw(TEXTS), **draw(ENDED)}
    name = draw(st.sampled_from(CUSTOM))
    return {"type": "custom_tool_call", "call_id": id, "name": name, "input": draw(TEXTS), **draw(ENDED)}


@st.composite
def results(draw: st.DrawFn, calls: dict[str, Item]) -> Item:
    call = calls[draw(st.sampled_from(sorted(calls)))]
    item = {"type": f"{call['type']}_output", "call_id": call["call_id"], "output": draw(_contents(["input_text"]))}
    return {**item, "name": call["name"]}


@st.composite
def run_by_server(draw: st.DrawFn, unanswered: set[str]) -> Item:
    """A call of a tool that the server ran. A result belongs to the first call without one, so those are the last."""
    kind = draw(st.sampled_from(["code_interpreter_call", "mcp_call"]))
    silent = kind in unanswered or draw(SELDOM)
    if silent:
        unanswered.add(kind)
    if kind == "mcp_call":
        item: Item = {"type": kind, "id": "mcp_1", "server_label": SERVER, "name": "find", "arguments": draw(TEXTS)}
        ends = [
            {"output": draw(TEXTS), "error": None},
            {"output": None, "error": {"type": "http_error", "code": 5, "message": "no"}},
        ]
        return {**item, **({"output": None} if silent else draw(st.sampled_from([*ends, {"error": "no"}])))}
    code = {"type": kind, "id": "ci_1", "container_id": "auto", "code": draw(TEXTS | st.none()), **draw(ENDED)}
    logs = draw(st.lists(st.builds(lambda text: {"type": "logs", "logs": text}, TEXTS), min_size=1, max_size=2))
    return {**code, "outputs": draw(st.sampled_from([None, []])) if silent else logs}


@st.composite
def inputs(draw: st.DrawFn, *, instructions: bool = True, searches: bool = True) -> Made:
    """Inputs with everything that the API can say to a model that reads text."""
    made, calls, unanswered = Made([draw(st.just(LISTED))]), dict[str, Item](), set[str]()
    kinds = ["user", "answer", "answer", "thought", "call", "call", "run", "result"]
    kinds += ["instructions"] * instructions + ["search"] * searches
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=draw(st.integers(0, 6)), max_size=9)):
        if kind in ("user", "instructions"):
            role = "user" if kind == "user" else draw(st.sampled_from(["system", "developer"]))
            texts = TEXTS if kind == "user" else SOME
            new = {"role": role, "content": draw(_contents(["input_text", "text"], texts)), **draw(ENDED)}
            new |= draw(_optional(type=st.just("message")))
            unanswered.clear()
        elif kind == "result" and calls:
            new = draw(results(calls))
            unanswered.clear()
        elif kind == "call":
            new = draw(function_calls())
            calls[new["call_id"]] = new
        elif kind == "run":
            new = draw(run_by_server(unanswered))
        elif kind == "search":
            made.items.append({"type": "web_search_call", "id": "ws_1", "status": "completed"})
            new = draw(
                answers(st.sampled_from([None, "final_answer"])).filter(lambda item: item["content"] is not None)
            )
        else:
            new = draw(thoughts() if kind == "thought" else answers())
        made.items.append(new)
    for index in range(len(made.items)):
        if made.items[index].get("call_id") is None and draw(SELDOM):
            id = f"stored_{index}"
            made.stored[id] = made.items[index]
            made.items[index] = draw(st.sampled_from([{"type": "item_reference", "id": id}, {"id": id, "type": None}]))
    return made


def said(items: list[Item]) -> Iterator[Item]:
    """What the items of the model are as output: one part of text, no text in other places, no ids of items."""
    for item in items:
        kind = item.get("type") or "message"
        made: Item | None = None
        if kind == "message" and item["role"] == "assistant" and item["content"] is not None:
            text = _text(item["content"])
            part = {"type": "output_text", "text": text, "annotations": []}
            made = {"role": "assistant", "content": [part], "phase": item.get("phase") or "final_answer"}
        elif kind == "reasoning":
            encrypted = item.get("encrypted_content")
            parts = item.get("content") or item["summary"]
            text = "\n".join(part["text"] for part in parts) if encrypted is None else decrypt(encrypted)
            made = {"summary": [], "content": [{"type": "reasoning_text", "text": text}]} if text else None
        elif kind == "function_call":
            made = {key: item[key] for key in ("call_id", "name", "arguments")}
        elif kind == "custom_tool_call":
            made = {key: item[key] for key in ("call_id", "name", "input")}
        elif kind == "code_interpreter_call":
            logs = "\n".join(output["logs"] for output in item["outputs"] or ())
            outputs = [{"type": "logs", "logs": logs}] if item["outputs"] else None
            made = {"code": item["code"] or "", "container_id": "auto", "outputs": outputs}
        elif kind == "mcp_call":
            error = item.get("error")
            output = item.get("output") if error is None else error if isinstance(error, str) else error["message"]
            made = {key: item[key] for key in ("server_label", "name", "arguments")} | {"output": output, "error": None}
        if made is not None:
            yield {"type": kind, "status": "completed", **made}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", part.get("refusal")) for part in content)
