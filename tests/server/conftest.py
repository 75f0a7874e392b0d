"""The example server, started once, and the clients of its APIs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import anthropic
import openai
import pytest

from tests.support.served import Source, running


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, Source]]:
    tokens = import_module("examples.server.source")
    encoding = import_module("openai_harmony").load_harmony_encoding("HarmonyGptOss")
    source = Source(tokens.ScriptedSource(encoding), tokens.SourceError)
    with running(import_module("examples.server.app").create_app(source)) as url:
        yield url, source


@pytest.fixture
def source(served: tuple[str, Source]) -> Iterator[Source]:
    yield served[1]
    served[1].settled()


@pytest.fixture(scope="session")
def chat(served: tuple[str, Source]) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served[0]}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def claude(served: tuple[str, Source]) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=served[0], api_key="none", max_retries=0) as client:
        yield client
