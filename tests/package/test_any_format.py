"""What holds of the package whatever spec/ says: nothing here is a word, an id or an order of the format."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import openai_harmony
from tests.support import promises
from tests.support.effort import examples

TRIES = settings(max_examples=examples(100))
HERE = promises.Format(openai_harmony)


@TRIES
@given(data=st.data())
def test_what_is_written_reads_back(data: st.DataObject) -> None:
    promises.what_is_written_reads_back(HERE, data)


@TRIES
@given(data=st.data())
def test_what_is_read_is_written_again(data: st.DataObject) -> None:
    promises.what_is_read_is_written_again(HERE, data)


@TRIES
@given(data=st.data())
def test_every_spelling_that_the_grammar_allows_is_read_in_pieces_of_any_size(data: st.DataObject) -> None:
    promises.every_spelling_is_read_in_pieces_of_any_size(HERE, data)


@TRIES
@given(data=st.data())
def test_nothing_breaks_the_recovering_mode(data: st.DataObject) -> None:
    promises.nothing_breaks_the_recovering_mode(HERE, data)
