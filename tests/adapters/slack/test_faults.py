"""When Slack fails, says no, or does not know somebody: nothing lost, nothing doubled."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from adapters.slack.api import BAD_TOKEN, OURS, _seconds
from adapters.slack.parse import Here
from adapters.slack.rate_limit import TokenBucket
from bot.engine.delivery import Delivery
from bot.engine.events import Address
from bot.engine.jobs import add
from bot.engine.outbox import ByMail, Notice
from bot.engine.people import address_json
from bot.engine.replies import RetryLater, Say, Undeliverable, Unreachable
from bot.engine.store.tables import Account, Job
from tests.adapters.slack.conftest import World

ANNA = Address("slack", "T1", "UANNA", "DUANNA")


async def deliver(world: World) -> None:
    """Let time pass until nothing is due any more."""
    for _ in range(8):
        await world.worker.drain()
        world.clock.now += timedelta(minutes=6)


@pytest.mark.parametrize("faults", [[(429, 3)], [500], [500, (429, 1), 503], ["internal_error"]])
async def test_an_answer_survives_what_slack_does(world: World, faults: list[Any]) -> None:
    world.fake.fault("chat.postMessage", *faults)
    await world.send(world.said("Mag dit?"))
    await deliver(world)

    tries = world.fake.posts
    assert len(tries) == len(faults) + 1
    assert len({post["client_msg_id"] for post in tries}) == 1


async def test_a_hanging_call_is_given_up_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = world.slack._api.client.session
    assert session
    monkeypatch.setattr(session, "_timeout", session._timeout.__class__(total=0.2))
    world.fake.fault("chat.postMessage", "hang")
    await world.send(world.said("Mag dit?"))
    await deliver(world)

    assert len(world.fake.posts) == 2


async def test_429_says_when_to_come_back(world: World) -> None:
    world.fake.fault("chat.postMessage", (429, 7))
    with pytest.raises(RetryLater) as wait:
        await world.slack.messenger.send(ANNA, Say("Hoi"), key="k")

    assert wait.value.seconds == 7


@pytest.mark.parametrize("reason", ["user_not_found", "user_disabled", "cannot_dm_bot"])
async def test_who_left_cannot_be_reached(world: World, reason: str) -> None:
    world.fake.fault("chat.postMessage", reason)
    with pytest.raises(Unreachable):
        await world.slack.messenger.send(ANNA, Say("Hoi"), key="k")


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
@pytest.mark.parametrize(
    "reason",
    [*sorted(BAD_TOKEN), *sorted(OURS), "missing_scope", "fatal_error"],
)
async def test_our_own_trouble_is_nobodys_absence(world: World, method: str, reason: str) -> None:
    """Taken for absence, a revoked token would write off everybody the bot had a word for."""
    await world.send(world.said("Mag dit?"))
    world.fake.fault(method, reason)
    world.slack.messenger._direct.drop("UANNA")
    here = ANNA if method == "chat.postMessage" else replace(ANNA, channel="")
    more = Notice("anna@example.org", Say("Een melding"), "n1").job()
    async with world.database.transaction() as db:
        (await db.get_one(Account, ANNA.account_key)).address = address_json(here)
        await add(db, more, world.clock())
    await world.worker.drain()
    assert world.slack.problems() or reason == "fatal_error"
    async with world.database.transaction() as db:
        assert (await db.get_one(Account, ANNA.account_key)).lost_at is None

    await deliver(world)
    assert [p["text"] for p in world.fake.posts][-1] == "Een melding"
    assert [p for p in world.slack.problems() if "scope ?" not in p] == []


async def test_what_slack_never_takes_is_not_tried_for_ever(world: World) -> None:
    world.fake.fault("chat.postMessage", "msg_too_long")
    with pytest.raises(Undeliverable):
        await world.slack.messenger.send(ANNA, Say("Hoi"), key="k")


async def test_blocks_that_slack_refuses_go_as_text(world: World) -> None:
    world.fake.fault("chat.postMessage", "invalid_blocks")
    await world.slack.messenger.send(ANNA, Say("Hoi"), key="k")

    assert "blocks" not in world.fake.posts[1]
    assert world.fake.posts[1]["text"] == "Hoi"


async def test_a_private_chat_that_moved_is_opened_again(world: World) -> None:
    world.fake.fault("chat.postMessage", "channel_not_found")
    await world.slack.messenger.send(Address("slack", "T1", "UBRAM", "DOLD"), Say("Hoi"), key="k")

    assert [p["channel"] for p in world.fake.posts] == ["DOLD", "DUBRAM"]


async def test_a_channel_we_are_not_in_is_answered_in_private(world: World) -> None:
    world.fake.fault("chat.postMessage", "not_in_channel")
    place = Address("slack", "T1", "UANNA", "C1", "5.5", private=False)
    await world.slack.messenger.send(place, Say("Hoi"), key="k")

    assert [p["channel"] for p in world.fake.posts] == ["C1", "DUANNA"]


async def test_the_workspace_has_a_pace_of_its_own() -> None:
    now = 0.0
    pace = TokenBucket(per_minute=60, burst=2, seconds=lambda: now)
    pace.take()
    pace.take()
    with pytest.raises(RetryLater) as wait:
        pace.take()
    now = wait.value.seconds
    pace.take()


async def test_somebody_who_never_wrote_is_found_by_their_address(world: World) -> None:
    more = Notice("bram@example.org", Say("Een melding"), "n1").job()
    async with world.database.transaction() as db:
        await add(db, more, world.clock())
    await deliver(world)

    assert [(p["channel"], p["text"]) for p in world.fake.posts] == [("DUBRAM", "Een melding")]


@pytest.mark.parametrize(
    "mark",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"deleted": True},
        {"is_email_confirmed": False},
    ],
)
async def test_guests_and_strangers_have_no_address(world: World, mark: dict[str, Any]) -> None:
    world.fake.add("UANNA", "anna@example.org", **mark)
    await world.send(world.said("own"))

    assert await world.slack.messenger.find("anna@example.org") is None
    assert world.fake.posts[0]["text"] == "Alleen voor slack:T1:UANNA"


async def test_bots_are_not_answered(world: World) -> None:
    world.fake.add("UANNA", "anna@example.org", is_bot=True)
    status, _ = await world.send(world.said("Mag dit?"))

    assert status == 200
    assert not world.fake.posts


async def test_who_became_a_guest_loses_the_address(world: World) -> None:
    await world.send(world.said("own"))
    world.fake.add("UANNA", "anna@example.org", is_restricted=True)
    world.clock.now += timedelta(hours=2)
    await world.send(world.said("own"))

    assert world.fake.of("chat.update")[0]["text"] == "Alleen voor slack:T1:UANNA"


async def test_a_person_is_asked_for_once_an_hour(world: World) -> None:
    for _ in range(3):
        await world.send(world.said("Mag dit?"))
    world.clock.now += timedelta(minutes=61)
    await world.send(world.said("Mag dit?"))

    assert len(world.fake.of("users.info")) == 2


async def test_who_is_not_known_yet_is_left_to_the_redelivery(world: World) -> None:
    world.fake.fault("users.info", 500)
    event = world.said("own")

    assert (await world.send(event))[0] == 503
    assert (await world.send(event, **{"X-Slack-Retry-Num": "1"}))[0] == 200
    assert [p["text"] for p in world.fake.posts] == ["Alleen voor anna@example.org"]


async def test_at_the_last_delivery_a_stranger_is_answered(world: World) -> None:
    world.fake.fault("users.info", 500)
    status, _ = await world.send(world.said("Mag dit?"), **{"X-Slack-Retry-Num": "3"})

    assert status == 200
    assert len(world.fake.posts) == 1


@pytest.mark.parametrize("fault", [500, 403, (429, 9), "missing_scope", "internal_error"])
async def test_who_was_known_is_nobody_now_while_slack_does_not_say(
    world: World, fault: Any
) -> None:
    await world.send(world.said("own"))
    world.clock.now += timedelta(minutes=31)
    world.fake.fault("users.info", fault)
    await world.send(world.said("own"))

    last = [*world.fake.posts, *world.fake.of("chat.update")][-1]
    assert last["text"] == "Alleen voor slack:T1:UANNA"

    async with world.database.transaction() as db:
        account = (await db.exec(select(Account))).one()
    assert account.email == "anna@example.org"


async def test_an_address_that_slack_keeps_back_for_want_of_a_scope_is_not_gone(
    world: World,
) -> None:
    await world.send(world.said("own"))
    world.clock.now += timedelta(minutes=31)
    world.fake.add("UANNA", "")
    world.fake.scopes = "chat:write,users:read"
    await world.send(world.said("own"))

    assert "users:read.email" in world.slack.problems()[0]
    async with world.database.transaction() as db:
        assert (await db.exec(select(Account))).one().email == "anna@example.org"


async def test_nothing_is_acknowledged_that_was_not_committed(world: World) -> None:
    async def broken(*_: Any) -> None:
        raise OSError("disk full")

    real, world.talk.handle = world.talk.handle, broken  # type: ignore[method-assign, assignment]
    event = world.said("Mag dit?")
    assert (await world.send(event))[0] == 503
    world.talk.handle = real  # type: ignore[method-assign]
    assert (await world.send(event))[0] == 200

    assert len(world.fake.posts) == 1


async def test_the_answer_is_committed_when_slack_is_told(world: World) -> None:
    world.fake.fault("chat.postMessage", *[500] * 5)
    await world.send(world.said("Mag dit?"))

    async with world.database.transaction() as db:
        jobs = (await db.exec(select(Job).where(Job.kind == "deliver"))).all()
    assert [job.done for job in jobs] == [None]


class Mail:
    platform = "mail"

    def __init__(self) -> None:
        self.to: list[str] = []

    async def send(self, address: Address, reply: Any, *, key: str, replaces: str = "") -> str:
        self.to.append(address.account)
        return key

    async def find(self, email: str) -> None:
        return None


async def notified(world: World, to: str, way: str) -> list[str]:
    """Who gets mail, when somebody is told something while Slack fails."""
    mail = Mail()
    messengers = {"slack": world.slack.messenger, "mail": mail}
    world.worker = Delivery(world.database, messengers).worker(world.clock, {}, {})
    async with world.database.transaction() as db:
        await add(db, Notice(to, Say("Een melding"), "n1", mail=ByMail(way)).job(), world.clock())
    await deliver(world)
    await deliver(world)
    return mail.to


@pytest.mark.parametrize("way", ["fallback", "always"])
@pytest.mark.parametrize("fault", ["account_inactive", "invalid_auth", 500])
async def test_mail_goes_out_when_slack_cannot_be_asked(world: World, fault: Any, way: str) -> None:
    world.fake.fault("users.lookupByEmail", *[fault] * 20)

    assert await notified(world, "cleo@example.org", way) == ["cleo@example.org"]


@pytest.mark.parametrize("fault", ["account_inactive", "invalid_auth", 500])
async def test_mail_goes_out_when_slack_takes_nothing(world: World, fault: Any) -> None:
    await world.send(world.said("Mag dit?"))
    world.fake.fault("chat.postMessage", *[fault] * 20)

    assert await notified(world, "anna@example.org", "fallback") == ["anna@example.org"]


async def test_a_stranger_is_nobody_while_we_do_not_know_our_workspace(world: World) -> None:
    world.fake.add("USTRANGER", "po@example.org", team_id="T666")
    world.slack._here = Here()
    pressed = world.pressed(
        "help", user={"id": "USTRANGER", "team_id": "T666"}, team={"id": "T666"}
    )
    await world.send(pressed)

    async with world.database.transaction() as db:
        assert [a.email for a in await db.exec(select(Account))] == [""]


@pytest.mark.parametrize("header", ["nan", "inf", "-1", "1e9", "soon"])
async def test_an_odd_wait_is_a_sensible_one(world: World, header: str) -> None:
    assert 0.5 <= _seconds(header) <= 3600
