"""What tests of batches render and parse."""

from __future__ import annotations

import sys

from openai_harmony import Conversation, Message, RenderConversationConfig, Role
from openai_harmony import load_harmony_encoding as load
from tests.support.roles import USER

LINUX = sys.platform.startswith("linux")
ENCODING = load("HarmonyGptOss")


def conversation(number: int) -> Conversation:
    return Conversation.from_messages(
        [
            Message.from_role_and_content(USER, f"question {number}"),
            Message.from_role_and_content(Role.ASSISTANT, "hm").with_channel("analysis"),
            Message.from_role_and_content(Role.ASSISTANT, f"answer {number}").with_channel("final"),
        ]
    )


CONVERSATIONS = [conversation(number) for number in range(30)]
NAMELESS = Conversation.from_messages([Message.from_role_and_content(Role.TOOL, "x")])
KEEP = RenderConversationConfig(auto_drop_analysis=False)
