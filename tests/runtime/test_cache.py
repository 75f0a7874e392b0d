"""Claims about the cache: what it forgets, what it never exceeds, and that it does not mix things up."""

from __future__ import annotations

import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._runtime.tokens.cache import Key, TokenCache, Tokens, weight


def entry(number: int, tokens: int = 10) -> tuple[Key, Tokens]:
    return ("head", f"text {number:06}"), (number,) * tokens


SIZE = weight(*entry(0))


def filled(cache: TokenCache, numbers: range) -> None:
    for number in numbers:
        cache.keep(*entry(number))


def held(cache: TokenCache, numbers: range) -> list[int]:
    return [number for number in numbers if cache.find(entry(number)[0]) is not None]


def weights_of(cache: TokenCache) -> list[int]:
    return [weight(*each) for part in (cache.recent, cache.packed, cache.previous) for each in part.items()]


def test_what_is_kept_is_found_by_an_equal_key() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep(*entry(1))
    assert cache.find(("he" + "ad", "text " + "000001")) == entry(1)[1]
    assert cache.find(("head", "text 000002")) is None


def test_all_stays_while_half_of_the_bound_is_not_exceeded() -> None:
    cache = TokenCache(100 * SIZE)
    filled(cache, range(50))
    assert held(cache, range(50)) == list(range(50))


def test_the_oldest_are_forgotten_first() -> None:
    cache = TokenCache(100 * SIZE)
    filled(cache, range(120))
    assert cache.find(entry(0)[0]) is None
    assert cache.find(entry(119)[0]) is not None


def test_what_is_asked_for_again_and_again_is_never_forgotten() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep(*entry(-1))
    for number in range(1000):
        cache.keep(*entry(number))
        assert cache.find(entry(-1)[0]) is not None


def test_an_entry_over_a_quarter_of_the_bound_is_packed_and_one_that_is_so_then_not_kept() -> None:
    key, tokens = entry(1, tokens=100)

    def kept(quarter: int, less: int) -> tuple[bool, bool]:
        cache = TokenCache(4 * quarter - less)
        cache.keep(key, tokens)
        assert cache.find(key) in (tokens, None)
        return key in cache.recent, key in cache.packed

    assert kept(weight(key, tokens), 0) == (True, False)
    assert kept(weight(key, tokens), 1) == kept(weight(key, list(tokens)), 0) == (False, True)
    assert kept(weight(key, list(tokens)), 1) == (False, False)


def test_what_is_kept_twice_is_counted_once_whether_or_not_it_is_the_same_object() -> None:
    cache = TokenCache(100 * SIZE)
    for _ in range(2):
        cache.keep(*entry(1))
        cache.keep("", ())
    filled(cache, range(2, 60))
    found = cache.find(entry(1)[0])
    assert found is not None
    cache.keep(entry(1)[0], found)
    info = cache.info()
    assert info.bytes == (info.entries - 1) * SIZE + weight("", ())


def test_nothing_is_kept_that_was_weighed_before_the_bound_was_lowered() -> None:
    cache = TokenCache(100 * SIZE)

    class Lock:
        """The lock of the cache, for which another thread waits too, which lowers the bound."""

        def __init__(self) -> None:
            self.release = cache._lock.release

        def acquire(self) -> None:
            cache._lock = lock
            cache.resize(0)
            lock.acquire()

    lock = cache._lock
    cache._lock = Lock()  # type: ignore[assignment]
    cache.keep(*entry(1))
    assert cache.info()[2:5] == (0, 0, 0)


def test_a_bound_of_zero_keeps_nothing() -> None:
    cache = TokenCache(0)
    filled(cache, range(5))
    assert cache.info().entries == cache.info().bytes == 0


def test_a_lower_bound_holds_for_what_is_kept_from_then_on() -> None:
    cache = TokenCache(100 * SIZE)
    filled(cache, range(60))
    cache.resize(70 * SIZE)
    filled(cache, range(60, 85))
    assert cache.info().bytes <= 70 * SIZE


def test_long_texts_weigh_what_they_take() -> None:
    assert weight(("a" * 1000,), ()) - weight(("",), ()) == 1000
    assert weight(("字" * 1000,), ()) - weight(("",), ()) >= 5000
    assert weight((b"\xff" * 1000,), ()) - weight((None,), ()) == 1000
    assert weight(("",), (1,) * 1000) - weight(("",), ()) >= 36_000


Step = tuple[str, int]
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["keep", "pack", "find"]), st.integers(0, 40)),
        st.tuples(st.just("resize"), st.sampled_from([0, 3, 10, 50, 100])),
        st.tuples(st.just("clear"), st.just(0)),
    ),
    max_size=80,
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_whatever_is_done_the_bound_holds_and_what_is_found_is_what_was_kept(done: list[Step]) -> None:
    cache = TokenCache(10 * SIZE)
    for what, number in done:
        if what == "keep":
            cache.keep(*entry(number))
        elif what == "pack":
            cache.keep(entry(number)[0], list(entry(number)[1]))
        elif what == "find":
            assert cache.find(entry(number)[0]) in (None, entry(number)[1])
        elif what == "resize":
            cache.resize(number * SIZE)
        else:
            cache.clear()
        weights = weights_of(cache)
        info = cache.info()
        assert info.entries == len(weights)
        assert info.bytes == sum(weights) <= info.limit


def test_clearing_forgets_entries_and_counters() -> None:
    cache = TokenCache(100 * SIZE)
    filled(cache, range(80))
    cache.count(3, 2, 3)
    assert cache.info()[:3] == (1, 2, 80)
    cache.clear()
    assert cache.info() == (0, 0, 0, 0, 100 * SIZE, 0)


def test_threads_neither_lose_counts_nor_break_the_bound() -> None:
    cache = TokenCache(20 * SIZE)

    def run(offset: int) -> None:
        for number in range(1500):
            key, tokens = entry((number * 7 + offset) % 60)
            cache.keep(key, tokens if number % 2 else list(tokens))
            cache.find(entry(number % 60)[0])
            cache.count(2, 1, 3)

    threads = [threading.Thread(target=run, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    info = cache.info()
    assert (info.hits, info.misses, info.characters) == (6000, 6000, 18000)
    weights = weights_of(cache)
    assert (info.entries, info.bytes) == (len(weights), sum(weights))
    assert info.bytes <= info.limit


# packed entries -------------------------------------------------------------------------------------


def test_a_list_takes_a_tenth_of_the_memory_until_it_is_used_again() -> None:
    cache = TokenCache(10**6)
    tokens = list(range(1000))
    cache.keep("text", tokens)
    assert cache.info().bytes == weight("text", tokens) < 5000
    for _ in range(2):
        assert cache.find("text") == tuple(tokens)
        assert cache.info()[2:4] == (1, weight("text", tuple(tokens)))
    assert weight("text", tuple(tokens)) > 40_000


def test_a_list_is_found_in_the_generation_before_too() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep("text", [1, 2])
    filled(cache, range(50))
    assert "text" in cache.previous
    assert cache.find("text") == (1, 2)
    assert cache.recent["text"] == (1, 2)
    assert "text" not in cache.previous


def test_tokens_that_are_too_many_for_a_tuple_stay_packed_and_are_found_however_often() -> None:
    tokens = list(range(1000))
    cache = TokenCache(4 * weight("text", tokens))
    cache.keep("text", tokens)
    for number in range(1000):
        cache.keep(*entry(number))
        assert cache.find("text") == tuple(tokens)
    assert "text" in cache.packed or "text" in cache.previous


def test_a_list_replaces_nothing_that_was_used_again() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep("text", (1, 2))
    cache.keep("text", [1, 2])
    assert (list(cache.recent), list(cache.packed)) == (["text"], [])


def test_an_empty_list_is_found() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep("", [])
    assert cache.find("") == ()


# notes ---------------------------------------------------------------------------------------------


def test_a_note_is_there_as_long_as_its_entry_is_young() -> None:
    cache = TokenCache(100 * SIZE)
    key, tokens = entry(1)
    cache.keep(key, tokens)
    cache.note(key, ("a",))
    assert cache.notes.get(key) == ("a",)
    filled(cache, range(2, 60))
    assert cache.notes.get(key) is None
    assert cache.find(key) == tokens


def test_nothing_is_noted_of_what_is_not_young() -> None:
    cache = TokenCache(100 * SIZE)
    cache.note("a", ("b",))
    assert cache.notes == {}
    assert cache.info().bytes == 0


def test_the_first_note_stays_and_is_counted_once() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep(*entry(1))
    cache.note(entry(1)[0], ("a",))
    held = cache.info().bytes
    cache.note(entry(1)[0], ("b",))
    assert cache.info().bytes == held > SIZE
    assert cache.notes[entry(1)[0]] == ("a",)


def test_notes_never_take_more_than_the_young_may() -> None:
    cache = TokenCache(20 * SIZE)
    for number in range(200):
        cache.keep(*entry(number))
        cache.note(entry(number)[0], ("a",))
        assert cache.info().bytes <= 20 * SIZE
        assert len(cache.notes) <= 10


def test_nothing_is_noted_where_there_is_no_room() -> None:
    cache = TokenCache(20 * SIZE)
    filled(cache, range(10))
    cache.note(entry(1)[0], ("a",))
    assert (cache.notes, cache.info().bytes) == ({}, 10 * SIZE)


def test_notes_are_forgotten_with_the_rest_and_leave_no_bytes() -> None:
    cache = TokenCache(100 * SIZE)
    filled(cache, range(3))
    cache.note(entry(1)[0], ("a",))
    cache.resize(SIZE)
    assert (cache.notes, cache.info().bytes) == ({}, 0)
    cache.resize(100 * SIZE)
    filled(cache, range(3))
    cache.note(entry(1)[0], ("a",))
    cache.clear()
    assert (cache.notes, cache.info().bytes) == ({}, 0)
    filled(cache, range(3))
    assert cache.info().bytes == 3 * SIZE


def test_what_is_no_longer_young_weighs_what_it_did_without_its_note() -> None:
    cache = TokenCache(100 * SIZE)
    cache.keep(*entry(0))
    cache.note(entry(0)[0], ("a",))
    for numbers in (range(1, 60), range(60, 120)):
        filled(cache, numbers)
        info = cache.info()
        assert info.bytes == info.entries * SIZE
