"""Days and moments as a calendar file (iCalendar, RFC 5545), for every calendar program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

MEDIA = "text/calendar; charset=utf-8"
LASTS = timedelta(minutes=30)  # a talk, unless somebody says otherwise


@dataclass(frozen=True, slots=True)
class Appointment:
    """What stands in a calendar. uid: the same for ever, so that a change moves it. at: a whole
    day, or a moment with its zone.
    """

    uid: str
    at: date | datetime
    title: str
    text: str = ""
    place: str = ""


def calendar(name: str, appointments: Sequence[Appointment], now: datetime) -> bytes:
    """The file. now: when it was made."""
    made = Calendar()
    made.add("prodid", "-//Opnamewijzer//NL")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for one in appointments:
        made.add_component(_event(one, now))
    return bytes(made.to_ical())


def _event(one: Appointment, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{one.uid}@opnamewijzer")
    event.add("dtstamp", now)
    event.add("dtstart", one.at)
    event.add("dtend", one.at + (LASTS if isinstance(one.at, datetime) else timedelta(days=1)))
    event.add("summary", one.title)
    event.add("transp", "OPAQUE" if isinstance(one.at, datetime) else "TRANSPARENT")
    for key, value in (("description", one.text), ("location", one.place)):
        if value:
            event.add(key, value)
    return event
