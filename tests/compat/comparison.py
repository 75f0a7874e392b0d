"""When an answer of ours is the reference's, and how an answer is shown in a few words."""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

from tests.support.operations import answer

__all__ = ["our_answer", "same", "shown", "shown_question"]

Answer: TypeAlias = dict[str, Any]

READING = ("parse", "recover", "stream")
LONGEST = 72


def our_answer(op: str, question: dict[str, Any]) -> Answer:
    """What the library of this process answers, as it would come out of another process."""
    plain: Answer = json.loads(json.dumps(answer(op, question)))
    return plain


def same(op: str, theirs: Answer, ours: Answer) -> bool:
    """Whether ours is what the reference answers.

    Our errors may be children of the reference's; those of reading say more, behind the reference's own words.
    """
    if "error" in theirs or "error" in ours:
        return "error" in theirs and "error" in ours and _same_error(op, theirs["error"], ours["error"])
    if op == "stream":
        return _same_stream(theirs["output"], ours["output"])
    return _text(theirs["output"]) == _text(ours["output"])


def _same_error(op: str, theirs: Answer, ours: Answer) -> bool:
    if theirs["type"] not in ours["bases"]:
        return False
    return (
        _same_complaint(theirs["message"], ours["message"]) if op in READING else theirs["message"] == ours["message"]
    )


def _same_complaint(theirs: str, ours: str) -> bool:
    """Behind the reference's words only the place may follow."""
    return ours == theirs or ours.startswith(f"{theirs} (")


def _same_stream(theirs: Answer, ours: Answer) -> bool:
    if len(theirs["steps"]) != len(ours["steps"]):
        return False
    for (complaint, *fields), (our_complaint, *our_fields) in zip(theirs["steps"], ours["steps"]):
        if fields != our_fields or (complaint is None) != (our_complaint is None):
            return False
        if complaint is not None and not _same_complaint(complaint, our_complaint):
            return False
    return _text({**theirs, "steps": []}) == _text({**ours, "steps": []})


def _text(value: object) -> str:
    """Equal for equal data of equal types, in equal order: 1, 1.0 and True are three things."""
    return json.dumps(value)


# In a few words -----------------------------------------------------------------------------------


def shown_question(op: str, question: dict[str, Any]) -> str:
    if op == "py":
        return _cut(question["code"])
    if op == "tool_schema":
        return _cut(json.dumps(question["parameters"]))
    if op not in READING:
        return _cut(json.dumps(question))
    parts = [question["text"] if "text" in question else str(question["tokens"])]
    if "role" in question:
        parts.append(f"role={question['role']}")
    if "strict" in question:
        parts.append(f"strict={question['strict']}")
    return _line(", ".join(parts))


def shown(op: str, answer: Answer, other: Answer) -> str:
    """An answer, from where it differs from the other one if both begin alike."""
    if op == "stream":
        return _cut(_first_difference(answer["output"], other["output"]))
    text, other_text = _answer(answer), _answer(other)
    alike = next((n for n, (a, b) in enumerate(zip(text, other_text)) if a != b), min(len(text), len(other_text)))
    return _cut(text if alike < LONGEST - 30 else f"…{text[alike - 20 :]}")


def _answer(answer: Answer) -> str:
    if "error" in answer:
        return _line(f"{answer['error']['type']}: {answer['error']['message']}")
    output = answer["output"]
    if "messages" in output:
        return " ".join(map(_message, output["messages"])) or "no message"
    return _line(output.get("repr") or output.get("text") or str(output.get("tokens")))


def _message(message: dict[str, Any]) -> str:
    """`role:name to=recipient channel=… type=… "text"`."""
    words = [message["role"] + (f":{message['name']}" if message["name"] is not None else "")]
    words += [
        f"{key}={message[field]}"
        for key, field in (("to", "recipient"), ("channel", "channel"), ("type", "content_type"))
        if message.get(field) is not None
    ]
    texts = json.dumps("".join(part.get("text", "…") for part in message["content"]), ensure_ascii=False)
    return f"[{' '.join([*words, texts])}]"


def _first_difference(output: Answer, other: Answer) -> str:
    pairs = zip(output["steps"], other["steps"])
    differing = ((n, a, b) for n, (a, b) in enumerate(pairs) if a[1:] != b[1:] or (a[0] is None) != (b[0] is None))
    number, step, other_step = next(differing)
    complaint, state, role, channel, recipient, kind, *_, messages = step
    if complaint is not None and other_step[0] is None:
        return f"step {number}: {complaint}"
    fields = {"role": role, "channel": channel, "to": recipient, "type": kind}
    told = " ".join(f"{key}={value}" for key, value in fields.items() if value is not None)
    return f"step {number}: {state} {told} ({messages} messages)"


def _line(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", text).replace("\n", "⏎")


def _cut(text: str) -> str:
    line = _line(text)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
