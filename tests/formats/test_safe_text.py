"""Untrusted text never becomes framing in these formats either: see tests/package/test_safety.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.made import Made
from tests.support.effort import examples
from tests.support.text_places import conversation, places
from tests.support.untrusted import METHODS, evil_texts, headers_read, is_clear, outcome, special_ids, trials


def test_the_walk_finds_the_texts_of_all_contents(chatml: Made, llama3: Made) -> None:
    ends = {place[-1] for place in places(chatml)}
    assert {"name", "text", "thinking", "arguments", "response"} == ends
    assert {"name", "text", "code"} == {place[-1] for place in places(llama3)}


@pytest.mark.parametrize("method", METHODS)
def test_no_text_in_any_field_becomes_a_special_token(made: Made, method: str) -> None:
    harmless = {message: special_ids(made, {}, None, method, only=message) for message, *_ in places(made)}
    rendered = 0
    for place, text in trials(made):
        found = outcome(lambda: special_ids(made, {place: text}, None, method, only=place[0]))  # noqa: B023
        if isinstance(found, Exception):
            assert is_clear(found, made), (place, text)
        else:
            assert found == harmless[place[0]], (place, text)
            rendered += 1
    assert rendered > 100


def test_text_in_contents_changes_no_header(made: Made) -> None:
    harmless = headers_read(made, made.encoding.render_conversation(conversation(made)))
    assert len(harmless) == len(conversation(made).messages)
    for place, text in trials(made):
        tokens = outcome(lambda: made.encoding.render_conversation(conversation(made, {place: text})))  # noqa: B023
        if not isinstance(tokens, Exception):
            assert headers_read(made, tokens) == harmless, (place, text)


@settings(max_examples=examples(100))
@given(data=st.data())
def test_any_texts_in_any_places_are_text(made: Made, data: st.DataObject) -> None:
    pieces = st.sampled_from(evil_texts(made)) | st.text(max_size=3)
    contents = [place for place in places(made) if place[1] == "content"]
    texts: Any = data.draw(st.dictionaries(st.sampled_from(contents), st.lists(pieces, max_size=4).map("".join)))
    method = data.draw(st.sampled_from(sorted(METHODS)))
    found = outcome(lambda: special_ids(made, texts, None, method))
    if isinstance(found, Exception):
        assert is_clear(found, made)
    else:
        assert found == special_ids(made, {}, None, method)
