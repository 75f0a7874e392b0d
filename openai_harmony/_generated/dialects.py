# Generated from spec/{channels,chat,contents,dialects,messages,roles,tokens,tools}
# by codegen/templates/dialects.py.jinja; edit those and run `make generate`.
"""What the messages of APIs become in this format, for the modules that convert them."""

from __future__ import annotations

from .._runtime.types.dialects import BuiltIn, Dialects, Holder, Opening, Part
from .contents import DeveloperContent, ResponseFormat, SystemContent
from .enumerations import ReasoningEffort, Role

__all__ = ["DIALECTS"]

# None if the format has no chats.
DIALECTS: Dialects | None = Dialects(
    opening=Opening(
        Role.SYSTEM,
        SystemContent,
        today="conversation_start_date",
        effort="reasoning_effort",
        tools="tools",
    ),
    holder=Holder(
        "system",
        tools="tools",
        formats="response_formats",
        format=ResponseFormat,
    ),
    messages={
        "system": Part(Role.DEVELOPER, content=DeveloperContent, text="instructions"),
        "developer": Part(Role.DEVELOPER, content=DeveloperContent, text="instructions"),
        "user": Part(Role.USER),
    },
    assistant={
        "reasoning": Part(Role.ASSISTANT, fields={"channel": "analysis"}),
        "preamble": Part(Role.ASSISTANT, fields={"channel": "commentary"}),
        "call": Part(
            Role.ASSISTANT,
            fields={
                "recipient": "functions.{name}",
                "channel": "commentary",
                "content_type": "json",
            },
        ),
        "builtin_call": Part(
            Role.ASSISTANT,
            fields={"recipient": "{name}", "channel": "analysis", "content_type": "code"},
        ),
        "answer": Part(Role.ASSISTANT, fields={"channel": "final"}),
    },
    results={
        "call": Part(
            Role.TOOL,
            name="functions.{name}",
            fields={"recipient": "assistant", "channel": "commentary"},
        ),
        "builtin_call": Part(
            Role.TOOL,
            name="{name}",
            fields={"recipient": "assistant", "channel": "analysis"},
        ),
    },
    one_message=False,
    efforts={
        "low": ReasoningEffort.LOW,
        "medium": ReasoningEffort.MEDIUM,
        "high": ReasoningEffort.HIGH,
    },
    nearest={
        "minimal": ReasoningEffort.LOW,
        "xhigh": ReasoningEffort.HIGH,
        "max": ReasoningEffort.HIGH,
    },
    parts={
        "text": "text",
        "input_text": "text",
        "output_text": "text",
        "reasoning_text": "text",
        "summary_text": "text",
        "refusal": "refusal",
    },
    phases={"commentary": "preamble", "final_answer": "answer"},
    custom_input="input",
    ends_turn=frozenset({"final"}),
    instructs=frozenset({"system", "developer"}),
    unaddressed="all",
    call_stops=("<|call|>",),
    builtins={
        "browser": BuiltIn(
            tools=(
                "web_search",
                "web_search_2025_08_26",
                "web_search_preview",
                "web_search_preview_2025_03_11",
            ),
            item="web_search_call",
            text=None,
            actions={
                "search": {"type": "search", "query": "query"},
                "open": {"type": "open_page", "url": "id"},
                "find": {"type": "find_in_page", "pattern": "pattern", "url": ""},
            },
        ),
        "python": BuiltIn(
            tools=("code_interpreter",),
            item="code_interpreter_call",
            text="code",
            actions={},
        ),
    },
)
