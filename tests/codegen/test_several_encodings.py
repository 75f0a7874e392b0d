"""A further encoding, as spec/README.md tells to add it: an entry, its vocabulary, and the same special tokens."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

from codegen.__main__ import main
from tests.support.generated import SPEC, edited_spec, generate, imported

SOURCE = b"".join(b64encode(bytes([byte])) + b" %d\n" % byte for byte in range(256))


def test_a_further_encoding_has_its_own_vocabulary_and_the_tokens_of_all(tmp_path: Path) -> None:
    text = (SPEC / "encodings.yaml").read_text(encoding="utf-8")
    entry = text[text.index("  HARMONY_GPT_OSS:\n") :]
    further = entry
    for old, new in {
        "HARMONY_GPT_OSS": "HARMONY_BYTES",
        "HarmonyGptOss": "HarmonyBytes",
        "o200k_base": "single_bytes",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": hashlib.sha256(SOURCE).hexdigest(),
        "bytes: 3613922": f"bytes: {len(SOURCE)}",
        "ranks: 199998": "ranks: 256",
    }.items():
        assert further.count(old) == (2 if old == "o200k_base" else 1)
        further = further.replace(old, new)
    spec = edited_spec(tmp_path, {"encodings.yaml": [(entry, entry + further)]})
    (tmp_path / "single_bytes.tiktoken").write_bytes(SOURCE)
    options = ["--spec", str(spec), "--out", str(tmp_path), "--package", "harmony_two_encodings"]
    assert main(["vocabulary", str(tmp_path / "single_bytes.tiktoken"), *options]) == 0
    generate(spec, tmp_path, "harmony_two_encodings")

    package = imported(tmp_path, "harmony_two_encodings")
    message = package.Message.from_role_and_content("user", "hi")
    first, second = map(package.load_harmony_encoding, package.HarmonyEncodingName)
    assert [member.name for member in package.HarmonyEncodingName] == ["HARMONY_GPT_OSS", "HARMONY_BYTES"]
    assert second.render(message) == [200006, *b"user", 200008, *b"hi", 200007]
    assert first.special_tokens_set == second.special_tokens_set
    for encoding in (first, second):
        assert encoding.parse_messages_from_completion_tokens(encoding.render(message)) == [message]
