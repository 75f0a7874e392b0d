"""How values of the spec are spelled as Python: literals, annotations, docstrings, lists of names.

What is spelled here stays as it is under `ruff format`, and within the columns that a generated file may have.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from codegen.model import TypeSpec

WIDTH = 96
PLAIN_TYPES = {"text": "str", "flag": "bool", "object": "JsonDict"}
CONTAINERS = {None: "{}", "list": "list[{}]", "map": "dict[str, {}]"}
TAKEN = {"object": "Mapping[str, object]", "list": "Sequence[{}]", "map": "Mapping[str, {}]"}


def annotation(type_: TypeSpec, *, optional: bool = False) -> str:
    """The type of a field, as it stands behind its colon."""
    spelled = CONTAINERS[type_.container].format(PLAIN_TYPES.get(type_.name, type_.name))
    return f"{spelled} | None" if optional else spelled


def taken(type_: TypeSpec, *, optional: bool = False) -> str:
    """The type of what a constructor takes for a field: more than the field holds, since pydantic makes that of it."""
    inner = TAKEN.get(type_.name) or PLAIN_TYPES.get(type_.name, type_.name)
    spelled = TAKEN.get(str(type_.container), "{}").format(inner)
    return f"{spelled} | None" if optional else spelled


def literal(text: str) -> str:
    """A text on one line, in the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def value_text(value: Any, indent: int = 0, before: int = 0) -> str:
    """A literal of a JSON value or a tuple; over several lines if it is long, which go on at `indent`.

    `before` is the number of columns that stand in front of it, the indent included.
    """
    if isinstance(value, str):
        short = literal(value)
        return short if max(before, indent) + len(short) < WIDTH and "\n" not in value else _long_text(value)
    if not isinstance(value, (Mapping, list, tuple)):
        return repr(value)
    entries, brackets = _entries(value, indent + 4)
    one_line = ", ".join(entries)
    if isinstance(value, tuple) and len(entries) == 1:
        one_line += ","
    if not entries or (max(before, indent) + len(one_line) + 2 < WIDTH and "\n" not in one_line):
        return brackets[0] + one_line + brackets[1]
    return _over_lines(brackets[0], entries, brackets[1], indent)


def names(public: Iterable[str]) -> str:
    """The value of `__all__`: constants, classes, functions."""
    return value_text(ordered(public), 0, len("__all__ = "))


def ordered(names: Iterable[str]) -> list[str]:
    """Names as linters want them in imports and in `__all__`: constants, classes, functions."""

    def kind(name: str) -> tuple[int, str]:
        return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)

    return sorted(names, key=kind)


def import_of(module: str, names: Iterable[str], indent: int = 0) -> str:
    """An import of names; over several lines if it is long, which go on at `indent`."""
    head = f"from {module} import "
    listed = ordered(names)
    one_line = head + ", ".join(listed)
    return one_line if indent + len(one_line) < WIDTH else head + _over_lines("(", listed, ")", indent)


def function_head(name: str, parameters: Iterable[str], result: str, indent: int) -> list[str]:
    """The lines of a function's head, which stands at `indent`; one line if it is short."""
    listed = list(parameters)
    line = f"def {name}({', '.join(listed)}) -> {result}"
    if indent + len(line) < WIDTH:
        return [line]
    return [f"def {name}(", *(f"    {parameter}," for parameter in listed), f") -> {result}"]


def call(function: str, arguments: Iterable[str], indent: int, before: int) -> str:
    """A call; over several lines if it is long, as in `value_text`."""
    listed = list(arguments)
    one_line = f"{function}({', '.join(listed)})"
    return one_line if before + len(one_line) < WIDTH else function + _over_lines("(", listed, ")", indent)


def docstring(text: str, indent: int) -> str:
    """A docstring; the first line continues where it is put, the others stand at `indent`."""
    text = text.strip()
    quote = '"' if '"""' in text or text.startswith('"') or text.endswith('"') else ""
    safe = ["".join(_escaped(character, quote) for character in line.strip()) for line in text.split("\n")]
    if len(safe) == 1 and indent + len(safe[0]) + 6 < WIDTH:
        return f'"""{safe[0]}"""'
    margin = " " * indent
    lines = [line for part in safe for line in _wrapped(part, WIDTH - indent - 4) or [""]]
    if len(lines) == 1:
        return f'"""{lines[0]}"""'
    return '"""' + "\n".join([lines[0], *(margin + line if line else "" for line in lines[1:])]) + f'\n{margin}"""'


def comment(text: str) -> list[str]:
    """A text as the lines of a comment."""
    lines = [line for part in text.strip().splitlines() for line in _wrapped(part.strip(), WIDTH - 8) or [""]]
    return [f"# {line}".rstrip() for line in lines]


def docstring_with_example(text: str, example: Iterable[str], indent: int) -> str:
    """A docstring that ends in an example, whose lines are copied unchanged; without lines, `docstring(text)`."""
    lines = list(example)
    if not lines:
        return docstring(text, indent)
    margin = " " * indent
    described = docstring(f"{text}\n\nExample:", indent).removesuffix(f'\n{margin}"""')
    return described + "".join(f"\n{margin}    {line}" for line in lines) + f'\n{margin}"""'


def _over_lines(opening: str, entries: Iterable[str], closing: str, indent: int) -> str:
    inner = " " * (indent + 4)
    return opening + "\n" + "".join(f"{inner}{entry},\n" for entry in entries) + " " * indent + closing


def _entries(value: Mapping[str, Any] | list[Any] | tuple[Any, ...], indent: int) -> tuple[list[str], str]:
    if isinstance(value, Mapping):
        keyed = [(literal(str(key)), item) for key, item in value.items()]
        return [f"{key}: {value_text(item, indent, indent + len(key) + 3)}" for key, item in keyed], "{}"
    return [value_text(item, indent, indent + 1) for item in value], "()" if isinstance(value, tuple) else "[]"


def _long_text(text: str) -> str:
    """A literal between triple quotes, whose lines end in a backslash where the text has no line end."""
    quote = '"' if '"""' in text or text.endswith('"') else ""
    lines = []
    for line in text.split("\n"):
        safe = re.sub(" $", r"\\x20", "".join(_escaped(character, quote) for character in line))
        if re.search("^ |  ", safe):  # wrapping would take white space away
            lines.append(safe)
        else:
            wrapped = _wrapped(safe, WIDTH - 2)
            lines.append(" \\\n".join(wrapped))
    return '"""\\\n' + "\n".join(lines) + '\\\n"""'


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return "\\" + character
    return character if character.isprintable() else repr(character)[1:-1]


def _wrapped(text: str, width: int) -> list[str]:
    """Lines that end between words alone; a break elsewhere could take an escape apart."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
