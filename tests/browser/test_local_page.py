"""The local page in a real browser: what is pasted is shown live, and nothing of it is run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openai_harmony._cli.inspect_serve import choices
from tests.browser.chromium import NARROW, Browser, Keys
from tests.inspection.samples_shown import BROKEN, HOSTILE, TURNS

pytestmark = pytest.mark.shipped


@pytest.fixture(autouse=True)
def page(opened: Browser, local: str) -> Iterator[None]:
    opened.open(local)
    yield
    complaints = [line for line in opened.complaints() if "422" not in line]  # a refusal is in the console, too
    assert complaints == []
    assert {address for address in opened.requests() if address != f"{local}favicon.ico"} <= {f"{local}inspect"}


def paste(browser: Browser, text: str) -> None:
    """Put a text into the form, have it sent at once, and wait for what the page says of it."""
    browser.run(
        "document.getElementById('counts').replaceChildren(); document.getElementById('complaint').textContent = '';"
        "document.getElementById('input').value = arguments[0];"
        "document.getElementById('kind').dispatchEvent(new Event('change'))",
        text,
    )
    browser.until(
        "document.querySelector('#counts').children.length || document.querySelector('#complaint').textContent"
    )
    browser.settled()


def test_what_is_typed_is_shown_live(opened: Browser) -> None:
    assert opened.text("#summary") == choices()["hint"]
    assert not opened.one("#inspection").is_displayed()
    opened.one("#input").send_keys("<|message|>Hi")
    opened.until("document.querySelectorAll('[data-at]').length === 2")
    opened.one("#input").send_keys("!<|end|>")
    opened.until("document.querySelectorAll('[data-at]').length === 4")
    opened.one("#clear").click()
    opened.until("document.querySelector('#inspection').hidden")


@pytest.mark.parametrize(("text", "count"), [(BROKEN, 4), (TURNS.to_json(), 6), ("200008 13225", 1)])
def test_text_json_and_ids_are_shown(opened: Browser, text: str, count: int) -> None:
    paste(opened, text)
    assert len(opened.all("article:not(.outside)")) == count


def test_what_is_chosen_changes_what_is_shown(opened: Browser) -> None:
    paste(opened, TURNS.to_json())
    assert len(opened.all("#shades input")) == 3
    assert len(opened.all(".outside [data-at]")) == 2
    opened.run("const s = document.getElementById('end'); s.value = 'training'; s.dispatchEvent(new Event('change'))")
    opened.until("document.querySelectorAll('.outside').length === 0")


def test_nothing_that_is_pasted_is_run(opened: Browser) -> None:
    for hostile in HOSTILE:
        paste(opened, hostile)
        paste(opened, f"<|channel|>{hostile}<|message|>{hostile}<|return|>")
        assert opened.run("return document.querySelectorAll('script, img, iframe, svg').length") == 2
        assert opened.alert() is None
    for hostile in HOSTILE[:3]:
        opened.run("const s = document.getElementById('kind'); s.value = 'chat'; s.dispatchEvent(new Event('change'))")
        paste(opened, f'{{"{hostile}": 1}}')
        assert opened.text("#complaint")
        assert opened.alert() is None


def test_the_policy_would_stop_a_script_that_got_into_the_page(opened: Browser) -> None:
    run = "window.ran = 0; const s = document.createElement('script'); %s document.body.append(s); return window.ran"
    for code in (
        "s.text = 'window.ran = 1';",
        "s.textContent = 'window.ran = 1';",
        "s.src = 'data:text/javascript,ran=1';",
    ):
        with pytest.raises(Exception, match="TrustedScript"):
            opened.run(run % code)
    with pytest.raises(Exception, match="TrustedHTML"):
        opened.run("document.body.innerHTML = '<img src=x onerror=alert(1)>'")
    assert opened.run("return window.ran") == 0
    opened.complaints()  # the console tells of what was stopped


def test_an_error_is_one_line_and_the_page_goes_on(opened: Browser) -> None:
    paste(opened, '{"a": 1')
    assert opened.text("#complaint") == "input:1:8: no JSON: Expecting ',' delimiter"
    assert not opened.one("#inspection").is_displayed()
    paste(opened, "1 2 3")
    assert (opened.text("#complaint"), len(opened.all("[data-at]"))) == ("", 3)


def test_the_example_has_a_fault_and_keys_reach_it(opened: Browser) -> None:
    for _ in range(12):
        opened.press(Keys.TAB)
        if opened.run("return document.activeElement.id") == "example":
            break
    opened.press(Keys.ENTER)
    opened.until("document.querySelectorAll('.mark').length > 0")
    assert opened.run("return document.activeElement.id") == "input"


def test_a_narrow_screen_needs_no_scrolling_to_the_side(opened: Browser) -> None:
    opened.resize(NARROW)
    opened.one("#example").click()
    opened.until("!document.querySelector('#inspection').hidden")
    assert opened.overflow() == 0
