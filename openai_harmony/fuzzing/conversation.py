"""Messages and conversations for a renderer: all roles, all kinds of contents, fields in any combination."""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints

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
    """A message that the renderer writes; most hold one text."""
    if not one_in(choices, 4):
        return plain_message(choices, material)
    if choices.below(2):
        return plain_message(choices, material).adding_content(material.text(choices))
    role, cls = pick(choices, _carriers())
    return Message.from_role_and_content(role, _content(choices, material, cls))


def any_conversation(choices: Choices, material: Material) -> Conversation:
    """A conversation that the renderer writes; it may be empty."""
    messages = [any_message(choices, material) for _ in range(choices.below(MOST_MESSAGES + 1))]
    return Conversation.from_messages(messages)


@cache
def _carriers() -> list[tuple[Role, Any]]:
    """The contents that texts and words make up, each with a role that may carry it; found out by rendering them."""
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
    """A content with some of its texts and words changed."""
    made = _made(cls)
    for name, kind in _simple_fields(cls).items():
        if choices.below(2):
            value = material.text(choices) if kind is str else pick(choices, list(kind))
            setattr(made, name, value)
    return made if _can_be_written(made) else _made(cls)


def _made(cls: Any) -> Any:
    """A content with the least that it needs."""
    simple = _simple_fields(cls)
    needed = [one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING]
    return cls(**{name: "a" if simple.get(name) is str else None for name in needed})


def _can_be_written(content: Any) -> bool:
    """Whether no field of a block holds the text that ends it."""
    try:
        RULES.contents.by_class[type(content)].text(content, False)
    except RenderError:
        return False
    return True


@cache
def _simple_fields(cls: Any) -> dict[str, Any]:
    """The fields of a content class that hold a text or the member of an enumeration."""
    hints = get_type_hints(cls)
    found: dict[str, Any] = {}
    for field in fields(cls):
        for kind in (hints[field.name], *get_args(hints[field.name])):
            if kind is str or (isinstance(kind, type) and issubclass(kind, Enum)):
                found[field.name] = kind
    return found
