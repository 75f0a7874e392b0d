"""The columns of the table: which libraries are there, where each is found, and the vocabulary that they all share."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from codegen.load import load
from codegen.vocabulary import unpack_to_source

from .cases import BACKENDS
from .measure import Library

__all__ = ["columns"]

ROOT = Path(__file__).parents[1]
FORK = "oss-harmony==0.0.11"
FORK_FOLDER = ".reference-oss"
# Where tiktoken would download the file from; it looks for the digest of this in its own folder first.
ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{file}"


def columns(reference: Path, scratch: Path, *, quick: bool) -> list[Library]:
    """Ours and the reference, and what else is to be had; a quick run does without."""
    vocabulary = _vocabulary(scratch)
    ours = Library("ours", (ROOT,), {"HARMONY_TOKENIZER": "tiktoken"})
    known = {"TIKTOKEN_ENCODINGS_BASE": str(vocabulary)}
    found = [ours, Library("reference", (reference.resolve(), ROOT), known)]
    if quick:
        return found
    fork = ROOT / FORK_FOLDER
    if _installed(fork):
        found.append(Library("oss-harmony", (fork, ROOT)))
    if find_spec("jinja2") is not None:
        found.append(Library("template", (ROOT,), {"TIKTOKEN_CACHE_DIR": str(vocabulary)}))
    for backend in BACKENDS:
        if find_spec(backend) is not None:
            found.append(Library(backend, (ROOT,), {"HARMONY_TOKENIZER": backend}))
    return found


def _vocabulary(scratch: Path) -> Path:
    """A folder with the source that our packed vocabulary was made from, under the names that others look for."""
    folder = scratch / "vocabulary"
    folder.mkdir()
    for encoding in load(ROOT / "spec").encodings:
        spec = encoding.vocabulary
        source = unpack_to_source((ROOT / "openai_harmony" / "data" / spec.packed).read_bytes(), spec.ranks)
        (folder / spec.file).write_bytes(source)
        address = ADDRESS.format(file=spec.file)
        (folder / hashlib.sha1(address.encode()).hexdigest()).write_bytes(source)
    return folder


def _installed(folder: Path) -> bool:
    """Whether the fork is there or could be installed: it has wheels for some platforms only."""
    if (folder / "openai_harmony").is_dir():
        return True
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="ascii")
    done = subprocess.run([*command, "--target", str(folder), FORK], capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        print(f"{FORK} is left out: {reason[-1] if reason else 'it could not be installed'}", file=sys.stderr)
    return done.returncode == 0
