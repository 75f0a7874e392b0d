"""The command `fuzz` of a package with another vocabulary, however small."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.__main__ import main
from tests.support.generated import edited_spec, generate

SHIPPED = {
    "file: o200k_base.tiktoken": "file: small.tiktoken",
    "packed: o200k_base.bin": "packed: small.bin",
    "sha256: 446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": "sha256: {digest}",
    "bytes: 3613922": "bytes: {size}",
    "ranks: 199998": "ranks: {ranks}",
}


def package_with(folder: Path, pieces: list[bytes]) -> None:
    """A package `harmony_small` in a folder, whose vocabulary has these tokens."""
    source = b"".join(b"%b %d\n" % (base64.b64encode(piece), rank) for rank, piece in enumerate(pieces))
    facts = {"digest": hashlib.sha256(source).hexdigest(), "size": len(source), "ranks": len(pieces)}
    spec = edited_spec(folder, {"encodings.yaml": [(old, new.format(**facts)) for old, new in SHIPPED.items()]})
    (folder / "small.tiktoken").write_bytes(source)
    generate(spec, folder, "harmony_small")
    arguments = ["--spec", str(spec), "--out", str(folder), "--package", "harmony_small"]
    assert main(["vocabulary", *arguments, str(folder / "small.tiktoken")]) == 0


@pytest.mark.parametrize("ranks", [300, 256, 128])
def test_a_small_vocabulary_is_fuzzed_like_any_other(tmp_path: Path, ranks: int) -> None:
    letters = range(ord("a"), ord("z") + 1)
    pieces = [*(bytes([byte]) for byte in range(256)), *(bytes([one, two]) for one in letters for two in letters)]
    package_with(tmp_path, pieces[:ranks])
    done = subprocess.run(
        [sys.executable, "-m", "harmony_small", "fuzz", "--runs", "48", "--seed", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "fuzz: 48 inputs, seed 1: no failures\n"), done.stderr


PROGRAM = """
import random
from harmony_small.fuzzing.choices import RandomChoices
from harmony_small.fuzzing.faults import soup
from harmony_small.fuzzing.material import material

made = material()
tokens = {token for seed in range(300) for token in soup(RandomChoices(random.Random(seed)), made).tokens}
print([token for token in sorted(tokens) if 0 <= token < made.framing.first_special and not made.is_known(token)])
print(made.is_text(255), made.is_text(256), made.is_known(256))
"""


def test_ids_between_a_small_vocabulary_and_the_special_tokens_are_none_of_text(tmp_path: Path) -> None:
    package_with(tmp_path, [bytes([byte]) for byte in range(256)])
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "True False False"], done.stderr
