"""Completions and conversations whose special tokens were stripped: what is told, and what stays text."""

from __future__ import annotations

import pytest

from openai_harmony import Author, Message, Role, guess_messages_from_stripped_text

pytestmark = pytest.mark.shipped  # texts are completions in the shipped format, without their tokens

CALL = ("commentary", "functions.f", "json", '{"a":1}')


def text_of(message: Message) -> str:
    return "".join(content.text for content in message.content)  # type: ignore[attr-defined]


def shape(message: Message) -> tuple[str | None, ...]:
    return message.channel, message.recipient, message.content_type, text_of(message)


def authored(message: Message) -> tuple[str | None, ...]:
    return message.author.role.value, message.author.name, *shape(message)


def guess(text: str) -> list[tuple[str | None, ...]]:
    """What a completion is taken for; the author is the assistant throughout."""
    messages = guess_messages_from_stripped_text(text)
    assert all(message.author == Author(role=Role.ASSISTANT) for message in messages)
    return [shape(message) for message in messages]


# completions -------------------------------------------------------------------------------------

COMPLETIONS = [
    ("analysisWe need 4.assistantfinalFour.", [("analysis", None, None, "We need 4."), ("final", None, None, "Four.")]),
    ("assistantfinalFour.", [("final", None, None, "Four.")]),
    ("Four.", [(None, None, None, "Four.")]),
    ("", []),
    ("  ", [(None, None, None, "  ")]),
    ("\nassistantfinalFour.", [("final", None, None, "Four.")]),
    ("assistantanalysisassistantfinal", [("analysis", None, None, ""), ("final", None, None, "")]),
    (
        'analysishmassistantcommentary to=functions.f json{"a": 1}',
        [("analysis", None, None, "hm"), ("commentary", "functions.f", "json", '{"a": 1}')],
    ),
    ('commentary to=functions.f{"a": 1}', [("commentary", "functions.f", None, '{"a": 1}')]),
    ('commentary to=functions.f json {"a": 1}', [("commentary", "functions.f", "json", '{"a": 1}')]),
    ('commentary to=functions.f {"a": 1}', [("commentary", "functions.f", None, '{"a": 1}')]),
    ("commentary to=functions.f json", [("commentary", "functions.f", "json", "")]),
    ("commentary to=functions.f", [("commentary", "functions.f", None, "")]),
    # the order in which this library writes
    ('assistantanalysishmassistant to=functions.fcommentary json{"a":1}', [("analysis", None, None, "hm"), CALL]),
    (' to=functions.fcommentary json{"a":1}', [CALL]),
    (' to=functions.f commentary json{"a":1}', [CALL]),
    ("x.assistant to=pythonanalysisprint(1)", [(None, None, None, "x."), ("analysis", "python", None, "print(1)")]),
    # a type without a recipient
    ('analysisfoo.assistantfinal json{"a":1}', [("analysis", None, None, "foo."), ("final", None, "json", '{"a":1}')]),
    ("assistantfinal application/json[1]", [("final", None, "application/json", "[1]")]),
    # without `to=`, or without a channel
    ('commentary functions.f json{"a":1}', [CALL]),
    ('assistant functions.fcommentary json{"a":1}', [CALL]),
    ('commentary functions.f{"a":1}', [("commentary", "functions.f", None, '{"a":1}')]),
    ('commentary lookup json{"a":1}', [("commentary", "lookup", "json", '{"a":1}')]),
    ('functions.f json{"a":1}', [(None, "functions.f", "json", '{"a":1}')]),
    ('hm.assistant to=f json{"a":1}', [(None, None, None, "hm."), (None, "f", "json", '{"a":1}')]),
    (" to=python print(1)", [(None, "python", None, "print(1)")]),
    # where a recipient ends
    ("assistant to=functions.get_finalcommentary{}", [("commentary", "functions.get_final", None, "{}")]),
    ("assistant to=functions.getfinalcommentary json{}", [("commentary", "functions.getfinal", "json", "{}")]),
    ("assistant to=functions.getfinalcommentary x = 1", [("commentary", "functions.getfinal", None, " x = 1")]),
    ("assistant to=functions.get_finalanalysisx = 1", [("analysis", "functions.get_final", None, "x = 1")]),
    ("commentary to=assistantfinal{}", [("commentary", "assistantfinal", None, "{}")]),
    ("assistant to=functions.finalcommentary json{}", [("commentary", "functions.final", "json", "{}")]),
    ("commentary to=functions.get_analysis json{}", [("commentary", "functions.get_analysis", "json", "{}")]),
    ("analysis to=pythonprint(1)", [("analysis", "python", None, "print(1)")]),
    ("commentary to=python_tool{}", [("commentary", "python_tool", None, "{}")]),
    ("commentary to=functions.fassistantfinalx", [("commentary", "functions.f", None, ""), ("final", None, None, "x")]),
    # half a surrogate pair
    ("analysisa\ud800assistantfinal\udc00", [("analysis", None, None, "a\ud800"), ("final", None, None, "\udc00")]),
    ("commentary to=functions.\ud800 json{}", [("commentary", "functions.\ud800", "json", "{}")]),
]


@pytest.mark.parametrize(("text", "expected"), COMPLETIONS)
def test_a_completion_is_taken_apart_in_every_order_of_the_grammar(
    text: str, expected: list[tuple[str | None, ...]]
) -> None:
    assert guess(text) == expected


PROSE = [
    "the assistant finally answered",
    "Here is my analysis: the final word of the assistant.",
    "My assistant final report; assistant commentary follows.",
    "assistant",
    "assistantHello",
    "An assistant to=functions.f call is what we need",
    "the assistant to=bob and",
    "e.g. [1] and i.e. json {2}",
    "Use functions.f with json {}",
    'The assistant returns json{"a": 1}',
    'The assistant uses functions.f {"a": 1}',
    "in to=assistant form, and reply to=assistantfinal form",
    "userland tools",
    "to=bob and so on",
    "math.pi{2}",
    "functions.f",
    "",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_that_only_mentions_the_words_of_headers_is_one_text(text: str) -> None:
    assert guess(text) == ([(None, None, None, text)] if text else [])
    assert guess("analysisSo: " + text + ".assistantfinal:" + text) == [
        ("analysis", None, None, f"So: {text}."),
        ("final", None, None, f":{text}"),
    ]


@pytest.mark.parametrize(
    "text",
    ["foo.bar json{}", " functions.f is called", " The {x}", " of what to={}", "We need json{} of functions.f[1]"],
)
def test_reasoning_never_becomes_a_recipient(text: str) -> None:
    assert guess("analysis" + text) == [("analysis", None, None, text)]


# conversations -----------------------------------------------------------------------------------

ANSWERS = [
    ("functions.f to=assistantcommentary4", ("functions.f", "commentary", "assistant", "4")),
    ("functions.f to=assistant4", ("functions.f", None, "assistant", "4")),
    ("functions.fcommentary to=assistant 4", ("functions.f", "commentary", "assistant", "4")),
    ("functions.fcommentary4", ("functions.f", "commentary", None, "4")),
    ("functions.get_final to=assistantcommentary4", ("functions.get_final", "commentary", "assistant", "4")),
    ("browser.search to=assistantanalysis4", ("browser.search", "analysis", "assistant", "4")),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS)
def test_a_tool_s_answer_is_a_message_by_the_tool(text: str, expected: tuple[str | None, ...]) -> None:
    read = guess_messages_from_stripped_text(f'commentary to=functions.f json{{"a":1}}{text}assistantfinalFour')
    name, channel, recipient, content = expected
    assert list(map(authored, read)) == [
        ("assistant", None, *CALL),
        ("tool", name, channel, recipient, None, content),
        ("assistant", None, "final", None, None, "Four"),
    ]


def test_an_answer_is_known_by_its_channel_only_if_its_tool_was_called() -> None:
    assert guess('commentary to=functions.f{"a":1}functions.gcommentary4')[0][3] == '{"a":1}functions.gcommentary4'
    assert guess("commentary to=functions.f{}x.functions.fcommentary4")[0][3] == "{}x.functions.fcommentary4"
    assert guess("commentary to=f{}offcommentary4")[0][3] == "{}offcommentary4"
    assert guess("commentary to=f{}assistantanalysisfcommentary4")[1][3] == "fcommentary4"
    assert len(guess_messages_from_stripped_text("commentary to=look{}look to=assistant4")) == 2
    assert len(guess_messages_from_stripped_text("commentary to=look{}see to=assistant4")) == 1


@pytest.mark.parametrize(
    ("code", "name"),
    [("x", "f"), ("x", "a.f"), ("4.", "functions.g"), ("x = 1", "browser.open"), ("print(1)", "python")],
)
def test_the_name_of_an_answer_s_tool_is_told_behind_code(code: str, name: str) -> None:
    text = f"commentary to=a.f{{}}assistantcommentary to=f {code}{name} to=assistantcommentary5"
    assert [(m.author.name, text_of(m)) for m in guess_messages_from_stripped_text(text)] == [
        (None, "{}"),
        (None, code),
        (name, "5"),
    ]


def test_an_answer_without_a_recipient_is_told_behind_one_with_a_recipient() -> None:
    text = "commentary to=a.f{}assistantcommentary to=a.g{}a.f to=assistantcommentary[1]a.gcommentary[2]"
    assert [m.author.name for m in guess_messages_from_stripped_text(text)] == [None, None, "a.f", "a.g"]


def test_answers_of_several_calls_are_told_apart() -> None:
    text = 'commentary to=a.f{"x":1}assistantcommentary to=a.g{"x":2}a.fcommentary{"y":1}a.gcommentary{"y":2}'
    read = guess_messages_from_stripped_text(text + "assistantfinalBoth.")
    assert [(m.author.name, text_of(m)) for m in read] == [
        (None, '{"x":1}'),
        (None, '{"x":2}'),
        ("a.f", '{"y":1}'),
        ("a.g", '{"y":2}'),
        (None, "Both."),
    ]


def test_a_conversation_s_first_role_is_told_and_what_follows_without_a_channel_stays_with_it() -> None:
    read = guess_messages_from_stripped_text("systemBe brief.userHi?assistantanalysisHm.assistantfinalHi!userBye")
    assert list(map(authored, read)) == [
        ("system", None, None, None, None, "Be brief.userHi?"),
        ("assistant", None, "analysis", None, None, "Hm."),
        ("assistant", None, "final", None, None, "Hi!userBye"),
    ]
    assert (
        authored(guess_messages_from_stripped_text("systemd fails.assistantfinalx", "assistant")[0])[0] == "assistant"
    )
    assert guess("systemBe brief.") == [(None, None, None, "systemBe brief.")]


def test_the_guess_is_told_whose_text_it_is() -> None:
    read = guess_messages_from_stripped_text("finalxuserfinalyassistantfinalz", "user")
    assert [(m.author.role.value, *shape(m)[::3]) for m in read] == [
        ("user", "final", "x"),
        ("user", "final", "y"),
        ("assistant", "final", "z"),
    ]
    assert guess("finalxuserfinaly") == [("final", None, None, "xuserfinaly")]
    with pytest.raises(ValueError, match="bob"):
        guess_messages_from_stripped_text("x", "bob")
