"""Attributes of the data types that pydantic has on its own classes, made when a program first reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..locks import loading, loading_own

if TYPE_CHECKING:
    import inspect

    from .modelling import DataType

__all__ = ["Fields", "Late", "Signature", "validation"]


class Late:
    """An attribute that pydantic sets when it makes or builds the class as one of its own, on classes and instances."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: Any) -> Any:
        if "_declared" not in vars(owner):
            raise AttributeError(f"type object {owner.__name__!r} has no attribute {self._name!r}")
        made = vars(validation().completed(owner))
        return made[self._name] if self._name in made else vars(validation().built(owner))[self._name]


class Fields:
    """The attribute `model_fields`, on classes and instances, as in a pydantic model."""

    def __get__(self, instance: object, owner: Any) -> Any:
        return validation().completed(owner).__pydantic_fields__


class Signature:
    """The signature of the constructor, available before the validator is built."""

    def __get__(self, instance: object, owner: type[DataType]) -> inspect.Signature:
        with loading_own():
            import inspect

        empty, parameters = inspect.Parameter.empty, list[inspect.Parameter]()
        for name, info in owner.model_fields.items():
            # A required field after an optional one needs some default in the signature.
            must = empty if not parameters or parameters[-1].default is empty else ...
            default = must if info.is_required() else info.get_default(call_default_factory=True)
            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            parameters.append(inspect.Parameter(name, kind, default=default, annotation=info.annotation))
        return inspect.Signature(parameters, return_annotation=None)


def validation() -> Any:
    """Return the module that imports pydantic."""
    with loading():
        from . import validation as module

    return module
