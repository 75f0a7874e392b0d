"""Prints one document of JSON Schema as a type, with a method per kind of schema and limits on depth and size."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from ..types.json_text import Json, walk
from .printed_types import Joiner, Printed, overlap, unique
from .schema_document import ALL_KINDS, ARRAY, OBJECT, SILENT, Document, Place, below, entries_of, kinds_of, members_of
from .schema_remarks import Remarks, allowed, count_of, kinds_named, tuple_items
from .schema_text import in_one_line, literal, property_name
from .wording import Wording, template

__all__ = ["Printing", "Words"]

# The maximum depth of nested schemas, and the depth up to which references are followed. The difference leaves room for
# their targets: a document without references is never deeper than JSON values may nest.
DEEPEST, FOLLOWED = 300, 60
# SHORT: the maximum size, in characters, of a schema that is printed again for each reference to it. The total size of
# such repetitions is limited to the size of the document, or to SPARED if that is more. So the time and the length of
# the text are at most proportional to the size of the document.
SHORT, SPARED = 2000, 20_000

_NULL: Json = {"type": "null"}
_INNER = frozenset({"anyOf", "oneOf", "allOf", *OBJECT, *ARRAY}) | SILENT  # keywords that may contain schemas


class Words:
    """The strings of a format, as functions."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.join = Joiner(wording)
        self.remarks = Remarks(wording)
        self.comment = template(wording.comment)
        self.key_pattern = template(wording.key_pattern)
        self.defined = template(wording.defined)
        self.referred = template(wording.referred)
        self.other_property = template(wording.other_property)
        self.property = {True: template(wording.required_property), False: template(wording.optional_property)}
        self.of_variants = {True: template(wording.required_variants), False: template(wording.optional_variants)}
        self.any = Printed(wording.any_type)
        # Stands for a type that is named instead of printed. It is assumed to allow more than null.
        self.unknown = Printed(wording.any_type, kinds=ALL_KINDS - {"null"})
        self.never = Printed(wording.never_type, kinds=frozenset())


class Task(NamedTuple):
    """A schema to print.

    Attributes:
        place: the schema and its place.
        indent: the indent of the lines of the type.
        depth: the number of schemas around it.
        of_property: whether it is the schema of a property or one of its variants, where defaults may omit quotes.
        said: the description of the schema that it is a variant of, which is not repeated.
    """

    place: Place
    indent: str
    depth: int = 0
    of_property: bool = False
    said: str | None = None

    def inner(self, schema: Json, *keys: str | int, indent: str | None = None, of_property: bool = False) -> Task:
        """Return the task for a schema within this one."""
        place = Place(schema, below(self.place.pointer, *keys))
        return Task(place, self.indent if indent is None else indent, self.depth + 1, of_property)


Text: TypeAlias = "Generator[Task, Printed, Printed]"  # yields tasks for inner schemas, and receives their types


class Printing:
    """One pass over a document.

    The schemas at the places in `named` are printed with their name. `referred` collects the places that need one.
    """

    def __init__(self, words: Words, document: Document, named: frozenset[str]) -> None:
        self.referred: set[str] = set()
        self._words = words
        self._wording = words.wording
        self._join = words.join
        self._document = document
        self._named = named
        self._open = {document.root.pointer}
        self._spent = 0  # the size of the schemas printed so far
        self._costs: dict[str, int] = {}  # the sizes of the targets of references, by pointer
        self._left = max(SPARED, len(repr(document.root.schema)))  # the remaining size for repetitions

    def result(self) -> Printed:
        return self._labelled(walk(self._visit, Task(self._document.root, ""), DEEPEST), self._document.root)

    def _visit(self, task: Task) -> Text:
        schema = self._document.checked(task.place)
        if not isinstance(schema, dict):
            return self._words.any if schema else self._words.never
        self._spent += _weight(schema)
        parts = [*self._literals(schema), (yield from self._kinds(schema, task))]
        if isinstance(reference := schema.get("$ref"), str):
            parts.append((yield from self._reference(reference, task)))
        for number, member in enumerate(members_of(schema, "allOf")):
            parts.append((yield task.inner(member, "allOf", number)))
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                parts.append((yield from self._variants(keyword, schema, task)))
        return self._whole(parts, schema, task)

    def _whole(self, parts: Sequence[Printed], schema: dict[str, Json], task: Task) -> Printed:
        """Return the intersection of the parts, with the comments of the schema itself."""
        whole = self._join.intersection(parts, task.indent)
        if schema.get("nullable") is True and ("null" not in whole.kinds or whole.text == self._words.any.text):
            whole = self._join.or_null(whole, task.indent)
        own = self._words.remarks.remarks(schema, bare_default=task.of_property)
        first = [remark for remark in whole.remarks if remark == self._wording.whole_number]
        heading = self._words.remarks.heading(schema, task.said)
        return replace(
            whole,
            heading=heading if heading == whole.heading else heading + whole.heading,
            remarks=tuple(unique([*first, *own, *whole.remarks])),
            bare=whole.bare and not own and not heading,
        )

    # Values and kinds --------------------------------------------------------------------------------

    def _literals(self, schema: dict[str, Json]) -> list[Printed]:
        lists = [[schema["const"]]] if "const" in schema else []
        lists += [members_of(schema, "enum")] if "enum" in schema else []
        return [self._one_of_values(values) for values in lists]

    def _one_of_values(self, values: list[Json]) -> Printed:
        texts = unique(self._words.remarks.literal(value) for value in values)
        kinds = frozenset[str]().union(*map(allowed, values))
        text = self._wording.union.join(texts) or self._words.never.text
        return Printed(text, joined=len(texts) > 1, kinds=kinds, literals=frozenset(texts))

    def _kinds(self, schema: dict[str, Json], task: Task) -> Text:
        """Return the union of a type for each kind of value that the schema names."""
        if "enum" in schema or "const" in schema:
            return self._words.any
        kinds, printed = unique(kinds_named(schema)), []
        if not kinds:
            return self._words.any
        for kind in kinds:
            if kind == "array":
                printed.append((yield from self._array(schema, task)))
            elif kind == "object" and (schema.get("type") == kind or any(keyword in schema for keyword in OBJECT)):
                printed.append((yield from self._object(schema, task)))
            else:
                words = {**self._wording.types, "null": self._wording.null_type}
                printed.append(Printed(words.get(kind, kind), kinds=kinds_of(kind), bare=True))
        heading = tuple(line for each in printed for line in each.heading)
        remarks = [remark for each in printed for remark in each.remarks]
        if "integer" in kinds and "number" not in kinds:
            remarks.insert(0, self._wording.whole_number)
        return replace(self._join.union(printed, task.indent), heading=heading, remarks=tuple(remarks))

    # References --------------------------------------------------------------------------------------

    def _reference(self, reference: str, task: Task) -> Text:
        """Return the target of a reference; only its name if it is recursive, too deep, or long and already printed."""
        place = self._document.target(reference, task.place.pointer)
        if place is None:
            return replace(self._words.unknown, remarks=(self._words.remarks.named("$ref", reference),))
        pointer = place.pointer
        known = self._costs.get(pointer, 0)
        if pointer in self._open or task.depth >= FOLLOWED or known > min(SHORT, self._left):
            self.referred.add(pointer)
            return replace(self._words.unknown, remarks=(self._words.referred(name=in_one_line(pointer)),))
        self._open.add(pointer)
        before = self._spent
        printed = yield Task(place, task.indent, task.depth + 1, task.of_property, task.said)
        cost = self._spent - before
        self._left -= cost if known else 0
        self._costs[pointer] = max(known, cost, 1)
        self._open.remove(pointer)
        return self._labelled(printed, place)

    def _labelled(self, printed: Printed, place: Place) -> Printed:
        if place.pointer not in self._named:
            return printed
        label = self._words.defined(name=in_one_line(place.pointer))
        return replace(printed, remarks=(*printed.remarks, label), bare=False)

    # Variants ----------------------------------------------------------------------------------------

    def _variants(self, keyword: str, schema: dict[str, Json], task: Task) -> Text:
        optional = keyword == "anyOf" and _is_optional(schema)
        description = schema.get("description")
        said = description if isinstance(description, str) else None
        indent = task.indent if optional else task.indent + self._wording.variant_indent
        variants = []
        for number, member in enumerate(members_of(schema, keyword)):
            inner = task.inner(member, keyword, number, indent=indent, of_property=task.of_property)
            variants.append((yield inner._replace(said=said)))
        if optional:
            return self._or_nothing(variants, task.indent)
        if keyword == "anyOf" and all(variant.plain and not variant.block for variant in variants):
            return self._join.union(variants, task.indent)
        block = self._join.block(variants, task.indent)
        if keyword == "oneOf" and overlap(variants):
            return replace(block, remarks=(self._wording.exactly_one,))
        return block

    def _or_nothing(self, variants: Sequence[Printed], indent: str) -> Printed:
        """Return a type that allows null too, with the comments of the type."""
        printed = next((variant for variant in variants if variant.kinds != {"null"}), variants[0])
        return printed if "null" in printed.kinds else self._join.or_null(printed, indent)

    # Arrays ------------------------------------------------------------------------------------------

    def _array(self, schema: dict[str, Json], task: Task) -> Text:
        first = tuple_items(schema)
        rest = "additionalItems" if first is not None and first[0] == "items" else "items"
        if first is None and rest not in schema:
            return Printed(self._wording.array_without_items, kinds=kinds_of("array"), bare=True)
        keyword, members = first or ("", [])
        items = []
        for number, member in enumerate(members):
            items.append((yield task.inner(member, keyword, number)))
        further = (yield task.inner(schema[rest], rest)) if rest in schema else self._words.any
        if first is None and schema[rest] is not False:
            return self._join.array(further, task.indent)
        needed = min(max(count_of(schema, "minItems") or 0, 0), len(items))
        closed = schema.get(rest) is False or count_of(schema, "maxItems") == len(items)
        return self._join.tuple(items, None if closed else further, needed, task.indent)

    # Objects -----------------------------------------------------------------------------------------

    def _object(self, schema: dict[str, Json], task: Task) -> Text:
        lines = [self._wording.object_open]
        required = dict.fromkeys(name for name in members_of(schema, "required") if isinstance(name, str))
        properties = entries_of(schema, "properties")
        for name, inner in properties.items():
            printed = yield self._property_task(inner, task, "properties", name)
            lines += self._property_lines(printed, property_name(name), name in required, task.indent)
        for name in required:
            if name not in properties:
                lines += self._property_lines(self._words.any, property_name(name), True, task.indent)
        for pattern, inner in entries_of(schema, "patternProperties").items():
            printed = yield self._property_task(inner, task, "patternProperties", pattern)
            lines += self._other_lines(printed, [self._words.key_pattern(text=literal(pattern))], task.indent)
        others = schema.get("additionalProperties", True)
        if others is False:
            lines.append(task.indent + self._words.comment(text=self._wording.no_other_property))
        elif others is not True and others != {}:
            printed = yield self._property_task(others, task, "additionalProperties")
            lines += self._other_lines(printed, [], task.indent)
        bare = len(lines) == 1
        return Printed(
            "\n".join([*lines, task.indent + self._wording.object_close]), kinds=kinds_of("object"), bare=bare
        )

    def _property_task(self, schema: Json, task: Task, *keys: str) -> Task:
        """Return the task for a property. Its variants have the same indent as its name."""
        alternatives = isinstance(schema, dict) and (
            "oneOf" in schema or ("anyOf" in schema and not _is_optional(schema))
        )
        if isinstance(schema, dict) and any(keyword in schema for keyword in OBJECT):
            alternatives = False  # they follow an object
        indent = task.indent if alternatives else task.indent + self._wording.indent
        return task.inner(schema, *keys, indent=indent, of_property=True)

    def _property_lines(self, printed: Printed, name: str, required: bool, indent: str) -> list[str]:
        heading, remarks = self._join.comments(printed.heading, indent), self._join.remark_lines(printed)
        if printed.block:
            start = indent + self._words.of_variants[required](name=name) + printed.text
            return [*heading, *(indent + remark for remark in remarks), start, indent + self._wording.variants_end]
        line = indent + self._words.property[required](name=name, type=printed.text)
        return [*heading, self._wording.beside.join([line, *remarks])]

    def _other_lines(self, printed: Printed, first: list[str], indent: str) -> list[str]:
        """Return the lines for properties without a fixed name."""
        heading = self._join.comments(printed.heading, indent)
        told = self._join.remark_lines(replace(printed, remarks=(*first, *printed.remarks)))
        line = indent + self._words.other_property(type=self._join.within(printed, indent))
        return [*heading, self._wording.beside.join([line, *told])]


def _is_optional(schema: dict[str, Json]) -> bool:
    """Return whether a schema has two alternatives, one of which is null."""
    members = members_of(schema, "anyOf")
    return len(members) == 2 and _NULL in members


def _weight(schema: dict[str, Json]) -> int:
    """Return the approximate size of a schema in characters, without the schemas within it."""
    letters = 0
    for keyword, value in schema.items():
        if keyword not in _INNER:
            letters += len(keyword) + len(literal(value))
        elif isinstance(value, (dict, list)):
            letters += sum(len(name) if isinstance(name, str) else 1 for name in value)
    return letters
