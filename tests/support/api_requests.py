"""Requests of the three APIs that the example server speaks, and what their answers have in common."""

from __future__ import annotations

from typing import Any

__all__ = [
    *("ALL", "CHATS", "MESSAGES", "MODEL", "PYTHON", "RESPONSES", "RESULTS"),
    *("chat_request", "lasting", "messages_request", "parsed_away", "responses_request"),
]

MODEL = "gpt-oss-20b"
RESULTS = {"find_city": "Rome", "weather": "sunny, 24 °C", "book_table": "a table at 8 🍝"}
ALL = "Please use find_city, then weather, then book_table."
TOGETHER = "Use weather and find_city together."
PYTHON = {"type": "code_interpreter", "container": {"type": "auto"}}


def schema(name: str) -> dict[str, Any]:
    text = {"type": "string", "description": f"what {name} is told"}
    return {"type": "object", "properties": {"about": text}, "required": ["about"], "additionalProperties": False}


def chat_request(said: str, **more: Any) -> dict[str, Any]:
    functions = [{"name": name, "strict": True, "parameters": schema(name)} for name in RESULTS]
    tools = [{"type": "function", "function": function} for function in functions]
    return {"model": MODEL, "messages": [{"role": "user", "content": said}], "tools": tools, **more}


def responses_request(said: str, **more: Any) -> dict[str, Any]:
    tools = [{"type": "function", "name": name, "strict": True, "parameters": schema(name)} for name in RESULTS]
    return {"model": MODEL, "input": said, "tools": tools, **more}


def messages_request(said: str, **more: Any) -> dict[str, Any]:
    tools = [{"name": name, "input_schema": schema(name)} for name in RESULTS]
    messages = [{"role": "user", "content": said}]
    return {"model": MODEL, "max_tokens": 1000, "messages": messages, "tools": tools} | more


VOLATILE = {"id", "call_id", "item_id", "created", "created_at", "completed_at"}


def lasting(value: Any) -> Any:
    """What is the same for the same request: without ids and times, and without what is null."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", warnings=False)
    if isinstance(value, dict):
        return {key: lasting(item) for key, item in value.items() if key not in VOLATILE and item is not None}
    return [lasting(item) for item in value] if isinstance(value, list) else value


def parsed_away(value: Any) -> Any:
    """What a client got, without what its helpers for streams add."""
    if isinstance(value, dict):
        added = {"parsed", "parsed_arguments", *(["index"] if "function" in value else [])}
        return {key: parsed_away(item) for key, item in value.items() if key not in added}
    return [parsed_away(item) for item in value] if isinstance(value, list) else value


FORMAT = {"name": "Weather", "strict": True, "schema": schema("weather")}


CHATS = {
    "an answer": chat_request("Grüß Gott 👩‍🚀"),
    "a call": chat_request(ALL),
    "calls": chat_request(TOGETHER, parallel_tool_calls=True),
    "one call of two": chat_request(TOGETHER, parallel_tool_calls=False),
    "log probabilities": chat_request("Grüß Gott 👩‍🚀", logprobs=True, top_logprobs=1),
    "choices": chat_request("Hello", n=3, logprobs=True),
    "a format": chat_request("Hello", response_format={"type": "json_schema", "json_schema": FORMAT}),
    "little effort": chat_request("Hello", reasoning_effort="low"),
    "no tools": chat_request(ALL, tool_choice="none"),
}


RESPONSES = {
    "an answer": responses_request("Grüß Gott 👩‍🚀", instructions="Be brief.", metadata={"of": "me"}),
    "a call": responses_request(ALL),
    "calls": responses_request(TOGETHER, parallel_tool_calls=True),
    "one call of two": responses_request(TOGETHER, parallel_tool_calls=False),
    "code": {"model": MODEL, "input": "Use python.", "tools": [PYTHON]},
    "a format": responses_request("Hello", text={"format": {"type": "json_schema", **FORMAT}}),
    "little effort": responses_request("Hello", reasoning={"effort": "low"}),
    "cut off": responses_request(ALL, max_output_tokens=5),
    "code that is cut off": {"model": MODEL, "input": "Use python.", "tools": [PYTHON], "max_output_tokens": 18},
}


BEGUN = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "You said:"}]
MESSAGES = {
    "an answer": messages_request("Grüß Gott 👩‍🚀", system="Be brief."),
    "a call": messages_request(ALL),
    "calls": messages_request(TOGETHER, tool_choice={"type": "auto", "disable_parallel_tool_use": False}),
    "one call of two": messages_request(TOGETHER, tool_choice={"type": "any", "disable_parallel_tool_use": True}),
    "without thinking": messages_request(ALL, thinking={"type": "disabled"}),
    "cut off": messages_request(ALL, max_tokens=5),
    "an answer that is begun": messages_request("Hello", tools=[], messages=BEGUN),
}
