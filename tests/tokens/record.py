"""Records the texts that a fast backend is checked with when it is built: `python -m tests.tokens.record`.

The ids are tiktoken's.
"""

from __future__ import annotations

import json
from pathlib import Path

from openai_harmony._runtime.tokens.backends.guarded import GUARDED
from openai_harmony._runtime.tokens.backends.recorded_texts import digest, file_name
from openai_harmony._runtime.tokens.vocabulary_file import DATA
from tests.tokens.hard_texts import WORDS, mixtures
from tests.tokens.vocabularies import exact, source

__all__ = ["recorded"]


def recorded() -> str:
    """The contents of the file of recorded texts."""
    made = source()
    texts = ["", " ".join(WORDS), *WORDS[::3], *mixtures(24)]
    rows = [[text, exact().encode_ordinary(text)] for text in texts if GUARDED not in text]
    facts = {"sha256": made.vocabulary.sha256, "split": digest(made.split_pattern), "rows": rows}
    return json.dumps(facts, separators=(",", ":")).replace('],["', '],\n["') + "\n"


if __name__ == "__main__":
    path = Path(DATA, file_name(source().vocabulary))
    path.write_text(recorded(), encoding="ascii")
    print(f"{path.name}: {path.stat().st_size} bytes")
