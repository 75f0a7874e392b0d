"""Values for the template of the styles: for each, the functions and tables of what it renders otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codegen.grammar import spelling, write_order
from codegen.model import Spec
from codegen.model_contents import ContentSpec
from codegen.model_styles import FieldStyle, OrderRule, StyleSpec
from codegen.python_text import comment, docstring, function_head, import_of, literal, value_text
from codegen.styles import ordered_fields, restyled
from codegen.views import headers, parts
from codegen.views.renderer import text_arguments
from codegen.views.sections import prints_tools, text_lines, written_table

Lines = list[str]
Function = dict[str, str]


def view(spec: Spec, package: str) -> dict[str, object]:
    styles = [_style(spec, style, first=index == 0) for index, style in enumerate(spec.styles.values())]
    code = repr(styles)  # contains every line that the template writes
    fields = value_text(tuple(field.name for field in spec.message.fields), 0, len("FIELDS = "))
    named = ["", "# The fields of a header, in their order.", f"FIELDS = {fields}"] if styles else []
    ids = headers.ids(spec, code)
    return {
        "styles": styles,
        "constants": "\n".join([*([""] if ids else []), *ids, *named]),
        "imports": _imports(spec, code),
    }


def _style(spec: Spec, style: StyleSpec, *, first: bool) -> dict[str, object]:
    arguments = ["fields=FIELDS"]
    functions: list[Function] = []
    word = style.word
    if style.fields:
        functions.append(_function(f"header_of_{word}", HEADER, "Header", "The rendered header.", _header(spec, style)))
        arguments.append(f"header=header_of_{word}")
    if style.orders:
        body = _pieces(spec, style, headers.field_lines, headers.first_pieces(spec), headers.closing_line(spec))
        functions.append(_function(f"pieces_of_{word}", HEADER, "list[int | str]", "Like `renderer.pieces`.", body))
        body = _pieces(spec, style, parts.field_lines, parts.FIRST, parts.closing_line(spec))
        functions.append(_function(f"parts_of_{word}", HEADER, "list[Piece]", "Like `parts.pieces`.", body))
        arguments += [f"pieces=pieces_of_{word}", f"part_pieces=parts_of_{word}"]
    if style.texts:
        doc = "The form of a message's text."
        functions.append(_function(f"form_of_{word}", HEADER, "Form | None", doc, _form(spec, style)))
        arguments.append(f"form=form_of_{word}")
    changed = [content for content in spec.contents if content.type in style.sections]
    functions += [_written(spec, style, content) for content in changed]
    texts = {content.type: f"written_{content.type}_of_{word}" for content in changed}
    arguments += [f"texts={_mapping(texts, 'texts=')}"] if texts else []
    tables, printers, printing = _tools(spec, style)
    functions += printing
    arguments += [f"tools_texts={_mapping(printers, 'tools_texts=')}"] if printers else []
    return {
        "apart": "" if first else "\n",  # two blank lines stand behind a function
        "title": "\n".join([*comment(f"{word}: {style.doc}"), *tables]),
        "functions": functions,
        "key": literal(word),
        "arguments": ",\n        ".join(arguments),
    }


HEADER = ("header: Header",)


def _function(name: str, parameters: Iterable[str], result: str, doc: str, body: Lines) -> Function:
    head = "\n".join(function_head(name, parameters, f"{result}:", 0))
    return {"head": head, "doc": docstring(doc, 4), "body": "\n    ".join(body)}


# the header ----------------------------------------------------------------------------------------


def _header(spec: Spec, style: StyleSpec) -> Lines:
    """Return the lines that make the values of the header that is rendered."""
    names = [field.name for field in spec.message.fields]
    lines = [f"role, name, {', '.join(names)} = header"]
    asked = dict.fromkeys(row.with_field for field in style.fields for row in field.absent if row.with_field)
    lines += _conditions(spec, asked)
    for field in style.fields:
        lines += _absent(field)
        lines += _marked(spec, field)
    return [*lines, f"return role, name, {', '.join(names)}"]


def _conditions(spec: Spec, fields: Iterable[str]) -> Lines:
    return [f"with_{name} = {headers.written_if(spec, name)}" for name in fields]


def _absent(field: FieldStyle) -> Lines:
    """Return the lines that give a field without a value one."""
    absent = f"{field.name} is None"
    rows = [_who(row.role) + ([f"with_{row.with_field}"] if row.with_field else []) for row in field.absent]
    if len(rows) == 1:
        return [f"if {' and '.join([absent, *rows[0]])}:", f"    {field.name} = {literal(field.absent[0].value)}"]
    lines = []
    for index, (row, conditions) in enumerate(zip(field.absent, rows)):
        word = "if" if index == 0 else "elif"
        lines.append(f"    {word} {' and '.join(conditions)}:" if conditions else "    else:")
        lines.append(f"        {field.name} = {literal(row.value)}")
    return [f"if {absent}:", *lines] if lines else []


def _marked(spec: Spec, field: FieldStyle) -> Lines:
    """Return the lines that add the marker's text to the value of a field, or remove it."""
    marker, _ = spelling(spec, field.name)
    text = spec.tokens[marker].text if marker is not None else ""
    value = field.name
    if field.marker == "never":
        return [f"if {value} is not None:", f"    {value} = plain({value}).removeprefix({literal(text)})"]
    if field.marker == "always":
        condition = f"{value} is not None and not {value}.startswith({literal(text)})"
    elif field.marks:
        condition = f"{value} in {value_text(field.marks)}"
    else:
        return []
    return [f"if {condition}:", f"    {value} = {literal(text)} + plain({value})"]


def _pieces(spec: Spec, style: StyleSpec, lines_of: headers.FieldLines, first: str, closing: str) -> Lines:
    """Return the lines that make the pieces of a header, in the order of the first row that fits."""
    body = [headers.unpacked(spec, ["role", "name", *write_order(spec)]), first]
    rows = [(_conditions_of(row), ordered_fields(spec, row)) for row in style.orders]
    if rows[-1][0]:
        rows.append(([], write_order(spec)))
    if len(rows) == 1:
        return [*body, *(line for name in rows[0][1] for line in lines_of(spec, name, 0)), closing, "return parts"]
    for index, (conditions, order) in enumerate(rows):
        word = "if" if index == 0 else "elif"
        body.append(f"{word} {' and '.join(conditions)}:" if conditions else "else:")
        body += ["    " + line for name in order for line in lines_of(spec, name, 1)]
    return [*body, closing, "return parts"]


def _conditions_of(row: OrderRule) -> Lines:
    return _who(row.role) + ([f"channel == {literal(row.channel)}"] if row.channel is not None else [])


def _who(role: str | None) -> Lines:
    return [] if role is None else [f"role == {literal(role)}"]


# texts ---------------------------------------------------------------------------------------------


def _form(spec: Spec, style: StyleSpec) -> Lines:
    asked = dict.fromkeys(row.with_field for row in style.texts if row.with_field)
    named = [*asked, *(["role"] if any(row.role is not None for row in style.texts) else [])]
    lines = [headers.unpacked(spec, named), *_conditions(spec, asked)] if named else []
    for row in style.texts:
        conditions = _who(row.role) + ([f"with_{row.with_field}"] if row.with_field else [])
        returned = f"return {row.form}_form"
        lines += [f"if {' and '.join(conditions)}:", f"    {returned}"] if conditions else [returned]
    last = style.texts[-1]
    return lines if last.role is None and last.with_field is None else [*lines, "return None"]


def _written(spec: Spec, style: StyleSpec, content: ContentSpec) -> Function:
    name = f"written_{content.type}_of_{style.word}"
    body = text_lines(spec, restyled(content, style))
    return _function(name, text_arguments(content), "str", f"The text of a {content.class_name}.", body)


def _tools(spec: Spec, style: StyleSpec) -> tuple[Lines, dict[str, str], list[Function]]:
    """Return the tables of strings, the printers by content, and the printers' functions."""
    word, upper = style.word, style.word.upper()
    tables, printers, functions = [], {}, []
    wording = "wording"
    if style.wording:
        wording = f"WORDING_OF_{upper}"
        tables.append(f"{wording} = WORDING._replace(\n{_arguments(style.wording.items())})")
    for content in spec.contents:
        if style.printers.get(content.type) or (style.wording and prints_tools(content)):
            printers[content.type] = f"{style.printers.get(content.type, 'plain')}_tools_of_{word}"
    taken = ["namespaces: Mapping[str, NamespaceLike]", "wording: Wording"]
    if any(name.startswith("plain_") for name in printers.values()):
        body = [f"return tools_text(namespaces, {wording})"]
        functions.append(_function(f"plain_tools_of_{word}", taken, "str", "The section about tools.", body))
    if style.inline:
        tables.append(f"INLINE_OF_{upper} = InlineWording(\n{_arguments(style.inline.items())})")
        body = [f"return inline_tools_text(namespaces, {wording}, INLINE_OF_{upper})"]
        functions.append(_function(f"inline_tools_of_{word}", taken, "str", "The section about tools.", body))
    return tables, printers, functions


def _arguments(strings: Iterable[tuple[str, str]]) -> str:
    return "".join(f"    {key}={value_text(text, 4, 8 + len(key))},\n" for key, text in strings)


def _mapping(functions: dict[str, str], before: str) -> str:
    entries = [f"{literal(key)}: {name}" for key, name in functions.items()]
    one_line = "{" + ", ".join(entries) + "}"
    if len(before) + len(one_line) + 10 < 96:
        return one_line
    return "{\n" + "".join(f"            {entry},\n" for entry in entries) + "        }"


def _imports(spec: Spec, code: str) -> Lines:
    """Return the imports of the names that the code has."""

    def used(names: Sequence[str]) -> Lines:
        return [name for name in names if headers.names_in(code, name)]

    typescript = used(["NamespaceLike", "ToolsText", "tools_text"])
    tables = used([written_table(enumeration.name) for enumeration in spec.enumerations])
    inline = import_of(".._runtime.writing.inline_types", ["InlineWording"])
    rules = used(["Header", "enclosed", "plain"])
    schemas = used(["margined", "schema_line"])
    contents = used([content.class_name for content in spec.contents])
    forms = used(["json_form", "json_object_form"])
    lines = [
        "from collections.abc import Mapping\n" if "NamespaceLike" in typescript else "",
        inline if "InlineWording" in code else "",
        "from .._runtime.writing.inline_types import tools_text as inline_tools_text"
        if "InlineWording" in code
        else "",
        "from .._runtime.writing.parts import Piece" if "Piece" in code else "",
        import_of(".._runtime.writing.rules", ["Style", *rules]),
        import_of(".._runtime.writing.schema_text", schemas) if schemas else "",
        import_of(".._runtime.writing.text_forms", [*(["Form"] if forms else []), *forms]) if forms else "",
        import_of(".._runtime.writing.typescript", typescript) if typescript else "",
        "from .._runtime.writing.wording import Wording" if "NamespaceLike" in typescript else "",
        import_of(".contents", contents) if contents else "",
        "from .parts import author_pieces" if "author_pieces" in code else "",
        import_of(".renderer", [*tables, *used(["author_text"])]) if tables or used(["author_text"]) else "",
        "from .wording import WORDING" if headers.names_in(code, "WORDING") else "",
    ]
    return [line for line in lines if line]
