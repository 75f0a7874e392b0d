"""Many conversations or completions at once, by several processes if asked for; tokenizing gains nothing from threads.

The processes are spawned, which is safe in a program that has threads; a script must therefore guard what it does by
`if __name__ == "__main__":`, and none is started unless `workers` says so. Each process reads the vocabulary anew, so
that they pay for some thousands of conversations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ._batch import parsed, rendered
from .options import NOT_TOLD

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation, Message
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig, Strictness

__all__ = ["parse_batch", "render_batch"]


def render_batch(
    encoding: HarmonyEncoding,
    conversations: Iterable[Conversation],
    *,
    next_turn_role: Role | str | None = None,
    training: bool = False,
    config: RenderConversationConfig | None = None,
    workers: int | None = None,
) -> list[list[int]]:
    """The tokens of each conversation: for completion by a role, for training, or as they are.

    An exception is that of the first conversation which cannot be rendered, with its place as `batch_index`.
    Without `workers`, this process does it all. With more than 1, so many others do, which pays for some thousands of
    conversations; a RuntimeError says if they cannot start, which they cannot in a script without a `__main__` guard.
    """
    return rendered(encoding, conversations, next_turn_role, training, config, workers)


def parse_batch(
    encoding: HarmonyEncoding,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None = None,
    *,
    strict: Strictness = NOT_TOLD,
    workers: int | None = None,
) -> list[list[Message]]:
    """The messages of each completion; exceptions as in `render_batch`.

    Without `workers`, this process does it all: it reads tokens faster than messages travel between processes. With
    more than 1, see `render_batch`.
    """
    return parsed(encoding, token_lists, role, strict, workers)
