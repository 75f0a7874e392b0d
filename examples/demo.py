"""Render a conversation with tools to the tokens of a prompt, then read a model's completion back."""

from openai_harmony import (
    Conversation,
    DeveloperContent,
    HarmonyEncodingName,
    Message,
    ReasoningEffort,
    Role,
    StreamableParser,
    SystemContent,
    ToolDescription,
    load_harmony_encoding,
)

WEATHER = ToolDescription.new(
    "get_current_weather",
    "Gets the current weather in the provided location.",
    parameters={
        "type": "object",
        "properties": {
            "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
            "format": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
        },
        "required": ["location"],
    },
)

# What a model might answer: it thinks, tells the user what it is about to do, and calls the tool.
COMPLETION = (
    "<|channel|>analysis<|message|>The user asks for the weather; there is a function for it.<|end|>"
    "<|start|>assistant<|channel|>commentary<|message|>Let me look that up.<|end|>"
    "<|start|>assistant<|channel|>commentary to=functions.get_current_weather <|constrain|>json"
    '<|message|>{"location": "Tokyo"}<|call|>'
)

# The same, as models now and then get it wrong: no end of the thought, a channel twice, one stop token too many.
FAULTY = (
    "<|channel|>analysis<|message|>The user asks for the weather."
    "<|start|>assistant<|channel|>commentary<|channel|>commentary to=functions.get_current_weather"
    '<|message|>{"location": "Tokyo"}<|call|><|return|>'
)


def main() -> None:
    encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    system = SystemContent.new().with_reasoning_effort(ReasoningEffort.HIGH).with_conversation_start_date("2025-06-28")
    developer = DeveloperContent.new().with_instructions("Use a friendly tone.").with_function_tools([WEATHER])
    conversation = Conversation.from_messages(
        [
            Message.from_role_and_content(Role.SYSTEM, system),
            Message.from_role_and_content(Role.DEVELOPER, developer),
            Message.from_role_and_content(Role.USER, "What is the weather like in Tokyo?"),
        ]
    )

    heading("The prompt")
    tokens = encoding.render_conversation_for_completion(conversation, Role.ASSISTANT)
    print(encoding.decode(tokens))

    heading(f"Its {len(tokens)} tokens")
    print(tokens)

    heading("A completion, read back")
    completion = encoding.encode(COMPLETION, allowed_special="all")
    for message in encoding.parse_messages_from_completion_tokens(completion, role=Role.ASSISTANT):
        show(message)

    heading("A faulty completion, read token by token all the same")
    parser = StreamableParser(encoding, Role.ASSISTANT, strict=False)
    for token in encoding.encode(FAULTY, allowed_special="all"):
        parser.process(token)
    parser.process_eos()
    for message in parser.messages:
        show(message)
    for recovery in parser.recoveries:
        print(f"  repaired: {recovery.kind.value} at tokens {recovery.start} to {recovery.end} {recovery.text!r}")


def show(message: Message) -> None:
    fields = [message.author.role.value, message.channel, message.recipient, message.content_type]
    print("  " + " | ".join(str(field) for field in fields), "|", message.text)


def heading(text: str) -> None:
    print(f"\n=== {text} ===")


if __name__ == "__main__":
    main()
