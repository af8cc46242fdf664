"""The door of the local chat: only this machine, only the page of this process, only sample people."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters import web as server
from bot.commands.serve import announcement
from bot.engine.store.tables import Account, Person
from bot.settings import SettingsError, load
from bot.wiring import wired
from tests.conftest import Ticker

GETS = ("/local/start", "/local/changes?account=&since=-1", "/local/static/chat.js")
POSTS = (
    "/local/clock",
    "/local/say",
    "/local/press",
    "/local/submit",
    "/local/file",
    "/local/arrive",
)


async def statuses(client: Any, **headers: str) -> dict[str, int]:
    """What every address of the chat answers to these headers."""
    found = {}
    for path in ("/", *GETS):
        found[path] = (await client.get(path, headers=headers)).status
    for path in POSTS:
        found[path] = (await client.post(path, headers=headers, json={"step": "now"})).status
    return found


async def test_nothing_without_the_token_of_this_process(client: Any) -> None:
    wrong = {"Cookie": f"opnamewijzer_{client.port}=guess"}
    for headers in ({}, wrong):
        client.session.cookie_jar.clear()
        for path in GETS:
            assert (await client.get(path, headers=headers)).status == 403
        for path in POSTS:
            assert (await client.post(path, headers=headers, json={})).status == 403


async def test_the_token_is_for_this_page_alone(client: Any) -> None:
    morsel = (await client.get("/")).cookies[f"opnamewijzer_{client.port}"]
    assert morsel["httponly"]
    assert (morsel["samesite"], morsel["path"]) == ("Strict", "/local/")


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Host", "X-Forwarded", "Forwarded", "Via",
     "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Original-URL"],
)  # fmt: skip
async def test_not_behind_another_server(client: Any, header: str) -> None:
    assert set((await statuses(client, **{header: "1.1 proxy"})).values()) == {403}


async def test_not_behind_a_plain_proxy_that_names_nobody(client: Any) -> None:
    import asyncio

    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert b" 403 " in await reader.readline()
    writer.close()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_no_other_site_may_read(client: Any, site: str) -> None:
    for path in GETS:
        assert (await client.get(path, headers={"Sec-Fetch-Site": site})).status == 403


@pytest.mark.parametrize(
    "row",
    [
        Person(email="jan@hogeschool.nl", name="Jan", role="student"),
        Person(email="jan@example.org.nl", name="Jan", role="student", active=False),
        Account(key="slack:T:U", platform="slack", email="jan@hogeschool.nl"),
        Account(key="teams:T:U", platform="teams"),
    ],
)
async def test_shut_as_soon_as_somebody_real_may_be_there(client: Any, app: Any, row: Any) -> None:
    before = app.clock()
    async with app.database.transaction() as db:
        db.add(row)
    assert set((await statuses(client)).values()) == {403}
    assert (await client.post("/local/clock", json={"step": "month"})).status == 403
    assert app.clock() == before


async def test_among_real_people_it_is_off_and_counts_as_no_way_to_reach_them(
    sqlite_url: str, clock: Ticker
) -> None:
    settings = load(_env_file=None, database_url=sqlite_url, local_chat=True)
    async with wired(settings, clock) as app:
        async with app.database.transaction() as db:
            db.add(Person(email="jan@hogeschool.nl", name="Jan", role="student"))
        async with app.sending(listen=True):
            line = next(x for x in announcement(app, work=True, web=True) if "local chat" in x)
            assert " off " in line
            assert "chat --as" in line
            assert await app.messengers["local"].find("jan@hogeschool.nl") is None


async def test_the_terminal_has_no_page(sqlite_url: str, clock: Ticker) -> None:
    public = "https://bot.hogeschool.nl"
    settings = load(
        _env_file=None, database_url=sqlite_url, local_chat="terminal", public_url=public
    )
    async with wired(settings, clock) as app, app.sending():
        routes = app.platforms["local"].routes()
        health = server.Health(app.database, None, app.clock)
        async with TestClient(TestServer(server.application(routes, health))) as bare:
            assert (await bare.get("/")).status == 404
        assert await app.messengers["local"].find("jan@hogeschool.nl")


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({"public_url": "https://bot.hogeschool.nl"}, False),
        ({"public_url": "http://10.0.0.8:3978"}, False),
        ({"public_url": "http://localhost:3978"}, True),
        ({"public_url": "https://bot.hogeschool.nl", "local_chat": "terminal"}, True),
    ],
)
def test_off_with_an_address_for_others(values: dict[str, str], on: bool) -> None:
    settings = load(_env_file=None, **values)
    local = next(group for group in settings.platforms if group.name == "local")
    assert (not local.off(settings.site)) is on


def test_saying_it_must_be_on_where_it_may_not_is_refused() -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        load(_env_file=None, local_chat=True, public_url="https://bot.hogeschool.nl")
