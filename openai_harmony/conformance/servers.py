"""Asks an OpenAI-compatible server over HTTP, through the endpoints that servers have. docs/conformance.md lists them.

What the model writes is asked only of a server that lets the kit say it. Nothing but the standard library is used.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .answers import NotOffered, Refused
from .targets import Target, adapted

if TYPE_CHECKING:
    from .this import ThisPackage

__all__ = ["reach", "server"]

SECONDS = 30.0
SCRIPT = "/conformance/script"  # where a server takes what its model is to write next
TOKENS = frozenset({"tokens", "token_ids", "prompt_token_ids"})
# For each kind of requests: the endpoints that may show the prompt, with the keys of what they give, best first.
PROMPTS: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "chat_in": (("/tokenize", TOKENS), ("/v1/chat/completions/render", TOKENS)),
    "responses_in": (("/v1/responses/render", TOKENS),),
    "anthropic_in": (("/v1/messages/render", TOKENS), ("/v1/messages/count_tokens", frozenset({"input_tokens"}))),
}
OUT = {"chat_out": "/v1/chat/completions", "responses_out": "/v1/responses", "anthropic_out": "/v1/messages"}
# Options of conversions that a request can ask for.
ASKABLE = {"tools", "parallel_tool_calls"}
RUN_BY_CLIENTS = {"function", "custom"}  # types of tools of the Responses API


class _Missing(Exception):
    """The server has no such endpoint."""


class _Server:
    """The adapter of a server: a method for each kind that HTTP can ask for."""

    def __init__(self, url: str, model: str, key: str, seconds: float) -> None:
        self.name = url
        self._url, self._model, self._key, self._seconds = url.rstrip("/").removesuffix("/v1"), model, key, seconds
        self._known: dict[str, bool] = {}

    def __getattr__(self, kind: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        if kind in PROMPTS:
            return lambda input: self._prompt(kind, input)
        if kind in OUT:
            return lambda input: self._completion(kind, input)
        raise AttributeError(kind)

    # What a request becomes ---------------------------------------------------------------------------

    def _prompt(self, kind: str, input: Mapping[str, Any]) -> Mapping[str, Any]:
        if input.get("options"):
            raise NotOffered("no request has these options")
        for path, keys in PROMPTS[kind]:
            if self._has(path, kind):
                found = _found(self._post(path, self._body(input["request"], path)), keys)
                return {"count": found} if isinstance(found, int) else self._undated({"tokens": found})
        raise NotOffered(f"there is no endpoint {' or '.join(path for path, _ in PROMPTS[kind])}")

    def _body(self, request: Mapping[str, Any], path: str) -> Mapping[str, Any]:
        more = {"add_generation_prompt": True} if path == "/tokenize" else {}
        return {"max_tokens": 16, **request, "model": self._name_of_model, "stream": False, **more}

    def _has(self, path: str, kind: str) -> bool:
        """Return whether the server has an endpoint, and takes a plain request there."""
        if path not in self._known:
            try:
                self._post(path, self._body(_plain_request(kind), path))
                self._known[path] = True
            except (_Missing, Refused):
                self._known[path] = False
        return self._known[path]

    def _undated(self, prompt: dict[str, Any]) -> Mapping[str, Any]:
        """Return a prompt; one in which the server has written today's date is compared by its text without it."""
        text = self._package.decoded(prompt["tokens"])
        plain = self._date.sub("", text, count=1)
        return prompt if plain == text else {"text": plain}

    @cached_property
    def _package(self) -> ThisPackage:
        from .this import ThisPackage

        return ThisPackage()

    @cached_property
    def _date(self) -> re.Pattern[str]:
        return self._package.date_line()

    # What a completion becomes ------------------------------------------------------------------------

    def _completion(self, kind: str, input: Mapping[str, Any]) -> Mapping[str, Any]:
        options = input.get("options", {})
        if options.keys() - ASKABLE or "prompt" in input or "fail" in input or "incomplete" in input:
            raise NotOffered("no request asks for this")
        types = {tool.get("type") for tool in options.get("tools") or ()}
        if kind == "responses_out" and types - RUN_BY_CLIENTS:
            raise NotOffered("a server runs these tools itself, and goes on")
        tokens, reason = self._package.sampled(input)
        try:
            self._post(SCRIPT, {"tokens": tokens, "finish_reason": reason})
        except _Missing:
            raise NotOffered(f"there is no endpoint {SCRIPT}") from None
        body = {"max_tokens": 4096, **_plain_request(kind), **_asked(kind, options), "model": self._name_of_model}
        said = self._post(OUT[kind], body)
        if kind == "chat_out":
            choice = _value(said, "choices")[0]
            return {"message": choice["message"], "finish_reason": choice["finish_reason"]}
        if kind == "responses_out":
            return {"output": _value(said, "output")}
        return {"content": _value(said, "content"), "stop_reason": _value(said, "stop_reason")}

    # HTTP ---------------------------------------------------------------------------------------------

    @cached_property
    def _name_of_model(self) -> str:
        return self._model or str(_value(self._send("/v1/models", None), "data")[0]["id"])

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send(path, json.dumps(body).encode())

    def _send(self, path: str, data: bytes | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers |= {"Authorization": f"Bearer {self._key}", "x-api-key": self._key}
        request = urllib.request.Request(self._url + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                said = error.read().decode("utf-8", "replace")[:500]
            if error.code in (404, 405, 501):
                raise _Missing(path) from None
            if 400 <= error.code < 500:
                raise Refused(f"{error.code}: {said}") from None
            raise RuntimeError(f"{path} answers {error.code}: {said}") from None


def _plain_request(kind: str) -> dict[str, Any]:
    return {"input": "?"} if kind.startswith("responses") else {"messages": [{"role": "user", "content": "?"}]}


def _found(said: Any, keys: frozenset[str]) -> Any:
    """Return the first value with one of the keys, wherever it is in an answer."""
    left = [said]
    while left:
        value = left.pop(0)
        if isinstance(value, Mapping):
            if found := [each for key, each in value.items() if key in keys and each is not None]:
                return found[0]
            left += value.values()
        elif isinstance(value, list):
            left += value
    raise RuntimeError(f"the server's answer has no {' or '.join(sorted(keys))}")


def reach(url: str) -> None:
    """Raise ValueError unless something answers at an address."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS):
            pass
    except urllib.error.HTTPError as error:
        error.close()  # it answers
    except (urllib.error.URLError, OSError) as error:
        raise ValueError(f"{url}: {getattr(error, 'reason', error)}") from None


def _asked(kind: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keys of a request that ask for options."""
    asked = {"tools": options["tools"]} if "tools" in options else {}
    if "parallel_tool_calls" not in options:
        return asked
    if kind != "anthropic_out":
        return {**asked, "parallel_tool_calls": options["parallel_tool_calls"]}
    return {**asked, "tool_choice": {"type": "auto", "disable_parallel_tool_use": not options["parallel_tool_calls"]}}


def _value(said: Any, key: str) -> Any:
    if not isinstance(said, Mapping) or key not in said:
        raise RuntimeError(f"the server's answer has no {key!r}")
    return said[key]


def server(url: str, *, model: str = "", key: str = "", seconds: float = SECONDS) -> Target:
    """Return a target that asks an OpenAI-compatible server.

    The prompts of requests are asked of `/tokenize`, `/v1/chat/completions/render` and `/v1/messages/count_tokens`,
    which real servers have. Completions are asked only of a server that takes what its model is to write at
    `/conformance/script`, such as the example server. docs/conformance.md says what this can test.

    Args:
        url: the address of the server, with or without `/v1`.
        model: the name of its model; if empty, the first that `/v1/models` lists.
        key: the key of the API, if it needs one.
        seconds: the time limit for one answer.

    Raises:
        ValueError: the address is none of HTTP.

    Example:
        >>> server("http://127.0.0.1:8000/v1").name
        'http://127.0.0.1:8000/v1'
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{url!r} is no address of HTTP, such as http://127.0.0.1:8000")
    return adapted(_Server(url, model, key, seconds))
