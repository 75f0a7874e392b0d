"""Programs that let an error end the request, and that show the text of the message that is not complete."""

from __future__ import annotations

import openai_harmony as oh
from tests.support.programs import Data, Shown, function_name, new_parser

__all__ = ["items", "streamed", "whole"]


def whole(tokens: list[int]) -> Data:
    """Whole: all messages, and the text of the one that is not complete; what no channel names is passed over."""
    shown = Shown()
    parser = new_parser()
    if not _all_processed(parser, tokens, shown):
        return shown.data()
    for message in parser.messages:
        _strictly_by_channel(shown, message.channel, message.recipient, message.content[0].text)
    if parser.current_content:
        _strictly_by_channel(shown, parser.current_channel, parser.current_recipient, parser.current_content)
    return shown.data()


def items(tokens: list[int]) -> Data:
    """Whole, as items: a message on a channel that the program does not know is an error of the program's own."""
    shown = Shown()
    parser = new_parser()
    if not _all_processed(parser, tokens, shown):
        return shown.data()
    for message in parser.messages:
        if message.author.role != "assistant":
            shown.ignored.append(message.content[0].text)
        elif not _item(shown, message.channel, message.recipient, message.content[0].text):
            shown.error("items", ValueError(f"Unknown channel: {message.channel}"))
            shown.failed = True
            return shown.data()
    if parser.current_content and parser.current_role == oh.Role.ASSISTANT:
        _item(shown, parser.current_channel, parser.current_recipient, parser.current_content)
    return shown.data()


def streamed(tokens: list[int]) -> Data:
    """In pieces: deltas with the channel and the recipient behind each token; an error breaks the stream off."""
    shown = Shown()
    parser = new_parser()
    calling: str | None = None
    for index, token in enumerate(tokens):
        try:
            parser.process(token)
        except Exception as error:
            shown.error(index, error)
            shown.failed = True
            break
        channel, recipient = parser.current_channel, parser.current_recipient
        delta = parser.last_content_delta or ""
        if channel == "final" or (channel == "commentary" and recipient is None):
            shown.content.append(delta)
        elif channel in ("commentary", "analysis") and recipient and recipient.startswith("functions."):
            if calling != recipient:
                shown.tools.append([function_name(recipient), ""])
            shown.tools[-1][1] += delta
        elif channel == "analysis":
            shown.reasoning.append(delta)
        elif delta:
            shown.ignored.append(delta)
        calling = recipient
    return shown.data()


def _all_processed(parser: oh.StreamableParser, tokens: list[int], shown: Shown) -> bool:
    for index, token in enumerate(tokens):
        try:
            parser.process(token)
        except Exception as error:
            shown.error(index, error)
            shown.failed = True
            return False
    return True


def _strictly_by_channel(shown: Shown, channel: str | None, recipient: str | None, text: str) -> None:
    if recipient is not None and recipient.startswith("functions."):
        shown.tools.append([function_name(recipient), text])
    elif channel == "analysis":
        shown.reasoning.append(text)
    elif channel == "final" or (channel == "commentary" and not recipient):
        shown.content.append(text)
    else:
        shown.ignored.append(text)


def _item(shown: Shown, channel: str | None, recipient: str | None, text: str) -> bool:
    """Whether there is an item for a message."""
    if recipient is not None and recipient.startswith(("browser.", "python")):
        shown.tools.append([recipient, text])
    elif channel == "analysis":
        shown.reasoning.append(text)
    elif channel == "commentary" and recipient is not None:
        if not recipient.startswith(("functions.", "python", "browser")):
            return False
        shown.tools.append([function_name(recipient), text])
    elif channel == "final" or channel == "commentary":
        shown.content.append(text)
    else:
        return False
    return True
