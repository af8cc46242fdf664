"""What was typed never reaches the log, whoever writes the line."""

import subprocess
import sys

SCRIPT = """
import asyncio, logging
from bot.log import configure
configure("DEBUG", "text")

async def main():
    async def broken():
        raise ValueError("typed by Anna")
    task = asyncio.create_task(broken())
    await asyncio.sleep(0)
    del task
    await asyncio.sleep(0)

asyncio.run(main())
try:
    raise ValueError("typed by Anna")
except ValueError:
    logging.getLogger("aiohttp.server").exception("Error handling request")
    import structlog
    structlog.get_logger("x").exception("turn.broke")
logging.getLogger("x").warning("%s is well", "this")
"""


def test_an_exception_is_logged_without_its_words() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=30
    )
    assert "Anna" not in done.stderr
    assert done.stderr.count("ValueError") == 3
    assert "Error handling request" in done.stderr
    assert "this is well" in done.stderr
    assert len(done.stderr.splitlines()) == 4
