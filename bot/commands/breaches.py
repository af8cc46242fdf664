"""`breaches`: the register of breaches."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot.commands.command import command, opened
from bot.settings import Settings

group = typer.Typer(help="The register of breaches.")


@group.callback()
def breaches() -> None:
    """The register of breaches."""


@command(group)
async def export(
    settings: Settings, form: Annotated[Literal["csv", "json"], typer.Option("--format")] = "csv"
) -> None:
    """The register of breaches, for the privacy officer."""
    from bot.wiring import rules
    from dialogs.breach import export_all

    async with opened(settings) as database, database.transaction() as db:
        print(await export_all(db, form, settings.zone, rules(settings).names.hours), end="")
