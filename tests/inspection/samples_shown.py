"""What tests inspect: a completion with faults, a conversation of two turns, and texts that a page must not run."""

from __future__ import annotations

from openai_harmony import Conversation, Message, SystemContent, load_harmony_encoding

__all__ = ["BROKEN", "ENCODING", "HOSTILE", "LONG", "TURNS"]

ENCODING = load_harmony_encoding("HarmonyGptOss")
BROKEN = (
    "<|channel|>analysis<|message|>The user asks about the weather in Paris. "
    "I need the tool.\n\nLet me call it 🫠.<|end|>"
    " so<|start|>assistantcommentary to=functions.get_weather <|constrain|>json<|message|>"
    '{"city": "Paris",\n  "unit": "celsius"}<|call|><|call|>'
    "<|start|>assistant<|channel|>final<|message|>It is sunny.<|return|>"
)
TURNS = Conversation.from_messages(
    [
        Message.from_role_and_content("system", SystemContent.new()),
        Message.from_role_and_content("user", "What is 2 + 2?"),
        Message.from_role_and_content("assistant", "A sum.").with_channel("analysis"),
        Message.from_role_and_content("assistant", "4").with_channel("final"),
        Message.from_role_and_content("user", "And 3 + 3?"),
        Message.from_role_and_content("assistant", "6").with_channel("final"),
    ]
)
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script><!--",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "javascript:alert(1)",
    "\u2028alert(1)\u2029",
    "]]><!--><script>alert(1)//-->",
    "${alert(1)} {{alert(1)}} $title",
    "\u202e\u200btxt.exe",
)
LONG = (
    "<|channel|>final<|message|>"
    + "The quick brown fox jumps over the lazy dog, again and again.\n" * 1500
    + "<|return|>"
)
