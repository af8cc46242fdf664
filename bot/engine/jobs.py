"""Durable work: one table, one loop, any number of identical processes.

Work is added in the same transaction as the records it belongs to. A claim moves a job's due
time one lease ahead, so what a dead process held comes back by itself. Two kinds of handler:
*inside* gets the session and commits with the job (exactly once); *outside* gets no session and
may be repeated when a process dies between the act and its commit (at least once).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic_core import to_jsonable_python
from sqlalchemy import JSON, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.replies import RetryLater
from bot.engine.retry import backoff
from bot.engine.store.columns import Moment
from bot.engine.store.database import Database, run

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_WORK = LEASE.total_seconds() * 0.75
MOST_ATTEMPTS = 12
POLL_SECONDS = 1.0
ENDLESS = "endless"  # in a payload: never set this job aside, keep trying


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed job. `key` is the same at every attempt."""

    id: int
    key: str
    kind: str
    lane: str
    payload: dict[str, Any]
    attempts: int
    claim: str


@dataclass(frozen=True, slots=True)
class More:
    """A job to add. The key makes it once, whoever adds it and how often."""

    key: str
    kind: str
    payload: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    lane: str = ""


def to_payload(data: Any) -> dict[str, Any]:
    """A dataclass as the payload of a job: plain JSON data."""
    payload: dict[str, Any] = to_jsonable_python(data)
    return payload


Commit = Callable[[AsyncSession, datetime], Awaitable[None]]
Inside = Callable[[Task, AsyncSession, datetime], Awaitable[None]]
Outside = Callable[[Task, datetime], Awaitable[Commit | None]]
Failed = Callable[[Task, AsyncSession, datetime, BaseException, bool], Awaitable[None]]
Clock = Callable[[], datetime]

_ADD = text(
    "INSERT INTO job (key, kind, lane, payload, due, attempts)"
    " VALUES (:key, :kind, :lane, :payload, :due, 0) ON CONFLICT (key) DO NOTHING RETURNING id"
).bindparams(bindparam("payload", type_=JSON), bindparam("due", type_=Moment))

_CLAIM = """
UPDATE job SET due = :until, attempts = attempts + 1, claim = :claim WHERE id IN (
  SELECT id FROM job WHERE done IS NULL AND error IS NULL AND due <= :now AND {only}
    AND (lane = '' OR (
      NOT EXISTS (SELECT 1 FROM job AS first WHERE first.lane = job.lane AND first.id < job.id
                  AND first.done IS NULL AND first.error IS NULL)
      AND NOT EXISTS (SELECT 1 FROM lane WHERE lane.key = job.lane AND lane.free > :now)))
  ORDER BY due, id LIMIT :most {lock})
RETURNING id, key, kind, lane, payload, attempts, claim
"""


async def add(db: AsyncSession, more: More, now: datetime) -> bool:
    """Add work to this transaction; False when a job with that key exists, done or not."""
    row = await run(
        db,
        _ADD,
        {
            "key": more.key,
            "kind": more.kind,
            "lane": more.lane,
            "payload": more.payload,
            "due": more.due or now,
        },
    )
    return row.first() is not None


class Worker:
    """Claims what is due and does it. Every process runs the same one."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        inside: Mapping[str, Inside],
        outside: Mapping[str, Outside],
        failed: Failed | None = None,
        gaps: Mapping[str, float] | None = None,
        periodic: Mapping[str, timedelta] | None = None,
        at_once: int = 8,
    ) -> None:
        """`gaps`: seconds between two messages of one lane, per platform (before the first ':').

        periodic: kinds of work that every process plans once a period; the key makes it one.
        """
        self._database = database
        self._clock = clock
        self._inside = dict(inside)
        self._outside = dict(outside)
        self._failed = failed
        self._gaps = dict(gaps or {})
        self._periodic = dict(periodic or {})
        self._planned: set[str] = set()
        self._slots = at_once
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None
        self.beat: datetime | None = None

    def wake(self) -> None:
        """There is new work: do not wait for the next look."""
        self._wake.set()

    def start(self) -> None:
        """Run in the background until `stop`."""
        self._loop = asyncio.create_task(self._run(), name="worker")

    @property
    def alive(self) -> bool:
        """Whether the loop is running."""
        return self._loop is not None and not self._loop.done()

    async def stop(self, patience: float = 10) -> None:
        """Finish what is in hand; hand back what takes longer than `patience` seconds."""
        self._stopping = True
        self.wake()
        if self._loop:
            await self._loop
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def drain(self, now: datetime | None = None, kinds: Sequence[str] = ()) -> int:
        """Do all that is due (of these kinds), and what follows from it; how many jobs it was."""
        count = 0
        while tasks := await self._claim(now or self._clock(), self._slots, kinds):
            await asyncio.gather(*(self._do(task, now or self._clock()) for task in tasks))
            count += len(tasks)
        return count

    async def plan(self, now: datetime) -> None:
        """Add the periodic work of this moment; what was missed while down runs now, once."""
        keys = {
            f"{kind}:{int(now.timestamp() // every.total_seconds())}": kind
            for kind, every in self._periodic.items()
        }
        if new := {key: kind for key, kind in keys.items() if key not in self._planned}:
            async with self._database.transaction() as db:
                for key, kind in new.items():
                    await add(db, More(key, kind), now)
            self._planned = set(keys)

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()  # before the claim, so that a wake-up during it is not missed
            free = self._slots - len(self._running)
            tasks: list[Task] = []
            try:
                await self.plan(self._clock())
                if free:
                    tasks = await self._claim(self._clock(), free, ())
                self.beat = self._clock()
            except Exception:
                log.exception("worker.claim_failed")
            for task in tasks:
                doing = asyncio.create_task(self._do_and_wake(task))
                self._running.add(doing)
                doing.add_done_callback(self._running.discard)
            if not tasks:
                try:
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue

    async def _do_and_wake(self, task: Task) -> None:
        try:
            await self._do(task, self._clock())
        except Exception:
            log.exception("worker.job_broke", job=task.id, kind=task.kind)
        finally:
            self._wake.set()

    async def _claim(self, now: datetime, most: int, kinds: Sequence[str]) -> list[Task]:
        lock = "FOR UPDATE SKIP LOCKED" if self._postgres else ""
        only = "kind IN :kinds" if kinds else "1 = 1"
        statement = text(_CLAIM.format(lock=lock, only=only)).bindparams(
            bindparam("now", type_=Moment), bindparam("until", type_=Moment)
        )
        values: dict[str, Any] = {
            "now": now,
            "until": now + LEASE,
            "claim": uuid.uuid4().hex,
            "most": most,
        }
        if kinds:
            statement = statement.bindparams(bindparam("kinds", expanding=True))
            values["kinds"] = list(kinds)
        async with self._database.engine.begin() as connection:
            rows = (await connection.execute(statement.columns(payload=JSON), values)).all()
            tasks = [Task(*row) for row in sorted(rows)]
            return [task for task in tasks if await self._fit(connection, task, now)]

    @property
    def _postgres(self) -> bool:
        return self._database.engine.dialect.name == "postgresql"

    async def _fit(self, connection: AsyncConnection, task: Task, now: datetime) -> bool:
        """A job that kills its process every time must not do so for ever: cap it at the claim."""
        gap = self._gaps.get(task.lane.partition(":")[0], 0.0)
        if task.lane and gap:
            await _hold_lane(connection, task.lane, now + timedelta(seconds=gap))
        if task.attempts <= MOST_ATTEMPTS or task.payload.get(ENDLESS):
            return True
        await connection.execute(
            text("UPDATE job SET error = :error WHERE id = :id"),
            {"error": "given up: too many attempts", "id": task.id},
        )
        return False

    async def _do(self, task: Task, now: datetime) -> None:
        try:
            if task.kind in self._inside:
                async with self._database.transaction() as db:
                    if await self._still_ours(db, task):
                        await self._inside[task.kind](task, db, now)
                        await self._finish(db, task, now)
            elif task.kind in self._outside:
                commit = await asyncio.wait_for(self._outside[task.kind](task, now), LONGEST_WORK)
                await self._write_down(task, commit)
            else:
                raise LookupError(f"no handler for {task.kind}")
        except RetryLater as wait:
            await self._put_back(task, now, wait.seconds)
        except asyncio.CancelledError:
            await self._put_back(task, now, 0)
            raise
        except Exception as problem:
            await self._fail(task, now, problem)

    async def _write_down(self, task: Task, commit: Commit | None) -> None:
        """The act is done: repeat only the commit when that fails, never the act."""
        for attempt in range(5):
            try:
                async with self._database.transaction() as db:
                    if commit:
                        await commit(db, self._clock())
                    await self._finish(db, task, self._clock())
                return
            except Exception:
                if attempt == 4:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)

    async def _still_ours(self, db: AsyncSession, task: Task) -> bool:
        """Fences a worker that was away longer than its lease."""
        lock = " FOR UPDATE" if self._postgres else ""
        row = await run(
            db,
            text(f"SELECT 1 FROM job WHERE id = :id AND claim = :claim AND done IS NULL{lock}"),
            {"id": task.id, "claim": task.claim},
        )
        return row.first() is not None

    async def _finish(self, db: AsyncSession, task: Task, now: datetime) -> None:
        await run(
            db,
            text("UPDATE job SET done = :now, claim = NULL WHERE id = :id").bindparams(
                bindparam("now", type_=Moment)
            ),
            {"now": now, "id": task.id},
        )

    async def _put_back(self, task: Task, now: datetime, seconds: float) -> None:
        """The same place in its lane, no attempt spent; the whole lane waits."""
        until = now + timedelta(seconds=seconds)
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE job SET due = :until, attempts = attempts - 1, claim = NULL"
                    " WHERE id = :id AND claim = :claim"
                ).bindparams(bindparam("until", type_=Moment)),
                {"until": until, "id": task.id, "claim": task.claim},
            )
            if task.lane and seconds:
                await _hold_lane(connection, task.lane, until)

    async def _fail(self, task: Task, now: datetime, problem: Exception) -> None:
        """Try again later, or set the job aside where the operator sees it."""
        name = type(problem).__name__
        last = task.attempts >= MOST_ATTEMPTS and not task.payload.get(ENDLESS)
        final = last or getattr(problem, "final", False) or isinstance(problem, LookupError)
        log.warning("job.failed", job=task.id, kind=task.kind, attempt=task.attempts, error=name)
        async with self._database.transaction() as db:
            if not await self._still_ours(db, task):
                return
            await run(
                db,
                text(
                    "UPDATE job SET due = :due, claim = NULL, error = :error WHERE id = :id"
                ).bindparams(bindparam("due", type_=Moment)),
                {
                    "due": now + timedelta(seconds=backoff(task.attempts)),
                    "error": name if final else None,
                    "id": task.id,
                },
            )
            if self._failed:
                await self._failed(task, db, now, problem, final)


async def _hold_lane(connection: AsyncConnection, lane: str, until: datetime) -> None:
    await connection.execute(
        text(
            "INSERT INTO lane (key, free) VALUES (:key, :until) ON CONFLICT (key)"
            " DO UPDATE SET free = CASE WHEN lane.free > :until THEN lane.free ELSE :until END"
        ).bindparams(bindparam("until", type_=Moment)),
        {"key": lane, "until": until},
    )
