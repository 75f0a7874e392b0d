"""Coverage-guided fuzzing of all that the parser promises; run by hand, with atheris from PyPI.

    pip install atheris
    python fuzz/atheris_target.py -max_total_time=600 [folder of earlier inputs]

The bytes that atheris mutates are the decisions of the builders, so that it finds its way through the grammar, and not
only through raw ids. What it finds is printed as tokens; `python -m openai_harmony fuzz --replay` takes them as well.
"""

from __future__ import annotations

import json
import sys

import atheris

with atheris.instrument_imports(include=["openai_harmony"]):
    from openai_harmony.fuzzing.choices import ByteChoices, pick
    from openai_harmony.fuzzing.material import material
    from openai_harmony.fuzzing.properties import PROPERTIES
    from openai_harmony.fuzzing.search import KINDS

BUILDERS = list(KINDS.values())


def one_input(data: bytes) -> None:
    choices = ByteChoices(data)
    example = pick(choices, BUILDERS)(choices, material())
    for promise in PROPERTIES:
        wrong = promise(example)
        if wrong is not None:
            print(json.dumps({"tokens": list(example.tokens), "role": example.role, "detail": wrong}))
            raise AssertionError(f"{promise.__name__}: {wrong}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
