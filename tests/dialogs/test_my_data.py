"""What is held about a person, how it goes away, and what stays because a duty is open."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from adapters.desk.tables import DeskFeed, DeskLink, DeskSession
from adapters.local.messenger import address
from adapters.local.tables import LocalMessage
from bot.engine.dialog import Office
from bot.engine.jobs import add
from bot.engine.outbox import Notice, Parcel
from bot.engine.replies import Say
from bot.engine.store.database import Database
from bot.engine.store.tables import Accepted, Account, Conversation, Draft, Job, Person
from bot.engine.texts import Texts
from bot.wiring import HOLDINGS
from dialogs.breach.table import Breach
from dialogs.consent.table import Case, Delegation
from dialogs.history import Entry
from dialogs.my_data import erase_person, export_person
from dialogs.my_data.retention import clean
from dialogs.people.table import RosterImport
from dialogs.recordings.table import Recording
from tests.chat import Chat, words
from tests.dialogs.heard import Meant, hear

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
NOOR, EVA, PO = "noor@example.nl", "eva@example.nl", "po@example.nl"
TABLES = tuple(SQLModel.metadata.tables)


def recording(**more: Any) -> Recording:
    day = date(2026, 11, 20)
    return Recording(
        **{"owner": NOOR, "label": "3 havo", "made_on": day, "due": day, "added_at": NOW, **more}
    )


def case(ref: str, **more: Any) -> Case:
    given = {"student": NOOR, "supervisor": EVA, "holder": EVA, "opened_at": LONG_AGO}
    return Case(ref=ref, answers={"question": "twee ouders"}, **{**given, **more})


def breach(ref: str, **more: Any) -> Breach:
    answers = {"what": "stolen", "story": "Mijn laptop is weg."}
    given = {"reporter": NOOR, "reporter_name": "Noor", "answers": answers}
    return Breach(ref=ref, noticed_at=LONG_AGO, reported_at=LONG_AGO, **{**given, **more})


def entry(subject: str, author: str, said: str) -> Entry:
    return Entry(subject=subject, at=LONG_AGO, author=author, what="answer", words=said)


@pytest.fixture
async def full(database: Database) -> Database:
    """Noor with something in every table, all of it closed; and Sam, who has nothing to do with it."""
    async with database.transaction() as db:
        db.add_all(
            [
                Person(email=NOOR, name="Noor de Wit", role="student", supervisor_email=EVA),
                Person(email=EVA, name="Eva", role="supervisor"),
                Account(key=f"local::{NOOR}", platform="local", email=NOOR, name="Noor de Wit"),
                Account(key="slack:T1:U1", platform="slack", email=NOOR),
                Conversation(key=f"local::@:{NOOR}", person=NOOR, state={"said": "x"}, at=NOW),
                Draft(person=NOOR, form="breach", answers={"story": "x"}, begun_at=NOW, at=NOW),
                recording(),
                recording(owner="sam@example.nl"),
                case("CP-2026-0001", closed_at=LONG_AGO),
                breach("BR-2026-0001", closed_at=LONG_AGO),
                entry("CP-2026-0001", NOOR, "mijn woorden"),
                entry("BR-2026-0001", NOOR, "nog iets"),
                entry("BR-2026-0001", PO, "dank je"),
                LocalMessage(key="m1", account=NOOR, author="bot", reply={"text": "x"}, at=NOW),
            ]
        )
        await add(db, Notice(NOOR, Say("Herinnering"), f"remind:{NOOR}:2026-11-20").job(), NOW)
        await add(db, Parcel(address(NOOR), Say("Verstuurd")).job("done"), NOW)
        await add(
            db, Notice(PO, Say("Melding van noor@example.nl"), "to-po", endless=True).job(), NOW
        )
        sent = (await db.exec(select(Job).where(Job.key == "deliver:done"))).one()
        sent.done = NOW
    return database


async def everything(database: Database) -> str:
    """All rows of all tables, as one text."""
    async with database.transaction() as db:
        connection = await db.connection()
        found = [(await connection.execute(text(f'SELECT * FROM "{t}"'))).all() for t in TABLES]
    return "\n".join(str(rows) for rows in found)


async def exported(database: Database, key: str) -> dict[str, Any]:
    async with database.transaction() as db:
        return await export_person(db, key, HOLDINGS)


async def erased(database: Database, key: str) -> Any:
    async with database.transaction() as db:
        return await erase_person(db, key, HOLDINGS)


async def test_the_export_holds_everything_and_is_json(full: Database) -> None:
    held = await exported(full, NOOR)
    assert json.loads(json.dumps(held)) == held
    assert held["roster"]["name"] == "Noor de Wit"
    assert [row["key"] for row in held["accounts"]] == ["local::noor@example.nl", "slack:T1:U1"]
    assert [row["label"] for row in held["recordings"]] == ["3 havo"]
    assert held["cases"][0]["history"][0]["words"] == "mijn woorden"
    assert len(held["reports"][0]["history"]) == 2
    assert [m["message"]["text"] for m in held["messages"]] == ["Herinnering", "Verstuurd"]
    assert all(held[name] for name in ("conversations", "drafts", "local_chat"))


async def test_of_students_cases_a_supervisor_gets_no_more_than_their_own_words(
    full: Database,
) -> None:
    async with full.transaction() as db:
        db.add(entry("CP-2026-0001", EVA, "bel me"))
    held = await exported(full, EVA)
    assert [row["ref"] for row in held["cases_of_students"]] == ["CP-2026-0001"]
    assert [row["words"] for row in held["words_in_other_cases"]] == ["bel me"]
    assert "twee ouders" not in json.dumps(held)


async def test_of_a_stranger_nothing_is_held(full: Database) -> None:
    held = await exported(full, "x@example.nl")
    assert held.pop("person") == "x@example.nl"
    assert not any(held.values())


async def test_erasing_leaves_no_trace_but_the_register_of_breaches(full: Database) -> None:
    done = await erased(full, NOOR)
    assert (done.kept, done.roster) == ((), False)
    assert (done.counts["recordings"], done.counts["cases"], done.counts["reports"]) == (1, 1, 1)
    left = await everything(full)
    assert "Noor" not in left
    assert "laptop" not in left
    assert "mijn woorden" not in left
    assert "BR-2026-0001" in left
    assert "stolen" in left
    assert "dank je" in left
    assert left.count("noor@example.nl") == 1  # the officer's undelivered report
    assert "sam@example.nl" in left


async def test_a_report_on_its_way_to_the_officer_stays(full: Database) -> None:
    await erased(full, NOOR)
    async with full.transaction() as db:
        job = (await db.exec(select(Job).where(Job.key == "to-po"))).one()
    assert job.payload["message"]["text"] == "Melding van noor@example.nl"


async def test_open_duties_stay_with_the_way_to_reach_the_person(full: Database) -> None:
    async with full.transaction() as db:
        db.add_all([case("CP-2026-0002"), breach("BR-2026-0002"), entry("CP-2026-0002", NOOR, "a")])
        await add(db, Notice(NOOR, Say("Over CP-2026-0002"), "case:CP-2026-0002:told").job(), NOW)
    done = await erased(full, NOOR)
    assert done.kept == ("CP-2026-0002", "BR-2026-0002")
    assert "kept: CP-2026-0002, BR-2026-0002, the roster row" in str(done)
    held = await exported(full, NOOR)
    assert [row["ref"] for row in held["cases"]] == ["CP-2026-0002"]
    assert [row["ref"] for row in held["reports"]] == ["BR-2026-0002"]
    assert [m["message"]["text"] for m in held["messages"]] == ["Over CP-2026-0002"]
    assert len(held["accounts"]) == 2
    assert not any(held[name] for name in ("recordings", "drafts", "conversations"))


async def test_a_supervisor_who_is_forgotten_leaves_the_students_case(full: Database) -> None:
    done = await erased(full, EVA)
    assert done.roster
    async with full.transaction() as db:
        row = await db.get(Case, "CP-2026-0001")
    assert row is not None
    assert (row.student, row.supervisor, row.holder) == (NOOR, "", "")


async def test_an_officer_who_is_forgotten_leaves_the_reports_on_their_way(
    database: Database,
) -> None:
    async with database.transaction() as db:
        db.add_all([breach("BR-2026-0002"), Person(email=PO, name="P", role="privacy_officer")])
        await add(db, Notice(PO, Say("BR-2026-0002"), "card").job(), NOW)
        await add(db, Notice(PO, Say("Hallo"), "other").job(), NOW)
    assert (await erased(database, PO)).counts["messages"] == 1
    assert "BR-2026-0002" in str((await exported(database, PO))["messages"])


async def test_erasing_twice_is_as_good_as_once(full: Database) -> None:
    await erased(full, NOOR)
    again = await erased(full, NOOR)
    assert not any(again.counts.values())


async def test_the_person_of_a_wildcard_is_nobody(full: Database) -> None:
    await erased(full, "%@example.nl")
    assert (await exported(full, NOOR))["recordings"]


def test_every_table_is_declared_by_who_keeps_it() -> None:
    declared = {table.__tablename__ for holding in HOLDINGS for table in holding.tables}  # type: ignore[attr-defined]
    assert declared == set(SQLModel.metadata.tables)


async def test_whatever_names_a_person_is_in_their_export(full: Database) -> None:
    """Asked of the whole database but the outbox, where a message belongs to its receiver."""
    held = json.dumps(await exported(full, NOOR))
    async with full.transaction() as db:
        connection = await db.connection()
        for table in set(SQLModel.metadata.sorted_tables) - {Job.__table__}:
            found = (await connection.execute(select(table))).mappings().all()
            named = [row for row in found if NOOR in str(row)]
            keys = [str(next(iter(row.values()))) for row in named]
            assert all(key in held for key in keys), table.name


# -- in the chat -------------------------------------------------------------------------------


@pytest.fixture
async def noor(chat: Chat, app: Any) -> Chat:
    await chat.people(Person(email=NOOR, name="Noor de Wit", role="student", school="OSH"))
    hear(
        app,
        {
            "mijn gegevens": Meant("my_data"),
            "my data": Meant("my_data", "en"),
            "vergeet mij": Meant("forget_me"),
            "forget me": Meant("forget_me", "en"),
        },
    )
    async with chat.database.transaction() as db:
        db.add(recording())
    return chat


async def test_my_data_in_short_and_word_for_word(noor: Chat) -> None:
    said = words(await noor.say(NOOR, "mijn gegevens"))
    assert "Naam: Noor de Wit" in said
    assert "Opnames in je lijst: 1" in said
    said = words(await noor.press(NOOR, "Alles laten zien"))
    assert '"label": "3 havo"' in said
    assert '"school": "OSH"' in said


async def test_my_data_of_who_is_not_on_the_roster(noor: Chat) -> None:
    said = words(await noor.say("gast@elders.nl", "my data"))
    assert "not on the list" in said


async def test_forget_me_asks_warns_and_erases(noor: Chat) -> None:
    said = words(await noor.say(NOOR, "vergeet mij"))
    assert "opnames in je lijst: 1" in said
    assert "niet terugdraaien" in said
    said = words(await noor.press(NOOR, "Ja, wis mijn gegevens"))
    assert "Klaar" in said
    assert "zelf nog op tijd wissen" in said
    held = await exported(noor.database, NOOR)
    assert (held["roster"], held["recordings"], held["accounts"]) == (None, [], [])
    assert "not on the list" in words(await noor.say(NOOR, "my data"))


async def test_forget_me_can_be_stopped(noor: Chat) -> None:
    await noor.say(NOOR, "forget me")
    assert "Nothing was erased" in words(await noor.press(NOOR, "No, erase nothing"))
    assert (await exported(noor.database, NOOR))["recordings"]


async def test_an_old_erase_button_does_nothing(noor: Chat) -> None:
    await noor.say(NOOR, "vergeet mij")
    button = noor.find(NOOR, "Ja, wis mijn gegevens")
    noor.clock.now += timedelta(days=1)
    assert "eerder bericht" in words(await noor.press(NOOR, button))
    assert (await exported(noor.database, NOOR))["recordings"]


async def test_forget_me_says_what_stays(noor: Chat) -> None:
    async with noor.database.transaction() as db:
        db.add(case("CP-2026-0002"))
    assert "CP-2026-0002" in words(await noor.say(NOOR, "vergeet mij"))
    said = words(await noor.press(NOOR, "Ja, wis mijn gegevens"))
    assert "tot het is afgesloten: CP-2026-0002" in said
    assert "blijven op de lijst" in said


async def test_long_data_comes_in_pieces_that_fit(noor: Chat) -> None:
    async with noor.database.transaction() as db:
        db.add_all([recording(label=f"les {n}") for n in range(60)])
    replies = await noor.press(NOOR, "my_data.all")
    assert len(replies) > 3
    assert all(isinstance(r, Say) and len(r.text) <= 2500 for r in replies)


# -- retention ---------------------------------------------------------------------------------


@pytest.fixture
def office(texts: Texts) -> Office:
    zone = ZoneInfo("Europe/Amsterdam")
    return Office(
        texts,
        zone,
        PO,
        lambda subject, email: "",
        6,
        24,
        keep_closed=365,
        keep_talk=30,
        holdings=HOLDINGS,
    )


async def test_retention_removes_what_is_past_its_period_and_nothing_else(
    database: Database, office: Office
) -> None:
    old, young = NOW - timedelta(days=31), NOW - timedelta(days=29)
    async with database.transaction() as db:
        for n, at in enumerate((old, young)):
            db.add_all(
                [
                    case(f"CP-{n}", closed_at=LONG_AGO if n == 0 else old),
                    breach(f"BR-{n}", closed_at=LONG_AGO if n == 0 else old),
                    entry(f"CP-{n}", NOOR, "x"),
                    entry(f"BR-{n}", NOOR, "x"),
                    Conversation(key=f"c{n}", person=NOOR, at=at),
                    Draft(person=NOOR, form="breach", begun_at=at, at=at),
                    LocalMessage(key=f"m{n}", account=NOOR, author="bot", at=at, seen=True),
                    recording(deleted_at=at),
                    Accepted(key=f"a{n}", at=at),
                    Job(key=f"done{n}", kind="x", due=at, done=at),
                    Job(key=f"failed{n}", kind="x", due=at, error="gone"),
                    Job(key=f"open{n}", kind="x", due=at),
                    DeskLink(hash=f"l{n}", person=NOOR, made_at=at, until=at),
                    DeskSession(hash=f"s{n}", person=NOOR, began_at=at, seen_at=at, until=at),
                    DeskFeed(
                        hash=f"f{n}", person=NOOR, file="x", made_at=LONG_AGO if n == 0 else old
                    ),
                    RosterImport(person=NOOR, at=at),
                    Delegation(person=f"p{n}", to=NOOR, until=at.date(), at=at),
                ]
            )
        db.add_all([case("CP-open"), breach("BR-open"), recording(made_on=date(2020, 1, 1))])
    async with database.transaction() as db:
        counts = await clean(db, NOW, office)
    assert counts == {
        "entry": 2, "case": 1, "breach": 1, "conversation": 1, "draft": 1, "localmessage": 1,
        "posted": 0, "recording": 1, "accepted": 1, "job": 2, "lane": 0,
        "desklink": 1, "desksession": 1, "deskfeed": 1, "rosterimport": 1, "delegation": 1,
        "person": 0,
    }  # fmt: skip
    left = await everything(database)
    assert all(ref in left for ref in ("CP-1", "CP-open", "BR-1", "BR-open", "open0", "done1"))


async def test_retention_runs_every_day(app: Any) -> None:
    await app.worker.plan(NOW)
    await app.worker.drain(NOW)
    async with app.database.transaction() as db:
        job = (await db.exec(select(Job).where(Job.kind == "retention.sweep"))).one()
    assert (job.done, job.error) == (NOW, None)
