"""What the template of the enumerations is given: their members as lines, their docs as docstrings."""

from __future__ import annotations

from codegen.facades import CLASSES
from codegen.model import Spec
from codegen.python_text import docstring, literal, names, value_text


def view(spec: Spec, package: str) -> dict[str, object]:
    return {
        "names": names([*CLASSES["enumerations"], *(enumeration.name for enumeration in spec.enumerations)]),
        "roles": [_member(role.word.upper(), role.word, role.doc) for role in spec.roles.values()],
        "role_words": value_text([role.word for role in spec.roles.values()], 0, len("RoleWord: TypeAlias = Literal")),
        "enumerations": [
            {
                "name": enumeration.name,
                "doc": docstring(enumeration.doc, 4),
                "lines": [f"{member.name} = {literal(member.value)}" for member in enumeration.members],
            }
            for enumeration in spec.enumerations
        ],
        "encodings": [_member(encoding.member, encoding.name, encoding.doc) for encoding in spec.encodings],
        "recoveries": [_member(recovery.kind.upper(), recovery.kind, recovery.doc) for recovery in spec.recoveries],
    }


def _member(name: str, value: str, doc: str) -> dict[str, str]:
    return {"line": f"{name} = {literal(value)}", "doc": docstring(doc, 4)}
