"""The result of printing a schema: a type as text, with its comments; and functions that combine such types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from .schema_document import ALL_KINDS
from .wording import Wording, template

_Part = TypeVar("_Part")

__all__ = ["Heading", "Joiner", "Printed", "overlap", "unique"]

Heading: TypeAlias = "tuple[str | None, ...]"  # lines of comments; None for a blank one


@dataclass(frozen=True)
class Printed:
    """A printed type.

    Attributes:
        text: the type. Lines after the first one have their final indent. A block, which has each variant on its own
            line, begins with a line feed.
        joined: whether the type is a union, so that a suffix or an operator after it would apply only to its last part.
        all_of: whether the type is an intersection, which needs parentheses only before a suffix.
        commented: whether the last line ends with a comment.
        heading: the lines of comments above the type.
        remarks: the remarks in the comment after the type.
        kinds: the kinds of values that the type allows.
        literals: the values that the type allows, if it consists of literals; otherwise None.
        bare: whether the type expresses nothing but its kinds.
    """

    text: str
    joined: bool = False
    all_of: bool = False
    commented: bool = False
    heading: Heading = ()
    remarks: tuple[str, ...] = ()
    kinds: frozenset[str] = ALL_KINDS
    literals: frozenset[str] | None = None
    bare: bool = False

    @property
    def block(self) -> bool:
        return self.text.startswith("\n")

    @property
    def plain(self) -> bool:
        """Whether the type has no comments."""
        return not self.heading and not self.remarks


class Joiner:
    """Combines types, with the strings of a format."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._group = template(wording.group)
        self._array = template(wording.array_type)
        self._tuple = template(wording.tuple)
        self._optional = template(wording.optional_item)
        self._further = template(wording.further_items)
        self._of_items = template(wording.of_items)
        self._of_item = template(wording.of_item)
        self._variant = template(wording.variant)
        self._comment = template(wording.comment)

    def closed(self, printed: Printed, indent: str) -> str:
        """Return the text of a type, in parentheses if a suffix would apply only to a part of it."""
        return self._grouped(printed, indent, printed.joined or printed.all_of)

    def within(self, printed: Printed, indent: str) -> str:
        """Return the text of a type as a part of a union, or between commas."""
        return self._grouped(printed, indent, False)

    def _grouped(self, printed: Printed, indent: str, needed: bool) -> str:
        if printed.block:
            return self._group(type=f"{printed.text}\n{indent}")
        return self._group(type=printed.text) if needed else printed.text

    # Unions ------------------------------------------------------------------------------------------

    def union(self, parts: Sequence[Printed], indent: str) -> Printed:
        """Return the union of types without comments, on one line."""
        texts = [self.within(part, indent) for part in parts if part.kinds]
        if len(texts) <= 1:
            return next((part for part in parts if part.kinds), parts[0])
        literals = [part.literals for part in parts]
        return Printed(
            self._wording.union.join(texts),
            joined=True,
            kinds=frozenset().union(*(part.kinds for part in parts)),
            literals=None if None in literals else frozenset().union(*filter(None, literals)),
            bare=all(part.bare for part in parts),
        )

    def block(self, variants: Sequence[Printed], indent: str) -> Printed:
        """Return the union of types, each on its own line with its comments."""
        lines = [""]
        for variant in variants:
            lines += self._variant_lines(variant, indent)
        return Printed(
            "\n".join(lines),
            joined=True,
            commented=not variants[-1].plain,
            kinds=frozenset().union(*(variant.kinds for variant in variants)),
        )

    def _variant_lines(self, variant: Printed, indent: str) -> list[str]:
        heading = variant.heading[:-1] if variant.heading[1:] == (None,) else variant.heading  # only a title
        remarks = [self._wording.remark_break.join(variant.remarks)] if variant.remarks else []
        if len(heading) == 1 and heading[0] is not None:
            remarks.insert(0, heading[0])
            heading = ()
        comments = [self._comment(text=self._wording.beside.join(remarks))] if remarks else []
        line = indent + self._variant(type=self.within(variant, indent))
        return [*self.comments(heading, indent), self._wording.beside.join([line, *comments])]

    def or_null(self, printed: Printed, indent: str) -> Printed:
        kinds = printed.kinds | {"null"}
        if printed.block:
            line = indent + self._variant(type=self._wording.null_type)
            return replace(printed, text=f"{printed.text}\n{line}", commented=False, kinds=kinds)
        text = self._wording.union.join([printed.text, self._wording.null_type])
        literals = None if printed.literals is None else printed.literals | {self._wording.null_type}
        return replace(printed, text=text, joined=True, all_of=False, kinds=kinds, literals=literals)

    # Intersections -----------------------------------------------------------------------------------

    def intersection(self, parts: Sequence[Printed], indent: str) -> Printed:
        """Return the intersection of types, with the comments of all of them."""
        typed = [part for part in parts if part.text != self._wording.any_type]
        telling = [part for part in typed if not part.bare or not _implied(part, typed)]
        dropped = [part for part in typed if part not in telling]
        said = [part for part in parts if part not in dropped or part.heading]
        texts = unique(self._grouped(part, indent, part.joined) for part in telling)
        first = telling[0] if telling else Printed(self._wording.any_type)
        joined = first if len(texts) <= 1 else Printed(self._wording.intersection.join(texts), all_of=True)
        return replace(
            joined,
            heading=_headings(said),
            remarks=tuple(unique(remark for part in said for remark in part.remarks)),
            kinds=frozenset.intersection(ALL_KINDS, *(part.kinds for part in parts)),
            bare=joined.bare and len(texts) <= 1,
        )

    # Arrays ------------------------------------------------------------------------------------------

    def array(self, items: Printed, indent: str) -> Printed:
        return Printed(
            self._array(type=self.closed(items, indent)),
            heading=tuple(line and self._of_items(text=line) for line in items.heading),
            remarks=tuple(self._of_items(text=remark) for remark in items.remarks),
            kinds=frozenset({"array"}),
        )

    def tuple(self, items: Sequence[Printed], further: Printed | None, needed: int, indent: str) -> Printed:
        """Return an array type with one type per item. The first `needed` are required; `further` ones may follow."""
        texts = [self.within(item, indent) for item in items[:needed]]
        texts += [self._optional(type=self.closed(item, indent)) for item in items[needed:]]
        heading = [line and self._of_item(name=n, text=line) for n, item in enumerate(items) for line in item.heading]
        remarks = [self._of_item(name=n, text=remark) for n, item in enumerate(items) for remark in item.remarks]
        if further is not None:
            rest = self.array(further, indent)
            texts.append(self._further(type=self.closed(further, indent)))
            heading += rest.heading
            remarks += rest.remarks
        text = self._tuple(text=self._wording.tuple_break.join(texts))
        return Printed(text, heading=tuple(heading), remarks=tuple(remarks), kinds=frozenset({"array"}))

    # Comments --------------------------------------------------------------------------------------

    def comments(self, heading: Iterable[str | None], indent: str) -> list[str]:
        blank = self._wording.blank_comment
        return [indent + (blank if line is None else self._comment(text=line)) for line in heading]

    def remark_lines(self, printed: Printed) -> list[str]:
        """Return a list with the remarks as one comment; an empty list if there are none."""
        return [self._comment(text=self._wording.remark_break.join(printed.remarks))] if printed.remarks else []


def _implied(part: Printed, others: Sequence[Printed]) -> bool:
    """Return whether another type implies a type that expresses nothing but its kinds."""
    return any(other.kinds <= part.kinds and (not other.bare or other.kinds < part.kinds) for other in others)


def _headings(parts: Sequence[Printed]) -> Heading:
    return tuple(line for heading in unique(part.heading for part in parts) for line in heading)


def unique(values: Iterable[_Part]) -> list[_Part]:
    return list(dict.fromkeys(values))


def overlap(variants: Sequence[Printed]) -> bool:
    """Return whether a value can match several types, judging by their kinds and literals."""
    literals: set[str] = set()
    of_literals: set[str] = set()
    kinds: set[str] = set()
    for variant in variants:
        if variant.literals is not None:
            if literals & variant.literals:
                return True
            literals |= variant.literals
            of_literals |= variant.kinds
        elif kinds & variant.kinds:
            return True
        else:
            kinds |= variant.kinds
    return bool(kinds & of_literals)
