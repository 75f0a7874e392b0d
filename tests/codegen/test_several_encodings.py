"""Further encodings, as spec/README.md tells to add them: another vocabulary, and other ids of the special tokens."""

from __future__ import annotations

import hashlib
import pickle
import random
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from codegen.__main__ import main
from codegen.check import check
from codegen.check_tokens import LARGEST_ID
from codegen.load import build, read
from codegen.render import render
from codegen.sources import Problem, SpecError
from openai_harmony._runtime.tokens.markers import marker
from tests.codegen.spec_edits import deletions
from tests.support.generated import SPEC, edited_spec, generate, imported

pytestmark = pytest.mark.shipped  # the ids and texts of the shipped spec are spelled

SOURCE = b"".join(b64encode(bytes([byte])) + b" %d\n" % byte for byte in range(256))
OTHER_VOCABULARY = {
    "HARMONY_GPT_OSS": "HARMONY_BYTES",
    "HarmonyGptOss": "HarmonyBytes",
    "o200k_base": "single_bytes",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": hashlib.sha256(SOURCE).hexdigest(),
    "bytes: 3613922": f"bytes: {len(SOURCE)}",
    "ranks: 199998": "ranks: 256",
}
# Ids below and above those of the other encodings, one of them reserved; the stop set of one method.
BYTES_TOKENS = """\
    ids: {START: 300, MESSAGE: 301, END: 302, CALL: 303, RETURN: 290, CONSTRAIN: 300000, STARTOFTEXT: 300001}
    reserved: {text: "<|spare_{id}|>", first: 290, last: 320, doc: Held back among bytes.}
    stop_sets: {stop_tokens: [END, CALL]}
"""
OTHER_NAME = {"HARMONY_GPT_OSS": "HARMONY_SWAPPED", "HarmonyGptOss": "HarmonySwapped"}
# The same vocabulary and the same ids, which mean something else.
SWAPPED = {"START": 200007, "END": 200006, "RETURN": 200012, "CALL": 200002, "CHANNEL": 200008, "MESSAGE": 200005}
SWAPPED_TOKENS = f"    ids: {{{', '.join(f'{terminal}: {id}' for terminal, id in SWAPPED.items())}}}\n"
PACKAGE, OWN = "harmony_several_encodings", "harmony_own_tokens"


def entries() -> tuple[str, str, str]:
    """The shipped encoding's entry, and two more: one of bytes, and one whose special tokens changed places."""
    text = (SPEC / "encodings.yaml").read_text(encoding="utf-8")
    entry = text[text.index("  HARMONY_GPT_OSS:\n") :]
    made = []
    for edits, own in ((OTHER_VOCABULARY, BYTES_TOKENS), (OTHER_NAME, SWAPPED_TOKENS)):
        further = entry
        for old, new in edits.items():
            assert further.count(old) == (2 if old == "o200k_base" else 1)
            further = further.replace(old, new)
        made.append(further + own)
    return entry, made[0], made[1]


def spec_with_three(folder: Path) -> Path:
    entry, with_bytes, swapped = entries()
    return edited_spec(folder, {"encodings.yaml": [(entry, entry + with_bytes + swapped)]})


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("several")
    spec = spec_with_three(folder)
    (folder / "single_bytes.tiktoken").write_bytes(SOURCE)
    options = ["--spec", str(spec), "--out", str(folder), "--package", PACKAGE]
    assert main(["vocabulary", str(folder / "single_bytes.tiktoken"), *options]) == 0
    generate(spec, folder, PACKAGE)
    return imported(folder, PACKAGE)


@pytest.fixture(scope="module")
def encodings(package: Any) -> tuple[Any, Any, Any]:
    shipped, with_bytes, swapped = map(package.load_harmony_encoding, package.HarmonyEncodingName)
    return shipped, with_bytes, swapped


# what is written ----------------------------------------------------------------------------------


def test_each_encoding_has_its_own_member_vocabulary_and_ids(package: Any, encodings: tuple[Any, ...]) -> None:
    names = [member.name for member in package.HarmonyEncodingName]
    assert names == ["HARMONY_GPT_OSS", "HARMONY_BYTES", "HARMONY_SWAPPED"]
    message = package.Message.from_role_and_content("user", "hi")
    shipped, with_bytes, swapped = (encoding.render(message) for encoding in encodings)
    assert shipped == [200006, 1428, 200008, 3686, 200007]
    assert with_bytes == [300, *b"user", 301, *b"hi", 302]
    assert swapped == [200007, 1428, 200005, 3686, 200006]


def test_every_piece_that_is_written_has_the_ids_of_the_encoding(package: Any, encodings: tuple[Any, ...]) -> None:
    call = package.Message.from_role_and_content("assistant", "{}").with_channel("commentary")
    call = call.with_recipient("functions.f").with_content_type("<|constrain|>json")
    final = package.Message.from_role_and_content("assistant", "4").with_channel("final")
    talk = package.Conversation.from_messages([call, final])
    spelled = (
        "<|start|>assistant to=functions.f<|channel|>commentary <|constrain|>json<|message|>{}<|call|>"
        "<|start|>assistant<|channel|>final<|message|>4"
    )
    for encoding in encodings:
        for _ in range(2):  # anew, and from the cache
            assert encoding.decode(encoding.render_conversation(talk)) == spelled + "<|end|>"
            assert encoding.decode(encoding.render_conversation_for_training(talk)) == spelled + "<|return|>"
            opened = encoding.render_conversation_for_completion(talk, "assistant")
            assert encoding.decode(opened) == spelled + "<|end|><|start|>assistant"
        tokens = encoding.encode(spelled, allowed_special="all")
        assert encoding.render_conversation(talk)[:-1] == tokens
        assert encoding.render_batch([talk]) == [encoding.render_conversation(talk)]


def test_stop_sets_are_those_of_the_encoding(encodings: tuple[Any, ...]) -> None:
    shipped, with_bytes, swapped = encodings
    assert shipped.stop_tokens() == [200002, 200012, 200007]
    assert with_bytes.stop_tokens() == [302, 303]
    assert with_bytes.stop_tokens_for_assistant_actions() == [290, 303]
    assert swapped.stop_tokens() == [200012, 200002, 200006]
    assert swapped.stop_tokens_for_assistant_actions() == [200012, 200002]
    shipped.stop_tokens().clear()
    assert shipped.stop_tokens()


def test_what_is_held_back_is_so_in_one_encoding_alone(encodings: tuple[Any, ...]) -> None:
    shipped, with_bytes, swapped = encodings
    assert shipped.special_tokens_set == swapped.special_tokens_set
    assert len(with_bytes.special_tokens_set) == 4 + 31  # the named ones that are not in the range, and the range
    assert with_bytes.decode([290, 291, 300]) == "<|return|><|spare_291|><|start|>"
    assert with_bytes.encode("<|spare_291|>", allowed_special="all") == [291]
    assert with_bytes.encode("<|reserved_200013|>") == list(b"<|reserved_200013|>")
    assert [with_bytes.is_special_token(id) for id in (289, 290, 320, 321, 200002, 200005)] == [
        *(False, True, True, False, False, True)
    ]
    assert with_bytes.scan_bytes([300, 97]) == marker(300) + b"a"


# what is read -------------------------------------------------------------------------------------

GOOD = (
    "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.f "
    "<|constrain|>json<|message|>{}<|call|>"
)
TEXTS = (
    GOOD,
    "<|channel|>final<|message|>größer<|return|>",
    "<|channel|>final<|message|>a<|end|><|end|>b",
    "<|channel|>final<|message|>a<|start|>assistant<|channel|>final<|message|>b",
    "<|channel|>final<|channel|>analysis<|message|>a<|endoftext|>",
    "Prose.<|channel|>final<|message|>a<|call|><|start|>assistant",
    "<|channel|>final<|message|>a<|constrain|>b<|message|>c",
)


def told(package: Any, encoding: Any, text: str, strict: Any) -> tuple[Any, ...]:
    """All that is read from a text: by tokens at once and one by one, and by characters, up to an error."""
    tokens = encoding.encode(text, allowed_special="all")
    found: list[Any] = []
    try:
        found.append(encoding.parse_messages_from_completion_tokens(tokens, "assistant", strict=strict))
    except package.ParseError as error:
        found.append(error.state)
    for parser, pieces in (
        (package.StreamableParser(encoding, "assistant", strict=strict), [[token] for token in tokens]),
        (package.TextParser(encoding, "assistant", strict=strict), [text[:9], text[9:20], text[20:]]),
    ):
        try:
            for piece in pieces:
                parser.feed(piece)
            parser.feed_eos()
        except package.ParseError as error:
            found.append(error.expected)
        found += [parser.messages, [(recovery.kind, recovery.text) for recovery in parser.recoveries], parser.open_turn]
        found.append([encoding.decode([span.stop]) if span.stop is not None else None for span in parser.spans])
    return tuple(map(repr, found))


@pytest.mark.parametrize("strict", [True, False, "pedantic"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_same_text_is_read_as_the_same_in_every_encoding(
    package: Any, encodings: tuple[Any, ...], text: str, strict: Any
) -> None:
    shipped, with_bytes, swapped = (told(package, encoding, text, strict) for encoding in encodings)
    assert shipped == with_bytes == swapped


def test_what_is_rendered_with_spans_has_the_ids_of_the_encoding(package: Any, encodings: tuple[Any, ...]) -> None:
    final = package.Message.from_role_and_content("assistant", "4").with_channel("final")
    talk = package.Conversation.from_messages([package.Message.from_role_and_content("user", "2+2?"), final])
    for encoding in encodings:
        for _ in ("tokenized", "from the cache"):
            found = encoding.render_with_spans(talk, next_turn_role="user")
            assert found.tokens == encoding.render_conversation_for_completion(talk, "user")
        assert encoding.render_with_spans(talk, training=True).tokens == encoding.render_conversation_for_training(talk)
    shipped, with_bytes, swapped = ([s.part for s in e.render_with_spans(talk).spans()] for e in encodings)
    assert shipped == with_bytes == swapped


def test_the_other_encoding_s_ids_are_no_framing(package: Any, encodings: tuple[Any, ...]) -> None:
    shipped, with_bytes, _ = encodings
    tokens = with_bytes.encode("<|channel|>final<|message|>a<|end|>", allowed_special="all")
    with pytest.raises(package.ParseError):
        shipped.parse_messages_from_completion_tokens(tokens, "assistant", strict="pedantic")
    foreign = [200005, *b"final", 200008, 97, 200007]
    first = with_bytes.parse(foreign, "assistant").recoveries[0]
    assert (first.kind, first.start) == ("unknown_token", 6)


def test_ids_in_gaps_between_special_tokens_are_unknown(encodings: tuple[Any, ...]) -> None:
    _, with_bytes, _ = encodings
    for id in (256, 289, 321, 199_997, 200_002):
        (message,) = with_bytes.parse([*with_bytes.encode("<|message|>a", allowed_special="all"), id, 98]).messages
        assert message.text == "a\ufffdb", id


def test_every_position_and_event_is_the_same_where_only_ids_differ(package: Any, encodings: tuple[Any, ...]) -> None:
    shipped, _, swapped = encodings
    for text in TEXTS:
        ends, events = [], []
        for encoding in (shipped, swapped):
            tokens = encoding.encode(text, allowed_special="all")
            parser = package.StreamableParser(encoding, "assistant", strict=False)
            events.append([event for token in tokens for event in parser.feed([token])] + parser.feed_eos())
            ends.append([event.stop for event in events[-1] if isinstance(event, package.MessageEnd)])
            for event in events[-1]:
                if isinstance(event, package.MessageEnd) and event.stop is not None:
                    object.__setattr__(event, "stop", encoding.decode([event.stop]))
            assert encoding.parse(tokens, "assistant").spans == parser.spans
        assert repr(events[0]) == repr(events[1])
        assert ends[0] != ends[1] or set(ends[0]) <= {None, 199999}


def test_errors_name_the_ids_of_the_encoding(package: Any, encodings: tuple[Any, ...]) -> None:
    for encoding, start, end in zip(encodings, (200006, 300, 200007), (200007, 302, 200006)):
        with pytest.raises(package.ParseError, match=f"Unexpected token {end} while expecting start token {start} "):
            encoding.parse_messages_from_completion_tokens([end])


def test_a_parser_is_resumed_restored_and_pickled_with_the_ids_of_its_encoding(
    package: Any, encodings: tuple[Any, ...]
) -> None:
    for encoding in encodings:
        spelled = "<|start|>user<|message|>?<|end|><|start|>assistant<|channel|>final<|message|>a"
        prompt = encoding.encode(spelled, allowed_special="all")
        rest = encoding.encode("b<|return|>", allowed_special="all")
        parser = package.StreamableParser.resume(encoding, prompt)
        restored = package.StreamableParser.restore(encoding, parser.snapshot())
        for one in (parser, restored, pickle.loads(pickle.dumps(parser)), parser.copy()):
            for token in rest:
                one.process(token)
            assert [message.text for message in one.messages] == ["ab"]
            assert one.spans[0].stop == rest[-1]
        assert pickle.loads(pickle.dumps(encoding)) is encoding
    with pytest.raises(ValueError, match="'encoding' is not 'HarmonyBytes'"):
        package.StreamableParser.restore(encodings[1], package.StreamableParser(encodings[0], None).snapshot())


def test_a_reserved_id_is_known_to_text_parsers_of_its_encoding_alone(package: Any, encodings: tuple[Any, ...]) -> None:
    shipped, with_bytes, _ = encodings
    text = "<|channel|>final<|message|>a<|spare_291|>b<|reserved_200013|>c<|end|>"
    for encoding, dropped in ((shipped, "<|reserved_200013|>"), (with_bytes, "<|spare_291|>")):
        parser = package.TextParser(encoding, "assistant", strict=False)
        parser.process(text).process_eos()
        read = encoding.parse(encoding.encode(text, allowed_special="all"), "assistant")
        assert parser.messages == read.messages
        (token,) = encoding.encode(dropped, allowed_special="all")
        assert encoding.is_special_token(token)


def test_material_for_fuzzing_is_made_of_the_ids_of_its_encoding(encodings: tuple[Any, ...]) -> None:
    fuzzing = {
        name: import_module(f"{PACKAGE}.fuzzing.{name}") for name in ("material", "choices", "text_diff", "search")
    }
    for encoding in encodings:
        made = fuzzing["material"].Material(encoding)
        assert encoding.decode([made.ids["START"]]) == "<|start|>"
        assert all(encoding.is_special_token(id) for id in (*made.markers, *made.others))
        assert not any(encoding.is_special_token(id) for id in made.unknown)
        for number, builder in enumerate([*fuzzing["search"].KINDS.values()] * 60):
            example = builder(fuzzing["choices"].RandomChoices(random.Random(number)), made)
            assert fuzzing["text_diff"].text_difference(encoding, example.tokens, example.role) is None
    halves = [301, *"ö".encode()]
    halves.insert(2, 300000)  # a token that is dropped, in the middle of a character
    assert fuzzing["text_diff"].text_difference(encodings[1], halves, "assistant") is None


def test_a_package_whose_encoding_has_its_own_tokens_keeps_every_promise(tmp_path: Path) -> None:
    entry, _, _ = entries()
    spec = edited_spec(tmp_path, {"encodings.yaml": [(entry, entry + SWAPPED_TOKENS)]})
    generate(spec, tmp_path, OWN)
    command = [sys.executable, "-m", OWN, "fuzz", "--runs", "120", "--seed", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "fuzz: 120 inputs, seed 1: no failures\n"), done.stderr


# what codegen makes of it --------------------------------------------------------------------------


def test_an_encoding_that_says_nothing_of_its_own_has_the_very_tables_of_the_format(
    package: Any, encodings: tuple[Any, ...]
) -> None:
    parsing, framing = import_module(f"{PACKAGE}._parsing"), import_module(f"{PACKAGE}._generated.framing").FRAMING
    rules = import_module(f"{PACKAGE}._generated.renderer").RULES
    shipped, _, swapped = encodings
    assert parsing.framing_of(shipped.name, frozenset()) is framing
    assert parsing.framing_of(swapped.name, frozenset()) is not framing
    assert rules.renumbered({}) is rules


def accepted(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """What is generated without each part of the further encodings, where that is accepted."""
    problems: list[Problem] = []
    trees = read(spec_with_three(folder), problems)
    for edit in deletions(trees):
        if " HARMONY_BYTES " in edit.what or " HARMONY_SWAPPED " in edit.what:
            found: list[Problem] = []
            spec = build(edit.trees, found)
            found += [] if found else check(spec)
            assert all(problem.place.line > 1 for problem in found)
            if not found:
                yield edit.what, render(spec, PACKAGE)


def test_everything_that_an_encoding_says_of_its_own_reaches_the_package(tmp_path: Path) -> None:
    whole = render(build(read(spec_with_three(tmp_path / "a"), []), []), PACKAGE)
    without = dict(accepted(tmp_path / "b"))
    for key in ("ids", "ids START", "ids RETURN", "reserved", "stop_sets", "stop_sets stop_tokens"):
        what = f"without encodings.yaml encodings HARMONY_BYTES {key}"
        changed = [name for name, text in without[what].items() if text != whole[name]]
        assert changed == [f"{PACKAGE}/_generated/encodings.py", "docs/format-reference.md"], what


def test_prose_of_any_shape_stays_a_comment(tmp_path: Path) -> None:
    entry, with_bytes, _ = entries()
    odd = with_bytes.replace("doc: Held back among bytes.", r'doc: "Held\nback"')
    odd = odd.replace("doc: The", r'doc: "The\nvery" #')
    spec = edited_spec(tmp_path, {"encodings.yaml": [(entry, entry + odd)]})
    files = render(build(read(spec, []), []), PACKAGE)
    text = files[f"{PACKAGE}/_generated/encodings.py"]
    compile(text, "encodings.py", "exec")
    assert "    # Held\n    # back\n    reserved=range(290, 321),\n" in text
    assert "    # The\n    # very\n" in text


def test_the_largest_id_is_the_last_for_which_there_is_a_marker() -> None:
    assert marker(LARGEST_ID) == b"\xff\x7f\x7f\x7f"
    assert max(marker(LARGEST_ID + 1)[1:]) > 0x7F


def test_two_encodings_of_one_vocabulary_are_no_fault(tmp_path: Path) -> None:
    problems: list[Problem] = []
    spec = build(read(spec_with_three(tmp_path), problems), problems)
    assert check(spec) == []
    assert not problems, SpecError(problems)
