"""A small institute under a rough sky, ruled by a seed: what is promised about delivery.

One process, the real engine, worker and dialogs' jobs on a real SQLite file, with a clock and
platforms that a seed controls. For some simulated days people ask, are told things and get mail,
while calls fail, hang, are refused for good, or are taken and then answered with an error; the
clock jumps back; the worker is abandoned at any await and another one takes its place.

After it the sky clears and these must hold:
- nothing accepted is lost: every message arrived, or stands aside where the operator sees why;
- a message of unknown fate has at most three copies, and one more for each worker that died;
- 'delivered' is written down only for what a platform really took;
- a failure never makes others wait: who is in no trouble got everything.

It covers delivery alone, with the engine's own jobs: no rendering, no rights, one database.
A seed is the same history every time: one job at a time, and all luck drawn from the seed.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from bot.engine import people
from bot.engine.delivery import Delivery
from bot.engine.events import Address
from bot.engine.job_table import Priority, Task, Wanted, add
from bot.engine.jobs import MOST_COPIES, Worker
from bot.engine.outbox import ByMail, Notice, Parcel
from bot.engine.replies import Reply, RetryLater, Say, Undeliverable, Unreachable, Unsure
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Job

BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAYS, PEOPLE, STEP = 2, 4, timedelta(minutes=80)
CLEAR = timedelta(days=1)


class Killed(BaseException):
    """The process died here."""


@dataclass
class Sky:
    """What goes wrong, and when."""

    luck: random.Random
    rough: bool = True
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def weather(self) -> str:
        """What becomes of the next call."""
        if not self.rough:
            return "well"
        kinds = (
            "well",
            "down",
            "busy",
            "lost",
            "taken",
            "refused",
            "gone",
            "killed",
            "killed late",
        )
        return self.luck.choices(kinds, (50, 14, 6, 4, 6, 2, 2, 3, 3))[0]


@dataclass
class World:
    """A platform under that sky; remembers what really arrived."""

    platform: str
    sky: Sky
    arrived: Counter[str] = field(default_factory=Counter)

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        weather = self.sky.weather()
        await asyncio.sleep(0)
        if weather == "killed":
            raise Killed
        if weather == "down":
            raise ConnectionError
        if weather == "busy":
            raise RetryLater(self.sky.luck.uniform(1, 90))
        if weather == "refused":
            raise Undeliverable("no", "refused")
        if weather == "gone":
            raise Unreachable("no", "gone")
        if weather == "lost":
            raise Unsure("silence", "no_answer")
        self.arrived[key] += 1
        if weather == "taken":
            raise Unsure("502", "http_502")
        if weather == "killed late":
            raise Killed
        return key

    async def find(self, email: str) -> Address | None:
        return None


class Institute:
    """The engine in that world."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.luck = random.Random(seed)
        # Waits are drawn from the process's own source: the seed rules that as well.
        random.seed(seed)
        self.sky = Sky(self.luck)
        self.chat, self.mail = World("chat", self.sky), World("mail", self.sky)
        self.database = Database.at(f"sqlite:///{folder}/{seed}.sqlite")
        self.said: list[str] = []
        self.told: set[str] = set()

    def worker(self) -> Worker:
        """A process's worth of it."""
        messengers = {"chat": self.chat, "mail": self.mail}
        jobs = {"told": self._told, "failed": self._failed}
        return Delivery(self.database, messengers).worker(self.sky, jobs, {"chat": 1.0})

    async def _told(self, task: Task, db: Any, now: datetime) -> None:
        self.told.add(task.payload["name"])

    async def _failed(self, task: Task, db: Any, now: datetime) -> None:
        """A dialog hears of a failure; nothing to do here."""

    async def live(self) -> None:
        """All the days, then clear weather."""
        async with self.database.transaction() as db:
            for n in range(PEOPLE):
                home = people.address_json(Address("chat", "", f"p{n}"))
                key, mail = f"chat::p{n}", f"p{n}@x.nl"
                db.add(Account(key=key, platform="chat", email=mail, address=home))
        while self.sky.now < BEGIN + timedelta(days=DAYS):
            await self._something()
            await self._work()
            self.sky.now += STEP * self.luck.uniform(0.2, 1.8)
            if self.luck.random() < 0.02:
                self.sky.now -= timedelta(hours=1)
        self.sky.rough = False
        end = self.sky.now + CLEAR
        while self.sky.now < end:
            await self._work()
            self.sky.now += timedelta(hours=2)

    async def _something(self) -> None:
        """Somebody is told something, in one of the ways there are."""
        name = f"m{len(self.said)}"
        person = f"p{self.luck.randrange(PEOPLE)}"
        kind = self.luck.choice(("answer", "notice", "letter", "bulk"))
        ways = {
            "notice": {},
            "letter": {"mail": ByMail.ONLY, "endless": True, "priority": Priority.URGENT},
            "bulk": {"priority": Priority.BULK, "worth_until": self.sky.now + timedelta(days=1)},
        }
        async with self.database.transaction() as db:
            if kind == "answer":
                more = Parcel(Address("chat", "", person), Say(name)).job(name)
            else:
                heard = {"then": "told", "failed": "failed", "data": {"name": name}}
                more = Notice(f"{person}@x.nl", Say(name), name, **heard, **ways[kind]).job()
            await add(db, more, self.sky.now)
        self.said.append(name)

    async def _work(self) -> None:
        """A worker, which may die with work in hand; the next one is another process."""
        worker = self.worker()
        try:
            # One job at a time: the same seed is the same history.
            while tasks := await worker._claim(self.sky.now, [Wanted(worker._kinds)]):
                for task in tasks:
                    await worker._do(task, self.sky.now)
        except Killed:
            return

    async def wrong(self) -> list[str]:
        """What was promised and is not so."""
        async with self.database.transaction() as db:
            jobs = list(await db.exec(select(Job).order_by(col(Job.id))))
        arrived = self.chat.arrived + self.mail.arrived
        names = {key.removeprefix("deliver:").partition(":")[0] for key in arrived}
        aside = {job.key.removeprefix("deliver:").partition(":")[0] for job in jobs if job.error}
        deaths = {job.key: job.lost for job in jobs}
        found = [f"{name} is lost" for name in self.said if name not in names | aside]
        found += [f"{name} was never delivered" for name in sorted(self.told - names)]
        found += [
            f"{key}: {n} copies"
            for key, n in arrived.items()
            if n > MOST_COPIES + deaths.get(key, 0)
        ]
        found += [f"{job.key} still waits" for job in jobs if not job.done and not job.error]
        return found


async def trial(seed: int, template: Path, folder: Path) -> list[str]:
    """One seed, on a copy of an empty database; what went wrong."""
    shutil.copy(template, folder / f"{seed}.sqlite")
    institute = Institute(seed, folder)
    try:
        await institute.live()
        return await institute.wrong()
    finally:
        await institute.database.close()
        (folder / f"{seed}.sqlite").unlink()


async def empty(folder: Path) -> Path:
    """An up-to-date empty database."""
    database = Database.at(f"sqlite:///{folder}/empty.sqlite")
    await database.upgrade()
    await database.close()
    return folder / "empty.sqlite"
