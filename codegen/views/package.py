"""Values for the template of the package itself: the imports of all public names, at once or on first use."""

from __future__ import annotations

from codegen.facades import AT_ONCE, CLASSES, LATE, exported
from codegen.model import Spec
from codegen.python_text import import_of, names, value_text


def view(spec: Spec, package: str) -> dict[str, object]:
    generated = _generated(spec)
    at_once = {f".{facade}": exported(facade) for facade in AT_ONCE}
    late = {"._generated.events": CLASSES["events"], **{f".{facade}": exported(facade) for facade in LATE}}
    modules = (generated, at_once, late)
    return {
        "generated": [import_of(module, listed) for module, listed in generated.items()],
        "at_once": [import_of(module, listed) for module, listed in at_once.items()],
        "late": [import_of(module, listed, 4) for module, listed in late.items()],
        "reading": value_text(late, 0, len("_READING = ")),
        "names": names(name for listed in modules for public in listed.values() for name in public),
    }


def _generated(spec: Spec) -> dict[str, tuple[str, ...]]:
    """Return the generated modules that are imported at once, with their public classes."""
    contents = [thing.name for thing in spec.structures] + [content.class_name for content in spec.contents]
    tools = {"._generated.tools": tuple(thing.name for thing in spec.tools.structures)}
    return {
        "._generated.contents": (*CLASSES["contents"], *contents),
        "._generated.enumerations": (*CLASSES["enumerations"], *(thing.name for thing in spec.enumerations)),
        "._generated.messages": CLASSES["messages"],
        **(tools if spec.tools.structures else {}),
    }
