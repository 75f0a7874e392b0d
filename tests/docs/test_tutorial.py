"""The tutorial: its server is the one of examples/, is short, and serves the official client over loopback."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from openai import OpenAI

from examples import tutorial_server
from tests.package.test_documents import examples

pytestmark = pytest.mark.shipped
ROOT = Path(__file__).parents[2]
SERVER = ROOT / "examples" / "tutorial_server.py"


@pytest.fixture(scope="module")
def client() -> Iterator[OpenAI]:
    server = uvicorn.Server(uvicorn.Config(tutorial_server.app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none", max_retries=0)
    server.should_exit = True
    thread.join()


def imports(line: str) -> set[str]:
    """The names that a line imports."""
    found = re.match(r"from \S+ import (.*)", line)
    return set(found[1].split(", ")) if found else set()


def test_the_server_has_at_most_fifty_lines() -> None:
    assert len(SERVER.read_text(encoding="utf-8").splitlines()) <= 50


def test_the_page_has_all_of_the_server() -> None:
    shown = {line for block in examples("docs/tutorial.md") for line in block.splitlines()}
    imported = {name for line in shown for name in imports(line)}
    for line in SERVER.read_text(encoding="utf-8").splitlines()[1:]:
        assert imports(line) <= imported if imports(line) else line in shown, line


def test_the_server_streams_to_the_official_client(client: OpenAI) -> None:
    hello = client.chat.completions.create(model="gpt-oss", stream=True, messages=[{"role": "user", "content": "Hi"}])
    chunks = list(hello)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello!"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert len(chunks) > 3
