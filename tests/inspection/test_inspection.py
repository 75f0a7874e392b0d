"""What an inspection says of tokens: the messages and parts of parsers and renderers, and what each mode says."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import (
    Conversation,
    HarmonyError,
    Message,
    RenderConversationConfig,
    StreamableParser,
    load_harmony_encoding,
)
from openai_harmony._generated.recoveries import MEANINGS
from openai_harmony._inspection.token_texts import token_texts
from openai_harmony.inspection import Inspection, inspect_conversation, inspect_text, inspect_tokens
from tests.inspection.samples_shown import BROKEN, ENCODING, TURNS
from tests.support.effort import examples
from tests.support.samples import SAMPLES, tokens_of

pytestmark = pytest.mark.shipped


@pytest.fixture(scope="module")
def broken() -> Inspection:
    return inspect_text(ENCODING, BROKEN, "assistant")


def faults_of(inspection: Inspection, tokens: list[int], role: str | None) -> list[str]:
    """Where an inspection says something else than the parsers, or its columns do not fit together."""
    wrong = []
    result = ENCODING.parse(tokens, role)
    if [message.text for message in inspection.messages if message.text] != [m.text for m in result.messages if m.text]:
        wrong.append("texts")
    if [(r.kind, r.start, r.end, r.text) for r in inspection.recoveries] != [
        (str(r.kind.value), r.start, r.end, r.text) for r in result.recoveries
    ]:
        wrong.append("recoveries")
    if [tuple(m[5:9]) for m in inspection.messages] != [span[:4] for span in result.spans]:
        wrong.append("positions")
    for index, message in enumerate(inspection.messages):
        owned = [at for at, token in enumerate(inspection.tokens) if token.message == index]
        if owned != list(range(message.start, message.end)):
            wrong.append(f"tokens of message {index}")
        if [at for piece in message.header for at in range(piece.start, piece.end)] != owned[
            : message.content_start - message.start
        ]:
            wrong.append(f"header of message {index}")
    deltas = "".join(delta for delta in inspection.steps.deltas if delta)
    if deltas != "".join(message.text for message in result.messages):
        wrong.append("deltas")
    offset = 0
    for token in inspection.tokens:
        if token.offset != offset:
            wrong.append("offsets")
            break
        offset += len(token.bytes or "") // 2
    for reading in inspection.readings:
        if reading.errors[:1] != errors_of(tokens, role, reading.strictness):
            wrong.append(f"errors of {reading.strictness}")
    json.dumps(inspection.to_dict(), allow_nan=False)
    return wrong


def errors_of(tokens: list[int], role: str | None, strictness: str) -> tuple[object, ...]:
    """The first error of a parser that is given the tokens one by one."""
    strict = {"default": True, "recover": False, "pedantic": "pedantic"}[strictness]
    parser = StreamableParser(ENCODING, role, strict=strict)  # type: ignore[arg-type]
    for at, token in enumerate([*tokens, None]):
        try:
            parser.process_eos() if token is None else parser.process(token)
        except (HarmonyError, OverflowError) as error:
            words = [getattr(error, name, None) for name in ("state", "found")]
            return ((at, str(error), *words, tuple(getattr(error, "expected", ()))),)
    return ()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample["id"]))
def test_an_inspection_of_a_sample_says_what_the_parsers_say(sample: dict[str, object]) -> None:
    tokens, role = tokens_of(sample), sample.get("role")
    assert role is None or isinstance(role, str)
    assert faults_of(inspect_tokens(ENCODING, tokens, role), tokens, role) == []


SPECIAL = sorted(ENCODING.tokenizer.vocabulary.specials)[:16]
TOKENS = st.lists(
    st.one_of(
        st.sampled_from(SPECIAL),
        st.sampled_from(ENCODING.encode("assistant analysis final commentary to=functions.f json code 🫠 ➜ user\n {}")),
        st.integers(-2, 2**33),
        st.integers(0, 200_000),
    ),
    max_size=24,
)


@settings(max_examples=examples(60))
@given(tokens=TOKENS, role=st.sampled_from([None, "assistant", "user"]))
def test_an_inspection_of_any_tokens_says_what_the_parsers_say(tokens: list[int], role: str | None) -> None:
    inspection = inspect_tokens(ENCODING, tokens, role)
    assert faults_of(inspection, tokens, role) == []
    assert inspection.text()


def test_the_parts_of_a_rendering_are_those_of_its_spans() -> None:
    config = RenderConversationConfig(analysis="finished_turns")
    rendered = ENCODING.render_with_spans(TURNS, training=True, config=config)
    shown = inspect_conversation(ENCODING, TURNS, training=True, config=config)
    assert [token.part for token in shown.tokens] == rendered.part_names()
    assert [token.sampled for token in shown.tokens] == [bool(bit) for bit in rendered.sampled]
    assert [token.loss for token in shown.tokens] == list(rendered.loss_mask())
    assert [message.omitted for message in shown.messages] == [False, False, True, False, False, False]
    assert [m.text for m in shown.messages[1:]] == [m.text for m in TURNS.messages[1:]]
    assert shown.totals.loss == sum(rendered.loss_mask())
    assert shown.totals.by_role == rendered.token_counts().roles


def test_the_parsed_parts_of_a_rendering_are_those_that_were_rendered() -> None:
    """Parsing finds the parts by itself: for headers as they are rendered, it must find the same."""
    calls = [
        Message.from_role_and_content("user", "Hi"),
        Message.from_role_and_content("assistant", "{}")
        .with_channel("commentary")
        .with_recipient("functions.f")
        .with_content_type("<|constrain|>json"),
        Message.from_role_and_content("assistant", "No.").with_channel("final"),
    ]
    rendered = ENCODING.render_with_spans(Conversation.from_messages(calls), next_turn_role="assistant")
    shown = inspect_tokens(ENCODING, rendered.tokens)
    assert [token.part for token in shown.tokens] == rendered.part_names()
    assert [token.sampled for token in shown.tokens] == [bool(bit) for bit in rendered.sampled]
    assert [token.message for token in shown.tokens] == [None if at < 0 else at for at in rendered.message_indices]


def test_the_fields_of_a_header_are_found_as_they_were_written(broken: Inspection) -> None:
    assert [(piece.part, piece.text) for piece in broken.messages[2].header] == [
        ("start", "<|start|>"),
        ("role", "assistant"),
        ("channel", "commentary"),
        ("marker", " to="),
        ("recipient", "functions.get_weather"),
        ("marker", " <|constrain|>"),
        ("content_type", "json"),
        ("header_end", "<|message|>"),
    ]
    assert broken.messages[2].is_call
    assert broken.messages[0].is_hidden
    assert broken.messages[2].recoveries == (2,)


def test_a_token_that_parsing_dropped_is_no_content() -> None:
    shown = inspect_text(ENCODING, "<|message|>fo<|message|>u<|reserved_200013|>r<|end|>", "assistant")
    assert [token.part for token in shown.tokens] == [
        *("header_end", "content", "other", "content", "content", "content", "stop"),
    ]
    assert shown.messages[0].text == "fou<|reserved_200013|>r"
    assert inspect_text(ENCODING, "<|message|><|constrain|>", "assistant").messages[0].text == ""


def test_the_faults_of_a_rendering_are_those_of_its_messages_also_behind_one_that_is_omitted() -> None:
    odd = Message.from_role_and_content("assistant", "x").with_channel("made-up")
    conversation = Conversation.from_messages([*TURNS.messages[:4], odd, TURNS.messages[5]])
    shown = inspect_conversation(ENCODING, conversation)
    assert [message.omitted for message in shown.messages].index(True) == 2
    assert [(recovery.kind, recovery.message) for recovery in shown.recoveries] == [("unknown_channel", 4)]
    assert [message.recoveries for message in shown.messages] == [(), (), (), (), (0,), ()]


def test_recoveries_say_what_they_mean_and_modes_where_they_raise(broken: Inspection) -> None:
    assert [recovery.kind for recovery in broken.recoveries] == [
        *("stray_text", "missing_stop", "glued_role", "stray_stop"),
    ]
    assert all(recovery.meaning == MEANINGS[recovery.kind] for recovery in broken.recoveries)
    found = {reading.strictness: [error.position for error in reading.errors] for reading in broken.readings}
    so, stop = broken.recoveries[0].start, broken.recoveries[3].start
    assert found == {"default": [so, stop], "recover": [], "pedantic": [so]}
    assert [reading.messages for reading in broken.readings] == [1, 4, 1]


def test_the_steps_are_what_a_streaming_parser_shows(broken: Inspection) -> None:
    parser = StreamableParser(ENCODING, "assistant", strict=False)
    states = iter([*broken.steps.states, None])
    now, following = next(states), next(states)
    for position in range(len(broken.tokens) + 2):
        if position > len(broken.tokens):
            parser.process_eos()
        elif position:
            parser.process(broken.tokens[position - 1].id)
        if following is not None and following.position == position:
            now, following = following, next(states)
        assert now is not None
        assert (now.state, now.message) == (parser.state.value, len(parser.messages)), position
        assert now.role == (None if parser.current_role is None else parser.current_role.value)
        assert [*now.fields.values()] == [
            *(parser.current_channel, parser.current_recipient, parser.current_content_type),
        ]
    kinds = [broken.recoveries[event.which].kind for event in broken.steps.events if event.event == "recovery"]
    assert kinds == [recovery.kind for recovery in broken.recoveries]


def test_a_character_in_several_tokens_is_named_by_each_of_them() -> None:
    data = {1: b"a \xf0\x9f", 2: b"\xab", 3: b"\xa0b", 4: b"c", 5: b"\xe2", 6: b"<s>", 7: b"\x9c!"}

    class Source:
        def one(self, token: int) -> bytes:
            return data[token]

        def knows(self, token: int) -> bool:
            return token in data

    found = token_texts([1, 2, 3, 4, 5, 6, 7, 9], Source(), {6})  # type: ignore[arg-type]
    assert [(text.text, text.character) for text in found] == [
        ("a \\xf0\\x9f", "a 🫠b"),
        ("\\xab", "a 🫠b"),
        ("\\xa0b", "a 🫠b"),
        ("c", None),
        ("\\xe2", "\ufffd"),
        ("<s>", None),
        ("\\x9c!", "\ufffd!"),
        ("\ufffd", None),
    ]
    assert found[-1].data is None


def test_bytes_that_never_make_a_character_are_named_in_pieces() -> None:
    class Source:
        def one(self, token: int) -> bytes:
            return b"\xe9"

        def knows(self, token: int) -> bool:
            return True

    found = token_texts([1] * 1000, Source(), set())  # type: ignore[arg-type]
    assert {text.character for text in found[:-40]} == {"\ufffd" * 64}
    assert sum(len(text.character or "") for text in found) < 64 * 1000


def test_weights_can_be_given_and_must_fit() -> None:
    tokens = ENCODING.encode("<|message|>Hi<|end|>", allowed_special="all")
    shown = inspect_tokens(ENCODING, tokens, "assistant", loss=[0, 0.5, -1])
    assert [token.loss for token in shown.tokens] == [0, 0.5, -1]
    assert shown.totals.loss == 2
    with pytest.raises(ValueError, match="argument 'loss': 2 weights for 3 tokens"):
        inspect_tokens(ENCODING, tokens, "assistant", loss=[1, 1])
    with pytest.raises(ValueError, match="argument 'loss': weight 1 is not finite: nan"):
        inspect_tokens(ENCODING, tokens, "assistant", loss=[1, float("nan"), 1])


def test_what_is_no_list_of_ids_is_refused() -> None:
    with pytest.raises(TypeError, match="argument 'tokens': item 1 is no integer but str"):
        inspect_tokens(ENCODING, [1, "2"], "assistant")  # type: ignore[list-item]
    with pytest.raises(ValueError, match="Unknown role: 'boss'"):
        inspect_tokens(ENCODING, [1], "boss")


def test_the_work_grows_with_the_tokens_and_not_with_their_square() -> None:
    """Counted, not timed: the calls of functions for twice the tokens are twice as many."""
    import sys

    def calls(count: int) -> int:
        made = 0

        def count_one(frame: object, event: str, argument: object) -> None:
            nonlocal made
            made += event in ("call", "c_call")

        tokens = tokens_of(SAMPLES[0]) * count
        before = sys.getprofile()
        sys.setprofile(count_one)
        try:
            inspect_tokens(ENCODING, tokens, "assistant")
        finally:
            sys.setprofile(before)
        return made

    calls(2)
    few, many = calls(10), calls(40)
    assert many < 4.4 * few


# as text ---------------------------------------------------------------------------------------------


def test_the_text_shows_tokens_and_marks_faults_where_they_happened(broken: Inspection) -> None:
    text = broken.text()
    assert "0 assistant channel=analysis (hidden): 26 tokens, 0 to 26\n" in text
    assert "  <|channel|>│analysis│<|message|>│The│ user│ asks" in text
    melting = "🫠" if "🫠".isprintable() else "\\U0001fae0"  # Python 3.10 does not know it
    assert f"\\xf0\\x9f│\\xab│\\xa0⟨ {melting}⟩│.│<|end|>" in text
    assert "  [!1 stray_text] so\n" in text
    assert "[!2 missing_stop]<|start|>│[!3 glued_role]assistant│comment│ary│ to│=│functions" in text
    assert "outside messages: 1 token, " in text
    assert "!4 stray_stop, tokens " in text
    assert "recover: reads everything" in text
    assert f"pedantic: raises at token {broken.recoveries[0].start}: " in text


def test_the_text_of_a_strict_mode_marks_its_error_instead(broken: Inspection) -> None:
    text = broken.text(strictness="default")
    assert "[error: the mode stops here] so" in text
    assert "[!1" not in text
    with pytest.raises(ValueError, match="'strict' is not one of 'default', 'recover', 'pedantic'"):
        broken.text(strictness="strict")


def test_no_text_of_a_model_moves_the_cursor() -> None:
    hostile = "".join(map(chr, [*range(32), *range(127, 160), 0x202E, 0x200B]))
    shown = inspect_text(ENCODING, f"<|channel|>final<|message|>{hostile}<|return|>", "assistant").text()
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []


def test_messages_that_rendering_omitted_are_in_the_text() -> None:
    text = inspect_conversation(ENCODING, TURNS, training=True).text()
    assert "2 assistant channel=analysis (hidden): omitted when rendered\n  A sum.\n" in text


def test_two_inspections_of_the_same_tokens_are_equal() -> None:
    tokens = ENCODING.encode(BROKEN, allowed_special="all")
    random.Random(0).shuffle(tokens)
    once, again = (inspect_tokens(load_harmony_encoding("HarmonyGptOss"), tokens, "assistant") for _ in range(2))
    assert once == again
    assert once.to_json() == again.to_json()
