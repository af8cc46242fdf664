"""Recordings at the desk: a student's own with a calendar, and the coordinator's counts."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlmodel import col, select

from bot.engine import people
from bot.engine.dialog import Turn
from bot.engine.replies import Button, Say
from bot.engine.views import Chart, File, Line, Link, Query, Section, Table, View, Ways
from dialogs.calendars import MEDIA, Appointment, calendar
from dialogs.recordings import showing
from dialogs.recordings.register import end_of, kept
from dialogs.recordings.table import Recording

CALENDAR = "recordings.ics"
MONTHS_SHOWN = 12
LONGEST_AGO = timedelta(days=366)


# -- the student's own ---------------------------------------------------------------------------


def _student(turn: Turn) -> bool:
    return turn.who.role == "student"


async def own(turn: Turn, query: Query) -> View:
    """What this student keeps, what must go first on top, and the dates as a calendar."""
    rows, end = await kept(turn.db, turn.who.key), await end_of(turn.db, turn.who.key)
    voice = turn.voice
    table = Table(
        turn.t("recordings.page.kept", n=len(rows)),
        tuple(turn.t(f"recordings.page.{name}") for name in ("label", "made_on", "must")),
        tuple(_line(turn, row, end) for row in rows),
        empty=turn.t("recordings.none"),
    )
    feed = Say(
        turn.t("recordings.page.calendar"),
        title=turn.t("recordings.page.calendar_title"),
        buttons=(Button(f"desk.feed:own/{CALENDAR}", turn.t("recordings.button.feed")),),
    )
    add = Say(buttons=(showing.button(voice, "add", style="primary"),))
    save = Ways((Link(turn.t("recordings.page.save"), "own", CALENDAR),))
    return View(turn.t("recordings.list.title"), (add, table, feed, save))


def _line(turn: Turn, row: Recording, end: date | None) -> Line:
    voice = turn.voice
    words = showing.line(voice, row, end, turn.today)
    buttons = (
        Button(f"recordings.deleted:{row.id}", turn.t("recordings.button.deleted")),
        Button(f"recordings.show:{row.id}", turn.t("recordings.page.more")),
    )
    late = row.due <= turn.today
    return Line((row.label, voice.day(row.made_on), words), late=late, buttons=buttons)


async def dates(turn: Turn, query: Query) -> File:
    """The days on which something must go, as a calendar."""
    rows, end = await kept(turn.db, turn.who.key), await end_of(turn.db, turn.who.key)
    days = [
        Appointment(
            f"recording-{row.id}",
            row.due,
            turn.t("recordings.page.erase", label=row.label),
            showing.line(turn.voice, row, end, turn.today),
        )
        for row in rows
    ]
    name = turn.t("recordings.list.title")
    return File(CALENDAR, MEDIA, calendar(name, days, turn.now))


# -- the coordinator's counts --------------------------------------------------------------------


def _coordinator(turn: Turn) -> bool:
    return turn.who.role == "coordinator"


async def counts(turn: Turn, query: Query) -> View:
    """How many there are, by state and month, and who is late: numbers, and never a label."""
    since = turn.now - LONGEST_AGO
    found = await turn.db.exec(
        select(Recording).where(
            col(Recording.deleted_at).is_(None) | (col(Recording.deleted_at) > since)
        )
    )
    rows = found.all()
    there = [row for row in rows if row.deleted_at is None]
    late = [row for row in there if row.due < turn.today]
    gone = [row for row in rows if row.deleted_at]
    numbers = {"kept": len(there), "late": len(late), "deleted": len(gone)}
    facts = tuple((turn.t(f"recordings.page.count_{n}"), str(v)) for n, v in numbers.items())
    return View(
        turn.t("recordings.page.counts"),
        (Say(facts=facts), _due_chart(turn, there), await _late_table(turn, late)),
    )


def _due_chart(turn: Turn, rows: list[Recording]) -> Chart:
    """How many must go in which month, from this one on; what is late stands in this one."""
    this = turn.today.replace(day=1)
    per = Counter(max(row.due.replace(day=1), this) for row in rows)
    months = [this]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    columns = (turn.t("recordings.page.month"), turn.t("recordings.page.number"))
    bars = tuple((f"{month:%m-%Y}", per.get(month, 0)) for month in months)
    return Chart(turn.t("recordings.page.due_title"), columns, bars)


async def _late_table(turn: Turn, rows: list[Recording]) -> Table:
    per: dict[str, list[Recording]] = {}
    for row in rows:
        per.setdefault(row.owner, []).append(row)
    lines = [
        (min(r.due for r in mine), (await people.find(turn.db, owner)).name, len(mine))
        for owner, mine in per.items()
    ]
    return Table(
        turn.t("recordings.page.late_title"),
        tuple(turn.t(f"recordings.page.{name}") for name in ("student", "number", "since")),
        tuple(
            Line((name, str(n), turn.voice.day(due)), late=True) for due, name, n in sorted(lines)
        ),
        empty=turn.t("recordings.page.nobody_late"),
    )


OWN = Section("own", "recordings.list.title", _student, own, {CALENDAR: dates})
COUNTS = Section("recordings", "recordings.page.counts", _coordinator, counts)
