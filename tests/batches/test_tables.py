"""Tables get the columns that the methods of an encoding give for each row alone."""

from __future__ import annotations

import json
import sys
from typing import Any

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_harmony import Conversation, RenderConversationConfig, Rendered, load_harmony_encoding
from openai_harmony._datasets.values import python_values
from openai_harmony.chat import chat_prompt, conversation_from_request
from openai_harmony.datasets import (
    BadRow,
    BadRowError,
    ParseTask,
    RenderTask,
    parse_table,
    render_table,
    split_bad_rows,
)
from openai_harmony.responses import responses_prompt
from tests.batches.rows_made import BROKEN, chat
from tests.support.effort import examples

pytestmark = pytest.mark.shipped

ENCODING = load_harmony_encoding("HarmonyGptOss")
CHATS = [chat(1), chat(2, "No.")]
KEEP = RenderConversationConfig(auto_drop_analysis=False)
THOUGHT = {"role": "assistant", "content": "4", "reasoning": "A sum."}


def column(table: pyarrow.Table, name: str) -> list[Any]:
    return table.column(name).to_pylist()


# rendering ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [False, True], ids=["structs", "texts"])
def test_chats_become_prompts_beside_their_other_columns(text: bool) -> None:
    messages = [json.dumps(row["messages"]) if text else row["messages"] for row in CHATS]
    table = pyarrow.table({"id": [1, 2], "messages": messages}).replace_schema_metadata({"a": "b"})
    made = render_table(table)
    assert made.column_names == ["id", "messages", "tokens"]
    assert made.schema.metadata == {b"a": b"b"}
    assert made.select(["id", "messages"]).equals(table)
    assert made.schema.field("tokens").type == pyarrow.list_(pyarrow.int32())
    assert column(made, "tokens") == [chat_prompt(ENCODING, row) for row in CHATS]


def test_training_texts_have_their_mask_messages_and_parts() -> None:
    rows = [{"messages": [{"role": "user", "content": "2 + 2?"}, THOUGHT]}, CHATS[0]]
    names = ("tokens", "loss_mask", "labels", "message_indices", "parts", "sampled", "is_content", "text")
    made = render_table(pyarrow.Table.from_pylist(rows), RenderTask("training", columns=names, prefix="x_"))
    assert render_table(pyarrow.Table.from_pylist(rows), RenderTask("training")).column_names[-4:] == [
        *("tokens", "loss_mask", "message_indices", "parts")
    ]
    for number, row in enumerate(rows):
        conversation = conversation_from_request(row, analysis="keep")
        rendered = ENCODING.render_with_spans(conversation, training=True, config=KEEP)
        assert [column(made, f"x_{name}")[number] for name in names] == [
            rendered.tokens,
            list(rendered.loss_mask()),
            [token if bit else -100 for token, bit in zip(rendered.tokens, rendered.loss_mask())],
            list(rendered.message_indices),
            list(rendered.parts),
            list(rendered.sampled),
            list(rendered.is_content),
            ENCODING.decode(rendered.tokens),
        ]
    told = made.schema.field("x_parts").metadata[b"part_names"]
    assert tuple(json.loads(told)) == Rendered.PART_NAMES


def test_a_training_text_is_the_prompt_of_its_last_turn_and_that_turn_with_its_reasoning() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    asked = {"role": "user", "content": "2 + 2?"}
    turn = [
        {"role": "assistant", "reasoning": "Hm.", "tool_calls": [call]},
        {**asked, "role": "tool", "tool_call_id": "a"},
    ]
    for before in (
        [asked],
        [asked, THOUGHT, asked],
        [asked, *turn, asked],
        [asked, *turn, THOUGHT, asked, THOUGHT, asked],
    ):
        [tokens] = column(render_table(table_of([*before, *turn, THOUGHT]), RenderTask("training")), "tokens")
        prompt = chat_prompt(ENCODING, {"messages": before})
        assert tokens[: len(prompt)] == prompt
        assert ENCODING.decode(tokens[len(prompt) :]).count("<|channel|>analysis") == 2
        [kept] = column(
            render_table(table_of([*before, *turn, THOUGHT]), RenderTask("training", options={"analysis": "keep"})),
            "tokens",
        )
        assert (kept == tokens) == (THOUGHT not in before)


def table_of(messages: list[dict[str, Any]]) -> pyarrow.Table:
    return pyarrow.table({"messages": [json.dumps(messages)]})


def test_the_messages_to_train_on_are_chosen_as_in_a_loss_mask() -> None:
    row = {"messages": [{"role": "user", "content": "2 + 2?"}, THOUGHT]}
    task = RenderTask("training", columns=("loss_mask",), policy="all_assistant_messages", on=("final",), stop=False)
    conversation = conversation_from_request(row, analysis="keep")
    rendered = ENCODING.render_with_spans(conversation, training=True, config=KEEP)
    [mask] = column(render_table(pyarrow.Table.from_pylist([row]), task), "loss_mask")
    assert bytes(mask) == rendered.loss_mask("all_assistant_messages", channels=("final",), stop=False)
    assert 0 < sum(mask) < sum(rendered.loss_mask())


def test_conversations_of_this_package_are_rendered_by_the_configuration() -> None:
    request = {"messages": [{"role": "user", "content": "2 + 2?"}, THOUGHT]}
    conversation = conversation_from_request(request, analysis="keep")
    conversation.messages.append(conversation.messages[-1])
    dropping = RenderConversationConfig(analysis="reference")
    for config in (dropping, KEEP):
        wanted = ENCODING.render_conversation(conversation, config)
        table = pyarrow.table({"conversation": [conversation.to_json()]})
        assert column(render_table(table, RenderTask("nothing", config=config)), "tokens") == [wanted]
        listed = pyarrow.table({"messages": [conversation.to_dict()["messages"]]})
        task = RenderTask("nothing", "conversation", config=config)
        assert column(render_table(listed, task), "tokens") == [wanted]
    assert ENCODING.render_conversation(conversation, KEEP) != ENCODING.render_conversation(conversation, dropping)


def test_requests_of_other_apis_and_other_columns_are_told() -> None:
    request = {"input": "[1] Hello", "instructions": '{"not": "JSON"}', "tools": None}
    made = render_table(pyarrow.Table.from_pylist([request]))
    assert column(made, "tokens") == [responses_prompt(ENCODING, request)]
    made = render_table(pyarrow.table({"said": [CHATS[0]["messages"]]}), RenderTask(column="said"))
    assert column(made, "tokens") == [chat_prompt(ENCODING, CHATS[0])]
    task = RenderTask(options={"current_date": "2026-01-31", "builtin_tools": ["python"]})
    wanted = chat_prompt(ENCODING, CHATS[0], current_date="2026-01-31", builtin_tools=["python"])
    assert column(render_table(pyarrow.Table.from_pylist(CHATS[:1]), task), "tokens") == [wanted]


# nulls of structs ---------------------------------------------------------------------------------

PROPERTIES = st.dictionaries(
    st.sampled_from("abcd"),
    st.fixed_dictionaries(
        {}, optional={"description": st.just("d"), "enum": st.just(["x"]), "type": st.just("string")}
    ),
)


def request(properties: dict[str, Any], call: bool) -> dict[str, Any]:
    parameters = {"properties": dict(sorted(properties.items())), "type": "object"}
    function = {"function": {"name": "f", "parameters": parameters}, "type": "function"}
    called = {"function": {"arguments": "{}", "name": "f"}, "id": "a", "type": "function"}
    messages: list[dict[str, Any]] = [{"content": "x", "role": "user"}]
    if call:
        messages += [
            {"role": "assistant", "tool_calls": [called]},
            {"content": "1", "role": "tool", "tool_call_id": "a"},
        ]
    return {"messages": messages, "tools": [function]}


@settings(max_examples=examples(40))
@given(st.lists(st.builds(request, PROPERTIES, st.booleans()), min_size=1, max_size=5))
def test_the_nulls_that_arrow_fills_structs_with_change_nothing(rows: list[dict[str, Any]]) -> None:
    every = {key: {"description": "d", "enum": ["x"], "type": "string"} for key in "abcd"}
    rows = [request(every, True), *rows]  # gives the fields their order
    wanted = [chat_prompt(ENCODING, row) for row in rows]
    assert column(render_table(pyarrow.Table.from_pylist(rows)), "tokens") == wanted
    texts = [{key: json.dumps(value) for key, value in row.items()} for row in rows]
    assert column(render_table(pyarrow.Table.from_pylist(texts)), "tokens") == wanted
    for row in rows:
        function = row["tools"][0]["function"]
        function["parameters"] = json.dumps(function["parameters"])
    assert column(render_table(pyarrow.Table.from_pylist(rows)), "tokens") == wanted


def test_nulls_of_maps_and_lists_are_values() -> None:
    schema = pyarrow.map_(pyarrow.string(), pyarrow.list_(pyarrow.string()))
    function = pyarrow.struct([("name", pyarrow.string()), ("parameters", schema)])
    tools = [{"function": {"name": "f", "parameters": [("enum", ["a", None]), ("default", None)]}, "type": "function"}]
    kind = pyarrow.struct([("function", function), ("type", pyarrow.string())])
    table = pyarrow.table(
        {"messages": [[{"role": "user", "content": "x"}]], "tools": pyarrow.array([tools], pyarrow.list_(kind))}
    )
    parameters = {"enum": ["a", None], "default": None}
    wanted = {
        "messages": [{"role": "user", "content": "x"}],
        "tools": [{"function": {"name": "f", "parameters": parameters}, "type": "function"}],
    }
    assert python_values(table.column("tools")) == [wanted["tools"]]
    assert column(render_table(table), "tokens") == [chat_prompt(ENCODING, wanted)]


# parsing ------------------------------------------------------------------------------------------

TEXT = "<|channel|>analysis<|message|>Hm.<|end|>"
TEXT += "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>"
CUT = "<|channel|>final<|message|>a<|channel|>b"


def tokens(text: str) -> list[int]:
    return ENCODING.encode(text, allowed_special="all")


@pytest.mark.parametrize("form", ["tokens", "text", "JSON"])
def test_completions_become_messages_and_recoveries(form: str) -> None:
    held = {"tokens": tokens, "text": str, "JSON": lambda text: json.dumps(tokens(text))}[form]
    name = "text" if form == "text" else "tokens"
    made = parse_table(pyarrow.table({name: [held(TEXT), held(CUT)]}))
    for number, text in enumerate((TEXT, CUT)):
        result = ENCODING.parse(tokens(text), "assistant")
        row = made.slice(number, 1).to_pylist()[0]
        shown = [{**message, "content": message["content"]} for message in row["messages"]]
        assert Conversation.from_dict({"messages": shown}).messages == result.messages
        assert [(each["kind"], each["text"]) for each in row["recoveries"]] == [
            (fault.kind, fault.text) for fault in result.recoveries
        ]
        assert row["complete"] == result.complete
    assert column(made, "complete") == [True, False]


def test_parsed_messages_are_conversations_that_can_be_rendered() -> None:
    made = parse_table(pyarrow.table({"completion": [TEXT]}), ParseTask(columns=("messages",)))
    again = render_table(made, RenderTask("nothing", "conversation"))
    conversation = Conversation.from_messages(ENCODING.parse(tokens(TEXT), "assistant").messages)
    assert column(again, "tokens") == [ENCODING.render_conversation(conversation)]


def test_the_mode_of_the_parser_makes_faults_bad_rows() -> None:
    table = pyarrow.table({"text": [TEXT, CUT]})
    made = parse_table(table, ParseTask(strictness="pedantic"), errors="column")
    good, [(row, error)] = split_bad_rows(made)
    assert (good.num_rows, row) == (1, 1)
    assert "<|channel|>" in error
    assert column(made, "messages")[1] is column(made, "complete")[1] is None


# bad rows -----------------------------------------------------------------------------------------


ONLY_MESSAGES = [(row, said) for row, said in BROKEN if isinstance(row, dict) and [*row] == ["messages"]]


@pytest.mark.parametrize(("row", "said"), ONLY_MESSAGES)
def test_a_bad_row_raises_or_is_told_in_a_column(row: dict[str, Any], said: str) -> None:
    table = pyarrow.table({"messages": [json.dumps(CHATS[0]["messages"]), _text(row)]})
    with pytest.raises(BadRowError, match=r"^row 1: ") as caught:
        render_table(table)
    assert said in caught.value.error
    made = render_table(table, RenderTask("training", prefix="p_"), errors="column")
    assert column(made, "p_tokens")[1] is column(made, "p_loss_mask")[1] is None
    good, bad_rows = split_bad_rows(made, prefix="p_")
    assert bad_rows == [BadRow(1, caught.value.error)]
    assert good.equals(render_table(table.slice(0, 1), RenderTask("training", prefix="p_")))


def _text(row: dict[str, Any]) -> str | None:
    messages = row.get("messages")
    return messages if messages is None or isinstance(messages, str) else json.dumps(messages)


def test_tables_that_no_row_can_be_read_of_are_refused_at_once() -> None:
    for table, task, said in (
        (pyarrow.table({"a": [1]}), RenderTask(), r"no column to read \(.*messages.*\); the table has a$"),
        (pyarrow.table({"messages": ["[]"]}), RenderTask(column="b"), r"no column to read \(b\)"),
        (pyarrow.table({"messages": ["[]"], "tokens": [1]}), RenderTask(), "column 'tokens' is in the table already"),
    ):
        with pytest.raises(ValueError, match=said):
            render_table(table, task)
    with pytest.raises(TypeError, match=r"expected a pyarrow\.Table, not list"):
        render_table([])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="argument 'errors': 'drop'"):
        render_table(pyarrow.table({"messages": ["[]"]}), errors="drop")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"purpose": "x"}, "argument 'purpose': 'x' is not one of 'completion', 'training', 'nothing'"),
        ({"columns": ("tokens", "tokens")}, "a name comes twice"),
        ({"columns": ("x",)}, "argument 'columns': 'x' is not one of"),
        ({"encoding": "x"}, "Invalid HarmonyEncodingName: x"),
        ({"policy": "x"}, "argument 'policy': 'x' is not one of"),
    ],
)
def test_options_are_checked_before_any_row(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RenderTask(**options)


def test_a_table_without_rows_gets_the_columns_of_others() -> None:
    table = pyarrow.table({"messages": [json.dumps(CHATS[0]["messages"])]})
    for task in (RenderTask("training"), RenderTask()):
        assert render_table(table.slice(0, 0), task).schema == render_table(table, task).schema
    parsed = pyarrow.table({"text": [TEXT]})
    assert parse_table(parsed.slice(0, 0)).schema == parse_table(parsed).schema


def test_without_pyarrow_the_module_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "openai_harmony.datasets")
    with pytest.raises(ImportError, match=r"pip install 'openai-harmony\[batch\]'"):
        __import__("openai_harmony.datasets")
