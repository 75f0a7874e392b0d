"""Programs that ask what the parser's properties say behind each token: its state, and its channel with each delta."""

from __future__ import annotations

import openai_harmony as oh
from tests.support.programs import Data, Shown, function_name, new_parser

__all__ = ["printed", "streamed"]


def streamed(tokens: list[int]) -> Data:
    """Errors are passed over. That a start is expected tells that a message has ended; calls are shown then.

    A message's end is told again for each further token that leaves the parser there; its call is counted once.
    """
    shown = Shown()
    parser = new_parser()
    told = 0
    for index, token in enumerate(tokens):
        try:
            parser.process(token)
        except Exception as error:
            shown.error(index, error)
        if parser.state == oh.StreamState.EXPECT_START and parser.messages:
            last = parser.messages[-1]
            if last.recipient is not None and len(parser.messages) > told:
                shown.tools.append([function_name(last.recipient), last.content[0].text])
            told = len(parser.messages)
        delta = parser.last_content_delta
        if not delta or parser.current_recipient is not None:
            continue
        if parser.current_channel == "final":
            shown.content.append(delta)
        elif parser.current_channel == "analysis":
            shown.reasoning.append(delta)
        else:
            shown.ignored.append(delta)
    return shown.data()


def printed(tokens: list[int]) -> Data:
    """A chat in a terminal: every delta is printed, under a title that is chosen when the first one comes."""
    shown = Shown()
    parser = new_parser()
    target: list[str] | None = None
    for index, token in enumerate(tokens):
        try:
            parser.process(token)
        except Exception as error:
            shown.error(index, error)
            shown.failed = True
            break
        if parser.state == oh.StreamState.EXPECT_START:
            target = None
        if not parser.last_content_delta:
            continue
        if target is None:
            if parser.current_channel == "final":
                target = shown.content
            elif parser.current_recipient is not None:
                target = [function_name(parser.current_recipient), ""]
                shown.tools.append(target)
            else:
                target = shown.reasoning
        if target in shown.tools:
            target[1] += parser.last_content_delta
        else:
            target.append(parser.last_content_delta)
    return shown.data()
