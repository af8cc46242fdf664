"""The desk in a real browser: in by a link from the chat, by keyboard, on a phone, and out again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from dialogs.breach.table import Breach
from tests.browser.conftest import Window

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one Chromium for all of them

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# What a screen reader stumbles over, as far as it can be counted.
STUMBLES = """() => [
  ...[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter(e => !e.labels.length).map(e => 'no label: ' + e.name),
  ...[...document.querySelectorAll('button, a')].filter(e => !e.textContent.trim())
    .map(e => 'no words: ' + e.outerHTML),
  ...[...document.querySelectorAll('th')].filter(e => !e.scope).map(e => 'no scope: ' + e.textContent),
  ...(new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size
    == document.querySelectorAll('[id]').length ? [] : ['an id twice']),
  ...(document.querySelectorAll('h1').length == 1 ? [] : ['not one h1']),
  ...(document.querySelector('main, [role=main]') ? [] : ['no main']),
  ...(document.documentElement.lang ? [] : ['no language']),
]"""


async def enter(window: Window, app: Any, email: str) -> None:
    """In by a link like the chat gives, with Enter alone."""
    async with app.database.transaction() as db:
        url = await app.office.doors.enter(db, email, app.clock())
    await window.page.goto(window.url + "desk/" + url.partition("/desk/")[2])
    await window.page.keyboard.press("Tab")
    await window.page.keyboard.press("Enter")
    await window.page.locator("nav").wait_for()


async def check(window: Window, *paths: str) -> None:
    """Every page fits a phone and has what a screen reader needs."""
    for path in paths:
        await window.page.goto(f"{window.url}desk/see/{path}")
        assert await window.page.evaluate(STUMBLES) == [], path
        await window.page.set_viewport_size({"width": 320, "height": 640})
        assert await window.page.evaluate(FITS), path
        await window.page.set_viewport_size({"width": 1200, "height": 860})


async def test_the_officer_works_through_a_report(window: Window, site: tuple[str, Any]) -> None:
    _, app = site
    now = app.clock()
    async with app.database.transaction() as db:
        db.add(
            Breach(
                ref="BR-2026-0001", reporter="anna@example.org", reporter_name="Anna",
                answers={"what": "stolen", "story": "In de trein."},
                noticed_at=now - timedelta(hours=1), reported_at=now,
            )
        )  # fmt: skip
    await enter(window, app, "petra@example.org")
    page = window.page
    await page.get_by_role("link", name="BR-", exact=False).first.click()
    await page.get_by_role("button", name="Ik heb het gezien").click()
    await expect(page.get_by_role("status")).to_contain_text("De melder krijgt bericht")
    await page.get_by_role("button", name="Vraag stellen").click()
    await page.get_by_label("Wat wil je weten?").fill("Welke dag?")
    await page.get_by_role("button", name="Vraag versturen").click()
    await expect(page.get_by_role("cell", name="Welke dag?")).to_be_visible()
    await check(window, "register", page.url.partition("/see/")[2] or "register", "data")
    await page.get_by_role("button", name="Uitloggen").click()
    await expect(page.get_by_role("heading")).to_have_text("Je bent uit het bureau")


async def test_the_coordinator_reads_in_a_list(
    window: Window, site: tuple[str, Any], tmp_path: Path
) -> None:
    await enter(window, site[1], "coen@example.org")
    page = window.page
    await page.goto(f"{window.url}desk/see/people/import")
    file = tmp_path / "lijst.csv"
    file.write_text("Naam;E-mail;Rol\nCas Nieuw;cas@example.org;student\n", "cp1252")
    await page.get_by_label("Bestand met mensen").set_input_files(file)
    await page.get_by_role("button", name="Bekijken").click()
    await expect(page.get_by_role("rowheader", name="2")).to_be_visible()
    await page.get_by_role("button", name="Klopt: zo overnemen").click()
    await page.get_by_role("link", name="Mensen").first.click()
    await page.get_by_label("Zoeken").fill("Cas Nieuw")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("rowheader", name="Cas Nieuw")).to_be_visible()
    await check(window, "people", "people/import", "people/cas@example.org", "cases", "recordings")
