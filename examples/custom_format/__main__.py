"""Copies the spec, adds a channel, generates a package from it, and uses that: `python -m examples.custom_format`.

The package is complete and stands alone. It is made in a temporary folder, or in the folder that the command is given.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import ModuleType

from codegen.__main__ import main as codegen

ROOT = Path(__file__).parents[2]
ADDED = Path(__file__).with_name("plan.yaml")
PACKAGE = "planning_harmony"

# What a model that was trained on the new format might write.
COMPLETION = (
    "<|channel|>analysis<|message|>Two steps.<|end|>"
    "<|start|>assistant<|channel|>plan<|message|>1. Look it up. 2. Answer.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>It is sunny.<|return|>"
)


def changed_spec(folder: Path) -> Path:
    """Copy the spec into a folder, add the channel in front of the last one, and return the copy."""
    spec = Path(shutil.copytree(ROOT / "spec", folder / "spec", dirs_exist_ok=True))
    channels = spec / "channels.yaml"
    before, last, after = channels.read_text(encoding="utf-8").partition("  final:\n")
    channels.write_text(f"{before}{ADDED.read_text(encoding='utf-8')}{last}{after}", encoding="utf-8")
    return spec


def generated(folder: Path) -> ModuleType:
    """Generate the package into a folder, and import it.

    Raises:
        RuntimeError: the generator refuses the spec; it has printed why.
    """
    arguments = ["--spec", str(changed_spec(folder)), "--out", str(folder), "--package", PACKAGE]
    with redirect_stdout(StringIO()) as names:
        if codegen(["generate", *arguments]) != 0:
            raise RuntimeError("the spec is not valid")
    print(f"{PACKAGE}: {len(names.getvalue().split())} files\n")
    sys.path.insert(0, str(folder))
    try:
        return import_module(PACKAGE)
    finally:
        sys.path.remove(str(folder))


def show(package: ModuleType) -> None:
    """Render and parse with the generated package."""
    encoding = package.load_harmony_encoding("HarmonyGptOss")
    system = package.Message.from_role_and_content("system", package.SystemContent.new())
    asked = package.Message.from_role_and_content("user", "How is the weather?")
    completion = encoding.parse_messages_from_completion_text(COMPLETION, "assistant", strict="pedantic")
    tokens = encoding.render_conversation(package.Conversation.from_messages([system, asked, *completion]))
    print("A prompt of the new format names the channel, and its parser knows it:\n")
    print(encoding.decode(tokens).replace("<|end|>", "<|end|>\n"))
    print("The package of this repository reports it:\n")
    shipped = import_module("openai_harmony")
    result = shipped.load_harmony_encoding("HarmonyGptOss").parse(
        encoding.encode(COMPLETION, allowed_special="all"), "assistant"
    )
    for recovery in result.recoveries:
        print(f"  {recovery.kind.value} at tokens {recovery.start} to {recovery.end}")


def main(folder: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        show(generated(Path(folder or temporary)))


if __name__ == "__main__":
    main(*sys.argv[1:])
