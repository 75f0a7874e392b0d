"""Removes from shapes what no value has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .json_numbers import has_numbers
from .json_scalars import automaton_of
from .json_shapes import NEVER, AnyOf, Array, Named, Number, Object, Property, Shape, Shapes, Text, any_of, is_never

__all__ = ["pruned", "used"]


def pruned(shapes: Shapes) -> Shapes:
    """Return the same values as shapes without parts that no value has; the root is NEVER if there are no values."""
    alive: set[str] = set()
    while True:
        more = {name for name, shape in shapes.named.items() if _is_alive(shape, alive)}
        if more == alive:
            break
        alive = more
    root = _pruned(shapes.root, alive)
    if not alive:
        return Shapes(root, {})
    named = {name: _pruned(shape, alive) for name, shape in shapes.named.items() if name in alive}
    return Shapes(root, {name: named[name] for name in used(root, named)})


def _is_alive(shape: Shape, alive: Collection[str]) -> bool:
    return not is_never(_pruned(shape, alive))


def _pruned(shape: Shape, alive: Collection[str]) -> Shape:
    if isinstance(shape, Named):
        return shape if shape.name in alive else NEVER
    if isinstance(shape, AnyOf):
        return any_of([_pruned(each, alive) for each in shape.shapes])
    if isinstance(shape, Text):
        return NEVER if _is_empty(shape) else shape
    if isinstance(shape, Number):
        return shape if has_numbers(shape) else NEVER
    if isinstance(shape, Array):
        return _array(shape, alive)
    return _object(shape, alive) if isinstance(shape, Object) else shape


def _is_empty(text: Text) -> bool:
    found = automaton_of(text)
    return (text.most is not None and text.most < text.least) or (found is not None and not found.edges)


def _array(array: Array, alive: Collection[str]) -> Shape:
    first = [_pruned(each, alive) for each in array.first]
    others, most = _pruned(array.others, alive), array.most
    end = first.index(NEVER) if NEVER in first else len(first) if is_never(others) else None
    if end is not None:
        first, others, most = first[:end], NEVER, end if most is None else min(most, end)
    if most is not None:
        first = first[:most]
    return NEVER if most is not None and most < array.least else Array(tuple(first), others, array.least, most)


def _object(shape: Object, alive: Collection[str]) -> Shape:
    properties = [Property(each.name, _pruned(each.shape, alive), each.required) for each in shape.properties]
    others = NEVER if _is_empty(shape.names) else _pruned(shape.others, alive)
    needed = sum(each.required for each in properties)
    possible = sum(not is_never(each.shape) for each in properties)
    if any(each.required and is_never(each.shape) for each in properties):
        return NEVER
    if (shape.most is not None and shape.most < max(needed, shape.least)) or (
        is_never(others) and possible < shape.least
    ):
        return NEVER
    kept = tuple(properties)
    return Object(kept, others, shape.names, shape.least, shape.most, shape.told, shape.by_pattern, shape.place)


def used(root: Shape, named: Mapping[str, Shape]) -> list[str]:
    """Return the names that a shape refers to, also by other names, in their order."""
    found: set[str] = set()
    todo = [root]
    while todo:
        shape = todo.pop()
        if isinstance(shape, Named):
            todo += [] if shape.name in found else [named[shape.name]]
            found.add(shape.name)
        elif isinstance(shape, AnyOf):
            todo += shape.shapes
        elif isinstance(shape, Array):
            todo += [*shape.first, shape.others]
        elif isinstance(shape, Object):
            todo += [*(each.shape for each in shape.properties), shape.others]
    return [name for name in named if name in found]
