"""A changed format works end to end: each variant is an edit of spec files alone, and everything else follows from it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import fields
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.generated import Edit, edited_spec, generate, imported

NEW_FIELD: dict[str, list[Edit] | str] = {
    "tokens.yaml": [
        (
            "  CALL:\n",
            '  THREAD:\n    text: "<|thread|>"\n    id: 200013\n    doc: Comes before the name of a thread.\n  CALL:\n',
        )
    ],
    "messages.yaml": [
        (
            "  recipient:\n    before:",
            '  thread:\n    before: ""\n    doc: The thread that the message belongs to.\n  recipient:\n    before:',
        )
    ],
    "framing.lark": [
        (
            "header      : [recipient] [channel] [content_type]\n",
            "header      : [recipient] [channel] [thread] [content_type]\n",
        ),
        ("channel     : CHANNEL_NAME\n", "channel     : CHANNEL_NAME\nthread      : THREAD_NAME\n"),
        ("CHANNEL_NAME: CHANNEL NAME\n", "CHANNEL_NAME: CHANNEL NAME\nTHREAD_NAME : THREAD NAME\n"),
    ],
}
OTHER_ORDER: dict[str, list[Edit] | str] = {
    "framing.lark": [
        ("header      : [recipient] [channel] [content_type]\n", "header      : [content_type] [channel] [recipient]\n"),
        ("            | channel recipient [content_type] ", "            | channel recipient content_type "),
    ]
}
VARIANTS: dict[str, dict[str, list[Edit] | str]] = {
    "new_channel": {
        "channels.yaml": [
            ("  final:\n", "  plan:\n    default: true\n    shown: true\n    doc: What is to be done.\n  final:\n")
        ]
    },
    "new_role": {
        "roles.yaml": [("  tool:\n", "  critic:\n    author: role\n    rank: 5\n    doc: Judges answers.\n  tool:\n")]
    },
    "renamed_token": {
        "tokens.yaml": [('text: "<|message|>"\n    id: 200008', 'text: "<|body|>"\n    id: 200020')]
    },
    "new_stop_token": {
        "tokens.yaml": [
            (
                "  CALL:\n",
                '  YIELD:\n    text: "<|yield|>"\n    id: 200014\n    doc: Ends a message of the user.\n  CALL:\n',
            ),
            ("tokens: [RETURN, CALL, END]", "tokens: [RETURN, CALL, END, YIELD]"),
        ],
        "messages.yaml": [
            ("  - token: END\n", "  - token: YIELD\n    role: user\n    doc: The user's turn ends.\n  - token: END\n")
        ],
        "framing.lark": [("END | RETURN | CALL\n", "END | RETURN | CALL | YIELD\n")],
    },
    "new_header_field": NEW_FIELD,
    "other_order": OTHER_ORDER,
    "new_namespace": {
        "tools/calendar.yaml": (
            "name: calendar\ndoc: Dates.\ndescription: Tool for dates.\ntools:\n"
            "- name: today\n  description: What day it is.\n"
        )
    },
    "new_section": {
        "contents.yaml": [
            (
                "      channel_config:\n        type: ChannelConfig\n",
                "      mood:\n        type: text\n        optional: true\n        doc: How to sound.\n"
                "      channel_config:\n        type: ChannelConfig\n",
            ),
            ("      - tools: tools\n      - lines:\n", '      - lines:\n          - text: "# Mood\\n\\n{mood}"\n'
             "      - tools: tools\n      - lines:\n"),
        ]
    },
}


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    name: str = request.param
    package = f"harmony_{name}"
    folder = tmp_path_factory.mktemp(name)
    generate(edited_spec(folder, VARIANTS[name]), folder, package)
    return imported(folder, package)

def test_x(variant):
    h = variant
    enc = h.load_harmony_encoding("HarmonyGptOss")
    print(h.Message)
