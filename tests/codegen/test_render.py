"""Templates, their headers, and the shape of what they give."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from codegen.check import checked
from codegen.render import OUTPUTS, TEMPLATES, Output, fill, header, render

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec"
PYTHON = [output for output in OUTPUTS if output.path.endswith(".py")]


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return render(checked(SPEC), "some_package")


def _template(tmp_path: Path, text: str) -> tuple[Output, Path]:
    (tmp_path / "sample.py.jinja").write_text(text)
    return Output("{package}/sample.py", "sample.py.jinja", None, ("tokens", "roles")), tmp_path


def test_a_template_is_filled_below_its_header(tmp_path: Path) -> None:
    output, folder = _template(
        tmp_path,
        "{{ header }}\nA = {{ a }}\n{% if a %}\n  {% for b in c %}\nB = {{ b }}\n  {% endfor %}\n{% endif %}\n",
    )
    assert fill(output, {"a": 1, "c": [2, 3]}, folder) == (
        "# Generated from spec/{tokens,roles}\n"
        "# by codegen/templates/sample.py.jinja; edit those and run `make generate`.\n"
        "A = 1\nB = 2\nB = 3\n"
    )


def test_a_name_that_no_view_gives_is_an_error(tmp_path: Path) -> None:
    output, folder = _template(tmp_path, "{{ header }}\n{{ missing }}\n")
    with pytest.raises(UndefinedError):
        fill(output, {}, folder)


def test_text_is_not_escaped(tmp_path: Path) -> None:
    output, folder = _template(tmp_path, "{{ a }}")
    assert fill(output, {"a": "<'&\">"}, folder) == "<'&\">"


def test_the_package_has_the_name_that_was_asked_for(files: dict[str, str]) -> None:
    assert "some_package/_generated/messages.py" in files
    assert "docs/format-reference.md" in files


def test_the_small_spec_renders_too(tiny: Path) -> None:
    assert set(render(checked(tiny), "p")) == {output.path.format(package="p") for output in OUTPUTS}


def test_no_output_depends_on_the_name_of_its_package(files: dict[str, str]) -> None:
    other = render(checked(SPEC), "another")
    assert [text for name, text in sorted(files.items())] == [
        text for name, text in sorted(other.items(), key=lambda i: i[0].replace("another", "some_package"))
    ]


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.template)
def test_an_output_begins_with_its_header(output: Output, files: dict[str, str]) -> None:
    text = files[output.path.format(package="some_package")]
    assert text.startswith(header(output) + "\n")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert output.template in text.splitlines()[1]


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.template)
def test_template_view_and_output_share_one_stem(output: Output) -> None:
    stem = Path(output.path).stem
    assert output.template == f"{stem.replace('-', '_')}{Path(output.path).suffix}.jinja"
    assert output.view in (None, stem.replace("-", "_"))


def test_every_template_has_its_output() -> None:
    assert {path.name for path in TEMPLATES.iterdir()} == {output.template for output in OUTPUTS}


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.template)
def test_a_template_is_mostly_text(output: Output) -> None:
    lines = (TEMPLATES / output.template).read_text(encoding="utf-8").splitlines()
    control = [line for line in lines if re.match(r"\s*\{%", line)]
    assert len(control) <= len(lines) / 4


@pytest.mark.parametrize("output", PYTHON, ids=lambda output: output.template)
def test_generated_python_can_be_read(output: Output, files: dict[str, str]) -> None:
    text = files[output.path.format(package="some_package")]
    assert len(text.splitlines()) < 400
    assert [line for line in text.splitlines() if len(line) >= 100] == []
    assert ast.get_docstring(ast.parse(text))


def test_the_reference_page_has_sound_tables(files: dict[str, str]) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", files["docs/format-reference.md"], re.MULTILINE)
    assert len(tables) > 15
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


def test_the_reference_page_shows_white_space(files: dict[str, str]) -> None:
    page = files["docs/format-reference.md"]
    assert '`" \\t\\n\\x0b\\f\\r\\x85' in page
    assert "\\u3000" in page
    assert "\u3000" not in page
