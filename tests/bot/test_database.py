"""Migrations and the promises of the store, on both databases."""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, inspect, text
from sqlmodel import select

from bot.engine.holdings import drop
from bot.engine.store import tables
from bot.engine.store.columns import Moment
from bot.engine.store.database import (
    HEAD,
    Database,
    DatabaseError,
    _upgrade,
    next_number,
    run,
    secret,
)  # fmt: skip
from bot.wiring import HOLDINGS
from dialogs.consent.table import Case
from tests.conftest import NOW, POSTGRES, has_postgres, postgres_database


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_an_empty_database_gets_the_whole_schema(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        database = Database.at(empty(kind, tmp_path, stack))
        assert await database.version() == ""
        await database.upgrade()
        assert await schema(database) == wanted()
        await database.close()


def empty(kind: str, folder: Path, stack: ExitStack) -> str:
    """The address of a database with nothing in it."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/empty.sqlite"
    if not has_postgres():
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    return f"{POSTGRES}/{stack.enter_context(postgres_database())}"


def wanted() -> dict[str, set[str]]:
    tables = [table.__table__ for holding in HOLDINGS for table in holding.tables]  # type: ignore[attr-defined]
    return {table.name: {c.name for c in table.columns} for table in tables}


async def schema(database: Database) -> dict[str, set[str]]:
    def columns(connection: object) -> dict[str, set[str]]:
        seen = inspect(connection)
        return {t: {c["name"] for c in seen.get_columns(t)} for t in seen.get_table_names()}

    async with database.engine.connect() as connection:
        found = await connection.run_sync(columns)
    return {name: found.get(name, set()) for name in wanted()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_schema_of_the_first_version_comes_along(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        database = Database.at(empty(kind, tmp_path, stack))
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade, "0001")
        async with database.transaction() as db:
            await run(
                db,
                text(
                    'INSERT INTO "case" (ref, kind, student, supervisor, holder, state, answers,'
                    " opened_at, outcome) VALUES ('CP-2026-0001', 'consent', 'noor@example.nl', '',"
                    " '', 'sent', '{}', :at, '')"
                ).bindparams(bindparam("at", type_=Moment)),
                {"at": NOW},
            )
            old = (
                "INSERT INTO job (key, kind, lane, payload, due, attempts)"
                """ VALUES ('old', 'deliver', '', '{"address": {"platform": "mail"}}',"""
                " '2026-11-23 10:00:00+00', 0)"
            )
            await run(db, text(old.replace(":", "\\:")))
        before = await indexes(database)
        await database.upgrade()
        assert await database.version() == HEAD
        assert await schema(database) == wanted()
        assert await indexes(database) == before
        async with database.transaction() as db:
            assert (await db.get_one(Case, "CP-2026-0001")).opened_at == NOW
            old_job = (await db.exec(select(tables.Job))).one()
            assert (old_job.slot, old_job.priority, old_job.unsure) == ("mail", 2, 0)
        await database.close()


async def test_an_older_version_may_still_add_jobs(database: Database) -> None:
    async with database.transaction() as db:
        await run(
            db,
            text(
                "INSERT INTO job (key, kind, lane, payload, due, attempts)"
                " VALUES ('old', 'notify', '', '{}', '2026-11-23 10:00:00+00', 0)"
            ),
        )
        assert (await db.exec(select(tables.Job.priority))).one() == 2


async def indexes(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return await connection.run_sync(
            lambda c: {
                str(i["name"]) for t in ("case", "breach") for i in inspect(c).get_indexes(t)
            }
        )


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    await database.upgrade()
    assert await database.version() == HEAD


def test_the_head_is_the_newest_migration() -> None:
    files = (Path(__file__).parents[2] / "bot/engine/store/migrations/versions").glob("[0-9]*.py")
    assert max(file.name.split("_")[0] for file in files) == HEAD


async def test_a_newer_database_is_refused_in_a_sentence(database: Database) -> None:
    async with database.transaction() as db:
        await run(db, text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer version"):
        await database.upgrade()


async def test_moments_come_back_with_their_zone(database: Database) -> None:
    async with database.transaction() as db:
        db.add(tables.Lane(key="k", free=NOW))
    async with database.transaction() as db:
        assert (await db.get_one(tables.Lane, "k")).free == NOW


async def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="zone"):
        async with database.transaction() as db:
            db.add(tables.Lane(key="k", free=datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_numbers_are_never_given_twice(database: Database) -> None:
    async with database.transaction() as db:
        assert [await next_number(db, "BR-2026") for _ in range(3)] == [1, 2, 3]
        assert await next_number(db, "BR-2027") == 1


async def test_a_secret_is_made_once(database: Database) -> None:
    async with database.transaction() as db:
        first = await secret(db, "links")
    async with database.transaction() as db:
        assert await secret(db, "links") == first


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:////proc/nowhere/x.sqlite"]
)
async def test_a_wrong_address_is_one_sentence(url: str) -> None:
    with pytest.raises(DatabaseError):
        await Database.at(url).upgrade()


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseError):
        await Database.at(f"sqlite:///{tmp_path}/x").upgrade()


async def test_no_server_is_one_sentence() -> None:
    with pytest.raises(DatabaseError, match="DATABASE_URL"):
        await Database.at("postgresql://nobody@127.0.0.1:1/x").upgrade()


async def test_what_is_erased_is_in_no_file(sqlite: Database, tmp_path: Path) -> None:
    words = "dit mag nergens meer staan"
    async with sqlite.transaction() as db:
        db.add(tables.Person(email="a@x.nl", name=words, role="student"))
    files = list(tmp_path.glob("opnamewijzer.sqlite*"))
    assert any(words.encode() in file.read_bytes() for file in files)
    async with sqlite.transaction() as db:
        await drop(db, tables.Person, tables.Person.email == "a@x.nl")
    for file in tmp_path.glob("opnamewijzer.sqlite*"):
        assert words.encode() not in file.read_bytes()
