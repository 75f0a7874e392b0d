"""The pages that tests and screenshots show, and the local server of the form."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from openai_harmony import RenderConversationConfig
from openai_harmony._cli.inspect import _inspected
from openai_harmony._cli.inspect_serve import choices, inspection_of
from openai_harmony._cli.rendering import Rendering
from openai_harmony._inspection.page_text import form_page
from openai_harmony._inspection.serving import application, listen, server_of
from openai_harmony.inspection import Inspection, inspect_conversation, inspect_text
from tests.inspection.samples_shown import BROKEN, ENCODING, HOSTILE, LONG, TURNS

__all__ = ["PAGES", "serving"]


def _training() -> Inspection:
    config = RenderConversationConfig(analysis="finished_turns")
    return inspect_conversation(ENCODING, TURNS, training=True, config=config)


def _of(text: str) -> Callable[[], Inspection]:
    return lambda: inspect_text(ENCODING, text, "assistant")


PAGES: Mapping[str, Callable[[], Inspection]] = {
    "broken": _of(BROKEN),
    "hostile": _of(f"<|channel|>final<|message|>{' '.join(HOSTILE)}<|return|>"),
    "long": _of(LONG),
    "many": _of("<|start|>assistant<|channel|>final<|message|>Hi.<|end|>" * 600),
    "wide": _of(f"<|channel|>commentary to=functions.{'x' * 300}<|message|>{'y' * 900}<|call|>{'z' * 300}"),
    "training": _training,
    "nothing": _of(""),
}


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server for the form, which runs in a thread and ends with the context."""
    listening = listen(0)
    port = listening.getsockname()[1]
    page, policy = form_page("harmony inspect", choices())
    rendering = Rendering(ENCODING)
    server = server_of(
        application(
            page,
            policy,
            port,
            lambda pasted: inspection_of(
                pasted, lambda item, role, end: _inspected(item, role, rendering.for_purpose(end))
            ),
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    with listening:
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.should_exit = True
            thread.join()
