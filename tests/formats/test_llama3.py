"""Llama 3 as it is written and read, faults included: what is right is written down by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats.made import Made, texts

BEGIN = "<|begin_of_text|>"
USER = "<|start_header_id|>user<|end_header_id|>\n\n"
ASSISTANT = "<|start_header_id|>assistant<|end_header_id|>\n\n"
EOT, EOM, PYTHON = "<|eot_id|>", "<|eom_id|>", "<|python_tag|>"

Case = tuple[str, "str | None", list[tuple[str, str]], list[tuple[str, str]]]  # text, role, messages, recoveries

# What is read without a fault.
SOUND: dict[str, Case] = {
    "content that begins with line ends": (f"{BEGIN}{USER}\n\nHi{EOT}", None, [("user", "\n\nHi")], []),
    "no token at the beginning": (f"{USER}Hi{EOT}", None, [("user", "Hi")], []),
    "no stop token at the end": (f"{BEGIN}{USER}Hi", None, [("user", "Hi")], []),
    "the other stop token": (f"Hi{EOM}", "assistant", [("assistant", "Hi")], []),
    "nothing but a stop token": (EOT, "assistant", [("assistant", "")], []),
    "a whole conversation behind a role": (f"{BEGIN}{USER}Hi{EOT}", "assistant", [("user", "Hi")], []),
    "a token that is held back": (
        "a<|reserved_special_token_1002|>b",
        "assistant",
        [("assistant", "a<|reserved_special_token_1002|>b")],
        [],
    ),
}
# What is read all the same, and reported; strictly it is an error.
BROKEN: dict[str, Case] = {
    "no gap behind a header": (
        f"{BEGIN}<|start_header_id|>user<|end_header_id|>Hi{EOT}",
        None,
        [("user", "Hi")],
        [("missing_literal", "")],
    ),
    "half of the gap": (
        f"{BEGIN}<|start_header_id|>user<|end_header_id|>\nHi{EOT}",
        None,
        [("user", "\nHi")],
        [("missing_literal", "")],
    ),
    "neither gap nor content": (
        f"{BEGIN}<|start_header_id|>user<|end_header_id|>{EOT}",
        None,
        [("user", "")],
        [("missing_literal", "")],
    ),
    "text between messages": (
        f"{USER}Hi{EOT}Well{ASSISTANT}Ho{EOT}",
        None,
        [("user", "Hi"), ("assistant", "Well"), ("assistant", "Ho")],
        [("stray_text", ""), ("missing_stop", "")],
    ),
    "a line end between messages": (
        f"{USER}Hi{EOT}\n{ASSISTANT}Ho{EOT}",
        None,
        [("user", "Hi"), ("assistant", "Ho")],
        [("stray_white_space", "\n")],
    ),
    "a header without a role": (
        f"<|start_header_id|><|end_header_id|>\n\nHi{EOT}",
        None,
        [("assistant", "Hi")],
        [("missing_role", "")],
    ),
    "an unknown role": (
        f"<|start_header_id|>critic<|end_header_id|>\n\nHi{EOT}",
        None,
        [("assistant", "Hi")],
        [("stray_word", "critic")],
    ),
    "a stop token inside a header": (
        f"<|start_header_id|>user{EOT}{ASSISTANT}Ho{EOT}",
        None,
        [("assistant", "Ho")],
        [("truncated_header", "user")],
    ),
    "a header that is cut off": (
        f"{USER}Hi{EOT}<|start_header_id|>assistant",
        None,
        [("user", "Hi")],
        [("truncated_header", "assistant")],
    ),
    "a header inside content": (
        f"Hi{USER}Ho{EOT}",
        "assistant",
        [("assistant", "Hi"), ("user", "Ho")],
        [("missing_stop", "")],
    ),
    "a beginning twice": (f"{BEGIN}{BEGIN}{USER}Hi{EOT}", None, [("user", "Hi")], [("stray_token", "")]),
    "code behind text": (f"So: {PYTHON}f(){EOM}", "assistant", [("assistant", "So: f()")], [("stray_token", "")]),
    "code of another role": (f"{BEGIN}{USER}{PYTHON}f(){EOT}", None, [("user", "f()")], [("stray_token", "")]),
    "another token for a stop token": ("Hi<|end_of_text|>", "assistant", [("assistant", "Hi")], [("end_of_text", "")]),
}


@pytest.mark.parametrize("case", [*SOUND, *BROKEN])
def test_it_is_read_as_this(case: str, llama3: Made) -> None:
    text, role, messages, recoveries = {**SOUND, **BROKEN}[case]
    found, reported = llama3.recovered(text, role)
    assert (list(texts(found)), reported) == (messages, recoveries)


@pytest.mark.parametrize("strict", [True, "pedantic"])
@pytest.mark.parametrize("case", [*SOUND, *BROKEN])
def test_strictly_it_is_the_same_or_an_error(case: str, strict: Any, llama3: Made) -> None:
    text, role, messages, _ = {**SOUND, **BROKEN}[case]
    if case in SOUND:
        assert list(texts(llama3.read(text, role, strict=strict))) == messages
        return
    with pytest.raises(llama3.ParseError) as caught:
        llama3.read(text, role, strict=strict)
    with pytest.raises(llama3.ParseError) as pedantic:
        llama3.read(text, role, strict="pedantic")
    assert str(caught.value) == str(pedantic.value)


def test_a_gap_may_come_in_two_tokens(llama3: Made) -> None:
    header, line_end = llama3.tokens("<|start_header_id|>user<|end_header_id|>"), llama3.tokens("\n")
    parser = llama3.StreamableParser(llama3.encoding, None, strict="pedantic")
    events = [parser.feed([token]) for token in [*header, *line_end, *line_end, *llama3.tokens("Hi")]]
    assert [len(told) for told in events[:-2]] == [0] * (len(header) + 2)
    assert parser.process_eos().messages == [llama3.say("user", "Hi")]


def test_a_prompt_ends_where_the_content_begins_and_is_read_as_an_open_turn(llama3: Made) -> None:
    prompt = llama3.prompt(llama3.say("user", "Hi"))
    assert prompt == f"{BEGIN}{USER}Hi{EOT}{ASSISTANT}"
    result = llama3.encoding.parse(llama3.tokens(prompt))
    assert (result.messages, result.recoveries) == ([llama3.say("user", "Hi")], [])
    assert result.open_turn is llama3.Role.ASSISTANT


# code -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["print(1)", "", "\n\nx"])
def test_code_stands_behind_its_token_and_ends_with_the_token_that_lets_the_turn_go_on(code: str, llama3: Made) -> None:
    message = llama3.say("assistant", llama3.CodeContent(code=code))
    assert llama3.text(message) == f"{BEGIN}{ASSISTANT}{PYTHON}{code}{EOM}"
    assert llama3.read(f"{PYTHON}{code}{EOM}", "assistant") == [message]
    assert llama3.read(f"{PYTHON}{code}{EOT}", "assistant") == [message]


@pytest.mark.parametrize("beside", [("Now: ", None), (None, "Done"), (None, None)])
def test_code_is_the_only_content_of_its_message(beside: tuple[str | None, ...], llama3: Made) -> None:
    contents = [llama3.CodeContent(code="f()") if text is None else text for text in beside]
    with pytest.raises(llama3.RenderError, match="CodeContent must be the only content of its message"):
        llama3.encoding.render(llama3.say("assistant", *contents))


def test_code_is_written_by_its_role_alone(llama3: Made) -> None:
    with pytest.raises(llama3.RenderError, match="CodeContent may only appear in assistant messages, found in User"):
        llama3.encoding.render(llama3.say("user", llama3.CodeContent(code="f()")))


def test_an_author_with_a_name_is_not_written(llama3: Made) -> None:
    author = llama3.Author(role=llama3.Role.IPYTHON, name="f")
    with pytest.raises(llama3.RenderError, match="An author has no name in this format"):
        llama3.encoding.render(llama3.Message.from_author_and_content(author, "Hi"))
