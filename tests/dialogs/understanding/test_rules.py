"""The rules' rows: every sign they name exists, every row can be reached, and every topic is one the table knows."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from dialogs.guidelines import load
from dialogs.understanding.rules import about, tasks, topics
from dialogs.understanding.rules.table import SignRow, Signs, first, row
from dialogs.understanding.words.lexicon import examples
from dialogs.understanding.words.scene import read
from tests.reading import lexicon

GIVEN = tasks._given("open", recordings=True)
TABLES: list[tuple[str, Sequence[SignRow], Mapping[str, Callable[[Signs], bool]]]] = [
    ("named", about.NAMED, about.WORKED_OUT),
    ("tasks", tasks.ROWS, {**tasks.WORKED_OUT, **GIVEN}),
    *((name, rows, topics.WORKED_OUT) for name, rows in topics.TABLES.items()),
]
CONCEPTS = {concept for concept, _, _ in examples()}
KNOWN = CONCEPTS | {concept.partition(".")[0] for concept in CONCEPTS} | {"school"}


def covers(group: frozenset[str], name: str) -> bool:
    return bool(group & {name, name.partition(".")[0], "?any"})


def shadows(before: SignRow, after: SignRow) -> bool:
    """Whether `before` fits wherever `after` fits, so that `after` is never reached."""
    whens = all(
        any(all(covers(group, name) for name in other) for other in after.when)
        for group in before.when
    )
    return whens and all(covers(after.unless, name) for name in before.unless)


@pytest.mark.parametrize(("name", "rows", "worked_out"), TABLES)
def test_every_sign_of_a_row_exists(
    name: str, rows: Sequence[SignRow], worked_out: Mapping[str, Callable[[Signs], bool]]
) -> None:
    asked = {sign for one in rows for group in (*one.when, one.unless) for sign in group}

    assert asked - KNOWN - worked_out.keys() == set()


@pytest.mark.parametrize(("name", "rows", "worked_out"), TABLES)
def test_every_row_can_be_reached(
    name: str, rows: Sequence[SignRow], worked_out: Mapping[str, Callable[[Signs], bool]]
) -> None:
    hidden = [
        (before, after)
        for at, after in enumerate(rows)
        for before in rows[:at]
        if shadows(before, after)
    ]
    assert hidden == []


def test_a_row_behind_a_wider_one_is_found() -> None:
    """The check itself can fail."""
    wide, narrow = row("share", "do"), row("keep", "do.keep; place", "out")

    assert shadows(wide, narrow)
    assert not shadows(narrow, wide)
    assert not shadows(row("share", "do", "out.homonym"), row("keep", "do.keep"))


def test_every_sign_that_is_worked_out_is_asked_for() -> None:
    for _, rows, worked_out in TABLES[:2]:
        asked = {sign for one in rows for group in (*one.when, one.unless) for sign in group}
        assert worked_out.keys() - asked == set()


def test_every_topic_is_one_of_the_decision_table() -> None:
    known = {*load().domains["about"], topics.ACT, topics.ADDED}

    assert {one.then for rows in topics.TABLES.values() for one in rows} <= known


def test_the_first_row_that_fits_wins() -> None:
    signs = Signs(read("mag ik mijn opname delen via whatsapp?", lexicon()), {})

    assert (
        first([row("a", "do.keep"), row("b", "do; place", "rec"), row("c", "do.share")], signs)
        == "c"
    )
    assert first([row("a", "do.keep")], signs) is None
