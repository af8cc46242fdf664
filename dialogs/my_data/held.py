"""All that is held about a person, and how their rows are found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Text, cast, or_
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.store.tables import (
    Account,
    Breach,
    Case,
    Conversation,
    Draft,
    Entry,
    Job,
    LocalMessage,
    Person,
    Recording,
)

Row = TypeVar("Row", bound=SQLModel)


async def export_person(db: AsyncSession, key: str) -> dict[str, Any]:
    """Everything that names this person, as JSON data: what they said and what was said to them.

    Of other people's cases only this person's own words are given.
    """
    accounts = await people.accounts_of(db, key)
    cases = await rows(db, Case, Case.student == key)
    breaches = await rows(db, Breach, Breach.reporter == key)
    own = {row.ref for row in cases} | {row.ref for row in breaches}
    held = await rows(db, Case, or_(col(Case.supervisor) == key, col(Case.holder) == key))
    others = [row for row in held if row.ref not in own]
    said = await rows(db, Entry, Entry.author == key)
    chat = await rows(db, LocalMessage, col(LocalMessage.account).in_(account_names(accounts, key)))
    return {
        "person": key,
        "roster": next(iter(_plain(await rows(db, Person, Person.email == key))), None),
        "accounts": _plain(accounts),
        "conversations": _plain(await rows(db, Conversation, Conversation.person == key)),
        "drafts": _plain(await rows(db, Draft, Draft.person == key)),
        "recordings": _plain(await rows(db, Recording, Recording.owner == key)),
        "cases": [await _with_history(db, row) for row in cases],
        "reports": [await _with_history(db, row) for row in breaches],
        "cases_of_students": [
            {"ref": row.ref, "kind": row.kind, "state": row.state, "opened_at": str(row.opened_at)}
            for row in others
        ],
        "words_in_other_cases": _plain([row for row in said if row.subject not in own]),
        "messages": [_message(job) for job in await jobs_to(db, key, accounts)],
        "local_chat": _plain(chat),
    }


async def rows(db: AsyncSession, table: type[Row], *which: Any) -> list[Row]:
    """The rows of a table that fit, in the order of their keys."""
    order = table.__table__.primary_key.columns  # type: ignore[attr-defined]  # every table has it
    return list(await db.exec(select(table).where(*which).order_by(*order)))


async def jobs_to(
    db: AsyncSession, key: str, accounts: Sequence[Account], *, everywhere: bool = False
) -> list[Job]:
    """The messages to this person in the outbox, sent or not.

    everywhere: also finished work for others that names this person.
    """
    names = account_names(accounts, key)
    found = await rows(db, Job, or_(*(mentions(name) for name in names)))
    return [
        job
        for job in found
        if receives(job, key, accounts) or (everywhere and job.done is not None)
    ]


def mentions(name: str) -> ColumnElement[bool]:
    """Work whose key or content holds this text."""
    written = json.dumps(name)[1:-1]
    return or_(
        cast(col(Job.payload), Text).contains(written, autoescape=True),
        col(Job.key).contains(name, autoescape=True),
    )


def receives(job: Job, key: str, accounts: Sequence[Account]) -> bool:
    """Whether this is a message to the person, by any way."""
    to = job.payload.get("to") or job.payload.get("notice", {}).get("to")
    if to == key:
        return True
    address = job.payload.get("address")
    if not address:
        return False
    found = people.address_from(address)
    return found.account == key or found.account_key in {account.key for account in accounts}


def account_names(accounts: Sequence[Account], key: str) -> set[str]:
    """What this person is called in addresses: their e-mail, and the account's own names."""
    return {key, *(account.key.split(":", 2)[-1] for account in accounts)}


async def _with_history(db: AsyncSession, row: Case | Breach) -> dict[str, Any]:
    history = await rows(db, Entry, Entry.subject == row.ref)
    return {**row.model_dump(mode="json"), "history": _plain(history)}


def _message(job: Job) -> dict[str, Any]:
    content = job.payload.get("reply") or job.payload.get("message") or {}
    done = job.done.isoformat() if job.done else None
    return {"due": job.due.isoformat(), "done": done, "message": content}


def _plain(found: Sequence[SQLModel]) -> list[dict[str, Any]]:
    return [row.model_dump(mode="json") for row in found]
