"""Whole texts: what lark makes of them by framing.lark, strict parsing makes of their tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from codegen.check import checked
from codegen.grammar import STARTS, grammar
from openai_harmony import Author, HarmonyError, Message, Role, TextContent, load_harmony_encoding
from tests.spec.framing_words import (
    BLANKS,
    GIVEN,
    HIDDEN,
    KNOWN_VALUES,
    MARKERS,
    RECIPIENT_LOST,
    ROLE_WORDS,
    SHOWN,
    SPECIFIED,
    TERMINALS,
    TEXT_OF,
    value,
)
from tests.support.effort import examples
from tests.support.generated import Edit, edited_spec

LARK = grammar(SPECIFIED)
ENCODING = load_harmony_encoding("HarmonyGptOss")
MARKER = re.compile("|".join(map(re.escape, MARKERS)))


@cache
def texts(start: str) -> st.SearchStrategy[str]:
    return from_lark(LARK, start=start, explicit=TERMINALS).map(without_blanks_between_messages)


def without_blanks_between_messages(text: str) -> str:
    """Lark, which ignores blanks wherever it does not look for them, would read those too."""
    return BLANKS.sub(r"\1", text)


@st.composite
def damaged(draw: st.DrawFn, start: str) -> str:
    """A text in which pieces between markers, or markers, are left out, doubled or moved."""
    pieces = [piece for piece in re.split(f"({MARKER.pattern}|[ ])", draw(texts(start))) if piece]
    for _ in range(draw(st.integers(1, 2))):
        assume(pieces)
        at = draw(st.integers(0, len(pieces) - 1))
        moved = pieces.pop(at)
        pieces[at:at] = draw(
            st.sampled_from([[], [moved, moved], [draw(st.sampled_from([*MARKERS, f" {KNOWN_VALUES[0]}"]))]])
        )
    return without_blanks_between_messages("".join(pieces))


def tokens_of(text: str) -> list[int]:
    """Each marker as its own id, what stands between them as ordinary text."""
    tokens: list[int] = []
    end = 0
    for marker in MARKER.finditer(text):
        tokens += ENCODING.encode(text[end : marker.start()], disallowed_special=())
        tokens.append(MARKERS[marker[0]])
        end = marker.end()
    return tokens + ENCODING.encode(text[end:], disallowed_special=())


def parsed(start: str, text: str) -> list[Message] | None:
    try:
        role = None if start == "transcript" else GIVEN
        return ENCODING.parse_messages_from_completion_tokens(tokens_of(text), role, strict="pedantic")
    except HarmonyError:
        return None


def parsed_by_lark(start: str, text: str, lark: Lark = LARK) -> list[Message] | None:
    """The messages of lark's own tree; None where it refuses the text."""
    try:
        tree = lark.parse(text, start=start, on_error=tool_name_as_word)
    except UnexpectedInput:
        return None
    if RECIPIENT_LOST.search(text):
        return None  # nor does it look for what follows a literal without a value
    if any(given.children != [GIVEN] for given in tree.find_data("given")):
        return None  # the grammar does not know which role the prompt ended in
    found = list(messages_in(tree))
    if any(map(hides_again, found)) or any(map(opened_by_another, messages_of(tree))):
        return None
    roles_again = any(m.content_type == m.author.role.value for m in found if m.author.name is None)
    return None if roles_again else found


def hides_again(message: Message) -> bool:
    """Whether a shown channel stands before the word of a hidden one: the grammar does not know which are hidden."""
    return message.channel in SHOWN and message.content_type in HIDDEN


def opened_by_another(node: Tree[Any]) -> bool:
    """Whether a turn is opened again in another role: the grammar compares no words, the reader does."""
    turns = [str(turn.children[-1]) for turn in node.children if isinstance(turn, Tree) and turn.data == "turn"]
    authors = [part for part in node.iter_subtrees() if part.data == "author"]
    return any(author_of(str(author.children[0])).role.value != turn for author in authors for turn in turns)


def tool_name_as_word(error: UnexpectedInput) -> bool:
    """A tool's name, or a known value, is a word where it cannot stand; lark's lexer, with merged states, is late."""
    if not isinstance(error, UnexpectedToken) or "WORD" not in error.accepts:
        return False
    if error.token.type not in ("TOOL_NAME", "KNOWN"):
        return False
    error.interactive_parser.feed_token(Token("WORD", error.token))
    return True


def messages_of(tree: Tree[Any]) -> Iterator[Tree[Any]]:
    return (node for node in tree.iter_subtrees_topdown() if node.data in ("message", "last", "completion"))


def messages_in(tree: Tree[Any]) -> Iterator[Message]:
    for node in messages_of(tree):
        parts = {str(part.data): part for part in node.children if isinstance(part, Tree)}
        unstopped = parts["body"].children[0] if "body" in parts else parts.get("unstopped")
        if isinstance(unstopped, Tree):
            yield message(parts.get("author"), *unstopped.children)


def message(author: Any, header: Any, marker: Any, *content: Any) -> Message:
    fields = {
        field.data: value(field.children[0].type, field.data, str(field.children[0])) for field in header.children
    }
    text = "".join(map(str, content[0].children)) if content else ""
    return Message(author_of(author.children[0] if author else GIVEN), [TextContent(text)], **fields)


def author_of(word: str) -> Author:
    role, colon, name = word.partition(SPECIFIED.name_separator)
    if role in ROLE_WORDS:
        return Author(Role(role), name if colon else None)
    (tool,) = (role.word for role in SPECIFIED.roles.values() if role.author == "name")
    return Author(Role(tool), word)


@settings(max_examples=examples(300))
@given(st.data(), st.sampled_from(STARTS))
def test_strict_parsing_reads_the_grammars_own_texts_as_lark_does(data: st.DataObject, start: str) -> None:
    text = data.draw(texts(start))
    assert parsed(start, text) == parsed_by_lark(start, text)


@settings(max_examples=examples(300))
@given(st.data(), st.sampled_from(STARTS))
def test_strict_parsing_refuses_the_texts_that_lark_refuses(data: st.DataObject, start: str) -> None:
    text = data.draw(damaged(start))
    assert parsed(start, text) == parsed_by_lark(start, text)


KNOWN = {
    " to=functions.f<|channel|>commentary <|constrain|>json<|message|>{}<|call|>": ("functions.f", "<|constrain|>json"),
    "<|channel|>commentary to=functions.f json<|message|>{}<|call|>": ("functions.f", "json"),
    "<|channel|>commentary functions.f json<|message|>{}<|call|>": ("functions.f", "json"),
    "assistant<|channel|>commentary f code<|message|>{}<|call|>": ("f", "code"),
    "<|channel|>commentary functions.f<|message|>{}<|call|>": ("functions.f", None),
    "<|channel|>commentary code<|message|>{}<|call|>": (None, "code"),
    "<|channel|>commentary final<|message|>{}<|call|>": (None, "final"),
    "<|channel|>commentary to=f userfinal<|message|>{}<|call|>": ("f", "userfinal"),
    " to=f<|channel|>commentary user:bob<|message|>{}<|call|>": ("f", "user:bob"),
    "<|start|>assistant<|start|>assistant<|channel|>commentary<|message|>{}<|call|>": (None, None),
}


def test_both_refuse_a_hidden_channels_word_behind_a_shown_channel() -> None:
    to, marker, end = (TEXT_OF["TO"], TEXT_OF["CHANNEL"], TEXT_OF["MESSAGE"])
    text = f" {to}{marker}{min(SHOWN)} {min(HIDDEN)}{end}"
    assert parsed("completion", text) is None
    assert parsed_by_lark("completion", text) is None


def differing(lark: Lark) -> list[str]:
    return [text for text in KNOWN if parsed("completion", text) != parsed_by_lark("completion", text, lark)]


@pytest.mark.shipped
def test_both_read_what_is_known_of_headers() -> None:
    for text, (recipient, content_type) in KNOWN.items():
        fields = {"channel": "commentary", "recipient": recipient, "content_type": content_type}
        assert parsed("completion", text) == [Message(Author(Role.ASSISTANT), [TextContent("{}")], **fields)]
    assert differing(LARK) == []


@pytest.mark.shipped
@pytest.mark.parametrize(
    ("edit", "unread"),
    [
        (("| channel recipient [content_type] ", "| channel recipient "), 2),
        (("| recipient [channel] listed_type ", "| recipient listed_type "), 1),
        (("| channel [recipient] listed_type ", "| channel recipient listed_type "), 1),
        (("message     : turn* START author body\n", "message     : START author body\n"), 1),
        (("TO_NAME | TOOL_NAME                     ", "TO_NAME"), 1),
        (("WORD | KNOWN | CONSTRAINED\n", "WORD | KNOWN\n"), 1),
        (("completion  : [given] body transcript\n", "completion  : body transcript\n"), 1),
    ],
)
def test_a_grammar_that_says_less_than_the_parser_reads_is_noticed(tmp_path: Path, edit: Edit, unread: int) -> None:
    spec = edited_spec(tmp_path, {"framing.lark": [edit]})
    for further in ("styles.yaml", "chat.yaml", "dialects.yaml"):  # their headers need all of the grammar
        (spec / further).unlink()
    less = grammar(checked(spec))
    assert len(differing(less)) == unread
