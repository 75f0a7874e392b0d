"""The messages that a request's own settings become: the opening of the conversation, and the holder of tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._generated.contents import Content
from .._generated.framing import FRAMING
from .._generated.messages import Message, make_author, make_message
from .._runtime.locks import loading_own
from .._runtime.types.dialects import Dialects
from ..errors import ConversionError
from .given import Given, shown
from .making import message_of

if TYPE_CHECKING:
    from .._generated.tools import ToolNamespaceConfig
    from .tools import Tools

__all__ = ["EffortMode", "Instructions", "effort_of", "opening_of", "response_format_of"]

EffortMode: TypeAlias = Literal["exact", "nearest"]
"""Whether a word for an effort that the format does not have is an error, or means the nearest one."""


def effort_of(word: object, mode: EffortMode, table: Dialects, path: str) -> object:
    """Return how much reasoning a word means; None if it is absent.

    Raises:
        ConversionError: the format has no such effort.
    """
    if mode not in ("exact", "nearest"):
        raise ValueError(f"argument 'effort': {mode!r} is not 'exact' or 'nearest'")
    if word is None or any(word is effort for effort in table.efforts.values()):
        return word
    known = {**table.nearest, **table.efforts} if mode == "nearest" else table.efforts
    if isinstance(word, str) and word in known:
        return known[word]
    if not table.efforts:
        raise ConversionError("this format has no words for an effort", path=path)
    has_near = mode == "exact" and isinstance(word, str) and word in table.nearest
    hint = '; effort="nearest" takes the nearest one' if has_near else ""
    valid = ", ".join(map(repr, table.efforts))
    raise ConversionError(f"unknown effort {shown(word)} (expected one of {valid}){hint}", path=path)


def opening_of(
    table: Dialects,
    *,
    system: Content | None,
    current_date: str | date | None,
    effort: object,
    builtins: Mapping[str, ToolNamespaceConfig],
    argument: str = "system",
) -> list[Message]:
    """Return the message before all others, if the format has one.

    Args:
        system: its content; None for the usual one.
        current_date: the date for its text.
        effort: how much reasoning; None for what the content says.
        builtins: built-in tools and servers' tools, by namespace.
        argument: the name of the argument that `system` is for the user.
    """
    opening = table.opening
    if opening is None:
        for given, name in ((system, argument), (builtins, "builtin_tools")):
            if given:
                raise ConversionError("this format has no message for it", path=name)
        return []
    content = opening.content() if system is None else system
    if not isinstance(content, opening.content):
        raise TypeError(f"argument {argument!r}: expected {opening.content.__name__}, not {type(content).__name__}")
    update: dict[str, object] = {}
    if current_date is not None and opening.today is not None:
        update[opening.today] = _date_text(current_date)
    if effort is not None and opening.effort is not None:
        update[opening.effort] = effort
    if builtins:
        if opening.tools is None:
            raise ConversionError("this format has no place for built-in tools", path="builtin_tools")
        update[opening.tools] = {**(getattr(content, opening.tools) or {}), **builtins}
    made = content.model_copy(update=update) if update else content
    return [make_message(make_author(opening.role, None), [made])]


def _date_text(given: object) -> str:
    if isinstance(given, date):
        return given.strftime("%Y-%m-%d")
    if not isinstance(given, str):
        raise TypeError(f"argument 'current_date': expected a date or text, not {type(given).__name__}")
    return given


class Instructions:
    """Makes the messages of instructions; the first of them holds the tools and the response format of a request."""

    def __init__(self, table: Dialects, tools: Tools | None, formats: Iterable[object]) -> None:
        self._table = table
        self._held = self._holding(tools, list(formats))

    def can_hold(self, role: str) -> bool:
        """Return whether messages of a role have the content that holds tools."""
        messages, holder = self._table.messages, self._table.holder
        return role in messages and holder is not None and messages[role].content is messages[holder.part].content

    def of(self, role: str, text: str) -> list[Message]:
        """Return the message of a role with this text; none if it would say nothing."""
        part = self._table.messages[role]
        if part.content is None or self._table.holder is None:
            return [message_of(part, text)]
        held: dict[str, object] = {}
        if self.can_hold(role):
            held, self._held = self._held, held
        if not text and not held:
            return []
        return [message_of(part, text or None, **held)]  # type: ignore[arg-type]  # no text is not the empty text

    def alone(self) -> list[Message]:
        """Return the message of the tools without instructions; none if nothing is left to be held."""
        holder = self._table.holder
        return [] if holder is None or not self._held else self.of(holder.part, "")

    def _holding(self, tools: Tools | None, formats: list[object]) -> dict[str, object]:
        held: dict[str, object] = {}
        holder = self._table.holder
        if tools is not None and tools.functions:
            if holder is None or holder.tools is None:
                raise ConversionError("this format has no place for tools", path="tools")
            with loading_own():
                from .._generated.tools import ToolNamespaceConfig

            name = FRAMING.function_namespace
            held[holder.tools] = {name: ToolNamespaceConfig(name=name, description=None, tools=tools.described())}
        if formats:
            if holder is None or holder.formats is None:
                raise ConversionError("this format has no place for a response format", path="response_format")
            held[holder.formats] = formats
        return held


def response_format_of(told: Given, table: Dialects) -> list[object]:
    """Return the response format in a dictionary with a name, a schema and a description; none if the format has none.

    Raises:
        ConversionError: a value has the wrong type.
    """
    if table.holder is None or table.holder.format is None:
        raise ConversionError("this format has no place for a response format", path=told.path)
    name, schema = told.text("name"), told.get("schema")
    if schema is None:
        raise told.wrong("schema", "missing")
    if not isinstance(schema, Mapping):
        raise told.wrong("schema", f"expected a JSON Schema, not {shown(schema)}")
    if not name or name.splitlines() != [name]:
        raise told.wrong("name", "expected a name of one line")
    values = {"name": name, "schema": dict(schema), "description": told.text_or_none("description")}
    try:
        return [table.holder.format(**values)]
    except ValueError as problem:
        errors: Any = getattr(problem, "errors", None)  # pydantic's text would be about its own classes
        told_of: Any = errors() if callable(errors) else [{"msg": str(problem)}]
        what = str(told_of[0]["msg"]).removeprefix("Value error, ")
        raise told.wrong("schema", what) from None
