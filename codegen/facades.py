"""Which names a package has whatever its spec says: those of its generated modules, and those of its façades.

A façade is written by hand, and its `__all__` says what the package exports of it. That is read as text, so that a
package which cannot be imported can be generated anew.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "openai_harmony"

# Modules that the package imports at once, and those that it imports when one of their names is first asked for.
AT_ONCE = ("encoding", "errors", "options")
LATE = ("rendered", "streaming", "strictness", "stripped", "text_parsing", "tool_schemas")

# What templates define for people, by generated module. The names that a spec gives are not among them.
CLASSES = {
    "contents": ("Content",),
    "enumerations": ("HarmonyEncodingName", "RecoveryKind", "Role", "RoleWord", "StreamState"),
    "events": (
        *("ContentDelta", "Event", "MessageEnd", "MessageSpan", "MessageStart", "ParseResult"),
        *("Recovered", "Recovery", "Usage"),
    ),
    "messages": ("Author", "Conversation", "Message"),
}

_ALL = re.compile(r"^__all__ = (\[.*?\])$", re.MULTILINE | re.DOTALL)


@cache
def exported(facade: str, package: Path = PACKAGE) -> tuple[str, ...]:
    """What a package exports of a façade."""
    path = package / f"{facade}.py"
    found = _ALL.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path.name} has no '__all__ = [...]', which says what the package exports of it")
    return tuple(ast.literal_eval(found[1]))


def public_classes() -> frozenset[str]:
    """The classes and types that every package exports."""
    names = {name for facade in (*AT_ONCE, *LATE) for name in exported(facade)}
    names.update(name for classes in CLASSES.values() for name in classes)
    return frozenset(name for name in names if name[0].isupper())
