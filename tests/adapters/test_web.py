"""The web server: its health, its last-resort handler, its start and stop."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from adapters.local.messenger import address
from adapters.web import CannotServe, Health, application, serve
from bot.engine.events import Said
from bot.engine.jobs import More, add
from bot.engine.store.tables import Accepted
from bot.wiring import Clock
from tests.conftest import NOW


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


async def broken(_: web.Request) -> web.Response:
    raise RuntimeError("secret words")


def health(app: Any, **more: Any) -> Health:
    return Health(app.database, app.worker, app.clock, **more)


async def get(made: web.Application, path: str) -> tuple[int, str]:
    async with TestClient(TestServer(made)) as client:
        answer = await client.get(path)
        return answer.status, await answer.text()


async def test_alive(app: Any) -> None:
    assert (await get(application([], health(app)), "/healthz"))[0] == 200


async def test_not_ready_says_why(app: Any) -> None:
    status, text = await get(application([], health(app)), "/readyz")
    assert status == 503
    assert "worker stands still" in text


async def test_a_platform_in_trouble_is_told_and_takes_nobody_elses_service_away(app: Any) -> None:
    app.worker.start()
    app.worker.beat = app.clock()
    made = application([], health(app, problems=lambda: ["slack: the token was revoked"]))
    status, text = await get(made, "/readyz")
    assert status == 200
    assert json.loads(text) == {
        "status": "ready, with problems",
        "reasons": [],
        "problems": ["slack: the token was revoked"],
    }
    await app.worker.stop()


async def test_ready_while_the_worker_beats(app: Any) -> None:
    app.worker.start()
    app.worker.beat = app.clock()
    assert (await get(application([], health(app)), "/readyz"))[0] == 200
    await app.worker.stop()


async def test_ready_without_a_worker_of_its_own(app: Any) -> None:
    made = application([], Health(app.database, None, app.clock))
    assert (await get(made, "/readyz"))[0] == 200


async def test_not_ready_without_a_database(app: Any) -> None:
    async with app.database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE job")
    status, text = await get(application([], Health(app.database, None, app.clock)), "/readyz")
    assert status == 503
    assert "database" in text


async def test_a_full_database_acknowledges_nothing(app: Any) -> None:
    async with app.database.engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    told = 0
    with pytest.raises(OperationalError, match="full"):  # noqa: PT012  # until it is full
        for n in range(100):
            event = Said(id=str(n), address=address("a@x.nl"), at=NOW, text="x" * 9000)
            await app.talk.handle(event, NOW)
            told += 1
    async with app.database.transaction() as db:
        assert len((await db.exec(select(Accepted))).all()) == told


@pytest.mark.parametrize("trouble", ["disk", "table"])
async def test_a_database_that_keeps_nothing_is_not_ready(
    app: Any, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "disk":
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=3 * 1024**2))
    else:
        async with app.database.engine.begin() as connection:
            await connection.exec_driver_sql(
                "CREATE TRIGGER no BEFORE INSERT ON counter BEGIN SELECT RAISE(FAIL, 'full'); END"
            )
    status, text = await get(application([], Health(app.database, None, app.clock)), "/readyz")
    assert status == 503
    assert "keeps nothing" in text
    assert ("3 MB left" if trouble == "disk" else "full") in text


async def test_a_database_file_that_vanished_takes_nothing_and_is_not_ready(
    app: Any, sqlite_url: str
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    away = file.with_suffix(".away")
    file.rename(away)
    with pytest.raises(OperationalError):
        await app.talk.handle(Said(id="1", address=address("a@x.nl"), at=NOW, text="Hoi"), NOW)
    assert not file.exists()
    status, text = await get(application([], Health(app.database, None, app.clock)), "/readyz")
    assert status == 503
    assert "unable to open" in text
    away.rename(file)
    event = Said(id="1", address=address("a@x.nl"), at=NOW, text="Hoi")
    assert (await app.talk.handle(event, NOW)).status == "handled"


async def test_metrics_count_the_work_that_waits(app: Any) -> None:
    async with app.database.transaction() as db:
        await add(db, More("late", "deliver"), app.clock())
    status, text = await get(application([], health(app)), "/metrics")
    assert status == 200
    assert "opnamewijzer_open_jobs 1.0" in text


async def test_no_traceback_and_no_body(app: Any, capsys: Any) -> None:
    status, text = await get(application([web.get("/x", broken)], health(app)), "/x")
    assert status == 500
    assert "secret" not in text + capsys.readouterr().out


async def test_every_answer_is_protected(app: Any) -> None:
    async with TestClient(TestServer(application([], health(app)))) as client:
        for path in ("/healthz", "/nothing-here"):
            answer = await client.get(path)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Server"] == "opnamewijzer"


async def test_a_taken_port_is_one_sentence(app: Any) -> None:
    runner = await serve(application([], health(app)), "127.0.0.1", 0)
    port = runner.addresses[0][1]
    with pytest.raises(CannotServe, match=f"port {port} is taken.*PORT"):
        await serve(application([], health(app)), "127.0.0.1", port)
    await runner.cleanup()


async def test_an_address_of_another_machine(app: Any) -> None:
    with pytest.raises(CannotServe, match="HOST"):
        await serve(application([], health(app)), "203.0.113.7", 0)


async def test_stopping_does_not_wait_for_a_long_poll(app: Any) -> None:

    runner = await serve(application(app.platforms["local"].routes(), health(app)), "127.0.0.1", 0)
    here = f"http://127.0.0.1:{runner.addresses[0][1]}"
    url = f"{here}/local/changes?account=somebody&since=0"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        await session.get(f"{here}/")
        poll = asyncio.create_task(session.get(url))
        await asyncio.sleep(0.2)
        async with asyncio.timeout(2):
            await runner.cleanup()
            assert (await poll).status == 200


async def test_a_body_that_cannot_be_unpacked_is_no_fault_of_ours(app: Any) -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    made = application([web.post("/read", read)], health(app))
    async with TestClient(TestServer(made)) as client:
        answer = await client.post("/read", data=b"{}", headers={"Content-Encoding": "gzip"})
        assert answer.status == 400
