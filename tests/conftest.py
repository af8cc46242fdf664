"""What many tests share: real databases, the real texts, and a bot without a web server."""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import dialogs
from bot.engine.store.database import Database
from bot.engine.texts import Texts
from bot.log import where
from bot.settings import load
from dialogs.guidelines import load as load_guidelines
from tests.chat import Chat

structlog.configure(processors=[where, structlog.processors.KeyValueRenderer()])

# A busy machine is slow, which says nothing about the code.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday, 11:00 in Amsterdam


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def texts() -> Texts:
    return dialogs.texts(load_guidelines())


def has_postgres() -> bool:
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def postgres_database(template: str = "template0") -> Iterator[str]:
    """The name of a new database, gone afterwards."""
    name = f"opnamewijzer_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def migrate(url: str) -> None:
    database = Database.at(url)
    await database.upgrade()
    await database.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, made once and copied for every test: migrating is slow."""
    file = tmp_path_factory.mktemp("template") / "schema.sqlite"
    asyncio.run(migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The same on PostgreSQL, as a template."""
    if not has_postgres():
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    with postgres_database() as name:
        asyncio.run(migrate(f"{POSTGRES}/{name}"))
        yield name


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of an up-to-date SQLite database."""
    file = tmp_path / "opnamewijzer.sqlite"
    shutil.copy(migrated_file, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    """The address of an up-to-date PostgreSQL database."""
    with postgres_database(migrated_postgres) as name:
        yield f"{POSTGRES}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases: a test that asks for this runs twice."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An up-to-date database, on SQLite and on PostgreSQL."""
    opened = Database.at(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    """An up-to-date SQLite database, where one kind is enough."""
    opened = Database.at(sqlite_url)
    yield opened
    await opened.close()


class Ticker:
    """A clock that a test moves by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticker:
    return Ticker()


@pytest.fixture
async def app(sqlite_url: str, clock: Ticker) -> AsyncIterator[Any]:
    """The whole bot as `serve` wires it, on SQLite, with the local chat and no mail."""
    from bot.wiring import wired

    settings = load(_env_file=None, database_url=sqlite_url)
    async with wired(settings, clock) as made:
        yield made


@pytest.fixture
async def chat(app: Any, clock: Ticker) -> Chat:
    """People talking with the whole bot."""
    return Chat(app.database, app.talk, app.worker, clock)
