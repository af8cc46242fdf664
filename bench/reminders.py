"""100,000 recordings of 5,000 students: how long "what is due?" takes, and who gets a message.

    python -m bench.reminders                                  # SQLite in a temporary folder
    python -m bench.reminders postgresql://USER@HOST/NAME      # an empty database

Exit code 1 when a figure misses its mark: `due` under 2 seconds, and exactly one message for
every student who has something due, also with two sweeps at once and when run again.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import insert, select

import dialogs
from bot.engine.dialog import Office
from bot.engine.store.database import Database
from bot.engine.store.tables import Job, Person
from dialogs.guidelines import load
from dialogs.recordings import due_lines
from dialogs.recordings.register import reckon
from dialogs.recordings.reminders import sweep_some
from dialogs.recordings.table import Recording

ZONE = ZoneInfo("Europe/Amsterdam")
STUDENTS, EACH = 5_000, 20
AT = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)  # a Wednesday
LIMIT = 2.0


async def fill(database: Database) -> None:
    """Every student recorded something every ninth day; nothing was reminded of yet."""
    async with database.transaction() as db:
        people = [
            {"email": f"s{n:04}@example.nl", "name": f"Student {n}", "role": "student"}
            for n in range(STUDENTS)
        ]
        await db.exec(insert(Person), params=people)
    for first in range(0, STUDENTS, 500):
        rows = [row(n, k) for n in range(first, first + 500) for k in range(EACH)]
        async with database.transaction() as db:
            await db.exec(insert(Recording), params=rows)


def row(student: int, number: int) -> dict[str, object]:
    """One recording, planned as if it had been noted on its own day."""
    day = date(2026, 8, 1) + timedelta(days=9 * number + student % 9)
    noted = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    made = Recording(
        owner=f"s{student:04}@example.nl", label=f"les {number}", made_on=day, due=day,
        added_at=noted,
    )  # fmt: skip
    reckon(made, noted, ZONE, None, 6)
    return made.model_dump(exclude={"id"})


async def swept(database: Database, office: Office) -> int:
    """Sweep until nothing is due."""
    told = 0
    while True:
        async with database.transaction() as db:
            found = await sweep_some(db, AT, office)
        if found is None:
            return told
        told += found[1]


async def measure(url: str) -> bool:
    """Print the figures; whether all are well."""
    office = Office(dialogs.texts(load()), ZONE, "po@example.nl", lambda *_: "", 6, 24)
    database, other = Database.at(url), Database.at(url)
    await database.upgrade()
    await fill(database)
    start = time.perf_counter()
    async with database.transaction() as db:
        due = await due_lines(db, AT, ZONE)
    asked = time.perf_counter() - start
    start = time.perf_counter()
    told = sum(await asyncio.gather(swept(database, office), swept(other, office)))
    planned = time.perf_counter() - start
    again = await swept(database, office)
    async with database.transaction() as db:
        jobs = (await db.exec(select(Job).where(Job.kind == "notify"))).all()
        left = len(await due_lines(db, AT, ZONE))
    messages = Counter(job.payload["to"] for job in jobs)
    lines = sum(len(job.payload["message"]["facts"]) for job in jobs)
    await database.close()
    await other.close()
    people = {line.person for line in due}
    print(f"{STUDENTS * EACH:,} recordings of {STUDENTS:,} students, {url.partition(':')[0]}")
    print(f"due: {len(due):,} recordings of {len(people):,} students in {asked:.2f} s")
    print(f"two sweeps at once: {told:,} messages planned in {planned:.1f} s, again: {again}")
    print(f"students with exactly one message: {sum(n == 1 for n in messages.values()):,}")
    once = set(messages) == people and set(messages.values()) == {1} and lines == len(due)
    return asked < LIMIT and once and told == len(people) and again == 0 and left == 0


def main() -> int:
    """The database named on the command line, or a fresh SQLite file."""
    if sys.argv[1:]:
        return 0 if asyncio.run(measure(sys.argv[1])) else 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite"
        return 0 if asyncio.run(measure(f"sqlite:///{path}")) else 1


if __name__ == "__main__":
    sys.exit(main())
