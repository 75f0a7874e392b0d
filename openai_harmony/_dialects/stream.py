"""The base class of the streams of all APIs: what was parsed, copies, and snapshots."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._parser_base import checked_encoding
from ..streaming import StreamableParser
from .heading import Reading
from .ids import NewId, id_maker, new_id
from .token_feed import TokenFeed, Writer
from .tools import Declared

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._generated.events import Recovery
    from .._generated.messages import Message
    from .._runtime.types.typed import JsonDict, JsonValue
    from ..encoding import HarmonyEncoding
    from .ids import IdMaker

__all__ = ["DialectStream"]

D = TypeVar("D")
VERSION = 1


class DialectStream(Generic[D]):
    """Turns the sampled tokens of one choice into pieces of an answer.

    The settings of a stream, and the state of its writer, are JSON values.
    """

    _encoding: HarmonyEncoding
    _settings: JsonDict
    _new_id: NewId
    _feed: TokenFeed[D]

    def _begin(
        self,
        encoding: HarmonyEncoding,
        settings: JsonDict,
        make: NewId,
        prompt_tokens: Sequence[int] | None = None,
    ) -> None:
        self._encoding, self._settings, self._new_id = encoding, settings, make
        given: dict[str, Any] = settings
        reading = Reading(Declared.of(given["tools"]), given["undeclared"])
        writer = self._make_writer(given, id_maker(make))
        self._feed = TokenFeed(encoding, reading, writer, prompt_tokens, given["parallel"])

    @abstractmethod
    def _make_writer(self, settings: dict[str, Any], make_id: IdMaker) -> Writer[D]:
        """Make the writer of a new stream, and keep it."""

    @abstractmethod
    def _state(self) -> JsonDict:
        """Return the state of the writer, and what else the subclass keeps."""

    @abstractmethod
    def _restore(self, state: dict[str, Any]) -> None:
        """Take over such a state."""

    # results --------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """The complete messages of the model; do not change the list."""
        return self._feed.messages

    @property
    def recoveries(self) -> list[Recovery]:
        """The corrected faults; do not change the list."""
        return self._feed.recoveries

    @property
    def suppressed(self) -> list[Message]:
        """The calls beside the first one, if `parallel_tool_calls` is false; do not change the list."""
        return self._feed.suppressed

    # reuse ----------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, JsonValue]:
        """Return the state as JSON values, from which `restore` creates a stream.

        The restored stream goes on with the same answer; it has none of the previous `messages` and `recoveries`.
        """
        parser: JsonDict = self._feed.parser.snapshot()
        values = copy.deepcopy(self._values())  # neither the stream nor the receiver changes what the other one has
        return {"version": VERSION, "of": type(self).__name__, "parser": parser, **values}

    @classmethod
    def restore(cls, encoding: HarmonyEncoding, data: Mapping[str, JsonValue], *, new_id: NewId = new_id) -> Self:
        """Create a stream that continues from a snapshot.

        Args:
            encoding: The encoding of the original stream.
            data: The snapshot. Nothing in it is executed.
            new_id: As for the original stream.

        Raises:
            TypeError: `encoding` is not an encoding.
            ValueError: `data` is not a snapshot of such a stream, of this version and encoding.
        """
        checked_encoding(encoding)
        values: dict[str, Any] = dict(data) if isinstance(data, Mapping) else {}
        if values.get("version") != VERSION or values.get("of") != cls.__name__:
            raise ValueError(f"argument 'data': not a snapshot of a {cls.__name__} of version {VERSION}")
        try:
            parser = StreamableParser.restore(encoding, values.pop("parser"))
            return cls._made(parser, encoding, copy.deepcopy(values), new_id)
        except (AttributeError, IndexError, KeyError, TypeError) as problem:
            raise ValueError(f"argument 'data': not a snapshot of a {cls.__name__}: {problem!r}") from None

    def copy(self) -> Self:
        """Return an independent stream in the same state."""
        values = copy.deepcopy(self._values())
        twin = self._made(self._feed.parser.copy(), self._encoding, values, self._new_id)
        twin._feed.suppressed = list(self._feed.suppressed)
        twin._feed.before = (list(self._feed.before[0]), list(self._feed.before[1]))
        return twin

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        return {
            "parser": self._feed.parser,
            "encoding": self._encoding,
            "new_id": self._new_id,
            "values": self._values(),
            "before": self._feed.before,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._take(state["parser"], state["encoding"], state["values"], state["new_id"])
        self._feed.before = state["before"]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.messages)} messages, {self._feed.count} tokens>"

    def _values(self) -> JsonDict:
        return {"settings": self._settings, "feed": self._feed.state(), "state": self._state()}

    @classmethod
    def _made(cls, parser: StreamableParser, encoding: HarmonyEncoding, values: dict[str, Any], make: NewId) -> Self:
        made = object.__new__(cls)
        made._take(parser, encoding, values, make)
        return made

    def _take(self, parser: StreamableParser, encoding: HarmonyEncoding, values: dict[str, Any], make: NewId) -> None:
        self._begin(encoding, values["settings"], make)
        self._feed.restore(parser, values["feed"])
        self._restore(values["state"])
