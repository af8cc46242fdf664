"""The roster: what a file may look like, what is said of a wrong one, and all or nothing."""

from datetime import date
from pathlib import Path

import pytest

from bot.engine import roster
from bot.engine.roster import Report, read
from bot.engine.store.database import Database

HEAD = "email,name,role,language,school,programme_end,supervisor_email\n"
SARA = "sara@x.nl,Sara,supervisor,,,,\n"
ANNA = "Anna@X.nl,Anna de Boer,student,nl,OSH,2027-08-31,sara@x.nl\n"
SAMPLE = Path(roster.__file__).parents[2] / "adapters" / "local" / "sample_people.csv"


def codes(report: Report) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in report.problems]


def test_a_good_file() -> None:
    report = read(HEAD + ANNA + SARA)
    assert report.well
    assert report.rows[0] == roster.Row(
        "anna@x.nl", "Anna de Boer", "student", "nl", "OSH", date(2027, 8, 31), "sara@x.nl"
    )


def test_what_a_dutch_excel_writes() -> None:
    text = "\ufeff" + (HEAD + ANNA + SARA).replace(",", ";").replace("2027-08-31", "31-8-2027")
    report = read(text.replace("\n", "\r\n"))
    assert report.well
    assert report.rows[0].programme_end == date(2027, 8, 31)


def test_columns_in_another_order_and_more_of_them() -> None:
    report = read(
        "Supervisor_email , NAME,email,role,number,language,school,programme_end\n"
        ",Zoë,z@x.nl,Coördinator,s123,,,\n"
    )
    assert report.rows[0].role == "coordinator"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",Anna,student,,,,", "email_missing"),
        ("anna,Anna,student,,,,", "email_wrong"),
        ("a@x.nl,,student,,,,", "name_missing"),
        ("a@x.nl,Anna,teacher,,,,", "role_unknown"),
        ("a@x.nl,Anna,,,,,", "role_unknown"),
        ("a@x.nl,Anna,student,de,,,", "language_unknown"),
        ("a@x.nl,Anna,student,,,31-02-2027,", "date_wrong"),
        ("a@x.nl,Anna,student,,,august,", "date_wrong"),
        ("a@x.nl,Anna,student,,,,sara@y.nl", "supervisor_unknown"),
        ("a@x.nl,Anna,student,,,,,,extra", "too_many_columns"),
        (f"a@x.nl,{'n' * 201},student,,,,", "too_long"),
        ("SARA@x.nl,Sara,student,,,,", "duplicate_email"),
    ],
)
def test_what_is_wrong_with_a_row(row: str, code: str) -> None:
    assert codes(read(HEAD + SARA + "\n" + row + "\n")) == [(4, code)]


def test_every_problem_is_a_sentence_with_its_line() -> None:
    report = read(HEAD + "a@x.nl,Anna,boss,fr,,,\n")
    assert report.text().splitlines() == [
        "line 2: boss is no role: write student, supervisor, privacy_officer or coordinator",
        "line 2: fr is no language of the bot: write nl or en, or nothing",
        "Nothing was written.",
    ]


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty_file"), ("\n \n", "empty_file"), ("a;b\n", "missing_column")]
)
def test_a_file_that_is_no_roster(text: str, code: str) -> None:
    assert codes(read(text))[0] == (1, code)


def test_a_student_may_not_supervise() -> None:
    assert codes(read(HEAD + ANNA, {"sara@x.nl": "student"})) == [(2, "supervisor_unknown")]


def test_bytes_of_an_older_excel() -> None:
    assert roster.decode("Zoë".encode("cp1252")) == roster.decode("\ufeffZoë".encode()) == "Zoë"


async def test_nothing_half_done(database: Database) -> None:
    async with database.transaction() as db:
        report = await roster.import_people(
            db, HEAD + SARA + "b@x.nl,,student,,,,\n", dry_run=False
        )
        assert not report.well
        assert await roster.listed(db) == []


async def test_a_dry_run_says_and_leaves(database: Database) -> None:
    async with database.transaction() as db:
        report = await roster.import_people(db, HEAD + SARA + ANNA, dry_run=True)
        assert report.added == ("sara@x.nl", "anna@x.nl")
        assert report.text(dry_run=True).endswith("nothing was written.")
        assert await roster.listed(db) == []


async def test_importing_again_updates_and_leaves_who_is_absent(database: Database) -> None:
    async with database.transaction() as db:
        await roster.import_people(db, HEAD + SARA + ANNA, dry_run=False)
    async with database.transaction() as db:
        later = HEAD + ANNA.replace("OSH", "HOS")
        report = await roster.import_people(db, later, dry_run=False)
    assert (report.changed, report.absent) == (("anna@x.nl",), ("sara@x.nl",))
    async with database.transaction() as db:
        people = {person.email: person for person in await roster.listed(db)}
        assert people["anna@x.nl"].school == "HOS"
        assert people["sara@x.nl"].active
        report = await roster.import_people(db, later, dry_run=False)
        assert report.same == ("anna@x.nl",)


async def test_the_sample_people_of_the_local_chat(sqlite: Database) -> None:
    async with sqlite.transaction() as db:
        report = await roster.import_people(db, SAMPLE.read_text("utf-8"), dry_run=False)
    assert report.well
    assert {row.role for row in report.rows} == set(roster.ROLES)
