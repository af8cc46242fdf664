"""Delivers replies in Teams. One of the two files that know the library (botbuilder)."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta, tzinfo
from typing import Any

import structlog
from aiohttp import ClientError
from botbuilder.core import CardFactory
from botbuilder.schema import Activity, ActivityTypes

from adapters.doubt import DOUBTFUL, in_doubt
from adapters.teams.api import OURS, Connector
from adapters.teams.client import PATIENCE, Answered, NoToken
from adapters.teams.elements import Element
from adapters.teams.parse import PLATFORM
from adapters.teams.render import render, summary
from bot.engine.cache import Cache
from bot.engine.events import Address
from bot.engine.jobs import Clock
from bot.engine.replies import Reply, RetryLater, Say, Undeliverable, Unreachable, Unsure
from bot.engine.retry import backoff
from bot.engine.tasks import InFlight
from bot.engine.texts import Texts

log = structlog.get_logger(__name__)

BUSY = (412, 429)  # not taken: try again
LONGEST_WAIT = 60.0


class TeamsMessenger:
    """See `bot.engine.replies.Messenger`."""

    platform = PLATFORM

    def __init__(self, connector: Connector, texts: Texts, zone: tzinfo, clock: Clock) -> None:
        self._connector = connector
        self._texts = texts
        self._zone = zone
        self._throttled: Cache[int] = Cache(clock, timedelta(minutes=10))
        self._tidying = InFlight()
        self._cards: Cache[Element] = Cache(clock, timedelta(days=7), most=1000)

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        """One message, or one in the place of an earlier one, which is posted anew if it is gone."""
        card = render([reply], self._texts, self._zone, viewer=_viewer(address))
        activity = message(card, summary(reply), key)
        try:
            retire = isinstance(reply, Say) and reply.retire
            sent = await self._send(address, activity, replaces, only_there=retire)
        except Answered as no:
            raise self._outcome(address, no) from None
        self._throttled.drop(address.lane)
        if isinstance(reply, Say) and reply.ref:
            self._cards.put(f"{address.key} {reply.ref}", card)
        return sent

    async def find(self, email: str) -> Address | None:
        """Teams lets no bot look up a person by e-mail: who never used it is reached by mail."""
        return None

    def newest(self, address: Address, ref: str) -> Element | None:
        """The newest state of a message to this very account, for a client that asks for it."""
        return self._cards.get(f"{address.key} {ref}")

    def tidy(self, address: Address, message: str, card: Element) -> None:
        """Replace a form that is done, for every client. Only looks: it may fail unseen."""
        if not message or not address.channel:
            return
        self._tidying.later(self._tidy(address, message, card))

    async def settle(self) -> None:
        """Wait for what is still being tidied up."""
        await self._tidying.settle(PATIENCE)

    async def _tidy(self, address: Address, item: str, card: Element) -> None:
        try:
            room = await self._room(address)
            await self._connector.put(address.service, room, item, message(card, "", item))
        except (Answered, NoToken, ClientError, TimeoutError) as problem:
            log.info("teams.not_tidied", error=type(problem).__name__)

    async def _send(
        self, address: Address, activity: dict[str, Any], replaces: str, *, only_there: bool
    ) -> str:
        """only_there: what only takes an old message's buttons away is nothing where that is gone."""
        room = await self._room(address)
        if replaces:
            try:
                await self._connector.put(address.service, room, replaces, activity)
                return replaces
            except Answered as no:
                if no.status not in (403, 404) or no.code in OURS:
                    raise
            if only_there:
                return replaces
        try:
            return await self._post(address, room, activity)
        except Answered as no:
            if no.status != 404 or not address.private:
                raise
        # A private chat that is gone may have another id by now (left and came back).
        fresh = await self._connector.room(address, fresh=True)
        if fresh == room:
            raise Answered(404)
        return await self._post(address, fresh, activity)

    async def _post(self, address: Address, room: str, activity: dict[str, Any]) -> str:
        """A new message. Unsure when Teams may have taken it: it has no key that refuses a copy.

        A 429 without a word of how long has been seen with the message taken.
        """
        try:
            return await self._connector.post(address.service, room, activity)
        except Answered as no:
            if no.status in DOUBTFUL or (no.status == 429 and no.wait is None):
                raise Unsure(f"Teams answered {no.status}", f"http_{no.status}") from None
            raise
        except (ClientError, TimeoutError) as problem:
            if in_doubt(problem):
                raise Unsure(type(problem).__name__, "no_answer") from None
            raise

    async def _room(self, address: Address) -> str:
        if not address.channel:
            return await self._connector.room(address)
        return (
            f"{address.channel};messageid={address.thread}" if address.thread else address.channel
        )

    def _outcome(self, address: Address, no: Answered) -> Exception:
        if no.status in BUSY:
            return RetryLater(self._wait(address, no.wait))
        if no.code in OURS:
            return no  # about us, not about this person
        if no.status in (403, 404):
            # Thrown out of a channel does not mean that the person cannot be reached.
            kind = Unreachable if address.private else Undeliverable
            return kind(f"Teams answered {no.status}", f"http_{no.status}")
        if no.status in (400, 413):
            return Undeliverable(f"Teams refused the message ({no.status})", f"http_{no.status}")
        return no

    def _wait(self, address: Address, asked: float | None) -> float:
        """What Teams asks for; else longer every time, and never all at the same moment."""
        times = (self._throttled.get(address.lane) or 0) + 1
        self._throttled.put(address.lane, times)
        if asked is not None:
            return min(asked, 3600.0) + random.uniform(0, 0.5)  # noqa: S311 (no secret)
        return backoff(times, LONGEST_WAIT)


def message(card: Element, notice: str, key: str) -> dict[str, Any]:
    """The activity that carries a card. The mark is the same at every try, to tell a double."""
    mark = hashlib.sha256(key.encode()).hexdigest()[:32]
    activity = Activity(
        type=ActivityTypes.message,
        summary=notice,
        attachments=[CardFactory.adaptive_card(card)],
        channel_data={"opnamewijzer": {"mark": mark}},
    )
    return dict(activity.serialize())


def _viewer(address: Address) -> str:
    return address.account if address.private else ""
