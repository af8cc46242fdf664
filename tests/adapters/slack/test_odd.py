"""Payloads with a hole in them: nothing comes of them that could shut somebody out later."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.listen import ODD
from adapters.slack.parse import Here, parse
from bot.engine import people
from tests.adapters.slack.conftest import World
from tests.adapters.slack.test_recorded import recorded

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PAYLOADS = [body for _, body in recorded()]
WRONG = (None, "", 7, 1.5, True, [], {}, ["x"], {"id": None}, "x" * 300, "\x00", "\ud800")
TEXTS = ("id", "name", "locale", "text", "button", "message", "form")


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field of a payload."""
    pairs = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def broken(body: Any, path: tuple[Any, ...], value: Any, *, gone: bool) -> Any:
    found = deepcopy(body)
    part = found
    for key in path[:-1]:
        part = part[key]
    if gone:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return found


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_field_that_is_missing_or_odd_makes_a_whole_event_or_none(data: Any) -> None:
    body = data.draw(st.sampled_from(PAYLOADS))
    for _ in range(data.draw(st.integers(1, 2))):
        ways = list(places(body))
        if ways:
            path = data.draw(st.sampled_from(ways))
            body = broken(
                body, path, data.draw(st.sampled_from(WRONG)), gone=data.draw(st.booleans())
            )
    try:
        received = parse(body, Here("T1", "UBOT"), NOW)
    except ODD:
        return
    if received is None:
        return
    event = received.event
    assert people.address_from(people.address_json(event.address)) == event.address
    assert event.address.account
    assert all(isinstance(getattr(event, name, ""), str) for name in TEXTS)


async def test_nobody_is_shut_out_by_a_channel_of_null(world: World) -> None:
    for odd in (None, 7, [], {}):
        body = world.event(type="app_home_opened", tab="messages", channel=odd)
        assert (await world.send(body))[0] in (200, 400)
        body = world.said("Mag dit?", channel=odd)
        assert (await world.send(body))[0] in (200, 400)
    await world.send(world.said("Mag dit?"))
    assert [post["text"] for post in world.fake.posts][-1] == "Gevraagd: Mag dit?"
