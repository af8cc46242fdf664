"""Work that waits longer than it should, or was set aside: for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.jobs import DEADLY, EXPIRED, UNSURE
from bot.engine.store.columns import Moment
from bot.engine.store.database import run
from bot.engine.store.tables import Job

LATE = timedelta(minutes=2)  # what is due longer than this waits for something
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Stuck:
    """One job. state: 'waits' or 'set aside'. why: what set it aside, '' while it waits.

    code: of the last failure, the platform's own where there is one.
    """

    key: str
    kind: str
    slot: str
    state: str
    why: str
    code: str
    attempts: int
    due: datetime
    until: datetime | None

    @property
    def mend(self) -> str:
        """What can be done about it, as far as that does not depend on the platform."""
        return REASONS.get(self.why) or REASONS.get(self.code) or _by_kind(self)

    def data(self, mend: str) -> dict[str, Any]:
        """As plain JSON data."""
        return {**asdict(self), "mend": mend}


REASONS = {
    EXPIRED: "it was no longer worth saying; nothing to do, or `jobs retry` to say it all the same",
    UNSURE: (
        "it went out three times and nobody knows whether it arrived: ask the receiver;"
        " `jobs retry` sends it again, `jobs drop` closes it"
    ),
    DEADLY: "the process died each time: look in the log, mend that, then `jobs retry`",
    "busy": "the platform asks to wait: it goes on by itself",
    "TimeoutError": "there was no answer in time: see whether the server can be reached from here",
    "Unreachable": "this person cannot be reached there: look at the address in the roster",
    "Undeliverable": "this very message was refused for good: `jobs drop`, and tell it another way",
}
NETWORK = ("Connect", "Connection", "Disconnected", "ServerDisconnected", "Client", "no_answer")


def _by_kind(job: Stuck) -> str:
    if any(part in job.code for part in NETWORK):
        return "the server could not be reached: check network and address; it goes on by itself"
    if not job.code and not job.why:
        return (
            "no process does this kind of work now: is one running, and is its version up to date?"
        )
    if job.slot:
        return "it is tried again by itself; `doctor` examines the platform"
    return "a mistake of the program: it is tried again; report the code with the log"


async def stuck(db: AsyncSession, now: datetime) -> list[Stuck]:
    """All that was set aside, failed at least once, or is due for some time; the oldest first."""
    found = await db.exec(
        select(Job)
        .where(
            col(Job.done).is_(None),
            or_(col(Job.error).is_not(None), Job.trouble != "", col(Job.due) < now - LATE),
        )
        .order_by(col(Job.id))
    )
    return [
        Stuck(
            key=job.key,
            kind=job.kind,
            slot=job.slot,
            state="set aside" if job.error else "waits",
            why=job.error or "",
            code=job.trouble or job.error or "",
            attempts=job.attempts,
            due=job.due,
            until=job.until,
        )
        for job in found
    ]


async def retry(db: AsyncSession, keys: Sequence[str], now: datetime) -> list[str]:
    """Have these done now, however often they failed; the keys that were open."""
    statement = text(
        "UPDATE job SET error = NULL, due = :now, attempts = 0, unsure = 0, lost = 0, claim = NULL,"
        " until = NULL WHERE done IS NULL AND key IN :keys RETURNING key"
    ).bindparams(bindparam("now", type_=Moment), bindparam("keys", expanding=True))
    return sorted((await run(db, statement, {"now": now, "keys": list(keys)})).scalars())


async def drop(db: AsyncSession, keys: Sequence[str], now: datetime) -> list[str]:
    """Close these without doing them; the keys that were open. They are never planned again."""
    statement = text(
        f"UPDATE job SET error = '{DROPPED}', done = :now, claim = NULL"
        " WHERE done IS NULL AND key IN :keys RETURNING key"
    ).bindparams(bindparam("now", type_=Moment), bindparam("keys", expanding=True))
    return sorted((await run(db, statement, {"now": now, "keys": list(keys)})).scalars())
