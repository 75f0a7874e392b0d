"""From a row to a conversation or a completion: which columns are read, and what their values are.

A value may be a text with JSON in it, since values of one column of Arrow have one type, and schemas do not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .._conversations import Form, conversation_of, form_of
from .._dialects.anthropic import requests as anthropic
from .._dialects.chat import requests as chat
from .._dialects.responses import requests as responses
from .._dialects.words import FUNCTION, SYSTEM
from .._generated.messages import Conversation
from .tasks import Completion, ParseTask, RenderTask
from .values import from_json

__all__ = ["columns_read", "columns_that_hold", "completion_in", "conversation_in"]

_CONVERSATION, _MESSAGES, _INPUT = "conversation", "messages", "input"
_HOLDERS: dict[str, Form] = {_CONVERSATION: "conversation", _MESSAGES: "chat", _INPUT: "responses"}
_COLUMN_OF: dict[Form, str] = {"chat": _MESSAGES, "anthropic": _MESSAGES, "responses": _INPUT}
_KEYS: dict[Form, frozenset[str]] = {
    "chat": frozenset(key for keys in chat.KEYS.values() for key in keys),
    "responses": frozenset({*responses.KEYS, "previous_response_id"}),
    "anthropic": frozenset(anthropic.KEYS),
    "conversation": frozenset(),
}
# Texts in these columns are words, or texts for the model.
_TEXTS = frozenset({_INPUT, "instructions", "reasoning_effort", "previous_response_id", SYSTEM})
_CHOICES = frozenset({"tool_choice", "function_call"})  # a word or JSON
_SCHEMAS = ("parameters", "input_schema")
_COMPLETIONS: dict[str, Completion | None] = {"tokens": "tokens", "text": "text", "completion": None}


def columns_read(task: RenderTask | ParseTask) -> frozenset[str]:
    """Return the columns that a task may read; a row need not have all of them."""
    if isinstance(task, ParseTask):
        return frozenset(_COMPLETIONS) if task.column is None else frozenset({task.column})
    held = frozenset(_HOLDERS) if task.column is None else frozenset({task.column})
    return held.union(*_KEYS.values()) if task.form is None else held | _KEYS[task.form]


def columns_that_hold(task: RenderTask | ParseTask) -> list[str]:
    """Return the columns of which a table must have one."""
    if task.column is not None:
        return [task.column]
    return list(_COMPLETIONS if isinstance(task, ParseTask) else _HOLDERS)


# Conversations ------------------------------------------------------------------------------------


def conversation_in(row: Mapping[str, Any], task: RenderTask) -> tuple[Conversation, Form]:
    """Return the conversation of a row, and the form that it has there.

    Raises:
        ValueError: there is none; the message names the place.
    """
    column, form = _holder(row, task)
    value = _structure(row[column], column)
    if form == "conversation":
        return _placed(value, form, task, column)
    if task.form is None and form_of({_MESSAGES: value}) == "conversation":
        how = 'say that it is one: form="conversation", --from conversation'
        raise ValueError(f"{column}: has keys of this package's conversations; {how}")
    told = [key for key in row if key in _KEYS[form] and key != _COLUMN_OF[form] and row[key] is not None]
    request = {_COLUMN_OF[form]: value, **{key: _part(key, row[key]) for key in told}}
    return _placed(request, form, task, column)


def _holder(row: Mapping[str, Any], task: RenderTask) -> tuple[str, Form]:
    """Return the column that has the conversation of a row, and the form of it."""
    if task.column is not None:
        names: Collection[str] = (task.column,)
    elif task.form is None:
        names = _HOLDERS
    else:
        names = (_CONVERSATION, _MESSAGES) if task.form == "conversation" else (_COLUMN_OF[task.form],)
    name = next((name for name in names if row.get(name) is not None), None)
    if name is None:
        raise ValueError(f"{' or '.join(names)}: missing")
    return name, task.form or _HOLDERS.get(name, "chat")


def _placed(value: Any, form: Form, task: RenderTask, column: str) -> tuple[Conversation, Form]:
    """Convert a value; errors name the column as the row does."""
    usual = _COLUMN_OF.get(form, _MESSAGES)
    inside = form == "conversation" and isinstance(value, Mapping)
    try:
        return conversation_of(value, form, for_training=task.purpose == "training", **task.options), form
    except ValueError as error:
        said = str(error)
        if inside:
            raise ValueError(f"{column}.{said}") from None
        if column != usual and said.startswith(usual):
            raise ValueError(column + said.removeprefix(usual)) from None
        raise


def _structure(value: Any, column: str) -> Any:
    """Return the value of a column that is no text."""
    if isinstance(value, str) and column not in _TEXTS:
        return from_json(value, f"{column}: ")
    return [_structure(item, f"{column}[{index}]") for index, item in enumerate(value)] if _has_texts(value) else value


def _has_texts(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, str) for item in value)


def _part(key: str, value: Any) -> Any:
    """Return the value of a key of a request."""
    if key in _CHOICES:
        return from_json(value, f"{key}: ") if isinstance(value, str) and value.startswith("{") else value
    value = value if key in _TEXTS else _structure(value, key)
    if isinstance(value, list):
        return [_tool(item, f"{key}[{index}]") for index, item in enumerate(value)]
    return value


def _tool(tool: Any, place: str) -> Any:
    """Return a tool in which the schemas that are texts are read."""
    if not isinstance(tool, dict):
        return tool
    found = {key: from_json(tool[key], f"{place}.{key}: ") for key in _SCHEMAS if isinstance(tool.get(key), str)}
    inner = tool.get(FUNCTION)
    if isinstance(inner, dict):
        found[FUNCTION] = _tool(inner, f"{place}.{FUNCTION}")
    return {**tool, **found} if found else tool


# Completions --------------------------------------------------------------------------------------


def completion_in(row: Mapping[str, Any], task: ParseTask) -> list[int] | str:
    """Return the completion of a row: the ids of its tokens, or its text.

    Raises:
        ValueError: there is none; the message names the column.
    """
    names = tuple(_COMPLETIONS) if task.column is None else (task.column,)
    name = next((name for name in names if row.get(name) is not None), None)
    if name is None:
        raise ValueError(f"{' or '.join(names)}: missing")
    value = row[name]
    form = task.form or _COMPLETIONS.get(name)
    if isinstance(value, str):
        if form != "tokens":
            return value
        value = from_json(value, f"{name}: ")
    if form == "text":
        raise ValueError(f"{name}: expected text, not {type(value).__name__}")
    if not isinstance(value, list):
        raise ValueError(f"{name}: expected a list of ids, not {type(value).__name__}")
    for index, item in enumerate(value):
        if type(item) is not int:
            raise ValueError(f"{name}[{index}]: expected the id of a token, not {type(item).__name__}")
    return value
