"""Claims about what is loaded: nothing of the APIs unless it is used, and nothing of their clients at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
USE = """
import openai_harmony
from openai_harmony import ConversionError, Message, load_harmony_encoding
encoding = load_harmony_encoding("HarmonyGptOss")
encoding.encode("Hello")
"""
CHAT = """
from openai_harmony.chat import chat_choice_from_tokens, chat_prompt
choice = chat_choice_from_tokens(encoding, chat_prompt(encoding, {"messages": [{"role": "user", "content": "Hi"}]}))
"""


def loaded(program: str) -> set[str]:
    """The modules of a program of its own that are of the package, or of a client."""
    text = f"import json, sys\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    return {
        name for name in json.loads(done.stdout) if name.partition(".")[0] in ("openai_harmony", "openai", "anthropic")
    }


def test_a_program_that_uses_no_api_loads_none() -> None:
    modules = loaded(USE)
    assert "openai_harmony.encoding" in modules
    assert {
        name for name in modules if "_dialects" in name or name.endswith((".chat", ".responses", "dialects"))
    } == set()


def test_conversions_load_no_client_and_no_other_api() -> None:
    modules = loaded(USE + CHAT)
    assert "openai_harmony._dialects.chat.writer" in modules
    assert {name for name in modules if not name.startswith("openai_harmony")} == set()
    assert {name for name in modules if "responses" in name or "anthropic" in name} == set()
