"""Tables are rendered and parsed in whatever format a package is of."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pyarrow

from tests.formats.made import Made


def test_what_is_rendered_is_parsed_again(made: Made) -> None:
    h = made.package
    datasets: Any = import_module(f"{h.__name__}.datasets")
    chat = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes."}]
    conversation = h.Conversation.from_messages([h.Message.from_role_and_content("user", "Hi")])
    table = pyarrow.table({"messages": [json.dumps(chat), "["], "conversation": [None, conversation.to_json()]})
    prompts = datasets.render_table(table)
    chats = import_module(f"{h.__name__}.chat")
    assert prompts.column("tokens").to_pylist() == [
        chats.chat_prompt(made.encoding, {"messages": chat}),
        made.encoding.render_conversation_for_completion(conversation, "assistant"),
    ]
    whole = datasets.render_table(table, datasets.RenderTask("training"))
    parsed = datasets.parse_table(whole, datasets.ParseTask(role=None, prefix="parsed_", strictness="pedantic"))
    messages = [message for row in parsed.column("parsed_messages").to_pylist() for message in row]
    assert [(message["role"], message["content"]) for message in messages][-3:] == [
        *(("user", "Hi"), ("assistant", "Yes."), ("user", "Hi"))
    ]
    assert sum(whole.column("loss_mask")[0].as_py()) > 0
    assert parsed.column("parsed_complete").to_pylist() == [True, True]
