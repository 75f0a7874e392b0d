"""The grammar is in force: lark, running framing.lark, is the oracle of the table and of what strict parsing reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Token
from lark.exceptions import UnexpectedInput
from lark.parsers.lalr_interactive_parser import InteractiveParser

from codegen.check import checked
from codegen.framing import END_OF_INPUT, Framing, State, compile_framing
from codegen.grammar import STARTS, grammar
from codegen.sources import SpecError
from openai_harmony._generated.framing import FRAMING
from openai_harmony._runtime.reading.machine import Phase
from openai_harmony._runtime.reading.machine import State as RuntimeState
from tests.support.effort import examples
from tests.support.generated import SPEC, edited_spec

SPECIFIED = checked(SPEC)
LARK = grammar(SPECIFIED)
TABLE = compile_framing(SPECIFIED)
TERMINALS = sorted({terminal for state in TABLE.states for terminal in state.steps})
FIELDS = {"author", "given", *(field.name for field in SPECIFIED.message.fields)}
LONGEST = 30  # terminals of a sentence

Sentence: TypeAlias = tuple[str, ...]
# The field of each terminal, or where a sentence is refused; the position behind it where it must not end there.
Reading: TypeAlias = "tuple[str | None, ...] | int"


def table_reading(framing: Framing, start: str, sentence: Sentence) -> Reading:
    fields: list[str | None] = []
    state = framing.starts[start]
    for position, terminal in enumerate(sentence):
        step = framing.states[state].steps.get(terminal)
        if step is None:
            return position
        fields.append(step.field)
        state = step.target
    return tuple(fields[1:]) if framing.states[state].ends else len(sentence)


def lark_reading(start: str, sentence: Sentence) -> Reading:
    parser = LARK.parse_interactive("", start=start)
    for position, terminal in enumerate(sentence):
        try:
            parser.feed_token(Token(terminal, str(position)))
        except UnexpectedInput:
            return position
    if END_OF_INPUT not in parser.accepts():
        return len(sentence)
    found = {
        int(leaf): str(rule.data)
        for rule in parser.feed_eof().iter_subtrees()
        if rule.data in FIELDS
        for leaf in rule.children
    }
    # A step tells the field of the terminal before it, and so that of the last one is never told.
    return tuple(found.get(position) for position in range(len(sentence) - 1))


def shortest_ending(parser: InteractiveParser) -> Sentence:
    """What lark needs to see before the input may end."""
    reached: list[tuple[InteractiveParser, Sentence]] = [(parser, ())]
    for here, path in reached:
        accepted = here.accepts()
        if END_OF_INPUT in accepted:
            return path
        for terminal in sorted(accepted):
            after = here.copy()
            after.feed_token(Token(terminal, ""))
            reached.append((after, (*path, terminal)))
    raise AssertionError("no end")


@st.composite
def sentences(draw: st.DrawFn, start: str) -> Sentence:
    """A walk through lark's parser, which knows nothing of the table."""
    parser = LARK.parse_interactive("", start=start)
    sentence: list[str] = []
    for _ in range(draw(st.integers(0, LONGEST))):
        accepted = sorted(parser.accepts() - {END_OF_INPUT})
        sentence.append(draw(st.sampled_from(accepted)))
        parser.feed_token(Token(sentence[-1], ""))
    return (*sentence, *shortest_ending(parser))


@st.composite
def damaged(draw: st.DrawFn, start: str) -> Sentence:
    """A sentence with a few terminals left out, put in or exchanged."""
    sentence = list(draw(sentences(start)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(sentence)))
        instead = draw(st.lists(st.sampled_from(TERMINALS), max_size=2))
        sentence[at : at + draw(st.integers(0, 2))] = instead
    return tuple(sentence)


@settings(max_examples=examples(300))
@given(st.data(), st.sampled_from(STARTS))
def test_the_table_reads_every_sentence_as_lark_does(data: st.DataObject, start: str) -> None:
    sentence = data.draw(sentences(start))
    assert isinstance(lark_reading(start, sentence), tuple)
    assert table_reading(TABLE, start, sentence) == lark_reading(start, sentence)


@settings(max_examples=examples(300))
@given(st.data(), st.sampled_from(STARTS))
def test_the_table_refuses_what_lark_refuses_at_the_same_terminal(data: st.DataObject, start: str) -> None:
    sentence = data.draw(damaged(start))
    assert table_reading(TABLE, start, sentence) == lark_reading(start, sentence)


def test_no_row_of_the_table_can_be_changed_unnoticed() -> None:
    known = [(start, sentence, lark_reading(start, sentence)) for start in STARTS for sentence in thorough(start)]
    assert all(table_reading(TABLE, start, sentence) == reading for start, sentence, reading in known)
    unnoticed = [
        change
        for change, framing in tampered(TABLE)
        if all(table_reading(framing, start, sentence) == reading for start, sentence, reading in known)
    ]
    assert unnoticed == []


def thorough(start: str) -> Iterator[Sentence]:
    """Sentences over every step of every state, with every terminal behind it, whether or not that fits."""
    yield ()
    ways: dict[int, Sentence] = {TABLE.starts[start]: ()}
    for state in (order := list(ways)):
        for terminal, step in TABLE.states[state].steps.items():
            way = (*ways[state], terminal)
            yield way
            for behind in TERMINALS:
                parser = LARK.parse_interactive("", start=start)
                try:
                    for fed in (*way, behind):
                        parser.feed_token(Token(fed, ""))
                except UnexpectedInput:
                    yield (*way, behind)
                else:
                    yield (*way, behind, *shortest_ending(parser))
            if step.target not in ways:
                ways[step.target] = way
                order.append(step.target)


def tampered(framing: Framing) -> Iterator[tuple[str, Framing]]:
    for number, state in enumerate(framing.states):
        yield f"{number} ends", with_state(framing, number, replace(state, ends=not state.ends))
        for terminal, step in state.steps.items():
            less = {other: kept for other, kept in state.steps.items() if other != terminal}
            changes = {"nothing": less}
            for target in set(range(len(framing.states))) - {step.target}:
                changes[f"to {target}"] = {**less, terminal: replace(step, target=target)}
            if number not in framing.starts.values():  # nothing stands in front of the first step
                changes["another field"] = {**less, terminal: replace(step, field="nonsense")}
            for change, steps in changes.items():
                yield f"{number} {terminal}: {change}", with_state(framing, number, replace(state, steps=steps))


def with_state(framing: Framing, number: int, state: State) -> Framing:
    return replace(framing, states=(*framing.states[:number], state, *framing.states[number + 1 :]))


# its size -----------------------------------------------------------------------------------------


def alike(framing: Framing, one: int, other: int) -> bool:
    """Whether two states read alike for ever."""
    seen = {(one, other)}
    for left, right in (order := list(seen)):
        a, b = framing.states[left], framing.states[right]
        if a.ends != b.ends or a.steps.keys() != b.steps.keys():
            return False
        for terminal in a.steps:
            if a.steps[terminal].field != b.steps[terminal].field:
                return False
            pair = a.steps[terminal].target, b.steps[terminal].target
            if pair not in seen:
                seen.add(pair)
                order.append(pair)
    return True


def superfluous(framing: Framing) -> list[str]:
    """States that read like an earlier one, and states that nothing leads to."""
    reached = set(order := list(framing.starts.values()))
    for state in order:
        new = {step.target for step in framing.states[state].steps.values()} - reached
        reached |= new
        order += sorted(new)
    numbers = range(len(framing.states))
    twins = [f"{j} is {i}" for i in numbers for j in numbers if i < j and alike(framing, i, j)]
    return twins + [f"{i} is never reached" for i in numbers if i not in reached]


def test_the_table_has_no_state_too_many() -> None:
    assert superfluous(TABLE) == []


def test_a_state_too_many_is_noticed() -> None:
    last = len(TABLE.states)
    more = replace(TABLE, states=(*TABLE.states, TABLE.states[1]))
    assert superfluous(more) == [f"{last} is 1", f"{last} is never reached"]


def test_the_generated_table_is_the_compiled_one() -> None:
    assert generated(FRAMING.states) == compiled(TABLE)
    assert (FRAMING.transcript, FRAMING.completion) == (TABLE.starts["transcript"], TABLE.starts["completion"])


def test_a_generated_table_with_a_changed_row_is_noticed() -> None:
    first, *others = FRAMING.states
    changed = first._replace(steps={**first.steps, "END": first.steps["START"]})
    assert generated([changed, *others]) != compiled(TABLE)


def generated(states: Iterable[RuntimeState]) -> list[object]:
    phases = {getattr(Phase, name): name for name in ("EXPECT_START", "HEADER", "CONTENT")}
    return [
        (name, phases[phase], ends, {terminal: tuple(step) for terminal, step in steps.items()})
        for name, phase, ends, steps in states
    ]


def compiled(framing: Framing) -> list[object]:
    return [
        (state.name, state.phase, state.ends, {t: (step.target, step.field) for t, step in state.steps.items()})
        for state in framing.states
    ]


# what has no table --------------------------------------------------------------------------------


def test_a_rule_that_nests_itself_is_refused_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.framing.MOST_STATES", 300)  # the same guard, sooner
    nested = edited_spec(
        tmp_path, {"framing.lark": [("content     : TEXT\n", "content     : TEXT | START content END\n")]}
    )
    with pytest.raises(SpecError) as caught:
        compile_framing(checked(nested))
    assert str(caught.value) == "framing.lark:1:1: the framing has no finite machine; hint: a rule must not nest itself"


def test_a_grammar_that_needs_more_than_one_terminal_of_foresight_is_refused(tmp_path: Path) -> None:
    two = edited_spec(
        tmp_path, {"framing.lark": [("channel     : CHANNEL_NAME\n", "channel     : CHANNEL_NAME | WORD\n")]}
    )
    with pytest.raises(SpecError, match=r"framing\.lark:\d+:\d+: lark refuses the grammar"):
        checked(two)
