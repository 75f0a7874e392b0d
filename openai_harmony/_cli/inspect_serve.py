"""What `inspect --serve` gives: the choices of its page, and the inspection of what is pasted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .._generated.enumerations import SAMPLED_ROLE, Role
from .._generated.framing import FRAMING
from .._generated.messages import Message
from .._inspection.page_text import form_page, page_data
from ..encoding import load_harmony_encoding
from ..inspection import Inspection
from .arguments import DEFAULT_ENCODING, NO_ROLE
from .failing import DONE, Failure
from .inputs import KINDS, Item, items_of, one_of

if TYPE_CHECKING:
    from .._inspection.serving import Pasted
    from .._runtime.types.typed import JsonDict, JsonValue

__all__ = ["Inspect", "choices", "inspection_of", "serve_page"]

EXTRA = "pip install 'openai-harmony[inspect]'"
TITLE = "harmony inspect"
PLACE = "input"

Inspect = Callable[[Item, "str | None", "str | None"], Inspection]


def serve_page(inspect: Inspect, port: int) -> int:
    """Serve the page until it is interrupted.

    Args:
        inspect: returns the inspection of an input, with the role and the purpose that were chosen, or None.
        port: the port; 0 for any free one.

    Raises:
        Failure: starlette and uvicorn are not installed, or the port cannot be used.
    """
    try:
        from .._inspection.serving import LOOPBACK, application, listen, server_of
    except ImportError as error:
        raise Failure(f"--serve needs {error.name}: {EXTRA}") from None
    try:
        listening = listen(port)
    except OSError as error:
        raise Failure(f"port {port}: {error.strerror}") from None
    with listening:
        used = listening.getsockname()[1]
        page, policy = form_page(TITLE, choices())
        app = application(page, policy, used, lambda pasted: inspection_of(pasted, inspect))
        print(f"http://{LOOPBACK}:{used}/  (Ctrl-C ends it)", file=sys.stderr, flush=True)
        server_of(app).run(sockets=[listening])
    return DONE


def choices() -> JsonDict:
    """Return what the page lets choose, and an example."""
    roles = [NO_ROLE, *(str(role.value) for role in Role)]
    return {
        "kind": [["", "detected"], *_same(KINDS)],
        "role": [["", "the model's"], *_same(roles)],
        "end": [["completion", "for a completion"], ["training", "for training"], ["nothing", "as they are"]],
        "hint": "Nothing is kept, and nothing leaves this machine.",
        "example": _example(),
    }


def _same(values: Iterable[str]) -> list[JsonValue]:
    """Return values that are shown as they are."""
    return [[value, value] for value in values]


def _example() -> str:
    """Return a text with a message on each channel, and a fault."""
    encoding = load_harmony_encoding(DEFAULT_ENCODING)
    spoken = []
    for channel in [*sorted(FRAMING.hidden), *sorted(FRAMING.channels - FRAMING.hidden)] or [""]:
        message = Message.from_role_and_content(SAMPLED_ROLE, "Two plus two is four.")
        if channel:
            setattr(message, FRAMING.channel, channel)
        spoken.append(encoding.decode(encoding.render(message)))
    return " so".join(["".join(spoken[:1]), "".join(spoken[1:])])


def inspection_of(pasted: Pasted, inspect: Inspect) -> JsonDict:
    """Return what the page shows of what was pasted. Raises ValueError if it cannot be inspected."""
    if pasted.kind is not None and pasted.kind not in KINDS:
        raise ValueError(f"unknown kind: {pasted.kind!r}")
    try:
        item = one_of(items_of(pasted.text, PLACE, pasted.kind, notes=False), PLACE)
        inspection = inspect(item, pasted.role, pasted.end)
    except Failure as failure:
        raise ValueError(str(failure)) from None
    return page_data(inspection, inspection.steps.strictness)
