"""The cache with expiry, in-flight tasks and the wait between two tries."""

import asyncio
from datetime import timedelta

import pytest

from bot.engine.cache import Cache
from bot.engine.retry import backoff
from bot.engine.tasks import InFlight
from tests.conftest import Ticker


def test_a_value_is_kept_for_its_lifetime(clock: Ticker) -> None:
    cache: Cache[str] = Cache(clock, timedelta(hours=1))
    cache.put("a", "x")
    clock.now += timedelta(hours=1)
    assert cache.get("a") == "x"

    clock.now += timedelta(seconds=1)
    assert cache.get("a") is None
    assert cache.stale("a") == "x"

    cache.drop("a")
    assert cache.stale("a") is None


def test_the_one_put_in_first_goes_first(clock: Ticker) -> None:
    cache: Cache[int] = Cache(clock, timedelta(hours=1), most=2)
    for number, key in enumerate("abac"):
        cache.put(key, number)

    assert [cache.get(key) for key in "abc"] == [2, None, 3]


@pytest.mark.parametrize(("attempts", "wait"), [(1, 2), (3, 8), (9, 300), (100_000, 300)])
def test_the_wait_doubles_up_to_an_end(attempts: int, wait: float) -> None:
    assert 0.75 * wait <= backoff(attempts) <= 1.25 * wait


async def test_what_is_in_flight_is_waited_for_and_what_hangs_is_cancelled() -> None:
    done: list[str] = []
    flight = InFlight()

    async def call(name: str, gate: asyncio.Event) -> None:
        await gate.wait()
        done.append(name)

    opened, shut = asyncio.Event(), asyncio.Event()
    opened.set()
    flight.later(call("quick", opened))
    flight.later(call("hanging", shut))
    await flight.settle(0.05)
    shut.set()
    await asyncio.sleep(0)

    assert done == ["quick"]
