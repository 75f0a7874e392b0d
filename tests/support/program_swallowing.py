"""A program that swallows errors: per token, and at the end of input, where it shows what is left over as it is."""

from __future__ import annotations

import openai_harmony as oh
from tests.support.programs import Data, Shown, function_name, known_text, new_parser

__all__ = ["streamed", "whole"]

BUILT_IN = ("python", "browser", "container")
Segment = tuple[str | None, str | None, str, bool]  # channel, recipient, delta, and whether a message ended


def whole(tokens: list[int]) -> Data:
    """The messages that were complete, at most one polled per token, and the left-over tokens as an answer."""
    shown = Shown()
    program = _Swallowing(shown)
    for message in program.run(tokens)[1]:
        _by_channel(shown, message.channel, message.recipient, message.content[0].text)
    return shown.data()


def streamed(tokens: list[int]) -> Data:
    """In pieces: each token's delta, on the channel and to the recipient that the parser names behind the token."""
    shown = Shown()
    program = _Swallowing(shown)
    calling: str | None = None
    for channel, recipient, delta, ended in program.run(tokens)[0]:
        if ended:
            calling = None
        elif _is_function(recipient):
            assert recipient is not None
            if calling != recipient:
                shown.tools.append([function_name(recipient), delta])
                calling = recipient
            else:
                shown.tools[-1][1] += delta
        elif channel == "analysis":
            shown.reasoning.append(delta)
        elif channel == "final" or (channel == "commentary" and recipient is None):
            shown.content.append(delta)
        elif delta:
            shown.ignored.append(delta)
    return shown.data()


class _Swallowing:
    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.parser = new_parser()
        self.polled = 0
        self.left_over: list[int] = []

    def run(self, tokens: list[int]) -> tuple[list[Segment], list[oh.Message]]:
        """The segments of each token, and the complete messages; a segment that ends a message has no text to show."""
        segments: list[Segment] = []
        messages: list[oh.Message] = []
        parser = self.parser
        for index, token in enumerate(tokens):
            try:
                parser.process(token)
            except oh.HarmonyError as error:
                self.shown.error(index, error)
                continue
            except OverflowError:
                continue  # no engine gives such an id
            channel, recipient = parser.current_channel, _without_type(parser.current_recipient)
            delta = parser.last_content_delta or ""
            message = self._poll()
            if message is None:
                self.left_over.append(token)
            else:
                self.left_over.clear()
                messages.append(message)
            segments.append((channel, recipient, delta, message is not None))
        try:
            parser.process_eos()
            message = self._poll()
        except oh.HarmonyError as error:
            self.shown.error("eos", error)
            text = known_text(self.left_over)
            segments.append(("final", None, text, False))
            message = oh.Message.from_role_and_content(oh.Role.ASSISTANT, text).with_channel("final")
        if message is not None:
            messages.append(message)
        return segments, [message for message in messages if message.author.role == "assistant" and message.content]

    def _poll(self) -> oh.Message | None:
        messages = self.parser.messages
        if len(messages) <= self.polled:
            return None
        message = messages[self.polled]
        message.recipient = _without_type(message.recipient)
        self.polled += 1
        return message


def _without_type(recipient: str | None) -> str | None:
    """A recipient without the content type that the reference takes for one."""
    if recipient is None:
        return None
    before, marker, _ = recipient.partition("<|constrain|>")
    return (before.rstrip() or None) if marker else recipient


def _is_function(recipient: str | None) -> bool:
    if not recipient or recipient.startswith("<|") or recipient in ("assistant", "functions."):
        return False
    return recipient.split(".", 1)[0] not in BUILT_IN


def _by_channel(shown: Shown, channel: str | None, recipient: str | None, text: str) -> None:
    if _is_function(recipient):
        assert recipient is not None
        shown.tools.append([function_name(recipient), text])
    elif channel == "analysis":
        shown.reasoning.append(text)
    elif channel == "final" or (channel == "commentary" and recipient is None):
        shown.content.append(text)
    else:
        shown.ignored.append(text)
