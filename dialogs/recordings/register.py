"""The register itself: whose rows these are, what goes in, and what follows from a date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import when
from bot.engine.dialog import Refused, Turn
from bot.engine.store.tables import Person
from dialogs.recordings.planning import due_on, plan, unneeded
from dialogs.recordings.table import Recording


async def kept(db: AsyncSession, owner: str) -> list[Recording]:
    """Somebody's recordings that are still there, what must go first on top."""
    found = await db.exec(
        select(Recording)
        .where(Recording.owner == owner, col(Recording.deleted_at).is_(None))
        .order_by(col(Recording.due), col(Recording.made_on), col(Recording.id))
    )
    return list(found)


async def end_of(db: AsyncSession, owner: str) -> date | None:
    """The last day of somebody's study, also when they have left the roster."""
    return (await ends_of(db, [owner])).get(owner)


async def ends_of(db: AsyncSession, owners: Sequence[str]) -> dict[str, date | None]:
    """The same for several people."""
    found = await db.exec(select(Person).where(col(Person.email).in_(owners)))
    return {person.email: person.programme_end for person in found}


async def own(turn: Turn, argument: str) -> list[Recording]:
    """The presser's own recordings that a button names ('12' or '12,13'), locked.

    Refused, in the same words, for what does not exist and for what is somebody else's.
    """
    numbers = {int(part) for part in argument.split(",") if part.isdecimal() and len(part) < 10}
    found = await turn.db.exec(
        select(Recording)
        .where(col(Recording.id).in_(numbers), Recording.owner == turn.who.key)
        .order_by(col(Recording.id))
        .with_for_update()
    )
    rows = list(found)
    if not rows or len(rows) != len(numbers):
        raise Refused("recordings.unknown")
    return rows


def still_there(turn: Turn, row: Recording) -> None:
    """Refuses, kindly, what comes after the recording was noted as erased."""
    if row.deleted_at is not None:
        at = turn.office.voice(turn.lang).moment(row.deleted_at)
        raise Refused("recordings.deleted.already", label=row.label, at=at)


async def may_use(turn: Turn) -> None:
    """Only students keep a list here; who has left the roster keeps what they still have."""
    if turn.who.role == "student" or await kept(turn.db, turn.who.key):
        return
    guest = turn.who.role == "guest"
    raise Refused("recordings.guest" if guest else "recordings.students_only")


def reckon(
    recording: Recording, now: datetime, zone: tzinfo, end: date | None, months: int
) -> None:
    """Set the due date (D3) and the reminders anew. What is no longer needed (D2) never moves back."""
    due = due_on(recording.made_on, end, months)
    recording.due = min(due, recording.due) if unneeded(recording) else due
    found = plan(recording, now, zone, end)
    recording.stage, recording.next_at = found.stage, found.next_at


async def replan(db: AsyncSession, email: str, now: datetime, zone: tzinfo, months: int) -> int:
    """Let due dates follow a changed end of study; how many moved.

    A date that comes nearer and skips a reminder is told at the next working moment.
    """
    end = await end_of(db, email)
    moved = 0
    for row in await kept(db, email):
        before, due, coming = row.stage, row.due, row.next_at
        reckon(row, now, zone, end, months)
        if row.due == due:
            row.stage = before
            row.next_at = min(coming, row.next_at) if coming and row.next_at else row.next_at
        elif row.due < due and row.stage != before:
            row.next_at = when.working_moment(now, zone)
        moved += row.due != due
    return moved


def matching(rows: Sequence[Recording], day: str, label: str) -> list[Recording]:
    """The recordings that a sentence can mean: of that day, or with that name."""
    words = label.casefold()
    return [
        row
        for row in rows
        if (not day or row.made_on.isoformat() == day)
        and (not words or words in row.label.casefold() or row.label.casefold() in words)
    ]
