"""The two clocks of a breach: the reporter's, as the guidelines say, and the institute's 72 hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.engine.dialog import Office, Voice

INSTITUTE_WITHIN = timedelta(hours=72)  # AVG art. 33(1), counted from the report


def deadline(noticed: datetime, hours: int) -> datetime:
    """Until when to report: clock hours, the weekend counts."""
    return noticed + timedelta(hours=hours)


def marks(hours: int) -> tuple[int, ...]:
    """After how many hours to remind of an unfinished report: 1, 12, 20 and 23 of 24.

    Soon, at half of the time, at five sixths, and one hour before the end.
    """
    return tuple(sorted({m for m in (1, hours // 2, hours * 5 // 6, hours - 1) if 0 < m < hours}))


def institute_deadline(reported: datetime) -> datetime:
    """Until when the institute may have to tell the authority."""
    return reported + INSTITUTE_WITHIN


def say_deadline(voice: Voice, noticed: datetime | None, now: datetime, office: Office) -> str:
    """Report in time, and where; with what is left once the moment of noticing is known."""
    address = office.privacy_officer
    if noticed is None:
        return voice.t("breach.deadline", address=address)
    until = deadline(noticed, office.hours)
    if until <= now:
        return voice.t("breach.deadline_passed", address=address)
    return voice.t(
        "breach.deadline_left",
        until=voice.moment(until),
        left=say_span(voice, until - now),
        address=address,
    )


def say_span(voice: Voice, span: timedelta) -> str:
    """'19 uur en 30 minuten'; whole minutes, rounded down."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    parts = [
        voice.t("breach.span.one_hour" if hours == 1 else "breach.span.hours", n=hours)
        if hours
        else "",
        voice.t("breach.span.one_minute" if minutes == 1 else "breach.span.minutes", n=minutes)
        if minutes or not hours
        else "",
    ]
    return voice.t("breach.span.and").join(part for part in parts if part)
