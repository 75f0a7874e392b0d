"""Claims about text to ids and back, made with the shipped vocabulary; the ids are the reference library's."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import tracemalloc
from array import array
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tiktoken
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony._runtime.tokens import marked_pieces
from openai_harmony._runtime.tokens.markers import marker
from openai_harmony._runtime.tokens.split_pattern import joined
from openai_harmony._runtime.tokens.tokenizer import Tokenizer
from openai_harmony._runtime.tokens.vocabulary_file import Vocabulary
from openai_harmony.errors import TokenError, VocabularyError
from tests.support.indices import Index

SPEC = Path(__file__).parents[2] / "spec"
STRAY = 187  # the bare byte 0xff
HALF = 9552  # a blank and half a character


@cache
def facts() -> tuple[dict[str, Any], str]:
    encoding = yaml.safe_load((SPEC / "encodings.yaml").read_text())["encodings"]["HARMONY_GPT_OSS"]
    tokens = yaml.safe_load((SPEC / "tokens.yaml").read_text())
    reserved = tokens["reserved"]
    specials = {id: reserved["text"].format(id=id) for id in range(reserved["first"], reserved["last"] + 1)}
    specials.update({token["id"]: token["text"] for token in tokens["tokens"].values()})
    read = {name: encoding["vocabulary"][name] for name in ("packed", "file", "sha256", "ranks", "environment")}
    return {**read, "specials": specials}, joined(encoding["split_pattern"])


def new() -> Tokenizer:
    given, pattern = facts()
    return Tokenizer(Vocabulary(**given), "o200k_harmony", pattern)


@cache
def built() -> Tokenizer:
    tokenizer = new()
    tokenizer.prepare()
    return tokenizer


@cache
def unbuilt() -> Tokenizer:
    """For decoding only: never encodes, and so never meets tiktoken."""
    return new()


@pytest.fixture(params=["built", "unbuilt"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return {"built": built, "unbuilt": unbuilt}[request.param]()


# Encoding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("hello world", [24912, 2375]),
        ("", []),
        ("\0", [188]),
        ("\ufeffx", [5574, 87]),
        ("   \n\n  a  ", [29104, 220, 261, 256]),
        ("//\r\n//", [46974]),
        ("\t\t \r\n \u3000\xa0x", [335, 4568, 16884, 5310, 87]),
        ("a\ud83d\ude00b", [64, 84083, 65]),  # a pair of surrogates is joined
        ("\udc00\ud800x", [10123, 87]),  # alone, each becomes U+FFFD
        ("the\ua7ceThe", [3086, 166, 253, 236, 976]),  # a capital since Unicode 17, no letter here
        ("<|end|>", [27, 91, 419, 91, 29]),
    ],
)
def test_text_becomes_ordinary_ids_whatever_it_spells(text: str, tokens: list[int]) -> None:
    assert built().encode_text(text) == tokens
    assert built().encode(text, disallowed_special=()) == tokens
    assert built().encode(text, disallowed_special=None) == tokens


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_what_is_encoded_decodes_to_the_same_text(text: str) -> None:
    tokens = built().encode_text(text)
    assert max(tokens, default=0) < facts()[0]["ranks"]
    for tokenizer in (built(), unbuilt()):
        assert tokenizer.decode(tokens) == tokenizer.decode_utf8(tokens) == text
        assert tokenizer.scan_bytes(tokens) == text.encode()


@cache
def as_one_piece() -> tiktoken.Encoding:
    """Encodes any text as a single piece of the split pattern, with the whole vocabulary."""
    ranks = built().vocabulary.ranks()
    return tiktoken.Encoding("piece", pat_str=r"[\s\S]+", mergeable_ranks=ranks, special_tokens={})


@pytest.mark.parametrize(
    "pieces",
    [
        ["word", " " * 1_199_999, " word"],
        ["word", " " * 1_199_999, " !\n", "next"],
        ["1", "\u3000 " * 600_000, "\u3000word"],
        ["!\n", "\t" * 1_099_999, "\tword"],
        ["!\n", " " * 1_100_000 + "\n", "   ", " x"],
        ["word", "\n" * 1_100_000, " " * 1_099_999, " x"],
        ["word", " " * 1_100_000],
        [" " * 1_100_000],
        ["a", "\x0b" * 1_099_999, "\x0bb", "\x85" * 1_099_999, "\x85", "1"],
    ],
    ids=lambda pieces: ",".join(f"{piece[:3]!r}x{len(piece)}" for piece in pieces),
)
def test_runs_of_blanks_beyond_tiktokens_limit_are_encoded_piece_by_piece(pieces: list[str]) -> None:
    expected = [token for piece in pieces for token in as_one_piece().encode_ordinary(piece)]
    assert built().encode_text("".join(pieces)) == expected


@pytest.mark.parametrize("text", [" " * 200_000, "a" * 200_000, "\u3000" * 150_000])
def test_a_long_run_below_the_limit_is_one_piece(text: str) -> None:
    assert built().encode_text(text) == as_one_piece().encode_ordinary(text)


def test_surrogates_beside_a_run_beyond_the_limit_are_replaced_and_joined_too() -> None:
    run = " " * 1_100_000
    assert built().encode_text(f"\ud83d\ude00\ud800{run}\udc00") == built().encode_text(f"😀\ufffd{run}\ufffd")


@pytest.mark.shipped
def test_allowed_special_tokens_are_encoded_as_such_and_text_between_them_apart() -> None:
    encode = built().encode
    assert encode("<|start|> <|end|>\n<|message|>", allowed_special="all") == [200006, 220, 200007, 198, 200008]
    assert encode("<<|end|>>", allowed_special={"<|end|>"}) == [27, 200007, 29]
    assert encode("<|start|>\ud800", allowed_special="all") == [200006, 3251]


def test_a_special_token_that_is_not_allowed_stays_text_when_nothing_is_disallowed() -> None:
    tokens = built().encode("<|end|><|start|>", allowed_special=["<|end|>"], disallowed_special=())
    assert tokens == [200007, 27, 91, 5236, 91, 29]


def test_names_that_are_no_special_tokens_are_ignored_among_the_allowed() -> None:
    assert built().encode("xyz", allowed_special=["xyz"]) == [51089]
    assert built().encode("xyz<|end|>", allowed_special=["xyz", "<|end|>"]) == [51089, 200007]
    assert built().encode("<|endofprompt|>", allowed_special="all") == [27, 91, 419, 1440, 82467, 91, 29]


def disallowed(word: str) -> str:
    return (
        f"Encountered text corresponding to disallowed special token {word!r}.\n"
        "If you want this text to be encoded as a special token, pass it to `allowed_special`, "
        f"e.g. `allowed_special={{'{word}', ...}}`.\n"
        "If you want this text to be encoded as normal text, disable the check for this token by passing "
        f"`disallowed_special=(enc.special_tokens_set - {{'{word}'}})`.\n"
        "To disable this check for all special tokens, pass `disallowed_special=()`.\n"
    )


@pytest.mark.parametrize(
    ("text", "given", "word"),
    [
        ("<|start|>", {}, "<|start|>"),
        ("a<|start|>b<|end|>", {}, "<|start|>"),
        ("<|reserved_200500|>", {}, "<|reserved_200500|>"),
        ("<|end|><|start|>", {"allowed_special": {"<|end|>"}}, "<|start|>"),
        ("<|end|>", {"allowed_special": "<|end|>"}, "<|end|>"),  # letters, not a name
        ("<|end|>", {"allowed_special": "all", "disallowed_special": ["<|end|>"]}, "<|end|>"),
        ("hello world", {"disallowed_special": ["wor"]}, "wor"),
        ("a.c", {"disallowed_special": ["a.c"]}, "a.c"),
        ("abcd", {"disallowed_special": {"a", "abc", "ab"}}, "abc"),
        ("it's", {"disallowed_special": ["t's"]}, "t's"),
        ("xa", {"disallowed_special": "abc"}, "a"),
        ("x\ud800", {"disallowed_special": ["\ud800"]}, "\ud800"),
    ],
)
def test_text_that_holds_a_disallowed_word_is_refused_and_the_word_named(
    text: str, given: dict[str, Any], word: str
) -> None:
    with pytest.raises(TokenError) as caught:
        built().encode(text, **given)
    assert str(caught.value) == disallowed(word)


def test_a_disallowed_word_is_no_pattern() -> None:
    assert built().encode("abc", disallowed_special=["a.c"]) == built().encode_text("abc")


STRING = "object cannot be converted to 'PyString'"


@pytest.mark.parametrize(
    ("text", "given", "kind", "complaint"),
    [
        (5, {}, TypeError, "expected string or bytes-like object"),
        (b"x", {}, TypeError, "cannot use a string pattern on a bytes-like object"),
        (5, {"allowed_special": "all"}, TypeError, f"argument 'text': 'int' {STRING}"),
        (None, {"disallowed_special": ()}, TypeError, f"argument 'text': 'NoneType' {STRING}"),
        ("x", {"allowed_special": None}, TypeError, "'NoneType' object is not iterable"),
        ("x", {"disallowed_special": 5}, TypeError, "'int' object is not iterable"),
        ("x", {"disallowed_special": [5]}, TypeError, "decoding to str: need a bytes-like object, int found"),
        ("x", {"disallowed_special": [b"x"]}, TypeError, "sequence item 0: expected str instance, bytes found"),
        ("x", {"allowed_special": [1]}, ValueError, f"invalid allowed_special: TypeError: 'int' {STRING}"),
        (
            "x",
            {"allowed_special": ["\ud800"]},
            ValueError,
            "invalid allowed_special: UnicodeEncodeError: 'utf-8' codec",
        ),
    ],
)
def test_wrong_arguments_get_the_reference_librarys_complaint(
    text: Any, given: dict[str, Any], kind: type[Exception], complaint: str
) -> None:
    with pytest.raises(kind) as caught:
        built().encode(text, **given)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(complaint)


# Decoding ---------------------------------------------------------------------------------------


@pytest.mark.shipped
def test_special_tokens_decode_to_their_text(tokenizer: Tokenizer) -> None:
    tokens = [200000, 24912, 200013, 199998, 201088]
    text = "<|reserved_200000|>hello<|reserved_200013|><|startoftext|><|reserved_201088|>"
    assert tokenizer.decode(tokens) == tokenizer.decode_utf8(tokens) == text


def test_every_id_decodes_to_its_piece(tokenizer: Tokenizer) -> None:
    vocabulary = tokenizer.vocabulary
    ids = range(201089)
    assert tokenizer.decode_bytes(ids) == b"".join(map(vocabulary.piece, ids))


@pytest.mark.parametrize(("calls", "length"), [(11, 1), (1, 50)])
def test_few_ids_are_decoded_by_themselves_and_many_with_all(
    monkeypatch: pytest.MonkeyPatch, calls: int, length: int
) -> None:
    monkeypatch.setattr(marked_pieces, "MANY", 19)
    made: list[int] = []
    real = Vocabulary.pieces
    monkeypatch.setattr(Vocabulary, "pieces", lambda self: (made.append(1), real(self))[1])
    tokenizer, ids = new(), [13225, 200006, 187, 11, 200007]
    assert tokenizer.scan_bytes([13225, 200006]) == b"Hello" + marker(200006)
    assert tokenizer.scan_bytes([201_200]) is tokenizer.scan_bytes([-1]) is None
    assert tokenizer.decode_bytes(ids) == built().decode_bytes(ids)
    assert made == []
    for _ in range(calls):
        assert tokenizer.decode_bytes([0] * length) == b"!" * length
    assert made == [1]
    assert tokenizer.decode_bytes(ids) == built().decode_bytes(ids)
    assert tokenizer.scan_bytes(ids) is None
    assert made == [1]


@pytest.mark.parametrize(
    "made",
    [tuple, iter, set, dict.fromkeys, lambda ids: array("I", ids), lambda ids: range(ids[0], ids[0] + 1)],
)
def test_any_iterable_of_ids_decodes(tokenizer: Tokenizer, made: Callable[[list[int]], Iterable[int]]) -> None:
    assert tokenizer.decode(made([24912])) == tokenizer.decode_utf8(made([24912])) == "hello"


def test_a_bool_is_an_id(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode([True, False]) == '"!'
    assert tokenizer.decode_utf8([True]) == '"'


@pytest.mark.parametrize("known", [False, True])
def test_an_index_is_an_id(tokenizer: Tokenizer, known: bool) -> None:
    tokenizer = tokenizer if known else new()
    if known:
        tokenizer.decode([24912, 2375, 200006])
    tokens: Any = [Index(24912), 2375, Index(200006), Index(24912)]
    assert tokenizer.decode(tokens) == tokenizer.decode_utf8(tokens) == "hello world<|start|>hello"
    with pytest.raises(TokenError, match=r"^Invalid token for decoding: 201200$"):
        tokenizer.decode([Index(24912), Index(201_200)])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("tokens", "kind", "complaint"),
    [
        ([-1], OverflowError, "out of range integral type conversion attempted"),
        ([2**32], OverflowError, "out of range integral type conversion attempted"),
        ([2**70], OverflowError, "Python int too large to convert to C long"),
        (["a"], TypeError, "argument 'tokens': 'str' object cannot be interpreted as an integer"),
        ([1, 1.0], TypeError, "argument 'tokens': 'float' object cannot be interpreted as an integer"),
        ([None, -1], TypeError, "argument 'tokens': 'NoneType' object cannot be interpreted as an integer"),
        ([99999999, -1], OverflowError, "out of range integral type conversion attempted"),
        ("ab", TypeError, "argument 'tokens': 'str' object cannot be interpreted as an integer"),
        (5, TypeError, "'int' object is not iterable"),
    ],
)
def test_what_is_no_id_is_refused_before_unknown_ids_are(
    tokenizer: Tokenizer, tokens: Any, kind: type[Exception], complaint: str
) -> None:
    for decode in (tokenizer.decode, tokenizer.decode_utf8):
        with pytest.raises(kind) as caught:
            decode(tokens)
        assert str(caught.value) == complaint


@pytest.mark.parametrize("tokens", [[201089], [24912, 201089, 201090], [200006, 201089], [0] * 30 + [201089]])
def test_an_unknown_id_is_refused_by_name(tokenizer: Tokenizer, tokens: list[int]) -> None:
    with pytest.raises(TokenError) as caught:
        tokenizer.decode(tokens)
    assert str(caught.value) == "Invalid token for decoding: 201089"
    with pytest.raises(TokenError) as caught:
        tokenizer.decode_utf8(tokens)
    complaint = "Could not decode tokens: Invalid token error: Invalid token for decoding: 201089"
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("tokens", "fault"),
    [
        ([HALF], "incomplete utf-8 byte sequence from index 1"),
        ([HALF, HALF], "invalid utf-8 sequence of 2 bytes from index 1"),
        ([132990, HALF], "incomplete utf-8 byte sequence from index 8"),
        ([STRAY], "invalid utf-8 sequence of 1 bytes from index 0"),
        ([200006, HALF, 200007], "invalid utf-8 sequence of 2 bytes from index 10"),
    ],
)
def test_half_a_character_is_refused_where_utf8_is_demanded(
    tokenizer: Tokenizer, tokens: list[int], fault: str
) -> None:
    with pytest.raises(TokenError) as caught:
        tokenizer.decode_utf8(tokens)
    assert str(caught.value) == f"Could not decode tokens: Invalid utf-8 sequence: {fault}"


def test_half_a_character_is_replaced_or_treated_as_asked(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode([HALF, HALF]) == " \ufffd \ufffd"
    assert tokenizer.decode([HALF], errors="ignore") == " "
    assert tokenizer.decode([STRAY], errors="backslashreplace") == "\\xff"
    with pytest.raises(LookupError, match=r"^unknown error handler name 'nope'$"):
        tokenizer.decode([HALF], errors="nope")


@pytest.mark.parametrize("token", [199998, 200006, 201088])
def test_the_special_ids_are_known(token: int) -> None:
    assert unbuilt().is_special_token(token)
    assert not unbuilt().is_special_token(token - 199998 + 201089)


def test_no_special_id_is_asked_of_what_is_no_id() -> None:
    with pytest.raises(TypeError, match=r"^argument 'token': 'str' object cannot be interpreted as an integer$"):
        unbuilt().is_special_token("a")  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        unbuilt().is_special_token(-1)


# Scanning ---------------------------------------------------------------------------------------


def test_markers_are_four_bytes_that_differ_for_every_special_token() -> None:
    specials = facts()[0]["specials"]
    markers = {marker(id) for id in specials}
    assert len(markers) == len(specials)
    for bytes_ in markers:
        assert len(bytes_) == 4
        assert bytes_[0] == 0xFF
        assert max(bytes_[1:]) < 0x80


ids = st.one_of(st.integers(0, 255), st.integers(0, 201088), st.integers(199998, 201088))


@settings(max_examples=300, deadline=None)
@given(st.lists(ids, max_size=60))
def test_a_scan_shows_special_tokens_as_markers_and_nothing_else_as_one(tokens: list[int]) -> None:
    vocabulary = unbuilt().vocabulary
    expected = [marker(id) if id in vocabulary.specials else vocabulary.piece(id) for id in tokens]
    for tokenizer in (built(), unbuilt()):
        assert tokenizer.scan_bytes(tokens) == (None if STRAY in tokens else b"".join(expected))
        assert tokenizer.scan_bytes(tuple(tokens)) == tokenizer.scan_bytes(tokens)


def test_ordinary_tokens_cannot_spell_a_marker(tokenizer: Tokenizer) -> None:
    by_byte = {tokenizer.vocabulary.piece(id): id for id in range(256)}
    spelled = [by_byte[bytes([byte])] for byte in marker(200006)]
    assert tokenizer.decode_bytes(spelled) == marker(200006)
    assert tokenizer.scan_bytes(spelled) is None


@pytest.mark.parametrize(
    "tokens", [[201089], [1, 201089], [-1], [1, -1], [2**40], ["a"], [1, 1.0], [1, None], 5, None, "ab"]
)
def test_a_scan_of_anything_but_known_ids_is_none(tokenizer: Tokenizer, tokens: Any) -> None:
    assert tokenizer.scan_bytes(tokens) is None


# Building ---------------------------------------------------------------------------------------


ordinary = st.lists(st.sampled_from([64, 220, 24912, 84083, HALF, 199997]), max_size=40)


@settings(max_examples=300, deadline=None)
@given(ordinary, st.sampled_from([None, STRAY, 200006, 200500, 200002, 300000, 2**32 - 1]), st.integers(0, 40))
def test_the_bytes_of_ordinary_ids_are_given_at_once_or_not_at_all(ids: list[int], other: int | None, at: int) -> None:
    pieces = built().vocabulary.pieces()
    assert built().ordinary_bytes(ids) == b"".join(pieces[id] for id in ids)
    if other is not None:
        ids.insert(at, other)
        assert built().ordinary_bytes(ids) is None
    assert unbuilt().ordinary_bytes(ids) is None


def test_one_encoder_is_built_by_however_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    original = tiktoken.Encoding

    def counted(*given: Any, **named: Any) -> tiktoken.Encoding:
        made.append(given)
        return original(*given, **named)

    monkeypatch.setattr(tiktoken, "Encoding", counted)
    tokenizer, together, results = new(), threading.Barrier(6), []

    def work() -> None:
        together.wait()
        tokenizer.prepare()
        results.append(tokenizer.encode_text("hello world"))
        results.append(tokenizer.encode_text(tokenizer.decode(results[-1])))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert results == [[24912, 2375]] * 12


def test_decoding_goes_on_alike_when_the_encoder_appears() -> None:
    tokenizer = new()
    tokens = [200006, 24912, STRAY, 200007]
    before = tokenizer.decode(tokens), tokenizer.scan_bytes(tokens), tokenizer.scan_bytes(tokens[:2])
    tokenizer.prepare()
    assert (tokenizer.decode(tokens), tokenizer.scan_bytes(tokens), tokenizer.scan_bytes(tokens[:2])) == before


def test_no_second_copy_of_the_vocabulary_is_kept_beside_tiktokens() -> None:
    tokenizer = new()
    tracemalloc.start()
    try:
        tokenizer.prepare()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 4_000_000  # a dictionary of the ranks takes 26 MB


def test_a_tokenizer_travels_as_its_facts() -> None:
    data = pickle.dumps(built())
    assert len(data) < 60_000
    other = pickle.loads(data)
    assert other.name == "o200k_harmony"
    assert other.encode("a<|end|>", allowed_special="all") == [64, 200007]


def test_a_vocabulary_error_is_not_taken_for_a_bad_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(facts()[0]["environment"], str(tmp_path))
    for use in (new().decode, new().scan_bytes):
        with pytest.raises(VocabularyError):
            use([1])
    with pytest.raises(VocabularyError):
        new().encode_text("a")


def test_decoding_does_not_import_tiktoken() -> None:
    program = (
        "import sys\n"
        "from openai_harmony._runtime.tokens.vocabulary_file import Vocabulary\n"
        "from openai_harmony._runtime.tokens.tokenizer import Tokenizer\n"
        f"facts, pattern = {facts()!r}\n"
        "tokenizer = Tokenizer(Vocabulary(**facts), 'name', pattern)\n"
        "assert tokenizer.decode([24912, 2375]) == 'hello world'\n"
        "assert tokenizer.scan_bytes([24912, 200006]) is not None\n"
        "assert 'tiktoken' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=SPEC.parent)
