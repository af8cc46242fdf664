"""`privacy`: a person's data."""

from __future__ import annotations

import json

import typer

from bot.commands.command import command, opened
from bot.settings import Settings

group = typer.Typer(help="A person's data.")


@command(group)
async def export(settings: Settings, email: str) -> None:
    """All that is held about a person, as JSON; `former`: who had the address before and left."""
    from bot.engine import people
    from bot.wiring import HOLDINGS
    from dialogs import my_data

    async with opened(settings) as database, database.transaction() as db:
        key = email.lower()
        held = await my_data.export_person(db, key, HOLDINGS)
        before = await people.former_keys(db, key)
        former = [await my_data.export_person(db, old, HOLDINGS) for old in before]
        whole = {**held, "former": former} if former else held
        print(json.dumps(whole, ensure_ascii=False, indent=2, default=str))


@command(group)
async def erase(settings: Settings, email: str) -> None:
    """Erase what no open duty needs."""
    from bot.engine import people
    from bot.wiring import HOLDINGS
    from dialogs import my_data

    async with opened(settings) as database, database.transaction() as db:
        key = email.lower()
        for each in (key, *await people.former_keys(db, key)):
            print(await my_data.erase_person(db, each, HOLDINGS))
