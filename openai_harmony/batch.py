"""Renders or parses batches, optionally in several processes; threads would make neither much faster.

Processes are started only if `workers` is given. On Linux they are forked, unless another thread of Python runs: they
begin in milliseconds, share the memory of this process, and need no preparations. Otherwise they are spawned, which is
safe in a program with threads: each imports the main module, so that a script must be guarded by
`if __name__ == "__main__":`, and loads the vocabulary again, which is worthwhile only for thousands of conversations.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from ._batch import How, mapped, parsed, rendered, rendered_arrays
from .options import NOT_TOLD

if TYPE_CHECKING:
    from ._generated.enumerations import Role
    from ._generated.messages import Conversation, Message
    from .encoding import HarmonyEncoding
    from .options import RenderConversationConfig, Strictness

__all__ = ["map_parsed", "parse_batch", "render_arrays", "render_batch"]

_Result = TypeVar("_Result")


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
        Exception: The exception of the first conversation that cannot be rendered, with its index as `batch_index`. If
            another process has raised it, its traceback there is told by its `__cause__`.
        RuntimeError: The processes cannot start, for example in a script without a `__main__` guard; or the system has
            ended one.
        ValueError: `training` and `next_turn_role` are both given, or `workers` is less than 1.
    """
    return rendered(encoding, conversations, How(next_turn_role, training, config), workers)


def render_arrays(
    encoding: HarmonyEncoding,
    conversations: Iterable[Conversation],
    *,
    next_turn_role: Role | str | None = None,
    training: bool = False,
    config: RenderConversationConfig | None = None,
    workers: int | None = None,
) -> list[array[int]]:
    """Render conversations like `render_batch`, to an `array("i")` each.

    An array takes four bytes for a token, a list about forty, and processes hand it over in less time. NumPy uses its
    memory without a copy: `numpy.asarray(tokens)` is of type `int32`.

    Example:
        >>> from openai_harmony import Conversation, Message, load_harmony_encoding
        >>> conversation = Conversation.from_messages([Message.from_role_and_content("user", "Hello")])
        >>> render_arrays(load_harmony_encoding("HarmonyGptOss"), [conversation])
        [array('i', [200006, 1428, 200008, 13225, 200007])]
    """
    return rendered_arrays(encoding, conversations, How(next_turn_role, training, config), workers)


def parse_batch(
    encoding: HarmonyEncoding,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None = None,
    *,
    strict: Strictness = NOT_TOLD,
    workers: int | None = None,
) -> list[list[Message]]:
    """Parse completions, like `HarmonyEncoding.parse_messages_from_completion_tokens`; raises as `render_batch` does.

    `workers` help less than in rendering, since this process still makes the messages of what they hand over;
    `map_parsed` avoids that.

    Returns:
        The messages of each completion.
    """
    return parsed(encoding, token_lists, role, strict, workers)


def map_parsed(
    function: Callable[[list[Message]], _Result],
    encoding: HarmonyEncoding,
    token_lists: Iterable[Sequence[int]],
    role: Role | str | None = None,
    *,
    strict: Strictness = NOT_TOLD,
    workers: int | None = None,
) -> list[_Result]:
    """Parse completions, and call a function with the messages of each, for example one that rewards an answer.

    With `workers`, they call the function, and only its results are sent to this process. If they are spawned, the
    function is pickled, too. Raises as `render_batch` does; an exception of the function has its `batch_index`, too.

    Returns:
        The result of the function for each completion.

    Example:
        >>> from openai_harmony import load_harmony_encoding
        >>> encoding = load_harmony_encoding("HarmonyGptOss")
        >>> answer = encoding.encode("<|channel|>final<|message|>42<|return|>", allowed_special="all")
        >>> map_parsed(lambda messages: messages[-1].text == "42", encoding, [answer], "assistant")
        [True]
    """
    return mapped(function, encoding, token_lists, role, strict, workers)
