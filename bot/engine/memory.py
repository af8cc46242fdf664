"""What is remembered between two turns: which events came, and what a conversation is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.dialog import Turn
from bot.engine.events import Event
from bot.engine.people import Who
from bot.engine.store.columns import Moment
from bot.engine.store.database import run
from bot.engine.store.tables import Account, Conversation
from bot.engine.texts import LANGUAGES

REMEMBERED = 3
MEMORY = timedelta(minutes=30)


async def first_time(db: AsyncSession, key: str, now: datetime) -> bool:
    """Whether no process had this event before. One that has it just now makes us wait."""
    statement = text(
        "INSERT INTO accepted (key, at) VALUES (:key, :at) ON CONFLICT (key) DO NOTHING RETURNING key"
    ).bindparams(bindparam("at", type_=Moment))
    row = await run(db, statement, {"key": key, "at": now})
    return row.first() is not None


def language(account: Account, who: Who, event: Event) -> str:
    """The language chosen or last spoken here, else the roster's, else the platform's."""
    for lang in (account.language, who.language, event.locale[:2].lower()):
        if lang in LANGUAGES:
            return lang
    return "nl"


async def conversation(turn: Turn, key: str) -> Conversation:
    """The row, locked: one turn at a time per person and place, in every process."""
    await run(
        turn.db,
        text(
            "INSERT INTO conversation (key, person, state, at)"
            " VALUES (:key, :person, '{}', :at) ON CONFLICT (key) DO NOTHING"
        ).bindparams(bindparam("at", type_=Moment)),
        {"key": key, "person": turn.who.key, "at": turn.now},
    )
    wanted = select(Conversation).where(Conversation.key == key).with_for_update()
    row = (await turn.db.exec(wanted)).one()
    row.person = turn.who.key
    return row


def recent(turn: Turn) -> tuple[str, ...]:
    """What this person said here a moment ago, oldest first, for follow-up questions."""
    since = (turn.now - MEMORY).isoformat()
    return tuple(text for at, text in turn.state.get("said", []) if at >= since)


def remember(turn: Turn) -> None:
    """Keep a question for the next one; anything else ends the subject."""
    if turn.heard.intent != "ask":
        turn.state.pop("said", None)
        return
    said: list[Any] = [*turn.state.get("said", []), [turn.now.isoformat(), turn.said[:500]]]
    turn.state["said"] = said[-REMEMBERED:]
