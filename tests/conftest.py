"""What many tests share: real databases, the real texts, and a bot without a web server."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog

import dialogs
from bot.log import where
from bot.settings import Settings
from bot.store.database import Database
from bot.texts import Texts
from tests.chat import Chat

structlog.configure(processors=[where, structlog.processors.KeyValueRenderer()])

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday, 11:00 in Amsterdam


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts.load(dialogs.TEXTS)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "DESIGN.md").exists():
        pytest.skip("the reference folder ../shared is not here")
    return folder


def has_postgres() -> bool:
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@asynccontextmanager
async def fresh_database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database of this kind, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{uuid.uuid4().hex}.sqlite"
        return
    if not has_postgres():
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    name = f"opnamewijzer_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Both databases: a test that asks for this runs twice."""
    async with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An up-to-date database, on SQLite and on PostgreSQL."""
    opened = Database.at(database_url)
    await opened.upgrade()
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """An up-to-date SQLite database, where one kind is enough."""
    opened = Database.at(f"sqlite:///{tmp_path}/test.sqlite")
    await opened.upgrade()
    yield opened
    await opened.close()


class Ticker:
    """A clock that a test moves by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticker:
    return Ticker()


@pytest.fixture
async def app(tmp_path: Path, clock: Ticker) -> AsyncIterator[Any]:
    """The whole bot as `serve` wires it, on SQLite, with the local chat and no mail."""
    from bot.__main__ import wired

    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/app.sqlite")
    async with wired(settings, clock) as made:
        yield made


@pytest.fixture
async def chat(app: Any, clock: Ticker) -> Chat:
    """People talking with the whole bot."""
    return Chat(app.database, app.talk, app.worker, clock)
