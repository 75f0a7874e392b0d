"""What holds of a conversation that was rendered in parts, in every format: no word of one stands here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from openai_harmony._runtime.types.json_text import well_formed
from tests.support.promises import Format

__all__ = ["FIXED", "modes", "what_is_told_is_true", "what_is_told_is_written_the_same"]

FIXED = ("begin", "start", "role", "name", "marker", "header_end", "content", "stop", "opening")


def modes(format: Format) -> st.SearchStrategy[dict[str, Any]]:
    """The ways to render a conversation, as arguments of `render_with_spans`."""
    config = st.sampled_from([None, *(format.RenderConversationConfig(auto_drop_analysis=drop) for drop in (1, 0))])
    roles = [role.value for role in format.Role]
    next_turn = st.sampled_from([None, *roles]).map(lambda role: {"next_turn_role": role})
    kind = next_turn | st.just({"training": True})
    return st.builds(lambda kind, config: {**kind, "config": config}, kind, config)


def written(encoding: Any, conversation: Any, mode: dict[str, Any]) -> Any:
    """What renders ids alone."""
    if mode.get("training"):
        return encoding.render_conversation_for_training(conversation, mode["config"])
    if mode.get("next_turn_role") is not None:
        return encoding.render_conversation_for_completion(conversation, mode["next_turn_role"], mode["config"])
    return encoding.render_conversation(conversation, mode["config"])


def encoding_of_its_own(format: Format, size: int) -> Any:
    """An encoding with an empty cache, and the tokenizer of the one that is shared."""
    made = format.HarmonyEncoding(format.encoding.name, cache_size=size)
    made._made = format.encoding.tokenizer
    return made


def what_is_told_is_written_the_same(format: Format, conversation: Any, mode: dict[str, Any]) -> None:
    """The ids are those of the renderer of ids, and what is told of them does not depend on what is kept."""
    expected = written(format.encoding, conversation, mode)
    told = format.encoding.render_with_spans(conversation, **mode)
    assert told.tokens == expected
    for size in (2**20, 0):
        cold = encoding_of_its_own(format, size)
        for _ in range(2):
            again = cold.render_with_spans(conversation, **mode)
            assert (again.tokens, again.spans(), again.sampled) == (expected, told.spans(), told.sampled)
            assert written(cold, conversation, mode) == expected
        assert again == told
    info = cold.cache_info()
    assert (info.entries, info.bytes) == (0, 0)


def what_is_told_is_true(
    format: Format, conversation: Any, mode: dict[str, Any], unwritten: Mapping[str, str | None]
) -> None:
    """Columns, spans and counts say what the text of the tokens says; `unwritten` are values that no header spells."""
    told = format.encoding.render_with_spans(conversation, **mode)
    _columns_fit(told)
    _text_is_cut_at_the_spans(format, told)
    counts = told.token_counts()
    assert sum(counts.messages) + counts.outside == len(told.tokens)
    assert sum(counts.roles.values()) == sum(counts.channels.values()) == sum(counts.messages)
    by_role = told.role_spans()
    assert sorted(span for spans in by_role.values() for span in spans) == told.message_spans()
    assert {role: sum(span.end - span.start for span in spans) for role, spans in by_role.items()} == counts.roles
    assert {*told.message_spans()}.issuperset(span for spans in told.tool_spans().values() for span in spans)
    for span in told.message_spans():
        assert counts.messages[span.message_index] == span.end - span.start
        message = conversation.messages[span.message_index]
        _contents_are_its_text(format, told, span, message, conversation)
        _header_holds_its_values(format, told, span, message, unwritten)
        _what_is_sampled_reads_back(format, told, span, message)


def _columns_fit(told: Any) -> None:
    """Spans are all tokens, and say what the columns say."""
    spans, names = told.spans(), told.part_names()
    assert [at for span in spans for at in range(span.start, span.end)] == list(range(len(told.tokens)))
    for before, after in pairwise(spans):
        assert (before.message_index, before.part) != (after.message_index, after.part)
    columns = (told.tokens, told.message_indices, told.parts, told.sampled, told.is_content)
    assert {len(column) for column in columns} == {len(names)}
    for span in spans:
        at = slice(span.start, span.end)
        assert {*names[at]} == {span.part}
        assert {*told.message_indices[at]} == {span.message_index}
        assert {*told.is_content[at]} == {span.part == "content"}
    inside = [index for index in told.message_indices if index >= 0]
    assert inside == sorted(inside)
    outside = {span.part for span in spans if span.message_index < 0}
    assert outside <= {"begin", "opening"}
    assert [span.part for span in spans if span.message_index >= 0 and span.part in ("begin", "opening")] == []


def _text_is_cut_at_the_spans(format: Format, told: Any) -> None:
    text = format.encoding.decode(told.tokens)
    cut = [text[span.start : span.end] for span in told.text_spans()]
    assert cut == [format.encoding.decode(told.tokens[span.start : span.end]) for span in told.spans()]
    assert "".join(cut) == text


def _of(told: Any, span: Any, part: str) -> list[int]:
    number = told.PART_NAMES.index(part)
    return [told.tokens[at] for at in range(span.start, span.end) if told.parts[at] == number]


def _contents_are_its_text(format: Format, told: Any, span: Any, message: Any, conversation: Any) -> None:
    rules = importlib.import_module(f"{format.package.__name__}._generated.renderer").RULES
    found = [rules.contents.rule_for(content) for each in conversation.messages for content in each.content]
    tools = any(rule.declares_tools is not None and rule.declares_tools(content) for rule, content in found)
    rules_of = [rules.contents.rule_for(content) for content in message.content]
    texts = [well_formed(rule.text(content, tools)) for rule, content in rules_of]
    assert format.encoding.decode(_of(told, span, "content")) == "".join(texts)
    behind = [rule.behind for rule, _ in rules_of if rule.behind is not None]
    at = told.tokens.index(behind[0], span.start) if behind else None
    assert at is None or (told.part_names()[at] == "marker" and at < span.end)


def _header_holds_its_values(
    format: Format, told: Any, span: Any, message: Any, unwritten: Mapping[str, str | None]
) -> None:
    """A field's value stands behind its markers, and its tokens are those that hold some of it."""
    decode, names = format.encoding.decode, told.part_names()
    role, name = message.author.role.value, message.author.name
    assert names[span.start] == "start"
    assert decode(_of(told, span, "role")) in (role, "" if name else role)
    values = {"name": name, **{field: getattr(message, field) for field in told.PART_NAMES[len(FIXED) :]}}
    for field, value in values.items():
        own = decode(_of(told, span, field))
        if not own:
            is_marker = bool(value) and decode(_of(told, span, "marker")).endswith(value)
            assert not value or value == unwritten.get(field) or is_marker
            continue
        value = well_formed(value)
        end = max(at for at in range(span.start, span.end) if names[at] == field) + 1
        assert decode(told.tokens[span.start : end]).endswith(value)
        assert own.endswith(value) or value.endswith(own)


def _what_is_sampled_reads_back(format: Format, told: Any, span: Any, message: Any) -> None:
    """What a completion holds is one run, which gives the message."""
    sampled = told.sampled[span.start : span.end]
    role = message.author.role.value
    rules = importlib.import_module(f"{format.package.__name__}._generated.renderer").RULES
    if role not in rules.history.sampled:
        assert not any(sampled)
        return
    behind = len(format.encoding.encode(rules.behind_stop))
    run = [told.tokens[span.start + at] for at, bit in enumerate(sampled) if bit]
    assert sampled == b"\0" * (len(sampled) - len(run) - behind) + b"\1" * len(run) + b"\0" * behind
    opened = format.encoding.render_conversation_for_completion(format.Conversation.from_messages([]), role)
    begin = len(format.encoding.render_conversation(format.Conversation.from_messages([])))
    if message.author.name is None:  # a completion is that of a role, and has no name
        assert told.tokens[span.start : span.end - behind] == opened[begin:] + run
        read = partial(format.encoding.parse_messages_from_completion_tokens, strict=False)  # an empty value is a fault
        assert read(run, role) == read(told.tokens[span.start : span.end])
