"""Who an account is: the e-mail address that Slack vouches for, and nothing that was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from adapters.slack.api import Api, SlackError
from bot.engine.cache import Cache
from bot.engine.jobs import Clock

log = structlog.get_logger(__name__)

FRESH = timedelta(hours=1)
MOST_KEPT = 5000
PATIENCE = 2.0  # Slack waits 3 seconds for our answer


class UnknownYet(Exception):
    """Slack did not say in time who this is."""


@dataclass(frozen=True, slots=True)
class SlackMember:
    """One account. email: '' when it has none that counts (guests, strangers, bots), None when
    Slack did not say."""

    account: str
    email: str | None = ""
    name: str = ""
    locale: str = ""
    bot: bool = False


class SlackDirectory:
    """Asks Slack who accounts are, and remembers it for an hour."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._known: Cache[SlackMember] = Cache(clock, FRESH, MOST_KEPT)

    async def person(self, account: str, team: str) -> SlackMember:
        """Who this is. When Slack fails, what it said before; UnknownYet when it never did."""
        known = self._known.get(account)
        if known:
            return known
        try:
            if not team:
                raise SlackError("no_introduction")
            found = await asyncio.wait_for(self._ask(account, team), PATIENCE)
        except SlackError as refused:
            if refused.code not in ("user_not_found", "user_not_visible"):
                return self._stale(account, refused)
            found = SlackMember(account)  # somebody of another workspace
        except Exception as problem:
            return self._stale(account, problem)
        self._known.put(account, found)
        return found

    async def find(self, email: str, team: str) -> SlackMember | None:
        """The member with this address; None when there is none who counts."""
        client = self._api.client
        try:
            answer = await self._api.call(client.users_lookupByEmail, email=email)
        except SlackError as refused:
            if refused.code == "users_not_found":
                return None
            raise
        found = person(answer["user"], team)
        return found if found.email == email.lower() else None

    async def _ask(self, account: str, team: str) -> SlackMember:
        client = self._api.client
        answer = await self._api.call(client.users_info, user=account, include_locale=True)
        return person(answer["user"], team)

    def _stale(self, account: str, problem: Exception) -> SlackMember:
        known = self._known.stale(account)
        log.warning("slack.person_unknown", error=type(problem).__name__, known=known is not None)
        if known:
            return known
        raise UnknownYet from None


def person(user: Mapping[str, Any], team: str) -> SlackMember:
    """What Slack tells of a user. Pure.

    Only full members of our own workspace (or of its Enterprise organisation) count with their
    address: guests, people of other workspaces, bots and who has left do not.
    """
    profile = user.get("profile") or {}
    grid = user.get("enterprise_user") or {}
    ours = user.get("team_id") in (team, None) or team in grid.get("teams", ())
    counts = ours and not any(
        user.get(mark)
        for mark in ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
    )
    counts = counts and user.get("is_email_confirmed", True)
    email = str(profile.get("email") or "").strip().lower()
    return SlackMember(
        account=str(user["id"]),
        email=email if counts else "",
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        locale=str(user.get("locale") or ""),
        bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
    )
