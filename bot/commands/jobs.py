"""`jobs`: what waits or was set aside, and putting it right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.command import Failed, WrongUse, command, opened
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.engine.stuck import Stuck

group = typer.Typer(help="Work that is stuck.")

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Keys = Annotated[list[str] | None, typer.Argument(metavar="[KEY ...]", help="Which jobs.")]
All = Annotated[bool, typer.Option("--all", help="All that `jobs list` shows.")]


@command(group, "list")
async def list_all(settings: Settings, *, as_json: Json = False) -> None:
    """What waits longer than it should or was set aside, why, and how to mend it."""
    found = await _stuck(settings)
    if as_json:
        rows = [job.data(mend(settings, job)) for job in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    for job in found:
        print(f"{job.key}")
        where = f" by {job.slot}" if job.slot else ""
        tries = f"{job.attempts} tries" if job.attempts != 1 else "1 try"
        print(f"  {job.kind}{where}, {job.state}, {tries}: {job.code or 'not begun'}")
        print(f"  {mend(settings, job)}")
    if not found:
        print("nothing is stuck")


@command(group)
async def retry(settings: Settings, keys: Keys = None, *, every: All = False) -> None:
    """Do them now."""
    from bot.engine import stuck

    wanted = await _wanted(settings, keys, every=every)
    async with opened(settings) as database, database.transaction() as db:
        _report("tried again", wanted, await stuck.retry(db, wanted, datetime.now(UTC)))


@command(group)
async def drop(settings: Settings, keys: Keys = None, *, every: All = False) -> None:
    """Never do them."""
    from bot.engine import stuck

    wanted = await _wanted(settings, keys, every=every)
    async with opened(settings) as database, database.transaction() as db:
        _report("dropped", wanted, await stuck.drop(db, wanted, datetime.now(UTC)))


def mend(settings: Settings, job: Stuck) -> str:
    """A sentence: the platform's own, else what is so everywhere."""
    own = [group.mend(job.code) for group in settings.platforms if group.name == job.slot]
    return next((words for words in own if words), job.mend)


async def _stuck(settings: Settings) -> list[Stuck]:
    from bot.engine import stuck

    async with opened(settings) as database, database.transaction() as db:
        return await stuck.stuck(db, datetime.now(UTC))


async def _wanted(settings: Settings, keys: Sequence[str] | None, *, every: bool) -> list[str]:
    if bool(keys) == every:
        raise WrongUse("name the keys of jobs (see `jobs list`), or say --all")
    return [job.key for job in await _stuck(settings)] if every else list(keys or ())


def _report(done: str, wanted: Sequence[str], found: Sequence[str]) -> None:
    for key in found:
        print(f"{key}: {done}")
    if missing := [key for key in wanted if key not in found]:
        raise Failed(f"no open job is called {', '.join(missing)}")
