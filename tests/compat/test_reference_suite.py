"""What the reference's own tests hold of it, held of both: each claim runs in the reference's process and in this one.

Its repository tests conversations, tool calls, system messages, streams, reserved and invalid tokens and special text.
"""

from __future__ import annotations

import inspect
import json
from types import ModuleType
from typing import Any

import pytest

from tests.compat import suite_reading, suite_rendering, suite_tokens
from tests.compat.comparison import our_answer
from tests.support.reference import Answer, reference

MODULES: tuple[ModuleType, ...] = (suite_rendering, suite_reading, suite_tokens)
HELPERS = {"complaint", "fields", "prompt", "raised", "read", "said", "streamed", "system", "tokens_of", "written"}
CLAIMS = [
    pytest.param(module, name, id=name)
    for module in MODULES
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__
    if name not in HELPERS and not name.startswith("_")
]
REFERENCE_HAS = 42

claims = pytest.mark.parametrize(("module", "claim"), CLAIMS)


def question(module: ModuleType, claim: str) -> tuple[str, dict[str, Any]]:
    return "call", {"module": module.__name__, "function": claim}


def held(answer: Answer) -> Any:
    assert "output" in answer, answer["error"]
    return answer["output"]["value"]


def test_there_are_as_many_claims_as_the_reference_has_tests() -> None:
    assert len(CLAIMS) >= REFERENCE_HAS


@claims
def test_claim_holds_of_the_reference_and_of_ours_with_equal_values(module: ModuleType, claim: str) -> None:
    (answer,) = reference().ask([question(module, claim)])
    theirs = held(answer)
    ours = held(our_answer(*question(module, claim)))
    assert json.dumps(ours) == json.dumps(theirs)


def test_a_claim_that_does_not_hold_is_noticed_in_both() -> None:
    refused = {"module": suite_reading.__name__, "function": "read", "arguments": {"text": "no header"}}
    (theirs,) = reference().ask([("call", refused)])
    for answer in (theirs, our_answer("call", refused)):
        with pytest.raises(AssertionError):
            held(answer)
