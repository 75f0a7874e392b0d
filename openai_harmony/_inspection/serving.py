"""The local page, in which one pastes what is to be inspected: an application on loopback that keeps nothing.

A page of another site could send requests to a local server. Therefore each request must name this server as its host,
which a rebound name does not, and what is posted must come from this server's own page. What is pasted is answered as
JSON, which the page shows as text.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from .._runtime.types.typed import JsonDict

__all__ = ["LOOPBACK", "MOST_BYTES", "Pasted", "application", "listen", "server_of"]

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost", "[::1]")
MOST_BYTES = 2**20

HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

# The types of the ASGI protocol.
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Pasted:
    """What the page sends: the input, and what was chosen; None for what is to be detected."""

    text: str
    kind: str | None
    role: str | None
    end: str | None


class Guard:
    """Refuses requests that are not from the page of this server, and adds the headers of every answer."""

    def __init__(self, app: App, port: int, policy: str) -> None:
        self._app = app
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        self._added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        self._added.append((b"content-security-policy", f"{policy}; frame-ancestors 'none'".encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":  # nothing else is answered
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._added]
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        request = Request(scope)
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("unknown host", 403)
        if request.method == "POST":
            if request.headers.get("origin") != f"http://{host}":
                return PlainTextResponse("unknown origin", 403)
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return PlainTextResponse("expected application/json", 415)
        return None


def application(page: str, policy: str, port: int, inspect: Callable[[Pasted], JsonDict]) -> Starlette:
    """Return the application.

    Args:
        page: the page with the form.
        policy: its content security policy.
        port: the port at which it is reached.
        inspect: returns what the page shows of what was pasted. It raises ValueError for what cannot be inspected.
    """
    one_at_a_time = asyncio.Lock()

    async def shown(request: Request) -> Response:
        return HTMLResponse(page)

    async def inspected(request: Request) -> Response:
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return _complaint(f"more than {MOST_BYTES} bytes", 413)
        try:
            pasted = _pasted(body)
            async with one_at_a_time:
                if await request.is_disconnected():  # the page has sent a newer input
                    return Response(status_code=400)
                data = await run_in_threadpool(inspect, pasted)
        except (ValueError, RecursionError) as error:
            return _complaint(" ".join(str(error).split()) or type(error).__name__, 422)
        return _json(data)

    async def no_icon(request: Request) -> Response:
        return Response(status_code=204)

    routes = [Route("/", shown), Route("/inspect", inspected, methods=["POST"]), Route("/favicon.ico", no_icon)]
    return Starlette(routes=routes, middleware=[Middleware(Guard, port=port, policy=policy)])


async def _body(request: Request) -> bytes | None:
    """Return the body of a request; None if it is too large, of which the rest is not read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _pasted(body: bytes) -> Pasted:
    """Return what a request says. Raises ValueError if it is not as the page writes it."""
    value = json.loads(body)
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise ValueError("expected an object with a text")
    chosen = [value.get(name) or None for name in ("kind", "role", "end")]
    if not all(item is None or isinstance(item, str) for item in chosen):
        raise ValueError("expected a text for each choice")
    return Pasted(value["text"], *chosen)


def _complaint(message: str, status: int) -> Response:
    return _json({"error": message}, status)


def _json(value: JsonDict, status: int = 200) -> Response:
    """Return an answer in ASCII, since a text may have half a character."""
    return Response(json.dumps(value), status, media_type="application/json")


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback; port 0 means any free one. Raises OSError if it cannot."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()  # so that a browser that is quick waits until the server runs
    except OSError:
        listening.close()
        raise
    return listening


def server_of(app: Starlette) -> uvicorn.Server:
    """Return a server, whose `run(sockets=[...])` serves an application until it is interrupted."""
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False, "lifespan": "off"}
    return uvicorn.Server(uvicorn.Config(app, timeout_graceful_shutdown=2, **options))
