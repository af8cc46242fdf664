"""The local chat's routes on a bot without a browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters import web as server
from bot.engine.store.tables import Person
from bot.wiring import Clock
from tests.conftest import NOW


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until the page moves it."""
    return Clock(NOW)


@pytest.fixture
async def client(app: Any) -> AsyncIterator[TestClient[Any, Any]]:
    async with app.database.transaction() as db:
        db.add(Person(email="s@example.org", name="Sam", role="student", school="OSH"))
        db.add(Person(email="p@example.org", name="Petra", role="privacy_officer", language="en"))
    health = server.Health(app.database, app.worker, app.clock, app.problems)
    made = TestClient(TestServer(server.application(app.platforms["local"].routes(), health)))
    app.worker.start()
    async with made:
        await made.get("/")  # brings the token
        yield made
    await app.worker.stop()
