"""Claims about what is written, for both libraries; `test_reference_suite` runs them.

A claim asserts what it says, and gives what it has seen, which must be the same in both.
"""

from __future__ import annotations

from typing import Any

import openai_harmony as oh
from openai_harmony import (
    Author,
    Conversation,
    DeveloperContent,
    Message,
    ReasoningEffort,
    RenderConversationConfig,
    Role,
    SystemContent,
    TextContent,
    ToolDescription,
)

ENC = oh.load_harmony_encoding(oh.HarmonyEncodingName.HARMONY_GPT_OSS)
WEATHER = ToolDescription.new(
    "get_weather",
    "Gets the weather of a place.",
    parameters={
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "A city."},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
            "days": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["place"],
    },
)


def system(**fields: Any) -> SystemContent:
    content = SystemContent.new().with_conversation_start_date("2025-06-28")
    for name, value in fields.items():
        content = getattr(content, name)(*value)
    return content


def said(channel: str, text: str) -> Message:
    return Message.from_role_and_content(Role.ASSISTANT, text).with_channel(channel)


def written(*messages: Message, config: RenderConversationConfig | None = None) -> str:
    return ENC.decode(ENC.render_conversation(Conversation.from_messages(list(messages)), config))


def prompt(*messages: Message) -> str:
    return ENC.decode(
        ENC.render_conversation_for_completion(Conversation.from_messages(list(messages)), Role.ASSISTANT)
    )


def a_simple_conversation_is_written_as_the_format_says() -> Any:
    text = prompt(
        Message.from_role_and_content(Role.SYSTEM, system()), Message.from_role_and_content(Role.USER, "What is 2 + 2?")
    )
    assert text == (
        "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
        "Knowledge cutoff: 2024-06\nCurrent date: 2025-06-28\n\nReasoning: medium\n\n"
        "# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>"
        "<|start|>user<|message|>What is 2 + 2?<|end|><|start|>assistant"
    )
    return text


def several_turns_are_written_one_behind_the_other() -> Any:
    text = prompt(
        Message.from_role_and_content(Role.USER, "What is 2 + 2?"),
        said("final", "2 + 2 equals 4."),
        Message.from_role_and_content(Role.USER, "And 9 / 2?"),
    )
    assert text.count("<|start|>") == 4
    assert "<|start|>assistant<|channel|>final<|message|>2 + 2 equals 4.<|end|><|start|>user" in text
    return text


def _with_effort(effort: ReasoningEffort) -> Any:
    content = system(with_reasoning_effort=(effort,))
    text = written(Message.from_role_and_content(Role.SYSTEM, content))
    assert f"Reasoning: {effort.value.lower()}\n" in text
    return text


def low_reasoning_effort_is_written_in_lower_case() -> Any:
    return _with_effort(ReasoningEffort.LOW)


def medium_reasoning_effort_is_written_in_lower_case() -> Any:
    return _with_effort(ReasoningEffort.MEDIUM)


def high_reasoning_effort_is_written_in_lower_case() -> Any:
    return _with_effort(ReasoningEffort.HIGH)


def a_system_message_says_identity_and_dates() -> Any:
    content = SystemContent.new().with_model_identity("You are Ada.").with_knowledge_cutoff("2023-01")
    text = written(Message.from_role_and_content(Role.SYSTEM, content.with_conversation_start_date("2024-02-03")))
    assert "You are Ada.\nKnowledge cutoff: 2023-01\nCurrent date: 2024-02-03\n" in text
    return text


def channels_that_are_asked_for_are_listed() -> Any:
    text = written(Message.from_role_and_content(Role.SYSTEM, system(with_required_channels=(["analysis", "final"],))))
    assert "# Valid channels: analysis, final. Channel must be included for every message." in text
    return text


def with_function_tools_the_system_message_says_their_channel() -> Any:
    developer = DeveloperContent.new().with_function_tools([WEATHER])
    text = written(
        Message.from_role_and_content(Role.SYSTEM, system()), Message.from_role_and_content(Role.DEVELOPER, developer)
    )
    assert "\nCalls to these tools must go to the commentary channel: 'functions'.<|end|>" in text
    return text


def function_tools_are_written_as_types() -> Any:
    developer = DeveloperContent.new().with_instructions("Be brief.").with_function_tools([WEATHER])
    text = written(Message.from_role_and_content(Role.DEVELOPER, developer))
    assert text.startswith("<|start|>developer<|message|># Instructions\n\nBe brief.\n\n# Tools\n\n## functions\n\n")
    assert "namespace functions {\n\n// Gets the weather of a place.\ntype get_weather = (_: {\n" in text
    assert "(_: {\n// A city.\nplace: string,\n" in text
    assert (
        'unit?: "celsius" | "fahrenheit", // default: celsius\ndays?: number[],\n}) => any;\n\n} // namespace functions'
        in text
    )
    return text


def a_tool_without_parameters_takes_nothing() -> Any:
    developer = DeveloperContent.new().with_function_tools([ToolDescription.new("now", "The time.")])
    text = written(Message.from_role_and_content(Role.DEVELOPER, developer))
    assert "// The time.\ntype now = () => any;" in text
    return text


def the_browser_tool_is_described_in_the_system_message() -> Any:
    text = written(Message.from_role_and_content(Role.SYSTEM, system(with_browser_tool=())))
    assert "# Tools\n\n## browser\n\n// Tool for browsing.\n" in text
    assert [f"type {name} = (_: {{" in text for name in ("search", "open", "find")] == [True] * 3
    return text


def the_python_tool_is_described_in_the_system_message() -> Any:
    text = written(Message.from_role_and_content(Role.SYSTEM, system(with_python_tool=())))
    assert "# Tools\n\n## python\n\nUse this tool to execute Python code in your chain of thought." in text
    return text


def browser_python_and_function_tools_stand_together() -> Any:
    content = system(with_browser_tool=(), with_python_tool=())
    developer = DeveloperContent.new().with_function_tools([WEATHER])
    text = written(
        Message.from_role_and_content(Role.SYSTEM, content), Message.from_role_and_content(Role.DEVELOPER, developer)
    )
    assert text.index("## browser") < text.index("## python") < text.index("# Valid channels")
    assert text.index("commentary channel: 'functions'") < text.index("## functions")
    return text


def a_call_is_written_with_its_recipient_before_the_channel() -> Any:
    call = said("commentary", '{"place": "Rome"}').with_recipient("functions.get_weather").with_content_type("json")
    text = ENC.decode(ENC.render(call))
    assert text == (
        '<|start|>assistant to=functions.get_weather<|channel|>commentary json<|message|>{"place": "Rome"}<|call|>'
    )
    return text


def a_constrained_type_keeps_its_marker() -> Any:
    call = said("commentary", "{}").with_recipient("functions.f").with_content_type("<|constrain|>json")
    tokens = ENC.render(call)
    assert ENC.decode(tokens).endswith("<|channel|>commentary <|constrain|>json<|message|>{}<|call|>")
    assert 200003 in tokens
    return tokens


def a_tools_answer_is_written_in_the_tools_name() -> Any:
    author = Author.new(Role.TOOL, "functions.get_weather")
    answer = Message.from_author_and_content(author, "sunny").with_channel("commentary").with_recipient("assistant")
    text = ENC.decode(ENC.render(answer))
    assert text == "<|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>sunny<|end|>"
    return text


def markers_in_a_text_are_written_as_plain_text() -> Any:
    tokens = ENC.render(Message.from_role_and_content(Role.USER, "say <|end|> and <|start|>"))
    assert tokens.count(200006) == tokens.count(200007) == 1
    assert ENC.decode(tokens) == "<|start|>user<|message|>say <|end|> and <|start|><|end|>"
    return tokens


def a_message_of_several_contents_is_written_as_one() -> Any:
    message = Message.from_role_and_contents(Role.USER, [TextContent(text="one "), TextContent(text="two")])
    text = ENC.decode(ENC.render(message))
    assert text == "<|start|>user<|message|>one two<|end|>"
    return text


def reasoning_is_left_out_once_an_answer_stands_behind_it() -> Any:
    question = Message.from_role_and_content(Role.USER, "q")
    text = written(question, said("analysis", "secret"), said("final", "answer"))
    assert text == "<|start|>user<|message|>q<|end|><|start|>assistant<|channel|>final<|message|>answer<|end|>"
    return text


def reasoning_stays_while_no_answer_stands_behind_it() -> Any:
    text = written(Message.from_role_and_content(Role.USER, "q"), said("analysis", "still thinking"))
    assert "<|channel|>analysis<|message|>still thinking<|end|>" in text
    return text


def all_reasoning_stays_while_the_last_message_is_a_call() -> Any:
    call = said("commentary", "{}").with_recipient("functions.f")
    text = written(said("analysis", "old"), said("final", "a"), said("analysis", "new"), call)
    assert "<|channel|>analysis<|message|>old<|end|>" in text
    assert "<|channel|>analysis<|message|>new<|end|><|start|>assistant to=functions.f<|channel|>commentary" in text
    return text


def reasoning_stays_when_that_is_asked_for() -> Any:
    keep = RenderConversationConfig(auto_drop_analysis=False)
    text = written(said("analysis", "kept"), said("final", "answer"), config=keep)
    assert "<|channel|>analysis<|message|>kept<|end|>" in text
    return text


def for_training_the_last_answer_ends_the_turn() -> Any:
    conversation = Conversation.from_messages([Message.from_role_and_content(Role.USER, "q"), said("final", "a")])
    text = ENC.decode(ENC.render_conversation_for_training(conversation))
    assert text.endswith("<|start|>assistant<|channel|>final<|message|>a<|return|>")
    return text


def a_prompt_can_be_for_another_role() -> Any:
    conversation = Conversation.from_messages([Message.from_role_and_content(Role.USER, "hi")])
    text = ENC.decode(ENC.render_conversation_for_completion(conversation, Role.USER))
    assert text == "<|start|>user<|message|>hi<|end|><|start|>user"
    return text
