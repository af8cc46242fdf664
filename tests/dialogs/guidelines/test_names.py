"""Names and numbers of an institute: in sentences, in clocks, and in what people type."""

from datetime import date

import pytest

from bot.engine.texts import Texts
from dialogs.breach.clock import marks
from dialogs.guidelines import load
from dialogs.recordings.planning import due_on
from dialogs.understanding.words.naming import renaming

LEARNT = {
    "system": ["iris connect", "iris"],
    "outside": ["vimeo"],
    "plan": ["stappenplan", "step-by-step plan"],
    "supervisor": ["supervisor"],
    "officer": ["privacy officer"],
}


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (24, (1, 12, 20, 23)), (48, (1, 24, 40, 47)), (72, (1, 36, 60, 71)), (12, (1, 6, 10, 11)),
        (3, (1, 2)), (2, (1,)), (1, ()),
    ],
)  # fmt: skip
def test_reminders_follow_the_deadline(hours: int, expected: tuple[int, ...]) -> None:
    assert marks(hours) == expected


@pytest.mark.parametrize(
    ("months", "due"), [(6, date(2027, 2, 28)), (12, date(2027, 8, 31)), (1, date(2026, 9, 30))]
)
def test_a_recording_is_kept_for_the_months_of_the_institute(months: int, due: date) -> None:
    assert due_on(date(2026, 8, 31), None, months) == due
    assert due_on(date(2026, 8, 31), date(2026, 9, 1), months) == date(2026, 9, 1)


def test_texts_are_bound_once_and_keep_what_a_caller_gives() -> None:
    catalog = {"nl": {"a": "{The_plan} van {name}: {plan}", "b": "{plan}"}}
    texts = Texts(catalog).bound({"nl": {"plan": "plan", "the_plan": "het plan"}})

    assert texts("a", "nl", name="Kim") == "Het plan van Kim: plan"
    assert texts("b", "nl", plan="ander") == "ander"
    assert texts.placeholders("a", "nl") == {"name"}
    assert texts.named("{nl.the_plan} {en.plan} {url}") == "het plan {en.plan} {url}"


@pytest.mark.parametrize("text", ["In iRIS Connect met mijn supervisor", "Het Stappenplan", ""])
def test_the_learnt_names_are_read_as_they_are(text: str) -> None:
    assert renaming(load().names, LEARNT)(text) == text
