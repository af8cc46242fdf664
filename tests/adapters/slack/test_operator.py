"""What the operator sees: tokens, scopes, removal; and the manifest that sets it all up."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from adapters.slack import setup
from adapters.slack.listen import PATH, Slack
from bot.engine.conversation import Talk
from bot.engine.replies import Say
from bot.engine.texts import Texts
from tests.adapters.slack.conftest import World, signed
from tests.adapters.slack.fake import SCOPES, FakeSlack
from tests.adapters.slack.test_faults import ANNA
from tests.conftest import Ticker


async def test_all_is_well(world: World) -> None:
    assert world.slack.problems() == []
    assert await world.slack.check() == []


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"type": "app_uninstalled"}, "removed"),
        ({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, "revoked"),
    ],
)
async def test_a_removed_app_is_a_problem_until_it_works_again(
    world: World, event: dict[str, Any], said: str
) -> None:
    assert (await world.send(world.event(**event)))[0] == 200
    assert said in world.slack.problems()[0]

    await world.slack.messenger.send(ANNA, Say("Hoi"), key="k")

    assert world.slack.problems() == []


async def test_a_refused_token_is_said_by_check_and_problems(world: World) -> None:
    world.fake.fault("auth.test", "invalid_auth")

    assert "SLACK_BOT_TOKEN" in (await world.slack.check())[0]
    assert "SLACK_BOT_TOKEN" in world.slack.problems()[0]


async def test_a_wrong_signing_secret_shows_until_one_is_right(world: World) -> None:
    raw = json.dumps(world.said("Mag dit?"))
    junk = {"Content-Type": "application/json", **signed(raw), "X-Slack-Signature": "v0=00"}
    async with world.client.post(PATH, data=raw, headers=junk) as answer:
        assert answer.status == 401
    assert "SLACK_SIGNING_SECRET" in world.slack.problems()[0]

    assert (await world.send(world.said("Mag dit?")))[0] == 200
    assert world.slack.problems() == []
    async with world.client.post(PATH, data=raw, headers=junk) as answer:
        assert answer.status == 401
    assert world.slack.problems() == []  # a stranger cannot make it look broken


async def test_a_missing_scope_is_named(world: World) -> None:
    world.fake.scopes = "chat:write,commands,app_mentions:read,im:history,users:read"
    found = await world.slack.check()

    assert [
        line.split(":\n")[0] for line in found if "im:write" in line or "email" in line
    ] == found
    assert len(found) == 2


async def test_a_scope_missed_in_use_is_a_problem(world: World) -> None:
    world.fake.fault("chat.postMessage", "missing_scope")
    with pytest.raises(Exception, match="missing_scope"):
        await world.slack.messenger.send(ANNA, Say("Hoi"), key="k")

    assert "scope" in world.slack.problems()[0]


async def test_trouble_that_was_mended_ends_without_anybody_writing(
    fake: FakeSlack, talk: Talk, words: Texts, clock: Ticker, monkeypatch: Any
) -> None:
    monkeypatch.setattr("adapters.slack.setup.LOOK_AGAIN", 0.01)
    fake.scopes = "chat:write,commands"
    slack = Slack(
        bot_token="x", signing_secret="s", api_url=fake.url, talk=talk, texts=words, clock=clock
    )
    await slack.start()
    slack._api.problems["token"] = "was revoked"
    assert any("im:write" in problem for problem in slack.problems())

    fake.scopes = SCOPES
    for _ in range(500):
        await asyncio.sleep(0.01)
        if not slack.problems():
            break
    assert slack.problems() == []
    await slack.stop()


async def test_it_starts_and_stops_while_slack_refuses(world: World, monkeypatch: Any) -> None:
    world.fake.fault("auth.test", *["invalid_auth"] * 9)
    monkeypatch.setattr("adapters.slack.listen.START_SECONDS", 0.3)
    slack = Slack(
        bot_token="x",
        signing_secret="s",
        api_url=world.fake.url,
        talk=world.talk,
        texts=world.talk.texts,
        clock=world.clock,
    )
    await slack.start()
    found = slack.problems()
    await slack.stop()

    assert "SLACK_BOT_TOKEN" in found[0]


def valid(text: str) -> dict[str, Any]:
    schema = Path(__file__).parent / "schemas" / "manifest.schema.2.0.0.json"
    app: dict[str, Any] = yaml.safe_load(text)
    jsonschema.validate(app, json.loads(schema.read_text()))
    return app


def test_the_manifest_for_http_is_valid_and_filled_in(texts: Texts) -> None:
    app = valid(setup.manifest("https://bot.example.org/", texts.named))

    address = "https://bot.example.org/slack/events"
    assert app["settings"]["event_subscriptions"]["request_url"] == address
    assert app["settings"]["interactivity"]["request_url"] == address
    assert app["features"]["slash_commands"][0]["url"] == address


def test_the_manifest_for_socket_mode_is_valid_and_needs_no_address(texts: Texts) -> None:
    app = valid(setup.manifest("", texts.named, socket_mode=True))

    assert app["settings"]["socket_mode_enabled"]
    assert "request_url" not in app["settings"]["event_subscriptions"]


def test_every_scope_has_its_reason_in_the_docs() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "slack.md").read_text()

    assert [scope for scope in setup.scopes() if f"`{scope}`" not in page] == []


def test_the_manifest_does_not_outgrow_slack(texts: Texts) -> None:
    app = yaml.safe_load(setup.manifest("https://x.example", texts.named))

    assert all(len(s["name"]) <= 24 for s in app["features"]["shortcuts"])
    assert "your supervisor" in app["display_information"]["long_description"]
    assert 175 <= len(app["display_information"]["long_description"]) <= 4000
