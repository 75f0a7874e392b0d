"""The Responses API: cases that no row of the pairs can say, since they need objects, or several calls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.responses import ResponseUsage
from openai.types.responses.tool import Mcp

from openai_harmony import Author, ConversionError, Message, Role
from openai_harmony.responses import ResponsesStream, conversation_from_responses, response_output_from
from tests.dialects.response_reading import RESPONSE
from tests.dialects.responses_made import LISTED
from tests.support.samples import ENCODING

MCP = {"type": "mcp", "server_label": "gh", "server_url": "https://gh.example", "require_approval": "never"}
USER = {"role": "user", "content": "Hi"}
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "x"}}


def tools_of(message: Message) -> dict[str, list[str]]:
    """The names of the tools in the opening, by namespace."""
    tools: Any = getattr(message.content[0], "tools") or {}  # noqa: B009  # contents have different fields
    return {name: [tool.name for tool in namespace.tools] for name, namespace in tools.items()}


# what came before -----------------------------------------------------------------------------------


def test_instructions_that_begin_an_input_take_the_place_of_the_earlier_ones() -> None:
    before = conversation_from_responses([{"role": "developer", "content": "Be long."}, USER])
    after = conversation_from_responses(
        [{"role": "developer", "content": "Be brief."}, USER],
        previous=before,
        tools=[{"type": "function", "name": "f"}],
    )
    assert [message.author.role.value for message in after] == ["system", "developer", "user", "user"]
    developer: Any = after.messages[1].content[0]
    assert (developer.instructions, list(developer.tools)) == ("Be brief.", ["functions"])


def test_the_tools_of_a_server_may_be_listed_before() -> None:
    conversation = conversation_from_responses([USER], previous=[LISTED], tools=[MCP])
    assert tools_of(conversation.messages[0]) == {"gh": ["find"]}


def test_items_that_came_before_may_be_references() -> None:
    stored = {"msg_1": {"role": "user", "content": "Hello"}}
    before = [{"id": "msg_1"}, {"type": "item_reference", "id": "msg_1"}]
    conversation = conversation_from_responses([USER], previous=before, resolve=stored.get)
    assert [message.text for message in conversation.messages[1:]] == ["Hello", "Hello", "Hi"]
    with pytest.raises(ConversionError, match=r"previous\[0\]\.id: .* it needs the option resolve="):
        conversation_from_responses([USER], previous=before)


def test_a_search_that_came_before_is_answered_by_the_input() -> None:
    answer = {"role": "assistant", "content": "Yes."}
    assert len(conversation_from_responses([answer], previous=[USER, SEARCH]).messages) == 3
    with pytest.raises(ConversionError, match=r"previous\[1\]: an item of type 'web_search_call' has no result"):
        conversation_from_responses([USER], previous=[USER, SEARCH])


# tools of servers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [["find"], {"tool_names": ["find"]}, {"tool_names": ["find"], "read_only": None}])
@pytest.mark.parametrize("as_object", [False, True])
def test_a_request_may_allow_some_tools_of_a_server(allowed: Any, as_object: bool) -> None:
    listed = {**LISTED, "tools": [{"name": name, "input_schema": {}} for name in ("find", "remove")]}
    tool: Any = {**MCP, "allowed_tools": allowed}
    if as_object:
        tool = Mcp.model_validate(tool)
        assert tool.allowed_tools is not allowed
    [opening, *_] = conversation_from_responses([listed, USER], tools=[tool]).messages
    assert tools_of(opening) == {"gh": ["find"]}
    nested = {**MCP, "allowed_tools": Mcp.model_validate({**MCP, "allowed_tools": allowed}).allowed_tools}
    assert conversation_from_responses([listed, USER], tools=[nested]).messages[0] == opening


@pytest.mark.parametrize("label", ["", "functions", "a.b"])
def test_a_server_is_refused_whose_calls_would_be_those_of_other_tools(label: str) -> None:
    with pytest.raises(ConversionError, match=r"tools\[0\]\.server_label: '.*' cannot begin the name of a tool"):
        conversation_from_responses("Hi", tools=[{**MCP, "server_label": label, "tools": []}])
    with pytest.raises(ConversionError, match=r"input\[0\]\.server_label: '.*' cannot begin the name of a tool"):
        conversation_from_responses([{**LISTED, "server_label": label}])


def test_a_server_may_not_have_the_name_of_a_built_in_tool_beside_it() -> None:
    tool = {**MCP, "server_label": "python", "tools": []}
    assert tools_of(conversation_from_responses("Hi", tools=[tool]).messages[0]) == {"python": []}
    with pytest.raises(ConversionError, match="tools: the server 'python' has the name of a built-in tool beside it"):
        conversation_from_responses("Hi", tools=[tool, {"type": "code_interpreter"}])


def test_a_label_alone_is_no_tool_of_the_server() -> None:
    for recipient, expected in (("gh", "function_call"), ("gh.find", "mcp_call"), ("ghx.find", "function_call")):
        call = Message.from_role_and_content("assistant", "{}").with_recipient(recipient).with_channel("commentary")
        assert [item["type"] for item in response_output_from([call], tools=[MCP])] == [expected]


# counts ---------------------------------------------------------------------------------------------


def counted(usage: Any) -> dict[str, Any]:
    stream = ResponsesStream(ENCODING, RESPONSE)
    stream.feed(ENCODING.encode("<|channel|>final<|message|>Yes<|return|>", allowed_special="all"))
    final: Any = stream.finish(usage=usage)[-1]
    found: dict[str, Any] = final["response"]["usage"]
    return found


def test_an_engine_may_count_otherwise() -> None:
    own = counted(None)
    assert (own["input_tokens"], own["output_tokens"], own["total_tokens"]) == (0, 5, 5)
    assert counted({"input_tokens": 7, "output_tokens": None}) == {**own, "input_tokens": 7, "total_tokens": 12}
    whole = {**own, "input_tokens": 3, "total_tokens": 9, "output_tokens_details": {"reasoning_tokens": 2}}
    read = counted(ResponseUsage.model_validate(whole))
    assert ResponseUsage.model_validate(read) == ResponseUsage.model_validate(whole)


def test_results_are_the_text_of_errors_whatever_their_form() -> None:
    call = {"type": "mcp_call", "server_label": "gh", "name": "find", "arguments": "{}", "output": None}
    said = {
        "no": "no",
        "gone": {"type": "http_error", "code": 404, "message": "gone"},
        '{"content":["x"]}': {"content": ["x"]},
    }
    for text, error in said.items():
        assert conversation_from_responses([{**call, "error": error}]).messages[-1].text == text


# calls and states ---------------------------------------------------------------------------------------------


def test_a_snapshot_does_not_change_when_a_tool_answers() -> None:
    stream = ResponsesStream(ENCODING, RESPONSE, tools=[{"type": "code_interpreter"}])
    stream.feed(ENCODING.encode("<|channel|>analysis to=python code<|message|>1<|call|>", allowed_special="all"))
    data = stream.snapshot()
    text = json.dumps(data)
    stream.tool_result([Message.from_author_and_content(Author(role=Role.TOOL, name="python"), "1")])
    stream.finish()
    assert json.dumps(data) == text
    [item] = ResponsesStream.restore(ENCODING, data).output
    assert item["type"] == "code_interpreter_call"
    assert (item["outputs"], item["status"]) == (None, "in_progress")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        *(("", ""), ("{", "{"), ('{"input"', '{"input"'), ('{ "input" :', '{ "input" :')),
        *(('{"input":"a', "a"), ('{"input":"a\\', "a"), ('{"input":"a\\nb"}', "a\nb")),
        *(('{"input": 1}', '{"input": 1}'), ("ls -l", "ls -l")),
    ],
)
def test_arguments_of_a_custom_tool_that_are_not_as_declared_are_its_input(arguments: str, expected: str) -> None:
    stream = ResponsesStream(ENCODING, RESPONSE, tools=[{"type": "custom", "name": "sh"}])
    text = f"<|channel|>commentary to=functions.sh <|constrain|>json<|message|>{arguments}<|call|>"
    events = [event for token in ENCODING.encode(text, allowed_special="all") for event in stream.feed([token])]
    assert "".join(event.get("delta", "") for event in events) == expected
    [item] = stream.output
    assert item["type"] == "custom_tool_call"
    assert item["input"] == expected


def test_an_input_of_a_custom_tool_goes_on_from_a_snapshot() -> None:
    text = '<|channel|>commentary to=functions.sh <|constrain|>json<|message|>{"input":"a\\n\\u00e9b"}<|call|>'
    stream = ResponsesStream(ENCODING, RESPONSE, tools=[{"type": "custom", "name": "sh"}])
    said = ""
    for token in ENCODING.encode(text, allowed_special="all"):
        stream = ResponsesStream.restore(ENCODING, json.loads(json.dumps(stream.snapshot())))
        said += "".join(event.get("delta", "") for event in stream.feed([token]))
    assert said == "a\néb"


@pytest.mark.parametrize(
    ("recipient", "events"),
    [
        ("python", ["in_progress"]),
        ("browser.search", ["in_progress"]),
        ("gh.find", ["in_progress", "failed"]),
    ],
)
def test_a_call_that_was_cut_off_is_not_told_to_run(recipient: str, events: list[str]) -> None:
    tools: list[Any] = [{"type": "code_interpreter"}, {"type": "web_search"}, MCP]
    stream = ResponsesStream(ENCODING, RESPONSE, tools=tools)
    told = stream.feed(ENCODING.encode(f"<|channel|>analysis to={recipient}<|message|>{{", allowed_special="all"))
    told += stream.finish("length")
    kinds = [event["type"].rpartition("_call.")[2] for event in told if "_call." in event["type"]]
    assert kinds == events
    [item] = stream.output
    assert item["status"] == "incomplete"
