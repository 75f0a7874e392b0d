"""Nobody pays for what is not used: which programs read the vocabulary, how often, and which load the BPE encoder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VOCABULARY = ROOT / "openai_harmony" / "data" / "o200k_base.bin"
IMPORT = "from openai_harmony import Message, Role, StreamableParser, load_harmony_encoding\n"
LOAD = IMPORT + "encoding = load_harmony_encoding('HarmonyGptOss')\n"
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
COUNT = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
{program}
written = "json" in sys.modules
import json
loaded = [name in sys.modules for name in ("tiktoken", "pydantic", "logging")]
print(json.dumps([opened.count({vocabulary!r}), *loaded, written]))
"""


@dataclass(frozen=True)
class Cost:
    readings: int  # of the vocabulary
    encoder: bool  # whether tiktoken is loaded
    validators: bool = False  # whether pydantic is loaded, which builds validators and serializers
    logging: bool = False  # whether it is loaded, as it is before modules that use it are imported late
    json: bool = False  # the same


def cost(program: str) -> Cost:
    """What a program of its own does, from the import on."""
    text = COUNT.format(program=program, vocabulary=str(VOCABULARY))
    environment = {name: value for name, value in os.environ.items() if name != "TIKTOKEN_ENCODINGS_BASE"}
    command = [sys.executable, "-c", text]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return Cost(*json.loads(done.stdout))


def test_importing_reads_no_vocabulary() -> None:
    assert cost(IMPORT) == Cost(readings=0, encoder=False)


def test_what_is_imported_late_from_the_package_itself_does_not_use_logging() -> None:
    every = "import openai_harmony\nfor name in openai_harmony.__all__: getattr(openai_harmony, name)\n"
    assert not cost(every + LOAD + PARSE + STREAM + RENDER).logging


def test_loading_an_encoding_reads_no_vocabulary() -> None:
    assert cost(LOAD + "load_harmony_encoding('HarmonyGptOss').stop_tokens()\n") == Cost(readings=0, encoder=False)


@pytest.mark.shipped
def test_a_program_that_only_parses_reads_the_vocabulary_once_and_builds_no_encoder() -> None:
    assert cost(LOAD + PARSE + STREAM + PARSE) == Cost(readings=1, encoder=False)


@pytest.mark.shipped
def test_a_program_that_renders_and_parses_reads_the_vocabulary_once() -> None:
    assert cost(LOAD + PARSE + RENDER + PARSE + RENDER) == Cost(readings=1, encoder=False, json=True)


def test_a_program_that_renders_much_builds_the_encoder() -> None:
    assert cost(LOAD + RENDER.replace("'Hello'", "'Hello ' * 10_000")) == Cost(
        readings=1, encoder=True, logging=True, json=True
    )


@pytest.mark.shipped
def test_a_program_that_writes_what_it_parsed_builds_no_serializer() -> None:
    assert cost(LOAD + STREAM + WRITE) == Cost(readings=1, encoder=False, json=True)


@pytest.mark.shipped
def test_a_serializer_that_is_built_is_seen() -> None:
    assert cost(LOAD + STREAM + WRITE + DUMP) == Cost(
        readings=1, encoder=False, validators=True, logging=True, json=True
    )


def test_a_vocabulary_that_is_read_is_counted_each_time() -> None:
    reading = f"open({str(VOCABULARY)!r}, 'rb').close()\n"
    assert cost(reading * 3 + "import tiktoken\n") == Cost(readings=3, encoder=True, logging=True)
