"""Who an account is: the e-mail address that Teams vouches for, never what somebody says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import ClientError

from adapters.teams.api import Connector
from adapters.teams.client import Answered, NoToken
from bot.engine.cache import Cache
from bot.engine.events import Address
from bot.engine.jobs import Clock

log = structlog.get_logger(__name__)

LIFETIME = timedelta(hours=1)
PATIENCE = 3.0  # of the ten seconds that Teams waits, and the five for a message action
STRANGERS = ("guest", "anonymous")


@dataclass(frozen=True, slots=True)
class TeamsMember:
    """A person as the tenant knows them.

    email: '' for guests and for people of elsewhere, None when Teams did not say now.
    """

    email: str | None = ""
    name: str = ""


class TeamsDirectory:
    """Asks Teams who somebody is, and remembers it for an hour."""

    def __init__(self, connector: Connector, clock: Clock, tenant_id: str, *, local: bool) -> None:
        """`local`: testing on this machine, where any tenant is as good as another."""
        self._connector = connector
        self._tenant = tenant_id.lower()
        self._local = local
        self._known: Cache[TeamsMember] = Cache(clock, LIFETIME)

    async def who(self, address: Address) -> TeamsMember:
        """The person behind an account. When Teams does not say, nobody we trust."""
        known = self._known.get(address.account_key)
        if known:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._ask(address)
        except Answered as no:
            log.info("teams.unknown_member", status=no.status)
            return TeamsMember(None)
        except (ClientError, TimeoutError, NoToken) as problem:
            log.warning("teams.no_roster", error=type(problem).__name__)
            return TeamsMember(None)
        member = vouched(found, self._tenant or (address.workspace if self._local else ""))
        self._known.put(address.account_key, member)
        return member

    def forget(self, address: Address) -> None:
        """The next time, ask again."""
        self._known.drop(address.account_key)

    async def _ask(self, address: Address) -> dict[str, Any]:
        """In the conversation where it happened, else (we are not in it) in the private one."""
        if address.channel:
            try:
                return await self._connector.member(
                    address.service, address.channel, address.account
                )
            except Answered as no:
                if no.status not in (403, 404) or address.private:
                    raise
        room = await self._connector.room(address)
        return await self._connector.member(address.service, room, address.account)


def vouched(member: Mapping[str, Any], tenant: str) -> TeamsMember:
    """Only the address of a full member of our own tenant counts: others could choose theirs."""
    name = str(member.get("name") or "")[:200]
    role = str(member.get("userRole") or "").lower()
    home = str(member.get("tenantId") or "").lower()
    # The mark of an account of elsewhere that was let in, whatever its role says.
    invited = "#ext#" in str(member.get("userPrincipalName") or "").lower()
    if role in STRANGERS or invited or not tenant or home != tenant:
        return TeamsMember(name=name)
    for key in ("email", "userPrincipalName"):
        email = str(member.get(key) or "").strip().lower()
        if "@" in email and ":" not in email:
            return TeamsMember(email, name)
    return TeamsMember(name=name)
