"""Dates and moments as people write them, seen from Monday 23 November 2026, 15:00 in Amsterdam."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.dates.days import read_date, read_moment

TZ = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=TZ)

DATES = {
    "vandaag": (2026, 11, 23), "gisteren": (2026, 11, 22), "eergisteren": (2026, 11, 21), "vanochtend": (2026, 11, 23),
    "gisteravond": (2026, 11, 22), "vorige week dinsdag": (2026, 11, 17), "dinsdag vorige week": (2026, 11, 17),
    "afgelopen vrijdag": (2026, 11, 20), "12 maart": (2026, 3, 12), "3 dec": (2025, 12, 3), "12-03-2026": (2026, 3, 12),
    "12 mrt '25": (2025, 3, 12), "3 dagen geleden": (2026, 11, 20), "twee weken geleden": (2026, 11, 9),
    "een half jaar geleden": (2026, 5, 23), "8 maanden geleden": (2026, 3, 23), "op 1/2": (2026, 2, 1),
    "de 12e": (2026, 11, 12), "29 februari": (2024, 2, 29), "overmorgen": (2026, 11, 25), "over 3 dagen": (2026, 11, 26),
    "yesterday at 2pm": (2026, 11, 22), "last week Tuesday": (2026, 11, 17), "the 3rd of February": (2026, 2, 3),
    "March 12th, 2026": (2026, 3, 12), "on May 3rd": (2026, 5, 3), "a week ago": (2026, 11, 16),
    "the day before yesterday": (2026, 11, 21), "next Tuesday": (2026, 11, 24), "half a year ago": (2026, 5, 23),
    "2026-03-12": (2026, 3, 12), "now": (2026, 11, 23), "zo 14:00": (2026, 11, 22),
}  # fmt: skip
MOMENTS = {
    "gisteren 14:00": (22, 14, 0), "yesterday at 2pm": (22, 14, 0), "an hour ago": (23, 14, 0), "nu": (23, 15, 0),
    "anderhalf uur geleden": (23, 13, 30), "vanochtend": (23, 6, 0), "gisteravond om half negen": (22, 20, 30),
    "vanmiddag kwart over 2": (23, 14, 15), "16:30": (22, 16, 30), "om 3 uur": (23, 15, 0), "14u30": (23, 14, 30),
    "vannacht om 3 uur": (23, 3, 0), "afgelopen zaterdagavond 22.15 uur": (21, 22, 15), "last night at 11": (22, 23, 0),
    "two days ago at 9am": (21, 9, 0), "2026-11-22T13:00:00Z": (22, 14, 0), "donderdag om 10 uur": (19, 10, 0),
}  # fmt: skip
NOTHING = (
    "may I put a clip online", "dat toch zo doen", "vorige week", "may 3 people see it", "31 februari", "klas 3hv",
    "goedemorgen", "een paar dagen geleden", "99999 jaar geleden", "", "in 2026",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DATES.items())
def test_reads_a_date(text: str, expected: tuple[int, int, int]) -> None:
    """Days named in Dutch or English are read, past ones first."""
    assert date(*expected) == read_date(text, NOW, TZ)


@pytest.mark.parametrize(("text", "expected"), MOMENTS.items())
def test_reads_a_moment(text: str, expected: tuple[int, int, int]) -> None:
    """A moment is a day with a time, and comes back in UTC."""
    day, hour, minute = expected

    moment = read_moment(text, NOW, TZ)

    assert datetime(2026, 11, day, hour, minute, tzinfo=TZ) == moment
    assert moment is not None
    assert moment.tzinfo == UTC


@pytest.mark.parametrize("text", NOTHING)
def test_guesses_nothing(text: str) -> None:
    """Words that only look like a date, and vague ones, give no date."""
    assert read_date(text, NOW, TZ) is None


@pytest.mark.parametrize("text", ["gisteren", "12 maart", "vorige week dinsdag"])
def test_a_day_is_no_moment(text: str) -> None:
    """A day without a time of day is no moment."""
    assert read_moment(text, NOW, TZ) is None


def test_refuses_a_naive_now() -> None:
    """A moment without a zone is a mistake of the caller."""
    with pytest.raises(ValueError, match="zone"):
        read_date("gisteren", datetime(2026, 1, 1), TZ)  # noqa: DTZ001


@given(
    st.text(alphabet="0123456789-/:. abcdefghijklmnopqrstuvwxyz", max_size=60)
    | st.text(max_size=200)
)
def test_never_raises(text: str) -> None:
    """Any text gives a date, a moment or nothing."""
    read_date(text, NOW, TZ)
    read_moment(text, NOW, TZ)
