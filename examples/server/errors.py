"""What goes wrong with a request, in the form of the API that was asked."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from openai_harmony import HarmonyError

from .source import SourceError

__all__ = ["NotFound", "handle_errors", "openai_error"]


class NotFound(Exception):
    """A request names what the server does not have; `path` is where."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path


# The status of each error, and what OpenAI and Anthropic call it.
_KINDS: dict[type[Exception], tuple[int, str, str]] = {
    HarmonyError: (400, "invalid_request_error", "invalid_request_error"),
    RequestValidationError: (400, "invalid_request_error", "invalid_request_error"),
    HTTPException: (400, "invalid_request_error", "invalid_request_error"),  # of the framework, with its own status
    NotFound: (404, "invalid_request_error", "not_found_error"),
    SourceError: (500, "server_error", "api_error"),
}


def openai_error(problem: Exception) -> dict[str, object]:
    """Return the body of an error as OpenAI's APIs have it."""
    kind = _kind(problem)[1]
    return {"error": {"message": _text(problem), "type": kind, "param": getattr(problem, "path", None), "code": None}}


def anthropic_error(problem: Exception) -> dict[str, object]:
    """Return the body of an error as Anthropic's API has it."""
    return {"type": "error", "error": {"type": _kind(problem)[2], "message": _text(problem)}}


def handle_errors(app: FastAPI) -> None:
    """Let an app answer errors."""
    for kind in _KINDS:
        app.add_exception_handler(kind, _answered)
    app.add_exception_handler(ClientDisconnect, _unheard)


def _answered(request: Request, problem: Exception) -> Response:
    body = anthropic_error if request.url.path.startswith("/v1/messages") else openai_error
    return JSONResponse(body(problem), getattr(problem, "status_code", _kind(problem)[0]))


def _unheard(request: Request, problem: Exception) -> Response:
    return Response(status_code=499)


def _kind(problem: Exception) -> tuple[int, str, str]:
    return next(found for kind, found in _KINDS.items() if isinstance(problem, kind))


def _text(problem: Exception) -> str:
    if isinstance(problem, RequestValidationError):
        return "the body is not a JSON object"
    return str(getattr(problem, "detail", problem))
