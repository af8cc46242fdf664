"""`privacy`: a person's data."""

from __future__ import annotations

import json

import typer

from bot.commands.command import command, opened
from bot.settings import Settings

group = typer.Typer(help="A person's data.")


@command(group)
async def export(settings: Settings, email: str) -> None:
    """All that is held about a person, as JSON."""
    from bot.wiring import HOLDINGS
    from dialogs import my_data

    async with opened(settings) as database, database.transaction() as db:
        held = await my_data.export_person(db, email.lower(), HOLDINGS)
        print(json.dumps(held, ensure_ascii=False, indent=2, default=str))


@command(group)
async def erase(settings: Settings, email: str) -> None:
    """Erase what no open duty needs."""
    from bot.wiring import HOLDINGS
    from dialogs import my_data

    async with opened(settings) as database, database.transaction() as db:
        print(await my_data.erase_person(db, email.lower(), HOLDINGS))
