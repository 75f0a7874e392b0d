"""The options of a grammar, checked: each contradiction is an error that names its option."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index
from typing import Any, Literal, TypeAlias

from .._dialects.given import given, shown
from .._generated.completions import COMPLETIONS
from .._generated.framing import FRAMING
from .._runtime.types.forms import Completions
from ..errors import ConversionError, GrammarError
from .called import CALL, Called, Schema, builtins_of, functions_of, items_of, schema_of

__all__ = ["FORMATS", "NO_STOPS", "Reasoning", "Settings", "completions", "id_of", "settings_of"]

Reasoning: TypeAlias = Literal["allow", "require", "forbid"]

# The formats, each with the preset of the engine that usually reads it.
FORMATS = {
    "llguidance": "none",
    "structural-tag": "vllm",
    "xgrammar-ebnf": "none",
    "gbnf": "llama.cpp",
    "regex": "none",
}
NO_STOPS = "none"
CHOICES = ("auto", "none", "required")

# The other parts of a completion: keys of `assistant` in chat.yaml.
REASONING, PREAMBLE, ANSWER = "reasoning", "preamble", "answer"


@dataclass(frozen=True)
class Settings:
    """What a completion may be."""

    tools: tuple[Called, ...]
    response_schema: Schema | None
    calls: Literal["none", "allow", "require"]
    channels: frozenset[str] | None
    reasoning: Reasoning
    preambles: bool
    parallel: bool
    stops: frozenset[int]
    after_prompt: bool


def completions() -> Completions:
    """Return the table of the format. Raises GrammarError if the format has none."""
    if COMPLETIONS is None:
        raise GrammarError("this format has no chats (its spec has no chat.yaml)", option="format")
    return COMPLETIONS


def settings_of(
    format: str,
    *,
    tools: Iterable[object] | None,
    response_schema: object,
    tool_choice: object,
    channels: Iterable[str] | None,
    reasoning: str,
    preambles: bool,
    builtin_tools: Iterable[object],
    parallel: bool,
    engine_stops: str | Iterable[int] | None,
    after_prompt: bool,
) -> Settings:
    """Check the options of an export.

    Raises:
        GrammarError: an option has an invalid value, or contradicts another.
    """
    if not isinstance(format, str) or format not in FORMATS:
        raise GrammarError(f"unknown format {shown(format)} (expected one of {tuple(FORMATS)})", option="format")
    if reasoning not in ("allow", "require", "forbid"):
        raise GrammarError(f"{shown(reasoning)} is not 'allow', 'require' or 'forbid'", option="reasoning")
    flags: dict[str, object] = {"preambles": preambles, "parallel": parallel, "after_prompt": after_prompt}
    for option, flag in flags.items():
        if not isinstance(flag, bool):
            raise GrammarError(f"expected True or False, not {shown(flag)}", option=option)
    allowed = _channels(channels)
    listed = [*functions_of(tools), *builtins_of(builtin_tools)]
    _expect_distinct(listed)
    calls, used = _chosen(tool_choice, listed)
    usual = FORMATS[format] if FORMATS[format] in completions().engine_stops else NO_STOPS
    stops = _stops(usual if engine_stops is None else engine_stops)
    schema = None if response_schema is None else schema_of(response_schema, "response_schema")
    found = Settings(tuple(used), schema, calls, allowed, reasoning, preambles, parallel, stops, after_prompt)  # type: ignore[arg-type]
    _expect_possible(found)
    return found


def _expect_possible(settings: Settings) -> None:
    """Raise GrammarError if no completion, or none that ends, fits the settings."""
    forms = completions().forms
    if settings.reasoning == "require" and not is_possible(settings, REASONING):
        raise GrammarError("no channel of the reasoning is allowed", option="reasoning")
    for tool in settings.tools if settings.calls != "none" else ():
        if tool.form not in forms:
            raise GrammarError(f"this format has no form of calls of {tool.name!r}", option=tool.option)
        if not is_possible(settings, tool.form):
            raise GrammarError(f"no channel of calls of {tool.name!r} is allowed", option="channels")
    if settings.calls != "require" and not is_possible(settings, ANSWER) and not settings.tools:
        raise GrammarError("no channel that can end a turn is allowed", option="channels")
    ends = {form.stop for key, form in forms.items() if key in (REASONING, PREAMBLE)} - {None}
    if ends & settings.stops:
        raise GrammarError("the engine would stop behind the first message", option="engine_stops")
    called = {forms[tool.form].stop for tool in settings.tools} - {None}
    if settings.parallel and called & settings.stops:
        raise GrammarError("the engine stops behind the first call, by 'engine_stops'", option="parallel")


def is_possible(settings: Settings, key: str) -> bool:
    """Return whether a message of this kind can be on an allowed channel."""
    form = completions().forms.get(key)
    if form is None:
        return False
    return settings.channels is None or not form.headers or any(h.channel in settings.channels for h in form.headers)


def _channels(channels: Iterable[str] | None) -> frozenset[str] | None:
    if channels is None:
        return None
    listed = [channels] if isinstance(channels, str) else items_of(channels, "channels", "a list of names")
    for channel in listed:
        if not isinstance(channel, str) or channel not in FRAMING.channels:
            valid = ", ".join(map(repr, sorted(FRAMING.channels))) or "none"
            raise GrammarError(f"unknown channel {shown(channel)} (expected one of {valid})", option="channels")
    return frozenset(listed)


def _stops(stops: str | Iterable[int]) -> frozenset[int]:
    table = completions()
    if isinstance(stops, str):
        presets = {NO_STOPS: (), **table.engine_stops}
        if stops not in presets:
            valid = ", ".join(map(repr, presets))
            raise GrammarError(
                f"unknown engine {shown(stops)} (expected one of {valid}, or ids)", option="engine_stops"
            )
        return frozenset(presets[stops])
    listed = items_of(stops, "engine_stops", "the name of an engine, or a list of ids")
    within = {piece for piece in table.opening if isinstance(piece, int)}.union(
        *(f.tokens() for f in table.forms.values())
    )
    ids = []
    for told in listed:
        stop = id_of(told, "engine_stops")
        if isinstance(told, bool) or not 0 <= stop < table.entries:
            raise _no_id(told, "engine_stops")
        if stop < table.first_special:
            raise GrammarError(f"the token {stop} is an ordinary one, which texts may have", option="engine_stops")
        if stop in within:
            raise GrammarError(f"the engine would stop at {stop} within each message", option="engine_stops")
        ids.append(stop)
    return frozenset(ids)


def id_of(token: Any, option: str) -> int:
    """Return a token as an integer. Raises GrammarError if it is none."""
    try:
        return index(token)
    except TypeError:
        raise _no_id(token, option) from None


def _no_id(token: object, option: str) -> GrammarError:
    return GrammarError(f"{shown(token)} is no id of a token", option=option)


def _expect_distinct(tools: list[Called]) -> None:
    seen: set[tuple[str, str]] = set()
    for tool in tools:
        if (tool.form, tool.name) in seen:
            raise GrammarError(f"the name {tool.name!r} is that of another tool, too", option=tool.option)
        seen.add((tool.form, tool.name))


def _chosen(choice: object, tools: list[Called]) -> tuple[Literal["none", "allow", "require"], list[Called]]:
    """Return whether calls are allowed or required, and the tools that can be called."""
    option = "tool_choice"
    if choice is None or choice == "auto":
        return "allow", tools
    if choice == "none":
        return "none", []
    if choice == "required":
        if not tools:
            raise GrammarError("a call is required, and there are no tools", option=option)
        return "require", tools
    if isinstance(choice, str):
        raise GrammarError(f"unknown choice {shown(choice)} (expected one of {CHOICES}, or a tool)", option=option)
    name = _chosen_name(choice)
    prefix = f"{FRAMING.function_namespace}{FRAMING.tool_word_holds}" if FRAMING.function_namespace else ""
    found = [tool for tool in tools if name in (tool.name, f"{prefix}{tool.name}" if tool.form == CALL else "")]
    if not found:
        raise GrammarError(f"the chosen tool {shown(name)} is not among the tools", option=option)
    return "require", [next((tool for tool in found if tool.name == name), found[0])]


def _chosen_name(choice: object) -> str:
    try:
        told = given(choice, "tool_choice")
        kind = told.text_or_none("type") or ""
        return (told.child(kind) if kind in told else told).text("name")
    except ConversionError as problem:
        raise GrammarError(problem.message, option="tool_choice") from None
