"""A bot with one tiny dialog, talking with a small Slack on loopback."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.slack.listen import PATH, Slack
from bot.engine.conversation import Talk
from bot.engine.delivery import Delivery
from bot.engine.dialog import Dialog, FormDialog, Office, Turn
from bot.engine.forms import Field, Form, Kind
from bot.engine.hearing import Heard, Plain
from bot.engine.jobs import Worker
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.database import Database
from bot.engine.store.tables import Draft
from bot.engine.texts import Texts
from dialogs.dates import days as dates
from tests.adapters.slack.fake import BOT, TEAM, FakeSlack
from tests.conftest import Ticker

SECRET = "test-signing-secret"
WORDS = {
    "trial.title": "Proef",
    "trial.what.label": "Wat?",
    "trial.what.error.shy": "Schrijf iets meer.",
    "trial.day.label": "Welke dag?",
}


async def ask(turn: Turn, what: str) -> list[Reply]:
    return [Say(f"Gevraagd: {turn.said}", buttons=(Button("say:meer", "Meer"),))]


async def own(turn: Turn, what: str) -> list[Reply]:
    return [Say(f"Alleen voor {turn.who.key}", ref="own", replace=True)]


async def start(turn: Turn, argument: str) -> list[Reply]:
    return await turn.open_form("trial")


async def more(turn: Turn, argument: str) -> list[Reply]:
    return [Say("Meer")]


async def submit(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    return [Say(f"Bewaard: {values['what']}", buttons=(Button("say:meer", "Meer"),))]


async def form(turn: Turn, what: str) -> list[Reply]:
    return await turn.open_form("trial")


async def named(turn: Turn, what: str) -> list[Reply]:
    return [Say(turn.heard.intent)]


async def home(turn: Turn) -> list[Say]:
    return [Say(f"Thuis bij {turn.who.name}", buttons=(Button("breach.start", "Proef"),))]


def shy(value: Any, context: Any) -> str | None:
    return "shy" if len(value) < 3 else None


TRIAL = Form("trial", (Field("what", required=True, rules=(shy,)), Field("day", Kind.DATE)))
TINY = Dialog(
    name="tiny",
    intents={"ask": ask, "own": own, "form": form, "help": named, "file": named, "greeting": named},
    presses={"breach.start": start, "help": more},
    forms=(FormDialog(TRIAL, submit),),
    home=home,
    public=frozenset({"ask", "help"}),
)


class Reader:
    def read(self, text: str, **more: Any) -> Heard:
        return Plain(text if text in TINY.intents else "ask", "nl")


@dataclass
class World:
    """The bot, its Slack, and what people do there."""

    slack: Slack
    fake: FakeSlack
    worker: Worker
    client: TestClient[Any, Any]
    database: Database
    talk: Talk
    clock: Ticker
    _number: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def send(self, body: Mapping[str, Any], **headers: str) -> tuple[int, Any]:
        """Deliver as Slack does, signed; everything that follows is done before this returns."""
        interactive = body.get("type") not in ("event_callback", "url_verification")
        if "command" in body:
            raw, kind = urlencode(body), "application/x-www-form-urlencoded"
        elif interactive:
            raw = urlencode({"payload": json.dumps(body)})
            kind = "application/x-www-form-urlencoded"
        else:
            raw, kind = json.dumps(body), "application/json"
        sent = {"Content-Type": kind, **signed(raw), **headers}
        async with self.client.post(PATH, data=raw, headers=sent) as answer:
            text = await answer.text()
            status = answer.status
        await self.settle()
        return status, json.loads(text) if text.startswith("{") else text

    async def settle(self) -> None:
        await self.slack._flight.settle(20)
        await self.worker.drain()

    def event(self, **inner: Any) -> dict[str, Any]:
        n = next(self._number)
        event = {"user": "UANNA", "ts": f"1700000{n:03}.0001", "event_ts": "1", **inner}
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{n}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }

    def said(self, text: str, **inner: Any) -> dict[str, Any]:
        inner = {"channel": "DUANNA", "channel_type": "im", "text": text, **inner}
        return self.event(type="message", **inner)

    def pressed(self, button: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "user": {"id": "UANNA", "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": f"1.{next(self._number)}.x",
            "container": {"type": "message", "channel_id": "DUANNA", "message_ts": "17.1"},
            "channel": {"id": "DUANNA"},
            "actions": [{"type": "button", "action_id": "b1", "value": button, "action_ts": "1"}],
            **more,
        }

    def submitted(self, view: Mapping[str, Any], **values: Any) -> dict[str, Any]:
        state = {
            name: {name: value if isinstance(value, dict) else {"type": "x", "value": value}}
            for name, value in values.items()
        }
        return {
            "type": "view_submission",
            "user": {"id": "UANNA", "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": f"1.{next(self._number)}.x",
            "view": {**view, "id": "V1", "state": {"values": state}},
        }


def signed(raw: str, at: int | None = None) -> dict[str, str]:
    stamp = str(at or int(time.time()))
    mark = hmac.new(SECRET.encode(), f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mark}"}


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with FakeSlack().serving() as served:
        served.add("UANNA", "anna@example.org")
        served.add("UBRAM", "bram@example.org")
        yield served


@pytest.fixture
def words(texts: Texts) -> Texts:
    return Texts({lang: {**texts._catalog[lang], **WORDS} for lang in ("nl", "en")})


@pytest.fixture
def talk(sqlite: Database, words: Texts) -> Talk:
    office = Office(words, ZoneInfo("Europe/Amsterdam"), "po@example.org", lambda a, b: "", 6, 24)
    return Talk(sqlite, words, [TINY], Reader(), dates, office)


@pytest.fixture
async def world(
    fake: FakeSlack, talk: Talk, words: Texts, sqlite: Database, clock: Ticker
) -> AsyncIterator[World]:
    """HTTP mode, with an app token for who wants to start the socket as well."""
    slack = Slack(
        bot_token="xoxb-1",
        signing_secret=SECRET,
        api_url=fake.url,
        talk=talk,
        texts=words,
        clock=clock,
    )
    worker = Delivery(sqlite, {"slack": slack.messenger}).worker(clock, {}, {})
    app = web.Application()
    app.add_routes(slack.routes())
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        await slack.start()
        yield World(slack, fake, worker, client, sqlite, talk, clock)
        await slack.stop()
