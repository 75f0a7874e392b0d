"""What tests of batches render and parse."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

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


class Deed(Conversation):
    """Does something in a worker process that renders it."""

    def __getattribute__(self, name: str) -> Any:
        if name == "messages" and multiprocessing.parent_process() is not None:
            self.deed()
        return super().__getattribute__(name)

    def deed(self) -> None:
        """Do it."""
        raise NotImplementedError


def as_a(kind: type[Deed]) -> list[Conversation]:
    """Return conversations that are of this kind."""
    return [kind(messages=c.messages) for c in CONVERSATIONS]
