"""Writes down who gives the right answers: `python -m tests.conformance.record`, behind a change of rows.

A row without `expect` and `error` gets the answer of this library, which a person then judges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openai_harmony.conformance import KINDS, Target, imported, this_package
from openai_harmony.conformance import Row as KitRow
from tests.conformance.rows import FOLDER, Row, as_expected, held, read_files, write_rows

__all__ = ["FORK", "RECORDED", "REFERENCE", "THIS", "main", "recorded"]

THIS, REFERENCE, FORK = "harmony", "reference", "oss"
ADAPTERS = "tests.conformance.adapters.reference"
# Whom the tests ask; the names are those in `holds`.
RECORDED: Mapping[str, Callable[[], Target]] = {
    THIS: this_package,
    REFERENCE: lambda: imported(f"{ADAPTERS}:Adapter"),
    FORK: lambda: imported(f"{ADAPTERS}:OssHarmony"),
}
# What people decided, or another program renders, is never replaced by what this library answers.
KEPT = {"malformed", "render_styles", *(kind for kind in KINDS if kind.endswith(("_in", "_out", "_stream")))}


def recorded(files: dict[str, list[Row]], *, anew: bool = False) -> None:
    """Fill in what rows lack, and who gives the right answer; `anew`, replace the answers of this library as well."""
    targets = {name: make() for name, make in RECORDED.items()}
    for name, rows in files.items():
        for row in rows:
            if anew and name not in KEPT:
                row.pop("expect", None), row.pop("error", None)
            if "expect" not in row and "error" not in row:
                row.update(as_expected(targets[THIS].ask(_kit_row(row))))
            kit_row = _kit_row(row)
            row["holds"] = {whom: held(kit_row, target.ask(kit_row)) for whom, target in targets.items()}


def _kit_row(row: Row) -> KitRow:
    return KitRow(row["id"], row["op"], row["input"], row.get("expect"), row["why"])


def main(*, anew: bool = False) -> None:
    files = read_files()
    recorded({path.stem: rows for path, rows in files.items()}, anew=anew)
    write_rows(files)
    print(f"{sum(map(len, files.values()))} rows in {FOLDER.name}")


if __name__ == "__main__":
    main()
