"""What can be asked to show that it conforms: this library, the reference, a Python callable, any executable.

A target takes questions, each an operation and its input, and gives an answer to each: `{"output": …}`,
`{"error": "what was refused"}`, or `{"crash": "what went wrong"}`, which is never right.
"""

from __future__ import annotations

import importlib
import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from tests.conformance.rows import Answer

__all__ = ["Target", "called", "executed", "reference", "this_library"]

Question: TypeAlias = tuple[str, dict[str, Any]]
Target: TypeAlias = Callable[[Iterable[Question]], list[Answer]]

# The kit's words for what a Python library is asked.
PYTHON_OPERATIONS = {"read": "parse", "schema_text": "tool_schema"}
REFUSALS = ("RuntimeError", "ValueError")


def this_library() -> Target:
    from tests.support.operations import answer

    return lambda questions: [
        _plain(op, json.loads(json.dumps(answer(PYTHON_OPERATIONS.get(op, op), _ours(question)))))
        for op, question in questions
    ]


def _ours(question: dict[str, Any]) -> dict[str, Any]:
    """What the kit calls strict is the mode here that refuses all that is not the format."""
    return {**question, "strict": "pedantic"} if question.get("strict") is True else question


def reference(folder: str) -> Target:
    """The reference library in that folder, in a process of its own."""
    os.environ["HARMONY_REFERENCE"] = folder
    from tests.support import reference as process

    def ask(questions: Iterable[Question]) -> list[Answer]:
        asked = list(questions)
        answers = process.reference().ask((PYTHON_OPERATIONS.get(op, op), question) for op, question in asked)
        return [_plain(op, answer) for (op, _), answer in zip(asked, answers)]

    return ask


def called(name: str) -> Target:
    """`module:callable`, which takes an operation and its input."""
    module, _, attribute = name.partition(":")
    adapter = getattr(importlib.import_module(module), attribute)

    def ask(questions: Iterable[Question]) -> list[Answer]:
        return [_guarded(adapter, op, question) for op, question in questions]

    return ask


def _guarded(adapter: Callable[[str, dict[str, Any]], Answer], op: str, question: dict[str, Any]) -> Answer:
    try:
        return adapter(op, question)
    except Exception as error:
        return {"crash": f"{type(error).__name__}: {error}"}


def executed(command: str) -> Target:
    """A command that reads questions and writes answers, as JSON, one a line."""

    def ask(questions: Iterable[Question]) -> list[Answer]:
        lines = "".join(json.dumps({"op": op, "input": question}) + "\n" for op, question in questions)
        done = subprocess.run(shlex.split(command), input=lines, capture_output=True, encoding="utf-8", check=True)
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    return ask


def _plain(op: str, answer: Answer) -> Answer:
    """An answer of a Python library in the kit's own form."""
    if "error" in answer:
        refused = any(base in REFUSALS for base in answer["error"]["bases"])
        return {"error" if refused else "crash": f"{answer['error']['type']}: {answer['error']['message']}"}
    output = answer["output"]
    if op == "schema_text":
        return {"output": {"text": output["text"]}}
    for message in output.get("messages", ()):
        if message["name"] is None:
            del message["name"]
    return {"output": output}
