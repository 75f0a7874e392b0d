"""What parsers say of tokens: the steps of one that streams, and the errors of each mode of strictness."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._generated.events import ContentDelta, MessageEnd, MessageStart, Recovered
from .._generated.framing import FRAMING
from ..errors import ParseError
from ..streaming import StreamableParser
from ..strictness import NAMED
from .model import ParserSteps, Reading, ReadingError, StepEvent, StepState

if TYPE_CHECKING:
    from .._generated.enumerations import Role
    from .._generated.events import Event
    from ..encoding import HarmonyEncoding

__all__ = ["Read", "Request", "read_in_steps", "readings"]

FIELDS = tuple(known.name for known in FRAMING.fields)


@dataclass(frozen=True)
class Request:
    """What to parse, and how; the arguments are those of `StreamableParser`."""

    encoding: HarmonyEncoding
    tokens: list[int]
    role: Role | str | None = None
    channels: Collection[str] = ()
    unplaced: str | None = None

    def parser(self, strictness: str) -> StreamableParser:
        strict = NAMED[strictness]
        unplaced = self.unplaced
        return StreamableParser(self.encoding, self.role, strict=strict, channels=self.channels, unplaced=unplaced)


@dataclass(frozen=True)
class Read:
    """A parser that has read everything, and what it showed on the way."""

    parser: StreamableParser
    steps: ParserSteps


def readings(request: Request) -> tuple[Reading, ...]:
    """Return what each mode makes of the tokens. A format without rules of recovery has no mode that recovers.

    A parser that discards the message with the first error has no further errors to tell of.
    """
    return tuple(_reading(request, name) for name, strict in NAMED.items() if strict is not False or FRAMING.kinds)


def _reading(request: Request, strictness: str) -> Reading:
    parser = request.parser(strictness)
    errors: list[ReadingError] = []
    complete = 0
    for position, token in enumerate([*request.tokens, None]):
        complete = complete if errors else len(parser.messages)
        try:
            if token is None:
                parser.process_eos()
            else:
                parser.process(token)
        except (ParseError, OverflowError) as error:
            errors.append(_error(error, position))
            if NAMED[strictness] is not True or not FRAMING.has_reference:
                break
    return Reading(strictness, tuple(errors), complete if errors else len(parser.messages))


def _error(error: ParseError | OverflowError, position: int) -> ReadingError:
    if isinstance(error, ParseError):
        return ReadingError(position, str(error), error.state, error.found, tuple(error.expected))
    return ReadingError(position, str(error), None, None, ())


@dataclass
class _Recorder:
    """Writes down what a parser shows."""

    parser: StreamableParser
    states: list[StepState] = field(default_factory=list)
    events: list[StepEvent] = field(default_factory=list)
    told: int = 0  # the number of recoveries that were told: each is told once, in the order of `recoveries`

    def note(self, position: int, told: list[Event]) -> str | None:
        """Record the state at a position, and the events that led to it; return the text of the open message."""
        delta: str | None = None
        for event in told:
            if isinstance(event, ContentDelta):
                delta = (delta or "") + event.text
            elif isinstance(event, MessageStart):
                self.events.append(StepEvent(position, "start", event.index))
            elif isinstance(event, MessageEnd):
                self.events.append(StepEvent(position, "end", event.index))
            elif isinstance(event, Recovered):
                self.events.append(StepEvent(position, "recovery", self.told))
                self.told += 1
        now = self._state(position)
        if not self.states or now[1:] != self.states[-1][1:]:
            self.states.append(now)
        return delta

    def _state(self, position: int) -> StepState:
        parser = self.parser
        role = parser.current_role
        fields: Mapping[str, str | None] = {name: getattr(parser, f"current_{name}") for name in FIELDS}
        word = None if role is None else str(role.value)
        return StepState(position, str(parser.state.value), word, fields, len(parser.messages))


def read_in_steps(request: Request) -> Read:
    """Return what a parser shows after each token: in recovering mode, if the format has one."""
    strictness = next(name for name, strict in NAMED.items() if strict is (not FRAMING.kinds))
    parser = request.parser(strictness)
    recorder = _Recorder(parser)
    recorder.note(0, [])
    deltas: list[str | None] = []
    for position, token in enumerate(request.tokens, 1):
        deltas.append(recorder.note(position, _events(parser, [token])))
    last = recorder.note(len(request.tokens) + 1, _events(parser, None))
    if last and deltas:
        deltas[-1] = (deltas[-1] or "") + last
    return Read(parser, ParserSteps(strictness, tuple(recorder.states), tuple(deltas), tuple(recorder.events)))


def _events(parser: StreamableParser, tokens: list[int] | None) -> list[Event]:
    """Return the events of a step. Where a parser raises, those before the error come with the next step."""
    try:
        return parser.feed_eos() if tokens is None else parser.feed(tokens)
    except (ParseError, OverflowError):
        return []
