"""The public interface is the reference's: each of its names is here, and takes every call that it takes there."""

from __future__ import annotations

import ast
import functools
import inspect
from typing import Any, TypeAlias

import pytest

import openai_harmony
from tests.support.operations import answer
from tests.support.reference import reference

# name -> parameters (name, kind, default); "read" for what an object shows; None for what is only there.
Interface: TypeAlias = "dict[str, list[tuple[str, str, str | None]] | str | None]"

# Public, though the reference's `__all__` leaves them out.
FORGOTTEN = ("ChannelConfig", "ReasoningEffort", "RenderConversationConfig", "RenderOptions", "ToolNamespaceConfig")
PYDANTIC = (
    "model_copy", "model_dump", "model_dump_json", "model_fields",
    "model_json_schema", "model_validate", "model_validate_json",
)  # fmt: skip

# Run in both libraries' processes, in which it must look the same for the same promise.
DESCRIBE = """
import enum, inspect

def parameters(callable):
    found = inspect.signature(callable).parameters.values()
    empty = inspect.Parameter.empty
    return [(p.name, p.kind.name, None if p.default is empty else repr(p.default)) for p in found]

def members(cls):
    for base in reversed(cls.__mro__):
        if base.__module__.partition(".")[0] == "openai_harmony":
            yield from (name for name in vars(base) if not name.startswith("_"))

def described(name, value):
    if not inspect.isclass(value):
        yield name, parameters(value) if inspect.isroutine(value) else None  # what is for type checkers is only there
        return
    if issubclass(value, enum.Enum):
        yield from ((f"{name}.{member.name}", repr(member.value)) for member in value)
        return
    if not issubclass(value, Exception):
        yield name, parameters(value)
    for member in members(value):
        found = inspect.getattr_static(value, member)
        if inspect.isdatadescriptor(found):
            yield f"{name}.{member}", "read"
        elif callable(getattr(value, member, None)):
            yield f"{name}.{member}", parameters(getattr(value, member))
    for field in getattr(value, "model_fields", ()):
        yield f"{name}.{field}", None

dict(pair for name in NAMES for pair in described(name, getattr(oh, name)))
"""


def description(names: tuple[str, ...]) -> dict[str, Any]:
    return {"code": DESCRIBE.replace("NAMES", repr(names))}


def interface_of(answered: dict[str, Any]) -> Interface:
    assert "output" in answered, answered
    interface: Interface = ast.literal_eval(answered["output"]["repr"])
    return interface


@functools.cache
def promised() -> Interface:
    (listed,) = reference().ask([("py", {"code": "sorted(oh.__all__)"})])
    names = (*ast.literal_eval(listed["output"]["repr"]), *FORGOTTEN)
    return interface_of(reference().ask([("py", description(names))])[0])


@functools.cache
def ours() -> Interface:
    return interface_of(answer("py", description(tuple(openai_harmony.__all__))))


# The reference's constructor takes its compiled object; its documentation says to call `load_harmony_encoding`.
INTERNAL = {"HarmonyEncoding"}
# The same default in other words: one that cannot be changed, and pydantic's word for a field that must be given.
SAME_DEFAULT = {"frozenset()": "set()", "Ellipsis": None}


def broken_promises(promised: Interface, ours: Interface) -> list[str]:
    """Calls that the promised interface takes, and ours does not."""
    broken = []
    for name, promise in promised.items():
        if name in INTERNAL:
            continue
        if name not in ours:
            broken.append(f"{name} is missing")
        elif isinstance(promise, list):
            kept = ours[name]
            broken += _refused(name, promise, kept) if isinstance(kept, list) else [f"{name} cannot be called"]
        elif promise is not None and ours[name] != promise:
            broken.append(f"{name} is {ours[name]}, not {promise}")
    return broken


def _refused(
    name: str, promise: list[tuple[str, str, str | None]], kept: list[tuple[str, str, str | None]]
) -> list[str]:
    broken = []
    positional = [parameter for parameter, kind, _ in kept if kind.startswith("POSITIONAL")]
    by_name = {parameter: SAME_DEFAULT.get(str(default), default) for parameter, _, default in kept}
    takes_anything = any(kind == "VAR_KEYWORD" for _, kind, _ in kept)
    for index, (parameter, kind, default) in enumerate(promise):
        if kind.startswith("VAR_"):
            continue
        if parameter not in by_name:
            broken += [] if takes_anything else [f"{name} takes no {parameter}"]
        elif kind != "KEYWORD_ONLY" and (index >= len(positional) or positional[index] != parameter):
            broken.append(f"{name} takes no {parameter} in place {index}")
        elif default is not None and by_name[parameter] is None:
            broken.append(f"{name} requires {parameter}")
        elif default != by_name[parameter] and "factory" not in f"{default} {by_name[parameter]}":
            broken.append(f"{name} has {parameter}={by_name[parameter]}, not {default}")
    wanted = {parameter for parameter, _, _ in promise}
    broken += [
        f"{name} requires {parameter}"
        for parameter, kind, default in kept
        if parameter not in wanted and default is None and not kind.startswith("VAR_")
    ]
    return broken


@pytest.mark.shipped
def test_every_call_of_the_reference_is_taken() -> None:
    assert not broken_promises(promised(), ours())


def test_much_was_compared() -> None:
    assert len(promised()) > 100
    assert sum(isinstance(promise, list) for promise in promised().values()) > 60


def test_all_names_are_public_and_sorted() -> None:
    names = openai_harmony.__all__
    assert names == sorted(set(names))
    assert all(hasattr(openai_harmony, name) for name in names)
    assert set(FORGOTTEN) <= set(names)


def test_a_star_import_gives_what_the_reference_gives() -> None:
    (listed,) = reference().ask([("py", {"code": "sorted(oh.__all__)"})])
    assert set(ast.literal_eval(listed["output"]["repr"])) <= set(openai_harmony.__all__)


def test_data_types_have_the_methods_of_pydantic_that_programs_call() -> None:
    names = sorted(name for name in promised() if "." not in name)
    (theirs,) = reference().ask(
        [("py", {"code": f"[(n, m) for n in {names} for m in {PYDANTIC} if hasattr(getattr(oh, n), m)]"})]
    )
    methods = ast.literal_eval(theirs["output"]["repr"])
    assert len(methods) > 60
    assert not [(name, method) for name, method in methods if not hasattr(getattr(openai_harmony, name), method)]


@pytest.mark.shipped
def test_the_positional_order_of_data_types_is_that_of_the_documentation() -> None:
    order = {
        "Author": "role name",
        "TextContent": "text",
        "ToolDescription": "name description parameters",
        "ToolNamespaceConfig": "name description tools",
        "ChannelConfig": "valid_channels channel_required",
        "SystemContent": "model_identity reasoning_effort conversation_start_date knowledge_cutoff channel_config"
        " tools",
        "DeveloperContent": "instructions tools response_formats",
        "Message": "author content channel recipient content_type",
        "Conversation": "messages",
        "RenderConversationConfig": "auto_drop_analysis analysis keep_last_turn keep_calls style schema open_last"
        " on_ambiguous",
    }
    for name, fields in order.items():
        assert list(inspect.signature(getattr(openai_harmony, name)).parameters) == fields.split()


PARAMETERS: list[tuple[str, str, str | None]] = [("a", "POSITIONAL_OR_KEYWORD", None), ("b", "KEYWORD_ONLY", "1")]
CALL: Interface = {"f": PARAMETERS}


@pytest.mark.parametrize(
    ("kept", "complaint"),
    [
        ({}, "f is missing"),
        ({"f": "read"}, "f cannot be called"),
        ({"f": [("a", "POSITIONAL_OR_KEYWORD", None)]}, "f takes no b"),
        ({"f": [("a", "KEYWORD_ONLY", None), ("b", "KEYWORD_ONLY", "1")]}, "f takes no a in place 0"),
        ({"f": [("x", "POSITIONAL_OR_KEYWORD", "1"), *PARAMETERS]}, "f takes no a in place 0"),
        ({"f": [("a", "POSITIONAL_OR_KEYWORD", None), ("b", "KEYWORD_ONLY", None)]}, "f requires b"),
        ({"f": [("a", "POSITIONAL_OR_KEYWORD", None), ("b", "KEYWORD_ONLY", "2")]}, "f has b=2, not 1"),
        ({"f": [*PARAMETERS, ("c", "KEYWORD_ONLY", None)]}, "f requires c"),
    ],
)
def test_a_broken_promise_is_seen(kept: Interface, complaint: str) -> None:
    assert broken_promises(CALL, CALL) == []
    assert complaint in broken_promises(CALL, kept)
