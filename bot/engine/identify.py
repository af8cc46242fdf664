"""Asking a platform again whose an account is, after it could not say when somebody came.

Who installs the app may never write: without this, one answer of 'too many requests' at that
moment would leave a supervisor without chat for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.events import Address
from bot.engine.jobs import ENDLESS, SEARCH, Commit, More, Task
from bot.engine.people import Directory
from bot.engine.replies import Unreachable
from bot.engine.store.tables import Account

KIND = "identify"


def job(account: Account, address: Address) -> More:
    """One question per time that nobody could say it; asked until the platform answers."""
    since = account.vouched_at.isoformat() if account.vouched_at else "never"
    payload = {"address": people.address_json(address), ENDLESS: True}
    return More(f"{KIND}:{account.key}:{since}", KIND, payload, slot=SEARCH)


class Identify:
    """The handler of 'identify'. Outside: it asks the platform."""

    def __init__(self, directories: Mapping[str, Directory], owned: Iterable[Any]) -> None:
        """owned: as in `people.believe`."""
        self._directories = directories
        self._owned = tuple(owned)

    async def __call__(self, task: Task, now: datetime) -> Commit | None:
        """Ask, and tie the account to the person."""
        address = people.address_from(task.payload["address"])
        directory = self._directories.get(address.platform)
        if directory is None:
            return None  # switched off; who writes there again is asked for again
        try:
            said = await directory.vouch(address)
        except Unreachable:
            return None  # left meanwhile

        async def known(db: AsyncSession, at: datetime) -> None:
            account = await db.get(Account, address.account_key, with_for_update=True)
            if account and said.email is not None:
                await people.believe(db, account, said, at, self._owned)
                account.name = said.name or account.name

        return known
