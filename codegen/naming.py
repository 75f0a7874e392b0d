"""Words of the spec as Python names: which words are valid names, and which names are taken.

The lists of taken names are the public interface of the package, whatever its format. The names of its classes are in
`facades.py`.
"""

from __future__ import annotations

import keyword
import re

from codegen.facades import public_classes

_LOWER = re.compile(r"[a-z][a-z0-9_]*")
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")

TERMINALS = frozenset(
    {"ROLE", "NAMED_ROLE", "LISTED", "KNOWN", "TOOL_NAME", "WORD", "NAME", "CHANNEL_WORD", "TEXT", "WHITE_SPACE"}
)  # made from the word lists
GROUPS = ("STOPS", "MARKERS", "OTHERS")  # groups of terminals, in recoveries.yaml

# Hints for problems with a name.
LOWER = "write small letters, digits and _, not a word of Python"
UPPER = "write capitals, digits and _"

# Names that generated modules import or define, and that a class with the same name would hide.
BORROWED = frozenset(
    {"Any", "Callable", "DataType", "Enum", "Iterator", "JsonDict", "JsonSchema", "JsonValue", "Literal", "Mapping"}
    | {"Self", "Sequence", "TypeAlias", "Variant", "Word", "datatype"}
    | {"ContentRule", "Contents", "Exact", "Field", "Header", "HistoryRule", "Key", "ListOf", "MapOf", "OneOf"}
    | {"Record", "Rules", "ToolsText", "WORDING", "RULES"}
)
CLASSES = public_classes() | BORROWED
_PYDANTIC = {f"model_{name}" for name in ("dump", "dump_json", "validate", "validate_json", "copy", "json_schema")}
_MAKING = {"from_function", "from_model", "from_openai", "from_mcp"}  # constructors of tools
_ARGUMENTS = {"self", "cls"}  # the first argument of methods, whose other arguments are fields
_ALL_TYPES = (
    {"to_dict", "from_dict", "to_json", "from_json", "new", "model_fields", "type"} | _PYDANTIC | _MAKING | _ARGUMENTS
)
TYPE_NAMES = frozenset(_ALL_TYPES)
MESSAGE_NAMES = frozenset(
    {"author", "content", "role", "text", "adding_content"}
    | {f"from_{name}" for name in ("author_and_content", "role_and_content", "role_and_contents")}
    | _ALL_TYPES
)
# Parts of a message other than header fields, and the names of a header and its parts in generated functions.
PART_NAMES = frozenset({"begin", "header", "header_end", "marker", "name", "opening", "parts", "start", "stop"})
ENCODING_NAMES = frozenset(
    {"name", "encode", "decode", "decode_utf8", "is_special_token", "special_tokens_set", "parse"}
    | {"render", "render_conversation", "render_conversation_for_completion", "render_conversation_for_training"}
    | {"render_with_spans"}
    | {"parse_messages_from_completion_tokens", "parse_messages_from_completion_text"}
)


def is_name(word: str) -> bool:
    """Return whether a word can be the name of an attribute, a method or an argument."""
    return _LOWER.fullmatch(word) is not None and not keyword.iskeyword(word)


def is_constant(word: str) -> bool:
    """Return whether a word can be the name of a terminal or of a member of an enumeration."""
    return _UPPER.fullmatch(word) is not None


def is_class_name(word: str) -> bool:
    return _CLASS.fullmatch(word) is not None and not keyword.iskeyword(word)
