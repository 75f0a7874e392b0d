"""Claims about text and tokens, for both libraries; `test_reference_suite` runs them.

A claim asserts what it says, and gives what it has seen, which must be the same in both.
"""

from __future__ import annotations

from typing import Any

import openai_harmony as oh
from openai_harmony import Conversation, HarmonyError, Message, Role, TextContent

ENC = oh.load_harmony_encoding("HarmonyGptOss")


def raised(call: Any, *arguments: Any, **options: Any) -> tuple[bool, bool, str]:
    """Whether what is raised is an error of the library, or of a wrong value; and its text."""
    try:
        call(*arguments, **options)
    except Exception as error:
        return isinstance(error, HarmonyError), isinstance(error, ValueError), str(error)
    raise AssertionError("nothing was raised")


def plain_text_reads_back() -> Any:
    text = "Hello, Wörld! 漢字 👩‍🚀\n\n  two  blanks\t"
    tokens = ENC.encode(text)
    assert ENC.decode(tokens) == ENC.decode_utf8(tokens) == text
    return tokens


def no_text_has_no_tokens() -> Any:
    assert ENC.encode("") == []
    assert ENC.decode([]) == ""
    return []


def a_marker_in_a_text_is_refused_unless_it_is_allowed() -> Any:
    found = raised(ENC.encode, "a <|start|> b")
    assert found[0]
    assert "'<|start|>'" in found[2]
    return found


def markers_that_are_allowed_are_single_tokens() -> Any:
    tokens = ENC.encode("<|start|>user<|message|>hi<|end|>", allowed_special="all")
    assert (tokens[0], tokens[2], tokens[-1]) == (200006, 200008, 200007)
    return tokens


def only_the_markers_that_are_named_are_allowed() -> Any:
    assert ENC.encode("<|end|>", allowed_special={"<|end|>"}) == [200007]
    assert raised(ENC.encode, "<|start|><|end|>", allowed_special={"<|end|>"})[0]
    return ENC.encode("<|start|><|end|>", allowed_special={"<|end|>"}, disallowed_special=())


def markers_that_nobody_forbids_are_plain_text() -> Any:
    tokens = ENC.encode("<|start|>", disallowed_special=())
    assert len(tokens) > 1
    assert not any(map(ENC.is_special_token, tokens))
    assert ENC.decode(tokens) == "<|start|>"
    return tokens


def special_tokens_are_told_from_others() -> Any:
    special = [token for token in (13225, 199999, 200002, 200005, 200006, 200012) if ENC.is_special_token(token)]
    assert special == [199999, 200002, 200005, 200006, 200012]
    return special


def reserved_tokens_are_special_and_have_text() -> Any:
    reserved = [200013, 200014, 200500, 201087]
    assert all(map(ENC.is_special_token, reserved))
    texts = [ENC.decode([token]) for token in reserved]
    assert texts == [f"<|reserved_{token}|>" for token in reserved]
    assert [ENC.encode(text, allowed_special="all") for text in texts] == [[token] for token in reserved]
    return texts


def reserved_tokens_inside_a_message_are_its_text() -> Any:
    tokens = [200008, 64, 200013, 65, 200007]
    (message,) = ENC.parse_messages_from_completion_tokens(tokens, Role.ASSISTANT)
    text = message.content[0].text  # type: ignore[attr-defined]
    assert text == "a<|reserved_200013|>b"
    return text


def an_id_outside_the_vocabulary_is_refused() -> Any:
    found = [raised(ENC.decode_utf8, [201088 + 5000]), raised(ENC.decode, [99999999])]
    assert all(kind for kind, _, _ in found)
    return found


def bytes_that_are_no_text_are_refused_or_replaced() -> Any:
    half = ENC.encode("𒀀")[:1]
    assert raised(ENC.decode_utf8, half)[0]
    assert "\ufffd" in ENC.decode(half)
    return ENC.decode(half)


def the_stop_tokens_are_those_of_the_format() -> Any:
    assert sorted(ENC.stop_tokens()) == [200002, 200007, 200012]
    assert sorted(ENC.stop_tokens_for_assistant_actions()) == [200002, 200012]
    return [sorted(ENC.stop_tokens()), sorted(ENC.stop_tokens_for_assistant_actions())]


def an_encoding_that_nobody_knows_is_refused() -> Any:
    library, value, text = raised(oh.load_harmony_encoding, "gpt-3")
    assert (library, value) == (False, True)
    assert text.startswith("Invalid HarmonyEncodingName: gpt-3")
    return [library, value]


def a_message_reads_back_from_its_dictionary() -> Any:
    message = Message.from_role_and_content(Role.ASSISTANT, "x").with_channel("final").with_recipient("r")
    data = message.to_dict()
    assert data["role"] == "assistant"
    assert Message.from_dict(data) == message
    return data


def a_conversation_reads_back_from_its_json() -> Any:
    parts = [TextContent(text="a"), TextContent(text="b")]
    conversation = Conversation.from_messages([Message.from_role_and_contents(Role.USER, parts)])
    assert Conversation.from_json(conversation.to_json()) == conversation
    return conversation.to_json()
