"""Options of exports, at random: what a request may hold in all its combinations."""

from __future__ import annotations

from random import Random
from typing import Any


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": required.split()} if required else {})}


TEXT, INTEGER = {"type": "string"}, {"type": "integer"}
PLACE, NODE = {"$ref": "#/$defs/place"}, {"$ref": "#/$defs/node"}
SCHEMAS: list[dict[str, Any] | None] = [
    None,
    _object("city", city=TEXT),
    _object("", city=TEXT, days={"type": "integer", "minimum": 1}),
    _object("exact", unit={"enum": ["c", "f", None, 3]}, exact={"type": "boolean"}),
    _object("", words={"type": "array", "items": {"type": "string", "maxLength": 2}, "maxItems": 3}),
    _object("code", code={"type": "string", "pattern": "^[A-Z]{2}[0-9]+$"}, x={"type": "number"}),
    {
        **_object("at", at=PLACE, to={"anyOf": [PLACE, {"type": "null"}]}),
        "$defs": {"place": _object("name", name=TEXT, zip=INTEGER)},
    },
    {"type": "object", "additionalProperties": INTEGER},
    {
        **_object("tree", tree=NODE),
        "$defs": {"node": _object("value", value=INTEGER, next={"anyOf": [NODE, {"type": "null"}]})},
    },
]
ANSWERS: list[dict[str, Any]] = [
    *(schema for schema in SCHEMAS if schema is not None),
    {"type": "array", "items": INTEGER, "minItems": 1, "maxItems": 4},
    {"enum": ["yes", "no", "<|end|>"]},
    {"type": "string", "maxLength": 3},
]
NAMES = ["lookup", "get_weather", "get-weather", "GetWeather", "start", "final", "f.g", "python"]
CUSTOM = {
    "type": "custom",
    "name": "run",
    "format": {"type": "grammar", "syntax": "regex", "definition": "(add|sub) [0-9]{1,3}"},
}


def options_of(seed: int) -> dict[str, Any]:
    """Options that do not contradict each other."""
    random = Random(seed)
    options: dict[str, Any] = {}
    tools: list[dict[str, Any]] = []
    for name in random.sample(NAMES, random.choice([0, 1, 1, 2, 3])):
        schema = random.choice(SCHEMAS)
        tools.append({"name": name} if schema is None else {"name": name, "parameters": schema})
    if random.random() < 0.2:
        tools.append(CUSTOM)
    builtin = random.choice([[], [], ["python"], ["browser"], ["python", "browser"]])
    if tools:
        options["tools"] = tools
    if builtin:
        options["builtin_tools"] = builtin
    if tools or builtin:
        named = [{"name": tool["name"]} for tool in tools if tool["name"] != "python"]
        options["tool_choice"] = random.choice(["auto", "auto", "none", "required", *named])
        options["parallel"] = random.random() < 0.3
    if random.random() < 0.4:
        options["response_schema"] = random.choice(ANSWERS)
    options["reasoning"] = random.choice(["allow", "allow", "require", "forbid"])
    options["preambles"] = random.random() < 0.7
    options["after_prompt"] = random.random() < 0.8
    if not tools and random.random() < 0.3:
        options["channels"] = ["analysis", "final"]
    options["engine_stops"] = "none"
    return options
