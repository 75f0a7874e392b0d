"""Writes what the model says as a message of the Chat Completions API, and as the pieces that add up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from ..custom_input import InputReader, InputState
from ..heading import NOTHING, Heading
from ..making import REASONING
from ..words import ASSISTANT

if TYPE_CHECKING:
    from ..._generated.messages import Message
    from ..._runtime.types.typed import JsonDict
    from ..ids import IdMaker
    from .types import ChatDelta, ChatMessage, ChoiceDelta

__all__ = ["ChatOptions", "ChatWriter", "CutCalls", "ReasoningKey", "options_of"]

ReasoningKey: TypeAlias = Literal["reasoning", "reasoning_content", "both"]
"""The key of the reasoning in messages and deltas."""

CutCalls: TypeAlias = Literal["keep", "drop"]
"""What becomes of a call that was cut off: its part of the message, or nothing, for which calls wait until they end."""

CONTENT = "content"
_REASONING_KEYS = {key: (key,) for key in ("reasoning", "reasoning_content")} | {
    "both": ("reasoning", "reasoning_content")
}


class ChatOptions(NamedTuple):
    """What a message is to be like.

    Attributes:
        reasoning_keys: the keys of the reasoning; none to leave it out.
        separator: what stands between two texts of the same key.
        whole_calls: whether a call is told when it has ended, and one that was cut off is not.
    """

    reasoning_keys: tuple[str, ...]
    separator: str
    whole_calls: bool = False


def options_of(reasoning_key: str, include_reasoning: bool, separator: str, cut_calls: str = "keep") -> ChatOptions:
    if reasoning_key not in _REASONING_KEYS:
        raise ValueError(f"argument 'reasoning_key': {reasoning_key!r} is not one of {tuple(_REASONING_KEYS)}")
    if not isinstance(separator, str):
        raise TypeError(f"argument 'separator': expected str, not {type(separator).__name__}")
    if cut_calls not in ("keep", "drop"):
        raise ValueError(f"argument 'cut_calls': {cut_calls!r} is not 'keep' or 'drop'")
    return ChatOptions(_REASONING_KEYS[reasoning_key] if include_reasoning else (), separator, cut_calls == "drop")


class _Waiting(NamedTuple):
    """The text of a call that is not told before it ends, and the positions of its tokens."""

    text: str
    start: int
    end: int


class ChatWriter:
    """The message so far. Each method returns the deltas that what it is told adds."""

    def __init__(self, options: ChatOptions, make_id: IdMaker) -> None:
        self.options = options
        self.dropped = False  # whether the last message is a call that was cut off and is not told
        self._make_id = make_id
        self._begun = False  # whether a delta has said the role
        self._texts: dict[str, list[str]] = {}  # by key; a key without texts is an empty answer
        self._calls: list[dict[str, Any]] = []
        self._pieces: list[str] = []  # of the arguments or the input of the last call
        self._heading = NOTHING
        self._keys: tuple[str, ...] = ()  # of the text of the open message
        self._separate = False  # whether the next text is the first of a message, behind that of another
        self._going: list[str] | None = None  # the texts of the only key, if the next text just goes on with them
        self._input: InputReader | None = None
        self._held_from = 0  # the position of the first token of text that is held back
        self._waiting: list[_Waiting] = []

    def begin(self, heading: Heading, at: int) -> list[ChatDelta]:
        """Begin a message at a position."""
        self._heading, self._going = heading, None
        if heading.is_call:
            return [] if self.options.whole_calls else self._call(heading, at)
        reasons = heading.part == REASONING
        self._keys = self.options.reasoning_keys if reasons else (CONTENT,) if heading.part else ()
        self._separate = True
        return []

    def text(self, text: str, start: int, end: int) -> list[ChatDelta]:
        """Add text to the open message."""
        # Nearly every step of an engine ends here; the rest of this method costs as much again.
        if self._going is not None and text:
            self._going.append(text)
            return [{"delta": {self._keys[0]: text}, "finish_reason": None, "tokens": (start, end)}]  # type: ignore[misc]
        if self._heading.is_call:
            if not self.options.whole_calls:
                return self._called(text, start, end)
            self._waiting.append(_Waiting(text, start, end))
            return []
        keys = self._keys
        if not keys or not text:
            return []
        texts = self._texts.setdefault(keys[0], [])
        if self._separate and texts:
            text = self.options.separator + text
        texts.append(text)
        self._separate = False
        self._going = texts if len(keys) == 1 else None
        return [self._delta(dict.fromkeys(keys, text), start, end)]

    def end(self, at: int, *, cut: bool = False) -> list[ChatDelta]:
        """End the open message; `cut` if the model was to write more of it."""
        heading, self._heading = self._heading, NOTHING
        if heading.is_call:
            return self._end_call(heading, at, cut)
        keys, self._keys = self._keys, ()
        if self._separate and keys == (CONTENT,) and CONTENT not in self._texts:
            self._texts[CONTENT] = []
            return [self._delta({CONTENT: ""}, at, at)]
        return []

    def result(self, message: Message) -> list[ChatDelta]:
        """Leave out what the model did not write."""
        return []

    def finish(self, reason: str, at: int) -> list[ChatDelta]:
        """Return the last delta."""
        last = self._delta({}, at, at)
        last["finish_reason"] = reason
        return [last]

    @property
    def has_calls(self) -> bool:
        return bool(self._calls)

    @property
    def message(self) -> ChatMessage:
        """The message so far."""
        said = self._texts.get(CONTENT)
        message: dict[str, Any] = {"role": ASSISTANT, CONTENT: None if said is None else "".join(said)}
        keys = self.options.reasoning_keys
        if keys and keys[0] in self._texts:
            message |= dict.fromkeys(keys, "".join(self._texts[keys[0]]))
        if self._calls:
            *before, last = self._calls
            message["tool_calls"] = [*map(_copied, before), self._whole(last)]
        return cast("ChatMessage", message)

    # calls ----------------------------------------------------------------------------------------

    def _call(self, heading: Heading, at: int) -> list[ChatDelta]:
        if self._calls:
            self._calls[-1] = self._whole(self._calls[-1])
        self._pieces = []
        self._input = InputReader() if heading.custom else None
        kind, key = _form(heading.custom)
        call = {"id": self._make_id("call"), "type": kind, kind: {"name": heading.name, key: ""}}
        self._calls.append(call)
        return [self._delta({"tool_calls": [{"index": len(self._calls) - 1, **_copied(call)}]}, at, at)]

    def _end_call(self, heading: Heading, at: int, cut: bool) -> list[ChatDelta]:
        told: list[ChatDelta] = []
        if self.options.whole_calls:
            waiting, self._waiting = self._waiting, []
            if cut:
                self.dropped = True
                return []
            ranges = [(each.start, each.end) for each in waiting if each.start < each.end] or [(at, at)]
            told = self._call(heading, ranges[0][0])
            told += self._called("".join(each.text for each in waiting), ranges[0][0], ranges[-1][1])
        rest = self._input.finish() if self._input is not None else ""
        return told + (self._say(rest, self._held_from, at) if rest else [])

    def _called(self, text: str, start: int, end: int) -> list[ChatDelta]:
        if self._input is None:
            return self._say(text, start, end) if text else []
        held = self._input.state.held
        said = self._input.feed(text)
        begin = self._held_from if held and self._input.says_held else start
        if not held or said:
            self._held_from = end if said else start
        return self._say(said, begin, end) if said else []

    def _say(self, text: str, start: int, end: int) -> list[ChatDelta]:
        self._pieces.append(text)
        kind, key = _form(self._input is not None)
        return [self._delta({"tool_calls": [{"index": len(self._calls) - 1, kind: {key: text}}]}, start, end)]

    def _whole(self, call: dict[str, Any]) -> dict[str, Any]:
        """Return the last call with all of its text so far."""
        kind, key = _form(call["type"] == "custom")
        return {**call, kind: {**call[kind], key: "".join(self._pieces)}}

    def _delta(self, fields: dict[str, Any], start: int, end: int) -> ChatDelta:
        if not self._begun:
            self._begun = True
            fields = {"role": ASSISTANT, **fields}
        return {"delta": cast("ChoiceDelta", fields), "finish_reason": None, "tokens": (start, end)}

    # state ----------------------------------------------------------------------------------------

    def state(self) -> JsonDict:
        """Return the state as JSON values."""
        return {
            "begun": self._begun,
            "texts": {key: "".join(texts) if texts else None for key, texts in self._texts.items()},
            "calls": [*map(_copied, self._calls)],
            "called": "".join(self._pieces),
            "heading": [*self._heading],
            "keys": [*self._keys],
            "separate": self._separate,
            "held_from": self._held_from,
            "input": None if self._input is None else [*self._input.state],
            "waiting": [[*each] for each in self._waiting],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state."""
        self._begun = state["begun"]
        self._texts = {key: [] if text is None else [text] for key, text in state["texts"].items()}
        self._calls = [*map(_copied, state["calls"])]
        self._pieces = [state["called"]]
        self._heading = Heading(*state["heading"])
        self._keys = tuple(state["keys"])
        self._separate = state["separate"]
        self._held_from = state["held_from"]
        self._input = None if state["input"] is None else InputReader(InputState(*state["input"]))
        self._waiting = [_Waiting(*each) for each in state["waiting"]]


def _form(custom: bool) -> tuple[Literal["function", "custom"], str]:
    """Return the type of a call, which is the key of what is called, and in that the key of the text."""
    return ("custom", "input") if custom else ("function", "arguments")


def _copied(call: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in call.items()}
