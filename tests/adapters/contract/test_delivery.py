"""What holds for every messenger: what is too long is cut visibly, and a refusal is one of three words of the engine's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.mail.messenger import Mailer
from bot.engine.events import Address
from bot.engine.replies import Button, Messenger, RetryLater, Say, Unreachable
from tests.adapters.slack.fake import TEAM
from tests.adapters.teams.conftest import STUDENT
from tests.adapters.teams.fake import TENANT
from tests.smtp import MailServer

LONG = Say("woord " * 20_000, title="Te lang", buttons=(Button("help", "Hulp"),))


@dataclass
class Way:
    """A messenger, an address there, what arrived, and trouble on demand."""

    messenger: Messenger
    address: Address
    arrived: Callable[[], str]
    refuse: Callable[[], Any]
    busy: Callable[[], Any]


def slack_way(both: Any, slack: Any) -> Way:
    return Way(
        both.app.messengers["slack"],
        Address("slack", TEAM, "UANNA", "DUANNA"),
        lambda: json.dumps(slack.of("chat.postMessage")[-1], ensure_ascii=False),
        lambda: slack.fault("chat.postMessage", "user_disabled"),
        lambda: slack.fault("chat.postMessage", (429, 7)),
    )


def teams_way(both: Any) -> Way:
    account = both.person(STUDENT).account
    room = both.fake.room(account)
    return Way(
        both.app.messengers["teams"],
        Address("teams", TENANT, account, channel=room, service=both.service),
        lambda: json.dumps(both.fake.to(account)[-1].card, ensure_ascii=False),
        lambda: both.fake.blocked.add(account),
        lambda: both.fake.faults.append(("POST", 429, {"Retry-After": "7"})),
    )


@pytest.fixture
async def mail() -> AsyncIterator[Way]:
    server = MailServer()
    await server.start()
    yield Way(
        Mailer(server.url, "bot@example.nl", lambda: datetime(2026, 11, 23, tzinfo=UTC)),
        Address("mail", "", STUDENT),
        lambda: str(server.letters[-1].get_content()),
        lambda: setattr(server, "mood", "refuse"),
        lambda: setattr(server, "mood", "busy"),
    )
    await server.stop()


@pytest.fixture(params=["slack", "teams", "mail"])
def way(request: Any) -> Way:
    if request.param == "mail":
        return request.getfixturevalue("mail")
    both = request.getfixturevalue("both")
    return (
        slack_way(both, request.getfixturevalue("slack"))
        if request.param == "slack"
        else teams_way(both)
    )


async def test_what_is_too_long_is_cut_visibly(way: Way) -> None:
    await way.messenger.send(way.address, LONG, key="long")

    shown = way.arrived()
    assert "woord woord" in shown
    assert shown.count("woord") >= 20_000 or "…" in shown


async def test_who_is_gone_is_unreachable(way: Way) -> None:
    way.refuse()

    with pytest.raises(Unreachable):
        await way.messenger.send(way.address, Say("Dag"), key="k")


async def test_a_busy_platform_says_when_to_come_back(way: Way) -> None:
    way.busy()

    # A mail server names no moment: the engine's own back-off takes over.
    kind = Exception if way.address.platform == "mail" else RetryLater
    with pytest.raises(kind) as caught:
        await way.messenger.send(way.address, Say("Dag"), key="k")
    assert not isinstance(caught.value, Unreachable)
    assert kind is Exception or 7 <= caught.value.seconds <= 8


@pytest.mark.parametrize("platform", ["slack", "teams"])
async def test_a_message_that_is_gone_loses_its_buttons_without_a_new_one(
    request: Any, both: Any, platform: str
) -> None:
    if platform == "slack":
        slack = request.getfixturevalue("slack")
        way, old = slack_way(both, slack), "DUANNA:1700000000.000100"
        slack.fault("chat.update", "message_not_found")
        posted = lambda: len(slack.of("chat.postMessage"))  # noqa: E731
    else:
        way, old = teams_way(both), "gone"
        both.fake.faults.append(("PUT", 404, {}))
        account = way.address.account
        posted = lambda: len(both.fake.to(account))  # noqa: E731
    before = posted()
    over = Say("Dit is voorbij.", ref="form:1", replace=True, retire=True)
    assert await way.messenger.send(way.address, over, key="k", replaces=old) == old
    assert posted() == before
