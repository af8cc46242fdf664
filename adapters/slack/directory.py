"""Who an account is: the e-mail address that Slack vouches for, and nothing that was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from adapters.slack.api import Api, SlackError, granted, lacks
from bot.engine import people
from bot.engine.cache import Cache
from bot.engine.events import Address
from bot.engine.jobs import Clock
from bot.engine.people import BELIEF, Vouched

log = structlog.get_logger(__name__)

FRESH = BELIEF
MOST_KEPT = 5000
EMAIL = "users:read.email"
PATIENCE = 2.0  # Slack waits 3 seconds for our answer


class UnknownYet(Exception):
    """Slack did not say in time who this is."""


@dataclass(frozen=True, slots=True)
class SlackMember:
    """One account. email: '' when it has none that counts (guests, strangers, bots), None when
    Slack did not say. unproven: why, as in `people.UNPROVEN`."""

    account: str
    email: str | None = ""
    name: str = ""
    locale: str = ""
    bot: bool = False
    unproven: str = ""


class SlackDirectory:
    """Asks Slack who accounts are, and remembers it for a while."""

    def __init__(self, api: Api, clock: Clock, team: Callable[[], str]) -> None:
        """team: the workspace we are in, '' while not known."""
        self._api = api
        self._team = team
        self._known: Cache[SlackMember] = Cache(clock, FRESH, MOST_KEPT)

    async def person(self, account: str) -> SlackMember:
        """Who this is. When Slack fails: nobody it vouches for, if it did before; UnknownYet when
        it never did."""
        known = self._known.get(account)
        if known:
            return known
        try:
            return await asyncio.wait_for(self._found(account), PATIENCE)
        except Exception as problem:
            return self._stale(account, problem)

    async def vouch(self, address: Address) -> Vouched:
        """See `bot.engine.people.Directory`."""
        found = await self._found(address.account)
        return Vouched(found.email, (), found.unproven, found.name)

    async def find(self, email: str) -> SlackMember | None:
        """The member with this address; None when there is none who counts."""
        team = self._ours()
        client = self._api.client
        try:
            answer = await self._api.call(client.users_lookupByEmail, email=email)
        except SlackError as refused:
            if refused.code == "users_not_found":
                return None
            raise
        found = person(answer["user"], team)
        return found if found.email == email.lower() else None

    def _ours(self) -> str:
        # As Slack told us, never what a payload names: a stranger's would vouch for the stranger.
        team = self._team()
        if not team:
            raise SlackError("no_introduction")
        return team

    async def _found(self, account: str) -> SlackMember:
        client, team = self._api.client, self._ours()
        try:
            answer = await self._api.call(client.users_info, user=account, include_locale=True)
        except SlackError as refused:
            if refused.code not in ("user_not_found", "user_not_visible"):
                raise
            found = SlackMember(account, unproven=people.VISITOR)  # of another workspace
        else:
            found = person(answer["user"], team)
            given = granted(answer.headers)
            if found.unproven == people.HIDDEN and given and EMAIL not in given:
                # Slack leaves addresses out for who may not see them, and says nothing of it.
                self._api.problems[f"scope {EMAIL}"] = lacks(EMAIL)
                raise SlackError("missing_scope")
        self._known.put(account, found)
        return found

    def _stale(self, account: str, problem: Exception) -> SlackMember:
        known = self._known.stale(account)
        log.warning("slack.person_unknown", error=type(problem).__name__, known=known is not None)
        if known:
            return replace(known, email=None)
        raise UnknownYet from None


def person(user: Mapping[str, Any], team: str) -> SlackMember:
    """What Slack tells of a user. Pure.

    Only full members of our own workspace (or of its Enterprise organisation) count with their
    address: guests, people of other workspaces, bots and who has left do not.
    """
    profile = user.get("profile") or {}
    grid = user.get("enterprise_user") or {}
    ours = user.get("team_id") in (team, None) or team in grid.get("teams", ())
    visitor = not ours or any(
        user.get(mark) for mark in ("is_restricted", "is_ultra_restricted", "is_stranger")
    )
    gone = user.get("deleted") or user.get("is_bot")
    confirmed = user.get("is_email_confirmed", True)
    email = str(profile.get("email") or "").strip().lower() if confirmed else ""
    hidden = "" if email else people.HIDDEN
    return SlackMember(
        account=str(user["id"]),
        email="" if visitor or gone else email,
        unproven="" if gone else people.VISITOR if visitor else hidden,
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        locale=str(user.get("locale") or ""),
        bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
    )
