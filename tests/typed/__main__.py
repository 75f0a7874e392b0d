"""What `make lint` says of types: mypy and pyright over the package, the examples and the Python of all pages.

Of a public name whose type a checker has to guess, pyright's --verifytypes tells. With `--package` examples and pages
are left out: they are written in the words of the shipped format.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.typed.checkers import Modules, completeness, mypy, pyright
from tests.typed.pages import ROOT, pages

PACKAGE = "openai_harmony"
EXAMPLES = ("examples", "website")
CHECKED = (PACKAGE, "openai_harmony_pytest.py", "codegen", *EXAMPLES, "hatch_build.py")


def main(arguments: Sequence[str] | None = None) -> int:
    package_alone = _parser().parse_args(arguments).package
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        modules = Modules(Path(folder))
        if not package_alone:
            modules.add_pages(pages())
        paths = [*(ROOT / name for name in CHECKED if not (package_alone and name in EXAMPLES)), *modules.paths()]
        known = pool.submit(completeness, PACKAGE)
        found = [pool.submit(checker, paths) for checker in (mypy, pyright)]
        complaints = modules.placed(complaint for checker in found for complaint in checker.result())
        score, unknown = known.result()
    for complaint in [*complaints, *unknown]:
        print(complaint)
    print(f"types: {len(complaints)} complaints; {100 * score:.1f} % of the public names have a type that is known")
    return 1 if complaints or score < 1 else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.typed", description="Checks types.")
    parser.add_argument("--package", action="store_true", help="leave examples and pages out")
    return parser


if __name__ == "__main__":
    sys.exit(main())
