"""The real bot on a free port, and Debian's Chromium looking at it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from adapters import web as server
from adapters.local.listen import SAMPLE_PEOPLE
from bot.engine import roster
from bot.settings import load
from bot.wiring import Clock, wired

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def site(tmp_path: Path) -> AsyncIterator[tuple[str, Any]]:
    """The address of a running bot with the sample people, and the bot."""
    settings = load(_env_file=None, database_url=f"sqlite:///{tmp_path}/site.sqlite")
    async with wired(settings, Clock()) as app:
        async with app.database.transaction() as db:
            await roster.import_people(db, SAMPLE_PEOPLE.read_text("utf-8"), dry_run=False)
        health = server.Health(app.database, app.worker, app.clock, app.problems)
        pages = [*app.platforms["local"].routes(), *app.platforms["desk"].routes()]
        web = server.application(pages, health)
        runner = await server.serve(web, "127.0.0.1", 0)
        app.worker.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/", app
        finally:
            await runner.cleanup()
            await app.worker.stop()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


class Window:
    """One browser window; it fails when the page complains or asks anything of another site."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.complaints.append(f"asked for {request.url}")

    async def be(self, email: str) -> None:
        await self.page.goto(f"{self.url}#{email}")
        await self.page.locator(".message.bot").first.wait_for()

    async def say(self, text: str) -> str:
        """Type a sentence, press Enter, and give the answer that comes."""
        replies = self.page.locator(".message.bot")
        before = await replies.count()
        await self.page.locator("#message").fill(text)
        await self.page.keyboard.press("Enter")
        await replies.nth(before).wait_for()
        return await replies.nth(before).inner_text()


@pytest_asyncio.fixture(loop_scope="module")
async def window(site: tuple[str, Any], chromium: Browser) -> AsyncIterator[Window]:
    context = await chromium.new_context(
        viewport={"width": 1200, "height": 860}, locale="nl-NL", timezone_id="Europe/Amsterdam"
    )
    made = Window(await context.new_page(), site[0])
    made.page.set_default_timeout(10_000)
    yield made
    await context.close()
    assert made.complaints == []
