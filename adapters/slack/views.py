"""Modals and the home page: what Slack draws beside messages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog

from adapters.slack import form, render
from adapters.slack.api import Api
from adapters.slack.parse import SHORTCUTS, Received
from bot.engine.conversation import Outcome, Talk
from bot.engine.events import Event, Opened, Pressed
from bot.engine.jobs import Clock
from bot.engine.replies import Ask, Button, RetryLater
from bot.engine.texts import Texts

log = structlog.get_logger(__name__)

TRIGGER_LIFE = timedelta(seconds=3)
TRIES = 3
LONGEST_WAIT = 30.0


class Views:
    """Draws forms and the home page. Nothing here needs to be durable: what a modal could not
    show is asked in a message, and the home page is drawn anew whenever it is looked at."""

    def __init__(self, api: Api, talk: Talk, texts: Texts, clock: Clock) -> None:
        self._api = api
        self._talk = talk
        self._texts = texts
        self._clock = clock

    async def open(self, received: Received, ask: Ask) -> None:
        """Show the form now; where Slack does not let us, ask its first question in a message."""
        client = self._api.client
        view = form.draw(ask, home=received.home)
        try:
            async with asyncio.timeout(TRIGGER_LIFE.total_seconds()):
                if received.view:
                    await self._api.call(client.views_update, view_id=received.view, view=view)
                else:
                    await self._api.call(client.views_open, trigger_id=received.trigger, view=view)
        except Exception as problem:
            log.warning("slack.modal_not_opened", error=type(problem).__name__)
            event = received.event
            typed = Pressed(
                id=f"{event.id}:typed",
                address=event.address,
                at=event.at,
                email=event.email,
                name=event.name,
                locale=event.locale,
                button=f"form.resume:{ask.draft}",
            )
            await self._talk.handle(typed, self._clock())

    def after_submit(self, received: Received, outcome: Outcome) -> dict[str, Any] | None:
        """Slack's answer to a sent-in modal: errors at the fields, or what became of it."""
        if outcome.errors:
            return {"response_action": "errors", "errors": dict(outcome.errors)}
        if outcome.ask:
            view = form.draw(outcome.ask, home=received.home)
        elif outcome.replies:
            view = self._notice(received, outcome)
        else:
            return None
        return {"response_action": "update", "view": view}

    async def renew(self, received: Received, outcome: Outcome) -> None:
        """After a button in a modal: show what became of it there as well."""
        if outcome.replies:
            view = self._notice(received, outcome)
            await self._api.call(self._api.client.views_update, view_id=received.view, view=view)

    async def refresh_home(self, event: Event) -> None:
        """Draw the home page anew: what was just done there may have changed it."""
        again = Opened(
            id=f"{event.id}:home",
            address=event.address.privately(),
            at=event.at,
            email=event.email,
            name=event.name,
            locale=event.locale,
        )
        await self.publish(again, await self._talk.handle(again, self._clock()))

    async def publish(self, event: Event, outcome: Outcome) -> None:
        """Draw the home page."""
        view = render.home(
            outcome.replies,
            self._texts("slack.home.title", outcome.lang),
            self._texts("slack.home.intro", outcome.lang),
            Button(
                SHORTCUTS["report_breach"], self._texts("slack.home.report", outcome.lang), "danger"
            ),
        )
        arguments = {"user_id": event.address.account, "view": view}
        for left in reversed(range(TRIES)):
            try:
                await self._api.call(self._api.client.views_publish, **arguments)
                return
            except RetryLater as wait:
                if not left:
                    raise
                await asyncio.sleep(min(wait.seconds, LONGEST_WAIT))
            except Exception:
                if not left:
                    raise
                await asyncio.sleep(1)

    def _notice(self, received: Received, outcome: Outcome) -> dict[str, Any]:
        close = self._texts("slack.close", outcome.lang)
        return render.notice(outcome.replies, received.title, close, home=received.home)
