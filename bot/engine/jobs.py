"""Durable work: one table, one loop, any number of identical processes.

Work is added in the same transaction as the records it belongs to. Two kinds of handler:
*inside* gets the session and commits with the job (exactly once); *outside* gets no session and
may be repeated when a process dies between the act and its commit (at least once).

Whom a job calls has places of its own: a platform that hangs makes no other wait. What fails is
tried again at growing distance for as long as it is worth doing; then the operator finds it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic_core import to_jsonable_python
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import job_table
from bot.engine.job_table import LEASE, More, Priority, Task, Wanted, add
from bot.engine.replies import RetryLater, Unsure
from bot.engine.retry import growing
from bot.engine.store.database import Database

__all__ = ["LEASE", "More", "Priority", "Task", "Worker", "add", "to_payload"]

log = structlog.get_logger(__name__)

LONGEST_WORK = LEASE.total_seconds() * 0.75
MOST_DEATHS = 12  # processes that died with a job in hand
MOST_COPIES = 3  # of a message of which nobody knows whether it arrived
DOUBTS = (120.0, 2700.0)  # seconds until the second and the third: an outage may be over by then
POLL_SECONDS = 1.0
STOP_SECONDS = 3.0
PLACES = 8  # per slot
SEARCH = "search"  # the slot of asking platforms who and where somebody is: it may take long
ENDLESS = "endless"  # in a payload: never set this job aside, keep trying
EXPIRED, UNSURE, DEADLY = "expired", "unsure", "deadly"  # why a job was set aside


class Elsewhere(Exception):
    """This job needs a place in another slot; no attempt is spent."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self.slot = slot


class Expired(Exception):
    """It was worth doing until a moment that has passed."""

    code = EXPIRED


def to_payload(data: Any) -> dict[str, Any]:
    """A dataclass as the payload of a job: plain JSON data."""
    payload: dict[str, Any] = to_jsonable_python(data)
    return payload


def code_of(problem: BaseException) -> str:
    """What went wrong in one word: the platform's own code, else the kind of failure."""
    for name, form in (("code", "{}"), ("status", "http_{}")):
        if found := getattr(problem, name, None):
            return form.format(found)
    return type(problem).__name__


Commit = Callable[[AsyncSession, datetime], Awaitable[None]]
Inside = Callable[[Task, AsyncSession, datetime], Awaitable[None]]
Outside = Callable[[Task, datetime], Awaitable[Commit | None]]
# What a failure means, in the job's own transaction; True: set it aside.
Failed = Callable[[Task, AsyncSession, datetime, BaseException, bool], Awaitable[bool]]
Clock = Callable[[], datetime]


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
        room: Mapping[str, Callable[[], int]] | None = None,
    ) -> None:
        """`gaps`: seconds between two messages of one lane, per platform (before the first ':').

        periodic: kinds of work that every process plans once a period; the key makes it one.
        room: how many messages a platform may get now; asked before anything is claimed for it.
        """
        self._database = database
        self._clock = clock
        self._inside = dict(inside)
        self._outside = dict(outside)
        self._failed = failed
        self._gaps = dict(gaps or {})
        self._periodic = dict(periodic or {})
        self._room = dict(room or {})
        self._kinds = (*self._inside, *self._outside)
        self._planned: set[str] = set()
        self._running: dict[asyncio.Task[None], Task] = {}
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

    async def stop(self, patience: float = STOP_SECONDS) -> None:
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

    async def drain(
        self, now: datetime | None = None, kinds: Sequence[str] = (), about: str = ""
    ) -> int:
        """Do all that is due (of these kinds), and what follows from it; how many jobs it was.

        about: only jobs whose key begins so, and the deliveries of those.
        """
        count = 0
        wanted = [Wanted(kinds or self._kinds, about)]
        if about:
            wanted.append(Wanted(kinds or self._kinds, f"deliver:{about}"))
        while tasks := await self._claim(now or self._clock(), wanted):
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
                    await add(db, More(key, kind, lasts=self._periodic[kind]), now)
            self._planned = set(keys)

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()  # before the claim, so that a wake-up during it is not missed
            tasks: list[Task] = []
            try:
                await self.plan(self._clock())
                running = [task.id for task in self._running.values()]
                tasks = await self._claim(self._clock(), [Wanted(self._kinds, running=running)])
                self.beat = self._clock()
            except Exception:
                log.exception("worker.claim_failed")
            for task in tasks:
                doing = asyncio.create_task(self._do_and_wake(task))
                self._running[doing] = task
                doing.add_done_callback(self._running.pop)
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

    async def _claim(self, now: datetime, wanted: Sequence[Wanted]) -> list[Task]:
        """What is due and has a place: every slot has its own, and its platform may have a pace."""
        busy = Counter(task.slot for task in self._running.values())
        tasks: list[Task] = []
        async with self._database.engine.begin() as connection:
            for slot in await job_table.slots_due(connection, now):
                free = PLACES - busy[slot]
                if slot in self._room:
                    free = min(free, self._room[slot]())
                for which in wanted:
                    if free > 0:
                        found = await job_table.claim(connection, which, slot, now, free)
                        free -= len(found)
                        tasks += found
            for task in tasks:
                if task.lane and (gap := self._gaps.get(task.lane.partition(":")[0])):
                    pace = self._clock()  # never a time that was given by hand
                    until = pace + timedelta(seconds=gap)
                    await job_table.hold_lane(connection, task.lane, pace, until)
        return tasks

    async def _do(self, task: Task, now: datetime) -> None:
        try:
            if task.lost > MOST_DEATHS and not task.payload.get(ENDLESS):
                # It kills its process every time, and must not do so for ever.
                await self._let_go(task, now, error=DEADLY, trouble=DEADLY)
                return
            if task.until and now > task.until:
                raise Expired
            if task.kind in self._inside:
                async with self._database.transaction() as db:
                    if await job_table.still_ours(db, task):
                        await self._inside[task.kind](task, db, now)
                        await job_table.finish(db, task, now)
            else:
                commit = await asyncio.wait_for(self._outside[task.kind](task, now), LONGEST_WORK)
                await self._write_down(task, commit)
        except RetryLater as wait:
            await self._wait(task, now, wait)
        except Elsewhere as place:
            await self._let_go(task, now, refund=1, slot=place.slot)
        except asyncio.CancelledError:
            await self._let_go(task, now, refund=1)
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
                    await job_table.finish(db, task, self._clock())
                return
            except Exception:
                if attempt == 4:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)

    async def _let_go(self, task: Task, due: datetime, **what: Any) -> None:
        async with self._database.engine.begin() as connection:
            await job_table.settle(connection, task, due, **what)

    async def _wait(self, task: Task, now: datetime, wait: RetryLater) -> None:
        """The same place in its lane, no attempt spent; the whole lane waits."""
        until = now + timedelta(seconds=wait.seconds)
        async with self._database.engine.begin() as connection:
            await job_table.settle(connection, task, until, refund=1, trouble=code_of(wait))
            if task.lane:
                pace = self._clock()
                seconds = timedelta(seconds=wait.seconds)
                await job_table.hold_lane(connection, task.lane, pace, pace + seconds)

    async def _fail(self, task: Task, now: datetime, problem: Exception) -> None:
        """Try again later, or set the job aside where the operator sees it."""
        code = code_of(problem)
        log.warning("job.failed", job=task.id, kind=task.kind, attempt=task.attempts, error=code)
        doubt = isinstance(problem, Unsure)
        over = isinstance(problem, Expired) or (doubt and task.unsure + 1 >= MOST_COPIES)
        seconds = growing(task.attempts, urgent=task.priority <= Priority.URGENT)
        if doubt:
            seconds = DOUBTS[min(task.unsure, len(DOUBTS) - 1)]
        async with self._database.transaction() as db:
            if not await job_table.still_ours(db, task):
                return
            aside = over
            if self._failed:
                aside = await self._failed(task, db, now, problem, over) or over
            why = UNSURE if doubt else EXPIRED if over else type(problem).__name__
            await job_table.settle(
                await db.connection(),
                task,
                now + timedelta(seconds=seconds),
                unsure=int(doubt),
                trouble=code,
                error=why if aside else None,
            )
