"""Reminders to delete: what is due at T, and one message about it per person per day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import select as select_columns
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import when
from bot.engine.dialog import Office, Voice, Work
from bot.engine.job_table import More, Priority, add
from bot.engine.jobs import to_payload
from bot.engine.outbox import Notice
from bot.engine.replies import Button, Say
from bot.engine.store.tables import Person
from dialogs.recordings.planning import is_unneeded, plan, plan_of, remind_at
from dialogs.recordings.register import ends_of
from dialogs.recordings.showing import (
    MOST_BUTTONS,
    MOST_LINES,
    button,
    choices,
    each,
    lines,
    numbers,
)
from dialogs.recordings.table import Recording

REMINDER_KEY = "remind:"  # the keys of all that a reminder sets going begin so
PEOPLE_AT_ONCE = 100  # per transaction: on SQLite nobody else can write meanwhile


@dataclass(frozen=True, slots=True)
class DueLine:
    """A reminder that is due. `stage` is the one it would be; days_left is below 0 when too late."""

    person: str
    recording: int
    label: str
    due: date
    stage: str
    days_left: int

    def __str__(self) -> str:
        stage = self.stage or "-"
        return f"{self.person}  {self.due}  {self.days_left:+d} days  {stage}  {self.label}"


async def due_lines(db: AsyncSession, at: datetime, zone: tzinfo) -> list[DueLine]:
    """What is due at `at`, by person, what must go first on top. Changes nothing."""
    r = Recording
    columns: list[Mapped[Any]] = [
        col(c) for c in (r.owner, r.id, r.label, r.due, r.stage, Person.programme_end)
    ]
    await db.flush()
    # Plain columns and one plan per date: the answer may be a hundred thousand lines.
    statement = (
        select_columns(*columns)
        .join_from(Recording, Person, col(Person.email) == col(r.owner), isouter=True)
        .where(col(r.deleted_at).is_(None), col(r.next_at) <= at)
        .order_by(col(r.owner), col(r.due), col(r.id))
    )
    today = at.astimezone(zone).date()
    stages: dict[tuple[date, date | None, bool], str] = {}
    found = []
    for owner, number, label, due, stage, end in await (await db.connection()).execute(statement):
        like = (due, end, not is_unneeded(stage))
        if like not in stages:
            stages[like] = plan_of(due, end, at, zone, needed=like[2]).stage
        found.append(DueLine(owner, number, label, due, stages[like], (due - today).days))
    return found


async def sweep(db: AsyncSession, now: datetime, office: Office) -> int:
    """Plan every reminder that is due, one message per person; how many people get one.

    Outside working hours nothing happens: what is due waits for the next ones.
    """
    told = 0
    while is_time(now, office) and (found := await sweep_some(db, now, office)):
        told += found[1]
    return told


def is_time(now: datetime, office: Office) -> bool:
    """Whether people may be reminded now: in working hours of their zone."""
    return when.working_moment(now, office.zone) == now


async def sweep_some(
    db: AsyncSession,
    now: datetime,
    office: Office,
    most: int = PEOPLE_AT_ONCE,
    *,
    clock: datetime | None = None,
) -> tuple[int, int] | None:
    """The reminders of at most so many people: how many were due, and how many get a message.

    None when nothing is due. The hour is the caller's business: an operator may send at night, and
    what is due at another time than it is by the `clock`. Two processes cannot both remind: the
    rows are locked in a fixed order, and only rows that are still due under the lock move on.
    """
    owners, by_owner = await _claim(db, now, most)
    if not owners:
        return None
    ends = await ends_of(db, list(by_owner))
    voices = {owner: await office.voice_for(db, owner) for owner in by_owner}
    told = 0
    for owner, rows in by_owner.items():
        told += await _remind(db, voices[owner], rows, ends.get(owner), (now, clock or now))
    await db.flush()
    return len(owners), told


async def _claim(
    db: AsyncSession, now: datetime, most: int
) -> tuple[Sequence[str], dict[str, list[Recording]]]:
    """People with something due, and their rows; another process may have taken those by now."""
    due = (col(Recording.deleted_at).is_(None), col(Recording.next_at) <= now)
    owners = (
        await db.exec(
            select(Recording.owner).where(*due).distinct().order_by(Recording.owner).limit(most)
        )
    ).all()
    found = await db.exec(
        select(Recording)
        .where(col(Recording.owner).in_(owners), *due)
        .order_by(col(Recording.owner), col(Recording.id))
        .with_for_update()
    )
    grouped = groupby(found.all(), key=lambda row: row.owner)
    return owners, {owner: list(rows) for owner, rows in grouped}


async def _remind(
    db: AsyncSession,
    voice: Voice,
    rows: list[Recording],
    end: date | None,
    times: tuple[datetime, datetime],
) -> bool:
    """One message to the owner of these, unless this person had today's message already.

    Their stage moves when it was delivered (`reminded`). Until then they are due again tomorrow,
    and tomorrow's message takes the place of one that did not come through. times: at which they
    are due, and the clock's.
    """
    now, clock = times
    owner, zone = rows[0].owner, voice.zone
    today = now.astimezone(zone).date()
    rows.sort(key=lambda row: (row.due, row.id))
    late = any(row.next_at and row.next_at.astimezone(zone).date() < today for row in rows)
    message, mail = compose(voice, rows, end, today, late=late)
    tomorrow = remind_at(today + timedelta(days=1), zone)
    given = Given([row.id or 0 for row in rows], now, tomorrow)
    notice = Notice(
        owner,
        message,
        f"{REMINDER_KEY}{owner}:{today}",
        mail_text=mail,
        then="recordings.reminded",
        data=to_payload(given),
        due=clock,
        priority=Priority.BULK,
        worth_until=max(tomorrow, clock + timedelta(days=1)),
    )
    added = await add(db, notice.job(), clock)
    for row in rows:
        row.next_at = tomorrow
    return added


@dataclass(frozen=True, slots=True)
class Given:
    """Which recordings a reminder was about, when it was due, and when it comes again if need be."""

    recordings: list[int]
    due_at: datetime
    again: datetime


async def reminded(work: Work) -> None:
    """The reminder arrived: the recordings it was about go on to their next one.

    What the student did with one meanwhile (later, erased, no longer needed) stands.
    """
    given = work.load(Given)
    found = await work.db.exec(
        select(Recording)
        .where(col(Recording.id).in_(given.recordings), Recording.next_at == given.again)
        .where(col(Recording.deleted_at).is_(None))
        .order_by(col(Recording.id))
        .with_for_update()
    )
    rows = found.all()
    ends = await ends_of(work.db, sorted({row.owner for row in rows}))
    for row in rows:
        coming = plan(row, given.due_at, work.office.zone, ends.get(row.owner))
        row.stage, row.next_at = coming.stage, coming.next_at


def compose(
    voice: Voice, rows: Sequence[Recording], end: date | None, today: date, *, late: bool
) -> tuple[Say, Say]:
    """The reminder for chat, and its words for e-mail, where there are no buttons."""
    few = len(rows) == 1
    title = voice.t(
        "recordings.remind.title_one" if few else "recordings.remind.title", n=len(rows)
    )
    parts = [voice.t("recordings.remind.text")]
    if late:
        parts.append(voice.t("recordings.remind.late"))
    if len(rows) > MOST_LINES:
        parts.append(voice.t("recordings.list.more_due", n=len(rows) - MOST_LINES))
    table = lines(voice, rows, end, today)
    note = voice.t("recordings.rule")
    chat = Say(
        "\n".join(parts),
        title=title,
        facts=table,
        note=note,
        buttons=_buttons(voice, rows, ended=end is not None and end <= today),
    )
    parts.append(voice.t("recordings.remind.mail", label=rows[0].label))
    return chat, Say("\n".join(parts), title=title, facts=table, note=note)


def _buttons(voice: Voice, rows: Sequence[Recording], *, ended: bool) -> tuple[Button, ...]:
    if len(rows) == 1:
        return choices(voice, rows[0], ended=ended)
    every = numbers(rows)
    more = [Button(f"recordings.deleted:{every}", voice.t("recordings.button.deleted_all"))]
    if not ended:
        more.append(button(voice, "later", every))
    if len(rows) > MOST_BUTTONS:
        more = [button(voice, "list")]
    return (*each(voice, rows), *more, button(voice, "question", rows[0].id))


@dataclass(frozen=True, slots=True)
class Batch:
    """Which part of a sweep this is, the first being 0."""

    batch: int = 0


async def sweep_batch(work: Work) -> None:
    """The periodic work: a batch of people, and the rest as further work of its own."""
    if is_time(work.now, work.office) and await sweep_some(work.db, work.now, work.office):
        batch = Batch(work.load(Batch).batch + 1)
        base = work.task.key.partition("+")[0]
        await work.later(More(f"{base}+{batch.batch}", work.task.kind, to_payload(batch)))
