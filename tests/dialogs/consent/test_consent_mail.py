"""A supervisor who is reached by mail alone, and a mail server that is not always there."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.engine.events import Address
from bot.settings import load
from bot.wiring import wired
from tests.chat import Chat
from tests.conftest import Ticker
from tests.dialogs.consent.conftest import ANNA, CO, FIRST, SUP, School
from tests.smtp import MailServer


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def posted(
    sqlite_url: str, clock: Ticker, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[School]:
    """Students chat; the others have no chat at all."""
    url = sqlite_url
    settings = load(_env_file=None, database_url=url, smtp_url=mail.url)
    async with wired(settings, clock) as app:

        async def nowhere(email: str) -> Address | None:
            return None

        monkeypatch.setattr(app.messengers["local"], "find", nowhere)
        school = School(Chat(app.database, app.talk, app.worker, clock))
        await school.roster()
        yield school


def letters(mail: MailServer, to: str) -> list[str]:
    return [str(m.get_content()) for m in mail.letters if m["To"] == to]


async def later(school: School, **time: float) -> None:
    await school.chat.at(school.chat.clock() + timedelta(**time))


async def test_a_letter_that_can_be_read_with_one_link(posted: School, mail: MailServer) -> None:
    await posted.open(question="Mag de rest wel?")
    (letter,) = letters(mail, SUP)
    assert letter.startswith(f"Toestemming {FIRST}")
    assert "Vraag: Mag de rest wel?" in letter
    assert len(re.findall(r"http://127.0.0.1:3978/page/\S+", letter)) == 1
    assert "bezorgd bij Sup" in await posted.press(ANNA, "case.status")


async def test_a_refused_address_goes_to_the_coordinator_at_once(
    posted: School, mail: MailServer
) -> None:
    mail.mood = "refuse"
    news = await posted.open()
    told = await posted.press(ANNA, "case.status")
    assert "niet bezorgd bij Sup" in told
    assert "doorgegeven aan Co" in told
    assert "Ik kan Sup niet bereiken." in news


async def test_a_server_that_is_down_is_said_and_tried_again(
    posted: School, mail: MailServer
) -> None:
    await mail.stop()
    await posted.open()
    for _ in range(14):
        await later(posted, minutes=6)
    told = await posted.read(ANNA)
    assert "Ik kon je vraag nog niet bezorgen bij Sup. Stuur deze tekst zelf" in told
    await mail.start()
    for _ in range(14):
        await later(posted, minutes=6)
    assert len(letters(mail, SUP)) == 1
    assert "alsnog bezorgd bij Sup" in await posted.read(ANNA)
    assert (await posted.steps()).count("by_hand") == 1
    assert letters(mail, CO) == []


async def test_the_news_by_mail_when_the_student_left_the_chat(
    posted: School, mail: MailServer
) -> None:
    await posted.open()
    async with posted.chat.database.transaction() as db:
        from bot.engine import people

        for account in await people.accounts_of(db, ANNA):
            account.lost_at = posted.chat.clock()
            db.add(account)
    await posted.press(SUP, f"consent.seen:{FIRST}")
    assert any("Sup heeft je vraag gezien." in letter for letter in letters(mail, ANNA))
