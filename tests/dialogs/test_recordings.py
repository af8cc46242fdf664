"""Recordings as conversations, in both languages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.engine.replies import Ask
from bot.engine.store.tables import Draft, Person
from dialogs.consent.table import Case
from dialogs.recordings.table import Recording
from tests.chat import Chat, words
from tests.conftest import Ticker
from tests.dialogs.heard import Meant, hear

NOOR, SAM, EVA = "noor@example.nl", "sam@example.nl", "eva@example.nl"
ADD, LIST, GONE = "recordings.add", "recordings.list", "recordings.deleted"


@pytest.fixture
async def class_(chat: Chat, app: Any) -> Chat:
    await chat.people(
        Person(email=NOOR, name="Noor", role="student", supervisor_email=EVA),
        Person(email=SAM, name="Sam", role="student", language="en"),
        Person(email=EVA, name="Eva", role="supervisor"),
    )
    hear(
        app,
        {
            "ik heb vanochtend 3 havo opgenomen": Meant(
                ADD, data={"date": "2026-11-23", "label": "3 havo"}
            ),
            "I recorded year 3 this morning": Meant(
                ADD, "en", {"date": "2026-11-23", "label": "year 3"}
            ),
            "ik heb opgenomen": Meant(ADD),
            "gisteren drie opnames gemaakt": Meant(
                ADD, data={"date": "2026-11-22", "label": "4 vwo", "count": "3"}
            ),
            "morgen opgenomen": Meant(ADD, data={"date": "2026-11-24", "label": "3 havo"}),
            "vroeger opgenomen": Meant(ADD, data={"date": "1998-11-24"}),
            "link opgenomen": Meant(
                ADD, data={"date": "2026-11-20", "label": "https://iris.example/1"}
            ),
            "mijn opnames": Meant(LIST),
            "my recordings": Meant(LIST, "en"),
            "3 havo is gewist": Meant(GONE, data={"label": "3 havo"}),
            "die van vrijdag is gewist": Meant(GONE, data={"date": "2026-11-20", "label": "film"}),
            "5 vwo is gewist": Meant(GONE, data={"label": "5 vwo"}),
            "gewist": Meant(GONE),
            "I erased year 3": Meant(GONE, "en", {"label": "year 3"}),
        },
    )
    return chat


async def rows(chat: Chat) -> list[Recording]:
    async with chat.database.transaction() as db:
        return list(await db.exec(select(Recording).order_by(Recording.id)))


async def note(chat: Chat, label: str = "3 havo", made: str = "2026-11-20", **more: Any) -> str:
    """A recording of Noor in the register; its number."""
    row = Recording(
        owner=NOOR, label=label, made_on=date.fromisoformat(made), due=date(2027, 5, 20),
        added_at=chat.clock(), next_at=datetime(2027, 4, 20, 7, tzinfo=UTC), **more,
    )  # fmt: skip
    async with chat.database.transaction() as db:
        db.add(row)
    return str(row.id)


# -- noting ------------------------------------------------------------------------------------


async def test_a_sentence_is_noted_at_once_and_echoed(class_: Chat) -> None:
    said = words(await class_.say(NOOR, "ik heb vanochtend 3 havo opgenomen"))
    assert "Genoteerd" in said
    assert "3 havo" in said
    assert "23 november 2026" in said
    assert "In principe wissen op: 23 mei 2027" in said
    assert "niet meer nodig" in said
    (row,) = await rows(class_)
    assert (row.due, row.stage) == (date(2027, 5, 23), "")
    assert row.next_at == datetime(2027, 4, 23, 7, tzinfo=UTC)
    assert "23 april 2027" in words(await class_.press(NOOR, "Klopt"))


async def test_the_same_in_english(class_: Chat) -> None:
    said = words(await class_.say(SAM, "I recorded year 3 this morning"))
    assert "23 November 2026" in said
    assert "In principle erase on: 23 May 2027" in said
    assert "181 days left" in words(await class_.say(SAM, "my recordings"))


async def test_the_end_of_study_comes_first(class_: Chat) -> None:
    async with class_.database.transaction() as db:
        noor = (await db.exec(select(Person).where(Person.email == NOOR))).one()
        noor.programme_end = date(2027, 1, 31)
    said = words(await class_.say(NOOR, "ik heb vanochtend 3 havo opgenomen"))
    assert "Wissen uiterlijk op: 31 januari 2027" in said


async def test_an_unknown_day_is_asked_for(class_: Chat) -> None:
    (ask,) = await class_.say(NOOR, "ik heb opgenomen")
    assert isinstance(ask, Ask)
    await class_.say(NOOR, "les 2")
    await class_.say(NOOR, "gisteren")
    await class_.say(NOOR, "overslaan")
    said = words(await class_.say(NOOR, "overslaan"))
    assert "22 november 2026" in said
    assert [row.label for row in await rows(class_)] == ["les 2"]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [("morgen opgenomen", "24 november 2026"), ("vroeger opgenomen", "Klopt het jaar?")],
)
async def test_an_impossible_day_is_not_noted(class_: Chat, sentence: str, why: str) -> None:
    assert why in words(await class_.say(NOOR, sentence))
    assert await rows(class_) == []


async def test_a_link_is_not_kept(class_: Chat) -> None:
    assert "les 20 november 2026" in words(await class_.say(NOOR, "link opgenomen"))


async def test_several_recordings_of_one_lesson_are_one_line(class_: Chat) -> None:
    assert "4 vwo (3 opnames)" in words(await class_.say(NOOR, "gisteren drie opnames gemaakt"))


async def test_wrong_answers_in_the_form_are_explained(class_: Chat) -> None:
    await class_.press(NOOR, ADD)
    said = await class_.fill(NOOR, label="www.iris.nl/film", made_on="2026-12-01")
    assert "geen link" in words(said)
    assert "nog niet geweest" in words(said)
    said = await class_.fill(NOOR, label="bel 06-12345678", made_on="2001-01-01")
    assert "telefoonnummer" in words(said)
    assert "tien jaar" in words(said)
    assert "Genoteerd" in words(await class_.fill(NOOR, label="les 1", made_on="2026-11-23"))


async def test_an_old_recording_must_go_now(class_: Chat) -> None:
    await class_.press(NOOR, ADD)
    said = words(await class_.fill(NOOR, label="les 1", made_on="2026-05-01"))
    assert "Wis hem nu" in said
    assert "22 dagen te laat" in said
    assert class_.find(NOOR, "Gewist") == "recordings.deleted:1"


async def test_a_correction_moves_the_due_date(class_: Chat) -> None:
    await class_.say(NOOR, "ik heb vanochtend 3 havo opgenomen")
    await class_.press(NOOR, "Aanpassen")
    said = words(await class_.fill(NOOR, label="4 havo", made_on="2026-08-31"))
    assert "4 havo" in said
    assert "28 februari 2027" in said
    (row,) = await rows(class_)
    assert row.next_at == datetime(2027, 1, 28, 8, tzinfo=UTC)


async def test_a_correction_by_typing_changes_only_that(class_: Chat) -> None:
    await class_.say(NOOR, "ik heb vanochtend 3 havo opgenomen")
    await class_.press(NOOR, "Aanpassen")
    await class_.press(NOOR, "Op welke dag heb je opgenomen?")
    said = words(await class_.say(NOOR, "gisteren"))
    assert "22 november 2026" in said
    assert "3 havo" in said


# -- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [ADD, LIST])
async def test_supervisors_and_strangers_have_no_list(class_: Chat, action: str) -> None:
    assert "Alleen studenten" in words(await class_.press(EVA, action))
    assert "nog niet als student" in words(await class_.press("x@elders.nl", action))


@pytest.mark.parametrize(
    "action", ["deleted", "later", "needed", "now", "edit", "show", "ok", "undo", "copies"]
)
@pytest.mark.parametrize("who", [SAM, EVA])
async def test_nobody_else_can_press(class_: Chat, action: str, who: str) -> None:
    number = await note(class_)
    tail = ":none" if action == "copies" else ""
    said = words(await class_.press(who, f"recordings.{action}:{number}{tail}"))
    unknown = "staat niet in jouw lijst" if who == EVA else "not in your list"
    assert unknown in said
    (row,) = await rows(class_)
    assert (row.deleted_at, row.stage, row.case) == (None, "", "")


@pytest.mark.parametrize("argument", ["", "999", "x", "1,2", "9" * 30, "1;2"])
async def test_a_made_up_number_is_unknown(class_: Chat, argument: str) -> None:
    await note(class_)
    said = words(await class_.press(NOOR, f"recordings.deleted:{argument}"))
    assert "Er is niets veranderd" in said
    assert (await rows(class_))[0].deleted_at is None


# -- erased ------------------------------------------------------------------------------------


async def test_erased_is_written_down_and_copies_are_asked_once(class_: Chat) -> None:
    number = await note(class_)
    said = words(await class_.press(NOOR, f"recordings.deleted:{number}"))
    assert "maandag 23 november 2026 11:00" in said
    assert "kan niet in iRIS Connect kijken" in said
    assert "kopieën?" in said
    assert "geen kopieën" in words(await class_.press(NOOR, "Geen kopieën"))
    (row,) = await rows(class_)
    assert (row.deleted_at, row.next_at, row.copies) == (class_.clock(), None, "none")
    again = await class_.press(NOOR, f"recordings.copies:{number}:gone")
    assert "al gezegd" in words(again)


async def test_copies_that_are_left_must_go_too(class_: Chat) -> None:
    number = await note(class_)
    await class_.press(NOOR, f"recordings.deleted:{number}")
    said = await class_.press(NOOR, "Er zijn nog kopieën")
    assert "Wis ook die kopieën" in words(said)
    assert "breach.start" in [button.id for button in said[0].buttons]
    await class_.press(NOOR, "Kopieën ook gewist")
    assert (await rows(class_))[0].copies == "gone"


async def test_a_double_click_erases_once(class_: Chat) -> None:
    number = await note(class_)
    await class_.press(NOOR, f"recordings.deleted:{number}")
    first = (await rows(class_))[0].deleted_at
    class_.clock.now += timedelta(minutes=5)
    said = words(await class_.press(NOOR, f"recordings.deleted:{number}"))
    assert "stond al als gewist" in said
    assert (await rows(class_))[0].deleted_at == first


async def test_old_buttons_of_an_erased_recording_do_nothing(class_: Chat) -> None:
    number = await note(class_)
    await class_.press(NOOR, f"recordings.deleted:{number}")
    for action in ("later", "needed", "now", "show", "edit", "ok"):
        said = words(await class_.press(NOOR, f"recordings.{action}:{number}"))
        assert "stond al als gewist" in said
    assert (await rows(class_))[0].next_at is None


async def test_erased_by_mistake_comes_back(class_: Chat) -> None:
    number = await note(class_)
    await class_.press(NOOR, f"recordings.deleted:{number}")
    assert "Teruggezet" in words(await class_.press(NOOR, "Toch niet gewist"))
    (row,) = await rows(class_)
    assert (row.deleted_at, row.next_at) == (None, datetime(2027, 4, 20, 7, tzinfo=UTC))
    said = words(await class_.press(NOOR, f"recordings.undo:{number}"))
    assert "Er is niets veranderd" in said


async def test_a_sentence_erases_the_one_it_names(class_: Chat) -> None:
    await note(class_, "3 havo")
    await note(class_, "4 vwo")
    assert "gewist" in words(await class_.say(NOOR, "3 havo is gewist"))
    assert [row.label for row in await rows(class_) if row.deleted_at] == ["3 havo"]


async def test_an_unclear_sentence_asks_which(class_: Chat) -> None:
    await note(class_, "les 1", "2026-11-20")
    await note(class_, "les 2", "2026-11-21")
    said = await class_.say(NOOR, "gewist")
    assert "Welke opname" in words(said)
    assert "recordings.deleted:1" in [button.id for button in said[0].buttons]
    assert "les 2" not in words(await class_.say(NOOR, "die van vrijdag is gewist"))


async def test_an_unknown_recording_changes_nothing(class_: Chat) -> None:
    await note(class_, "les 1")
    said = words(await class_.say(NOOR, "5 vwo is gewist"))
    assert "vind geen opname" in said
    assert "les 1" in said
    assert (await rows(class_))[0].deleted_at is None


async def test_nothing_to_erase(class_: Chat) -> None:
    assert "geen opnames in je lijst" in words(await class_.say(NOOR, "gewist"))


async def test_erasing_in_english(class_: Chat) -> None:
    await class_.say(SAM, "I recorded year 3 this morning")
    said = words(await class_.say(SAM, "I erased year 3"))
    assert "Noted: you erased year 3, on Monday 23 November 2026 11:00" in said
    assert "no copies" in words(await class_.press(SAM, "No copies"))
    assert "already noted as erased" in words(await class_.press(SAM, "recordings.deleted:1"))
    assert "You have no recordings" in words(await class_.say(SAM, "my recordings"))


async def test_wrong_and_unknown_in_english(class_: Chat) -> None:
    await class_.press(SAM, ADD)
    assert "still to come" in words(await class_.fill(SAM, label="x", made_on="2027-01-01"))
    await class_.fill(SAM, label="year 2", made_on="2026-11-20")
    assert "a recording in your list that fits" in words(await class_.say(SAM, "I erased year 3"))
    assert "remind you again on 30 November" in words(await class_.press(SAM, "recordings.later:1"))
    assert "must be erased now" in words(await class_.press(SAM, "recordings.now:1"))


# -- later, still needed, no longer needed -----------------------------------------------------


async def test_later_moves_the_reminder_and_not_the_date(class_: Chat) -> None:
    number = await note(class_)
    said = words(await class_.press(NOOR, f"recordings.later:{number}"))
    assert "30 november 2026" in said
    assert "verandert niet" in said
    (row,) = await rows(class_)
    assert row.next_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert row.due == date(2027, 5, 20)


async def test_after_the_study_nothing_waits(class_: Chat) -> None:
    number = await note(class_)
    async with class_.database.transaction() as db:
        noor = (await db.exec(select(Person).where(Person.email == NOOR))).one()
        noor.programme_end = date(2026, 11, 23)
    for action in ("later", "needed"):
        said = words(await class_.press(NOOR, f"recordings.{action}:{number}"))
        assert "studie" in said
        assert "iRIS Connect" in said
    (row,) = await rows(class_)
    assert (row.next_at, row.case) == (datetime(2027, 4, 20, 7, tzinfo=UTC), "")


async def test_still_needed_goes_to_the_supervisor_and_the_date_stays(
    class_: Chat, app: Any
) -> None:
    if "consent" not in [dialog.name for dialog in app.dialogs]:
        pytest.skip("the consent dialog is not wired yet")
    number = await note(class_)
    asked = words(await class_.press(NOOR, f"recordings.needed:{number}"))
    assert "in principe zes maanden" in asked
    await class_.fill(NOOR, question="Mijn verslag is nog niet nagekeken.")
    (row,) = await rows(class_)
    assert row.case.startswith("CP-2026-")
    assert row.due == date(2027, 5, 20)
    assert "3 havo" in words(await class_.inbox(EVA))
    async with class_.database.transaction() as db:
        case = await db.get(Case, row.case)
    assert case is not None
    assert case.kind == "keeping"
    said = words(await class_.press(NOOR, f"recordings.needed:{number}"))
    assert row.case in said


async def test_no_longer_needed_must_go_now(class_: Chat) -> None:
    number = await note(class_)
    said = words(await class_.press(NOOR, f"recordings.now:{number}"))
    assert "nu weg" in said
    (row,) = await rows(class_)
    assert (row.due, row.stage) == (date(2026, 11, 23), "now")
    assert row.next_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert "niet meer nodig: wis hem nu" in words(await class_.say(NOOR, "mijn opnames"))


async def test_a_question_is_just_typed(class_: Chat) -> None:
    number = await note(class_)
    assert "Typ je vraag" in words(await class_.press(NOOR, f"recordings.question:{number}"))


# -- the list ----------------------------------------------------------------------------------


async def test_the_list_shows_what_must_go_first_on_top(class_: Chat) -> None:
    await note(class_, "later")
    await note(class_, "eerst")
    async with class_.database.transaction() as db:
        row = await db.get(Recording, 2)
        assert row is not None
        row.due = date(2026, 11, 30)
    said = words(await class_.say(NOOR, "mijn opnames"))
    assert said.index("eerst") < said.index("later")
    assert "nog 7 dagen" in said


async def test_a_long_list_stays_readable(class_: Chat) -> None:
    for n in range(45):
        await note(class_, f"les {n} met een heel lange naam die niet past")
    (said,) = await class_.say(NOOR, "mijn opnames")
    assert len(said.facts) == 40
    assert "Nog meer opnames in je lijst: 5" in said.note
    assert len(said.buttons) < 20
    assert all(len(button.label) <= 75 for button in said.buttons)


async def test_stopping_half_way_notes_nothing(class_: Chat) -> None:
    await class_.press(NOOR, ADD)
    await class_.say(NOOR, "les 2")
    assert "niets verstuurd" in words(await class_.say(NOOR, "stop"))
    assert await rows(class_) == []
    async with class_.database.transaction() as db:
        assert (await db.exec(select(Draft))).one().answers == {"label": "les 2"}


async def test_the_clock_of_the_student_decides_what_today_is(class_: Chat, clock: Ticker) -> None:
    clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # half past midnight in Amsterdam
    await class_.press(NOOR, ADD)
    said = words(await class_.fill(NOOR, label="nacht", made_on="2026-11-24"))
    assert "24 november 2026" in said
