"""The crash test: kill the bot at random moments and count what was lost or doubled.

    python bench/crash.py [--kills 300] [--database sqlite|postgresql|both] [--seed 1]

Two processes share one database (on SQLite too) and answer a stream of events: breach reports,
recordings, consent problems and questions. Every event is delivered as a platform does: again
and again, to either process, until one says "received". A killer sends SIGKILL to one of them at
random moments; a new process takes its place. Mail goes to a real SMTP server on loopback.
At the end: every report recorded once and mailed; every reply written once; every doubled mail
recognisable by its Message-ID.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import email
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from aiosmtpd.controller import Controller
from sqlmodel import col, select

from adapters.local.messenger import address
from adapters.local.tables import LocalMessage
from bot.engine.events import Event, Pressed, Said, Submitted
from bot.engine.store.database import Database
from bot.engine.store.tables import Draft, Job, Person
from bot.settings import load
from bot.wiring import Clock, wired
from dialogs.breach.table import Breach
from dialogs.consent.table import Case
from dialogs.recordings.table import Recording

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
ANSWER_WITHIN = 3.0
OFFICER = "officer@example.org"


class Letters:
    """An SMTP server that keeps the Message-ID and the subject of what it accepts."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """One letter; the method's name is aiosmtpd's."""
        message = email.message_from_bytes(envelope.content)
        self.seen.append((message["Message-ID"], message["Subject"]))
        return "250 OK"


def child(url: str, smtp: str, pipe: Connection) -> None:
    """One process of the bot: answers events from the pipe until it is killed."""
    asyncio.run(_child(url, smtp, pipe))


async def _child(url: str, smtp: str, pipe: Connection) -> None:
    settings = load(
        _env_file=None,
        database_url=url,
        smtp_url=smtp,
        mail_from="bot@example.org",
        privacy_officer_email=OFFICER,
        local_chat=True,
    )
    clock = Clock()
    async with wired(settings, clock) as app:
        app.worker.start()
        pipe.send("ready")
        while True:
            event: Event = await asyncio.to_thread(pipe.recv)
            await app.talk.handle(event, clock())
            pipe.send(event.id)


class Bots:
    """The processes, of which one is killed now and then."""

    def __init__(self, url: str, smtp: str, count: int) -> None:
        self._url, self._smtp = url, smtp
        self._fork = multiprocessing.get_context("forkserver")
        self._fork.set_forkserver_preload(["bot.wiring", "adapters.mail.messenger"])
        self._alive: list[tuple[Any, Connection]] = []
        self._locks: dict[int, asyncio.Lock] = {}
        self.kills = 0
        for _ in range(count):
            self._alive.append(self._start())

    def _start(self) -> tuple[Any, Connection]:
        ours, theirs = self._fork.Pipe()
        process = self._fork.Process(
            target=child, args=(self._url, self._smtp, theirs), daemon=True
        )
        process.start()
        theirs.close()
        self._locks[id(ours)] = asyncio.Lock()
        return process, ours

    async def kill_one(self) -> None:
        """SIGKILL, and a new one in its place."""
        n = random.randrange(len(self._alive))
        process, pipe = self._alive[n]
        os.kill(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.join)
        pipe.close()
        self.kills += 1
        self._alive[n] = self._start()

    async def deliver(self, event: Event) -> int:
        """As a platform: until somebody answers; how many deliveries it took."""
        for tries in range(1, 1000):
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                async with asyncio.timeout(ANSWER_WITHIN):
                    await self._ask(random.choice(self._alive)[1], event)
                    return tries
        raise RuntimeError("nobody answers")

    async def _ask(self, pipe: Connection, event: Event) -> None:
        async with self._locks[id(pipe)]:
            pipe.send(event)
            while True:
                if await asyncio.to_thread(pipe.poll, ANSWER_WITHIN) and pipe.recv() == event.id:
                    return

    def stop(self) -> None:
        """All of them."""
        for process, _ in self._alive:
            process.kill()


class Student:
    """Somebody who reports, notes recordings and asks, one thing after another."""

    def __init__(self, number: int, bots: Bots, database: Database) -> None:
        self.email = f"student{number}@example.org"
        self._bots, self._database = bots, database
        self.redelivered = 0
        self.said = 0

    async def day(self) -> None:
        """One report, one recording, one consent problem, one question."""
        await self._do(Pressed, button="breach.start")
        values = {"noticed_at": "nu", "what": "phone_lost", "story": "kwijt in de trein"}
        await self._do(Submitted, form="breach", draft=await self._draft("breach"), values=values)
        await self._do(Pressed, button=f"form.send:{await self._draft('breach')}")
        await self._do(Pressed, button="recordings.add")
        draft = await self._draft("recording")
        values = {"label": "3 havo", "made_on": "gisteren"}
        await self._do(Submitted, form="recording", draft=draft, values=values)
        await self._do(Pressed, button="consent.start")
        values = {"kind": "no_answer", "recorded": "no"}
        await self._do(Submitted, form="consent", draft=await self._draft("consent"), values=values)
        await self._do(Pressed, button=f"form.send:{await self._draft('consent')}")
        await self._do(Said, text="Mag ik mijn opname op YouTube zetten?")

    async def _do(self, kind: type[Event], **more: Any) -> None:
        event = kind(
            id=f"local:{uuid.uuid4()}",
            address=address(self.email),
            at=datetime.now(UTC),
            email=self.email,
            **more,
        )
        self.said += 1
        self.redelivered += await self._bots.deliver(event) - 1

    async def _draft(self, form: str) -> int:
        async with self._database.transaction() as db:
            found = await db.exec(
                select(Draft)
                .where(Draft.person == self.email, Draft.form == form)
                .order_by(col(Draft.id).desc())
            )
            draft = found.first()
            if draft is None or draft.id is None:
                raise LookupError(f"the open {form} form of {self.email} was lost")
            return draft.id


async def trial(url: str, kills: int) -> bool:
    """One database, so many kills; prints the figures, True when nothing was lost or doubled."""
    letters = Letters()
    server = Controller(letters, hostname="127.0.0.1", port=0)
    database = Database.at(url)
    await database.upgrade()
    async with database.transaction() as db:
        db.add(Person(email=OFFICER, name="Officer", role="privacy_officer"))
        db.add(Person(email="sup@example.org", name="Supervisor", role="supervisor"))
    # The processes fork before any thread of the mail server exists.
    port = _free_port()
    server.port = port
    bots = Bots(url, f"smtp://127.0.0.1:{port}", 2)
    server.start()
    begun, students = time.monotonic(), []

    async def stream(lane: int) -> None:
        number = lane
        while bots.kills < kills:
            student = Student(number, bots, database)
            async with database.transaction() as db:
                db.add(
                    Person(
                        email=student.email,
                        name="S",
                        role="student",
                        supervisor_email="sup@example.org",
                    )
                )
            await student.day()
            students.append(student)
            number += 4

    async def killer() -> None:
        while bots.kills < kills:
            await asyncio.sleep(random.uniform(0.02, 0.9))
            await bots.kill_one()

    try:
        await asyncio.gather(killer(), *(stream(lane) for lane in range(4)))
        await _quiet(database)
    finally:
        bots.stop()
        server.stop()
    well = await _count(database, letters, students, bots.kills, time.monotonic() - begun)
    await database.close()
    return well


async def _quiet(database: Database) -> None:
    """Wait until all that was promised is done; a lease of a killed process takes a minute."""
    async with asyncio.timeout(240):
        while True:
            async with database.transaction() as db:
                now = datetime.now(UTC)
                jobs = await db.exec(
                    select(Job.due).where(
                        col(Job.done).is_(None),
                        col(Job.error).is_(None),
                        (col(Job.due) <= now) | col(Job.claim).is_not(None),
                    )
                )
                if jobs.first() is None:
                    return
            await asyncio.sleep(0.5)


async def _count(
    database: Database, letters: Letters, students: list[Student], kills: int, seconds: float
) -> bool:
    async with database.transaction() as db:
        people = {s.email for s in students}
        reports = [b for b in await db.exec(select(Breach)) if b.reporter in people]
        cases = [c for c in await db.exec(select(Case)) if c.student in people]
        notes = [r for r in await db.exec(select(Recording)) if r.owner in people]
        replies = list(await db.exec(select(LocalMessage.key)))
        failed = list(await db.exec(select(Job.kind).where(col(Job.error).is_not(None))))
    wanted = len(students)
    mailed = collections.Counter(mark for mark, subject in letters.seen)
    refs = {b.ref for b in reports}
    arrived = {ref for ref in refs if any(ref in subject for _, subject in letters.seen)}
    doubled = sum(n - 1 for n in mailed.values())
    lines = {
        "kills": kills,
        "seconds": round(seconds),
        "events": sum(s.said for s in students),
        "redelivered": sum(s.redelivered for s in students),
        "reports wanted / recorded / told delivered / in the mail": (
            f"{wanted} / {len(reports)} / {sum(b.delivered_at is not None for b in reports)}"
            f" / {len(arrived)}"
        ),
        "cases wanted / recorded": f"{wanted} / {len(cases)}",
        "recordings wanted / recorded": f"{wanted} / {len(notes)}",
        "replies doubled": len(replies) - len(set(replies)),
        "mails doubled (same Message-ID)": doubled,
        "jobs set aside": len(failed),
    }
    for name, value in lines.items():
        print(f"  {name}: {value}")
    exact = all(len(rows) == wanted for rows in (reports, cases, notes, arrived))
    told = all(b.delivered_at for b in reports)
    return exact and told and not failed and len(refs) == wanted


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def place(kind: str) -> Any:
    """An empty database of this kind, gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/crash.sqlite"
        return
    name = f"crash_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> int:
    """Run it; 0 when nothing was lost or doubled."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--kills", type=int, default=300)
    cli.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    cli.add_argument("--seed", type=int, default=1)
    args = cli.parse_args()
    random.seed(args.seed)
    well = True
    for kind in ["sqlite", "postgresql"] if args.database == "both" else [args.database]:
        with place(kind) as url:
            print(f"{kind}:", flush=True)
            well &= asyncio.run(trial(url, args.kills))
    print("nothing lost, nothing doubled" if well else "LOST OR DOUBLED: see above")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
