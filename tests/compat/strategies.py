"""Conversations and completions as plain data, which is what both libraries are asked about.

Written by hand from what the format allows, not from the spec: what is built from the spec cannot notice a wrong spec.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]

MARKERS = ["<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|return|>", "<|call|>"]
SPELLINGS = [*MARKERS, "<|endoftext|>", "<|reserved_200013|>", "<|start", "|>", "<|", "<|reserved_200006|>"]
# Where tokenizers and line ends go wrong: runs of blanks, contractions, joiners, marks, digits, unassigned letters.
ODDITIES = [
    "   ", "\n\n \n", "\r\n", "\t", "\u00a0", "\u3000\u3000", "\u2028", "\x85", "\x0b", "\x00", "\ufeff", "\u200b",
    "I'LL we'Ve it's", "naïve e\u0301\u0323", "🏳️‍🌈👩‍👩‍👧", "漢字かな交じり文", "١٢٣४५", "ǅungla ǈ", "ﬁ ſ K İ",
    "\U0001e4d0\U00010d40\ua7ce\U000323b0", "12345678", "//\r\n", '{"a": [1, null]}', "functions.f to=x", "// d",
    "} // namespace x", "\uffff\U0010ffff", "\u0378\u0530",
]  # fmt: skip

characters = st.characters(exclude_categories=["Cs"])
texts = st.one_of(
    st.text(characters, max_size=24),
    st.lists(st.sampled_from([*SPELLINGS, *ODDITIES, "word", " of", "text."]), max_size=6).map("".join),
    st.lists(st.one_of(st.text(characters, max_size=6), st.sampled_from(SPELLINGS)), max_size=5).map("".join),
)
strings = st.one_of(st.sampled_from(["", "a", "two words", "// x", "lines\nof\n\ntext\n", "\r\n x\r"]), texts)
maybe = st.none() | strings

# Fields of headers -------------------------------------------------------------------------------

plain_words = st.sampled_from(
    ["x", "functions.get_weather", "python", "browser.search", "größe", "a-b_c.d", "工具", "f'll"]
)
fields = st.one_of(plain_words, strings, st.sampled_from(["all", "", "a b", "to=x", "user", "final"]))
channels = st.sampled_from(["analysis", "commentary", "final", "final", "分析"])
content_types = st.sampled_from(
    ["json", "code", "<|constrain|>json", "<|constrain|>", "application/json", "<|constrain|> x"]
)

# Tools -------------------------------------------------------------------------------------------

floats = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1e16, 1e-5, 4.2e27, 0.21744916277082083, 5e-324, 1.7e308, 123456789.125]),
)
integers = st.one_of(st.integers(-3, 3), st.integers(-(2**70), 2**70), st.integers(2**63 - 2, 2**63 + 2))
integers |= st.integers(2**64 - 3, 2**64 + 3) | st.integers(-(2**63) - 3, -(2**63) + 3)
scalars = st.one_of(st.none(), st.booleans(), integers, floats, strings)
names = st.one_of(st.sampled_from(["a", "b", "location", "null_is_in_here", "a b", ""]), strings)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=5
)
type_words = st.sampled_from(["string", "number", "integer", "boolean", "object", "array", "null", "weird"])
NOTES = {
    "title": strings | json_values,
    "description": strings | json_values,
    "default": json_values,
    "examples": st.lists(json_values, max_size=3) | json_values,
    "enum": st.lists(json_values, max_size=3) | st.lists(strings, max_size=3) | json_values,
    "nullable": st.booleans() | json_values,
}


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts: dict[str, st.SearchStrategy[Any]] = {
        "type": st.one_of(type_words, st.lists(type_words, max_size=3), json_values),
        "properties": st.dictionaries(names, inner, max_size=4) | json_values,
        "required": st.lists(names, max_size=3) | json_values,
        "items": inner | json_values,
        "oneOf": st.lists(inner, max_size=3) | json_values,
        "anyOf": st.lists(inner, max_size=2),
        "$ref": strings,
        **NOTES,
    }
    likely = st.fixed_dictionaries(
        {"type": type_words},
        optional={
            "properties": st.dictionaries(names, inner, max_size=4),
            "required": st.lists(names, max_size=3),
            "items": inner,
            "description": strings,
            "default": scalars,
            "enum": st.lists(strings, max_size=3),
            "nullable": st.booleans(),
        },
    )
    return st.one_of(
        likely,
        st.fixed_dictionaries({"oneOf": st.lists(inner, max_size=3)}, optional=NOTES),
        st.fixed_dictionaries({}, optional=parts),
    )


leaves = st.fixed_dictionaries({"type": type_words}, optional=NOTES) | json_values
schemas = st.recursive(leaves, _schemas, max_leaves=6)
parameters = st.none() | schemas.filter(lambda schema: isinstance(schema, dict))

tools = st.fixed_dictionaries({"name": fields, "description": strings}, optional={"parameters": parameters})
namespaces = st.fixed_dictionaries(
    {"name": st.sampled_from(["functions", "browser", "x"]) | strings, "tools": st.lists(tools, max_size=3)},
    optional={"description": maybe},
)
namespace_maps = st.dictionaries(st.sampled_from(["functions", "browser", "B", "é"]) | strings, namespaces, max_size=3)

# Contents ----------------------------------------------------------------------------------------

text_contents = st.builds(lambda text: {"type": "text", "text": text}, strings)
channel_configs = st.fixed_dictionaries(
    {"valid_channels": st.lists(channels | strings, max_size=4), "channel_required": st.booleans()}
)
system_contents = st.fixed_dictionaries(
    {"type": st.just("system_content")},
    optional={
        "model_identity": maybe,
        "reasoning_effort": st.sampled_from([None, "Low", "Medium", "High"]),
        "conversation_start_date": maybe,
        "knowledge_cutoff": maybe,
        "channel_config": st.none() | channel_configs,
        "tools": st.none() | namespace_maps,
    },
)
developer_contents = st.fixed_dictionaries(
    {"type": st.just("developer_content")}, optional={"instructions": maybe, "tools": st.none() | namespace_maps}
)
contents = st.one_of(text_contents, text_contents, system_contents, developer_contents)

# Messages ----------------------------------------------------------------------------------------

roles = st.sampled_from(["user", "assistant", "assistant", "system", "developer", "tool"])
HEADER = {"name": st.none() | fields, "channel": st.none() | channels | fields, "recipient": st.none() | fields}
HEADER["content_type"] = st.none() | content_types | fields


def _wild(role: str) -> st.SearchStrategy[Data]:
    content = strings | st.lists(contents, max_size=3)
    return st.fixed_dictionaries({"role": st.just(role), "content": content}, optional=HEADER)


def _tame(role: str) -> st.SearchStrategy[Data]:
    """What programs send: each role with its own contents, and fields that fit it."""
    texts_only = strings | st.lists(text_contents, max_size=2)
    if role == "system":
        return st.fixed_dictionaries({"role": st.just(role), "content": st.lists(system_contents, max_size=2)})
    if role == "developer":
        return st.fixed_dictionaries({"role": st.just(role), "content": st.lists(developer_contents, max_size=2)})
    if role == "user":
        return st.fixed_dictionaries({"role": st.just(role), "content": texts_only})
    if role == "tool":
        fixed = {"role": st.just(role), "content": texts_only, "name": plain_words, "recipient": st.just("assistant")}
        return st.fixed_dictionaries(fixed, optional={"channel": channels})
    said = st.fixed_dictionaries({"role": st.just(role), "content": texts_only}, optional={"channel": channels})
    call = {"role": st.just(role), "content": texts_only, "recipient": plain_words, "channel": channels}
    return said | st.fixed_dictionaries(call, optional={"content_type": content_types})


tame_messages = roles.flatmap(_tame)
messages = st.one_of(tame_messages, tame_messages, roles.flatmap(_wild))
conversations = st.lists(messages, max_size=6)
spoken = st.one_of(*(st.lists(tame, max_size=5) for tame in (tame_messages, tame_messages, messages)))

# Completions -------------------------------------------------------------------------------------


@st.composite
def headers(draw: st.DrawFn, author: str) -> str:
    """What stands between the author and the message marker: each spelling that the format allows."""
    channel = draw(
        st.sampled_from(["", "<|channel|>final", "<|channel|>commentary", "<|channel|>analysis", "<|channel|>x"])
    )
    recipient = draw(plain_words)
    kind = draw(
        st.sampled_from(["", "", " json", " code", " <|constrain|>json", "<|constrain|>json", " <|constrain|>"])
    )
    shapes = [channel, f" to={recipient}{channel}{kind}", f"{channel} to={recipient}{kind}"]
    shapes += [
        f"{channel} functions.f",
        f"{channel} python{kind or ' code'}",
        f"{channel}{kind}",
        f"{channel} {recipient}",
    ]
    if author == "tool":
        shapes = shapes[1:3]
    return draw(st.sampled_from(shapes))


@st.composite
def completions(draw: st.DrawFn) -> tuple[str, str | None]:
    """A well-formed completion as text with markers, and the role that its prompt ended in."""
    role = draw(st.sampled_from(["assistant", "assistant", None]))
    written = []
    for index in range(draw(st.integers(1, 4))):
        author = draw(st.sampled_from(["assistant", "assistant", "assistant", "user", "tool"]))
        word = draw(plain_words) if author == "tool" else author
        opening = f"<|start|>{word}"
        if index == 0 and role is not None:
            author, opening = "assistant", draw(st.sampled_from(["", "", "assistant"]))
        text = draw(st.lists(st.sampled_from(["word", *ODDITIES]) | st.text(characters, max_size=8), max_size=4))
        stop = draw(st.sampled_from(["<|end|>", "<|call|>", "<|return|>"]))
        written.append(f"{opening}{draw(headers(author))}<|message|>{unmarked(''.join(text))}{stop}")
    unstopped = draw(st.booleans())
    whole = "".join(written)
    return (whole[: whole.rindex("<|")] if unstopped else whole), role


def unmarked(text: str) -> str:
    """Text that spells no special token, so that it can stand between spelled ones."""
    while "<|" in text or "|>" in text:
        text = text.replace("<|", "").replace("|>", "")
    return text.rstrip("<")
