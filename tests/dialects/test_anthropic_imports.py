"""A program that speaks the Messages API loads neither its client nor the other APIs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from openai_harmony import load_harmony_encoding
from openai_harmony.anthropic import AnthropicStream, messages_prompt
encoding = load_harmony_encoding("HarmonyGptOss")
prompt = messages_prompt(encoding, {"messages": [{"role": "user", "content": "Hi"}], "tools": [{"name": "f"}]})
stream = AnthropicStream(encoding, {}, prompt_tokens=prompt)
print(*stream.start(), *stream.feed(encoding.encode("Hi")), *stream.finish(), file=sys.stderr)
print(*sys.modules)
"""


def test_the_messages_api_loads_no_client_and_no_other_api() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "openai_harmony._dialects.anthropic.writer" in loaded
    assert [name for name in loaded if name.partition(".")[0] in ("anthropic", "openai", "jiter")] == []
    assert [name for name in loaded if "_dialects.chat" in name or "_dialects.responses" in name] == []
