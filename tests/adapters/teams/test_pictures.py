"""Every kind of card, drawn by Microsoft's own renderer in Chromium.

It needs npm and Chromium, and says so where they are missing. To keep the pictures:
TEAMS_PICTURES=folder pytest tests/adapters/teams/test_pictures.py
"""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.render import render
from bot.engine.replies import Ask, Quote, Say
from tests.adapters.teams.person import actions, inputs, read
from tests.adapters.teams.test_render import FIELDS, NASTY, SAY, ZONE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PACKAGES = ("adaptivecards@3.0.6", "markdown-it@14.1.0")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The renderer's two scripts, from npm; it is tests' own and never shipped."""
    npm = shutil.which("npm")
    if not npm or not CHROMIUM:
        pytest.skip(f"no {'Chromium' if npm else 'npm'} here: cards are not drawn")
    folder = tmp_path_factory.mktemp("adaptivecards")
    install = [npm, "install", "--prefix", str(folder), "--no-save", "--ignore-scripts", *PACKAGES]
    done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        pytest.skip(f"npm could not bring {PACKAGES}: cards are not drawn")
    for name in ("adaptivecards", "markdown-it"):
        shutil.copy(folder / f"node_modules/{name}/dist/{name}.min.js", folder)
    return folder


@pytest.fixture
async def page(library: Path) -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    app = web.Application()
    app.router.add_static("/lib", library)
    app.router.add_static("/", Path(__file__).parent)
    async with TestServer(app) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = await browser.new_page(viewport={"width": 1440, "height": 300}, locale="nl-NL")
        await opened.goto(str(server.make_url("/cards.html")))
        yield opened
        await browser.close()


async def draw(page: Any, caption: str, card: dict[str, Any]) -> None:
    """Draw it; the renderer must have nothing to complain about, and show every part."""
    assert await page.evaluate("([c, p]) => show(c, p)", [caption, card]) == []
    figure = page.locator("figure").last
    folded = figure.get_by_role("button", name="vragen").or_(
        figure.get_by_role("button", name="questions")
    )
    if await folded.count():
        await folded.click()
    shown = await figure.inner_text()
    for line in read(card).splitlines():
        assert " ".join(line.split()) in " ".join(shown.split()), line
    for action in actions(card):
        assert await figure.get_by_role("button", name=action["title"], exact=True).count() == 1
    for name in inputs(card):
        assert inputs(card)[name]["label"] in shown


async def save(page: Any, name: str) -> None:
    folder = os.environ.get("TEAMS_PICTURES")
    if folder:
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_what_people_typed_is_shown_and_does_nothing(page, texts):
    say = Say(NASTY, NASTY, ((NASTY, NASTY),), (Quote(NASTY, NASTY, NASTY),), NASTY)
    cancel = texts("form.cancel", "nl")
    options = ((NASTY, NASTY), ("b", "b"))
    fields = tuple(
        replace(f, label=NASTY, hint=NASTY, error=NASTY, options=f.options and options)
        for f in FIELDS
    )
    asked = Ask("trial", 7, NASTY, "Versturen", cancel, fields, Say("x"), intro=NASTY)
    for n, reply in enumerate((say, asked, replace(say, buttons=SAY.buttons))):
        card = render([reply], texts, ZONE)
        assert await page.evaluate("([c, p]) => show(c, p)", [str(n), card]) == []
    await save(page, "nasty")
    for tag in ("a", "strong", "em", "code", "at", "script", "img"):
        assert await page.locator(f".card {tag}").count() == 0, tag


async def test_every_kind_of_card_in_both_languages(page, world, anna, bo):
    asked = ((anna, "nl-NL", "Mag ik dit filmpje bewaren?"), (bo, "en-GB", "May I keep this clip?"))
    for person, person.locale, question in asked:
        [hello] = await person.install()
        await draw(page, "1", hello.card)
        await draw(page, "2", (await person.say(question))[-1].card)
        press = person.activity("invoke", name="adaptiveCard/action")
        press["value"] = {"action": {"data": {"b": "breach.start"}}, "trigger": "manual"}
        await person.send(press)
        await draw(page, "3", person.look()[-1].card)
    await save(page, "kinds")


async def test_the_picture_for_the_documentation(page, world, anna, bo):
    await bo.install()
    question = "Mag ik dit filmpje op YouTube zetten? Alle ouders vinden het goed"
    answer = (await anna.say(question))[-1].card
    await anna.say("Probleem met toestemming")
    [form] = await anna.press("Naar mijn supervisor")
    await anna.press("Controleren", kind="many_refuse", recorded="no", date="2026-01-12")
    wrong = {**form.card}
    kept = {"kind": "many_refuse", "recorded": "no", "date": "2026-12-01"}
    await anna.press("Controleren", **kept, question="Kan ik in een andere klas opnemen?")
    await anna.press("Naar mijn supervisor")
    case = bo.look()[-1].card
    await draw(page, "Opnamewijzer aan Anna", answer)
    await draw(page, "Een formulier met een fout", wrong)
    await draw(page, "Opnamewijzer aan supervisor Bo", case)
    await save(page, "teams")
