"""The job table in SQL: adding, claiming, and what becomes of a claimed job.

A claim moves a job's due time one lease ahead, so what a dead process held comes back by itself.
Every statement works on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import JSON, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.store.columns import Moment
from bot.engine.store.database import run

LEASE = timedelta(seconds=60)
HELD_TRIES = 2  # a job that failed no more than this keeps its place in its lane ...
HELD_TIME = timedelta(seconds=10)  # ... while its next try is this near


class Priority(IntEnum):
    """What goes first, of all that is due: the smaller number."""

    ANSWER = 0  # the bot's own reply in a turn: somebody looks at the screen
    URGENT = 1  # has a deadline
    NORMAL = 2
    BULK = 3  # many at once, for many people


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed job. `key` is the same at every attempt. The rest: see `store.tables.Job`."""

    id: int
    key: str
    kind: str
    lane: str
    payload: dict[str, Any]
    attempts: int
    claim: str
    slot: str = ""
    priority: int = Priority.NORMAL
    until: datetime | None = None
    unsure: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class More:
    """A job to add. The key makes it once, whoever adds it and how often.

    until: when it is no longer worth doing; None: for ever. lasts: the same, counted from its
    due time.
    """

    key: str
    kind: str
    payload: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    lane: str = ""
    slot: str = ""
    priority: int = Priority.NORMAL
    until: datetime | None = None
    lasts: timedelta | None = None


def _sql(statement: str, *moments: str) -> TextClause:
    return text(statement).bindparams(*(bindparam(name, type_=Moment) for name in moments))


_ADD = _sql(
    "INSERT INTO job"
    " (key, kind, lane, slot, priority, payload, due, until, attempts, unsure, lost, trouble)"
    " VALUES (:key, :kind, :lane, :slot, :priority, :payload, :due, :until, 0, 0, 0, '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id",
    "due",
    "until",
).bindparams(bindparam("payload", type_=JSON))

_OPEN = "done IS NULL AND error IS NULL"
# Due; or held by somebody whose clock was far ahead when they took it.
_READY = "(due <= :now OR (claim IS NOT NULL AND due > :never))"
_SLOTS = _sql(f"SELECT DISTINCT slot FROM job WHERE {_OPEN} AND {_READY}", "now", "never")
# One at a time in a lane, the urgent first. What is not due holds nobody up, and what failed only
# while its next try is near.
_CLAIM = f"""
UPDATE job SET due = :until, attempts = attempts + 1, claim = :claim,
  lost = lost + CASE WHEN claim IS NULL THEN 0 ELSE 1 END
WHERE id IN (
  SELECT id FROM job WHERE {_OPEN} AND {_READY} AND slot = :slot AND kind IN :kinds {{only}}
    AND (lane = '' OR (
      NOT EXISTS (SELECT 1 FROM job AS other WHERE other.lane = job.lane AND other.id <> job.id
        AND other.done IS NULL AND other.error IS NULL AND (
          (other.claim IS NOT NULL AND other.due > :now AND other.due <= :until)
          OR ((other.priority < job.priority
               OR (other.priority = job.priority AND other.id < job.id))
              AND (other.due <= :now
                   OR (other.attempts BETWEEN 1 AND {HELD_TRIES} AND other.due <= :near)))))
      AND NOT EXISTS (SELECT 1 FROM lane WHERE lane.key = job.lane
        AND lane.free > :now AND (lane.since IS NULL OR lane.since <= :now))))
  ORDER BY priority, due, id LIMIT :most {{lock}})
RETURNING id, key, kind, lane, payload, attempts, claim, slot, priority, until, unsure, lost
"""
_HOLD = _sql(
    "INSERT INTO lane (key, free, since) VALUES (:key, :until, :now) ON CONFLICT (key) DO UPDATE"
    " SET free = CASE WHEN lane.free > :until AND lane.since <= :now THEN lane.free ELSE :until END,"
    " since = :now",
    "until",
    "now",
)
_FINISH = _sql("UPDATE job SET done = :now, claim = NULL, trouble = '' WHERE id = :id", "now")
_SETTLE = _sql(
    "UPDATE job SET due = :due, claim = NULL, attempts = attempts - :refund,"
    " unsure = unsure + :unsure, slot = :slot, trouble = :trouble, error = :error"
    " WHERE id = :id AND claim = :claim",
    "due",
)


async def add(db: AsyncSession, more: More, now: datetime) -> bool:
    """Add work to this transaction; False when a job with that key exists, done or not."""
    due = more.due or now
    values = {
        "key": more.key,
        "kind": more.kind,
        "lane": more.lane,
        "slot": more.slot,
        "priority": int(more.priority),
        "payload": more.payload,
        "due": due,
        "until": due + more.lasts if more.lasts else more.until,
    }
    return (await run(db, _ADD, values)).first() is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs to claim. kinds: those this process can do; jobs of others wait for who can.

    about: only with a key that begins so. running: what this process has in hand.
    """

    kinds: Collection[str]
    about: str = ""
    running: Collection[int] = ()


async def slots_due(connection: AsyncConnection, now: datetime) -> list[str]:
    """In which slots something is due."""
    found = await connection.execute(_SLOTS, {"now": now, "never": now + 2 * LEASE})
    return sorted(found.scalars())


async def claim(
    connection: AsyncConnection, wanted: Wanted, slot: str, now: datetime, most: int
) -> list[Task]:
    """Take up to so many jobs of this slot that are due, the urgent first."""
    postgres = connection.dialect.name == "postgresql"
    only = " AND id NOT IN :running" if wanted.running else ""
    if wanted.about:
        only += " AND substr(key, 1, :length) = :about"
    statement = _sql(
        _CLAIM.format(lock="FOR UPDATE SKIP LOCKED" if postgres else "", only=only),
        *("now", "until", "never", "near"),
    ).bindparams(bindparam("kinds", expanding=True))
    values: dict[str, Any] = {
        "now": now,
        "until": now + LEASE,
        "never": now + 2 * LEASE,
        "near": now + HELD_TIME,
        "claim": uuid.uuid4().hex,
        "slot": slot,
        "kinds": list(wanted.kinds),
        "most": most,
    }
    if wanted.about:
        values |= {"about": wanted.about, "length": len(wanted.about)}
    if wanted.running:
        statement = statement.bindparams(bindparam("running", expanding=True))
        values["running"] = list(wanted.running)
    rows = await connection.execute(statement.columns(payload=JSON, until=Moment), values)
    tasks = [Task(*row) for row in rows]
    return sorted(tasks, key=lambda task: (task.priority, task.id))


async def still_ours(db: AsyncSession, task: Task) -> bool:
    """Whether nobody took it from a worker that was away longer than its lease."""
    postgres = (await db.connection()).dialect.name == "postgresql"
    lock = " FOR UPDATE" if postgres else ""
    row = await run(
        db,
        text(f"SELECT 1 FROM job WHERE id = :id AND claim = :claim AND done IS NULL{lock}"),
        {"id": task.id, "claim": task.claim},
    )
    return row.first() is not None


async def finish(db: AsyncSession, task: Task, now: datetime) -> None:
    """It is done."""
    await run(db, _FINISH, {"now": now, "id": task.id})


async def settle(connection: AsyncConnection, task: Task, due: datetime, **what: Any) -> None:
    """Let go of it, to be done at `due`.

    what: refund (attempts that do not count), unsure (sends of unknown fate), slot, trouble,
    error (set aside).
    """
    values = {"refund": 0, "unsure": 0, "slot": task.slot, "trouble": "", "error": None}
    await connection.execute(
        _SETTLE, {**values, **what, "due": due, "id": task.id, "claim": task.claim}
    )


async def hold_lane(connection: AsyncConnection, lane: str, now: datetime, until: datetime) -> None:
    """No message there before `until`."""
    await connection.execute(_HOLD, {"key": lane, "until": until, "now": now})
