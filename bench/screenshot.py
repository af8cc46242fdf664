"""Takes docs/local-chat.png: a real conversation with the real bot, in Chromium.

python bench/screenshot.py [FILE]
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from adapters import web
from adapters.local.listen import SAMPLE_PEOPLE
from bot.engine import roster
from bot.settings import load
from bot.wiring import Clock, wired

TOP = Path(__file__).resolve().parents[1]
QUESTION = "Mag ik een filmpje van mijn les op YouTube zetten? Alle ouders vinden het goed."
SIZE = {"width": 1180, "height": 860}


async def take(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load(_env_file=None, database_url=f"sqlite:///{folder}/chat.sqlite")
        async with wired(settings, Clock()) as app:
            async with app.database.transaction() as db:
                await roster.import_people(db, SAMPLE_PEOPLE.read_text("utf-8"), dry_run=False)
            health = web.Health(app.database, app.worker, app.clock)
            runner = await web.serve(
                web.application(app.platforms["local"].routes(), health), "127.0.0.1", 0
            )
            app.worker.start()
            await _photograph(f"http://127.0.0.1:{runner.addresses[0][1]}/", target)
            await runner.cleanup()
            await app.worker.stop()


async def _photograph(url: str, target: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--headless=new", "--no-sandbox", "--disable-gpu", "--lang=nl"],
        )
        page = await browser.new_page(viewport=SIZE, locale="nl-NL", reduced_motion="reduce")
        await page.goto(f"{url}#anna@example.org")
        replies = page.locator(".message.bot")
        await replies.first.wait_for()
        await page.locator("#message").fill(QUESTION)
        await page.keyboard.press("Enter")
        await replies.nth(1).wait_for()
        await page.wait_for_timeout(500)
        await page.screenshot(path=target)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "docs" / "local-chat.png"))
