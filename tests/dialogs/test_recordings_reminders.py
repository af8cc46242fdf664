"""Reminders: once, bundled, in working hours, on both databases and from several processes."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.engine.dialog import Office, Work
from bot.engine.job_table import More, Task, add
from bot.engine.replies import Say, from_json
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Job, Lane, Person
from bot.engine.texts import Texts
from dialogs import recordings
from dialogs.recordings.register import reckon
from dialogs.recordings.reminders import reminded, sweep_batch, sweep_some
from dialogs.recordings.table import Recording
from tests.chat import Chat, words

ZONE = ZoneInfo("Europe/Amsterdam")
NOOR, SAM = "noor@example.nl", "sam@example.nl"
ADDED = datetime(2026, 8, 3, 12, tzinfo=UTC)
WEEK_BEFORE = datetime(2027, 1, 27, 8, tzinfo=UTC)  # 9:00; recordings of 3 August are due 3 Feb
DUE_DAY = datetime(2027, 2, 3, 8, tzinfo=UTC)


@pytest.fixture
def office(texts: Texts) -> Office:
    return Office(texts, ZONE, "po@example.nl", lambda subject, email: "", 6, 24)


def made(owner: str, label: str, day: date = date(2026, 8, 3), end: date | None = None) -> Any:
    row = Recording(owner=owner, label=label, made_on=day, due=day, added_at=ADDED)
    reckon(row, ADDED, ZONE, end, 6)
    return row


async def save(database: Database, *rows: Any) -> None:
    async with database.transaction() as db:
        db.add_all(rows)


async def swept(database: Database, at: datetime, office: Office, *, delivered: bool = True) -> int:
    """A sweep, and what comes of the messages it planned."""
    async with database.transaction() as db:
        told = await recordings.sweep(db, at, office)
        open_ones = await db.exec(select(Job).where(col(Job.done).is_(None)))
        for job in open_ones:
            if delivered and job.kind == "notify":
                job.done = at
                task = Task(1, "told", "recordings.reminded", "", job.payload["data"], 1, "")
                await reminded(Work(office, db, at, task))
    return told


async def notices(database: Database) -> list[Job]:
    async with database.transaction() as db:
        found = await db.exec(select(Job).where(Job.kind == "notify").order_by(col(Job.id)))
        return list(found)


def text_of(notice: Job) -> str:
    reply = from_json(notice.payload["message"])
    assert isinstance(reply, Say)
    return words([reply])


async def test_what_is_due_at_a_moment(database: Database) -> None:
    await save(database, made(NOOR, "3 havo"), made(SAM, "later", date(2026, 9, 30)))
    async with database.transaction() as db:
        assert await recordings.due_lines(db, ADDED, ZONE) == []
        (line,) = await recordings.due_lines(db, WEEK_BEFORE, ZONE)
    assert (line.person, line.label, line.stage, line.days_left) == (NOOR, "3 havo", "week", 7)
    assert str(line) == "noor@example.nl  2027-02-03  +7 days  week  3 havo"


async def test_one_message_per_person_per_day(database: Database, office: Office) -> None:
    await save(database, made(NOOR, "3 havo"), made(NOOR, "4 vwo"), made(SAM, "les 1"))
    assert await swept(database, WEEK_BEFORE, office) == 2
    noor, _ = await notices(database)
    assert noor.key == "remind:noor@example.nl:2027-01-27"
    assert "3 havo" in text_of(noor)
    assert "4 vwo" in text_of(noor)
    assert "nog 7 dagen" in text_of(noor)


async def test_running_twice_sends_once(database: Database, office: Office) -> None:
    await save(database, made(NOOR, "3 havo"))
    assert await swept(database, WEEK_BEFORE, office) == 1
    assert await swept(database, WEEK_BEFORE, office) == 0
    assert await swept(database, WEEK_BEFORE + timedelta(hours=5), office) == 0
    assert len(await notices(database)) == 1


async def test_the_stage_moves_when_the_reminder_arrived(
    database: Database, office: Office
) -> None:
    await save(database, made(NOOR, "3 havo"))
    await swept(database, WEEK_BEFORE, office, delivered=False)
    async with database.transaction() as db:
        row = (await db.exec(select(Recording))).one()
    assert (row.stage, row.next_at) == ("", WEEK_BEFORE + timedelta(days=1))
    # Tomorrow's message takes its place, and tells what is so then.
    assert await swept(database, WEEK_BEFORE + timedelta(days=1), office) == 1
    first, second = await notices(database)
    assert first.until == WEEK_BEFORE + timedelta(days=1)
    assert "nog 6 dagen" in text_of(second)
    async with database.transaction() as db:
        row = (await db.exec(select(Recording))).one()
    assert (row.stage, row.next_at) == ("week", DUE_DAY)


async def test_what_the_student_did_while_a_reminder_was_on_its_way_stands(
    sqlite: Database, office: Office
) -> None:
    await save(sqlite, made(NOOR, "3 havo"))
    await swept(sqlite, WEEK_BEFORE, office, delivered=False)
    later = WEEK_BEFORE + timedelta(days=4)
    async with sqlite.transaction() as db:
        row = (await db.exec(select(Recording))).one()
        row.next_at = later
    assert await swept(sqlite, WEEK_BEFORE, office) == 0
    async with sqlite.transaction() as db:
        assert (await db.exec(select(Recording))).one().next_at == later


async def test_every_reminder_comes_once_whatever_the_hour_it_is_looked_at(
    sqlite: Database, office: Office
) -> None:
    await save(sqlite, made(NOOR, "3 havo"))
    at = ADDED
    while at < datetime(2027, 2, 20, tzinfo=UTC):
        await swept(sqlite, at, office)
        at += timedelta(hours=1)
    days = [notice.key.rpartition(":")[2] for notice in await notices(sqlite)]
    assert days == ["2027-01-04", "2027-01-27", "2027-02-03", "2027-02-10", "2027-02-17"]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2027, 2, 3, 7, 59, tzinfo=UTC),  # a minute to nine
        datetime(2027, 2, 3, 17, tzinfo=UTC),
        datetime(2027, 2, 6, 12, tzinfo=UTC),  # Saturday
        datetime(2027, 3, 29, 12, tzinfo=UTC),  # Easter Monday
    ],
)
async def test_outside_working_hours_nothing_is_sent(
    sqlite: Database, office: Office, at: datetime
) -> None:
    await save(sqlite, made(NOOR, "3 havo"))
    assert await swept(sqlite, at, office) == 0


async def test_missed_reminders_are_one_and_say_that_they_are_late(
    database: Database, office: Office
) -> None:
    await save(database, made(NOOR, "3 havo"), made(SAM, "les 1", date(2026, 10, 19)))
    back = datetime(2027, 2, 12, 13, tzinfo=UTC)  # down since before Christmas
    assert await swept(database, back, office) == 1
    (late,) = await notices(database)
    assert "later dan gepland" in text_of(late)
    assert "9 dagen te laat" in text_of(late)
    assert await swept(database, datetime(2027, 2, 17, 8, tzinfo=UTC), office) == 1
    assert "later dan gepland" not in text_of((await notices(database))[-1])


async def test_what_comes_up_after_todays_message_waits_for_tomorrow(
    database: Database, office: Office
) -> None:
    await save(database, made(NOOR, "3 havo"))
    await swept(database, WEEK_BEFORE, office)
    second = made(NOOR, "4 vwo")
    second.stage, second.next_at = "month", WEEK_BEFORE + timedelta(hours=2)
    await save(database, second)
    assert await swept(database, WEEK_BEFORE + timedelta(hours=3), office) == 0
    assert await swept(database, WEEK_BEFORE + timedelta(days=1), office) == 1
    assert "4 vwo" in text_of((await notices(database))[-1])


async def test_two_sweeps_at_once_remind_everybody_once(
    database_url: str, database: Database, office: Office
) -> None:
    people = [f"s{n:03}@example.nl" for n in range(120)]
    await save(database, *(made(who, f"les {n}") for who in people for n in range(3)))
    others = [Database.at(database_url) for _ in range(3)]

    async def process(own: Database) -> int:
        told = 0
        while True:
            async with own.transaction() as db:
                found = await sweep_some(db, WEEK_BEFORE, office, most=7)
            if found is None:
                return told
            told += found[1]

    told = await asyncio.gather(*(process(own) for own in others))
    for own in others:
        await own.close()
    found = await notices(database)
    assert sum(told) == 120
    assert sorted(n.payload["to"] for n in found) == people
    assert all(len(from_json(n.payload["message"]).facts) == 3 for n in found)  # type: ignore[union-attr]


async def test_the_job_goes_on_until_everybody_is_reminded(
    sqlite: Database, office: Office
) -> None:
    await save(sqlite, *(made(f"s{n}@example.nl", "les") for n in range(150)))
    task = Task(1, "recordings.sweep:7", "recordings.sweep", "", {}, 1, "")
    async with sqlite.transaction() as db:
        await sweep_batch(Work(office, db, WEEK_BEFORE, task))
        more = (await db.exec(select(Job).where(Job.kind == "recordings.sweep"))).one()
    assert (more.key, more.payload) == ("recordings.sweep:7+1", {"batch": 1})
    assert len(await notices(sqlite)) == 100
    async with sqlite.transaction() as db:
        task = Task(2, more.key, more.kind, "", more.payload, 1, "")
        await sweep_batch(Work(office, db, WEEK_BEFORE, task))
    assert len(await notices(sqlite)) == 150


async def test_what_was_erased_is_not_reminded_of(database: Database, office: Office) -> None:
    row = made(NOOR, "3 havo")
    row.deleted_at, row.next_at = ADDED, None
    await save(database, row)
    assert await swept(database, DUE_DAY, office) == 0


async def test_everybody_reads_their_own_language_and_no_buttons_by_mail(
    sqlite: Database, office: Office
) -> None:
    await save(
        sqlite,
        made(SAM, "year 3"),
        Account(key=f"local::{SAM}", platform="local", email=SAM, language="en"),
    )
    await swept(sqlite, DUE_DAY, office)
    (notice,) = await notices(sqlite)
    assert "in principle erase today" in text_of(notice)
    mail = from_json(notice.payload["mail_text"])
    assert isinstance(mail, Say)
    assert mail.buttons == ()
    assert "in the chat" in mail.text


async def test_after_the_study_only_erasing_is_left(sqlite: Database, office: Office) -> None:
    end = date(2027, 1, 29)
    await save(
        sqlite,
        made(NOOR, "3 havo", end=end),
        Person(email=NOOR, name="Noor", role="student", programme_end=end),
    )
    await swept(sqlite, datetime(2027, 1, 22, 8, tzinfo=UTC), office)
    await swept(sqlite, datetime(2027, 2, 5, 8, tzinfo=UTC), office)
    before, after = await notices(sqlite)
    assert "uiterlijk op 29 januari 2027, het einde van je studie" in text_of(before)
    assert "studie is afgelopen" in text_of(after)
    actions = [b["id"].partition(":")[0] for b in after.payload["message"]["buttons"]]
    assert actions == ["recordings.deleted", "recordings.question"]


async def test_many_recordings_still_fit_in_one_message(sqlite: Database, office: Office) -> None:
    await save(sqlite, *(made(NOOR, f"les {n}") for n in range(50)))
    await swept(sqlite, DUE_DAY, office)
    (notice,) = await notices(sqlite)
    message = notice.payload["message"]
    assert len(message["facts"]) == 40
    assert "Nog meer opnames aan de beurt: 10" in message["text"]
    assert len(message["buttons"]) <= 20


# -- a changed end of study --------------------------------------------------------------------


async def ending(database: Database, end: date | None, now: datetime) -> Recording:
    """Noor's recording after the roster says that her study ends then."""
    async with database.transaction() as db:
        person = (await db.exec(select(Person).where(Person.email == NOOR))).one()
        person.programme_end = end
        await recordings.replan(db, NOOR, now, ZONE, 6)
    async with database.transaction() as db:
        return (await db.exec(select(Recording))).one()


async def test_due_dates_follow_the_end_of_study(database: Database) -> None:
    await save(database, made(NOOR, "3 havo"), Person(email=NOOR, name="Noor", role="student"))
    row = await ending(database, date(2026, 12, 18), ADDED)
    assert (row.due, row.next_at) == (date(2026, 12, 18), datetime(2026, 11, 18, 8, tzinfo=UTC))
    row = await ending(database, None, ADDED)
    assert (row.due, row.next_at) == (date(2027, 2, 3), datetime(2027, 1, 4, 8, tzinfo=UTC))


async def test_a_nearer_end_is_told_at_the_next_working_moment(database: Database) -> None:
    await save(database, made(NOOR, "3 havo"), Person(email=NOOR, name="Noor", role="student"))
    sunday = datetime(2026, 10, 11, 12, tzinfo=UTC)
    row = await ending(database, date(2026, 10, 15), sunday)
    assert row.next_at == datetime(2026, 10, 12, 7, tzinfo=UTC)


async def test_a_later_end_does_not_undo_no_longer_needed(database: Database) -> None:
    row = made(NOOR, "3 havo")
    row.due, row.stage = date(2026, 8, 10), "now"
    await save(database, row, Person(email=NOOR, name="Noor", role="student"))
    assert (await ending(database, date(2028, 1, 1), ADDED)).due == date(2026, 8, 10)


async def test_the_same_end_again_keeps_a_snooze(database: Database) -> None:
    row = made(NOOR, "3 havo")
    row.stage, row.next_at = "month", datetime(2027, 1, 11, 8, tzinfo=UTC)
    await save(database, row, Person(email=NOOR, name="Noor", role="student"))
    after = datetime(2027, 1, 5, 12, tzinfo=UTC)
    row = await ending(database, None, after)
    assert (row.stage, row.next_at) == ("month", datetime(2027, 1, 11, 8, tzinfo=UTC))


# -- the whole way -----------------------------------------------------------------------------


@pytest.fixture
async def told(chat: Chat) -> Chat:
    await chat.people(Person(email=NOOR, name="Noor", role="student"))
    chat.clock.now = ADDED
    await chat.press(NOOR, "recordings.add")
    await chat.fill(NOOR, label="3 havo", made_on="2026-08-03")
    return chat


async def test_the_periodic_job_reaches_the_student(told: Chat) -> None:
    told.clock.now = WEEK_BEFORE
    await told.worker.plan(WEEK_BEFORE)
    await told.at(WEEK_BEFORE)
    said = await told.inbox(NOOR)
    assert "3 havo" in words(said)
    labels = [button.label for button in said[0].buttons]  # type: ignore[union-attr]
    assert labels == ["Gewist", "Herinner me later", "Nog nodig", "Ik heb een vraag"]
    assert "Genoteerd" in words(await told.press(NOOR, "Gewist"))
    await told.worker.plan(DUE_DAY)
    await told.at(DUE_DAY)
    assert await told.inbox(NOOR) == []


async def test_the_home_page_shows_the_days_left(app: Any, told: Chat) -> None:
    from adapters.local.messenger import address
    from bot.engine.events import Opened

    opened = Opened(id="home", address=address(NOOR), at=WEEK_BEFORE, email=NOOR)
    outcome = await app.talk.handle(opened, WEEK_BEFORE)
    assert "nog 7 dagen" in words(list(outcome.replies))


async def test_reminders_of_another_day_go_out_by_the_clock_and_nothing_else_does(
    app: Any, told: Chat
) -> None:
    now, future = ADDED + timedelta(days=1), DUE_DAY
    told.clock.now = now
    async with app.database.transaction() as db:
        await add(db, More("follow-up", "consent.remind", due=future - timedelta(days=9)), now)
        await add(db, More("due", "purge.unknown"), now)
    for expected in (1, None):
        async with app.database.transaction() as db:
            found = await sweep_some(db, future, app.office, clock=now)
        assert (found and found[1]) == expected
        await told.worker.drain(about=recordings.REMINDER_KEY)
    (said,) = await told.inbox(NOOR)
    assert "3 havo" in words([said])
    async with app.database.transaction() as db:
        jobs = list(await db.exec(select(Job).order_by(col(Job.id))))
        lanes = list(await db.exec(select(Lane)))
        row = (await db.exec(select(Recording))).one()
    assert {j.key for j in jobs if j.done is None} == {"follow-up", "due"}
    assert max(j.due for j in jobs if j.done) < now + timedelta(minutes=5)
    assert [lane for lane in lanes if lane.free > now + timedelta(minutes=1)] == []
    assert row.stage == "day"
    assert "Genoteerd" in words(await told.press(NOOR, "Gewist"))
