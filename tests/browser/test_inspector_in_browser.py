"""The page of an inspection in a real browser: with a pointer, with keys alone, narrow, dark, and long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from openai_harmony.inspection import Inspection
from tests.browser.chromium import NARROW, Browser, Keys
from tests.browser.pages import PAGES

pytestmark = pytest.mark.shipped
PageOf = Callable[[str], str]
FOCUSED = "document.activeElement.dataset.at"


@pytest.fixture(scope="module")
def broken() -> Inspection:
    return PAGES["broken"]()


@pytest.fixture(autouse=True)
def quiet(opened: Browser) -> Iterator[None]:
    """After each test: the console has said nothing, and the page has asked for nothing."""
    opened.forget()
    yield
    assert opened.complaints() == []
    assert [address for address in opened.requests() if not address.startswith("http://127.0.0.1:")] == []


def details(browser: Browser) -> dict[str, str]:
    """What the page says of a token."""
    return rows_of(browser, "details")


def rows_of(browser: Browser, name: str) -> dict[str, str]:
    """The names and values of a list in the page."""
    texts = "[...row.children].map((child) => child.textContent)"
    return dict(browser.run(f"return [...document.querySelectorAll('#{name} > div')].map((row) => {texts})"))


def classes(browser: Browser, at: int) -> set[str]:
    return set(browser.run("return document.querySelector(`[data-at='${arguments[0]}']`).className", at).split())


def choose(browser: Browser, value: str) -> None:
    """Choose one of the options above the messages, as a click on its label does."""
    browser.run("document.querySelector(`.choice input[value='${arguments[0]}']`).click()", value)
    browser.settled()


def slide(browser: Browser, to: int) -> None:
    browser.run(
        "const s = document.getElementById('step'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))", to
    )


def test_hovering_and_focusing_a_token_show_what_it_is(opened: Browser, page_of: PageOf, broken: Inspection) -> None:
    opened.open(page_of("broken"))
    token = broken.tokens[5]
    ActionChains(opened.driver).move_to_element(opened.one("[data-at='5']")).perform()
    shown = details(opened)
    assert (shown["position"], shown["id"], shown["byte offset"]) == ("5", str(token.id), str(token.offset))
    assert shown["bytes"].replace(" ", "") == token.bytes
    assert (shown["text"], shown["part"], shown["message"]) == (f'"{token.text}"', "content", "0")
    opened.run("document.querySelector(`[data-at='0']`).focus()")
    assert details(opened)["id"] == str(broken.tokens[0].id)
    part = next(at for at, token in enumerate(broken.tokens) if token.character is not None)
    opened.run("document.querySelector(`[data-at='${arguments[0]}']`).focus()", part)
    assert details(opened)["completes"] == '" 🫠"'
    assert opened.one(f"[data-at='{part}']").get_attribute("aria-label") == f"token {part}, content:  🫠"


def test_keys_alone_reach_tokens_messages_and_the_steps(opened: Browser, page_of: PageOf, broken: Inspection) -> None:
    opened.open(page_of("broken"))
    for _ in range(30):
        opened.press(Keys.TAB)
        if opened.run(f"return {FOCUSED}") is not None:
            break
    assert opened.run(f"return {FOCUSED}") == "0"
    opened.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert (opened.run(f"return {FOCUSED}"), details(opened)["position"]) == ("1", "1")
    opened.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert opened.run(f"return {FOCUSED}") == str(broken.messages[2].start)
    opened.press(Keys.ARROW_RIGHT, Keys.ARROW_UP)
    assert opened.run(f"return {FOCUSED}") == str(broken.messages[2].start)
    opened.press(Keys.END)
    assert opened.run(f"return {FOCUSED}") == str(len(broken.tokens) - 1)
    opened.press(Keys.HOME, Keys.ENTER)
    assert opened.text("#step-label") == f"after 1 token of {len(broken.tokens)}"
    opened.press("]", "]", "[")
    assert opened.text("#step-label") == f"after 2 tokens of {len(broken.tokens)}"
    opened.press("/")
    assert opened.run("return document.activeElement.id") == "query"
    opened.press("paris", Keys.ENTER)
    assert opened.text("#matches") == "2 of 2"
    opened.run("document.querySelector('#modes :checked').focus()")
    opened.press(Keys.ARROW_RIGHT)
    assert opened.run("return document.querySelector('#modes :checked').value") == "pedantic"
    assert opened.run("return document.activeElement.value") == "pedantic"
    assert "raises at token" in opened.text("#verdict")


def test_each_mode_says_where_it_raises_and_what_it_reports(
    opened: Browser, page_of: PageOf, broken: Inspection
) -> None:
    opened.open(page_of("broken"))
    assert opened.text("#verdict").startswith("The mode “recover” reads everything, and reports 4 recoveries")
    marks = [element.text for element in opened.all(".mark")]
    assert marks == ["1 stray_text", "2 missing_stop", "3 glued_role", "4 stray_stop"]
    before = opened.run("return [...document.querySelectorAll('.mark')].map((m) => m.nextElementSibling.dataset.at)")
    assert before == [str(recovery.start) for recovery in broken.recoveries]
    at = broken.readings[0].errors[0].position
    for mode in ("default", "pedantic"):
        choose(opened, mode)
        assert opened.text("#verdict").startswith(f"The mode “{mode}” raises at token {at}, after 1 message: ")
        assert [element.text for element in opened.all(".mark")] == ["raises here"]
        assert "unread" not in classes(opened, at)
        assert "unread" in classes(opened, at + 1)
        assert len(opened.all("#faults li")) == (2 if mode == "default" else 1)
    choose(opened, "recover")
    assert len(opened.all(".unread")) == 0
    opened.all(".mark")[3].click()
    assert opened.run("return document.activeElement.closest('li').id") == "fault-3"
    opened.press(Keys.ENTER)
    assert opened.run(f"return {FOCUSED}") == str(broken.recoveries[3].start)


def test_the_slider_steps_through_the_parser(opened: Browser, page_of: PageOf, broken: Inspection) -> None:
    opened.open(page_of("broken"))
    assert opened.text("#step-label") == "after the end of input"
    start = broken.messages[2].content_start
    slide(opened, start + 2)
    state = rows_of(opened, "state")
    assert (state["state"], state["role"]) == ("Content", "assistant")
    assert (state["channel"], state["recipient"]) == ("commentary", "functions.get_weather")
    assert state["delta"] == f'"{broken.tokens[start + 1].text}"'
    assert state["text so far"] == '"{\\"city"'
    assert "here" in classes(opened, start + 1)
    assert "future" in classes(opened, start + 2)
    assert opened.one("#step").get_attribute("aria-valuetext") == opened.text("#step-label")
    slide(opened, 0)
    assert opened.text("#step-label") == "before the first token"
    opened.one("[data-step=event]").click()
    assert (opened.text("#told"), opened.text("#step-label")) == (
        "message 0 starts",
        f"after 3 tokens of {len(broken.tokens)}",
    )
    opened.one("[data-step=last]").click()
    opened.one("[data-step=back]").click()
    assert opened.text("#step-label") == f"after {len(broken.tokens)} tokens of {len(broken.tokens)}"
    opened.one("#step").send_keys(Keys.ARROW_LEFT)
    assert opened.text("#step-label") == f"after {len(broken.tokens) - 1} tokens of {len(broken.tokens)}"
    assert len(opened.all(".future")) == 1


def test_the_search_finds_text_across_tokens_ids_and_positions(
    opened: Browser, page_of: PageOf, broken: Inspection
) -> None:
    opened.open(page_of("broken"))

    def search(text: str) -> str:
        opened.run(
            "const q = document.getElementById('query'); q.value = arguments[0]; q.dispatchEvent(new Event('input'))",
            text,
        )
        return opened.text("#matches")

    assert search("assistantCOMMENT") == "1 of 1"
    assert len(opened.all(".hit")) == 2
    assert search("🫠") == "1 of 1"
    assert search("200008") == "1 of 3"
    assert search("#7") == "1 of 1"
    assert details(opened)["position"] == "7"
    assert search("nowhere") == "not found"
    assert search("the") == "1 of 5"
    opened.one("#previous").click()
    assert opened.text("#matches") == "5 of 5"
    assert search("") == ""
    assert len(opened.all(".hit")) == 0


def test_the_loss_mask_and_the_sampled_tokens_are_shown(opened: Browser, page_of: PageOf) -> None:
    inspection = PAGES["training"]()
    opened.open(page_of("training"))
    for shade, on in (
        ("sampled", [at for at, token in enumerate(inspection.tokens) if token.sampled]),
        ("loss", [at for at, token in enumerate(inspection.tokens) if token.loss]),
    ):
        choose(opened, shade)
        assert opened.run("return [...document.querySelectorAll('.t.on')].map((e) => Number(e.dataset.at))") == on
    choose(opened, "parts")
    assert len(opened.all(".shaded")) == 0
    opened.open(page_of("broken"))
    assert len(opened.all("#shades input")) == 2  # no loss mask is known of a completion


def test_messages_are_cards_with_the_header_as_it_was_written(
    opened: Browser, page_of: PageOf, broken: Inspection
) -> None:
    opened.open(page_of("broken"))
    choose(opened, "messages")
    cards = opened.all("article:not(.outside)")
    assert len(cards) == len(broken.messages)
    assert [element.text for element in cards[2].find_elements("css selector", ".badge")] == [
        *("channel commentary", "recipient functions.get_weather", "content_type <|constrain|>json", "tool call"),
    ]
    rows = opened.run("return [...arguments[0].querySelectorAll('.header dd')].map((e) => e.textContent)", cards[2])
    assert "".join(rows) == "".join(piece.text for piece in broken.messages[2].header)
    shown = opened.run("return [...document.querySelectorAll('article:not(.outside) .text')].map((e) => e.textContent)")
    assert shown == [message.text for message in broken.messages]
    assert [element.text for element in cards[2].find_elements("css selector", ".mark")] == ["3 glued_role"]


def test_the_theme_is_the_systems_until_it_is_chosen(opened: Browser, page_of: PageOf) -> None:
    def is_dark() -> bool:
        colour = opened.run("return getComputedStyle(document.body).backgroundColor")
        return int(colour.split("(")[1].split(",")[0]) < 128

    opened.open(page_of("broken"))
    assert not is_dark()
    opened.scheme("dark")
    assert is_dark()
    opened.one("#theme").click()
    assert (is_dark(), opened.text("#theme")) == (False, "Theme: light")
    opened.scheme("light")
    opened.one("#theme").click()
    assert (is_dark(), opened.text("#theme")) == (True, "Theme: dark")
    opened.one("#theme").click()
    assert (is_dark(), opened.text("#theme")) == (False, "Theme: system")


CONTRAST = """
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const rgb = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const light = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = rgb(getComputedStyle(at).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255];
};
const poor = new Set();
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.getClientRects().length || element.closest("script")) continue;
  const [one, other] = [rgb(getComputedStyle(element).color), behind(element)].map(luminance).sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  if (ratio < 4.5) poor.add(`${element.tagName} .${element.className} ${ratio.toFixed(2)}`);
}
return [...poor];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_that_wcag_aa_asks_for(opened: Browser, page_of: PageOf, scheme: str) -> None:
    for name, shade in (("broken", "parts"), ("training", "loss")):
        opened.open(page_of(name))
        opened.scheme(scheme)
        choose(opened, shade)
        opened.run("const q = document.getElementById('query'); q.value = 't'; q.dispatchEvent(new Event('input'))")
        for mode in ("recover", "pedantic"):
            choose(opened, mode)
            assert opened.run(CONTRAST) == []
        slide(opened, 9)
        assert opened.run(CONTRAST) == []
    opened.run("document.querySelector('.quiet').style.color = getComputedStyle(document.body).backgroundColor")
    assert opened.run(CONTRAST) != []


@pytest.mark.parametrize("name", ["broken", "training", "hostile", "wide", "many"])
def test_a_narrow_screen_needs_no_scrolling_to_the_side(opened: Browser, page_of: PageOf, name: str) -> None:
    opened.open(page_of(name), NARROW)
    assert opened.overflow() == 0
    choose(opened, "pedantic")
    choose(opened, "messages")
    assert opened.overflow() == 0
    cut = opened.run(
        "const isCut = (element) => element.getBoundingClientRect().right > innerWidth + 1;"
        "return [...document.querySelectorAll('main *')].filter(isCut).map((element) => element.className)"
    )
    assert cut == []


def test_a_long_page_fills_only_what_is_near(opened: Browser, page_of: PageOf) -> None:
    opened.open(page_of("long"))
    size = int(opened.one("#step").get_attribute("max")) - 1
    assert size > 20_000
    count = "document.querySelectorAll('[data-at]').length"
    opened.settled()
    assert 200 < opened.run(f"return {count}") < 2500
    opened.run("window.scrollTo(0, document.body.scrollHeight)")
    opened.until(
        "[...document.querySelectorAll('[data-at]')].some((e) => Number(e.dataset.at) === arguments[0])", size - 1
    )
    assert opened.run(f"return {count}") < 3500
    assert opened.run("return document.querySelectorAll('[data-at][tabindex=\"0\"]').length") == 1
    opened.run("const q = document.getElementById('query'); q.value = '#12000'; q.dispatchEvent(new Event('input'))")
    opened.settled()
    assert opened.run("return document.querySelector('[data-at=\"12000\"]').getBoundingClientRect().top < innerHeight")
    slide(opened, 9000)
    opened.settled()
    assert opened.run("return document.querySelector('[data-at=\"8999\"]').classList.contains('here')")
    opened.until(f"{count} < 3500")


def test_many_messages_are_filled_only_near_too(opened: Browser, page_of: PageOf) -> None:
    opened.open(page_of("many"))
    opened.settled()
    assert len(opened.all(".slot")) == 600
    assert 5 < opened.run("return document.querySelectorAll('article').length") < 60
    opened.run("document.querySelector(`[data-at='0']`).focus()")
    opened.press(Keys.END)
    assert opened.run(f"return {FOCUSED}") == str(int(opened.one("#step").get_attribute("max")) - 2)
    opened.until("document.querySelectorAll('article').length < 80")


def test_no_text_of_a_model_is_run(opened: Browser, page_of: PageOf) -> None:
    opened.open(page_of("hostile"))
    for layout in ("tokens", "messages"):
        choose(opened, layout)
        assert opened.run("return document.querySelectorAll('script, img, iframe, svg').length") == 2  # its own
    assert opened.alert() is None
    assert "<script>alert(1)</script>" in opened.text(".text")
    assert "\\u{202e}\\u{200b}txt.exe" in opened.text(".text")


def test_a_notebook_shows_the_page_in_a_frame_that_reaches_nothing(
    opened: Browser, page_of: PageOf, tmp_path: Path
) -> None:
    (tmp_path / "notebook.html").write_text(f"<!doctype html>{PAGES['hostile']()._repr_html_()}", encoding="utf-8")
    opened.open((tmp_path / "notebook.html").as_uri())
    opened.driver.switch_to.frame(0)
    assert opened.text("#verdict").startswith("The mode “recover” reads everything")
    opened.one("[data-at='4']").click()
    assert details(opened)["position"] == "4"
    with pytest.raises(Exception, match=r"SecurityError|Blocked a frame"):
        opened.run("return parent.document.title")
    opened.driver.switch_to.default_content()


def test_an_input_without_tokens_is_a_page(opened: Browser, page_of: PageOf) -> None:
    opened.open(page_of("nothing"))
    assert details(opened) == {"token": "none"}
    slide(opened, 1)
    assert opened.text("#step-label") == "after the end of input"
