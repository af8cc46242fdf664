"""A proposed moment as a calendar file: when, where and the case's number; nothing of its content."""

from __future__ import annotations

from datetime import datetime

from bot.engine.dialog import Turn, Voice
from bot.engine.people import is_email
from bot.engine.replies import Attachment, Button
from dialogs.calendars import Appointment, calendar
from dialogs.consent.table import Case
from dialogs.history import Entry

FILE = "moment.ics"


def as_calendar(voice: Voice, case: Case, proposal: Entry, now: datetime) -> bytes:
    """The file. A later proposal has the same name, so that it takes the earlier one's place."""
    at, _, place = proposal.words.partition(" ")
    title = voice.t("consent.page.talk", ref=case.ref)
    one = Appointment(f"{case.ref}-moment", datetime.fromisoformat(at), title, place=place)
    return calendar(title, [one], now)


def attached(voice: Voice, case: Case, proposal: Entry, now: datetime) -> Attachment:
    """The same, to go along with a mail."""
    text = as_calendar(voice, case, proposal, now).decode()
    return Attachment(FILE, "text/calendar", text)


async def link(turn: Turn, case: Case, person: str, voice: Voice) -> tuple[Button, ...]:
    """A button with the file's secret address; none where there is no desk."""
    doors = turn.office.doors
    if doors is None or not is_email(person):
        return ()
    url = await doors.subscribe(turn.db, person, f"cases/{FILE}/{case.ref}", turn.now)
    return (Button("", voice.t("consent.button.calendar"), url=url),)
