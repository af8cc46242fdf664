"""`reminders`: what is due, and sending it."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from bot.commands.command import At, command, moment, opened
from bot.settings import Settings

group = typer.Typer(help="Reminders to delete recordings.")


@command(group)
async def due(settings: Settings, at: At = None) -> None:
    """What is due at a moment."""
    from dialogs import recordings

    when = moment(at, settings.zone) or datetime.now(UTC)
    async with opened(settings) as database, database.transaction() as db:
        for line in await recordings.due_lines(db, when, settings.zone):
            print(line)


@command(group)
async def run(settings: Settings, at: At = None) -> None:
    """Send the reminders that are due at a moment; once, however often this is run.

    The moment only says which are due. They go out by the clock, and nothing else does.
    """
    from bot.wiring import Clock, wired
    from dialogs import recordings

    clock = Clock()
    due_at = moment(at, settings.zone) or clock()
    async with wired(settings, clock) as app, app.sending():
        count = 0
        # Whoever runs this chose the hour; a transaction per batch lets others write meanwhile.
        while True:
            async with app.database.transaction() as db:
                told = await recordings.sweep_some(db, due_at, app.office, clock=clock())
            if told is None:
                break
            count += told[1]
        done = await app.worker.drain(about=recordings.REMINDER_KEY)
    print(f"{count} people reminded, {done} jobs done")
