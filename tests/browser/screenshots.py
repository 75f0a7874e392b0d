"""Makes the pictures of docs/inspecting.md: `python -m tests.browser.screenshots`, from the root of the repository."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser.chromium import Browser, browser
from tests.browser.pages import PAGES

FOLDER = Path(__file__).parents[2] / "docs" / "images"
SIZE = (1120, 640)


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as opened, tempfile.TemporaryDirectory() as pages:
        for name, page in PAGES.items():
            (Path(pages) / f"{name}.html").write_text(page().html(title="harmony inspect"), encoding="utf-8")
        opened.open((Path(pages) / "broken.html").as_uri(), SIZE)
        opened.run("document.querySelector(`[data-at='30']`).focus()")
        shoot(opened, folder / "inspector.png")
        opened.open((Path(pages) / "training.html").as_uri(), SIZE)
        opened.scheme("dark")
        opened.run(
            "document.querySelector('.choice input[value=loss]').click(); scrollTo(0, document.body.scrollHeight)"
        )
        opened.run("document.querySelector(`[data-at='84']`).focus()")
        shoot(opened, folder / "inspector-loss-mask.png")


def shoot(opened: Browser, path: Path) -> None:
    opened.settled()
    opened.screenshot(str(path))
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
