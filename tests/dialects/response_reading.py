"""What the official client makes of the events of a response, and what holds for every list of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, get_args

import httpx2
from openai import BaseModel, OpenAI, omit
from openai.lib.streaming.responses import ResponseStreamState
from openai.types import responses as types
from pydantic import TypeAdapter

from openai_harmony.responses import to_sse

__all__ = [
    "RESPONSE",
    "further_keys",
    "read_by_client",
    "read_event",
    "read_item",
    "read_over_http",
    "types_of",
    "wrong",
]

Event: TypeAlias = Mapping[str, Any]

# What a server knows of a response before its first token.
RESPONSE: dict[str, Any] = {
    "id": "resp_0d1f",
    "object": "response",
    "created_at": 1764211200,
    "model": "gpt-oss-20b",
    "instructions": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
}
# The client gives an item of this type a status only where it reads stored items; the API sends it with each.
_KNOWN_TO_THE_API = {("ResponseCustomToolCall", "status")}
_MODELS: dict[str, type[BaseModel]] = {
    get_args(model.model_fields["type"].annotation)[0]: model
    for model in get_args(get_args(types.ResponseStreamEvent)[0])
}
_ITEM: TypeAdapter[Any] = TypeAdapter(types.ResponseOutputItem)


# As the client reads ------------------------------------------------------------------------------


def read_event(event: Event) -> BaseModel:
    """An event as the client's object; pydantic's error if it has not the form."""
    return _MODELS[event["type"]].model_validate(event)


def read_item(item: Event) -> BaseModel:
    """An output item as the client's object."""
    read: BaseModel = _ITEM.validate_python(item)
    return read


def further_keys(read: object) -> Iterator[str]:
    """The keys that the client's types do not have, at any depth: it would take them without a word."""
    if isinstance(read, BaseModel):
        name = type(read).__name__
        yield from (f"{name}.{key}" for key in read.model_extra or () if (name, key) not in _KNOWN_TO_THE_API)
        for field in type(read).model_fields:
            yield from further_keys(getattr(read, field))
    elif isinstance(read, list):
        for each in read:
            yield from further_keys(each)


def read_by_client(events: Iterable[Event]) -> Any:
    """The response that the client's own reader of streams has at the end; None if it was not completed."""
    state: Any = ResponseStreamState(input_tools=omit, text_format=omit)
    for event in events:
        state.handle_event(read_event(event))
    return state._completed_response


def read_over_http(events: Iterable[Event]) -> Any:
    """The response that the client itself has at the end, from server-sent events; None if it was not completed."""
    body = "".join(map(to_sse, events)).encode()

    def serve(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=body)

    with httpx2.Client(transport=httpx2.MockTransport(serve)) as http:
        client = OpenAI(api_key="none", base_url="http://localhost", http_client=http)
        with client.responses.stream(model="gpt-oss-20b", input="Hi") as stream:
            read = list(stream)
    return read[-1].response if read[-1].type == "response.completed" else None


# What holds for every list of events --------------------------------------------------------------

# The events of an item behind `output_item.added`, by its type; a name ends in a space.
_TEXT = r"content_part\.added (?:{0}\.delta )*{0}\.done content_part\.done "
_WORDS = r"(?:{0}\.delta )*{0}\.done "
_SHAPES = {
    "message": _TEXT.format("output_text"),
    "reasoning": _TEXT.format("reasoning_text"),
    "function_call": _WORDS.format("function_call_arguments"),
    "custom_tool_call": _WORDS.format("custom_tool_call_input"),
    "code_interpreter_call": r"code_interpreter_call\.in_progress "
    + _WORDS.format("code_interpreter_call_code")
    + r"(?:code_interpreter_call\.interpreting code_interpreter_call\.completed )?",
    "web_search_call": r"web_search_call\.in_progress (?:web_search_call\.searching )?(?:web_search_call\.completed )?",
    "mcp_call": r"mcp_call\.in_progress "
    + _WORDS.format("mcp_call_arguments")
    + r"(?:mcp_call\.completed |mcp_call\.failed )?",
}
_LAST = {"response.completed", "response.incomplete", "response.failed"}
# The keys that grow or change while an item is open, and what they are when it is added.
_EMPTY: Mapping[str, Any] = {
    "status": "in_progress",
    "content": [],
    "arguments": "",
    "input": "",
    "code": "",
    "outputs": None,
    "output": None,
    "error": None,
}


def types_of(events: Iterable[Event]) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events]


def items_of(events: Iterable[Event]) -> dict[int, list[Event]]:
    """The events of each item, by its index."""
    found: dict[int, list[Event]] = {}
    for event in events:
        if "output_index" in event:
            found.setdefault(event["output_index"], []).append(event)
    return found


def wrong(events: list[Event]) -> Iterator[str]:
    """What is wrong with the events of a whole stream."""
    if [event["sequence_number"] for event in events] != list(range(len(events))):
        yield "the sequence numbers do not count the events"
    if types_of(events[:2]) != ["created", "in_progress"]:
        yield "the stream does not begin with created, in_progress"
    if [event["type"] in _LAST for event in events] != [False] * (len(events) - 1) + [True]:
        yield "the response does not end once, at the end"
    begun = [event["output_index"] for event in events if event["type"] == "response.output_item.added"]
    if begun != list(range(len(begun))):
        yield f"items begin at {begun}"
    output = events[-1]["response"]["output"]
    items = items_of(events)
    if sorted(items) != list(range(len(output))):
        yield f"{len(output)} items in the response, {sorted(items)} in the events"
        return
    for index, of_item in items.items():
        yield from (f"item {index}: {problem}" for problem in _wrong_item(of_item, output[index]))


def _wrong_item(events: list[Event], final: Event) -> Iterator[str]:
    names = "".join(f"{name} " for name in types_of(events))
    shape = rf"output_item\.added {_SHAPES[final['type']]}output_item\.done "
    if re.fullmatch(shape, names) is None:
        yield f"a {final['type']} has the events {names}"
        return
    if final["status"] == "completed" and final["type"] in ("code_interpreter_call", "web_search_call", "mcp_call"):
        ended = any(name.endswith((".completed", ".failed")) for name in names.split())
        if not ended:
            yield "a call of the server is completed without an event that says so"
    first, *between, last = events
    if last["item"] != final:
        yield "it is done otherwise than it is in the response"
    emptied = {key: _EMPTY.get(key, value) for key, value in final.items() if key != "action"}
    if {key: value for key, value in first["item"].items() if key != "action"} != emptied:
        yield f"it is added as {first['item']}"
    if {event["item_id"] for event in between} - {final["id"]}:
        yield "its events name another id"
    yield from _wrong_text(between, final)


def _wrong_text(events: list[Event], final: Event) -> Iterator[str]:
    deltas = [event["delta"] for event in events if "delta" in event]
    if "" in deltas:
        yield "a delta is empty"
    if final["type"] == "web_search_call":
        return
    text = _text(final)
    if "".join(deltas) != text:
        yield f"its deltas are {''.join(deltas)!r}"
    said = [event[key] for event in events for key in ("text", "arguments", "input", "code") if key in event]
    if said != [text]:
        yield f"its text is done as {said}"
    parts = [event["part"] for event in events if "part" in event]
    if parts and (parts[0], parts[1:]) != ({**final["content"][0], "text": ""}, final["content"]):
        yield f"its parts are {parts}"


def _text(item: Event) -> str:
    if "content" in item:
        (part,) = item["content"]
        return str(part["text"])
    return str(next(item[key] for key in ("arguments", "input", "code") if key in item))
