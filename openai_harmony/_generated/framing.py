# Generated from spec/{channels,framing,messages,recoveries,roles,tokens,tools}
# by codegen/templates/framing.py.jinja; edit those and run `make generate`.
"""The framing of a message as a table over terminals, and what becomes a terminal.

A step says which state a terminal leads to, and which field the terminal before it was.
"""

from __future__ import annotations

from .._runtime.reading.machine import Framing, HeaderField, Phase, Reaction, Role, State, Step
from . import enumerations
from .enumerations import RecoveryKind

__all__ = ["FRAMING"]

# The rows come from this grammar:
#
# transcript  : message* last?
# completion  : [given] body transcript
#             | [given] unstopped
#             | message transcript
#             | last
# message     : turn* START author body
# last        : turn* open_turn
#             | turn* START author unstopped
# turn        : START ROLE
# open_turn   : START author
# body        : unstopped stop
# unstopped   : header MESSAGE [content]
# stop        : END | RETURN | CALL
# content     : TEXT
# given       : ROLE
# author      : ROLE | NAMED_ROLE | TOOL_NAME | WORD
# header      : [recipient] [channel] [content_type]
#             | channel recipient [content_type]
#             | channel bare_recipient known_type
#             | recipient [channel] listed_type
#             | channel [recipient] listed_type
# channel     : CHANNEL_NAME
# recipient   : TO_NAME | TOOL_NAME
# bare_recipient : WORD                                  -> recipient
# content_type: WORD | KNOWN | CONSTRAINED
# known_type  : KNOWN                                    -> content_type
#             | CONSTRAINED                              -> content_type
# listed_type : LISTED                                   -> content_type
# CHANNEL_NAME: CHANNEL CHANNEL_WORD
# CONSTRAINED : CONSTRAIN NAME?
# TO_NAME     : TO NAME?
STEPS = (
    # 0: at the start
    {
        "START": Step(1, None),
    },
    # 1: behind START
    {
        "NAMED_ROLE": Step(2, None),
        "ROLE": Step(3, None),
        "TOOL_NAME": Step(2, None),
        "WORD": Step(2, None),
    },
    # 2: behind START NAMED_ROLE
    {
        "CHANNEL_NAME": Step(4, "author"),
        "CONSTRAINED": Step(5, "author"),
        "KNOWN": Step(5, "author"),
        "MESSAGE": Step(6, "author"),
        "TOOL_NAME": Step(7, "author"),
        "TO_NAME": Step(7, "author"),
        "WORD": Step(5, "author"),
    },
    # 3: behind START ROLE
    {
        "CHANNEL_NAME": Step(4, "author"),
        "CONSTRAINED": Step(5, "author"),
        "KNOWN": Step(5, "author"),
        "MESSAGE": Step(6, "author"),
        "START": Step(1, None),
        "TOOL_NAME": Step(7, "author"),
        "TO_NAME": Step(7, "author"),
        "WORD": Step(5, "author"),
    },
    # 4: behind START NAMED_ROLE CHANNEL_NAME
    {
        "CONSTRAINED": Step(5, "channel"),
        "KNOWN": Step(5, "channel"),
        "LISTED": Step(5, "channel"),
        "MESSAGE": Step(6, "channel"),
        "TOOL_NAME": Step(8, "channel"),
        "TO_NAME": Step(8, "channel"),
        "WORD": Step(9, "channel"),
    },
    # 5: behind START NAMED_ROLE CONSTRAINED
    {
        "MESSAGE": Step(6, "content_type"),
    },
    # 6: behind START NAMED_ROLE MESSAGE
    {
        "CALL": Step(0, None),
        "END": Step(0, None),
        "RETURN": Step(0, None),
        "TEXT": Step(10, None),
    },
    # 7: behind START NAMED_ROLE TOOL_NAME
    {
        "CHANNEL_NAME": Step(11, "recipient"),
        "CONSTRAINED": Step(5, "recipient"),
        "KNOWN": Step(5, "recipient"),
        "LISTED": Step(5, "recipient"),
        "MESSAGE": Step(6, "recipient"),
        "WORD": Step(5, "recipient"),
    },
    # 8: behind START NAMED_ROLE CHANNEL_NAME TOOL_NAME
    {
        "CONSTRAINED": Step(5, "recipient"),
        "KNOWN": Step(5, "recipient"),
        "LISTED": Step(5, "recipient"),
        "MESSAGE": Step(6, "recipient"),
        "WORD": Step(5, "recipient"),
    },
    # 9: behind START NAMED_ROLE CHANNEL_NAME WORD
    {
        "CONSTRAINED": Step(5, "recipient"),
        "KNOWN": Step(5, "recipient"),
        "MESSAGE": Step(6, "content_type"),
    },
    # 10: behind START NAMED_ROLE MESSAGE TEXT
    {
        "CALL": Step(0, None),
        "END": Step(0, None),
        "RETURN": Step(0, None),
    },
    # 11: behind START NAMED_ROLE TOOL_NAME CHANNEL_NAME
    {
        "CONSTRAINED": Step(5, "channel"),
        "KNOWN": Step(5, "channel"),
        "LISTED": Step(5, "channel"),
        "MESSAGE": Step(6, "channel"),
        "WORD": Step(5, "channel"),
    },
    # 12: at the start
    {
        "CHANNEL_NAME": Step(4, None),
        "CONSTRAINED": Step(5, None),
        "KNOWN": Step(5, None),
        "MESSAGE": Step(6, None),
        "ROLE": Step(13, None),
        "START": Step(1, None),
        "TOOL_NAME": Step(7, None),
        "TO_NAME": Step(7, None),
        "WORD": Step(5, None),
    },
    # 13: behind ROLE
    {
        "CHANNEL_NAME": Step(4, "given"),
        "CONSTRAINED": Step(5, "given"),
        "KNOWN": Step(5, "given"),
        "MESSAGE": Step(6, "given"),
        "TOOL_NAME": Step(7, "given"),
        "TO_NAME": Step(7, "given"),
        "WORD": Step(5, "given"),
    },
)

# The shortest way to each state, the part of a message that it is in, whether input may end.
STATES = (
    State("", Phase.EXPECT_START, True, STEPS[0]),
    State("START", Phase.HEADER, False, STEPS[1]),
    State("START NAMED_ROLE", Phase.HEADER, True, STEPS[2]),
    State("START ROLE", Phase.HEADER, True, STEPS[3]),
    State("START NAMED_ROLE CHANNEL_NAME", Phase.HEADER, False, STEPS[4]),
    State("START NAMED_ROLE CONSTRAINED", Phase.HEADER, False, STEPS[5]),
    State("START NAMED_ROLE MESSAGE", Phase.CONTENT, True, STEPS[6]),
    State("START NAMED_ROLE TOOL_NAME", Phase.HEADER, False, STEPS[7]),
    State("START NAMED_ROLE CHANNEL_NAME TOOL_NAME", Phase.HEADER, False, STEPS[8]),
    State("START NAMED_ROLE CHANNEL_NAME WORD", Phase.HEADER, False, STEPS[9]),
    State("START NAMED_ROLE MESSAGE TEXT", Phase.CONTENT, True, STEPS[10]),
    State("START NAMED_ROLE TOOL_NAME CHANNEL_NAME", Phase.HEADER, False, STEPS[11]),
    State("", Phase.HEADER, False, STEPS[12]),
    State("ROLE", Phase.HEADER, False, STEPS[13]),
)

# Special tokens by id, and how each is spelled.
TERMINALS = {
    199998: "STARTOFTEXT",
    199999: "ENDOFTEXT",
    200002: "RETURN",
    200003: "CONSTRAIN",
    200005: "CHANNEL",
    200006: "START",
    200007: "END",
    200008: "MESSAGE",
    200012: "CALL",
}

SPELLINGS = {
    "STARTOFTEXT": "<|startoftext|>",
    "ENDOFTEXT": "<|endoftext|>",
    "RETURN": "<|return|>",
    "CONSTRAIN": "<|constrain|>",
    "CHANNEL": "<|channel|>",
    "START": "<|start|>",
    "END": "<|end|>",
    "MESSAGE": "<|message|>",
    "CALL": "<|call|>",
}

# The header: markers with a value behind them, literals that begin a word, and their fields.
MARKERS: dict[str, str] = {
    "CHANNEL": "CHANNEL_NAME",
    "CONSTRAIN": "CONSTRAINED",
}

LITERALS: dict[str, str] = {
    "to=": "TO_NAME",
}

FIELD_OF: dict[str, str] = {
    "CHANNEL_NAME": "channel",
    "CONSTRAINED": "content_type",
    "KNOWN": "content_type",
    "LISTED": "content_type",
    "TOOL_NAME": "recipient",
    "TO_NAME": "recipient",
}

FIELDS = (
    HeaderField("channel", None),
    HeaderField("recipient", None),
    HeaderField("content_type", "<|constrain|>"),
)

ROLES = {
    "user": Role(enumerations.Role.USER, False),
    "assistant": Role(enumerations.Role.ASSISTANT, False),
    "system": Role(enumerations.Role.SYSTEM, False),
    "developer": Role(enumerations.Role.DEVELOPER, False),
    "tool": Role(enumerations.Role.TOOL, True),
}

# What the recovering mode does about a terminal that has no place, by the part it is met in.
REACTIONS = {
    Phase.EXPECT_START: {
        "CALL": Reaction(RecoveryKind.STRAY_STOP, "drop", True),
        "CHANNEL": Reaction(RecoveryKind.MISSING_START, "open_header", True),
        "CONSTRAIN": Reaction(RecoveryKind.MISSING_START, "open_header", True),
        "END": Reaction(RecoveryKind.STRAY_STOP, "drop", True),
        "ENDOFTEXT": Reaction(RecoveryKind.STRAY_STOP, "drop", True),
        "MESSAGE": Reaction(RecoveryKind.MISSING_START, "open_header", True),
        "OTHERS": Reaction(RecoveryKind.STRAY_TOKEN, "drop", False),
        "RETURN": Reaction(RecoveryKind.STRAY_STOP, "drop", True),
        "STARTOFTEXT": Reaction(RecoveryKind.STRAY_TOKEN, "drop", False),
    },
    Phase.HEADER: {
        "CALL": Reaction(RecoveryKind.MISSING_MESSAGE, "close_header", True),
        "END": Reaction(RecoveryKind.MISSING_MESSAGE, "close_header", True),
        "ENDOFTEXT": Reaction(RecoveryKind.MISSING_MESSAGE, "close_header", True),
        "OTHERS": Reaction(RecoveryKind.CONTROL_TOKEN_IN_HEADER, "drop", False),
        "RETURN": Reaction(RecoveryKind.MISSING_MESSAGE, "close_header", True),
        "START": Reaction(RecoveryKind.MISSING_MESSAGE, "close_header", True),
        "STARTOFTEXT": Reaction(RecoveryKind.CONTROL_TOKEN_IN_HEADER, "drop", False),
    },
    Phase.CONTENT: {
        "CHANNEL": Reaction(RecoveryKind.MISSING_STOP, "end_message", True),
        "CONSTRAIN": Reaction(RecoveryKind.STRAY_TOKEN, "drop", True),
        "ENDOFTEXT": Reaction(RecoveryKind.END_OF_TEXT, "stop_message", True),
        "MESSAGE": Reaction(RecoveryKind.REPEATED_MESSAGE, "drop", True),
        "START": Reaction(RecoveryKind.MISSING_STOP, "end_message", True),
    },
}

KINDS = {
    "stray_stop": RecoveryKind.STRAY_STOP,
    "stray_text": RecoveryKind.STRAY_TEXT,
    "stray_white_space": RecoveryKind.STRAY_WHITE_SPACE,
    "missing_start": RecoveryKind.MISSING_START,
    "repeated_start": RecoveryKind.REPEATED_START,
    "missing_stop": RecoveryKind.MISSING_STOP,
    "end_of_text": RecoveryKind.END_OF_TEXT,
    "repeated_message": RecoveryKind.REPEATED_MESSAGE,
    "stray_token": RecoveryKind.STRAY_TOKEN,
    "missing_message": RecoveryKind.MISSING_MESSAGE,
    "truncated_header": RecoveryKind.TRUNCATED_HEADER,
    "missing_role": RecoveryKind.MISSING_ROLE,
    "repeated_role": RecoveryKind.REPEATED_ROLE,
    "glued_role": RecoveryKind.GLUED_ROLE,
    "channel_without_marker": RecoveryKind.CHANNEL_WITHOUT_MARKER,
    "unknown_channel": RecoveryKind.UNKNOWN_CHANNEL,
    "repeated_field": RecoveryKind.REPEATED_FIELD,
    "misplaced_field": RecoveryKind.MISPLACED_FIELD,
    "empty_field": RecoveryKind.EMPTY_FIELD,
    "stray_word": RecoveryKind.STRAY_WORD,
    "control_token_in_header": RecoveryKind.CONTROL_TOKEN_IN_HEADER,
    "unknown_token": RecoveryKind.UNKNOWN_TOKEN,
}

FRAMING = Framing(
    states=STATES,
    transcript=0,
    completion=12,
    content=6,
    between=0,
    opens="START",
    closes_header="MESSAGE",
    text="TEXT",
    role="ROLE",
    named_role="NAMED_ROLE",
    listed="LISTED",
    known_value="KNOWN",
    tool_name="TOOL_NAME",
    word="WORD",
    stops=frozenset({"CALL", "END", "RETURN"}),
    terminals=TERMINALS,
    spellings=SPELLINGS,
    start_id=200006,
    first_special=199998,
    last_special=201088,
    others="OTHERS",
    known=frozenset({"CALL", "CHANNEL", "CONSTRAIN", "END", "MESSAGE", "RETURN", "START"}),
    white_space=(
        " \t\n\x0b\x0c\r\x85\xa0\u1680\u2000\u2001\u2002"
        "\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
        "\u3000"
    ),
    markers=MARKERS,
    literals=tuple(LITERALS.items()),
    may_be_empty=frozenset({"CONSTRAINED", "TO_NAME"}),
    spaced=frozenset({"CONSTRAIN"}),
    only_channels=frozenset({"CHANNEL_NAME"}),
    field_of=FIELD_OF,
    fields=FIELDS,
    written=("recipient", "channel", "content_type"),
    author="author",
    channel="channel",
    recipient="recipient",
    roles=ROLES,
    name_separator=":",
    sampled="assistant",
    channels=frozenset({"analysis", "commentary", "final"}),
    hidden=frozenset({"analysis"}),
    known_values=frozenset({"json", "code"}),
    tool_word_holds=".",
    namespaces=frozenset({"browser", "python"}),
    function_namespace="functions",
    reserved_names=frozenset({"container"}),
    alias="{name}_tool",
    reactions=REACTIONS,
    kinds=KINDS,
    content_begins="{[",
)
