"""Renders or parses batches, optionally in several processes; threads would not make tokenizing faster.

Processes are started only if `workers` is given. They are spawned, not forked, which is safe in a program with threads;
therefore a script must be guarded by `if __name__ == "__main__":`. Each process loads the vocabulary again, so that
several processes are worthwhile only for thousands of conversations.
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
    """Render conversations, like the methods of `HarmonyEncoding` for a single one.

    Args:
        encoding: The encoding.
        conversations: The conversations.
        next_turn_role: Render for completion by this role.
        training: Render for training.
        config: Options of rendering.
        workers: The number of processes; None or 1 to use only the current process.

    Returns:
        The tokens of each conversation.

    Raises:
        Exception: The exception of the first conversation that cannot be rendered, with its index as `batch_index`.
        RuntimeError: The processes cannot start, for example in a script without a `__main__` guard.
        ValueError: `training` and `next_turn_role` are both given, or `workers` is less than 1.
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
    """Parse completions, like `HarmonyEncoding.parse_messages_from_completion_tokens`; raises as `render_batch` does.

    One process parses tokens faster than messages can be sent between processes, so that `workers` rarely helps.

    Returns:
        The messages of each completion.
    """
    return parsed(encoding, token_lists, role, strict, workers)
