"""What `make lint` says of types: mypy and pyright over the package, the examples and the Python of all pages.

Of a public name whose type a checker has to guess, pyright's --verifytypes tells.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.typed.checkers import Modules, completeness, mypy, pyright
from tests.typed.pages import ROOT, pages

PACKAGE = "openai_harmony"
CHECKED = (PACKAGE, "codegen", "examples", "hatch_build.py")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        modules = Modules(Path(folder))
        modules.add_pages(pages())
        paths = [*(ROOT / name for name in CHECKED), *modules.paths()]
        known = pool.submit(completeness, PACKAGE)
        found = [pool.submit(checker, paths) for checker in (mypy, pyright)]
        complaints = modules.placed(complaint for checker in found for complaint in checker.result())
        score, unknown = known.result()
    for complaint in [*complaints, *unknown]:
        print(complaint)
    print(f"types: {len(complaints)} complaints; {100 * score:.1f} % of the public names have a type that is known")
    return 1 if complaints or score < 1 else 0


if __name__ == "__main__":
    sys.exit(main())
