# Generated from spec/{channels,chat,contents,encodings,framing,messages,roles,styles,tokens,tools}
# by codegen/templates/completions.py.jinja; edit those and run `make generate`.
"""How a model writes its messages, for the grammars of constrained decoding."""

from __future__ import annotations

from .._runtime.types.forms import NAME, TYPE, Completions, Form, HeaderForm

__all__ = ["COMPLETIONS"]

# None if the format has no chats, which say what a model writes.
COMPLETIONS: Completions | None = Completions(
    opening=(200006, "assistant"),
    one_message=False,
    stop=None,
    forms={
        "reasoning": Form(
            headers=(HeaderForm("analysis", (200005, "analysis", TYPE, 200008)),),
            types=((),),
            before=(),
            after=(),
            stop=200007,
        ),
        "preamble": Form(
            headers=(HeaderForm("commentary", (200005, "commentary", TYPE, 200008)),),
            types=((),),
            before=(),
            after=(),
            stop=200007,
        ),
        "call": Form(
            headers=(
                HeaderForm(
                    "commentary",
                    (" to=functions.", NAME, 200005, "commentary", TYPE, 200008),
                ),
                HeaderForm(
                    "commentary",
                    (200005, "commentary to=functions.", NAME, TYPE, 200008),
                ),
            ),
            types=(
                (" ", 200003, "json"),
                (200003, "json"),
                (" json",),
                (),
            ),
            before=(),
            after=(),
            stop=200012,
        ),
        "builtin_call": Form(
            headers=(
                HeaderForm("analysis", (" to=", NAME, 200005, "analysis", TYPE, 200008)),
                HeaderForm("analysis", (200005, "analysis to=", NAME, TYPE, 200008)),
                HeaderForm("commentary", (" to=", NAME, 200005, "commentary", TYPE, 200008)),
                HeaderForm("commentary", (200005, "commentary to=", NAME, TYPE, 200008)),
            ),
            types=(
                (" code",),
                (),
            ),
            before=(),
            after=(),
            stop=200012,
        ),
        "answer": Form(
            headers=(HeaderForm("final", (200005, "final", TYPE, 200008)),),
            types=(
                (" ", 200003, "json"),
                (200003, "json"),
                (" json",),
                (),
            ),
            before=(),
            after=(),
            stop=200002,
        ),
    },
    engine_stops={
        "vllm": (199999, 200002, 200012),
        "vllm-guidance": (200002,),
        "sglang": (199999, 200002, 200012),
        "llama.cpp": (199999, 200002, 200012),
    },
    entries=201088,
    first_special=199998,
)
