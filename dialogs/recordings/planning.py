"""When a recording must go, and when to say so. All pure: the time is an argument.

A recording's `stage` is the last reminder that was given; its `next_at` is the moment of the
next one. Whoever sends a reminder moves both in one step, so none is given twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from heapq import merge
from itertools import count
from operator import itemgetter

from bot.engine import when
from dialogs.recordings.table import Recording

WEEK = timedelta(weeks=1)
UNNEEDED = "now"  # the stages of a recording that is no longer needed begin with this


@dataclass(frozen=True, slots=True)
class Plan:
    """stage: the last reminder whose moment has come, '' for none. next_at: the one after it."""

    stage: str
    next_at: datetime


def due_on(made_on: date, end: date | None, months: int) -> date:
    """The day it must go: in principle after some months, at the latest when the study ends.

    The guidelines do not say from when the months count: the day of recording is used.
    """
    limit = when.add_months(made_on, months)
    return min(limit, end) if end else limit


def plan(recording: Recording, now: datetime, zone: tzinfo, end: date | None = None) -> Plan:
    """Where this recording stands at `now`: a month and a week before, on the day, then weekly.

    end: the end of the study, which is a reminder of its own when the recording is still there.
    """
    return plan_of(recording.due, end, now, zone, needed=not unneeded(recording))


def plan_of(
    due: date, end: date | None, now: datetime, zone: tzinfo, *, needed: bool = True
) -> Plan:
    """The same for every recording that must go on the same day."""
    stage = "" if needed else UNNEEDED
    today = now.astimezone(zone).date()
    for name, day in _stages(due, end, not needed, today):
        at = remind_at(day, zone)
        if at > now:
            return Plan(stage, at)
        stage = name
    raise AssertionError("the weekly reminders never end")


def snoozed(recording: Recording, now: datetime, zone: tzinfo, end: date | None) -> datetime:
    """When 'remind me later' comes back: in a week, but never past a date that still lies ahead."""
    today = now.astimezone(zone).date()
    limits = [day for day in (recording.due, end) if day and day > today]
    return remind_at(min([today + WEEK, *limits]), zone)


def remind_at(day: date, zone: tzinfo) -> datetime:
    """The moment for a reminder of this day: the start of its working hours, or of the next ones.

    All reminders of one day share one moment, so that they fit in one message.
    """
    return when.working_moment(when.at(day, when.OPENS, zone), zone)


def unneeded(recording: Recording) -> bool:
    """Whether the student said that it is no longer needed (D2): its date then never moves back."""
    return is_unneeded(recording.stage)


def is_unneeded(stage: str) -> bool:
    """The same, from the stage alone."""
    return stage.startswith(UNNEEDED)


def _stages(due: date, end: date | None, now_due: bool, today: date) -> Iterator[tuple[str, date]]:
    once = [(UNNEEDED if now_due else "day", due)]
    if not now_due:
        once = [("month", when.add_months(due, -1)), ("week", due - WEEK), *once]
    if end and end > due:
        once.append((f"{UNNEEDED}+end" if now_due else "end", end))
    weekly = UNNEEDED if now_due else "week"
    # Weeks long past are skipped, not counted through: the last one that has come is enough.
    begin = max(1, (today - due).days // 7 - 3)
    weeks = ((f"{weekly}+{n}", due + n * WEEK) for n in count(begin))
    return merge(once, (w for w in weeks if w[1] != end), key=itemgetter(1))
