"""The names that a package has whatever its spec: those of its generated modules, and those of its façades.

A façade is a hand-written module. Its `__all__` lists what the package exports from it. The list is read as text, so
that a package that cannot be imported can still be generated.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "openai_harmony"

# Modules that the package imports at once, and modules that it imports on the first use of one of their names.
AT_ONCE = ("encoding", "errors", "options")
LATE = (
    *("bridging", "budgets", "rendered", "streaming", "strictness", "stripped", "templates", "text_parsing"),
    *("tool_names", "tool_schemas"),
)

# The public names that templates define, by generated module, without the names that a spec gives.
CLASSES = {
    "contents": ("Content",),
    "enumerations": ("HarmonyEncodingName", "RecoveryKind", "Role", "RoleWord", "StreamState", "StyleWord"),
    "events": (
        *("ContentDelta", "Event", "MessageEnd", "MessageSpan", "MessageStart", "ParseResult"),
        *("Recovered", "Recovery", "Usage"),
    ),
    "messages": ("Author", "Conversation", "Message"),
}

_ALL = re.compile(r"^__all__ = (\[.*?\])$", re.MULTILINE | re.DOTALL)


@cache
def exported(facade: str, package: Path = PACKAGE) -> tuple[str, ...]:
    """Return the names that a package exports from a façade."""
    path = package / f"{facade}.py"
    found = _ALL.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path.name} has no '__all__ = [...]', which says what the package exports of it")
    return tuple(ast.literal_eval(found[1]))


def public_classes() -> frozenset[str]:
    """Return the names of the classes and types that every package exports."""
    names = {name for facade in (*AT_ONCE, *LATE) for name in exported(facade)}
    names.update(name for classes in CLASSES.values() for name in classes)
    return frozenset(name for name in names if name[0].isupper())
