"""What Slack really sent to others, and what nobody should send: every answer is the right one."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
import structlog

from adapters.slack.listen import PATH
from tests.adapters.slack.conftest import World, signed

FOLDERS = ("recorded_deliveries", "bolt_python_tests", "event_shapes", "interaction_shapes")


PAYLOADS = Path(__file__).with_name("payloads")  # its SOURCES.md says where they come from


def recorded() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for folder in FOLDERS:
        for path in sorted((PAYLOADS / folder).glob("*.json")):
            body = json.loads(path.read_text())
            found.append((path.stem, body if isinstance(body, dict) else body[0]))
    envelopes = sorted((PAYLOADS / "socket_mode").glob("envelope*.json"))
    found += [(path.stem, json.loads(path.read_text())["payload"]) for path in envelopes]
    return found


def typed(body: Any, key: str = "") -> set[str]:
    """Every longer text in a payload: what must not be in a log."""
    if isinstance(body, dict):
        return set().union(*(typed(v, k) for k, v in body.items()), set())
    if isinstance(body, list):
        return set().union(*(typed(v, key) for v in body), set())
    free = isinstance(body, str) and len(body) > 12 and key not in ("type", "callback_id")
    return {body} if free else set()


async def test_every_recorded_payload_is_taken_and_none_is_logged(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="aiosqlite")  # `bot.log` never lets it speak below
    payloads = recorded()
    statuses = {}
    with structlog.testing.capture_logs() as ours:
        for name, body in payloads:
            statuses[name] = (await world.send(body))[0]

    assert len(payloads) >= 190
    assert {name: status for name, status in statuses.items() if status != 200} == {}
    out, err = capfd.readouterr()
    logged = caplog.text + out + err + str(ours)
    assert [text for _, body in payloads for text in typed(body) if text in logged] == []


async def test_slack_checks_the_address(world: World) -> None:
    status, said = await world.send({"type": "url_verification", "challenge": "3eZbrw"})

    assert (status, said) == (200, {"challenge": "3eZbrw"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Signature": "v0=é", "X-Slack-Request-Timestamp": str(int(time.time()))},
        {"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Signature": "", "X-Slack-Request-Timestamp": ""},
        signed("{}", at=int(time.time()) - 600),
        signed("something else"),
    ],
)
async def test_what_slack_did_not_sign_gets_401(world: World, headers: dict[str, str]) -> None:
    async with world.client.post(PATH, data="{}", headers=headers) as answer:
        assert answer.status == 401


async def test_bytes_that_are_no_text_get_401(world: World) -> None:
    async with world.client.post(PATH, data=b"\xff\xfe", headers=signed("x")) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_what_cannot_be_unpacked_is_refused(world: World, packing: str) -> None:
    raw = "{" * 50
    headers = {"Content-Encoding": packing, **signed(raw)}
    async with world.client.post(PATH, data=raw, headers=headers) as answer:
        assert answer.status in (400, 401)  # 400: the web server itself saw it first


NONSENSE = ["{", "[1]", "payload=%7B", "payload=[]", "null", "[" * 200_000]
NONSENSE += ['{"type": "event_callback", "event": []}', '{"type": {}}']
NONSENSE += ['{"type": "event_callback", "event": {"type": "tokens_revoked", "tokens": ["bot"]}}']


@pytest.mark.parametrize("raw", NONSENSE, ids=range(len(NONSENSE)))
async def test_signed_nonsense_gets_400_or_is_ignored(world: World, raw: str) -> None:
    headers = {"Content-Type": "application/json", **signed(raw)}
    async with world.client.post(PATH, data=raw, headers=headers) as answer:
        assert answer.status in (200, 400)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback"},
        {"type": "event_callback", "event": {"type": "message", "channel_type": "im", "user": "U"}},
        {"type": "block_actions", "actions": []},
        {"type": "view_submission", "view": {}},
        {
            "type": "view_submission",
            "user": {"id": "UANNA"},
            "view": {
                "id": "V1",
                "callback_id": "trial",
                "state": {"values": {}},
                "private_metadata": '{"draft": Infinity}',
            },
        },
        {"type": "shortcut"},
        {"type": "something_new"},
        {"command": "/opname"},
    ],
)
async def test_what_is_half_there_is_taken_and_left(world: World, body: dict[str, Any]) -> None:
    assert (await world.send(body))[0] == 200
    assert not world.fake.posts


async def test_options_are_answered_with_none(world: World) -> None:
    assert (await world.send({"type": "block_suggestion", "value": "x"}))[1] == {"options": []}
