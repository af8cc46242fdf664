"""`db`: the database."""

from __future__ import annotations

import typer

from bot.commands.command import command, opened
from bot.settings import Settings

group = typer.Typer(help="The database.")


@group.callback()
def db() -> None:
    """The database."""


@command(group)
async def upgrade(settings: Settings) -> None:
    """Bring the database to this version."""
    async with opened(settings) as database:
        print(f"The database is at version {await database.version()}.")
