"""Days and moments still to come, read by something that prefers the past.

'Tuesday' in a plan is the next one. A reading depends on what it takes for now: 'Tuesday' stays
the same when now moves by a day, 'yesterday' moves along. So what moves along, and what names
its year, means what it says; anything else is read again from a week or a year ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo

ReadDate = Callable[[str, datetime, tzinfo], date | None]
ReadMoment = Callable[[str, datetime, tzinfo], datetime | None]

DAY = timedelta(days=1)
FURTHER = (timedelta(days=7), timedelta(days=366))


def next_day(read: ReadDate, text: str, now: datetime, zone: tzinfo) -> date | None:
    """The first day from today on that the text can mean; a day in the past when it says so."""
    found = read(text, now, zone)
    today = now.astimezone(zone).date()
    if found is None or found >= today or read(text, now + DAY, zone) == found + DAY:
        return found
    later = (read(text, now + step, zone) for step in FURTHER)
    return next((day for day in later if day and day >= today), found)


def next_moment(
    read: ReadMoment, read_day: ReadDate, text: str, now: datetime, zone: tzinfo
) -> datetime | None:
    """The first moment after now that the text can mean; one in the past when it says so."""
    found = read(text, now, zone)
    if found is None or found > now:
        return found
    day = read_day(text, now, zone)
    if day and read_day(text, now + DAY, zone) == day + DAY:
        return found
    steps = FURTHER if day else (DAY,)
    later = (read(text, now + step, zone) for step in steps)
    return next((moment for moment in later if moment and moment > now), found)
