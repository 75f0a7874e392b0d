"""The docstring of each public class has an example; examples with a prompt run and print what they show."""

from __future__ import annotations

import doctest
import inspect
from typing import is_typeddict

import pytest

import openai_harmony
import openai_harmony.anthropic
import openai_harmony.chat
import openai_harmony.conformance
import openai_harmony.datasets
import openai_harmony.grammar
import openai_harmony.inspection
import openai_harmony.packing
import openai_harmony.responses

pytestmark = pytest.mark.shipped  # examples spell out names and tokens of the shipped format

MODULES = [
    *(openai_harmony, openai_harmony.anthropic, openai_harmony.chat, openai_harmony.grammar, openai_harmony.datasets),
    *(openai_harmony.inspection, openai_harmony.packing, openai_harmony.responses),
    openai_harmony.conformance,
]
PUBLIC = {name: getattr(module, name) for module in MODULES for name in module.__all__}
# A dictionary with types is shown by the examples of what returns it.
CLASSES = [name for name, value in PUBLIC.items() if inspect.isclass(value) and not is_typeddict(value)]
DOCUMENTED = [name for name, value in PUBLIC.items() if inspect.isclass(value) or inspect.isfunction(value)]
NAMES = {**PUBLIC, "__name__": "example"}


def failures(name: str, text: str) -> int:
    """The number of examples in a docstring that print something else than they show."""
    test = doctest.DocTestParser().get_doctest(text, dict(NAMES), name, None, None)
    return doctest.DocTestRunner(verbose=False).run(test, out=lambda _: None).failed


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_has_an_example(name: str) -> None:
    assert "\nExample" in inspect.cleandoc(PUBLIC[name].__doc__ or "")


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_examples_of_a_docstring_run(name: str) -> None:
    assert failures(name, inspect.getdoc(PUBLIC[name]) or "") == 0


def test_an_example_that_prints_something_else_is_noticed() -> None:
    assert failures("wrong", ">>> 1 + 1\n3\n") == 1
