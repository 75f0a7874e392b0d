"""The calls of a conversation by their ids, for the results that follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._generated.enumerations import SAMPLED_ROLE
from .._generated.framing import FRAMING
from .._generated.messages import Message
from .._runtime.types.dialects import Dialects
from ..errors import ConversionError
from .given import shown
from .heading import recipient_of
from .making import BUILTIN_CALL, CALL, FUNCTION_PREFIX, SERVER_CALL, message_of, result_part
from .tools import is_builtin

__all__ = ["Calls"]


class Calls:
    """The calls so far. Servers may count ids anew in each turn, so a result belongs to the nearest call before it.

    Args:
        builtins: the namespaces of the built-in tools of the conversation.
        functions: the functions of the request by the names that the model knows, which may be those of built-in tools.
    """

    def __init__(self, table: Dialects, builtins: Collection[str], functions: Collection[str] = ()) -> None:
        self._table = table
        self._builtins, self._functions = builtins, functions
        self._by_id: dict[str, tuple[str, str]] = {}
        self._unanswered: list[tuple[str, str]] = []  # calls of earlier messages, whose ids are not known

    def add(self, call_id: str | None, name: str, *, builtin: bool = False) -> str:
        """Note a call, and return the part that it is; `builtin` if it is known to be of a built-in tool."""
        builtin = builtin or (name not in self._functions and is_builtin(name, self._builtins))
        part = BUILTIN_CALL if builtin and BUILTIN_CALL in self._table.results else CALL
        if call_id is not None:
            self._by_id[call_id] = (part, name)
        return part

    def add_earlier(self, messages: Iterable[Message]) -> None:
        """Note the calls without results in messages, which have no ids."""
        for message in messages:
            tool = recipient_of(message)
            if message.author.role == SAMPLED_ROLE and tool is not None:
                self._unanswered.append(self._known(tool))
            elif message.author.name is not None and (answered := self._known(message.author.name)) in self._unanswered:
                self._unanswered.remove(answered)

    def result(self, call_id: str | None, text: str, path: str, name: str | None = None) -> Message:
        """Return the message that is the result of a call.

        Args:
            call_id: the id of the call.
            path: the place of the id.
            name: the name of the tool, in case that no call has this id.

        Raises:
            ConversionError: no call has this id, and there is no name.
        """
        found = None if call_id is None else self._by_id.get(call_id)
        if found is None and name is not None:
            found = (self.add(None, name), name)
        if found is None and call_id is not None and len(set(self._unanswered)) == 1:
            found = self._unanswered[0]
        if found is None:
            hint = "; the results of several calls need the names of their tools" if self._unanswered else ""
            what = "missing" if call_id is None else f"no earlier call has the id {shown(call_id)}{hint}"
            raise ConversionError(what, path=path)
        return self.result_of(*found, text, path)

    def result_of(self, part: str, tool: str, text: str, path: str) -> Message:
        """Return the message that is the result of a call of this kind.

        Raises:
            ConversionError: the format has no place for it.
        """
        made = result_part(self._table, part)
        if made is None:
            raise ConversionError("this format has no place for results of calls", path=path)
        return message_of(made, text, tool)

    def _known(self, tool: str) -> tuple[str, str]:
        """Return the part and the name of a called tool, given by its full name."""
        if FUNCTION_PREFIX and tool.startswith(FUNCTION_PREFIX):
            return CALL, tool.removeprefix(FUNCTION_PREFIX)
        return (BUILTIN_CALL if is_builtin(tool, FRAMING.namespaces) else SERVER_CALL), tool
