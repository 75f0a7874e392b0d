"""The example server as a program: its engine, its connections, its files and its page."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from urllib.request import urlopen

import anthropic
import openai
import pytest

from tests.support.api_requests import ALL, MODEL, chat_request, messages_request, responses_request
from tests.support.reference import ROOT
from tests.support.served import Source, wait_until

pytestmark = pytest.mark.shipped  # the script spells the words of Harmony

ENDPOINTS = ("chat_completions", "responses", "messages")
FOLDER = ROOT / "examples" / "server"


def test_an_engine_that_fails_is_an_error_of_the_server(
    chat: openai.OpenAI, claude: anthropic.Anthropic, source: Source
) -> None:
    source.fails_at = 8
    with pytest.raises(openai.InternalServerError, match="out of memory"):
        chat.chat.completions.create(**chat_request("Hello"))
    with pytest.raises(openai.InternalServerError, match="out of memory"):
        chat.responses.create(**responses_request("Hello"))
    with pytest.raises(anthropic.InternalServerError, match="out of memory"):
        claude.messages.create(**messages_request("Hello"))
    with pytest.raises(openai.APIError, match="out of memory"):
        list(chat.chat.completions.create(**chat_request("Hello"), stream=True))
    *_, last = chat.responses.create(**responses_request("Hello"), stream=True)
    assert (last.type, last.response.error.message) == ("response.failed", "the engine is out of memory")
    with pytest.raises(anthropic.APIStatusError, match="out of memory"):
        list(claude.messages.create(**messages_request("Hello"), stream=True))


def test_a_client_that_leaves_ends_sampling(chat: openai.OpenAI, source: Source) -> None:
    source.scripted.delay = 0.02
    before = source.scripted.sampled
    with chat.chat.completions.create(**chat_request(ALL), stream=True) as stream:
        next(iter(stream))
    with pytest.raises(openai.APITimeoutError):
        chat.with_options(timeout=0.2).responses.create(**responses_request(ALL))
    wait_until(lambda: source.scripted.running == 0)
    length = chat.chat.completions.create(**chat_request(ALL)).usage.completion_tokens
    assert source.scripted.sampled - before < 2 * length


def test_clients_at_the_same_time_get_their_own_answers(
    chat: openai.OpenAI, claude: anthropic.Anthropic, source: Source
) -> None:
    source.scripted.delay = 0.01
    texts = [f"Hello {number}" for number in range(4)]

    def ask(text: str) -> tuple[str | None, str]:
        with claude.messages.stream(**messages_request(text)) as stream:
            streamed = stream.get_final_text()
        return chat.chat.completions.create(**chat_request(text)).choices[0].message.content, streamed

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, texts)) == [(text, text) for text in texts]
    assert source.peak >= 2


def own_lines(source: str) -> int:
    """The lines of a module behind its docstring and its imports, without those that are empty."""
    statements = ast.parse(source).body[1:]
    imports = [node for node in statements if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert statements[: len(imports)] == imports
    return sum(bool(line.strip()) for line in source.splitlines()[imports[-1].end_lineno :])


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_has_at_most_fifty_lines(name: str) -> None:
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert 20 <= own_lines(source) <= 50


def test_the_store_keeps_the_latest_responses() -> None:
    store = import_module("examples.server.store").Store(size=2)
    for number in range(3):
        output = [{"type": "message", "id": f"msg_{number}", "role": "assistant", "content": "Yes."}]
        store.add(None, {"input": "Yes?"}, {"id": f"resp_{number}", "output": output})
    assert [store.item(f"msg_{number}") is not None for number in range(3)] == [False, True, True]
    assert [item["role"] for item in store.before({"previous_response_id": "resp_2"})] == ["user", "assistant"]
    with pytest.raises(Exception, match="there is no response 'resp_0'"):
        store.before({"previous_response_id": "resp_0"})


def test_the_command_starts_the_server() -> None:
    command = [sys.executable, "-m", "examples.server", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            url = next(line.split()[-5] for line in process.stderr if "running on" in line)
            with urlopen(f"{url}/v1/models") as answer:
                assert json.load(answer)["data"][0]["id"] == MODEL
        finally:
            process.terminate()


def test_what_the_page_shows_of_the_server_stands_in_its_files() -> None:
    files = "\n".join(path.read_text(encoding="utf-8") for path in (FOLDER).glob("*.py"))
    unindented = re.sub(r"^ +", "", files, flags=re.MULTILINE)
    page = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    excerpts = re.findall(r"^```py\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(excerpts) >= 4
    assert [text for text in excerpts if re.sub(r"^ +", "", text, flags=re.MULTILINE) not in unindented] == []
    assert set(re.findall(r"examples/server/(\w+)\.py", page)) == {
        path.stem for path in (FOLDER).glob("*.py") if not path.stem.startswith("__")
    }
