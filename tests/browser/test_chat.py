"""The chat in the browser, as people use it: by keyboard, on a phone, with a screen reader."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Window

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one Chromium for all of them

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus."""
    for _ in range(60):
        focused = page.locator(":focus")
        if await focused.count() and await focused.get_attribute("name") == name:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the Tab key")


async def open_form(window: Window) -> None:
    await window.be("anna@example.org")
    await window.page.get_by_role("button", name="Datalek melden").first.click()
    await window.page.locator("form.form").wait_for()


async def test_asks_in_dutch(window: Window) -> None:
    await window.be("anna@example.org")
    answer = await window.say("Mag ik dit filmpje op YouTube zetten? Alle ouders vinden het goed")
    assert "dat mag niet" in answer.lower()
    await expect(window.page.locator("blockquote[lang=nl]").first).to_be_visible()


async def test_asks_in_english_and_the_page_follows(window: Window) -> None:
    await window.be("anna@example.org")
    await window.say("Can I share this clip with my fellow students?")
    await expect(window.page.locator("html")).to_have_attribute("lang", "en")
    await expect(window.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    await expect(window.page.locator(".reading").first).to_be_visible()


async def test_the_switch_speaks_to_the_bot_too(window: Window) -> None:
    await window.be("anna@example.org")
    await window.page.get_by_role("button", name="English").click()
    await expect(window.page.locator("#people-title")).to_have_text("Who are you now?")
    await window.page.reload()
    await expect(window.page.locator("#people-title")).to_have_text("Who are you now?")


async def test_shift_enter_makes_a_line_and_nothing_becomes_html(window: Window) -> None:
    await window.be("anna@example.org")
    await window.page.locator("#message").fill("<img src=x onerror=alert(1)>")
    await window.page.keyboard.press("Shift+Enter")
    await window.page.keyboard.type("mag dit?")
    await window.page.keyboard.press("Enter")
    said = window.page.locator(".message.person .text")
    await expect(said).to_have_text("<img src=x onerror=alert(1)>\nmag dit?")


async def test_fills_in_a_form_by_keyboard(window: Window) -> None:
    await open_form(window)
    page = window.page
    await expect(page.locator(".form .title")).to_be_focused()
    await tab_to(page, "noticed_at")
    await page.keyboard.press("Tab")  # the parts of the date, then the button that fills in 'now'
    while not await page.locator(".with-now .button:focus").count():
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await tab_to(page, "what")
    await page.keyboard.press("ArrowDown")
    await tab_to(page, "story")
    await page.keyboard.type("Mijn telefoon met een opname is gestolen.")
    while not await page.locator("form.form [type=submit]:focus").count():
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".facts").last).to_contain_text("Mijn telefoon met een opname")
    await expect(page.locator("form.form")).to_have_count(0)


async def test_wrong_answers_stand_at_their_field_and_the_rest_is_kept(window: Window) -> None:
    await open_form(window)
    page = window.page
    wrong = page.locator("[name=noticed_at]")
    await expect(wrong).not_to_have_value("")  # now, until somebody says otherwise
    await wrong.fill("2099-01-01T12:00")
    await page.locator("[name=story]").fill("Mijn laptop is weg.")
    await page.locator("form.form [type=submit]").click()
    await expect(wrong).to_be_focused()
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    described = str(await wrong.get_attribute("aria-describedby")).split()
    assert await page.locator(f"#{described[-1]}").inner_text() != ""
    await expect(wrong).to_have_value("2099-01-01T12:00")
    await expect(page.locator("[name=what]")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("[name=story]")).to_have_value("Mijn laptop is weg.")
    await page.reload()
    await expect(page.locator("[name=story]")).to_have_value("Mijn laptop is weg.")


async def test_a_typed_answer_closes_the_form(window: Window) -> None:
    await open_form(window)
    await expect(window.page.locator("#answering")).to_be_visible()
    await window.say("gisteren 14:00")
    await expect(window.page.locator("details.as-form")).to_have_count(1)
    await window.say("stop")
    await expect(window.page.locator("#answering")).to_be_hidden()


async def test_others_get_a_mark_when_they_get_a_message(window: Window, site: Any) -> None:
    await window.be("anna@example.org")
    joris = window.page.locator("[data-account='joris@example.org']")
    await expect(joris.locator(".dot")).to_have_count(0)
    messenger = site[1].messengers["local"]
    from adapters.local.messenger import address
    from bot.engine.replies import Say

    await messenger.send(address("joris@example.org"), Say("Anna heeft een vraag."), key="one")
    await expect(joris.locator(".dot")).to_have_count(1)
    assert (await window.page.title()).startswith("(1)")
    await joris.click()
    await expect(window.page.get_by_text("Anna heeft een vraag.")).to_be_visible()
    await expect(joris.locator(".dot")).to_have_count(0)


async def test_the_clock_moves_forward_and_back(window: Window, site: Any) -> None:
    await window.be("anna@example.org")
    await window.page.get_by_role("button", name="+1 week").click()
    await expect(window.page.locator("#ahead")).to_be_visible()
    assert site[1].clock.ahead.days == 7
    await window.page.get_by_role("button", name="Terug naar nu").click()
    await expect(window.page.locator("#ahead")).to_be_hidden()


async def test_a_file_stays_in_the_browser(window: Window) -> None:
    await window.be("anna@example.org")
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.post_data or ""))
    await window.page.locator("#file").set_input_files(
        {"name": "klas2b.mp4", "mimeType": "video/mp4", "buffer": b"geheim"}
    )
    await expect(window.page.locator(".message.person")).to_contain_text("video/mp4")
    assert "video/mp4" in "".join(sent)
    assert "klas2b" not in "".join(sent)
    assert "geheim" not in "".join(sent)


async def test_fits_a_phone(window: Window) -> None:
    page = window.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(window.url)
    await page.locator("#people button").first.wait_for()
    assert await page.evaluate(FITS)
    await open_form(window)
    assert await page.evaluate(FITS)
    inside = (
        "document.querySelector('#log').scrollWidth <= document.querySelector('#log').clientWidth"
    )
    assert await page.evaluate(inside)
    await page.locator("#back").click()
    await expect(page.locator("#people")).to_be_visible()


async def test_a_screen_reader_finds_its_way(window: Window) -> None:
    await open_form(window)
    page = window.page
    await expect(page.get_by_role("log", name="Gesprek met Opnamewijzer")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Je bericht")).to_be_visible()
    await expect(page.get_by_role("form", name="Mogelijk datalek melden")).to_be_visible()
    await expect(page.get_by_role("combobox", name="Wat is er gebeurd?")).to_be_visible()
    nameless = await page.evaluate(
        """[...document.querySelectorAll('button, a, input, textarea, select')]
           .filter(e => e.checkVisibility() && !e.innerText?.trim() && !e.ariaLabel
                        && !e.labels?.length && !e.textContent.trim())
           .map(e => e.outerHTML)"""
    )
    assert nameless == []
