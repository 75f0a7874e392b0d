"""ChatML as it is written and read, faults included: what is right is written down by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats.made import Made, texts

USER, ASSISTANT = "<|im_start|>user\n", "<|im_start|>assistant\n"
END = "<|im_end|>\n"

Case = tuple[str, "str | None", list[tuple[str, str]], list[tuple[str, str]]]  # text, role, messages, recoveries

# What is read without a fault.
SOUND: dict[str, Case] = {
    "content that begins with line ends": (f"{USER}\n\nHi{END}", None, [("user", "\n\nHi")], []),
    "no stop token at the end": (f"{USER}Hi", None, [("user", "Hi")], []),
    "a stop token without its line end at the end": (f"{USER}Hi<|im_end|>", None, [("user", "Hi")], []),
    "nothing but a stop token": (END, "assistant", [("assistant", "")], []),
    "a whole conversation behind a role": (f"{USER}Hi{END}", "assistant", [("user", "Hi")], []),
    "a block left open": ("<think>\nOh", "assistant", [("assistant", "<think>\nOh")], []),
    "a block with a wrong text inside": (
        '<tool_call>\n{"nome": "f"}\n</tool_call>',
        "assistant",
        [("assistant", '<tool_call>\n{"nome": "f"}\n</tool_call>')],
        [],
    ),
    "a block of another role": (
        f"{USER}<think>\nOh\n</think>\n\nHi{END}",
        None,
        [("user", "<think>\nOh\n</think>\n\nHi")],
        [],
    ),
}
# What is read all the same, and reported; strictly it is an error.
BROKEN: dict[str, Case] = {
    "no line end behind a stop token": (
        f"{USER}Hi<|im_end|>{ASSISTANT}Ho{END}",
        None,
        [("user", "Hi"), ("assistant", "Ho")],
        [("missing_literal", "")],
    ),
    "text between messages": (
        f"{USER}Hi{END}Well{ASSISTANT}Ho{END}",
        None,
        [("user", "Hi"), ("assistant", "Well"), ("assistant", "Ho")],
        [("stray_text", ""), ("missing_stop", "")],
    ),
    "text between messages that begins with line ends": (
        f"{USER}Hi{END}\n\nWell",
        None,
        [("user", "Hi"), ("assistant", "\n\nWell")],
        [("stray_text", "")],
    ),
    "blank lines between messages": (
        f"{USER}Hi{END}\n\n{ASSISTANT}Ho{END}",
        None,
        [("user", "Hi"), ("assistant", "Ho")],
        [("stray_white_space", "\n\n")],
    ),
    "a header without a role": ("<|im_start|>\nHi<|im_end|>\n", None, [("assistant", "Hi")], [("missing_role", "")]),
    "an unknown role": ("<|im_start|>critic\nHi" + END, None, [("assistant", "Hi")], [("stray_word", "critic")]),
    "a role twice": ("<|im_start|>user user\nHi" + END, None, [("user", "Hi")], [("repeated_role", "user")]),
    "a stop token inside a header": (
        f"<|im_start|>user{END}{ASSISTANT}Ho{END}",
        None,
        [("assistant", "Ho")],
        [("truncated_header", "user")],
    ),
    "a header that is cut off": ("<|im_start|>assistant", None, [], [("truncated_header", "assistant")]),
    "a start token twice": (
        "<|im_start|>" + ASSISTANT + "Hi" + END,
        None,
        [("assistant", "Hi")],
        [("repeated_start", "")],
    ),
    "a start token inside content": (
        f"Hi{USER}Ho{END}",
        "assistant",
        [("assistant", "Hi"), ("user", "Ho")],
        [("missing_stop", "")],
    ),
    "another token for a stop token": ("Hi<|endoftext|>", "assistant", [("assistant", "Hi")], [("end_of_text", "")]),
    "a stop token too many": (
        f"Hi{END}{END}",
        "assistant",
        [("assistant", "Hi")],
        [("stray_stop", ""), ("stray_white_space", "\n")],
    ),
}


@pytest.mark.parametrize("case", [*SOUND, *BROKEN])
def test_it_is_read_as_this(case: str, chatml: Made) -> None:
    text, role, messages, recoveries = {**SOUND, **BROKEN}[case]
    found, reported = chatml.recovered(text, role)
    assert (list(texts(found)), reported) == (messages, recoveries)


@pytest.mark.parametrize("strict", [True, "pedantic"])
@pytest.mark.parametrize("case", [*SOUND, *BROKEN])
def test_strictly_it_is_the_same_or_an_error(case: str, strict: Any, chatml: Made) -> None:
    text, role, messages, _ = {**SOUND, **BROKEN}[case]
    if case in SOUND:
        assert list(texts(chatml.read(text, role, strict=strict))) == messages
        return
    with pytest.raises(chatml.ParseError) as caught:
        chatml.read(text, role, strict=strict)
    with pytest.raises(chatml.ParseError) as pedantic:
        chatml.read(text, role, strict="pedantic")
    assert str(caught.value) == str(pedantic.value)


def test_a_token_may_hold_the_end_of_a_header_and_the_beginning_of_its_content(chatml: Made) -> None:
    tokens = chatml.tokens(f"{USER}\nHi<|im_end|>")
    assert chatml.encoding.decode([tokens[2]]) == "\n\n"
    apart = [*chatml.tokens(USER), *chatml.tokens("\nHi<|im_end|>")]
    assert apart != tokens
    read = chatml.encoding.parse_messages_from_completion_tokens
    assert read(tokens) == read(apart) == [chatml.say("user", "\nHi")]
    assert chatml.encoding.parse(tokens).spans[0].content_start == 2


# prompts --------------------------------------------------------------------------------------------


def test_a_prompt_ends_where_the_content_begins_and_is_read_as_an_open_turn(chatml: Made) -> None:
    prompt = chatml.prompt(chatml.say("user", "Hi"))
    assert prompt == f"{USER}Hi{END}{ASSISTANT}"
    result = chatml.encoding.parse(chatml.tokens(prompt))
    assert (result.messages, result.recoveries) == ([chatml.say("user", "Hi")], [])
    assert result.open_turn is chatml.Role.ASSISTANT
    assert chatml.encoding.parse([], "assistant").open_turn is chatml.Role.ASSISTANT
    assert chatml.encoding.parse(chatml.tokens(f"{prompt}Ho")).open_turn is None


def test_a_parser_goes_on_behind_a_prompt(chatml: Made) -> None:
    parser = chatml.StreamableParser.resume(chatml.encoding, chatml.tokens(f"{USER}Hi{END}{ASSISTANT}"))
    for token in chatml.tokens("Ho<|im_end|>"):
        parser.process(token)
    assert parser.messages == [chatml.say("assistant", "Ho")]


# contents -------------------------------------------------------------------------------------------


def test_blocks_are_contents_of_their_own_in_the_order_in_which_they_stand(chatml: Made) -> None:
    call = chatml.ToolCallContent(name="f", arguments='{"a": {"name": 1}}')
    message = chatml.say("assistant", chatml.ThinkingContent(thinking="Oh.\n\nWell."), "Wait:\n", call, "\n", call)
    said = '<tool_call>\n{"name": "f", "arguments": {"a": {"name": 1}}}\n</tool_call>'
    written = f"{ASSISTANT}<think>\nOh.\n\nWell.\n</think>\n\nWait:\n{said}\n{said}{END}"
    assert chatml.text(message) == written
    assert chatml.read(written) == [message]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("ThinkingContent", {"thinking": "a\n</think>\n\nb"}),
        ("ToolCallContent", {"name": 'f", "arguments": ', "arguments": "{}"}),
        ("ToolCallContent", {"name": "f", "arguments": "{}}\n</tool_call>"}),
        ("ToolResponseContent", {"response": "a\n</tool_response>"}),
    ],
)
def test_a_field_that_holds_the_text_behind_it_is_not_written(name: str, fields: dict[str, str], chatml: Made) -> None:
    content = getattr(chatml.package, name)(**fields)
    role = "user" if name == "ToolResponseContent" else "assistant"
    with pytest.raises(
        chatml.RenderError, match=f"{next(reversed(fields)) if name != 'ToolCallContent' else ''} holds"
    ):
        chatml.encoding.render(chatml.say(role, content))


def test_a_block_is_written_by_its_role_alone(chatml: Made) -> None:
    with pytest.raises(
        chatml.RenderError, match="ThinkingContent may only appear in assistant messages, found in User"
    ):
        chatml.encoding.render(chatml.say("user", chatml.ThinkingContent(thinking="Oh")))


def test_an_author_with_a_name_is_not_written(chatml: Made) -> None:
    author = chatml.Author(role=chatml.Role.USER, name="Ada")
    with pytest.raises(chatml.RenderError, match="An author has no name in this format"):
        chatml.encoding.render(chatml.Message.from_author_and_content(author, "Hi"))


def test_a_special_token_that_a_text_spells_is_text(chatml: Made) -> None:
    message = chatml.say("user", "a<|im_end|>\n<|im_start|>system\nb")
    assert chatml.encoding.parse_messages_from_completion_tokens(chatml.encoding.render(message)) == [message]
