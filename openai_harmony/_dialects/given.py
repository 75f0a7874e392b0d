"""Values of a request with their places: dictionaries, or objects that can become dictionaries. None is changed.

A key whose value is null counts as absent, since clients write the keys of whole responses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from .._runtime.types.plain_text import plain
from ..errors import ConversionError

__all__ = ["Given", "given", "given_items", "plain_value", "shown", "surrogate_in"]

Fields = Mapping[str, object]

DEEPEST = 200  # how deep a value may be nested, so that it can be copied and written wherever that is done


class Given:
    """A dictionary of a request and its place.

    Attributes:
        path: the place, such as `messages[0]`; empty for the request itself.
    """

    __slots__ = ("_fields", "path")

    def __init__(self, fields: Fields, path: str) -> None:
        self._fields = fields
        self.path = path

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def at(self, key: str) -> str:
        """Return the place of the value of a key."""
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> object:
        """Return the value of a key; None if it is absent."""
        return self._fields.get(key)

    def fields(self) -> Iterator[tuple[str, object]]:
        """Yield the keys and the values that are not absent."""
        return ((key, value) for key, value in self._fields.items() if value is not None)

    def wrong(self, key: str, what: str) -> ConversionError:
        """Return the error for the value of a key."""
        return ConversionError(what, path=self.at(key))

    def text(self, key: str) -> str:
        """Return the text of a key. Raises ConversionError if it is absent, or no text."""
        value = self.text_or_none(key)
        if value is None:
            raise self.wrong(key, "missing")
        return value

    def text_or_none(self, key: str) -> str | None:
        value = self._fields.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong(key, f"expected text, not {shown(value)}")
        text = value if type(value) is str else plain(value)
        if not text.isascii():
            fault = surrogate_in(text)
            if fault is not None:
                raise self.wrong(key, f"half of a surrogate pair at index {fault}: no encoding of text has it")
        return text

    def flag(self, key: str) -> bool:
        value = self._fields.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.wrong(key, f"expected true or false, not {shown(value)}")

    def child(self, key: str) -> Given:
        """Return the dictionary of a key. Raises ConversionError if it is absent, or no dictionary."""
        value = self._fields.get(key)
        if value is None:
            raise self.wrong(key, "missing")
        return given(value, self.at(key))

    def items(self, key: str) -> Iterator[Given]:
        """Yield the dictionaries in the list of a key, which may be absent."""
        value = self._fields.get(key)
        return iter(()) if value is None else given_items(value, self.at(key))


def given(value: object, path: str) -> Given:
    """Return a dictionary, or an object in the form of one.

    Raises:
        ConversionError: the value is neither.
    """
    if type(value) is dict:
        return Given(value, path)
    found = _fields_of(value)
    if found is None:
        raise ConversionError(f"expected a dictionary, not {shown(value)}", path=path)
    return Given(found, path)


def given_items(value: object, path: str) -> Iterator[Given]:
    """Yield the dictionaries in a list, or in another iterable that is no text and no dictionary."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable) or hasattr(value, "model_dump"):
        raise ConversionError(f"expected a list, not {shown(value)}", path=path)
    for index, item in enumerate(value):
        yield given(item, f"{path}[{index}]")


def surrogate_in(text: str) -> int | None:
    """Return the index of half a surrogate pair, which JSON can have; None if there is none."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as fault:
        return fault.start
    return None


def shown(value: object) -> str:
    """Return a value as a complaint shows it: text and numbers as they are, of others the type."""
    if isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:39] + "…")
    return "null" if value is None else type(value).__name__


def _fields_of(value: object) -> Fields | None:
    if isinstance(value, (dict, Mapping)):  # a dictionary is told at once; other mappings are looked up
        return value
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        try:
            dumped = dump(by_alias=True)  # the names of the API, which some clients cannot use as names of attributes
        except TypeError:
            dumped = dump()
        return dumped if isinstance(dumped, Mapping) else None
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return None


def plain_value(value: object, path: str = "", room: int = DEEPEST) -> object:
    """Return a value in which dictionaries, objects in the form of one, and lists are dictionaries and lists.

    Args:
        path: the place of the value.
        room: how deep it may be nested.

    Raises:
        ConversionError: it is nested deeper.
    """
    if room < 0:
        raise ConversionError(f"nested more than {DEEPEST} deep", path=path)
    if value is None or isinstance(value, (str, int, float)):
        return value
    found = _fields_of(value)
    if found is not None:
        return {key: plain_value(item, path, room - 1) for key, item in found.items()}
    return [plain_value(item, path, room - 1) for item in value] if isinstance(value, (list, tuple)) else value
