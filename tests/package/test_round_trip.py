"""Writer and reader agree: what is written reads back, and what is read is written again, in pieces of any size."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import (
    Author,
    ContentDelta,
    Conversation,
    Message,
    MessageEnd,
    MessageStart,
    ParseError,
    RenderConversationConfig,
    Role,
    StreamableParser,
    TextContent,
    load_harmony_encoding,
)
from tests.support.effort import examples
from tests.support.roles import USER

ENCODING = load_harmony_encoding("HarmonyGptOss")
KEEP_ALL = RenderConversationConfig(auto_drop_analysis=False)
START, MESSAGE, CHANNEL, CONSTRAIN = 200006, 200008, 200005, 200003
RETURN, END, CALL = 200002, 200007, 200012
LISTED = "user|assistant|system|developer|analysis|commentary|final"
TRIES = settings(max_examples=examples(200))

# What is hard to read: parts of headers where they do not belong, texts that spell markers.
HARD = [
    "user",
    "tool",
    "final",
    "to=",
    "to=f",
    "python",
    "functions.f",
    "a.b",
    "user:",
    "json",
    "<|end|>",
    "<|constrain|>",
]
KNOWN_CHANNELS = (None, "analysis", "commentary", "final")
CHARACTERS = st.characters(exclude_categories=["Cs"])
WORDS = st.sampled_from(HARD) | st.text(CHARACTERS.filter(lambda c: not c.isspace()), min_size=1, max_size=8)
TEXTS = st.text(CHARACTERS, max_size=40) | st.lists(st.sampled_from([*HARD, " ", "\n", "{}"]), max_size=6).map("".join)


def is_plain(word: str) -> bool:
    """Whether a bare word of a header is no role, no channel, no run of these, and no recipient."""
    return not re.match(rf"(?:{LISTED})+\Z|(?:user|assistant|system|developer):|to=", word)


def names_a_tool(word: str) -> bool:
    return "." in word or word in ("browser", "python")


ROLES = st.sampled_from(Role)
PLAIN_WORDS = WORDS.filter(is_plain)
BARE_TYPES = WORDS.filter(lambda word: not word.startswith("to=")) | st.sampled_from(["json", "userfinal", "user:a.b"])
CONTENT_TYPES = BARE_TYPES | (st.just("") | WORDS).map("<|constrain|>{}".format)
RECIPIENTS = WORDS.filter(lambda word: word != "all") | st.sampled_from(["", "functions.get_weather", "assistant"])


@st.composite
def messages(draw: st.DrawFn, roles: st.SearchStrategy[Role] = ROLES) -> Message:
    """Text messages, but for those that a header cannot say; each kind of these has a test of its own below."""
    role = draw(roles)
    name = draw(PLAIN_WORDS | st.just("functions.f")) if role is Role.TOOL else draw(st.none() | st.just("") | WORDS)
    message = Message(Author(role, name), [TextContent(draw(TEXTS))])
    message.channel = draw(st.none() | st.sampled_from(["analysis", "commentary", "final"]) | WORDS)
    message.recipient = draw(st.none() | RECIPIENTS)
    message.content_type = draw(st.none() | CONTENT_TYPES.filter(lambda word: is_a_type_in(message, word)))
    return message


def is_a_type_in(message: Message, word: str) -> bool:
    """Whether a header with these fields can say a content type."""
    if word == message.author.role.value:  # which says nothing, once more
        return False
    if message.recipient is not None and not message.text and {*word} & {*"{["}:  # these are the call's arguments
        return False
    if word.startswith("<|constrain|>"):
        return True
    if message.recipient is not None:  # an empty one in front of a tool's name has lost it
        return bool(message.recipient) or not names_a_tool(word)
    return not names_a_tool(word) if is_plain(word) else message.channel is not None


def parsed(tokens: list[int], role: Role | None = None) -> list[Message]:
    """What is read by default; pedantic mode reads the same where every channel is one that it knows."""
    read = ENCODING.parse_messages_from_completion_tokens(tokens, role)
    if all(message.channel in KNOWN_CHANNELS for message in read):
        assert ENCODING.parse_messages_from_completion_tokens(tokens, role, strict="pedantic") == read
    return read


@pytest.mark.shipped
@TRIES
@given(messages())
def test_a_message_reads_back(message: Message) -> None:
    assert parsed(ENCODING.render(message)) == [message]


@pytest.mark.shipped
@given(st.lists(messages(), max_size=4))
def test_a_conversation_reads_back(conversation: list[Message]) -> None:
    tokens = ENCODING.render_conversation(Conversation.from_messages(conversation), KEEP_ALL)
    assert parsed(tokens) == conversation


# completions, spelled out here: nothing of the renderer is in them ---------------------------------


def canonical(message: Message) -> list[int]:
    """A message of the assistant behind the start token and the role, as the format is documented."""
    pieces: list[int | str] = []
    if message.recipient is not None:
        pieces.append(f" to={message.recipient}")
    if message.channel is not None:
        pieces += [CHANNEL, message.channel]
    if message.content_type is not None:
        constrained = message.content_type.startswith("<|constrain|>")
        value = message.content_type.removeprefix("<|constrain|>")
        pieces += [" ", CONSTRAIN, value] if constrained else [f" {value}"]
    pieces += [MESSAGE, message.content[0].to_dict()["text"], END if message.recipient is None else CALL]
    return [token for piece in pieces for token in ([piece] if isinstance(piece, int) else spelled(piece))]


def spelled(text: str) -> list[int]:
    return ENCODING.encode(text, disallowed_special=())


@st.composite
def completions(draw: st.DrawFn) -> tuple[list[int], list[Message]]:
    """The tokens of a turn of the assistant, and the messages that they say."""
    turn = draw(st.lists(messages(st.just(Role.ASSISTANT)), min_size=1, max_size=4))
    for message in turn:
        message.author.name = None
    tokens = [token for message in turn for token in [START, *spelled("assistant"), *canonical(message)]]
    return tokens[1 + len(spelled("assistant")) :], turn


@pytest.mark.shipped
@TRIES
@given(completions())
def test_a_canonical_completion_is_read_and_written_again(completion: tuple[list[int], list[Message]]) -> None:
    tokens, turn = completion
    assert parsed(tokens, Role.ASSISTANT) == turn
    prompt = ENCODING.render_conversation_for_completion(Conversation.from_messages([]), Role.ASSISTANT)
    conversation = Conversation.from_messages(parsed(tokens, Role.ASSISTANT))
    assert ENCODING.render_conversation(conversation, KEEP_ALL) == prompt + tokens


@pytest.mark.shipped
@given(completions())
def test_what_was_sampled_last_is_written_with_the_token_that_ended_it(
    completion: tuple[list[int], list[Message]],
) -> None:
    _, turn = completion
    turn[-1].with_channel("final").with_recipient(None).with_content_type(None)
    sampled = ENCODING.render_conversation_for_training(Conversation.from_messages(turn), KEEP_ALL)
    assert sampled[-1] == RETURN
    assert parsed(sampled) == turn


# in pieces ------------------------------------------------------------------------------------------


@pytest.mark.shipped
@given(completions(), st.data())
def test_pieces_of_any_size_say_what_the_whole_says(
    completion: tuple[list[int], list[Message]], data: st.DataObject
) -> None:
    tokens, turn = completion
    one_by_one = StreamableParser(ENCODING, Role.ASSISTANT)
    for token in tokens:
        one_by_one.process(token)
    assert one_by_one.process_eos().messages == turn
    in_pieces = StreamableParser(ENCODING, Role.ASSISTANT)
    events, rest = [], tokens
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        events += in_pieces.feed(rest[:size])
        rest = rest[size:]
    events += in_pieces.feed_eos()
    assert in_pieces.messages == turn
    assert [event.message for event in events if isinstance(event, MessageEnd)] == turn
    starts = [event for event in events if isinstance(event, MessageStart)]
    assert [(s.channel, s.recipient, s.content_type) for s in starts] == [
        (m.channel, m.recipient, m.content_type) for m in turn
    ]
    told = [event for event in events if isinstance(event, ContentDelta)]
    for index, message in enumerate(turn):
        assert "".join(event.text for event in told if event.index == index) == message.content[0].to_dict()["text"]


@pytest.mark.shipped
@given(completions(), st.data())
def test_the_current_message_is_what_will_be_read(
    completion: tuple[list[int], list[Message]], data: st.DataObject
) -> None:
    tokens, turn = completion
    parser = StreamableParser(ENCODING, Role.ASSISTANT)
    text = ""
    for token in tokens:
        number = len(parser.messages)
        parser.process(token)
        text = text + (parser.last_content_delta or "") if len(parser.messages) == number else ""
        assert text == parser.current_content
        if parser.state.value == "Content":
            expected = turn[number]
            assert parser.current_role is Role.ASSISTANT
            assert parser.current_channel == expected.channel
            assert parser.current_recipient == expected.recipient
            assert parser.current_content_type == expected.content_type


# what a header cannot say ---------------------------------------------------------------------------


def read_back(role: Role, name: str | None = None, **fields: str) -> Message:
    message = Message(Author(role, name), [TextContent("x")], **fields)
    (back,) = pedantic(ENCODING.render(message))
    return back


def pedantic(tokens: list[int]) -> list[Message]:
    return ENCODING.parse_messages_from_completion_tokens(tokens, strict="pedantic")


def test_a_recipient_all_is_not_written() -> None:
    assert read_back(USER, recipient="all").recipient is None


@pytest.mark.shipped
def test_a_content_type_that_names_a_tool_is_a_recipient_where_there_is_none() -> None:
    for word in ("python", "a.b"):
        back = read_back(Role.ASSISTANT, channel="commentary", content_type=word)
        assert (back.recipient, back.content_type) == (word, None)
        back = read_back(Role.ASSISTANT, channel="commentary", recipient="f", content_type=word)
        assert (back.recipient, back.content_type) == ("f", word)


@pytest.mark.shipped
@pytest.mark.parametrize("word", ["user", "final", "userfinal", "user:bob", "user:a.b", "assistant:"])
@pytest.mark.parametrize("fields", [{"channel": "final"}, {"recipient": "f"}, {"recipient": "f", "channel": "final"}])
def test_a_content_type_that_spells_words_of_the_framing_reads_back_behind_a_field(
    word: str, fields: dict[str, str]
) -> None:
    back = read_back(Role.ASSISTANT, content_type=word, **fields)
    assert {key: getattr(back, key) for key in fields} == fields
    assert back.content_type == word
    with pytest.raises(ParseError):
        read_back(Role.ASSISTANT, content_type=word)


def test_an_empty_content_type_is_none() -> None:
    assert read_back(USER, content_type="").content_type is None


@pytest.mark.shipped
def test_a_tool_that_has_the_name_of_a_role_reads_back_as_that_role() -> None:
    back = read_back(Role.TOOL, "user:bob")
    assert back.author == Author(Role.USER, "bob")


@pytest.mark.shipped
@pytest.mark.parametrize(
    "message",
    [
        pytest.param(Message(Author(Role.TOOL, "")), id="a tool without a name"),
        pytest.param(Message(Author(Role.TOOL, "assistantfinal")), id="a tool named by listed words"),
        pytest.param(Message(Author(USER), channel=""), id="an empty channel"),
        pytest.param(Message(Author(USER), content_type="user"), id="a content type that is a role"),
        pytest.param(Message(Author(USER), content_type="userfinal"), id="a content type of listed words"),
        pytest.param(Message(Author(USER), recipient="f", content_type="to=g"), id="a second recipient"),
        pytest.param(Message(Author(USER, "Bob of the hill")), id="a name of many words"),
    ],
)
def test_what_no_header_can_say_is_refused_when_it_is_read(message: Message) -> None:
    with pytest.raises(ParseError):
        pedantic(ENCODING.render(message))


@pytest.mark.shipped
def test_a_message_that_reads_back_as_another_is_noticed() -> None:
    """The mutant of the properties above: a field that is lost on the way."""
    message = Message(Author(Role.USER), [TextContent("x")], channel="final", recipient="all")
    assert parsed(ENCODING.render(message)) != [message]
