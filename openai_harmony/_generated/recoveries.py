# Generated from spec/recoveries
# by codegen/templates/recoveries.py.jinja; edit those and run `make generate`.
"""What each kind of recovery means, for what shows recoveries to people."""

from __future__ import annotations

__all__ = ["MEANINGS"]

MEANINGS: dict[str, str] = {
    "stray_stop": "A stop token where a message should start. It is dropped.",
    "stray_text": """\
Text where a message or its first field should start. It becomes a separate message without a \
channel.\
""",
    "stray_white_space": "White space where a message should start. It is skipped.",
    "missing_start": "A header without its start token. Its author is the role of completions.",
    "repeated_start": """\
Start tokens repeated, alone or with a role, without a header between them. The last one \
counts.\
""",
    "missing_stop": "A start or channel token inside content. It ends the message before it.",
    "end_of_text": "The end-of-text token instead of a stop token.",
    "repeated_message": "A message token inside content. It is dropped.",
    "stray_token": "A special token that has no meaning at its position. It is dropped.",
    "missing_message": """\
A header without its message token, or with text before it. Text that is not a field becomes \
content, byte for byte.\
""",
    "truncated_header": """\
A header that ends without a message token and without text. It is dropped.\
""",
    "missing_role": """\
A start token without an author after it. The author is the role of completions.\
""",
    "repeated_role": "A second role name in a header. The first one counts.",
    "glued_role": "A role name run together with other role or channel names. They are split.",
    "channel_without_marker": """\
A channel name in place of the role or without its marker. It is the channel.\
""",
    "unknown_channel": """\
A channel that neither the format nor the parser's arguments list. It is kept, unless it \
consists of known words.\
""",
    "repeated_field": """\
A repeated header field. The first one counts, but of two channels a hidden one.\
""",
    "misplaced_field": "A header field at the wrong position.",
    "empty_field": "The marker of a field without a value after it.",
    "stray_word": "A word of a header that is not a field.",
    "control_token_in_header": """\
A special token that is invalid in a header. It never becomes part of a name.\
""",
    "unknown_token": """\
An id outside the vocabulary, or bytes in a header that are not UTF-8. The text has U+FFFD \
instead.\
""",
}
