"""Options for rendering and parsing."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

from ._generated.enumerations import StyleWord
from ._runtime.types.modelling import DataType, datatype

__all__ = ["RenderConversationConfig", "RenderOptions"]

Strictness: TypeAlias = "bool | Literal['pedantic'] | None"
"""The argument `strict` of parsers: True, False, "pedantic", or None for the default of the process."""


AnalysisPolicy: TypeAlias = Literal["reference", "finished_turns", "keep"]
"""Which messages on a channel such as `analysis` are omitted; docs/history.md has examples of each."""

SchemaMode: TypeAlias = Literal["reference", "full"]
"""How the schemas of tools are written; docs/tool-schemas.md tells the difference."""

AmbiguityMode: TypeAlias = Literal["write", "error"]
"""What happens to a message that could not be read back; docs/safety.md says which ones."""


class _NotTold:
    """The default of `strict`: means None, but has the repr of the default in the reference's signatures."""

    def __repr__(self) -> str:
        return "True"

    def __reduce__(self) -> str:
        return "NOT_TOLD"  # the same object in every process


NOT_TOLD = cast(None, _NotTold())


@datatype
class RenderConversationConfig(DataType, closed=True):
    """Options for rendering a conversation.

    Example:
        >>> RenderConversationConfig(auto_drop_analysis=False).auto_drop_analysis
        False
    """

    auto_drop_analysis: bool = True
    """Omit the chain of thought of earlier answers, as `analysis` says. If false, nothing is omitted."""
    analysis: AnalysisPolicy = "reference"
    """Which chain of thought is omitted: that before the first answer, if the last message of the assistant is an
    answer; that of every turn that ended in an answer; or none."""
    keep_last_turn: bool = True
    """Whether "finished_turns" keeps the turn at the end of the conversation, although it has ended."""
    keep_calls: bool = False
    """Whether "finished_turns" keeps tool calls that are part of a chain of thought, and their results."""
    style: StyleWord = "reference"
    """How messages are written where programs differ."""
    schema: SchemaMode = "reference"
    """How the schemas of tools are rendered: as the reference library does, or with nothing omitted."""
    open_last: bool = False
    """Whether the last message has no end, so that a model continues its content."""
    on_ambiguous: AmbiguityMode = "write"
    """Whether a message that could not be read back as it is raises a RenderError, or is rendered nevertheless; see
    docs/safety.md."""

    def __repr__(self) -> str:
        """The repr of the reference library's class, which has the first field only; others if they are not usual."""
        first, *others = self._defaults.items()
        shown = [first[0], *(name for name, usual in others if usual is None or getattr(self, name) != usual())]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


@datatype
class RenderOptions(DataType):
    """Options for rendering a single message, which depends on the conversation that it is part of.

    Example:
        >>> RenderOptions(conversation_has_function_tools=True).conversation_has_function_tools
        True
    """

    conversation_has_function_tools: bool = False
    """Whether the conversation declares function tools; a system message then mentions them."""
