"""What a target says to a row: an answer, a refusal, that it does not offer this, or nothing, since it crashed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Answer", "Form", "NotOffered", "Refused", "answer_of"]

Form: TypeAlias = Literal["output", "error", "not_offered", "crash"]
FORMS: tuple[Form, ...] = ("output", "error", "not_offered", "crash")


class Refused(Exception):
    """An adapter raises it if its implementation refuses the input, as it should for some rows.

    Example:
        >>> def read(input):
        ...     try:
        ...         return {"messages": my_parser(input["text"])}
        ...     except MySyntaxError as error:
        ...         raise Refused(str(error)) from error
    """


class NotOffered(Exception):
    """An adapter raises it for a row that asks for what its implementation does not have.

    Such a row does not fail. A method that an adapter does not have says the same of all rows of its kind.

    Example:
        >>> def read(input):
        ...     if "tokens" in input:
        ...         raise NotOffered("only text can be parsed")
    """


@dataclass(frozen=True)
class Answer:
    """What a target says to a row.

    Attributes:
        form: "output"; "error", if the input is refused; "not_offered"; or "crash", which is never right.
        output: what an implementation gives for the input; None in the other forms.
        reason: why there is no output.

    Example:
        >>> Answer("output", {"text": "<|end|>"}).output
        {'text': '<|end|>'}
    """

    form: Form
    output: object = None
    reason: str = ""


def answer_of(data: object) -> Answer:
    """Return the answer that a JSON value is: an object with one of the keys "output", "error", "not_offered", "crash".

    Raises:
        ValueError: it is something else.
    """
    if isinstance(data, Mapping):
        for form in FORMS:
            if form in data:
                value = data[form]
                return Answer(form, value) if form == "output" else Answer(form, reason=str(value))
    raise ValueError(f"expected an object with one of the keys {', '.join(FORMS)}, not {json.dumps(data)[:200]}")
