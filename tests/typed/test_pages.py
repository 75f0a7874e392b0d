"""The Python of a page is checked as it stands there, and what is wrong with it is told with the page's own lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed.checkers import CHECKERS, Modules
from tests.typed.pages import FIRST_LINE, ROOT, module_name, pages, python_of

PAGE = """# A page

```sh
import this
```

```python
x = 1
```

- An item:

  ```python
  def f() -> int:
      return x
  ```

~~~text
```python
not python
```
~~~

````python
s = "text: ```"
````
"""


def test_the_python_of_a_page_stands_where_it_stands_there() -> None:
    source = python_of(PAGE)
    assert source is not None
    lines, page = source.splitlines(), PAGE.splitlines()
    assert lines[0] == FIRST_LINE
    assert len(lines) == len(page)
    found = {number: line for number, line in enumerate(lines[1:], 2) if line}
    assert found == {8: "x = 1", 14: "def f() -> int:", 15: "    return x", 25: 's = "text: ```"'}
    assert all(
        line == page[number - 1].removeprefix("  ") or line == page[number - 1] for number, line in found.items()
    )
    compile(source, "page", "exec")


@pytest.mark.parametrize("text", ["", "# Title\n\n```sh\nls\n```\n", "```\nx = 1\n```\n", "`x = 1`\n"])
def test_a_page_without_python_is_no_module(text: str) -> None:
    assert python_of(text) is None


def test_every_fence_of_python_in_a_page_is_taken() -> None:
    checked = {page: source for page in pages() if (source := python_of(page.read_text(encoding="utf-8")))}
    fences = {page: page.read_text(encoding="utf-8").count("```python\n") for page in pages()}
    assert {module_name(page) for page in checked} == {module_name(page) for page, count in fences.items() if count}
    assert ROOT / "README.md" in checked
    assert len(checked) >= 4
    for page, source in checked.items():
        lines = page.read_text(encoding="utf-8").splitlines()
        behind = [number for number, line in enumerate(lines) if line.strip() == "```python"]
        assert all(source.splitlines()[number + 1] for number in behind), page


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_fault_in_a_page_is_told_with_the_pages_own_line(checker: str, tmp_path: Path) -> None:
    page = ROOT / "docs" / "recovery.md"
    text = page.read_text(encoding="utf-8").rstrip("\n") + "\n\n```python\nresult.mesages\n```\n"
    modules = Modules(tmp_path)
    source = python_of(text)
    assert source is not None
    modules.add_source(page, source)
    complaints = modules.placed(CHECKERS[checker](modules.paths()))
    line = len(text.splitlines()) - 1
    assert {(complaint.path, complaint.line) for complaint in complaints} == {(page, line)}
    assert all(str(complaint).startswith(f"docs/recovery.md:{line}: ") for complaint in complaints)
    assert any("mesages" in complaint.text for complaint in complaints)
