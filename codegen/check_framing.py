"""What the grammar and the YAML files must agree on. How the grammar is read is `grammar.py`'s."""

from __future__ import annotations

import re

from codegen.check_recoveries import places
from codegen.complaints import Complaints
from codegen.grammar import STARTS, alternatives, grammar, used_terminals, write_order
from codegen.model import Place, Spec
from codegen.reader import suggestion
from codegen.sources import SpecError

DEFINED = re.compile(r"^[?!]?(\w+)(?:\.\d+)?[ \t]*:", re.MULTILINE)
HEADER, STOP, AUTHOR = "header", "stop", "author"


def _header_fields(spec: Spec, complaints: Complaints) -> None:
    if missing := [rule for rule in (*STARTS, AUTHOR, HEADER, STOP) if not _line(spec, rule)]:
        for rule in missing:
            complaints.say(Place(spec.framing_file, 1, 1), f"the grammar has no rule '{rule}'", "the reader needs it")
        return
    try:
        used = {rule.origin.name for rule in grammar(spec).rules}
        written = write_order(spec) if HEADER in used else ()
    except SpecError as error:
        complaints.problems.extend(error.problems)
        return
    place = Place(spec.framing_file, _line(spec, HEADER), 1)
    fields = [field.name for field in spec.message.fields]
    for name in written:
        if name not in fields:
            complaints.say(place, f"'{name}' in the header is not a field", suggestion(name, fields, "fields"))
    for field in spec.message.fields:
        if field.name not in written:
            hint = "name it in the first alternative of the rule 'header'"
            complaints.say(field.place, f"the grammar does not write field '{field.name}'", hint)


def _line(spec: Spec, rule: str) -> int:
    """The line that a rule begins in, from 1; 0 where there is none."""
    match = re.search(rf"^[?!]?{rule}\b[^:\n]*:", spec.framing, re.MULTILINE)
    return spec.framing.count("\n", 0, match.start()) + 1 if match else 0


def _framing_tokens(spec: Spec, complaints: Complaints) -> None:
    """The tokens that frame a message are special tokens that the grammar uses."""
    used = used_terminals(grammar(spec))
    for key, terminal in (("opens", spec.message.opens), ("closes_header", spec.message.closes_header)):
        if terminal not in used:
            complaints.say(
                ("messages.yaml", key), f"the grammar does not use '{terminal}'", f"it is what '{key}' names"
            )


def _stops(spec: Spec, complaints: Complaints) -> None:
    """What a message is written with, or sampled with, ends one that is read."""
    stops = alternatives(grammar(spec), STOP)
    written = [
        (("messages.yaml", "stops", index, "token"), rule.token) for index, rule in enumerate(spec.message.stops)
    ]
    for where, token in (*written, (("messages.yaml", "training", "token"), spec.message.training.token)):
        if token not in stops:
            hint = f"name it in the rule '{STOP}' of {spec.framing_file}"
            complaints.say(where, f"the grammar ends no message with '{token}'", hint)
    for stop in stops:
        if stop not in spec.tokens:
            place = Place(spec.framing_file, _line(spec, STOP), 1)
            complaints.say(place, f"'{stop}' ends a message and is no special token", None)


def _unused(spec: Spec, complaints: Complaints) -> None:
    """Every rule and terminal of the grammar is used."""
    rules = {rule.origin.name for rule in grammar(spec).rules}
    framing = _without_comments(spec.framing)
    for match in DEFINED.finditer(spec.framing):
        name = match[1]
        elsewhere = re.findall(rf"(?<!\w){name}(?!\w)", framing)
        if (name not in rules and not name.isupper()) or (name.isupper() and len(elsewhere) < 2):
            place = Place(spec.framing_file, spec.framing.count("\n", 0, match.start()) + 1, 1)
            complaints.say(place, f"nothing uses '{name}'", "what the grammar defines is used in a rule")


def _without_comments(framing: str) -> str:
    return "\n".join(line.partition("//")[0] for line in framing.splitlines())


FRAMING_RULES = (_header_fields, _framing_tokens, _stops, _unused, places)
