"""What the endpoints share: the server, values of requests, and streams of events."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from openai_harmony import Bridge, ConversionError, HarmonyEncoding, Message, RenderConversationConfig
from openai_harmony.chat import stop_tokens

from .errors import NotFound
from .source import SourceError, Step, TokenSource
from .store import Store

__all__ = ["EventStream", "Server", "entry", "server_for", "whole_number"]

_PROMPTS = RenderConversationConfig(auto_drop_analysis=False)  # how the library renders the prompts of requests
_ABSENT = ("stop", "stop_sequences", "logit_bias")  # what the source cannot do, and a client would miss


@dataclass
class Server:
    """What endpoints need: the encoding, the engine, the name of its model, and earlier responses."""

    encoding: HarmonyEncoding
    source: TokenSource
    model: str = "gpt-oss-20b"
    store: Store = field(default_factory=Store)

    def expect(self, model: object) -> None:
        """Raise NotFound unless a model is the one that the server has, and ConversionError if there is none."""
        if model is None:
            raise ConversionError("missing", path="model")
        if model != self.model:
            raise NotFound(f"there is no model {model!r}, only {self.model!r}", path="model")

    async def sample(
        self,
        request: Request,
        prompt: Sequence[int],
        *,
        parallel_tool_calls: bool | None = None,
        max_tokens: int | None = None,
        n: int = 1,
    ) -> AsyncGenerator[Step, None]:
        """Yield the steps that continue a prompt, until the client has gone.

        Raises:
            ClientDisconnect: the client has gone.
            SourceError: the engine failed.
        """
        stop = stop_tokens(self.encoding, parallel_tool_calls=parallel_tool_calls)
        async with aclosing(self.source.sample(prompt, stop=stop, max_tokens=max_tokens, n=n)) as steps:
            async for step in steps:
                if await request.is_disconnected():
                    raise ClientDisconnect
                yield step

    def continued(self, tokens: Sequence[int], results: Sequence[Message]) -> list[int]:
        """Return the prompt that goes on with results of tools; the tokens so far stay as they are.

        Raises:
            SourceError: it would not be what the model expects.
        """
        bridge = self.encoding.bridge(tokens, results, config=_PROMPTS)
        if not isinstance(bridge, Bridge):
            raise SourceError(bridge.reason)
        return bridge.tokens


class EventStream(StreamingResponse):
    """A response of server-sent events."""

    def __init__(self, events: AsyncIterator[str]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


def server_for(request: Request, body: Mapping[str, object]) -> Server:
    """Return the server, which can do what the request asks for.

    Raises:
        ConversionError: the request asks for what the engine cannot do.
        NotFound: it names another model.
        RequestValidationError: it has numbers or text that no JSON has, so that they could not be sent back.
    """
    server: Server = request.app.state.server
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as problem:
        raise RequestValidationError([]) from problem
    server.expect(body.get("model"))
    for key in _ABSENT:
        if body.get(key):
            raise ConversionError("the engine of this server cannot do this", path=key)
    return server


def whole_number(
    body: Mapping[str, object], *keys: str, at_most: int | None = None, required: bool = False
) -> int | None:
    """Return the number under the first of the keys that has one; None if none has.

    Raises:
        ConversionError: it is not a positive integer, or too large, or required and missing.
    """
    for key in keys:
        value = body.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConversionError(f"expected a positive integer, not {value!r}", path=key)
        if at_most is not None and value > at_most:
            raise ConversionError(f"expected at most {at_most}, not {value}", path=key)
        return value
    if required:
        raise ConversionError("missing", path=keys[0])
    return None


def entry(body: Mapping[str, object], key: str, name: str) -> object:
    """Return what a dictionary of a request has under a name; None if one of them is absent.

    Raises:
        ConversionError: there is something else than a dictionary.
    """
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ConversionError(f"expected an object, not {value!r}", path=key)
    return value.get(name)
