"""Changed formats, each an edit of spec files and of nothing else; what must come of it is said in test_variants.py."""

from __future__ import annotations

from tests.support.generated import Edit, SpecEdits


def before(anchor: str, text: str) -> Edit:
    """Puts lines in front of some that stand in a file."""
    return anchor, text + anchor


def instead(old: str, new: str) -> Edit:
    return old, new


CHANNEL = """\
  plan:
    default: true
    shown: true
    doc: What is to be done.
"""
ROLE = """\
  critic:
    author: role
    rank: 5
    doc: Judges answers.
"""
STOP_TOKEN = """\
  YIELD:
    text: "<|yield|>"
    id: 200014
    doc: Ends what the user says.
"""
STOP_RULE = """\
  - token: YIELD
    role: user
    doc: What the user says.
"""
FIELD_TOKEN = """\
  THREAD:
    text: "<|thread|>"
    id: 200013
    doc: Comes before the name of a thread.
"""
FIELD = """\
  thread:
    before: ""
    doc: The thread that the message belongs to.
"""
NAMESPACE = """\
name: calendar
doc: Days and dates.
description: Tool for dates.
tools:
- name: today
  description: What day it is.
"""
CONTENT_FIELD = """\
      mood:
        type: text
        optional: true
        doc: How to sound.
"""
SECTION = """\
      - lines:
          - text: "# Mood\\n\\n{mood}"
"""

TONE = """\
  Tone:
    doc: How an answer sounds.
    members:
      WARM: {value: Warm, written: warmly}
      DRY: {value: Dry, written: dryly}
"""
GLOSSARY = """\
  Glossary:
    doc: Words to use.
    fields:
      words: {type: list of text, doc: The words.}
      strict: {type: flag, doc: Whether others are forbidden.}
  Sample:
    doc: A text to write like.
    fields:
      title: {type: line, doc: Its title.}
      tone: {type: Tone, doc: How it sounds.}
      text: {type: text, optional: true, doc: What it says.}
      form: {type: schema, optional: true, doc: Its form.}
"""
STYLE_CONTENT = """\

  style_content:
    class: StyleContent
    role: developer
    doc: How to write.
    tag: last
    fields:
      tone: {type: Tone, optional: true, default: WARM, doc: The tone.}
      audience: {type: text, doc: For whom.}
      glossary: {type: Glossary, optional: true, doc: The words.}
      headings: {type: list of text, doc: The headings to use.}
      samples: {type: map of Sample, optional: true, quiet: true, doc: Texts to write like.}
      others: {type: list of Sample, optional: true, doc: Texts to avoid.}
    sections:
      - lines:
          - text: "Write {tone} for {audience}"
          - text: "Use {glossary.words}"
            join: ", "
      - each: samples
        heading: "# Samples"
        lines:
          - text: "{title}, {tone}"
            more:
              - text: ":"
                when: text
          - text: "{text}"
            margin: "> "
          - text: "{form}"
      - each: others
        lines:
          - text: "Avoid: {title}"
"""

VARIANTS: dict[str, SpecEdits] = {
    "new_channel": {"channels.yaml": [before("  final:\n", CHANNEL)]},
    "new_role": {"roles.yaml": [before("  tool:\n", ROLE)]},
    "renamed_token": {
        "tokens.yaml": [
            instead('text: "<|message|>"\n    id: 200008', 'text: "<|body|>"\n    id: 200020'),
            instead('text: "<|constrain|>"\n    id: 200003', 'text: "<|typed|>"\n    id: 200021'),
        ]
    },
    "new_stop_token": {
        "tokens.yaml": [before("  CALL:\n", STOP_TOKEN), instead("[RETURN, CALL, END]", "[RETURN, CALL, END, YIELD]")],
        "messages.yaml": [before("  - token: END\n", STOP_RULE)],
        "framing.lark": [instead("END | RETURN | CALL\n", "END | RETURN | CALL | YIELD\n")],
    },
    "new_header_field": {
        "tokens.yaml": [before("  CALL:\n", FIELD_TOKEN)],
        "messages.yaml": [before("  recipient:\n    before:", FIELD)],
        "framing.lark": [
            instead(": [recipient] [channel] [content_type]\n", ": [recipient] [channel] [thread] [content_type]\n"),
            instead("| channel recipient [content_type] ", "| channel recipient [thread] [content_type] "),
            before("recipient   : TO_NAME", "thread      : THREAD_NAME\n"),
            before("CONSTRAINED :", "THREAD_NAME : THREAD NAME\n"),
        ],
    },
    "other_order": {
        "framing.lark": [
            instead(": [recipient] [channel] [content_type]\n", ": [channel] [recipient] [content_type]\n"),
            instead("| channel recipient [content_type] ", "| recipient channel [content_type] "),
        ]
    },
    "type_first": {
        "framing.lark": [
            instead(": [recipient] [channel] [content_type]\n", ": [content_type] [channel] [recipient]\n"),
            instead("| channel recipient [content_type] ", "| channel recipient content_type "),
        ]
    },
    "new_namespace": {"tools/calendar.yaml": NAMESPACE},
    "new_section": {
        "contents.yaml": [
            before("      channel_config:\n        type: ChannelConfig\n", CONTENT_FIELD),
            before("      - tools: tools\n      - lines:\n", SECTION),
        ]
    },
    "new_types": {
        "contents.yaml": [
            before("\nstructures:\n", TONE),
            before("\ncontents:\n", GLOSSARY),
            before("\n  developer_content:\n", STYLE_CONTENT),
        ]
    },
}

# Edits in place that are no addition: what a maintainer may change of what is there; tests.format_edits makes them.
CHANGES: dict[str, SpecEdits] = {
    "renamed_channels": {
        "channels.yaml": [instead("  analysis:\n", "  thoughts:\n"), instead("  final:\n", "  answer:\n")],
        "messages.yaml": [instead("channel: final", "channel: answer")],
        "styles.yaml": [instead("value: final}", "value: answer}")],
        "chat.yaml": [
            instead("reasoning: {channel: analysis}", "reasoning: {channel: thoughts}"),
            instead('"{name}", channel: analysis, content_type', '"{name}", channel: thoughts, content_type'),
            instead("recipient: assistant, channel: analysis}", "recipient: assistant, channel: thoughts}"),
            instead("answer: {channel: final}", "answer: {channel: answer}"),
        ],
    },
    "renamed_role": {
        "roles.yaml": [instead("  developer:\n", "  operator:\n")],
        "contents.yaml": [instead("role: developer", "role: operator")],
        "chat.yaml": [
            instead("  system: {role: developer,", "  system: {role: operator,"),
            instead("  developer: {role: developer,", "  developer: {role: operator,"),
        ],
    },
    "renamed_user": {
        "roles.yaml": [instead("  user:\n", "  human:\n")],
        "chat.yaml": [instead("user: {role: user}", "user: {role: human}")],
    },
    "other_wording": {"contents.yaml": [instead("# Instructions", "# Orders"), instead("Reasoning: ", "Effort: ")]},
    "other_defaults": {
        "contents.yaml": [instead("default: 2024-06", "default: 2025-01"), instead("default: MEDIUM", "default: HIGH")]
    },
    "renamed_tool": {"tools/browser.yaml": [instead("name: browser\n", "name: web\n")]},
}
