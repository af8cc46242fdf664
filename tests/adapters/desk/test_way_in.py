"""The way in: a link that works once, a session that ends, and nothing for who is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from adapters.desk.tables import DeskLink, DeskSession
from bot.settings import load
from bot.wiring import wired
from tests.adapters.desk.conftest import ANNA, EMILY, GUEST, OFFICER, DeskSite
from tests.chat import words


async def test_the_link_lets_in_once(desk: DeskSite) -> None:
    visitor = desk.visitor(OFFICER)
    link = await visitor.link()
    for _ in range(3):  # a mail scanner looks, and that uses nothing up
        assert "Naar binnen" in await visitor.open(link)
    response = await visitor.client.post(link, allow_redirects=False)
    assert response.status == 303
    cookie = response.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/desk", "28800"))
    assert "Fred" in await visitor.open("/desk/")
    second = desk.visitor(OFFICER)
    await second.open(link)
    assert second.status == 410
    assert (await second.client.post(link)).status == 410
    await second.open("/desk/")
    assert second.status == 401


@pytest.mark.parametrize(("minutes", "works"), [(9, True), (10, False)])
async def test_the_link_works_ten_minutes(desk: DeskSite, minutes: int, works: bool) -> None:
    visitor = desk.visitor(OFFICER)
    link = await visitor.link()
    desk.chat.clock.now += timedelta(minutes=minutes)
    assert ((await visitor.client.post(link)).status == 200) is works


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8, 401)])
async def test_a_session_lasts_a_working_day(desk: DeskSite, hours: float, status: int) -> None:
    visitor = await desk.enter(OFFICER)
    desk.chat.clock.now += timedelta(hours=hours)
    await visitor.open("/desk/")
    assert visitor.status == status


async def test_stopping_ends_it_everywhere(desk: DeskSite) -> None:
    visitor = await desk.enter(OFFICER)
    cookie = visitor.client.session.cookie_jar.filter_cookies(visitor.client.make_url("/desk/"))
    assert "uit het bureau" in await visitor.press("Uitloggen")
    answer = await visitor.client.get("/desk/", cookies={"desk": cookie["desk"].value})
    assert answer.status == 401


async def test_only_hashes_are_kept(desk: DeskSite) -> None:
    visitor = desk.visitor(OFFICER)
    link = await visitor.link()
    await visitor.client.post(link)
    jar = visitor.client.session.cookie_jar.filter_cookies(visitor.client.make_url("/desk/"))
    async with desk.app.database.transaction() as db:
        kept = [
            row.hash for table in (DeskLink, DeskSession) for row in await db.exec(select(table))
        ]
    assert len(kept) == 2
    assert link.rpartition("/")[2] not in kept
    assert jar["desk"].value not in kept


async def test_sessions_stand_under_my_data_and_go_with_forget_me(desk: DeskSite) -> None:
    await desk.enter(ANNA)
    said = words(await desk.chat.say(ANNA, "mijn gegevens"))
    assert "Keren dat je bij het bureau was: 1" in said
    await desk.chat.press(ANNA, "my_data.forget")
    await desk.chat.press(ANNA, "my_data.erase")
    async with desk.app.database.transaction() as db:
        assert (await db.exec(select(DeskSession))).all() == []


async def test_who_is_not_on_the_roster_gets_no_link(desk: DeskSite) -> None:
    replies = await desk.chat.say(GUEST, "bureau")
    assert "op de lijst" in words(replies)
    assert not desk.chat.buttons(replies[0])


async def test_who_left_the_roster_sees_nothing(desk: DeskSite) -> None:
    visitor = await desk.enter(OFFICER)
    async with desk.app.database.transaction() as db:
        from bot.engine.store.tables import Person

        (await db.exec(select(Person).where(Person.email == OFFICER))).one().active = False
    await visitor.see("register")
    assert visitor.status == 404
    assert "72" not in visitor.words


@pytest.mark.parametrize("change", ["csrf", "site", "cookie", "id"])
async def test_nothing_is_taken_from_elsewhere(desk: DeskSite, change: str) -> None:
    visitor = await desk.enter(EMILY)
    fields, headers = visitor.form("Nederlands"), {}
    if change == "csrf":
        fields["csrf"] = "0" * 64
    elif change == "site":
        headers["Sec-Fetch-Site"] = "cross-site"
    elif change == "id":
        fields["id"] = "../../x"
    else:
        visitor.client.session.cookie_jar.clear()
    answer = await visitor.client.post("/desk/do", data=fields, headers=headers)
    assert answer.status == (401 if change == "cookie" else 403)


async def test_the_language_follows_the_button_and_a_step_counts_once(desk: DeskSite) -> None:
    visitor = await desk.enter(EMILY)
    fields = visitor.form("Nederlands")
    assert '<html lang="nl">' in await visitor.do(fields)
    assert "al verwerkt" in await visitor.do(fields)


@pytest.mark.parametrize("path", ["/desk/", "/desk/in/x", "/desk/see/register", "/desk/feed/x"])
async def test_every_page_is_strict(desk: DeskSite, path: str) -> None:
    visitor = await desk.enter(OFFICER)
    await visitor.open(path)
    policy = visitor.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert visitor.headers["Cache-Control"] == "no-store"
    assert "<script" not in visitor.text
    assert "style=" not in visitor.text


async def test_it_can_be_switched_off(sqlite_url: str, clock: Any) -> None:
    from tests.chat import Chat

    async with wired(load(_env_file=None, database_url=sqlite_url, desk=False), clock) as app:
        assert "desk" not in app.platforms
        chat = Chat(app.database, app.talk, app.worker, clock)
        assert "staat hier uit" in words(await chat.say(ANNA, "bureau"))
