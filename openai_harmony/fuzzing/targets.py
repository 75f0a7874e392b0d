"""The checks of parsers: all properties for our parser, and general ones for any other parser.

Another parser is a callable `f(tokens, role)` that returns messages in one of several forms. How the properties of our
parser are tested does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .._generated.framing import FRAMING
from .._imported import imported_object, told
from ..errors import HarmonyError
from .example import Example, Shape, shapes_of
from .material import material
from .properties import PROPERTIES
from .text_diff import letters

__all__ = ["Check", "Wrong", "check_of", "loaded", "named", "ours", "told"]


class Wrong(NamedTuple):
    """The violation of a property.

    Attributes:
        property: the property that does not hold.
        kinds: the kinds of the violation, such as the names of fields or of exceptions.
        detail: what happened.
        answered: False if the parser gave no answer: its process ended, or was ended.
    """

    property: str
    kinds: frozenset[str]
    detail: str
    answered: bool = True


Check = Callable[[Example], "Wrong | None"]


def ours(example: Example) -> Wrong | None:
    """Return the first property of our parser that an input violates; None if there is none."""
    for holds in PROPERTIES:
        try:
            detail = holds(example)
        except Exception as error:
            return Wrong(holds.__name__, _kinds(error), told(error))
        if detail is not None:
            return Wrong(holds.__name__, frozenset(), detail)
    return None


def loaded(name: str) -> Callable[[list[int], str | None], Any]:
    """Import the callable named by `module:function`.

    Raises:
        ValueError: there is no such callable, or the import of its module raises or exits.
    """
    found = imported_object(name, "function")
    if not callable(found):
        raise ValueError(f"{name!r} is no function")
    return found  # type: ignore[no-any-return]


def check_of(target: Callable[[list[int], str | None], Any]) -> Check:
    """Return a check of a parser: it must not raise, must keep all text, and must read well-formed input as ours."""

    def check(example: Example) -> Wrong | None:
        expected = _expected(example)
        if expected is None and not FRAMING.kinds:  # nothing says what another parser should make of it
            return None
        form = "malformed" if expected is None else "well-formed"
        try:
            answer = target(list(example.tokens), example.role)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # including SystemExit, and the panics of extension modules
            return Wrong(f"raises on {form} input", _kinds(error), told(error))
        try:
            found = [_form(message) for message in answer]
        except Exception as error:
            return Wrong("returns messages", _kinds(error), f"cannot read {_shown(answer)}: {told(error)}")
        read = (
            shapes_of(material().encoding.parse(list(example.tokens), example.role).messages)
            if FRAMING.kinds
            else expected
        )
        return _lost(read or (), found, form) or _different(expected, found)

    return check


def _expected(example: Example) -> tuple[Shape, ...] | None:
    """Return the messages that a strict parser must read; None if it may refuse the input."""
    try:
        read = material().encoding.parse_messages_from_completion_tokens(list(example.tokens), example.role)
    except (HarmonyError, OverflowError):
        return None
    return shapes_of(read)


def _lost(read: tuple[Shape, ...], found: list[dict[str, Any]], form: str) -> Wrong | None:
    """Report the letters of our parser's messages that are in no value of the other parser's messages."""
    kept = [value for message in found for key, value in message.items() if key != "role" and isinstance(value, str)]
    there = letters(kept)
    missing = letters(shape.text for shape in read) - there
    if not missing:
        return None
    return Wrong(
        f"keeps all text of {form} input", frozenset(), f"lost: {''.join(missing.elements())!r}, returned: {found}"
    )


def _different(expected: tuple[Shape, ...] | None, found: list[dict[str, Any]]) -> Wrong | None:
    if expected is None:
        return None
    ours = [named(shape) for shape in expected]
    if len(ours) != len(found):
        return Wrong("reads as ours does", frozenset({"number"}), f"{len(found)} messages: {found}; ours: {ours}")
    for index, (our, their) in enumerate(zip(ours, found)):
        unlike = [key for key, value in their.items() if our[key] != value]
        if unlike:
            told = ", ".join(f"{key} {their[key]!r}, ours {our[key]!r}" for key in unlike)
            return Wrong("reads as ours does", frozenset(unlike), f"message {index}: {told}")
    return None


def named(shape: Shape) -> dict[str, Any]:
    """Return a shape as a dictionary."""
    fields = {field.name: value for field, value in zip(FRAMING.fields, shape.fields)}
    return {"role": shape.role, "name": shape.name, **fields, "text": shape.text}


def _form(message: Any) -> dict[str, Any]:
    """Convert a message of another parser to a dictionary with the keys that it has.

    If the message has `to_dict`, missing keys mean None.

    Raises:
        TypeError: the message is not a mapping and has no `to_dict`.
        KeyError: the message has neither text nor content.
    """
    names = ("name", *(field.name for field in FRAMING.fields))
    if hasattr(message, "to_dict"):
        data = {**dict.fromkeys(names), **message.to_dict()}
    elif isinstance(message, Mapping):
        data = dict(message)
    else:
        raise TypeError(f"{type(message).__name__} is no dictionary and has no to_dict")
    if isinstance(data.get("author"), Mapping):
        data = {**data["author"], **data}
    form: dict[str, Any] = {key: data[key] for key in names if key in data}
    if "role" in data:
        form["role"] = str(getattr(data["role"], "value", data["role"]))
    form["text"] = _text(data["text"] if "text" in data else data["content"])
    return form


def _text(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, Mapping):
        return _text(content["text"])
    return "".join(map(_text, content))


def _kinds(error: BaseException) -> frozenset[str]:
    return frozenset({type(error).__name__})


def _shown(answer: object) -> str:
    try:
        return f"{answer!r:.200}"
    except Exception:
        return f"a {type(answer).__name__}"
