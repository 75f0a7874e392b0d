"""The app: the endpoints, over one source of tokens."""

from __future__ import annotations

import time

from fastapi import FastAPI

from openai_harmony import load_harmony_encoding

from . import chat_completions, messages, responses
from .conformance import offer
from .errors import handle_errors
from .serving import Server
from .source import ScriptedSource, TokenSource

__all__ = ["create_app"]


def create_app(source: TokenSource | None = None, *, conformance: bool = False) -> FastAPI:
    """Return an app.

    Args:
        source: where tokens come from; None for one that a script stands behind.
        conformance: whether the conformance kit may look at prompts, and say what the model writes.
    """
    encoding = load_harmony_encoding("HarmonyGptOss")
    app = FastAPI(title="gpt-oss by a script")
    server = app.state.server = Server(encoding, ScriptedSource(encoding) if source is None else source)
    handle_errors(app)
    for endpoint in (chat_completions, messages, responses):
        app.include_router(endpoint.router)
    if conformance:
        offer(app)
    model = {"id": server.model, "object": "model", "created": int(time.time()), "owned_by": "examples"}

    @app.get("/v1/models")
    def models() -> dict[str, object]:
        return {"object": "list", "data": [model]}

    @app.get("/v1/models/{name:path}")
    def one_model(name: str) -> dict[str, object]:
        server.expect(name)
        return model

    return app
