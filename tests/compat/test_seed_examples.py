"""The examples of the documentation that users of the reference were given, run as they stand there."""

from __future__ import annotations

import pytest

from openai_harmony import (
    Conversation,
    DeveloperContent,
    HarmonyEncodingName,
    Message,
    ParseError,
    Role,
    SystemContent,
    load_harmony_encoding,
)
from tests.support.reference import reference


def test_the_example_of_the_api_reference_runs() -> None:
    # Build messages
    system = Message.from_role_and_content(Role.SYSTEM, SystemContent.new())
    user = Message.from_role_and_content(Role.USER, "What is 2 + 2?")

    # Assemble a conversation
    convo = Conversation.from_messages([system, user])

    # Render to tokens using the OSS encoding
    enc = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    tokens = enc.render_conversation_for_completion(convo, Role.ASSISTANT)

    # Decode and roundtrip; the reference raises here
    text = enc.decode_utf8(tokens)
    parsed = enc.parse_messages_from_completion_tokens(tokens, role=Role.ASSISTANT)

    assert text.endswith("<|start|>user<|message|>What is 2 + 2?<|end|><|start|>assistant")
    assert [message.author.role for message in parsed] == [Role.SYSTEM, Role.USER]
    assert parsed[1] == user
    question = {"messages": [system.to_dict(), user.to_dict()], "next": "assistant"}
    (theirs,) = reference().ask([("render_for_completion", question)])
    assert theirs["output"] == {"tokens": tokens, "text": text}


def quickstart_prompt() -> list[int]:
    # Load the Harmony encoding for GPT-OSS models
    enc = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)

    # Create a conversation with system, developer instructions, and a user message
    convo = Conversation.from_messages(
        [
            Message.from_role_and_content(
                Role.SYSTEM,
                SystemContent.new(),
            ),
            Message.from_role_and_content(
                Role.DEVELOPER,
                DeveloperContent.new().with_instructions("Talk like a pirate!"),
            ),
            Message.from_role_and_content(Role.USER, "Arrr, how be you?"),
        ]
    )
    return enc.render_conversation_for_completion(convo, Role.ASSISTANT)


def test_the_quickstart_runs_in_its_working_form(capsys: pytest.CaptureFixture[str]) -> None:
    enc = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    tokens_for_model = quickstart_prompt()

    # As it was given, it adds a string to a list of tokens; a model gives tokens, which go on where the prompt ends.
    answer = "<|channel|>final<|message|>Ahoy there, matey! I be shipshape and Bristol fashion.<|end|>"
    model_raw_completion = tokens_for_model + enc.encode(answer, allowed_special="all")
    parsed_messages = enc.parse_messages_from_completion_tokens(model_raw_completion, role=Role.ASSISTANT)

    for msg in parsed_messages:
        content_value = msg.content.text if hasattr(msg.content, "text") else str(msg.content)
        print(f"Role: {msg.role.name}, Content: {content_value}")

    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(",")[0] for line in printed if line.startswith("Role: ")] == [
        "Role: SYSTEM",
        "Role: DEVELOPER",
        "Role: USER",
        "Role: ASSISTANT",
    ]
    assert "Ahoy there, matey!" in printed[-1]


def test_the_quickstart_as_it_was_given_is_read_though_its_completion_opens_the_turn_again() -> None:
    enc = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    answer = "<|start|>assistant<|message|>Ahoy there, matey! I be shipshape and Bristol fashion.<|end|>"
    tokens = quickstart_prompt() + enc.encode(answer, allowed_special="all")
    parsed = enc.parse_messages_from_completion_tokens(tokens, role=Role.ASSISTANT)
    assert [message.author.role.value for message in parsed] == ["system", "developer", "user", "assistant"]
    assert parsed[-1] == Message.from_role_and_content(
        Role.ASSISTANT, "Ahoy there, matey! I be shipshape and Bristol fashion."
    )
    read = enc.parse(tokens, role=Role.ASSISTANT)
    assert (read.messages, read.recoveries) == (parsed, [])
    # A turn of somebody else, which no prompt leaves open, is no turn that is opened again: it is reported.
    opened = enc.encode("<|start|>functions.f" + answer, allowed_special="all")
    with pytest.raises(ParseError):
        enc.parse_messages_from_completion_tokens(opened, role=Role.ASSISTANT, strict="pedantic")
    read = enc.parse(opened, role=Role.ASSISTANT)
    assert read.messages == parsed[-1:]
    assert [recovery.kind.value for recovery in read.recoveries] == ["repeated_start"]


def test_an_error_is_caught_as_the_documentation_says() -> None:
    enc = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    with pytest.raises(RuntimeError, match=r"^Unexpected EOS while waiting for message header to complete"):
        enc.parse_messages_from_completion_tokens(enc.encode("no header"), Role.ASSISTANT)
