"""The vocabulary of inputs: ids and words for each terminal of the grammar, and texts that are hard to parse.

All words and ids of a format come from the generated tables; only texts that suit any format belong here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from .._generated.encodings import ENCODINGS
from .._generated.events import BLOCKS
from .._generated.messages import Conversation
from .._parsing import framing_of
from .._runtime.reading.machine import Framing
from ..encoding import HarmonyEncoding, load_harmony_encoding
from .choices import Choices, one_in, pick

__all__ = ["Material", "material"]

PLAIN_TEXTS = (
    "a",
    "Hello  world",
    "The answer is 4.",
    '{"a": 1}',
    "[1, 2]",
    " leading",
    "trailing ",
    "two\nlines\r\n",
    "\n",
    "   ",
    "\t",
    "a.b:c=d",
    "größer ≠ kleiner",
    "日本語の文",
    "👍🏽 family 👨‍👩‍👧‍👦",
    "e\u0301\u0323",
    "\u00a0\u2028\x85",
    "\ufeff\x00\x1f\x7f",
    "\ufffd",
    "{",
    "<|",
    "|>",
)
PLAIN_WORDS = ("word", "yaml", "x", "text/plain", "größe", "工具", "a-b_c", "42", "{}", "<|")
WORD_PARTS = ("name", "f", "get", "_weather", "search", "2", "é", "工", "-x", "{", "a:b", "=")
GLUED = ("The answer", "__READY__", "ly", "{}")  # text that models write directly after a channel
ODD_NUMBERS = (-1, -(2**31), -(2**63), 2**31, 2**32 - 1, 2**32, 2**63, 2**64, 10**30)
HALVES = 512  # how many of the first ids are searched for parts of characters; single bytes are among them
BYTES = 256


class Material:
    """Ids and words of the framing, in the tokens of one encoding. Methods with `choices` choose at random."""

    def __init__(self, encoding: HarmonyEncoding) -> None:
        self.framing: Framing = framing_of(encoding.name)
        framing = self.framing
        self.encoding = encoding
        self._spelled: dict[str, tuple[int, ...]] = {}
        encoding.tokenizer.prepare()  # now, not while an example is drawn
        vocabulary = encoding.tokenizer.vocabulary
        self.ranks: int = vocabulary.count  # ordinary ids are below; there may be a gap before the special ids
        self.alphabet: frozenset[int] = frozenset(
            byte for piece in vocabulary.pieces()[: self.ranks] if len(piece) == 1 for byte in piece
        )
        self.ids: dict[str, int] = {terminal: id for id, terminal in framing.terminals.items()}
        self.markers: list[int] = [self.ids[terminal] for terminal in sorted(framing.known)]
        self.others: list[int] = [id for id in framing.terminals if framing.terminals[id] not in framing.known]
        self.others += [id for id in vocabulary.specials if id not in framing.terminals][:3]
        self.others.append(framing.last_special)
        self.unknown: tuple[int, ...] = (framing.last_special + 1, framing.last_special + 1000, 2**31, 2**32 - 1)
        self.roles: list[str] = [word for word, role in framing.roles.items() if not role.named]
        self.named: list[str] = [word for word, role in framing.roles.items() if role.named]
        self.roles.sort(key=lambda word: word != framing.sampled)
        self.channels: list[str] = sorted(framing.channels)
        self.namespaces: list[str] = sorted(framing.namespaces)
        self.known_values: list[str] = sorted(framing.known_values)
        self.literals: list[str] = [literal for literal, _ in framing.literals]
        spaces = set(framing.white_space) - set(framing.header_end)
        self.spaces: list[str] = self._spellable(sorted(spaces, key=lambda space: space != " "))
        self.words: list[str] = self._spellable(word for word in PLAIN_WORDS if self._is_plain(word))
        self.word_parts: list[str] = self._spellable(WORD_PARTS)
        # Words of headers, single and run together, for use outside of headers.
        self.header_words: list[str] = [*self.roles, *self.channels, *self.named, *self.literals]
        self.header_words += [framing.sampled + channel for channel in self.channels]
        self.header_words += [channel + text for channel in self.channels for text in self._spellable(GLUED)]
        self.header_words += [role + framing.name_separator + "n" for role in self.roles if framing.name_separator]
        self.texts: list[str] = [*self._spellable(PLAIN_TEXTS), *framing.spellings.values(), *self.header_words]
        self.texts += [literal for block in BLOCKS for literal in block.literals]
        self.behind_header: tuple[int, ...] = self.spell(framing.behind_header)
        self.behind_stop: tuple[int, ...] = self.spell(framing.behind_stop)
        first = range(min(HALVES, self.ranks))
        self.halves: list[int] = [id for id in first if "\ufffd" in encoding.decode([id])] or [first[0]]

    def spell(self, text: str) -> tuple[int, ...]:
        """Encode a text as ordinary tokens."""
        found = self._spelled.get(text)
        if found is None:
            found = self._spelled[text] = tuple(self.encoding.encode(text, disallowed_special=()))
        return found

    def framed(self, terminal: str) -> tuple[int, ...]:
        """Return the tokens of a terminal of the framing, with the literal after it."""
        if terminal not in self.ids:
            return self.spell(self.framing.header_end)
        behind = self.behind_header if terminal == self.framing.closes_header else ()
        return (self.ids[terminal], *(self.behind_stop if terminal in self.framing.stops else behind))

    def opening(self, role: str) -> tuple[int, ...]:
        """Return the last tokens of a prompt that leaves the turn of a role open."""
        tokens = self.encoding.render_conversation_for_completion(Conversation.from_messages([]), role)
        return tuple(token for token in tokens if self.framing.terminals.get(token) != self.framing.begins)

    def is_text(self, token: int) -> bool:
        """Whether an id belongs to an ordinary token."""
        return 0 <= token < self.ranks

    def is_known(self, token: int) -> bool:
        """Whether an id exists."""
        return self.is_text(token) or token in self.encoding.tokenizer.vocabulary.specials

    # random words, texts and ids ------------------------------------------------------------------

    def space(self, choices: Choices, least: int = 0) -> str:
        """White space for a header, of at least `least` characters; usually `least` spaces."""
        if not one_in(choices, 8):
            return self.spaces[0] * least
        return "".join(pick(choices, self.spaces) for _ in range(max(least, choices.below(3))))

    def word(self, choices: Choices) -> str:
        """A word that is in no list of the format."""
        word = pick(choices, self.words)
        if one_in(choices, 4):
            made = word + pick(choices, self.word_parts) + pick(choices, self.word_parts)
            return made if self._is_plain(made) else word
        return word

    def tool(self, choices: Choices) -> str:
        """The name of a tool, which the lexer classifies as one."""
        if one_in(choices, 4) and self.namespaces:
            return pick(choices, self.namespaces)
        parts = [pick(choices, self.word_parts), self.framing.tool_word_holds, pick(choices, self.word_parts)]
        return "".join(parts)

    def role(self, choices: Choices) -> str:
        """The word of a role."""
        return pick(choices, self.roles)

    def named_role(self, choices: Choices) -> str:
        """The word of a role with a name, which may be empty or the name of a tool."""
        kind = choices.below(3)
        name = self.word(choices) if kind == 0 else self.tool(choices) if kind == 1 else ""
        return self.role(choices) + self.framing.name_separator + name

    def listed(self, choices: Choices) -> str:
        """One or more words of roles and channels run together, usually one; sometimes a role with a name."""
        if one_in(choices, 4):
            return self.named_role(choices)
        words = self.channels + self.roles
        return "".join(pick(choices, words) for _ in range(1 + max(0, choices.below(5) - 2)))

    def channel(self, choices: Choices) -> str:
        """A channel that the format lists."""
        return pick(choices, self.channels)

    def known_value(self, choices: Choices) -> str:
        """A word that the format lists as a field's value."""
        return pick(choices, self.known_values)

    def text(self, choices: Choices) -> str:
        """A text without surrogates, not empty."""
        parts = [pick(choices, self.texts) for _ in range(1 + choices.below(3))]
        if one_in(choices, 4):
            code = choices.below(0x110000 - 0x800)
            parts += self._spellable([chr(code if code < 0xD800 else code + 0x800)])
        return "".join(parts)

    def content(self, choices: Choices) -> list[int]:
        """Ordinary tokens, at least one; sometimes with an incomplete character."""
        tokens = list(self.spell(self.text(choices)))
        if one_in(choices, 6):
            tokens.insert(choices.below(len(tokens) + 1), pick(choices, self.halves))
        return tokens

    def strange(self, choices: Choices) -> int:
        """An unknown id, or a special token that the framing does not use."""
        return pick(choices, self.others if choices.below(2) else self.unknown)

    def unlikely_id(self, choices: Choices) -> int:
        """A number that is hardly an id of any vocabulary."""
        return pick(choices, ODD_NUMBERS)

    def _spellable(self, texts: Iterable[str]) -> list[str]:
        """Return the texts that the vocabulary can encode; a vocabulary for a single script may lack some bytes."""
        whole = len(self.alphabet) == BYTES
        return [text for text in texts if whole or self.alphabet.issuperset(text.encode())]

    def _is_plain(self, word: str) -> bool:
        framing = self.framing
        listed = {*self.roles, *self.named, *framing.channels, *framing.namespaces, *framing.known_values}
        begins = any(word.startswith(literal) for literal in self.literals)
        role, _, _ = framing.split_name(word)
        is_tool = bool(framing.tool_word_holds) and framing.tool_word_holds in word
        return not (begins or word in listed or role in framing.roles or is_tool)


@cache
def material() -> Material:
    """Return the material for the first encoding of the tables."""
    return Material(load_harmony_encoding(next(iter(ENCODINGS))))


def flat(pieces: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Concatenate pieces of tokens."""
    return tuple(token for piece in pieces for token in piece)
