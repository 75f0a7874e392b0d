"""Claims about what processes of batches send each other: results, and above all the exceptions of the first item."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest

from openai_harmony import Message
from openai_harmony.batch import map_parsed
from tests.support.batches import CONVERSATIONS, ENCODING, Deed, as_a

TOKENS = ENCODING.render_batch(CONVERSATIONS)


def index_of(error: BaseException) -> object:
    return vars(error)["batch_index"]


class Strange(Deed):
    """Cannot be rendered, for a reason that cannot be sent to another process."""

    def deed(self) -> None:
        error = ValueError("strange")
        error.cause = lambda: None  # type: ignore[attr-defined]
        raise error


class OddError(ValueError):
    """Can be pickled, but not made anew."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one)


class Odd(Deed):
    """Cannot be rendered, for another such reason."""

    def deed(self) -> None:
        raise OddError("odd", "")


def test_an_exception_that_cannot_be_sent_is_told(start: str) -> None:
    with pytest.raises(RuntimeError, match=r"^the exception cannot be sent to this process: ") as caught:
        ENCODING.render_batch([*CONVERSATIONS[:5], *as_a(Strange)], workers=2)
    assert index_of(caught.value) == 5
    assert "ValueError: strange" in str(caught.value.__cause__)
    with pytest.raises(RuntimeError, match=r"cannot be sent.*missing 1 required positional argument"):
        ENCODING.render_batch(as_a(Odd), workers=2)


class Unloadable:
    """Can be pickled, but not made anew."""

    def __reduce__(self) -> Any:
        return OddError, ("one",)


def unpicklable_at_9(messages: list[Message]) -> object:
    return messages if "9" not in messages[0].text else lambda: 1


def unloadable_at_9(messages: list[Message]) -> object:
    return messages if "9" not in messages[0].text else Unloadable()


@pytest.mark.parametrize("function", [unpicklable_at_9, unloadable_at_9])
def test_a_result_that_cannot_be_sent_is_told(function: Callable[[list[Message]], object], start: str) -> None:
    with pytest.raises(RuntimeError, match=r"^the result cannot be sent to this process: ") as caught:
        map_parsed(function, ENCODING, TOKENS, workers=2)
    assert index_of(caught.value) == 9


def leaving(messages: list[Message]) -> None:
    if "9" in messages[0].text:
        raise SystemExit(3)


def refusing(messages: list[Message]) -> None:
    if "9" in messages[0].text:
        raise KeyboardInterrupt("as if")


@pytest.mark.parametrize(
    ("function", "kind"), [(leaving, SystemExit), (refusing, KeyboardInterrupt)], ids=["exit", "interrupt"]
)
def test_an_exception_that_ends_programs_ends_a_batch_and_no_worker(
    function: Callable[[list[Message]], None], kind: type[BaseException], start: str
) -> None:
    for workers in None, 2:
        with pytest.raises(kind) as caught:
            map_parsed(function, ENCODING, TOKENS, workers=workers)
        assert index_of(caught.value) == 9
    assert multiprocessing.active_children() == []


class FrozenError(Exception):
    """Refuses attributes, other than those that Python sets."""

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__"):
            raise AttributeError(name)
        super().__setattr__(name, value)


def frozen(messages: list[Message]) -> None:
    raise FrozenError(messages[0].text)


@pytest.mark.parametrize("workers", [None, 2])
def test_an_exception_that_refuses_an_index_is_raised_without_one(workers: int | None, start: str) -> None:
    with pytest.raises(FrozenError) as caught:
        map_parsed(frozen, ENCODING, TOKENS, workers=workers)
    assert caught.value.args == ("question 0",)


def helper(text: str) -> None:
    raise LookupError(text)


def failing(messages: list[Message]) -> None:
    helper(messages[0].text)


def test_an_exception_tells_where_it_was_raised_in_a_worker(start: str) -> None:
    with pytest.raises(LookupError, match="question 0") as caught:
        map_parsed(failing, ENCODING, TOKENS, workers=2)
    told = str(caught.value.__cause__)
    assert told.startswith("in a worker process:\n\nTraceback (most recent call last):")
    assert "in failing" in told
    assert "in helper" in told
    with pytest.raises(LookupError) as caught:
        map_parsed(failing, ENCODING, TOKENS)
    assert caught.value.__cause__ is None


class Local(Deed):
    """Cannot be sent to a worker."""

    def __reduce_ex__(self, protocol: object) -> Any:
        raise IndexError("here")  # which is lost in a queue of `multiprocessing`

    def deed(self) -> None:
        """Do nothing."""


class Remote(Local):
    """Cannot be made anew in a worker."""

    def __reduce_ex__(self, protocol: object) -> Any:
        return OddError, ("one",)


@pytest.mark.parametrize("start", ["spawned"], indirect=True)
def test_work_that_cannot_be_sent_is_told(start: str) -> None:
    cannot = "^the work cannot be sent to a worker process: "
    with pytest.raises(RuntimeError, match=cannot + r"IndexError\('here'\)") as caught:
        ENCODING.render_batch([*CONVERSATIONS[:5], *as_a(Local)], workers=2)
    assert index_of(caught.value) == 5
    with pytest.raises(RuntimeError, match=f"{cannot}.*<lambda>"):
        map_parsed(lambda messages: 1, ENCODING, TOKENS, workers=2)
    with pytest.raises(RuntimeError, match=f"{cannot}.*positional argument"):
        ENCODING.render_batch(as_a(Remote), workers=2)


@pytest.mark.parametrize("workers", [2.5, "2"])
def test_a_number_of_workers_is_an_integer(workers: Any) -> None:
    with pytest.raises(TypeError, match=r"^argument 'workers': expected an integer, not (float|str)$"):
        ENCODING.render_batch(CONVERSATIONS, workers=workers)
