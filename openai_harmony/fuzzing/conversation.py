"""Builders of messages and conversations for a renderer, with all roles, contents and combinations of fields.

Builders of tokens do not belong here.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from .._generated.contents import Content
from .._generated.enumerations import Role
from .._generated.messages import Conversation, Message
from .._generated.renderer import RULES
from ..errors import RenderError
from .choices import Choices, one_in, pick
from .material import Material, material
from .wellformed import plain_message

__all__ = ["any_conversation", "any_message"]

MOST_MESSAGES = 8


def any_message(choices: Choices, material: Material) -> Message:
    """Build a message that the renderer accepts; most have a single text as their content."""
    if not one_in(choices, 4):
        return plain_message(choices, material)
    if choices.below(2):
        return plain_message(choices, material).adding_content(material.text(choices))
    role, cls = pick(choices, _carriers())
    return Message.from_role_and_content(role, _content(choices, material, cls))


def any_conversation(choices: Choices, material: Material) -> Conversation:
    """Build a conversation that the renderer accepts; it may be empty."""
    messages = [any_message(choices, material) for _ in range(choices.below(MOST_MESSAGES + 1))]
    return Conversation.from_messages(messages)


@cache
def _carriers() -> list[tuple[Role, Any]]:
    """Return pairs of a role and a class of contents that a message of the role may have; found by rendering them."""
    found: list[tuple[Role, Any]] = []
    for cls in Content.__subclasses__():
        for role in Role:
            try:
                material().encoding.render(Message.from_role_and_content(role, _made(cls)))
            except (RenderError, TypeError, ValueError):
                continue
            found.append((role, cls))
    return found


def _content(choices: Choices, material: Material, cls: Any) -> Any:
    """Build a content in which some fields have other values."""
    made = _made(cls)
    for name, kind in _simple_fields(cls).items():
        if choices.below(2):
            setattr(made, name, _value(choices, material, kind))
    for name, member in _lists(cls).items():
        if choices.below(2):
            setattr(made, name, [_member(choices, material, member) for _ in range(choices.below(3))])
    return made if _can_be_written(made) else _made(cls)


def _value(choices: Choices, material: Material, kind: Any) -> Any:
    """Return a text, the member of an enumeration, or a JSON Schema."""
    if kind is str:
        return material.text(choices)
    return {"const": material.text(choices)} if kind is Any else pick(choices, list(kind))


def _member(choices: Choices, material: Material, cls: Any) -> Any:
    return cls(**{name: _value(choices, material, kind) for name, kind in _simple_fields(cls).items()})


def _made(cls: Any) -> Any:
    """Make a content with values for its required fields only."""
    simple = _simple_fields(cls)
    needed = [one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING]
    return cls(**{name: "a" if simple.get(name) is str else None for name in needed})


def _can_be_written(content: Any) -> bool:
    """Whether the content can be rendered: some fields may not contain line ends, or the literal after the field."""
    rule = RULES.contents.by_class[type(content)]
    try:
        rule.record(content, "")
        rule.text(content, False)
    except (RenderError, ValueError):
        return False
    return True


@cache
def _simple_fields(cls: Any) -> dict[str, Any]:
    """Return the types of the fields whose values are texts, members of enumerations, or schemas (Any), by name."""
    hints = get_type_hints(cls)
    found: dict[str, Any] = {}
    for field in fields(cls):
        for kind in (hints[field.name], *get_args(hints[field.name])):
            if kind is str or kind is Any or (isinstance(kind, type) and issubclass(kind, Enum)):
                found[field.name] = kind
    return found


@cache
def _lists(cls: Any) -> dict[str, Any]:
    """Return the classes of the members of those fields that are lists of objects with simple fields only, by name."""
    hints = get_type_hints(cls)
    found: dict[str, Any] = {}
    for field in fields(cls):
        for kind in (hints[field.name], *get_args(hints[field.name])):
            members = get_args(kind) if get_origin(kind) is list else ()
            for member in members:
                inner = getattr(member, "__dataclass_fields__", None)
                if inner and _simple_fields(member).keys() == inner.keys():
                    found[field.name] = member
    return found
