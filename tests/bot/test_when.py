"""Counting days and months."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import when

AMS = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 2, 28), 6, date(2026, 8, 28)),
        (date(2026, 12, 15), -1, date(2026, 11, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months(day: date, months: int, then: date) -> None:
    assert when.add_months(day, months) == then


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 48))
def test_months_land_in_the_right_month(day: date, months: int) -> None:
    then = when.add_months(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day <= day.day


def test_two_working_days_skip_the_weekend_and_a_holiday() -> None:
    thursday = datetime(2026, 12, 24, 10, tzinfo=UTC)  # then Christmas, then a weekend
    assert when.add_working_days(thursday, 2, AMS).date() == date(2026, 12, 29)


def test_clock_time_stays_over_summer_time() -> None:
    friday = datetime(2026, 3, 27, 9, tzinfo=UTC)  # 10:00 in Amsterdam, winter
    monday = when.add_working_days(friday, 1, AMS)
    assert monday.astimezone(AMS).hour == 10


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (datetime(2026, 11, 20, 20, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (datetime(2027, 4, 27, 10, tzinfo=UTC), datetime(2027, 4, 28, 7, tzinfo=UTC)),  # Koningsdag
    ],
)
def test_working_hours(moment: datetime, then: datetime) -> None:
    assert when.working_moment(moment, AMS) == then


def test_words() -> None:
    moment = datetime(2026, 10, 2, 12, 3, tzinfo=UTC)
    assert when.say_moment(moment, "nl", AMS) == "vrijdag 2 oktober 2026 14:03"
    assert when.say_day(date(2026, 10, 2), "en") == "2 October 2026"
    assert when.say_clock(moment, AMS) == "14:03"
