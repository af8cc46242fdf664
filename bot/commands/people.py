"""`people`: the roster."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.command import Failed, command, opened
from bot.settings import Settings

group = typer.Typer(help="The roster.")


@command(group, "import")
async def import_file(
    settings: Settings,
    file: Path,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Read a roster: email,name,role,language,school,programme_end,supervisor_email."""
    from bot.engine import roster
    from bot.wiring import rules
    from dialogs import recordings

    raw, months = _read(file), rules(settings).names.months
    async with opened(settings) as database:
        async with database.transaction() as db:
            report = await roster.import_people(db, roster.decode(raw), dry_run=dry_run)
            if report.well and not dry_run:
                for email in report.emails:
                    now = datetime.now(UTC)
                    await recordings.replan(db, email, now, settings.zone, months)
        print(report.text(dry_run=dry_run))
        if not report.well:
            raise Failed("nothing was imported: mend the rows above and try again")


@command(group, "list")
async def list_all(settings: Settings) -> None:
    """Who is on the roster."""
    from bot.engine import roster

    async with opened(settings) as database, database.transaction() as db:
        for person in await roster.listed(db):
            end = person.programme_end or ""
            print(
                f"{person.email}  {person.role}  {person.name}  {person.language}"
                f"  {person.school}  {end}  {person.supervisor_email}".rstrip()
            )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise Failed(f"cannot read {file}: {problem.strerror}") from None
