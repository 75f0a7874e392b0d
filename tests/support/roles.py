"""Roles by what they do, for tests that need one while they are imported: the format may call them otherwise."""

from __future__ import annotations

from codegen.check import checked
from openai_harmony import Role
from tests.support.generated import SPEC

__all__ = ["USER"]

_SPECIFIED = checked(SPEC)
_CARRIERS = {content.role for content in _SPECIFIED.contents}

# Whoever the model answers: the first role that is no tool, has no content of its own, and is not sampled.
USER = Role(
    next(
        role.word
        for role in _SPECIFIED.roles.values()
        if role.author == "role" and role.word not in _CARRIERS and not role.sampled
    )
)
