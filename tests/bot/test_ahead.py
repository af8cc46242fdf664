"""Reading days and moments that are still to come."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.engine.ahead import next_day, next_moment
from dialogs.dates.days import read_date, read_moment

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("dinsdag", date(2026, 11, 24)),
        ("vandaag", date(2026, 11, 23)),
        ("12 maart", date(2027, 3, 12)),
        ("2 december", date(2026, 12, 2)),
        ("volgende week dinsdag", date(2026, 12, 1)),
        ("gisteren", date(2026, 11, 22)),
        ("two days ago", date(2026, 11, 21)),
        ("2026-11-20", date(2026, 11, 20)),
        ("12-03-2026", date(2026, 3, 12)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert next_day(read_date, text, NOW, ZONE) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("dinsdag om 14:00", "2026-11-24 13:00"),
        ("14:00", "2026-11-23 13:00"),
        ("9:00", "2026-11-24 08:00"),
        ("donderdag 10 uur", "2026-11-26 09:00"),
        ("12 maart 10:00", "2027-03-12 09:00"),
        ("2026-11-30T14:00", "2026-11-30 13:00"),
        ("gisteren 14:00", "2026-11-22 13:00"),
        ("2026-11-20 14:00", "2026-11-20 13:00"),
        ("twee uur geleden", "2026-11-23 08:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert next_moment(read_moment, read_date, text, NOW, ZONE) == expected


def test_what_is_no_day_stays_none() -> None:
    assert next_day(read_date, "geen idee", NOW, ZONE) is None
    assert next_moment(read_moment, read_date, "geen idee", NOW, ZONE) is None
