"""Prime Intellect's `renderers`. It needs openai-harmony 0.0.8, so that it runs in a process of its own.

HARMONY_RENDERERS names the folder in which it is installed: `pip install --target FOLDER renderers httpx`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Adapter", "Renderers"]

Data = Mapping[str, Any]
VARIABLE = "HARMONY_RENDERERS"
EFFORTS = (None, "low", "medium", "high")


class Renderers:
    """What runs in the process of the library; nothing of this package is there."""

    def __init__(self) -> None:
        from renderers.configs import GptOssRendererConfig  # type: ignore[import-not-found]
        from renderers.gpt_oss import GptOssRenderer  # type: ignore[import-not-found]

        from openai_harmony import load_harmony_encoding  # 0.0.8

        self._renderer, self._config = GptOssRenderer, GptOssRendererConfig
        self._encoding = load_harmony_encoding("HarmonyGptOss")

    def chat_in(self, input: Data) -> Data:
        request = input["request"]
        effort = request.get("reasoning_effort")
        if input.get("options") or request.keys() - {"messages", "tools", "reasoning_effort", "model", "temperature"}:
            return {"not_offered": "a renderer is given messages and tools, and no such options"}
        if effort not in EFFORTS:
            return {"error": f"there is no effort {effort!r}"}
        config = self._config(conversation_start_date="0000-00-00", **({"reasoning_effort": effort} if effort else {}))
        messages = _named(request["messages"])
        tokens = self._renderer(self, config).render_ids(
            messages, tools=request.get("tools"), add_generation_prompt=True
        )
        text = self._encoding.decode(tokens)
        # It always writes a date, and lets the model begin with its reasoning; neither is asked for.
        text = text.replace("Current date: 0000-00-00\n", "", 1).removesuffix("<|channel|>analysis<|message|>")
        return {"output": {"text": text}}

    def chat_out(self, input: Data) -> Data:
        if input.get("options", {}).keys() - {"tools"} or "prompt" in input:
            return {"not_offered": "there are no such options"}
        text = input["text"] if "text" in input else self._encoding.decode(input["tokens"])
        parsed = self._renderer(self, self._config()).parse_response(self.encode(f"<|start|>assistant{text}"))
        calls = [
            {"id": f"call_{i}", "type": "function", "function": {"name": call.name, "arguments": call.raw}}
            for i, call in enumerate(parsed.tool_calls)
        ]
        message = {"role": "assistant", "content": parsed.content or None, "reasoning": parsed.reasoning_content}
        return {"output": {"message": {**message, **({"tool_calls": calls} if calls else {})}}}

    # What a renderer wants of a tokenizer ---------------------------------------------------------------

    unk_token_id = None

    def encode(self, text: str, add_special_tokens: bool = False) -> list[int]:
        return self._encoding.encode(text, allowed_special="all")

    def decode(self, tokens: list[int], skip_special_tokens: bool = False) -> str:
        return self._encoding.decode(tokens)

    def convert_tokens_to_ids(self, token: str) -> int:
        return self.encode(token)[0]


def _named(messages: list[Any]) -> list[Any]:
    """Messages with the names of functions in their results, which the client of `renderers` adds."""
    names: dict[str, str] = {}
    made = []
    for message in messages:
        for call in (message.get("tool_calls") if isinstance(message, dict) else None) or ():
            if isinstance(call, dict) and "id" in call and "function" in call:
                names[call["id"]] = call["function"]["name"]
        known = isinstance(message, dict) and message.get("role") == "tool" and message.get("tool_call_id") in names
        made.append({"name": names[message["tool_call_id"]], **message} if known else message)
    return made


class Adapter:
    """Asks the process."""

    def __init__(self) -> None:
        from openai_harmony.conformance import program
        from tests.support.reference import write_vocabulary_source

        folder = Path(os.environ.get(VARIABLE, "")).resolve()
        if not (os.environ.get(VARIABLE) and (folder / "renderers").is_dir()):
            raise ValueError(f"renderers is not installed: {VARIABLE} names no folder that has it")
        [notes] = folder.glob("renderers-*.dist-info")
        self.name = notes.name.removesuffix(".dist-info").replace("-", " ")
        self._vocabulary = tempfile.TemporaryDirectory(prefix="harmony-vocabulary-")
        write_vocabulary_source(Path(self._vocabulary.name))
        environment = [f"PYTHONPATH={folder}", f"TIKTOKEN_ENCODINGS_BASE={self._vocabulary.name}"]
        self._program: Any = program(["env", *environment, sys.executable, __file__], seconds=60)

    def __getattr__(self, kind: str) -> Any:
        if kind not in ("chat_in", "chat_out"):
            raise AttributeError(kind)
        return lambda input: self._asked(kind, input)

    def _asked(self, kind: str, input: Data) -> Data:
        from openai_harmony.conformance import NotOffered, Refused, Row

        answer = self._program.ask(Row("", kind, input, None, ""))
        if answer.form == "not_offered":
            raise NotOffered(answer.reason)
        if answer.form == "error":
            raise Refused(answer.reason)
        if answer.form == "crash":
            raise AssertionError(answer.reason)
        output: Data = answer.output
        return output

    def close(self) -> None:
        self._program.close()
        self._vocabulary.cleanup()


def main() -> None:
    """Answer the questions of the kit."""
    sys.path.pop(0)  # the folder of this file, whose modules have names of libraries
    renderers = Renderers()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = getattr(renderers, asked["op"])(asked["input"])
        except (ValueError, RuntimeError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        except Exception as error:
            answer = {"crash": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
