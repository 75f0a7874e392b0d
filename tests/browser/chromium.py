"""Chromium, driven by Selenium: one browser for all tests, and what a page did in it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

__all__ = ["Browser", "Keys", "WebElement", "browser"]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_INSTALL = "Debian's browser is missing: apt-get update && apt-get install --yes chromium chromium-driver"
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)
WIDE, NARROW = (1280, 900), (360, 740)
PATIENCE = 10  # seconds until something that must appear counts as missing


@dataclass
class Browser:
    """A browser with a page."""

    driver: Chrome

    def open(self, address: str, size: tuple[int, int] = WIDE) -> None:
        """Open a page in a window of this size."""
        self.resize(size)
        self.scheme(None)
        self.driver.get(address)

    def forget(self) -> None:
        """Forget what pages have said and asked for."""
        self.complaints()
        self.requests()

    def resize(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def scheme(self, name: str | None) -> None:
        """Prefer a colour scheme, as the user's system does."""
        features = [{"name": "prefers-color-scheme", "value": name or "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """The text of an element, also of one that is not in view."""
        found = self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)
        return str(found)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def until(self, script: str, *arguments: Any) -> Any:
        """Wait until an expression is true, and return its value."""
        waiting = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.02)
        return waiting.until(lambda _: self.run(f"return {script}", *arguments), script)

    def settled(self) -> None:
        """Wait until the page has done what scrolling or resizing it asks for."""
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 0)))"
        )

    def complaints(self) -> list[str]:
        """What the console has said since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """The addresses that pages have asked for, without their own, and without those of the browser's new tab."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        sent = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        ours = [one for one in sent if not str(one.get("documentURL")).startswith("chrome:")]
        return [one["request"]["url"] for one in ours if one.get("type") != "Document"]

    def alert(self) -> str | None:
        """The text of the dialogue that a script has opened; None if there is none."""
        try:
            return str(self.driver.switch_to.alert.text)
        except NoAlertPresentException:
            return None

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return int(self.run("return document.documentElement.scrollWidth - window.innerWidth"))

    def screenshot(self, path: str) -> None:
        assert self.driver.save_screenshot(path)


@contextmanager
def browser() -> Iterator[Browser]:
    """A new browser with a profile of its own."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    driver_program = shutil.which("chromedriver")
    assert (program and driver_program) or not shutil.which("apt-get"), HOW_TO_INSTALL
    profile = tempfile.mkdtemp()
    options = ChromeOptions()
    if program is not None:  # elsewhere, Selenium knows where Chrome is
        options.binary_location = program
    for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(driver_program))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)
