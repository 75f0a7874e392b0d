"""What the grammar and the YAML files must agree on. How the grammar is read is `grammar.py`'s."""

from __future__ import annotations

import re

from codegen.complaints import Complaints
from codegen.grammar import STARTS, grammar, write_order
from codegen.model import Place, Spec
from codegen.reader import suggestion
from codegen.sources import SpecError

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


FRAMING_RULES = (_header_fields,)
