"""The engine's own tables; those of a dialog or a platform stand with it.

A person is named everywhere by their `key`: the verified e-mail address, or the chat account
where no address is known.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.engine.store.columns import document, maybe_moment, moment


class Person(SQLModel, table=True):
    """Somebody on the roster. role: student, supervisor, privacy_officer or coordinator.

    active: False for who left, since left_at. When their address becomes another's, they get a key of
    their own (`people.former_key`).
    """

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: str
    language: str = ""
    school: str = ""
    programme_end: date | None = None
    supervisor_email: str = Field(default="", index=True)
    active: bool = True
    left_at: datetime | None = maybe_moment()


class Account(SQLModel, table=True):
    """A chat account, tied to a person by the address the platform vouches for.

    address: the last private `Address` as JSON, so that a cold start can still send.
    language: what this person last chose or spoke here. lost_at: since when messages bounce.
    vouched_at: when the platform last said whose it is. unproven: why it could not, see `people`.
    """

    key: str = Field(primary_key=True)
    platform: str
    email: str = Field(default="", index=True)
    name: str = ""
    language: str = ""
    chosen: bool = False
    address: dict[str, Any] = document()
    greeted_at: datetime | None = maybe_moment()
    seen_at: datetime | None = maybe_moment()
    lost_at: datetime | None = maybe_moment()
    vouched_at: datetime | None = maybe_moment()
    unproven: str = ""


class Conversation(SQLModel, table=True):
    """What the bot must remember of one person in one place between two turns."""

    key: str = Field(primary_key=True)
    person: str = Field(index=True)
    state: dict[str, Any] = document()
    at: datetime = moment(index=True)


class DraftState(StrEnum):
    """How far a form is."""

    OPEN = "open"
    READY = "ready"  # complete, waiting to be sent off
    DONE = "done"
    DROPPED = "dropped"


OPEN_STATES = (DraftState.OPEN, DraftState.READY)


class Draft(SQLModel, table=True):
    """A form being filled in. It belongs to the person, not to a place or platform.

    data: what the dialog that opened the form needs when it comes back.
    """

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(index=True)
    form: str
    state: str = DraftState.OPEN
    answers: dict[str, Any] = document()
    data: dict[str, Any] = document()
    begun_at: datetime = moment()
    at: datetime = moment()

    @property
    def is_open(self) -> bool:
        """Whether it can still be filled in or sent."""
        return self.state in OPEN_STATES


class Accepted(SQLModel, table=True):
    """An event that was handled. The key refuses it a second time, in every process."""

    key: str = Field(primary_key=True)
    at: datetime = moment(index=True)


class Job(SQLModel, table=True):
    """Durable work. A claim moves `due` one lease ahead: that is the whole crash recovery.

    key: refuses the same work twice, also after it is done. lane: one at a time, in order.
    slot: whom it calls (a platform); each has its own places at once, '' for what calls nobody.
    priority: the smaller goes first. until: when it is no longer worth doing. trouble: the code of
    the last failure, the platform's own where there is one. unsure: sends of which nobody knows
    whether they arrived. lost: processes that died with it in hand. error: why it was set aside.
    """

    __table_args__ = (
        Index(
            "job_open",
            "due",
            sqlite_where=text("done IS NULL AND error IS NULL"),
            postgresql_where=text("done IS NULL AND error IS NULL"),
        ),
        Index(
            "job_lane_open",
            "lane",
            "id",
            sqlite_where=text("done IS NULL AND error IS NULL"),
            postgresql_where=text("done IS NULL AND error IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    lane: str = ""
    slot: str = Field(default="", sa_column_kwargs={"server_default": ""})
    priority: int = Field(default=2, sa_column_kwargs={"server_default": "2"})
    payload: dict[str, Any] = document()
    due: datetime = moment()
    until: datetime | None = maybe_moment()
    attempts: int = 0
    unsure: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lost: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    trouble: str = Field(default="", sa_column_kwargs={"server_default": ""})
    claim: str | None = None
    done: datetime | None = maybe_moment()
    error: str | None = None


class Lane(SQLModel, table=True):
    """The pace of one place: no message from `since` until `free`.

    A clock that was set back stands before `since`: then nothing is held.
    """

    key: str = Field(primary_key=True)
    free: datetime = moment()
    since: datetime | None = maybe_moment()


class Posted(SQLModel, table=True):
    """Where a message with a `ref` stands, so that a later one can take its place."""

    key: str = Field(primary_key=True)
    message: str
    at: datetime = moment()


class Counter(SQLModel, table=True):
    """The last number given out under a name ('BR-2026')."""

    name: str = Field(primary_key=True)
    value: int = 0


class Secret(SQLModel, table=True):
    """Something random, made once per database (the key that signs links)."""

    name: str = Field(primary_key=True)
    value: str
