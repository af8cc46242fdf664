"""A student on Slack and a supervisor on Teams settle one case."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from bot.store.tables import Case
from tests.adapters.slack.conftest import SECRET, signed
from tests.adapters.slack.fake import BOT, TEAM, FakeSlack
from tests.adapters.teams.person import inputs, words

ANNA = "UANNA"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack().serving() as served:
        served.add(ANNA, "anna@school.nl")
        yield served


@pytest.fixture
async def both(start, world, slack):
    settings = {"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET}
    return await start(**settings, slack_api_url=slack.url)


class OnSlack:
    """Anna in Slack: types to the bot, and presses what it offers."""

    def __init__(self, both: Any, slack: FakeSlack) -> None:
        self.both = both
        self.slack = slack

    async def send(self, raw: str, kind: str) -> None:
        sent = {"Content-Type": kind, **signed(raw)}
        async with self.both.client.post("/slack/events", data=raw, headers=sent) as answer:
            assert answer.status == 200
        await self.both.settle()

    async def say(self, text: str) -> str:
        n = next(self.both.ids)
        event = {"type": "message", "user": ANNA, "text": text, "ts": f"1700000{n:03}.1"}
        event |= {"channel": f"D{ANNA}", "channel_type": "im", "event_ts": "1"}
        body = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{n}", "event": event}
        body["authorizations"] = [{"team_id": TEAM, "user_id": BOT, "is_bot": True}]
        await self.send(json.dumps(body), "application/json")
        return self.heard

    async def act(self, kind: str, **more: Any) -> None:
        """A button or a modal."""
        payload = {
            "type": kind,
            "user": {"id": ANNA, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": f"1.{next(self.both.ids)}.x",
            **more,
        }
        await self.send(urlencode({"payload": json.dumps(payload)}), FORM)

    async def press(self, button: str) -> None:
        n = next(self.both.ids)
        action = {"type": "button", "action_id": "b1", "value": button, "action_ts": f"{n}"}
        place = {"type": "message", "channel_id": f"D{ANNA}", "message_ts": "17.1"}
        channel = {"id": f"D{ANNA}"}
        await self.act("block_actions", container=place, channel=channel, actions=[action])

    async def fill(self, **values: str) -> None:
        """Send in the modal that was opened last."""
        view = self.slack.of("views.open", "views.push")[-1]["view"]
        state = {
            name: {name: {"type": "static_select", "selected_option": {"value": value}}}
            for name, value in values.items()
        }
        await self.act("view_submission", view={**view, "id": "V1", "state": {"values": state}})

    @property
    def heard(self) -> str:
        return json.dumps(self.slack.of("chat.postMessage", "chat.update"), ensure_ascii=False)


async def test_one_case_on_two_platforms(both, slack, bo):
    bo.world = both
    await bo.install()
    anna = OnSlack(both, slack)
    await anna.say("Probleem met toestemming")
    await anna.press("consent.start")
    await anna.fill(kind="many_refuse", recorded="no")
    await anna.press("form.send:1")
    assert "Anna wil dit met je bespreken" in words(bo.look())
    await bo.press("Ik heb het gezien")
    assert "Bo heeft je vraag gezien" in anna.heard
    await bo.press("Antwoorden")
    await bo.press("Versturen", words="Kies een andere klas.")
    assert "Kies een andere klas." in anna.heard
    await bo.press("Afronden")
    form = both.fake.to(bo.account)[-1].card
    outcome = inputs(form)["outcome"]["choices"][0]["value"]
    await bo.press("Afronden", outcome=outcome)
    assert "Afgerond door Bo" in anna.heard
    async with both.app.database.transaction() as db:
        assert [case.state for case in await db.exec(select(Case))] == ["settled"]
