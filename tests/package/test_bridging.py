"""Claims about prompts that continue sampled tokens, and about when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openai_harmony import (
    Author,
    Bridge,
    Conversation,
    DeveloperContent,
    Message,
    Refusal,
    RenderConversationConfig,
    RenderError,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
    align,
    explain_difference,
    is_prefix,
    load_harmony_encoding,
)
from openai_harmony.testing import conversations, messages
from tests.support.effort import examples

ENCODING = load_harmony_encoding("HarmonyGptOss")
KEEP, FINISHED = (RenderConversationConfig(analysis=policy) for policy in ("keep", "finished_turns"))
CONFIGS = [None, KEEP, FINISHED, RenderConversationConfig(analysis="finished_turns", keep_last_turn=False)]


def sampled_by_the_model(message: Message) -> bool:
    return message.author.role == Role.ASSISTANT


@st.composite
def rollouts(draw: st.DrawFn) -> tuple[list[Message], list[Message], list[Message]]:
    """Messages of a prompt, those that were sampled from it, and those that follow."""
    given = draw(conversations()).messages + draw(st.lists(messages(), max_size=2))
    asked = [index + 1 for index, message in enumerate(given) if not sampled_by_the_model(message)]
    cut = draw(st.sampled_from([0, *asked]))
    answer = [message for message in draw(st.lists(messages(), max_size=8)) if sampled_by_the_model(message)]
    new = [message for message in draw(st.lists(messages(), max_size=2)) if not sampled_by_the_model(message)]
    return given[:cut], answer or [assistant("Hi.", "final")], new


def assistant(text: str, channel: str | None = None, to: str | None = None) -> Message:
    return Message(Author(Role.ASSISTANT), [TextContent(text)], channel=channel, recipient=to)


@settings(max_examples=examples(500))
@given(rollout=rollouts(), config=st.sampled_from(CONFIGS), turn=st.sampled_from(["assistant", None]))
def test_a_bridge_equals_a_rendering_anew_or_is_refused_because_that_would_omit_a_message(
    rollout: tuple[list[Message], list[Message], list[Message]],
    config: RenderConversationConfig | None,
    turn: str | None,
) -> None:
    prompt, answer, new = rollout
    previous = ENCODING.render_conversation_for_completion(Conversation(prompt), "assistant", config)
    for message in answer:
        previous += ENCODING.render(message)
    begun = ENCODING.render_conversation_for_completion(Conversation([]), "assistant")
    at = len(ENCODING.render_conversation(Conversation(prompt), config))
    del previous[at : at + len(begun)]  # the first message that was sampled repeats the opening of the prompt
    whole = Conversation([*prompt, *answer, *new])
    anew = ENCODING.render_with_spans(whole, next_turn_role=turn, config=config).tokens
    result = ENCODING.bridge(previous, new, next_turn_role=turn, config=config)
    if isinstance(result, Bridge):
        assert (result.tokens[: len(previous)], result.previous_length, result.end_length) == (
            previous,
            len(previous),
            0,
        )
        # By the default policy, a message that the prompt omits can come back.
        comes_back = config is None and at < len(ENCODING.render_conversation(Conversation(prompt), KEEP))
        assert result.tokens == anew or tells_of_tools(whole) or comes_back or not reads_back(whole)
        assert result.tokens == previous + result.new_tokens
    else:
        assert result.rule == "omitted"
        assert result.index < len(previous)
        assert previous[: result.index] == anew[: result.index]
        assert (previous[result.index], anew[result.index]) == (result.token, result.expected)


def reads_back(conversation: Conversation) -> bool:
    """Whether a parser reads the channels of all messages, which decide what is omitted."""
    channels = [message.channel for message in conversation.messages]
    return [
        message.channel for message in ENCODING.parse(ENCODING.render_conversation(conversation, KEEP)).messages
    ] == channels


def tells_of_tools(conversation: Conversation) -> bool:
    """Whether the text of a message depends on tools that another message declares, before or after it."""
    contents = [content for message in conversation.messages for content in message.content]
    return any(isinstance(content, SystemContent) for content in contents) and any(
        isinstance(content, DeveloperContent) and content.tools for content in contents
    )


@settings(max_examples=examples(300))
@given(rollout=rollouts(), data=st.data())
def test_a_message_that_was_cut_off_gets_the_end_that_rendering_writes(
    rollout: tuple[list[Message], list[Message], list[Message]], data: st.DataObject
) -> None:
    prompt, answer, new = rollout
    previous = ENCODING.render_conversation(Conversation([*prompt, *answer]), KEEP)
    text_of_last = "".join(ENCODING.decode(ENCODING.encode(c.text, disallowed_special=())) for c in answer[-1].content)  # type: ignore[attr-defined]
    size = len(ENCODING.encode(text_of_last, disallowed_special=())) if len(answer[-1].content) == 1 else 0
    lost = data.draw(st.integers(0, size))
    # Without content, `to={x {}` is read as arguments that are in the header by mistake, with nobody named before them.
    assume(lost < size or not str(answer[-1].recipient).startswith("{"))
    whole = ENCODING.bridge(previous, new, config=KEEP)
    cut_off = ENCODING.bridge(previous[: -1 - lost], new, config=KEEP)
    assert isinstance(whole, Bridge)
    assert isinstance(cut_off, Bridge)
    assert (whole.end_length, cut_off.end_length) == (0, 1)
    assert cut_off.tokens == previous[: -1 - lost] + previous[-1:] + whole.new_tokens


CALL = "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>"
THOUGHT = "<|channel|>analysis<|message|>A sum.<|end|><|start|>assistant"
ANALYSIS, FINAL = (ENCODING.encode(word)[0] for word in ("analysis", "final"))
RESULT = Message.from_author_and_content(Author.new(Role.TOOL, "functions.f"), "4").with_channel("commentary")
QUESTION = Message.from_role_and_content("user", "And 3 + 3?")


def sampled(text: str) -> list[int]:
    """The tokens of a prompt and of what was sampled from it."""
    prompt = Conversation([Message.from_role_and_content("user", "2 + 2?")])
    begun = ENCODING.render_conversation_for_completion(prompt, "assistant")
    return begun + ENCODING.encode(text, allowed_special="all")


@pytest.mark.shipped
def test_what_was_sampled_stays_as_it_is_however_it_is_spelled() -> None:
    previous = sampled(CALL.replace("{}", '{ "a" : 1 }').replace(" <|constrain|>", "<|constrain|>"))
    bridge = ENCODING.bridge(previous, [RESULT])
    assert isinstance(bridge, Bridge)
    assert ENCODING.decode(bridge.tokens).endswith(
        '<|channel|>commentary to=functions.f<|constrain|>json<|message|>{ "a" : 1 }<|call|>'
        "<|start|>functions.f<|channel|>commentary<|message|>4<|end|><|start|>assistant"
    )


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("<|channel|>final<|message|>It is", "<|end|>"),
        ("<|channel|>analysis<|message|>", "<|end|>"),
        ('<|channel|>commentary to=functions.f<|message|>{"a', "<|call|>"),
        ("<|channel|>final<|message|>It is<|return|>", ""),
        ("<|channel|>final<|message|>It is<|end|>", ""),
        (CALL, ""),
    ],
)
def test_a_stop_is_added_to_a_message_that_lacks_it_and_to_no_other(text: str, stop: str) -> None:
    bridge = ENCODING.bridge(sampled(text), [QUESTION], next_turn_role=None, config=KEEP)
    assert isinstance(bridge, Bridge)
    added = bridge.new_tokens
    assert ENCODING.decode(added[: bridge.end_length]) == stop
    assert added[bridge.end_length :] == ENCODING.render(QUESTION)


@pytest.mark.shipped
@pytest.mark.parametrize("size", [200, 256, 257, 5000])
def test_a_last_message_of_any_length_is_found(size: int) -> None:
    previous = sampled("<|channel|>commentary to=functions.f<|message|>") + ENCODING.encode("a" + " a" * size)
    bridge = ENCODING.bridge(previous, [RESULT])
    assert isinstance(bridge, Bridge)
    assert ENCODING.decode(bridge.new_tokens[: bridge.end_length]) == "<|call|>"


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("tokens", "new", "rule", "index"),
    [
        ([], [QUESTION], "no_message", 0),
        ([64, 65], [QUESTION], "no_message", 2),
        (sampled(""), [QUESTION], "open_header", 11),
        (sampled("<|channel|>fin"), [QUESTION], "open_header", 13),
        (sampled("<|channel|>final"), [QUESTION], "open_header", 13),
        (sampled("<|channel|>final<|message|>4<|end|>Hello"), [QUESTION], "stray_tokens", 16),
        (sampled("<|channel|>final<|message|>4<|end|><|end|>"), [QUESTION], "stray_tokens", 16),
        (sampled("<|channel|>final<|message|>4<|end|><|start|>assistant"), [QUESTION], "open_header", 18),
        (sampled("<|channel|>final<|message|>4<|end|>"), [RESULT, assistant("4")], "sampled_role", 16),
    ],
)
def test_there_is_no_bridge_from_what_is_no_end_of_a_message(
    tokens: list[int], new: list[Message], rule: str, index: int
) -> None:
    refusal = ENCODING.bridge(tokens, new)
    assert isinstance(refusal, Refusal)
    assert not refusal
    assert (refusal.rule, refusal.index) == (rule, index)


@pytest.mark.shipped
def test_a_refusal_names_the_rule_and_the_first_token_that_differs() -> None:
    previous = sampled(f"{THOUGHT}<|channel|>final<|message|>4<|return|>")
    for config, policy in ((None, "reference"), (FINISHED, "finished_turns")):
        refusal = ENCODING.bridge(previous, [QUESTION], config=config)
        assert isinstance(refusal, Refusal)
        assert refusal.reason == f"the message at token 9, on channel 'analysis', is omitted by '{policy}'"
        assert (refusal.index, refusal.token, refusal.expected) == (12, ANALYSIS, FINAL)
    assert ENCODING.bridge(previous, [QUESTION], config=KEEP)
    assert ENCODING.bridge(previous, [RESULT], config=FINISHED)  # the turn goes on


@pytest.mark.shipped
def test_the_work_of_a_bridge_does_not_depend_on_the_length_of_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    from openai_harmony._runtime.reading.reader import Reader

    read: list[int] = []
    push, extend = Reader.push, Reader.extend

    def counting_push(self: Reader, token: object, argument: str = "token") -> None:
        read.append(1)
        push(self, token, argument)

    def counting_extend(self: Reader, tokens: Any) -> None:
        read.append(len(tokens))
        extend(self, tokens)

    monkeypatch.setattr(Reader, "push", counting_push)
    monkeypatch.setattr(Reader, "extend", counting_extend)
    turn = [QUESTION, assistant("It is 6.", "final")]
    work = set()
    for config, answer in [*((config, THOUGHT + CALL) for config in CONFIGS), (None, "<|channel|>final<|message|>4")]:
        for length in (1, 10, 1000):
            prompt = Conversation(turn * length + [QUESTION])
            previous = ENCODING.render_conversation_for_completion(prompt, "assistant", config)
            previous += ENCODING.encode(answer, allowed_special="all")
            read.clear()
            assert ENCODING.bridge(previous, [RESULT], config=config)
            work.add(sum(read))
    assert max(work) < 100


@pytest.mark.shipped
@pytest.mark.parametrize("config", [None, KEEP, FINISHED])
def test_the_work_does_not_depend_on_the_number_of_calls_in_a_turn_that_goes_on(
    config: RenderConversationConfig | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openai_harmony._runtime.reading.reader import Reader

    made: list[int] = []
    construct = Reader.__init__

    def counting(self: Reader, *arguments: Any, **options: Any) -> None:
        made.append(1)
        construct(self, *arguments, **options)

    monkeypatch.setattr(Reader, "__init__", counting)
    turn = [assistant("Hm.", "analysis"), assistant("{}", "commentary", "functions.f"), RESULT]
    prompt = ENCODING.render_conversation_for_completion(Conversation([QUESTION, *turn * 50]), "assistant", config)
    previous = prompt + ENCODING.encode(THOUGHT + CALL, allowed_special="all")
    assert ENCODING.bridge(previous, [RESULT], config=config)
    assert len(made) < 5


@pytest.mark.shipped
def test_a_new_system_message_tells_of_the_tools_that_are_given() -> None:
    previous = sampled("<|channel|>final<|message|>4<|end|>")
    system = Message.from_role_and_content("system", SystemContent.new())
    tool = ToolDescription.new("f", "Does f.")
    texts = []
    for tools in (None, [], [tool]):
        bridge = ENCODING.bridge(previous, [system], tools=tools)
        assert isinstance(bridge, Bridge)
        texts.append("Calls to these tools" in ENCODING.decode(bridge.new_tokens))
    assert texts == [False, False, True]
    developer = Message.from_role_and_content("developer", DeveloperContent.new().with_function_tools([tool]))
    bridge = ENCODING.bridge(previous, [system, developer])
    assert isinstance(bridge, Bridge)
    assert "Calls to these tools" in ENCODING.decode(bridge.new_tokens)


def test_wrong_arguments_are_refused_by_name() -> None:
    previous = sampled("<|channel|>final<|message|>4<|end|>")
    wrong: list[Any] = [(TypeError, r"'new_messages'", QUESTION), (TypeError, r"'new_messages\[1\]'", [QUESTION, 5])]
    for error, match, new in wrong:
        with pytest.raises(error, match=match):
            ENCODING.bridge(previous, new)
    with pytest.raises(RenderError, match=r"new_messages\[1\]: Tools should have a name"):
        ENCODING.bridge(previous, [QUESTION, Message.from_role_and_content("tool", "x")])
    with pytest.raises(TypeError, match="'previous_tokens'"):
        ENCODING.bridge("<|start|>", [])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Unknown role"):
        ENCODING.bridge(previous, [], next_turn_role="nobody")
    told = "^argument 'config': a bridge ends the last message; give it the configuration without open_last$"
    with pytest.raises(ValueError, match=told):
        ENCODING.bridge(previous, [], config=RenderConversationConfig(open_last=True))
    wrong_tokens: list[Any] = [
        ([*previous, 1.5], 16, "float"),
        ([*previous[:-1], "a"], 15, "str"),
        ([previous], 0, "list"),
    ]
    for tokens, at, kind in wrong_tokens:
        with pytest.raises(TypeError, match=f"'previous_tokens': item {at} is no integer but {kind}"):
            ENCODING.bridge(tokens, [])
    for tools in ("f", True, iter([])):
        with pytest.raises(TypeError, match="'tools': expected a sequence of tools"):
            ENCODING.bridge(previous, [], tools=tools)  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "value"), [("author", None), ("content", None), ("content", [5]), ("channel", 5)])
@pytest.mark.shipped
def test_a_new_message_with_a_wrong_field_is_named(field: str, value: Any) -> None:
    message = Message.from_role_and_content("user", "x")
    setattr(message, field, value)
    with pytest.raises(ValueError, match=rf"new_messages\[1\]: invalid message JSON: .*{field}"):
        ENCODING.bridge(sampled("<|channel|>final<|message|>4<|end|>"), [QUESTION, message])


@pytest.mark.shipped
def test_arrays_become_lists_of_int() -> None:
    numpy = pytest.importorskip("numpy")
    previous = sampled("<|channel|>final<|message|>It")
    bridge = ENCODING.bridge(numpy.array(previous), [QUESTION], config=KEEP)
    assert isinstance(bridge, Bridge)
    aligned = align(bridge, numpy.ones(15, numpy.int8), numpy.zeros(15, numpy.float32))
    assert ({*map(type, bridge.tokens)}, {*map(type, aligned.masks)}) == ({int}, {int})
    assert {*map(type, aligned.logprobs)} == {float}
    with pytest.raises(TypeError, match="'previous_tokens': item 0 is no integer but list"):
        ENCODING.bridge(numpy.array([previous]), [QUESTION])
    for wrong in (None, "x" * 15):
        with pytest.raises(TypeError, match="'masks': expected numbers"):
            align(bridge, wrong, [0.0] * 15)


# masks, prefixes, differences ------------------------------------------------------------------------


def test_masks_and_log_probabilities_of_the_previous_tokens_get_values_for_the_others() -> None:
    previous = sampled("<|channel|>final<|message|>It")
    bridge = ENCODING.bridge(previous, [QUESTION], config=KEEP)
    assert isinstance(bridge, Bridge)
    masks, logprobs = align(bridge, [0] * 11 + [1] * 4, [-0.5] * 15)
    assert len(masks) == len(logprobs) == len(bridge.tokens)
    assert (masks[:15], {*masks[15:]}) == ([0] * 11 + [1] * 4, {0})
    assert (logprobs[:15], {*logprobs[15:]}) == ([-0.5] * 15, {0.0})
    with pytest.raises(ValueError, match="'logprobs': 14 values for 15 previous tokens"):
        align(bridge, [0] * 15, [0.0] * 14)
    with pytest.raises(TypeError, match="'bridge': expected a Bridge, not Refusal"):
        align(ENCODING.bridge([], []), [], [])  # type: ignore[arg-type]


@settings(max_examples=examples(200))
@given(conversation=conversations(), more=st.lists(messages(), max_size=3), config=st.sampled_from(CONFIGS))
def test_a_conversation_is_a_prefix_if_its_tokens_are(
    conversation: Conversation, more: list[Message], config: RenderConversationConfig | None
) -> None:
    longer = Conversation([*conversation.messages, *more])
    a, b = (ENCODING.render_conversation(c, config) for c in (conversation, longer))
    assert is_prefix(conversation, longer, config=config) == (b[: len(a)] == a)
    difference = explain_difference(a, b)
    assert (difference is None) == (a == b)
    if difference is not None:
        assert a[: difference.index] == b[: difference.index]
        assert difference.token_a != difference.token_b
        assert is_prefix(conversation, longer, config=config) == (difference.index == len(a))


@pytest.mark.shipped
def test_a_difference_is_explained_in_a_sentence() -> None:
    one = sampled("<|channel|>analysis<|message|>A sum.<|end|>")
    other = sampled("<|channel|>final<|message|>4<|end|>")
    difference = explain_difference(one, other)
    assert difference is not None
    assert str(difference) == (
        "token 12 differs, in the header of message 1: 35644 'analysis' and 17196 'final', "
        "after ' + 2?<|end|><|start|>assistant<|channel|>'"
    )
    assert (difference.message_index, difference.token_a) == (1, one[12])
    longer = explain_difference(one[:-1], one)
    assert longer is not None
    assert "in the content of message 1 (assistant, analysis): the end and 200007 '<|end|>'" in str(longer)
    assert (longer.token_a, longer.token_b) == (None, 200007)


@pytest.mark.shipped
@pytest.mark.parametrize("unknown", [-1, 10**9, 10**30])
def test_an_id_that_is_no_token_differs_from_those_that_are(unknown: int) -> None:
    one = sampled("<|channel|>final<|message|>4<|end|>")
    difference = explain_difference([*one[:3], unknown, *one[4:]], one)
    assert str(difference).startswith(f"token 3 differs, in the content of message 0 (user): {unknown} (no token) and")
    later = explain_difference([*one[:3], unknown, 5], [*one[:3], unknown, 6])
    assert str(later).endswith(f"after {[*one[:3], unknown]}")
    with pytest.raises(TypeError, match="'tokens_b': item 1 is no integer but float"):
        explain_difference(one, [1, 2.5])  # type: ignore[list-item]
