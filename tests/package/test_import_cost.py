"""Nobody pays for what is not used: which programs read the vocabulary, how often, and which load the BPE encoder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VOCABULARY = ROOT / "openai_harmony" / "data" / "o200k_base.bin"
IMPORT = "from openai_harmony import Message, Role, StreamableParser, load_harmony_encoding\n"
LOAD = IMPORT + "encoding = load_harmony_encoding('HarmonyGptOss')\n"
LOAD_TO_RENDER = LOAD.replace(", StreamableParser", "")
PARSE = (
    "assert encoding.parse_messages_from_completion_tokens([200005, 17196, 200008, 13225, 200007], Role.ASSISTANT)\n"
)
STREAM = (
    "parser = StreamableParser(encoding, Role.ASSISTANT)\n"
    "for token in [200005, 17196, 200008, 13225]: parser.process(token)\n"
    "assert parser.current_content == 'Hello'\n"
)
RENDER = "assert encoding.render(Message.from_role_and_content(Role.USER, 'Hello'))\n"
WRITE = "parser.process(200007); assert parser.messages[0].to_json() and parser.messages[0].content[0].to_dict()\n"
DUMP = "parser.messages[0].model_dump()\n"
# What takes long to import, or to build when it is there: tiktoken its encoder, pydantic validators and serializers.
SLOW = ("dataclasses", "hashlib", "inspect", "json", "logging", "pathlib", "pydantic", "tiktoken")
COUNT = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
{program}
loaded = [name for name in {slow} if name in sys.modules]
modules = sum(name.split(".")[0] == "openai_harmony" for name in sys.modules)
import json
print(json.dumps([opened.count({vocabulary!r}), loaded, modules]))
"""


@dataclass(frozen=True)
class Cost:
    readings: int  # of the vocabulary
    loaded: list[str] = field(default_factory=list)  # of the modules that are slow
    modules: int = field(default=0, compare=False)  # of this package


def cost(program: str) -> Cost:
    """What a program of its own does, from the import on."""
    text = COUNT.format(program=program, vocabulary=str(VOCABULARY), slow=SLOW)
    environment = {name: value for name, value in os.environ.items() if name != "TIKTOKEN_ENCODINGS_BASE"}
    command = [sys.executable, "-c", text]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return Cost(*json.loads(done.stdout))


@pytest.mark.shipped
def test_importing_reads_no_vocabulary_and_loads_little() -> None:
    found = cost("import openai_harmony\n")
    assert found == Cost(readings=0)
    assert found.modules < 45


def test_what_is_imported_late_from_the_package_itself_does_not_use_logging() -> None:
    every = "import openai_harmony\nfor name in openai_harmony.__all__: getattr(openai_harmony, name)\n"
    assert "logging" not in cost(every + LOAD + PARSE + STREAM + RENDER).loaded


def test_loading_an_encoding_reads_no_vocabulary() -> None:
    assert cost(LOAD + "load_harmony_encoding('HarmonyGptOss').stop_tokens()\n").readings == 0


@pytest.mark.shipped
def test_a_program_that_only_parses_reads_the_vocabulary_once_and_builds_no_encoder() -> None:
    found = cost(LOAD + PARSE + STREAM + PARSE)
    assert found == Cost(readings=1, loaded=["dataclasses", "inspect"])
    assert found.modules < 90


@pytest.mark.shipped
def test_a_program_that_only_renders_builds_no_encoder() -> None:
    found = cost(LOAD_TO_RENDER + RENDER)
    assert found == Cost(readings=1, loaded=["json"])
    assert found.modules < 75


@pytest.mark.shipped
def test_a_program_that_renders_and_parses_reads_the_vocabulary_once() -> None:
    assert cost(LOAD + PARSE + RENDER + PARSE + RENDER).readings == 1
    assert cost(LOAD_TO_RENDER + RENDER + LOAD + PARSE).readings == 1


def test_a_program_that_renders_much_builds_the_encoder() -> None:
    found = cost(LOAD + RENDER.replace("'Hello'", "'Hello ' * 10_000"))
    assert (found.readings, "tiktoken" in found.loaded) == (1, True)


@pytest.mark.shipped
def test_a_program_that_writes_what_it_parsed_builds_no_serializer() -> None:
    found = cost(LOAD + STREAM + WRITE)
    assert (found.readings, "pydantic" in found.loaded) == (1, False)


@pytest.mark.shipped
def test_a_serializer_that_is_built_is_seen() -> None:
    found = cost(LOAD + STREAM + WRITE + DUMP)
    assert (found.readings, "pydantic" in found.loaded) == (1, True)


def test_a_vocabulary_that_is_read_is_counted_each_time() -> None:
    reading = f"open({str(VOCABULARY)!r}, 'rb').close()\n"
    assert cost(reading * 3 + "import tiktoken, inspect\n").readings == 3


def test_a_module_that_is_slow_is_seen() -> None:
    assert cost(f"import {', '.join(SLOW)}\n").loaded == [*SLOW]
