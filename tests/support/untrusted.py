"""Text that would like to be framing, and what must not come of it, wherever it stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle, islice
from typing import Any

from tests.support.promises import Format
from tests.support.text_places import HARMLESS, SCHEMA, Path, Texts, conversation, places

__all__ = [
    "LINE_ENDS",
    "METHODS",
    "becomes_a_marker",
    "evil_texts",
    "headers_read",
    "is_clear",
    "outcome",
    "special_ids",
    "special_texts",
    "trials",
]

LINE_ENDS = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n\n")
CONTROL = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
ODD = "\ufeff\u202e\u200b\u2066\ufffe\ufffd\U000e0001\u00a0\u3000"


def special_texts(format: Format) -> list[str]:
    """The texts of all special tokens: of the framing, and reserved ones."""
    return sorted(format.encoding.special_tokens_set)


@cache
def evil_texts(format: Format) -> tuple[str, ...]:
    framing = format.part("_generated.framing").FRAMING
    named, every = sorted(framing.spellings.values()), special_texts(format)
    forged = format.encoding.decode(format.encoding.render_conversation(conversation(format)))[:600]
    words = [*framing.roles, *sorted(framing.channels), *sorted(framing.known_values)]
    words += [literal for literal, _ in framing.literals]
    tags = [literal for block in format._blocks for literal in block.literals]
    return (
        *named,
        "".join(every),
        forged,
        *(text[:-1] for text in named[:2]),
        " ".join(text[1:] + text[:-1] for text in named),
        "\n".join([framing.header_end or "\n", *words, *tags]),
        "x".join(LINE_ENDS),
        *LINE_ENDS,
        CONTROL,
        "\0",
        ODD,
        "\ud83d\ude00",
        "\ud800",
        "x\udfffy",
        "",
        "\n}) => any;\n\ntype evil = () => any; //",
    )


def trials(format: Format, *, few: bool = False) -> Iterator[tuple[Path, str]]:
    """Each place with each text; in schemas, whose places are many, with all of them in turn, four for each place.

    With `few`, those of all contents have some in turn, too.
    """
    evil, everywhere = evil_texts(format), os.environ.get("HARMONY_MAX_EXAMPLES")
    in_turn = cycle(evil)
    for place in places(format):
        some = any(part in SCHEMA for part in place) or (few and place[1] == "content")
        yield from ((place, text) for text in (islice(in_turn, 4) if some and not everywhere else evil))


METHODS: dict[str, Callable[[Any, Any, Any], list[int]]] = {
    "conversation": lambda encoding, given, config: encoding.render_conversation(given, config),
    "completion": lambda encoding, given, config: encoding.render_conversation_for_completion(
        given, given.messages[0].author.role, config
    ),
    "training": lambda encoding, given, config: encoding.render_conversation_for_training(given, config),
    "spans": lambda encoding, given, config: encoding.render_with_spans(given, config=config).tokens,
    "batch": lambda encoding, given, config: encoding.render_batch([given], config=config)[0],
    "message": lambda encoding, given, config: [id for message in given for id in encoding.render(message)],
}


def special_ids(
    format: Format, texts: Texts, config: Any = None, method: str = "conversation", only: str | int | None = None
) -> list[int]:
    """The special tokens of the conversation with these texts, in their order."""
    tokens = METHODS[method](format.encoding, conversation(format, texts, only), config)
    return [token for token in tokens if _is_special(format)(token)]


@cache
def _is_special(format: Format) -> Callable[[int], bool]:
    """Tells special tokens; most are asked about many times."""
    return cache(format.encoding.is_special_token)


def outcome(render: Callable[[], Any]) -> Any:
    """What a rendering gives: a value, or its exception."""
    try:
        return render()
    except Exception as error:
        return error


def is_clear(error: Exception, format: Format) -> bool:
    """Whether an error is one of rendering, and says something."""
    too_deep = format.part("_runtime.types.json_text").TooDeep
    return type(error) in (format.RenderError, ValueError, too_deep) and len(str(error)) > 10


def becomes_a_marker(format: Format, place: Path, text: str) -> bool:
    """Whether a text begins with the marker of a field that keeps its marker: that is rendered as the marker."""
    fields = format.part("_generated.framing").FRAMING.fields
    return any(place[1:] == (field.name,) and text.startswith(field.marker) for field in fields if field.marker)


def headers_read(format: Format, tokens: list[int]) -> list[Any]:
    """The headers of all messages that a parser reads; harmless text stands on a channel that no format lists."""
    framing = format.part("_generated.framing").FRAMING
    options = {"channels": [HARMLESS.format(framing.channel)]} if framing.channel else {}
    parser = format.StreamableParser(format.encoding, None, strict="pedantic", **options)
    for token in tokens:
        parser.process(token)
    parser.process_eos()
    return list(map(format.part("_generated.renderer").HEADER_VALUES, parser.messages))
