"""When a recording must go and when that is said: month ends, leap days, summer time, holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import when
from dialogs.recordings.planning import due_on, plan, remind_at, snoozed
from dialogs.recordings.table import Recording

ZONE = ZoneInfo("Europe/Amsterdam")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def recording(made_on: date, end: date | None = None, stage: str = "") -> Recording:
    due = due_on(made_on, end, 6)
    return Recording(owner="n@x.nl", label="3 havo", made_on=made_on, due=due, stage=stage)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("made", "end", "due"),
    [
        ("2026-11-23", None, "2027-05-23"),
        ("2026-08-31", None, "2027-02-28"),
        ("2027-08-31", None, "2028-02-29"),  # leap year
        ("2027-08-30", None, "2028-02-29"),
        ("2028-02-29", None, "2028-08-29"),
        ("2026-12-31", None, "2027-06-30"),
        ("2026-11-23", "2027-02-01", "2027-02-01"),  # the study ends first (D3)
        ("2026-11-23", "2027-05-24", "2027-05-23"),
        ("2026-11-23", "2026-10-01", "2026-10-01"),  # the study had ended already
    ],
)
def test_due_is_six_calendar_months_or_the_end_of_study(
    made: str, end: str | None, due: str
) -> None:
    last = date.fromisoformat(end) if end else None
    assert due_on(date.fromisoformat(made), last, 6) == date.fromisoformat(due)


def test_reminders_come_a_month_and_a_week_before_on_the_day_and_then_weekly() -> None:
    row = recording(date(2026, 8, 3))  # due on Wednesday 3 February 2027
    now, told = datetime(2026, 8, 3, 12, tzinfo=UTC), []
    for _ in range(5):
        now = plan(row, now, ZONE).next_at
        told.append((plan(row, now, ZONE).stage, now.astimezone(ZONE).date().isoformat()))
    assert told == [
        ("month", "2027-01-04"),  # 3 January is a Sunday
        ("week", "2027-01-27"),
        ("day", "2027-02-03"),
        ("week+1", "2027-02-10"),
        ("week+2", "2027-02-17"),
    ]


def test_the_end_of_study_is_a_reminder_of_its_own() -> None:
    row, end = recording(date(2026, 8, 3)), date(2027, 2, 12)
    after = datetime(2027, 2, 11, 12, tzinfo=UTC)
    coming = plan(row, after, ZONE, end)
    assert (coming.stage, coming.next_at) == ("week+1", morning(end))
    assert plan(row, coming.next_at, ZONE, end).stage == "end"


def test_a_reminder_missed_long_ago_is_one_stage_and_the_next_lies_ahead() -> None:
    row = recording(date(1990, 1, 1))
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    found = plan(row, now, ZONE)
    assert found.stage.startswith("week+")
    assert now < found.next_at <= now + timedelta(days=12)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-03-27", "2026-03-27T08:00"),  # the Friday before summer time
        ("2026-03-30", "2026-03-30T07:00"),  # the Monday after: the same clock, another hour
        ("2026-03-29", "2026-03-30T07:00"),  # the short Sunday itself
        ("2026-10-25", "2026-10-26T08:00"),  # the long Sunday
        ("2026-12-25", "2026-12-28T08:00"),  # Christmas, then a weekend
        ("2027-04-27", "2027-04-28T07:00"),  # King's Day
    ],
)
def test_reminders_wait_for_working_hours(day: str, utc: str) -> None:
    assert remind_at(date.fromisoformat(day), ZONE) == datetime.fromisoformat(f"{utc}+00:00")


def test_later_is_a_week_but_never_past_the_due_date_or_the_end_of_study() -> None:
    row = recording(date(2026, 8, 3))
    month = morning(date(2027, 1, 4))
    assert snoozed(row, month, ZONE, None) == morning(date(2027, 1, 11))
    near = morning(date(2027, 1, 29))
    assert snoozed(row, near, ZONE, None) == morning(date(2027, 2, 3))
    late = morning(date(2027, 2, 10))
    assert snoozed(row, late, ZONE, None) == morning(date(2027, 2, 17))
    assert snoozed(row, late, ZONE, date(2027, 2, 12)) == morning(date(2027, 2, 12))


def test_what_is_no_longer_needed_is_asked_for_weekly_and_stays_so() -> None:
    row = recording(date(2026, 11, 2), stage="now")
    row.due = date(2026, 11, 23)
    before = plan(row, datetime(2026, 11, 23, 7, tzinfo=UTC), ZONE)
    assert (before.stage, before.next_at) == ("now", morning(date(2026, 11, 23)))
    assert plan(row, morning(date(2026, 12, 1)), ZONE).stage == "now+1"
    assert plan(row, morning(date(2026, 12, 3)), ZONE, date(2026, 12, 2)).stage == "now+end"


@given(made=DAYS, late=st.integers(0, 900), end=st.none() | DAYS, hour=st.integers(0, 23))
def test_every_next_reminder_lies_ahead_in_working_hours(
    made: date, late: int, end: date | None, hour: int
) -> None:
    now = datetime(made.year, made.month, made.day, hour, 30, tzinfo=UTC) + timedelta(days=late)
    found = plan(recording(made, end), now, ZONE, end)
    local = found.next_at.astimezone(ZONE)
    assert found.next_at > now
    assert (local.hour, local.minute) == (9, 0)
    assert when.is_working_day(local.date())


@given(made=DAYS, end=st.none() | DAYS)
def test_stages_never_repeat_and_never_go_back(made: date, end: date | None) -> None:
    row = recording(made, end)
    now, stages = datetime(made.year, made.month, made.day, tzinfo=UTC), []
    for _ in range(8):
        found = plan(row, now, ZONE, end)
        stages.append(found.stage)
        now = found.next_at
    assert len(set(stages[1:])) == len(stages[1:])


@given(made=DAYS, end=st.none() | DAYS)
def test_due_is_never_after_the_end_and_never_more_than_six_months(
    made: date, end: date | None
) -> None:
    due = due_on(made, end, 6)
    assert end is None or due <= end
    assert due <= made + timedelta(days=184)
