"""The database behind the tables: SQLite in one file, or PostgreSQL; the same code on both."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, CursorResult, Executable, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.store.tables import Secret

OLDEST_SQLITE = (3, 35, 0)  # RETURNING
LEAST_FREE = 16 * 1024**2  # bytes beside a database file
HEAD = "0008"  # the newest migration; known here so that an up-to-date start needs no Alembic


ERASES = "erases"
# secure_delete: what is erased is overwritten, also in pages that are free then.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def erasing(db: AsyncSession) -> None:
    """What this transaction removes is to be found in no file afterwards."""
    db.info[ERASES] = True


class DatabaseError(Exception):
    """The database cannot be used; the message says what to do."""


class Database:
    """One engine, and transactions on it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @classmethod
    def at(cls, url: str) -> Database:
        """Connect lazily to `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`."""
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise DatabaseError(
                "DATABASE_URL is not an address: write sqlite:///PATH or postgresql://USER@HOST/NAME"
            ) from None
        if parsed.get_backend_name() == "sqlite":
            return cls(_sqlite(parsed))
        if parsed.get_backend_name() == "postgresql":
            return cls(
                create_async_engine(
                    parsed.set(drivername="postgresql+psycopg"), pool_size=8, pool_pre_ping=True
                )
            )
        raise DatabaseError(
            f"DATABASE_URL names {parsed.get_backend_name()}: only sqlite and postgresql work"
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """All of it, or none of it. What says that it erases (`erasing`) leaves nothing in the files."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            async with session.begin():
                yield session
            erased = bool(session.info.get(ERASES))
        if erased:
            await self.wipe()

    async def upgrade(self) -> None:
        """Bring the schema to this version. DatabaseError when it is newer or out of reach."""
        try:
            if await self.version() == HEAD:
                return
            async with self.engine.begin() as connection:
                if self.engine.dialect.name == "postgresql":
                    # Two processes that start together must not both migrate.
                    await connection.execute(text("SELECT pg_advisory_xact_lock(20261123)"))
                await connection.run_sync(_upgrade)
        except DBAPIError as problem:
            reason = str(problem.orig).strip().splitlines()[0]
            raise DatabaseError(
                f"the database does not open ({reason}): check DATABASE_URL and its rights"
            ) from None

    async def wipe(self) -> None:
        """Nothing that was erased stays in the write-ahead log. PostgreSQL sees to its own."""
        if self.engine.dialect.name == "sqlite":
            async with self.engine.connect() as connection:
                # Not inside a transaction: a checkpoint waits for none.
                await connection.rollback()
                raw = await connection.get_raw_connection()
                if raw.driver_connection is not None:
                    await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def try_write(self) -> None:
        """Write something and keep it. Raises what the database raises: full, read-only, gone.

        DatabaseError when the disk of a file is about to be full.
        """
        if self.engine.dialect.name == "sqlite":
            folder = Path(self.engine.url.database or "").absolute().parent
            if (free := shutil.disk_usage(folder).free) < LEAST_FREE:
                raise DatabaseError(f"its disk has {free // 1024**2} MB left: make room")
        statement = text(
            "INSERT INTO counter (name, value) VALUES ('writes tried', 1)"
            " ON CONFLICT (name) DO UPDATE SET value = 1 - counter.value"
        )
        async with self.engine.begin() as connection:
            await connection.execute(statement)

    async def version(self) -> str:
        """The schema's version; '' for an empty database."""
        async with self.engine.connect() as connection:
            if not await connection.run_sync(lambda c: inspect(c).has_table("alembic_version")):
                return ""
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            return str(found.scalar_one_or_none() or "")

    async def close(self) -> None:
        """Let go of all connections."""
        await self.engine.dispose()


async def run(
    db: AsyncSession, statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[Any]:
    """A statement of SQL's own, in this session's transaction and after what it has pending."""
    await db.flush()
    connection = await db.connection()
    return await connection.execute(statement, dict(values or {}))


async def next_number(db: AsyncSession, name: str) -> int:
    """The next number under `name`, without gaps for what commits and never twice."""
    statement = text(
        "INSERT INTO counter (name, value) VALUES (:name, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    )
    row = await run(db, statement, {"name": name})
    return int(row.scalar_one())


async def secret(db: AsyncSession, name: str) -> str:
    """The database's own secret of that name, made at the first call."""
    await run(
        db,
        text("INSERT INTO secret (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING"),
        {"name": name, "value": secrets.token_urlsafe(32)},
    )
    found = await db.exec(select(Secret).where(Secret.name == name))
    return found.one().value


def _file(url: URL) -> Path:
    """The database's file, for its owner's eyes only. DatabaseError when it cannot be one."""
    path = Path(url.database or "")
    if str(path) in {"", ":memory:", "."}:
        raise DatabaseError("DATABASE_URL must name a file: sqlite:///PATH")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as problem:
        raise DatabaseError(
            f"cannot write {path} ({problem.strerror}): choose another place with DATABASE_URL"
        ) from None
    return path


def _sqlite(url: URL) -> AsyncEngine:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseError(
            f"this Python carries SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed"
        )
    path = _file(url)
    # One connection for the file: writers wait their turn in the pool, fairly, instead of
    # starving each other on SQLite's lock. IMMEDIATE takes the write lock at the start, so a
    # transaction that reads and then writes cannot lose an update.
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"timeout": 30},
    )

    _guard(engine, path)

    @event.listens_for(engine.sync_engine, "connect")
    def _open(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _guard(engine: AsyncEngine, path: Path) -> None:
    """What is written into a file that was removed or replaced is kept by nobody: refuse it.

    An open connection would go on writing into the removed file, and a new one would make an
    empty one in its place.
    """

    @event.listens_for(engine.sync_engine, "do_connect")
    def _existing(_: Any, __: Any, arguments: Any, options: dict[str, Any]) -> None:
        arguments[0] = f"file:{quote(str(path.absolute()))}?mode=rw"
        options["uri"] = True

    @event.listens_for(engine.sync_engine, "connect")
    def _mark(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine.sync_engine, "checkout")
    def _same(_: Any, record: ConnectionPoolEntry, __: Any) -> None:
        if record.info.get("file") != _identity(path):
            raise DisconnectionError("the database file was removed or replaced")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _upgrade(connection: Connection, to: str = "head") -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError:
        raise DatabaseError(
            "the database was made by a newer version of Opnamewijzer: "
            "update the program, or point DATABASE_URL at another database"
        ) from None
