"""The register as a file: whole, formula-safe, the same in both forms."""

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.store.database import Database
from dialogs.breach import export, export_all
from dialogs.breach.table import Breach
from dialogs.history import Entry

ZONE = ZoneInfo("Europe/Amsterdam")
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def made(**more: object) -> Breach:
    values = {
        "ref": "BR-2026-0007", "reporter": "sam@uni.nl", "reporter_name": "Sam",
        "noticed_at": AT, "reported_at": AT, "answers": {"what": "hacked", "story": "x"},
    }  # fmt: skip
    return Breach(**(values | more))


def step(what: str, words: str = "") -> Entry:
    return Entry(subject="BR-2026-0007", at=AT, author="sam@uni.nl", what=what, words=words)


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_both_forms_tell_the_same() -> None:
    breach = made(answers={"what": "hacked", "story": "Regel 1\nRegel 2", "done": ["a", "b"]})
    steps = [step("reported"), step("answer", 'ja, "echt"; toch')]
    [row] = cells(export([breach], steps, "csv", ZONE, 24))
    [data] = json.loads(export([breach], steps, "json", ZONE, 24))
    assert row["noticed_at"] == data["noticed_at"] == "2026-11-23T11:00:00+01:00"
    assert row["report_deadline_24h"] == data["report_deadline_24h"] == "2026-11-24T11:00:00+01:00"
    assert row["institute_deadline_72h"] == "2026-11-26T11:00:00+01:00"
    assert row["story"] == data["answers"]["story"] == "Regel 1\nRegel 2"
    assert (row["done"], data["answers"]["done"]) == ("a; b", ["a", "b"])
    assert row["history"].splitlines()[1].endswith('sam@uni.nl answer ja, "echt"; toch')
    assert [s["what"] for s in data["history"]] == ["reported", "answer"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    breach = made(
        reporter_name=evil, closing=evil, answers={"what": "other", "story": evil, "school": evil}
    )
    [row] = cells(export([breach], [], "csv", ZONE, 24))
    assert row["reporter_name"] == row["outcome"] == row["story"] == row["school"] == f"'{evil}"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_words_come_back_from_the_file(story: str, words: str) -> None:
    breach = made(answers={"what": "other", "story": story})
    text = export([breach], [step("answer", words)], "csv", ZONE, 24)
    [row] = cells(text)
    assert row["story"].removeprefix("'") == story.removeprefix("'")
    assert not row["story"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_empty_register_is_a_header_and_an_empty_list() -> None:
    assert export([], [], "csv", ZONE, 24).startswith("ref,state,reporter,")
    assert json.loads(export([], [], "json", ZONE, 24)) == []


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="csv or json"):
        export([], [], "xlsx", ZONE, 24)


async def test_the_whole_database_oldest_first(database: Database) -> None:
    async with database.transaction() as db:
        db.add(made(ref="BR-2026-0008", reported_at=AT.replace(day=24)))
        db.add(made())
        db.add(step("reported"))
        db.add(Entry(subject="CP-2026-0001", at=AT, author="x", what="a case of another kind"))
        await db.flush()
        rows = json.loads(await export_all(db, "json", ZONE, 24))
    assert [row["ref"] for row in rows] == ["BR-2026-0007", "BR-2026-0008"]
    assert [len(row["history"]) for row in rows] == [1, 0]
