"""Durable work on both databases: the faults that a first trial of this design had."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from bot.engine import jobs
from bot.engine.job_table import Wanted
from bot.engine.jobs import ENDLESS, LEASE, MOST_DEATHS, More, Priority, Task, Worker, add
from bot.engine.replies import RetryLater, Unsure
from bot.engine.store.database import Database, run
from bot.engine.store.tables import Counter, Job
from tests.conftest import NOW, Ticker

Handler = Callable[[Task, datetime], Awaitable[None]]


def worker(database: Database, clock: Ticker, **handlers: Any) -> Worker:
    """A worker with outside handlers by kind."""
    gaps = handlers.pop("gaps", {})
    inside = handlers.pop("inside", {})
    return Worker(database, clock, inside=inside, outside=handlers, gaps=gaps)


async def put(database: Database, *more: More, now: datetime = NOW) -> list[bool]:
    async with database.transaction() as db:
        return [await add(db, m, now) for m in more]


async def rows(database: Database) -> list[Job]:
    async with database.transaction() as db:
        return list(await db.exec(select(Job).order_by(col(Job.id))))


async def claimed(doing: Worker, now: datetime) -> list[Task]:
    """What this worker takes, before it does anything."""
    return await doing._claim(now, [Wanted(doing._kinds)])


class Sent:
    """An outside world that remembers what reached it."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def __call__(self, task: Task, now: datetime) -> None:
        self.keys.append(task.key)


async def test_the_same_key_is_done_once(database: Database, clock: Ticker) -> None:
    sent = Sent()
    doing = worker(database, clock, send=sent)
    assert await put(database, More("k", "send"), More("k", "send")) == [True, False]
    await doing.drain()
    assert await put(database, More("k", "send")) == [False]  # also after it is done
    await doing.drain()
    assert sent.keys == ["k"]


async def test_nothing_is_done_before_it_is_due(database: Database, clock: Ticker) -> None:
    sent = Sent()
    doing = worker(database, clock, send=sent)
    await put(database, More("k", "send", due=NOW + timedelta(hours=1)))
    assert await doing.drain() == 0
    clock.now += timedelta(hours=1)
    assert await doing.drain() == 1


async def test_work_of_a_dead_process_comes_back_after_its_lease(
    database: Database, clock: Ticker
) -> None:
    sent = Sent()
    await put(database, More("k", "send"))
    dead, alive = (worker(database, clock, send=sent) for _ in "12")
    assert len(await claimed(dead, NOW)) == 1  # claimed, then killed
    assert await alive.drain() == 0
    clock.now += LEASE
    assert await alive.drain() == 1
    assert sent.keys == ["k"]


async def test_a_worker_that_lost_its_lease_is_fenced(database: Database, clock: Ticker) -> None:
    async def count(task: Task, db: Any, now: datetime) -> None:
        await run(db, text("UPDATE counter SET value = value + 1"))

    async with database.transaction() as db:
        db.add(Counter(name="n"))
    await put(database, More("k", "count"))
    zombie, alive = (worker(database, clock, inside={"count": count}) for _ in "12")
    held = await claimed(zombie, NOW)
    clock.now += LEASE
    await alive.drain()
    await zombie._do(held[0], clock.now)
    async with database.transaction() as db:
        assert (await db.get_one(Counter, "n")).value == 1


async def test_two_workers_share_the_work_without_doubles(
    database: Database, clock: Ticker
) -> None:
    sent = Sent()
    await put(database, *(More(f"k{n}", "send") for n in range(60)))
    await asyncio.gather(*(worker(database, clock, send=sent).drain() for _ in range(3)))
    assert sorted(sent.keys) == sorted(f"k{n}" for n in range(60))


async def test_a_lane_keeps_its_order_and_its_pace(database: Database, clock: Ticker) -> None:
    at: list[tuple[str, datetime]] = []

    async def send(task: Task, now: datetime) -> None:
        at.append((task.key, now))

    doing = worker(database, clock, send=send, gaps={"slack": 1.0})
    await put(database, *(More(f"k{n}", "send", lane="slack:T:C") for n in range(4)))
    # After a pause in which all became due, they must not burst.
    clock.now += timedelta(minutes=5)
    for _ in range(12):
        await doing.drain()
        clock.now += timedelta(seconds=0.5)
    assert [key for key, _ in at] == ["k0", "k1", "k2", "k3"]
    assert all(b - a >= timedelta(seconds=1) for (_, a), (_, b) in pairwise(at))


async def test_retry_after_stops_the_whole_lane_and_keeps_the_place(
    database: Database, clock: Ticker
) -> None:
    order: list[str] = []

    async def send(task: Task, now: datetime) -> None:
        if task.key == "a" and now < NOW + timedelta(seconds=30):
            raise RetryLater(30)
        order.append(task.key)

    doing = worker(database, clock, send=send)
    await put(database, *(More(k, "send", lane="slack:T:C") for k in "abc"))
    await put(database, More("other", "send", lane="slack:T:D"))
    await doing.drain()
    assert order == ["other"]
    assert (await rows(database))[0].attempts == 0
    clock.now += timedelta(seconds=30)
    await doing.drain()
    assert order == ["other", "a", "b", "c"]


async def test_failures_are_retried_for_as_long_as_it_is_worth_it(
    sqlite: Database, clock: Ticker
) -> None:
    database = sqlite
    tries: dict[str, list[datetime]] = {"short": [], "long": []}

    async def send(task: Task, now: datetime) -> None:
        tries[task.key].append(now)
        raise ConnectionError("secret words")

    doing = worker(database, clock, send=send)
    await put(database, More("short", "send", lasts=timedelta(hours=4)), More("long", "send"))
    for _ in range(24 * 6):
        await doing.drain()
        clock.now += timedelta(minutes=10)
    short, long = await rows(database)
    assert (short.error, short.trouble, short.done) == ("expired", "expired", None)
    assert max(tries["short"]) <= NOW + timedelta(hours=4)
    assert (long.error, long.trouble) == (None, "ConnectionError")
    gaps = [b - a for a, b in pairwise(tries["long"])]
    assert min(gaps) == timedelta(minutes=10)
    assert timedelta(minutes=40) <= max(gaps) <= timedelta(minutes=90)


@pytest.mark.parametrize("problem", [KeyError("x"), LookupError(), TypeError()])
async def test_a_mistake_of_ours_is_no_reason_to_give_up(
    database: Database, clock: Ticker, problem: Exception
) -> None:
    mended = False

    async def work(task: Task, db: Any, now: datetime) -> None:
        if not mended:
            raise problem

    doing = worker(database, clock, inside={"work": work})
    await put(database, More("k", "work"))
    for _ in range(20):
        await doing.drain()
        clock.now += timedelta(hours=2)
    job = (await rows(database))[0]
    assert (job.error, job.done, job.trouble) == (None, None, type(problem).__name__)
    mended = True
    clock.now += timedelta(hours=2)
    await doing.drain()
    assert (await rows(database))[0].done is not None


async def test_a_job_that_kills_its_process_is_not_retried_for_ever(
    database: Database, clock: Ticker
) -> None:
    await put(database, More("poison", "send"))
    for _ in range(MOST_DEATHS + 2):
        # Claimed by a process that dies at once, every time.
        await claimed(worker(database, clock, send=Sent()), clock.now)
        clock.now += LEASE
    sent = Sent()
    await worker(database, clock, send=sent).drain()
    assert sent.keys == []
    assert (await rows(database))[0].error == "deadly"


async def test_when_only_the_commit_fails_the_act_is_not_repeated(
    database: Database, clock: Ticker
) -> None:
    sent: list[str] = []
    tries = 0

    async def send(task: Task, now: datetime) -> Any:
        sent.append(task.key)

        async def commit(db: Any, at: datetime) -> None:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise ConnectionError

        return commit

    await put(database, More("k", "send"))
    await worker(database, clock, send=send).drain()
    assert (sent, tries) == (["k"], 3)
    assert (await rows(database))[0].done is not None


async def test_inside_work_is_undone_whole_when_it_fails(database: Database, clock: Ticker) -> None:
    async def half(task: Task, db: Any, now: datetime) -> None:
        await add(db, More("follow", "nothing"), now)
        raise ValueError

    await put(database, More("k", "half"))
    await worker(database, clock, inside={"half": half}).drain()
    assert [j.key for j in await rows(database)] == ["k"]


async def test_a_wake_up_during_a_claim_is_not_missed(
    database: Database, clock: Ticker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 60.0)
    done = asyncio.Event()

    async def send(task: Task, now: datetime) -> None:
        done.set()

    doing = worker(database, clock, send=send)
    claim = doing._claim

    async def slow(*args: Any) -> Any:
        found = await claim(*args)
        # New work arrives after the look and before the wait.
        if not found and await put(database, More("late", "send")) == [True]:
            doing.wake()
        return found

    monkeypatch.setattr(doing, "_claim", slow)
    doing.start()
    async with asyncio.timeout(10):
        await done.wait()
    await doing.stop()


async def test_a_clean_stop_hands_back_what_it_cannot_finish(
    database: Database, clock: Ticker
) -> None:
    begun = asyncio.Event()

    async def send(task: Task, now: datetime) -> None:
        begun.set()
        await asyncio.Event().wait()

    doing = worker(database, clock, send=send)
    await put(database, More("k", "send"))
    doing.start()
    async with asyncio.timeout(10):
        await begun.wait()
    await doing.stop(patience=0.01)
    job = (await rows(database))[0]
    assert (job.claim, job.done, job.attempts) == (None, None, 0)
    assert job.due <= clock.now


async def test_many_writers_do_not_starve_each_other(database: Database, clock: Ticker) -> None:
    async def one(n: int) -> None:
        await put(database, More(f"k{n}", "send"))

    async with asyncio.timeout(30):
        await asyncio.gather(*(one(n) for n in range(100)))
    assert len(await rows(database)) == 100


async def test_an_unknown_kind_waits_for_a_process_that_knows_it(
    database: Database, clock: Ticker
) -> None:
    sent = Sent()
    await put(database, More("k", "new"))
    assert await worker(database, clock, send=sent).drain() == 0
    assert [(j.error, j.attempts) for j in await rows(database)] == [(None, 0)]
    assert await worker(database, clock, new=sent).drain() == 1
    assert sent.keys == ["k"]


# -- lanes and slots ---------------------------------------------------------------------------


async def test_what_is_not_due_does_not_hold_its_lane(database: Database, clock: Ticker) -> None:
    sent = Sent()
    later = More("later", "send", lane="slack:T:C", due=NOW + timedelta(days=3))
    await put(database, later, More("now", "send", lane="slack:T:C"))
    await worker(database, clock, send=sent).drain()
    assert sent.keys == ["now"]


async def test_a_clock_that_was_ahead_silences_nobody(database: Database, clock: Ticker) -> None:
    sent = Sent()
    doing = worker(database, clock, send=sent, gaps={"slack": 1.0})
    lane = "slack:T:C"
    await put(database, *(More(k, "send", lane=lane) for k in ("a", "b")))
    clock.now = NOW + timedelta(hours=1)
    assert len(await claimed(doing, clock.now)) == 1  # "a", by a process that dies with it
    clock.now = NOW
    await put(database, More("c", "send", lane=lane, priority=Priority.ANSWER))
    for _ in range(5):
        await doing.drain()
        clock.now += timedelta(seconds=2)
    assert sorted(sent.keys) == ["a", "b", "c"]


async def test_a_message_that_fails_holds_its_lane_no_longer_than_a_retry(
    database: Database, clock: Ticker
) -> None:
    sent = Sent()

    async def send(task: Task, now: datetime) -> None:
        if task.key == "bad":
            raise ConnectionError
        await sent(task, now)

    doing = worker(database, clock, send=send)
    lane = "slack:T:C"
    await put(database, *(More(k, "send", lane=lane) for k in ("bad", "good", "other")))
    await doing.drain()
    assert sent.keys == []  # it keeps its place for a moment: order matters
    for _ in range(10):
        clock.now += timedelta(seconds=1)
        await doing.drain()
    assert sent.keys == ["good", "other"]


async def test_answers_go_before_bulk_in_a_lane_and_over_all(
    database: Database, clock: Ticker
) -> None:
    sent = Sent()
    await put(database, *(More(f"bulk{n}", "send", priority=Priority.BULK) for n in range(40)))
    await put(database, More("bulk", "send", lane="l", priority=Priority.BULK))
    await put(database, More("answer", "send", lane="l", priority=Priority.ANSWER))
    await put(database, More("breach", "send", priority=Priority.URGENT))
    await worker(database, clock, send=sent).drain()
    assert sent.keys[:2] == ["answer", "breach"]
    assert len(sent.keys) == 43


async def test_two_hundred_hung_mails_make_no_chat_wait(database: Database, clock: Ticker) -> None:
    hung, all_said, sent = asyncio.Event(), asyncio.Event(), Sent()

    async def send(task: Task, now: datetime) -> None:
        if task.slot == "mail":
            await hung.wait()
        await sent(task, now)
        if len(sent.keys) == 20:
            all_said.set()

    doing = worker(database, clock, send=send)
    await put(database, *(More(f"mail{n}", "send", slot="mail") for n in range(200)))
    doing.start()
    await put(database, *(More(f"chat{n}", "send", slot="chat") for n in range(20)))
    doing.wake()
    async with asyncio.timeout(20):
        await all_said.wait()
    assert all(key.startswith("chat") for key in sent.keys)
    await doing.stop(patience=0.01)


async def test_nothing_is_claimed_for_a_platform_without_room(
    database: Database, clock: Ticker
) -> None:
    sent, room = Sent(), 0
    doing = Worker(database, clock, inside={}, outside={"send": sent}, room={"chat": lambda: room})
    await put(database, More("a", "send", slot="chat"), More("b", "send", slot="mail"))
    await doing.drain()
    assert sent.keys == ["b"]
    assert [job.attempts for job in await rows(database)] == [0, 1]
    room = 5
    await doing.drain()
    assert sent.keys == ["b", "a"]


async def test_a_job_may_ask_for_a_place_elsewhere(database: Database, clock: Ticker) -> None:
    at: list[str] = []

    async def send(task: Task, now: datetime) -> None:
        at.append(task.slot)
        if task.slot != "slow":
            raise jobs.Elsewhere("slow")

    await put(database, More("k", "send"))
    await worker(database, clock, send=send).drain()
    assert at == ["", "slow"]
    assert (await rows(database))[0].attempts == 1


async def test_of_what_may_have_arrived_there_are_never_more_than_three_copies(
    database: Database, clock: Ticker
) -> None:
    at: list[datetime] = []

    async def send(task: Task, now: datetime) -> None:
        at.append(now)
        raise Unsure("silence after the data", "silent")

    doing = worker(database, clock, send=send)
    await put(database, More("k", "send", {ENDLESS: True}))
    for minute in (*range(60), 600, 6000):
        clock.now = NOW + timedelta(minutes=minute)
        await doing.drain()
    assert [moment - NOW for moment in at] == [timedelta(minutes=m) for m in (0, 2, 47)]
    job = (await rows(database))[0]
    assert (job.error, job.trouble, job.unsure) == ("unsure", "silent", 3)


async def test_a_restart_of_the_server_loses_nothing(postgres_url: str, clock: Ticker) -> None:
    database = Database.at(postgres_url)
    sent = Sent()
    doing = worker(database, clock, send=sent)
    await put(database, *(More(f"k{n}", "send") for n in range(40)))
    doing.start()
    for _ in range(3):
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        clock.now += LEASE
        doing.wake()
    async with asyncio.timeout(30):
        while {f"k{n}" for n in range(40)} - set(sent.keys) or any(
            job.done is None for job in await rows(database)
        ):
            clock.now += LEASE
            doing.wake()
            await asyncio.sleep(0)
    await doing.stop()
    assert {job.error for job in await rows(database)} == {None}
    await database.close()
