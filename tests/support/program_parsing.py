"""Programs that read a whole completion by one call, with the raw text behind it for what that call refuses."""

from __future__ import annotations

import openai_harmony as oh
from tests.support.programs import ENCODING, Data, Shown, function_name, known_text

__all__ = ["or_raw_text", "output_items"]


def output_items(tokens: list[int]) -> Data:
    """Items of a response: what is refused is an error, and a message without a channel's item is passed over."""
    shown = Shown()
    try:
        messages = ENCODING.parse_messages_from_completion_tokens(tokens, oh.Role.ASSISTANT)
    except Exception as error:
        shown.error("whole", error)
        shown.failed = True
        return shown.data()
    _show(shown, messages)
    return shown.data()


def or_raw_text(tokens: list[int]) -> Data:
    """What is refused is shown as it is, markers included, as the answer."""
    shown = Shown()
    try:
        messages = ENCODING.parse_messages_from_completion_tokens(tokens, oh.Role.ASSISTANT)
    except Exception as error:
        shown.error("whole", error)
        shown.content.append(known_text(tokens))
        return shown.data()
    _show(shown, messages)
    return shown.data()


def _show(shown: Shown, messages: list[oh.Message]) -> None:
    for message in messages:
        text = message.content[0].text
        recipient = message.recipient or ""
        if recipient and not recipient.startswith("browser.") and recipient != "python":
            shown.tools.append([function_name(recipient), text])
        elif recipient:
            shown.tools.append([recipient, text])
        elif message.channel == "final":
            shown.content.append(text)
        elif message.channel == "analysis" and message.author.role == "assistant":
            shown.reasoning.append(text)
        else:
            shown.ignored.append(text)
