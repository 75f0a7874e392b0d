"""The oracle itself: it is the reference, it is never skipped, and it has nothing of ours but the vocabulary."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import openai_harmony
from tests.support.reference import ReferenceMissing, reference, reference_folder, write_vocabulary_source


def test_a_missing_reference_fails_and_says_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARMONY_REFERENCE", str(tmp_path))
    with pytest.raises(ReferenceMissing, match="`make test` installs it"):
        reference_folder()


def test_the_reference_and_ours_are_two_packages() -> None:
    assert str(reference_folder()) in reference().where()
    assert openai_harmony.__file__ not in reference().where()
    version = "__import__('importlib.metadata').metadata.version('openai-harmony')"
    assert reference().ask([("py", {"code": version})]) == [{"output": {"repr": "'0.0.8'"}}]


def test_the_reference_is_compiled_and_ours_is_not() -> None:
    (answer,) = reference().ask([("py", {"code": "oh.openai_harmony.__file__.endswith(('.so', '.pyd'))"})])
    assert answer == {"output": {"repr": "True"}}
    assert not hasattr(openai_harmony, "openai_harmony")


def test_answers_come_in_the_order_of_the_questions() -> None:
    answers = reference().ask(("py", {"code": str(number)}) for number in range(5))
    assert [answer["output"]["repr"] for answer in answers] == ["0", "1", "2", "3", "4"]


def test_the_vocabulary_is_the_one_that_the_reference_knows(tmp_path: Path) -> None:
    source = write_vocabulary_source(tmp_path)
    assert source.name == "o200k_base.tiktoken"
    digest = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
    assert hashlib.sha256(source.read_bytes()).hexdigest() == digest
