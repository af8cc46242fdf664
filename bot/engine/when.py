"""Calendar and clock: how times are counted, and how a person reads them. All pure."""

from __future__ import annotations

import calendar
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

from babel.dates import format_date, format_datetime

OPENS, CLOSES = time(9), time(17)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day (31 Aug + 6 = 28 or 29 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no Dutch public holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_working_days(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """The same clock time so many working days later; both moments are in UTC."""
    local = moment.astimezone(zone)
    day = local.date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def working_moment(moment: datetime, zone: tzinfo) -> datetime:
    """This moment, or the start of the next working hours (9-17 on a working day)."""
    local = moment.astimezone(zone)
    day = local.date()
    if is_working_day(day):
        if local.time() < OPENS:
            return at(day, OPENS, zone)
        if local.time() < CLOSES:
            return moment.astimezone(UTC)
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return at(day, OPENS, zone)


def at(day: date, clock: time, zone: tzinfo) -> datetime:
    """A local day and time as a moment in UTC."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def say_day(day: date, lang: str) -> str:
    """'2 oktober 2026', '2 October 2026'."""
    return format_date(day, "d MMMM y", locale=_locale(lang))


def say_moment(moment: datetime, lang: str, zone: tzinfo) -> str:
    """'maandag 23 november 2026 14:03', in the person's zone."""
    return format_datetime(moment.astimezone(zone), "EEEE d MMMM y HH:mm", locale=_locale(lang))


def say_clock(moment: datetime, zone: tzinfo) -> str:
    """'14:03'."""
    return f"{moment.astimezone(zone):%H:%M}"


def _locale(lang: str) -> str:
    return {"nl": "nl_NL", "en": "en_GB"}[lang]


@cache
def _holidays(year: int) -> Container[date]:
    import holidays  # slow to load, and most commands never count working days

    return holidays.country_holidays("NL", years=year)
