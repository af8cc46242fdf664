"""Socket Mode: the same bot behind a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.listen import Slack
from tests.adapters.slack.conftest import World


@pytest.fixture
async def socket(world: World) -> AsyncIterator[World]:
    """The same world, listening on a socket."""
    world.slack = Slack(
        bot_token="xoxb-1",
        app_token="xapp-1",
        api_url=world.fake.url,
        talk=world.talk,
        texts=world.talk.texts,
        clock=world.clock,
    )
    await world.slack.start()
    yield world
    await world.slack.stop()


async def deliver(world: World, kind: str, payload: dict[str, Any], socket: Any = None) -> Any:
    """Send one envelope and wait for its acknowledgement."""
    socket = socket or await asyncio.wait_for(world.fake.sockets.get(), 5)
    await socket.send_json({"envelope_id": "e1", "type": kind, "payload": payload})
    ack = await asyncio.wait_for(world.fake.acks.get(), 5)
    await world.settle()
    return socket, ack


async def test_a_question_is_acknowledged_and_answered(socket: World) -> None:
    _, ack = await deliver(socket, "events_api", socket.said("Mag dit?"))

    assert ack == {"envelope_id": "e1"}
    assert [p["text"] for p in socket.fake.posts] == ["Gevraagd: Mag dit?"]
    assert socket.slack.problems() == []


async def test_errors_at_fields_travel_in_the_acknowledgement(socket: World) -> None:
    wire, _ = await deliver(socket, "interactive", socket.pressed("breach.start"))
    view = socket.fake.of("views.open")[0]["view"]
    _, ack = await deliver(socket, "interactive", socket.submitted(view, what="x", day=None), wire)

    assert ack["payload"]["errors"] == {"what": "Schrijf iets meer."}


async def test_what_was_not_committed_is_not_acknowledged(socket: World) -> None:
    async def broken(*_: Any) -> None:
        raise OSError("disk full")

    real, socket.talk.handle = socket.talk.handle, broken  # type: ignore[method-assign, assignment]
    event = socket.said("Mag dit?")
    wire = await asyncio.wait_for(socket.fake.sockets.get(), 5)
    await wire.send_json({"envelope_id": "e1", "type": "events_api", "payload": event})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.fake.acks.get(), 0.5)
    socket.talk.handle = real  # type: ignore[method-assign]
    await deliver(socket, "events_api", event, wire)

    assert len(socket.fake.posts) == 1


async def test_a_renewed_connection_goes_on(socket: World) -> None:
    wire, _ = await deliver(socket, "events_api", socket.said("Mag dit?"))
    await wire.send_json({"type": "disconnect", "reason": "refresh_requested"})
    await deliver(socket, "events_api", socket.said("En dat?"))

    assert len(socket.fake.posts) == 2


async def test_a_refused_app_token_is_a_problem_and_no_crash(world: World) -> None:
    world.fake.fault("apps.connections.open", *["invalid_auth"] * 5)
    slack = Slack(
        bot_token="xoxb-1",
        app_token="xapp-bad",
        api_url=world.fake.url,
        talk=world.talk,
        texts=world.talk.texts,
        clock=world.clock,
    )
    await slack.start()
    checked = await slack.check()
    await slack.stop()

    assert "SLACK_APP_TOKEN" in checked[0]
    assert "SLACK_APP_TOKEN" in slack.problems()[0]
