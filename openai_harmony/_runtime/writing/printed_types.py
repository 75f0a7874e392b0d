"""What a schema has become: a type as text, what is to be said about it, and how such types are joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from .schema_document import ALL_KINDS
from .typescript import Wording, template

_Part = TypeVar("_Part")

__all__ = ["Heading", "Joiner", "Printed", "overlap", "unique"]

Heading: TypeAlias = "tuple[str | None, ...]"  # lines of comments; None is a blank one


@dataclass(frozen=True)
class Printed:
    """A type.

    Attributes:
        text: the type; further lines are indented as they will stand. A block, of variants on lines of their own,
            begins with the end of a line.
        joined: whether something that is written behind it would belong to its last part alone.
        all_of: the same, but as a part of a union it may stand as it is.
        commented: whether its last line ends with a comment.
        heading: the lines of comments above it.
        remarks: what stands in a comment behind it.
        kinds: the kinds of values that it may have.
        literals: those values, if it is made of them.
        bare: whether it says no more than its kinds.
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
        """Whether there is nothing to be said about it."""
        return not self.heading and not self.remarks


class Joiner:
    """Puts types together, with the words of a format."""

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
        """The text of a type so that what is written behind it belongs to the whole."""
        return self._grouped(printed, indent, printed.joined or printed.all_of)

    def within(self, printed: Printed, indent: str) -> str:
        """The text of a type as a part of a union, or between commas."""
        return self._grouped(printed, indent, False)

    def _grouped(self, printed: Printed, indent: str, needed: bool) -> str:
        if printed.block:
            return self._group(type=f"{printed.text}\n{indent}")
        return self._group(type=printed.text) if needed else printed.text

    # One type or another ---------------------------------------------------------------------------

    def union(self, parts: Sequence[Printed], indent: str) -> Printed:
        """The types on one line; nothing is said about any of them."""
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
        """The types on lines of their own, each with what is to be said about it."""
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
        heading = variant.heading[:-1] if variant.heading[1:] == (None,) else variant.heading  # a title alone
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

    # One type and another --------------------------------------------------------------------------

    def intersection(self, parts: Sequence[Printed], indent: str) -> Printed:
        """What is of all these types, with all that is said about them."""
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

    # Many of a type --------------------------------------------------------------------------------

    def array(self, items: Printed, indent: str) -> Printed:
        return Printed(
            self._array(type=self.closed(items, indent)),
            heading=tuple(line and self._of_items(text=line) for line in items.heading),
            remarks=tuple(self._of_items(text=remark) for remark in items.remarks),
            kinds=frozenset({"array"}),
        )

    def tuple(self, items: Sequence[Printed], further: Printed | None, needed: int, indent: str) -> Printed:
        """An array whose items have types of their own, the first of which must be there; `further` may follow."""
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
        """The remarks as one comment, if there are any."""
        return [self._comment(text=self._wording.remark_break.join(printed.remarks))] if printed.remarks else []


def _implied(part: Printed, others: Sequence[Printed]) -> bool:
    """Whether a type that says no more than its kinds is said by another one."""
    return any(other.kinds <= part.kinds and (not other.bare or other.kinds < part.kinds) for other in others)


def _headings(parts: Sequence[Printed]) -> Heading:
    return tuple(line for heading in unique(part.heading for part in parts) for line in heading)


def unique(values: Iterable[_Part]) -> list[_Part]:
    return list(dict.fromkeys(values))


def overlap(variants: Sequence[Printed]) -> bool:
    """Whether a value can be of several types, as far as their kinds and values tell."""
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
