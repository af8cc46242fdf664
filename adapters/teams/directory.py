"""Who an account is: the e-mail address that Teams vouches for, never what somebody says."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientError

from adapters.teams.api import Connector
from adapters.teams.client import Answered, NoToken
from bot.engine import people
from bot.engine.cache import Cache
from bot.engine.events import Address
from bot.engine.jobs import Clock
from bot.engine.people import BELIEF, Vouched
from bot.engine.replies import RetryLater, Unreachable

log = structlog.get_logger(__name__)

LIFETIME = BELIEF
PATIENCE = 3.0  # of the ten seconds that Teams waits, and the five for a message action
LONGEST_WAIT = 3600.0
STRANGERS = ("guest", "anonymous")


@dataclass(frozen=True, slots=True)
class TeamsMember:
    """A person as the tenant knows them.

    email: '' for guests and for people of elsewhere, None when Teams did not say now. aliases:
    the login name, where it is another address. unproven: as in `people.UNPROVEN`.
    """

    email: str | None = ""
    name: str = ""
    aliases: tuple[str, ...] = ()
    unproven: str = ""


class TeamsDirectory:
    """Asks Teams who somebody is, and remembers it for a while."""

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
                return await self._found(address)
        except Answered as no:
            log.info("teams.unknown_member", status=no.status)
            return TeamsMember(None)
        except (ClientError, TimeoutError, NoToken) as problem:
            log.warning("teams.no_roster", error=type(problem).__name__)
            return TeamsMember(None)

    async def vouch(self, address: Address) -> Vouched:
        """See `bot.engine.people.Directory`."""
        try:
            found = await self._found(address)
        except Answered as no:
            if no.wait is not None:
                # Many may be asked for at once: not all of them at the same moment again.
                spread = random.uniform(0, max(1.0, no.wait))  # noqa: S311 (no secret)
                raise RetryLater(min(no.wait, LONGEST_WAIT) + spread) from None
            if no.status == 404:
                raise Unreachable("not in this conversation") from None
            raise
        return Vouched(found.email, found.aliases, found.unproven, found.name)

    def forget(self, address: Address) -> None:
        """The next time, ask again."""
        self._known.drop(address.account_key)

    async def _found(self, address: Address) -> TeamsMember:
        tenant = self._tenant or (address.workspace if self._local else "")
        member = vouched(await self._ask(address), tenant)
        self._known.put(address.account_key, member)
        return member

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
        return TeamsMember(name=name, unproven=people.VISITOR)
    given = (str(member.get(key) or "").strip().lower() for key in ("email", "userPrincipalName"))
    emails = list(dict.fromkeys(a for a in given if "@" in a and ":" not in a))
    if not emails:
        return TeamsMember(name=name, unproven=people.HIDDEN)
    return TeamsMember(emails[0], name, tuple(emails[1:]))
