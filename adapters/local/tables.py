"""What the local chat keeps: its transcript."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.holdings import Counts, Held, Holding, Subject, drop, plain, rows
from bot.engine.store.columns import document, moment


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


async def _held(db: AsyncSession, subject: Subject) -> Held:
    return {"local_chat": plain(await rows(db, LocalMessage, _of(subject)))}


async def _erase(db: AsyncSession, subject: Subject) -> Counts:
    return {"local_chat": await drop(db, LocalMessage, _of(subject))}


def _of(subject: Subject) -> Any:
    return col(LocalMessage.account).in_(subject.names)


HOLDING = Holding(
    tables=(LocalMessage,),
    held=_held,
    erase=_erase,
    # What nobody has seen yet is kept longer: somebody may still come for it.
    old=lambda periods: [
        (LocalMessage, (col(LocalMessage.at) < periods.talk) & col(LocalMessage.seen)),
        (LocalMessage, col(LocalMessage.at) < periods.closed),
    ],
)
