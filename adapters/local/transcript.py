"""What the page shows, read from the database: the people, both sides of a conversation, news."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.local.messenger import CHANGES, address
from adapters.local.parse import Someone
from adapters.local.render import render
from adapters.local.tables import LocalMessage
from bot.engine.people import GUEST
from bot.engine.replies import from_json
from bot.engine.store.tables import OPEN_STATES, Account, Conversation, Counter, Draft, Person
from bot.engine.texts import LANGUAGES

NOBODY = "somebody"  # the account of who is not on the roster and has no address
ORDER = ("student", "supervisor", "privacy_officer", "coordinator")


async def people(db: AsyncSession) -> list[dict[str, str]]:
    """Who one can be: everybody on the roster, then somebody unknown."""
    found = (await db.exec(select(Person).where(Person.active))).all()
    known = sorted(found, key=lambda p: (ORDER.index(p.role), p.name))
    rows = [{"account": p.email, "name": p.name, "role": p.role, "school": p.school} for p in known]
    return [*rows, {"account": NOBODY, "name": "", "role": GUEST, "school": ""}]


async def someone(db: AsyncSession, account: str) -> Someone | None:
    """Who is behind an account of the page; None when nobody is."""
    if account == NOBODY:
        return Someone(NOBODY)
    person = (await db.exec(select(Person).where(Person.email == account, Person.active))).first()
    return Someone(person.email, person.email, person.name) if person else None


async def newest(db: AsyncSession) -> int:
    """The number of the last change in any conversation; 0 before the first."""
    counter = await db.get(Counter, CHANGES)
    return counter.value if counter else 0


async def latest(db: AsyncSession) -> dict[str, int]:
    """Per account, the number of the last change the bot made there: what may be unread."""
    found = await db.exec(
        select(LocalMessage.account, func.max(col(LocalMessage.changed)))
        .where(LocalMessage.author == "bot")
        .group_by(LocalMessage.account)
    )
    return {account: number for account, number in found if number}


async def messages(
    db: AsyncSession, account: str, since: int, zone: tzinfo
) -> list[dict[str, Any]]:
    """What is new or changed in one conversation, oldest message first."""
    found = await db.exec(
        select(LocalMessage)
        .where(LocalMessage.account == account, LocalMessage.changed > since)
        .order_by(col(LocalMessage.id))
    )
    return [
        {
            "id": message.id,
            "author": message.author,
            "at": message.at.isoformat(),
            "version": message.changed,
            **_drawn(message, zone),
        }
        for message in found
    ]


async def standing(db: AsyncSession, person: Someone) -> dict[str, Any]:
    """Where the conversation stands: its language, and which forms are still open.

    `asking`: the draft and field that the next typed sentence is taken to answer.
    """
    place = address(person.account)
    account = await db.get(Account, place.account_key)
    known = await db.exec(select(Person).where(Person.email == person.account))
    roster = known.first()
    spoken = (account.language if account else "", roster.language if roster else "")
    row = await db.get(Conversation, place.key)
    open_drafts = await db.exec(
        select(Draft.id).where(
            Draft.person == (person.email or place.account_key),
            col(Draft.state).in_(OPEN_STATES),
        )
    )
    drafts = list(open_drafts)
    form = row.state.get("form") if row else None
    return {
        "lang": next((lang for lang in spoken if lang in LANGUAGES), ""),
        "drafts": drafts,
        "asking": form if form and form["draft"] in drafts else None,
    }


def _drawn(message: LocalMessage, zone: tzinfo) -> dict[str, Any]:
    if message.author == "person":
        return {"kind": "said", "text": message.reply["text"]}
    return render(from_json(message.reply), zone)
