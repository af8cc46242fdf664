"""Delivers replies in Slack."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from adapters.slack import render
from adapters.slack.api import Api, GoneError, RefusedError, SlackError
from adapters.slack.directory import SlackDirectory
from adapters.slack.parse import PLATFORM
from adapters.slack.rate_limit import TokenBucket
from bot.engine.cache import Cache
from bot.engine.events import Address
from bot.engine.jobs import Clock
from bot.engine.replies import Reply, Say

log = structlog.get_logger(__name__)

NOT_THERE = ("channel_not_found", "not_in_channel", "is_archived")
NO_DUPLICATE = ("duplicate_message_not_found", "duplicate_channel_not_found")
UNSHOWN = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
UNCHANGED = ("message_not_found", "cant_update_message", "edit_window_closed", "is_inactive")
LIFETIME = timedelta(days=1)


class SlackMessenger:
    """See `bot.engine.replies.Messenger`. A message's id is 'channel:ts'."""

    platform = PLATFORM

    def __init__(
        self,
        api: Api,
        directory: SlackDirectory,
        team: Callable[[], str],
        clock: Clock,
        limit: TokenBucket,
    ) -> None:
        """`team`: the workspace we are in, '' while not known."""
        self._api = api
        self._directory = directory
        self._team = team
        self._limit = limit
        self._direct: Cache[str] = Cache(clock, LIFETIME)

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        """Post, or change the message `replaces` where it still stands."""
        self._limit.take()
        message = render.message(reply)
        if replaces and await self._replaced(replaces, message):
            return replaces
        if isinstance(reply, Say) and reply.retire:
            return replaces  # the old message is gone, and its buttons with it
        try:
            return await self._post(address, message, key)
        except (GoneError, RefusedError) as problem:
            if address.private:
                raise
            # Not in that channel: the person still gets the answer.
            log.info("slack.answered_in_private", reason=problem.code)
            return await self._post(address.privately(), message, key)

    async def find(self, email: str) -> Address | None:
        """The private chat of the member with this address."""
        found = await self._directory.find(email)
        return Address(PLATFORM, self._team(), found.account) if found else None

    def direct(self, account: str, channel: str) -> None:
        """Remember which channel is the private chat with this account."""
        self._direct.put(account, channel)

    def is_direct(self, account: str, channel: str) -> bool:
        """Whether this channel is known to be the private chat with this account."""
        return self._direct.get(account) == channel

    async def _post(self, address: Address, message: dict[str, Any], key: str) -> str:
        channel = address.channel or await self._opened(address.account)
        arguments = {
            "channel": channel,
            "thread_ts": address.thread or None,
            "unfurl_links": False,
            "unfurl_media": False,
            # The same at every try, so that Slack can see a doubled one.
            "client_msg_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"opnamewijzer:{key}")),
            **message,
        }
        post = self._api.client.chat_postMessage
        try:
            answer = await self._api.post(post, **arguments)
        except SlackError as refused:
            again = dict(arguments)
            if refused.code in NO_DUPLICATE:
                del again["client_msg_id"]
            elif refused.code in UNSHOWN:
                # Text is the floor: plainly said is better than not said.
                log.error("slack.blocks_refused", reason=refused.code)
                del again["blocks"]
            elif refused.code in NOT_THERE and address.private and address.channel:
                self._direct.drop(address.account)
                return await self._post(replace(address, channel="", thread=""), message, key)
            else:
                raise
            answer = await self._api.post(post, **again)
        return f"{answer['channel']}:{answer['ts']}"

    async def _replaced(self, message_id: str, message: dict[str, Any]) -> bool:
        """False when the old message cannot be changed: it is gone, or too old."""
        channel, _, ts = message_id.partition(":")
        try:
            await self._api.call(self._api.client.chat_update, channel=channel, ts=ts, **message)
        except SlackError as refused:
            if not isinstance(refused, GoneError | RefusedError) and refused.code not in UNCHANGED:
                raise
            log.info("slack.posted_anew", reason=refused.code)
            return False
        return True

    async def _opened(self, account: str) -> str:
        known = self._direct.get(account)
        if known:
            return known
        answer = await self._api.call(self._api.client.conversations_open, users=account)
        channel = str(answer["channel"]["id"])
        self.direct(account, channel)
        return channel
