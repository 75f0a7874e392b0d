"""The keys of the spec's files, and the part of the model that each becomes. `check.py` compares the files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.load_chat import load_chat
from codegen.load_contents import load_content, load_enumeration, load_namespace, load_structure
from codegen.load_dialects import load_dialects
from codegen.load_encodings import load_encoding, load_reserved
from codegen.load_styles import load_style
from codegen.load_wording import WORDING
from codegen.model import (
    ChannelSpec,
    HeaderField,
    MessageSpec,
    RecoverySpec,
    RoleSpec,
    Spec,
    SpecialToken,
    StopRule,
    StopSet,
    TrainingRule,
)
from codegen.model_contents import ToolsSpec
from codegen.place import Place
from codegen.reader import Reader, Record, suggestion
from codegen.sources import Node, Places, Problem, Scalar, SpecError, decode, parse

FRAMING = "framing.lark"
TOOLS = "tools/"
SCHEMA = "tools/schema.yaml"
CHAT = "chat.yaml"
DIALECTS = "dialects.yaml"
YAML_FILES = (
    "channels.yaml",
    CHAT,
    DIALECTS,
    "contents.yaml",
    "encodings.yaml",
    "messages.yaml",
    "recoveries.yaml",
    "roles.yaml",
    "styles.yaml",
    "tokens.yaml",
    SCHEMA,
)
NOTES = "README.md"  # allowed in every folder of a spec

# Files that a format can omit, and the required and optional keys of messages.yaml.
OPTIONAL_FILES = ("channels.yaml", CHAT, DIALECTS, "recoveries.yaml", "styles.yaml", SCHEMA)
MESSAGE_KEYS = ("opens", "closes_header", "white_space", "stops")
OPTIONAL_MESSAGE_KEYS = ("begins", "literals", "fields", "tool_word_holds", "training")
AUTHORS = ("role", "name")
ACTIONS = ("drop", "end_message", "stop_message", "open_header", "close_header")


@dataclass(frozen=True)
class Trees:
    """The files of a spec as trees, before their keys are checked."""

    yaml: Mapping[str, Node | None]  # None for a file that is not YAML
    framing: str


def load(folder: Path) -> Spec:
    """Return the spec of a folder.

    Raises:
        SpecError: the files do not have the right shape; the error holds all problems.
    """
    problems: list[Problem] = []
    trees = read(folder, problems)
    spec = build(trees, problems)
    if problems:
        raise SpecError(problems)
    return replace(spec, samples=_samples(folder, spec.samples_file))


def _samples(folder: Path, file: str | None) -> frozenset[str] | None:
    """Return the names of the samples in a file; None if there is no such file."""
    path = folder / file if file else folder
    if not path.is_file():
        return None
    return frozenset(str(json.loads(line)["id"]) for line in path.read_text(encoding="utf-8").splitlines())


def read(folder: Path, problems: list[Problem]) -> Trees:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    trees: dict[str, Node | None] = {}
    for name in sorted(files):
        if name in YAML_FILES or (name.startswith(TOOLS) and name.endswith(".yaml") and name.count("/") == 1):
            trees[name] = parse(name, files[name].read_bytes(), problems)
        elif name != FRAMING and files[name].name != NOTES:
            hint = suggestion(name, (*YAML_FILES, FRAMING, "tools/NAME.yaml"), "files")
            problems.append(Problem(Place(name, 1, 1), "not a file of a spec", hint))
    tools = any(name.startswith(TOOLS) for name in trees)
    for name in (*YAML_FILES, FRAMING):
        if name not in files and (name not in OPTIONAL_FILES or (name == SCHEMA and tools)):
            problems.append(Problem(Place(name, 1, 1), "the file is missing", f"a spec is a folder with {name} in it"))
    framing = decode(FRAMING, files[FRAMING].read_bytes(), problems) if FRAMING in files else ""
    return Trees(trees, (framing or "").replace("\r\n", "\n"))


def build(trees: Trees, problems: list[Problem]) -> Spec:
    """Return the model; if there are problems, it holds substitute values and must not be used."""
    reader = Reader(problems)

    def top(file: str, keys: Sequence[str], optional: Sequence[str] = ()) -> Record:
        tree = trees.yaml.get(file)
        return reader.record(tree, keys, optional) if tree else Record(reader, {}, Place(file, 1, 1))

    tokens = top("tokens.yaml", ("tokens", "stop_sets"), ("reserved", "engine_stops"))
    roles = top("roles.yaml", ("roles",), ("name_separator",))
    messages = top("messages.yaml", MESSAGE_KEYS, OPTIONAL_MESSAGE_KEYS)
    breaks = ("section_break", "line_break")
    contents = top("contents.yaml", ("contents",), (*breaks, "enumerations", "structures"))
    recoveries = top("recoveries.yaml", ("recoveries",), ("content_begins", "samples"))
    channels = top("channels.yaml", ("channels",)).named("channels", _channel)
    styles = top("styles.yaml", ("styles",)).named("styles", load_style)
    return Spec(
        tokens={token.terminal: token for token in tokens.named("tokens", _token)},
        reserved=load_reserved(tokens),
        stop_sets=tokens.named("stop_sets", _stop_set),
        engine_stops={name.text: reader.texts(terminals) for name, terminals in tokens.entries("engine_stops")},
        name_separator=roles.text_or_none("name_separator"),
        roles={role.word: role for role in roles.named("roles", _role)},
        channels={channel.word: channel for channel in channels},
        message=_message(messages),
        section_break=contents.text_or_none("section_break"),
        line_break=contents.text_or_none("line_break"),
        enumerations=contents.named("enumerations", load_enumeration),
        structures=contents.named("structures", load_structure),
        contents=contents.named("contents", load_content),
        tools=_tools(top(SCHEMA, ("function_namespace", "structures", "wording"), ("reserved_names", "alias")), trees),
        styles={style.word: style for style in styles},
        chat=load_chat(reader, tree) if (tree := trees.yaml.get(CHAT)) else None,
        dialects=load_dialects(reader, tree) if (tree := trees.yaml.get(DIALECTS)) else None,
        encodings=top("encodings.yaml", ("encodings",)).named("encodings", load_encoding),
        content_begins=recoveries.text("content_begins"),
        recoveries=recoveries.named("recoveries", _recovery),
        samples_file=recoveries.text_or_none("samples"),
        samples=None,
        framing=trees.framing,
        framing_file=FRAMING,
        places=Places(trees.yaml),
    )


def _token(reader: Reader, name: Scalar, node: Node) -> SpecialToken:
    record = reader.record(node, ("text", "id", "doc"))
    return SpecialToken(name.text, record.text("text"), record.integer("id"), record.doc(), name.place)


def _stop_set(reader: Reader, name: Scalar, node: Node) -> StopSet:
    record = reader.record(node, ("tokens", "doc"))
    return StopSet(name.text, record.texts("tokens"), record.doc(), name.place)


def _role(reader: Reader, name: Scalar, node: Node) -> RoleSpec:
    record = reader.record(node, ("author", "rank", "doc"), ("sampled", "answers_calls", "instructs", "unnamed"))
    return RoleSpec(
        word=name.text,
        author=record.choice("author", AUTHORS),
        rank=record.integer("rank"),
        sampled=record.flag("sampled"),
        answers_calls=record.flag("answers_calls"),
        instructs=record.flag("instructs"),
        unnamed=record.text_or_none("unnamed"),
        doc=record.doc(),
        place=name.place,
    )


def _channel(reader: Reader, name: Scalar, node: Node) -> ChannelSpec:
    record = reader.record(node, ("doc",), ("default", "shown", "dropped", "functions", "ends_turn"))
    return ChannelSpec(
        word=name.text,
        default=record.flag("default"),
        shown=record.flag("shown"),
        dropped=record.flag("dropped"),
        functions=record.flag("functions"),
        ends_turn=record.flag("ends_turn"),
        doc=record.doc(),
        place=name.place,
    )


def _message(record: Record) -> MessageSpec:
    return MessageSpec(
        begins=record.text_or_none("begins"),
        opens=record.text("opens"),
        closes_header=record.text("closes_header"),
        white_space=record.text("white_space"),
        literals=record.text_map("literals"),
        fields=record.named("fields", _header_field),
        tool_word_holds=record.text_or_none("tool_word_holds"),
        stops=tuple(_stop_rule(record.reader, node) for node in record.items("stops")),
        training=_training(record) if "training" in record else None,
    )


def _training(message: Record) -> TrainingRule:
    record = message.record("training", ("token", "role", "channel", "doc"))
    return TrainingRule(record.text("token"), record.text("role"), record.text("channel"), record.doc(), record.place)


def _header_field(reader: Reader, name: Scalar, node: Node) -> HeaderField:
    record = reader.record(node, ("before", "doc"), ("unwritten", "keeps_marker", "known"))
    return HeaderField(
        name=name.text,
        before=record.text("before"),
        unwritten=record.text_or_none("unwritten"),
        keeps_marker=record.flag("keeps_marker"),
        known=record.texts("known"),
        doc=record.doc(),
        place=name.place,
    )


def _stop_rule(reader: Reader, node: Node) -> StopRule:
    record = reader.record(node, ("token", "doc"), ("role", "with", "holds"))
    return StopRule(
        token=record.text("token"),
        role=record.text_or_none("role"),
        with_field=record.text_or_none("with"),
        holds=record.text_or_none("holds"),
        doc=record.doc(),
        place=node.place,
    )


def _tools(record: Record, trees: Trees) -> ToolsSpec:
    wording = record.record("wording", (*WORDING, "types"))
    return ToolsSpec(
        function_namespace=record.text_or_none("function_namespace"),
        reserved_names=record.texts("reserved_names"),
        alias=record.text_or_none("alias"),
        structures=record.named("structures", load_structure),
        wording={key: wording.text(key) for key in WORDING} if "wording" in record else {},
        types=wording.text_map("types"),
        namespaces=tuple(
            load_namespace(record.reader, tree)
            for file, tree in sorted(trees.yaml.items())
            if file.startswith(TOOLS) and file != SCHEMA and tree
        ),
    )


def _recovery(reader: Reader, name: Scalar, node: Node) -> RecoverySpec:
    record = reader.record(node, ("evidence", "doc"), ("on", "do", "rule"))
    return RecoverySpec(
        kind=name.text,
        on={phase.text: reader.texts(terminals) for phase, terminals in record.entries("on")},
        do=record.choice("do", ACTIONS) if "do" in record else None,
        rule=record.text_or_none("rule"),
        evidence=record.text("evidence"),
        doc=record.doc(),
        place=name.place,
    )
