"""The tables. Times are UTC; what a person typed is kept only as long as its duty is open.

A person is named everywhere by their `key`: the verified e-mail address, or the chat account
where no address is known.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, String, TypeDecorator, text
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on every database; a naive one is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must carry its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database; SQLite gives moments back without their zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(**options: Any) -> Any:
    """A column for a required moment."""
    return Field(sa_type=Moment, **options)


def maybe_moment(**options: Any) -> Any:
    """A column for a moment that may be unknown."""
    return Field(default=None, sa_type=Moment, nullable=True, **options)


def document() -> Any:
    """A column for JSON data."""
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Person(SQLModel, table=True):
    """Somebody on the roster. role: student, supervisor, privacy_officer or coordinator."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: str
    language: str = ""
    school: str = ""
    programme_end: date | None = None
    supervisor_email: str = Field(default="", index=True)
    active: bool = True


class Account(SQLModel, table=True):
    """A chat account, tied to a person by the address the platform vouches for.

    address: the last private `Address` as JSON, so that a cold start can still send.
    language: what this person last chose or spoke here. lost_at: since when messages bounce.
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


class Conversation(SQLModel, table=True):
    """What the bot must remember of one person in one place between two turns."""

    key: str = Field(primary_key=True)
    person: str = Field(index=True)
    state: dict[str, Any] = document()
    at: datetime = moment(index=True)


class Draft(SQLModel, table=True):
    """A form being filled in. It belongs to the person, not to a place or platform.

    state: open, ready (complete, waiting to be sent off), done or dropped.
    data: what the dialog that opened the form needs when it comes back.
    """

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(index=True)
    form: str
    state: str = "open"
    answers: dict[str, Any] = document()
    data: dict[str, Any] = document()
    begun_at: datetime = moment()
    at: datetime = moment()


class Accepted(SQLModel, table=True):
    """An event that was handled. The key refuses it a second time, in every process."""

    key: str = Field(primary_key=True)
    at: datetime = moment(index=True)


class Job(SQLModel, table=True):
    """Durable work. A claim moves `due` one lease ahead: that is the whole crash recovery.

    key: refuses the same work twice, also after it is done. lane: one at a time, in order.
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
    payload: dict[str, Any] = document()
    due: datetime = moment()
    attempts: int = 0
    claim: str | None = None
    done: datetime | None = maybe_moment()
    error: str | None = None


class Lane(SQLModel, table=True):
    """The pace of one place: no message before `free`."""

    key: str = Field(primary_key=True)
    free: datetime = moment()


class Posted(SQLModel, table=True):
    """Where a message with a `ref` stands, so that a later one can take its place."""

    key: str = Field(primary_key=True)
    message: str
    at: datetime = moment()


class LocalMessage(SQLModel, table=True):
    """The transcript of the local chat. author: 'bot' or 'person'. seen: shown in a terminal."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    account: str = Field(index=True)
    author: str
    reply: dict[str, Any] = document()
    edits: int = 0
    changed: int = Field(default=0, index=True)
    seen: bool = False
    at: datetime = moment()


class Recording(SQLModel, table=True):
    """What a student says was recorded; never the recording, a link to it, or a pupil's name.

    due: the earlier of six calendar months after `made_on` and the end of the study (D3).
    ended: '' while kept, else 'deleted'. copies: what the student says about copies.
    next_at: when the next reminder is due; None once deleted.
    """

    __table_args__ = (
        Index(
            "recording_due",
            "next_at",
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(index=True)
    label: str
    made_on: date
    purpose: str = ""
    school: str = ""
    due: date
    stage: str = ""
    next_at: datetime | None = maybe_moment()
    added_at: datetime = moment()
    deleted_at: datetime | None = maybe_moment()
    copies: str = ""
    case: str = ""


class Case(SQLModel, table=True):
    """A consent problem (U4), taken to the student's own supervisor.

    state: sent, seen, answered, settled, withdrawn. holder: who must act now (an e-mail).
    kind: 'consent', or 'keeping' when a recording is still needed after its date.
    """

    ref: str = Field(primary_key=True)
    kind: str = "consent"
    student: str = Field(index=True)
    supervisor: str = ""
    holder: str = Field(default="", index=True)
    state: str = "sent"
    answers: dict[str, Any] = document()
    opened_at: datetime = moment()
    seen_at: datetime | None = maybe_moment()
    answered_at: datetime | None = maybe_moment()
    reminded_at: datetime | None = maybe_moment()
    passed_on_at: datetime | None = maybe_moment()
    closed_at: datetime | None = maybe_moment()
    outcome: str = ""


class Breach(SQLModel, table=True):
    """A report of a possible breach (O3). Only the reporter and the privacy officer see it.

    state: sent (not yet accepted by the mail server), delivered, acknowledged, closed.
    """

    ref: str = Field(primary_key=True)
    reporter: str = Field(index=True)
    reporter_name: str = ""
    state: str = "sent"
    answers: dict[str, Any] = document()
    noticed_at: datetime = moment()
    reported_at: datetime = moment()
    delivered_at: datetime | None = maybe_moment()
    failures: int = 0
    acknowledged_at: datetime | None = maybe_moment()
    closed_at: datetime | None = maybe_moment()
    closing: str = ""


class Entry(SQLModel, table=True):
    """One step in the history of a case or breach, oldest first: who did what, with what words."""

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)
    at: datetime = moment()
    author: str
    what: str
    words: str = ""


class Counter(SQLModel, table=True):
    """The last number given out under a name ('BR-2026')."""

    name: str = Field(primary_key=True)
    value: int = 0


class Secret(SQLModel, table=True):
    """Something random, made once per database (the key that signs links)."""

    name: str = Field(primary_key=True)
    value: str


class Unanswered(SQLModel, table=True):
    """A question the bot could not answer, without its asker; only kept when switched on."""

    id: int | None = Field(default=None, primary_key=True)
    question: str = Field(sa_type=String(500))
    outcome: str
    day: date


def metadata() -> Any:
    """The schema as code, for migrations to compare with."""
    return SQLModel.metadata
