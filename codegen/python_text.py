"""Values of the spec as Python source: literals, annotations, docstrings, lists of names.

`ruff format` does not change the source that is made here, and its lines fit the width of generated files.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from codegen.model_contents import TypeSpec

WIDTH = 96
PLAIN_TYPES = {"text": "str", "line": "str", "flag": "bool", "object": "JsonDict", "schema": "JsonSchema"}
CONTAINERS = {None: "{}", "list": "list[{}]", "map": "dict[str, {}]"}
TAKEN = {
    "object": "Mapping[str, object]",
    "schema": "Mapping[str, object] | bool | type[object]",
    "list": "Sequence[{}]",
    "map": "Mapping[str, {}]",
}


def annotation(type_: TypeSpec, *, optional: bool = False) -> str:
    """Return the annotation of a field."""
    spelled = CONTAINERS[type_.container].format(PLAIN_TYPES.get(type_.name, type_.name))
    return f"{spelled} | None" if optional else spelled


def taken(type_: TypeSpec, *, optional: bool = False) -> str:
    """Return the annotation of a constructor's argument: wider than the field's, since pydantic converts values."""
    inner = TAKEN.get(type_.name) or PLAIN_TYPES.get(type_.name, type_.name)
    spelled = TAKEN.get(str(type_.container), "{}").format(inner)
    return f"{spelled} | None" if optional else spelled


def literal(text: str) -> str:
    """Return a literal of a text on one line, with the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def value_text(value: Any, indent: int = 0, before: int = 0) -> str:
    """Return a literal of a JSON value or a tuple; a long one spans several lines.

    Args:
        indent: the indentation of the closing bracket, if there are several lines.
        before: the number of columns before the value, including the indentation.
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
    """Return the value of `__all__`: constants, classes, functions."""
    return value_text(ordered(public), 0, len("__all__ = "))


def ordered(names: Iterable[str]) -> list[str]:
    """Return names in the order that linters require in imports and `__all__`: constants, classes, functions."""

    def kind(name: str) -> tuple[int, str]:
        return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)

    return sorted(names, key=kind)


def import_of(module: str, names: Iterable[str], indent: int = 0) -> str:
    """Return an import of names at `indent`; a long one spans several lines."""
    head = f"from {module} import "
    listed = ordered(names)
    one_line = head + ", ".join(listed)
    return one_line if indent + len(one_line) < WIDTH else head + _over_lines("(", listed, ")", indent)


def function_head(name: str, parameters: Iterable[str], result: str, indent: int) -> list[str]:
    """Return the lines of the head of a function at `indent`; one line if it is short."""
    listed = list(parameters)
    line = f"def {name}({', '.join(listed)}) -> {result}"
    if indent + len(line) < WIDTH:
        return [line]
    return [f"def {name}(", *(f"    {parameter}," for parameter in listed), f") -> {result}"]


def call(function: str, arguments: Iterable[str], indent: int, before: int) -> str:
    """Return a call; a long one spans several lines, as in `value_text`."""
    listed = list(arguments)
    one_line = f"{function}({', '.join(listed)})"
    return one_line if before + len(one_line) < WIDTH else function + _over_lines("(", listed, ")", indent)


def docstring(text: str, indent: int) -> str:
    """Return a docstring; all lines but the first begin at `indent`."""
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
    """Return a text as the lines of a comment."""
    lines = [line for part in text.strip().splitlines() for line in _wrapped(part.strip(), WIDTH - 8) or [""]]
    return [f"# {line}".rstrip() for line in lines]


def docstring_with_example(text: str, example: Iterable[str], indent: int) -> str:
    """Return a docstring that ends in an example with these lines, unchanged; without lines, `docstring(text)`."""
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
    """Return a literal between triple quotes; its lines end in a backslash where the text has no line end."""
    quote = '"' if '"""' in text or text.endswith('"') else ""
    lines = []
    for line in text.split("\n"):
        safe = re.sub(" $", r"\\x20", "".join(_escaped(character, quote) for character in line))
        if re.search("^ |  ", safe):  # wrapping would remove white space
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
    """Return lines that end only between words; a break elsewhere could split an escape sequence."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
