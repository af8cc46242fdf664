"""How fast the bot answers: understanding alone, a whole turn, and a turn with its delivery.

python bench/turns.py [--turns 300] [--database sqlite|postgresql|both]

One process, one question at a time, 20 people in the local chat; a turn counts until it is
committed, and a delivery until its message is written down. Milliseconds are medians.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adapters.local.messenger import address
from bench.crash import place
from bot.engine.events import Said
from bot.settings import load
from bot.wiring import Clock, wired
from dialogs.understanding.reader import Reader

QUESTIONS = (
    "Mag ik mijn opname met mijn supervisor delen in iRIS?",
    "Can I keep the recording of my lesson after I graduate?",
    "Een ouder wil niet dat haar kind gefilmd wordt, wat nu?",
    "my laptop with the lesson video was stolen",
)


async def trial(url: str, turns: int) -> None:
    """Ask, and print the figures."""
    settings = load(_env_file=None, database_url=url, local_chat=True)
    clock = Clock()
    async with wired(settings, clock) as app:
        understand = Reader.load(app.guidelines).read
        for question in QUESTIONS:
            understand(question, now=clock())
        alone, answered, delivered = [], [], []
        for n in range(turns):
            question, who = QUESTIONS[n % len(QUESTIONS)], f"person{n % 20}@example.org"
            begun = time.perf_counter()
            understand(question, now=clock())
            alone.append(time.perf_counter() - begun)
            event = Said(
                id=f"local:{uuid.uuid4()}",
                address=address(who),
                at=datetime.now(UTC),
                email=who,
                text=question,
            )
            begun = time.perf_counter()
            await app.talk.handle(event, clock())
            answered.append(time.perf_counter() - begun)
            await app.worker.drain()
            delivered.append(time.perf_counter() - begun)
    for name, seconds in (
        ("understanding", alone),
        ("turn committed", answered),
        ("turn delivered", delivered),
    ):
        print(f"  {name}: {1000 * statistics.median(seconds):.1f} ms")


def main() -> None:
    """Run it on one database or on both."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--turns", type=int, default=300)
    cli.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    args = cli.parse_args()
    for kind in ["sqlite", "postgresql"] if args.database == "both" else [args.database]:
        with place(kind) as url:
            print(f"{kind}:", flush=True)
            asyncio.run(trial(url, args.turns))


if __name__ == "__main__":
    main()
