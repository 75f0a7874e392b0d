"""Values for the template of the enumerations: members as lines, and their docs as docstrings."""

from __future__ import annotations

from codegen.facades import CLASSES
from codegen.model import Spec
from codegen.model_contents import EnumSpec
from codegen.python_text import docstring, docstring_with_example, literal, names, value_text
from codegen.styles import style_words

RECOVERIES = "The kinds of faults that a parser corrects and reports as a `Recovery`."


def view(spec: Spec, package: str) -> dict[str, object]:
    return {
        "names": names([*CLASSES["enumerations"], *(enumeration.name for enumeration in spec.enumerations)]),
        "roles": [_member(role.word.upper(), role.word, role.doc) for role in spec.roles.values()],
        "role_words": value_text([role.word for role in spec.roles.values()], 0, len("RoleWord: TypeAlias = Literal")),
        "sampled": literal(next(role.word for role in spec.roles.values() if role.sampled)),
        "style_words": value_text(list(style_words(spec)), 0, len("StyleWord: TypeAlias = Literal")),
        "histories": value_text(
            {style.word: style.history for style in spec.styles.values() if style.history is not None}, 0, 40
        ),
        "enumerations": [
            {
                "name": enumeration.name,
                "doc": docstring_with_example(enumeration.doc, _example(enumeration), 4),
                "lines": [f"{member.name} = {literal(member.value)}" for member in enumeration.members],
            }
            for enumeration in spec.enumerations
        ],
        "encodings": [_member(encoding.member, encoding.name, encoding.doc) for encoding in spec.encodings],
        "recoveries": [_member(recovery.kind.upper(), recovery.kind, recovery.doc) for recovery in spec.recoveries],
        "recovery_doc": docstring_with_example(RECOVERIES, _recovery_example(spec), 4),
        "example": {
            "role": literal(next(iter(spec.roles))),
            **_shown("encoding", spec.encodings[0].name),
        },
    }


def _recovery_example(spec: Spec) -> list[str]:
    kinds = [recovery.kind for recovery in spec.recoveries[:1]]
    return [line for kind in kinds for line in (f">>> RecoveryKind({literal(kind)}).value", repr(kind))]


def _shown(key: str, value: str) -> dict[str, str]:
    """Return a value as it is written in an example, and as Python prints it."""
    return {key: literal(value), f"{key}_repr": repr(value)}


def _example(enumeration: EnumSpec) -> list[str]:
    member = enumeration.members[0]
    return [f">>> {enumeration.name}({literal(member.value)}) is {enumeration.name}.{member.name}", "True"]


def _member(name: str, value: str, doc: str) -> dict[str, str]:
    return {"line": f"{name} = {literal(value)}", "doc": docstring(doc, 4)}
