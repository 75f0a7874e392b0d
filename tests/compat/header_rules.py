"""How headers are read that the reference reads otherwise: each documented rule, by name, written from the documents.

`read` gives what a header says, and the rules that the reference does not have and that were needed to read it so.
With no such rule a header says what it says to the reference. docs/differences.md has the reason of each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ["RULES", "Reading", "read"]

ROLES = ("user", "assistant", "system", "developer")
CHANNELS = ("analysis", "commentary", "final")
HIDDEN = "analysis"
SHOWN = {*CHANNELS} - {HIDDEN}
TYPES = ("json", "code")
NAMESPACES = ("python", "browser", "functions")
CHANNEL, CONSTRAIN, TO = "<|channel|>", "<|constrain|>", "to="
_PIECE = re.compile(r"(<\|channel\|>|<\|constrain\|>)?((?:(?!<\|)\S)*)")
_REST_OF_A_HEADER = {
    # What has been read in the order of the format -> what may follow there.
    "": {TO: "R", "tool": "R", CHANNEL: "C", "any": "T", "type": "T", CONSTRAIN: "T"},
    "R": {CHANNEL: "RC", "any": "T", "tool": "T", "listed": "T", "type": "T", CONSTRAIN: "T"},
    "C": {TO: "RC", "tool": "RC", "any": "CW", "listed": "T", "type": "T", CONSTRAIN: "T"},
    "RC": {"any": "T", "tool": "T", "listed": "T", "type": "T", CONSTRAIN: "T"},
    "CW": {"type": "T", CONSTRAIN: "T"},
    "T": {},
}
RULES = {
    "lone word is a type": "A single bare word is the content type, unless it names a tool.",
    "type in any place": "A type is known by its marker or its word, wherever it stands.",
    "role word again": "A role's word behind the author says nothing.",
    "channel word": "A channel's word that no field is in front of lost its marker.",
    "hiding channel wins": "Of two channels the one that is not shown to the user counts.",
    "first one stands": "Of two fields of a kind the first counts.",
    "marker in a name": "A marker begins a field of its own, wherever it stands.",
    "empty field": "A marker with nothing behind it takes the next word; a recipient may be empty if nothing was lost.",
    "white space": "White space of every kind parts words.",
    "no author": "A field's marker or `to=` in the place of the author is that field; the author is missing.",
    "prose before the markers": "Bare words in front of the first marker that are no fields are text.",
    "prose behind a channel": "Bare words behind a channel that are no recipient and type are text on it.",
    "word too many": "A bare word for which there is no field left is reported.",
    "tool's answer to nobody": "A tool's name needs no recipient behind it.",
}


@dataclass(frozen=True)
class Word:
    """A word of a header: a marker or `to=`, if any, and the text behind it."""

    before: str
    text: str
    start: int
    end: int

    def says(self, role: str | None) -> bool:
        """Whether it is a role's word, without a marker."""
        return not self.before and self.text == role

    @property
    def kind(self) -> str:
        if self.before:
            return self.before
        if self.text in ROLES or self.text in CHANNELS:
            return "listed"
        if self.text in TYPES:
            return "type"
        return "tool" if self.text in NAMESPACES or "." in self.text.strip(".") else "any"


@dataclass
class Reading:
    """What a header says, and the rules by which it says so."""

    role: str | None
    name: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    texts: list[tuple[str | None, str]] = field(default_factory=list)  # prose, each with its channel
    rules: set[str] = field(default_factory=set)
    in_order: bool = False  # whether the format lists such a header
    several: bool = False  # whether it says more than one channel

    def messages(self, content: str) -> list[list[Any]]:
        role = self.role or "assistant"
        texts = [[role, self.name, channel, None, None, text] for channel, text in self.texts]
        named = [self.fields.get(name) for name in ("channel", "recipient", "type")]
        return [*texts, [role, self.name, *named, content]]


def read(header: str, role: str | None) -> Reading:
    """What is read of a header, the text before `<|message|>`; `role` is the one that was given."""
    words = [_word(piece) for piece in _PIECE.finditer(header) if piece[0]]
    found = Reading(role)
    if re.search(r"[^\S ]", header):
        found.rules.add("white space")
    if header.count(CHANNEL) > 1:
        found.rules.add("marker in a name")
    words = _author(found, words)
    in_order = _in_order(found, words)
    if not in_order:
        words = _prose_ahead(found, words, header)
        words = _prose_behind_channel(found, words, header)
    _fields(found, words, in_order=in_order)
    if "prose behind a channel" in found.rules and found.fields.get("channel") == HIDDEN:
        _, text = found.texts.pop()  # the channel that is not shown to the user counts for the text as well
        found.texts.append((HIDDEN, text))
    found.in_order = in_order
    if in_order and found.name is not None and "recipient" not in found.fields:
        found.rules.add("tool's answer to nobody")
    return found


def _in_order(found: Reading, words: list[Word]) -> bool:
    """Whether the words behind the author are fields in an order that the format lists."""
    place: str | None = None if found.rules & {"no author", "channel word"} else ""
    shown = [word.start for word in words if word.kind == CHANNEL and word.text not in ("", HIDDEN)]
    for word, behind in zip(words, [*words[1:], None]):
        hides = not word.before and word.text == HIDDEN and any(start < word.start for start in shown)
        if place is None or _lost(word, behind) or word.says(found.role) or hides:
            return False
        place = _REST_OF_A_HEADER[place].get(word.kind)
    return place is not None


def _lost(word: Word, behind: Word | None) -> bool:
    """Whether a marker, or `to=`, lost its value; a recipient may be empty, but not in front of a name or its type."""
    if word.text or word.before not in (TO, CHANNEL):
        return False
    if word.before == CHANNEL:
        return True
    return behind is not None and (behind.kind == "tool" or (behind.before == CONSTRAIN and behind.start == word.end))


def _word(piece: re.Match[str]) -> Word:
    marker, text = piece[1] or "", piece[2]
    if not marker and text.startswith(TO):
        return Word(TO, text.removeprefix(TO), piece.start(), piece.end())
    return Word(marker, text, piece.start(), piece.end())


def _author(found: Reading, words: list[Word]) -> list[Word]:
    if not words:
        return words
    first = words[0]
    if found.role is not None:
        return words[1:] if first.says(found.role) else words
    if first.kind == "listed" and first.text in ROLES:
        found.role = first.text
        return words[1:]
    if first.before:
        found.rules.add("no author")
        return words
    if first.kind == "listed":
        found.rules.add("channel word")
        found.fields["channel"] = first.text
        return words[1:]
    found.role, found.name = "tool", first.text
    return words[1:]


def _prose_ahead(found: Reading, words: list[Word], header: str) -> list[Word]:
    """Bare words before the first marker: fields if they are role and channel words, a tool's name, a type."""
    run = _run(words, 0)
    others = [word for word in run if word.kind != "listed"]
    kinds = [word.kind for word in others]
    fields = (
        not others
        or (kinds[0] == "tool" and (len(kinds) <= 2 or set(kinds[1:]) == {"type"}))
        or (len(kinds) == 1 and (kinds[0] == "type" or len(run) == len(words) == 1))
    )
    if fields:
        return words
    found.rules.add("prose before the markers")
    begin, end = run[0].start, words[len(run)].start if len(run) < len(words) else len(header)
    said = found.fields.get("channel")  # by a word in the place of the author
    channel = HIDDEN if HIDDEN in (run[0].text, said) else said
    if run[0].text == HIDDEN:
        begin = run[0].end + 1
    found.texts.append((channel, header[begin:end]))
    if channel == HIDDEN and not any(word.kind == CHANNEL and word.text for word in words):
        found.rules.add("hiding channel wins")
        found.fields["channel"] = HIDDEN
    return words[len(run) :]


def _prose_behind_channel(found: Reading, words: list[Word], header: str) -> list[Word]:
    """Two or more bare words behind the first channel: text on it, unless they are a recipient and a known type."""
    at = next((i for i, word in enumerate(words) if word.kind == CHANNEL and word.text), None)
    if at is None:
        return words
    if any(word.kind != "listed" and not word.says(found.role) for word in words[:at]):
        return words  # there are fields in front of it
    run = _run(words, at + 1)
    hides = words[at].text != HIDDEN  # the other channel's word is no text, if it is all that is too much
    kept = [word for word in run if not word.says(found.role) and not (hides and word.text == HIDDEN)]
    called = any(word.kind == TO and word.text for word in words)
    if len(kept) < 2 or called or kept[0].kind == "tool" or (len(kept) == 2 and kept[1].kind == "type"):
        return words
    found.rules.add("prose behind a channel")
    behind = at + 1 + len(run)
    end = words[behind].start if behind < len(words) else len(header)
    found.texts.append((words[at].text, header[words[at].end + 1 : end]))
    return words[: at + 1] + words[behind:]


def _run(words: list[Word], begin: int) -> list[Word]:
    end = next((i for i in range(begin, len(words)) if words[i].before), len(words))
    return words[begin:end]


# Fields -------------------------------------------------------------------------------------------

_NAMES = {CHANNEL: "channel", CONSTRAIN: "type", TO: "recipient"}


def _fields(found: Reading, words: list[Word], *, in_order: bool) -> None:
    place, waiting, role = "", "", found.role
    bare: list[Word] = []
    for word in words:
        if word.says(role) and waiting != TO:
            found.rules.add("role word again")
            continue
        fits = _REST_OF_A_HEADER[place].get(word.kind)
        hides = not word.before and _hides(found, word)
        empty = word.before and not word.text and not in_order
        # A field in the place of the author says nothing about what may follow: the author's word may come yet.
        if (
            not hides
            and not (empty and word.kind != CONSTRAIN)
            and not ("no author" in found.rules and word is words[0])
        ):
            place = fits or place
        if empty:
            found.rules.add("empty field")
            waiting = word.before
            continue
        if word.before:
            waiting = ""  # a marker waits for the word behind it, and no longer than up to the next marker
            _take(found, _NAMES[word.before], word.before * (word.before == CONSTRAIN) + word.text)
        elif word.kind == "listed" and (not fits or hides or waiting == CONSTRAIN) and waiting != TO:
            _listed(found, word)
            waiting = "" if word.text in CHANNELS else waiting
        elif waiting and _NAMES[waiting] not in found.fields and not (waiting == CHANNEL and word.text in ROLES):
            found.fields[_NAMES[waiting]] = waiting * (waiting == CONSTRAIN) + word.text
            waiting = ""
        elif word.kind == "tool" and "recipient" not in found.fields:
            found.fields["recipient"] = word.text
        else:
            bare.append(word)
    _bare(found, bare, in_order=in_order)
    if "type" in found.fields:
        _type_rules(found, words)


def _hides(found: Reading, word: Word) -> bool:
    """Whether a word is the channel that is not shown, behind one that is; or another one where there are several."""
    several = found.several and word.text in CHANNELS
    return several or (word.text == HIDDEN and found.fields.get("channel") in SHOWN)


def _type_rules(found: Reading, words: list[Word]) -> None:
    """The reference's type is the last word, if one before it is the recipient."""
    if "recipient" not in found.fields:
        found.rules.add("lone word is a type")
    others = [word for word in words if word.kind != CHANNEL]
    if not found.fields["type"].endswith(others[-1].text):
        found.rules.add("type in any place")


def _take(found: Reading, name: str, value: str) -> None:
    if name not in found.fields:
        found.fields[name] = value
        return
    found.rules.add("first one stands")
    found.several = found.several or name == "channel"
    if name == "channel" and value == HIDDEN != found.fields[name]:
        found.rules.add("hiding channel wins")
        found.fields[name] = value


def _listed(found: Reading, word: Word) -> None:
    if word.text in CHANNELS:
        found.rules.add("channel word")
        _take(found, "channel", word.text)
    elif found.role is None:
        found.role = word.text
    else:
        found.rules.add("role word again")


def _bare(found: Reading, words: list[Word], *, in_order: bool) -> None:
    """Of bare words the last is the type; one before it is a recipient on a channel, before a type that is known."""
    if words and "type" not in found.fields:
        found.fields["type"] = words.pop().text
    if words and in_order:
        found.fields["recipient"] = words.pop().text
    if words:
        found.rules.add("word too many")
