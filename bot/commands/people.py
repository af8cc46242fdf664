"""`people`: the roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.command import Failed, command, opened
from bot.engine import leaving
from bot.engine.roster import Report
from bot.engine.texts import Texts
from bot.settings import Settings

group = typer.Typer(help="The roster.")


DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
Gone = Annotated[
    bool,
    typer.Option("--gone", help="Take off who is not in the file; --dry-run shows them first."),
]
Really = Annotated[bool, typer.Option("--really", help="Also when that is more than a third.")]


@command(group, "import")
async def import_file(
    settings: Settings,
    file: Path,
    *,
    dry_run: DryRun = False,
    gone: Gone = False,
    really: Really = False,
) -> None:
    """Read a roster from CSV or .xlsx: email, name, role, language, school, programme_end,
    supervisor_email. What it has no column for stays as it is.
    """
    import dialogs
    from bot.engine import roster
    from bot.wiring import HOLDINGS, rules
    from dialogs import recordings

    raw, guidelines = _read(file), rules(settings)
    texts, months = dialogs.texts(guidelines), guidelines.names.months
    async with opened(settings) as database:
        async with database.transaction() as db:
            now, before = datetime.now(UTC), len(await roster.listed(db))
            report = await _read_in(db, raw, texts)
            if report.well and not dry_run:
                await roster.store(db, report.rows, HOLDINGS)
            if report.well and gone:
                leavers = await _leavers(db, report.absent, before, sure=really or dry_run)
                await _take_off(db, [] if dry_run else leavers)
            if report.well and not dry_run:
                for email in report.emails:
                    await recordings.replan(db, email, now, settings.zone, months)
        print(report.text(dry_run=dry_run, gone=gone))
        if not report.well:
            raise Failed("nothing was imported: mend the rows above and try again")


async def _read_in(db: AsyncSession, raw: bytes, texts: Texts) -> Report:
    """What the file would do, as the desk reads it too; Failed when it is no list of people."""
    from dialogs.people import importing
    from dialogs.people.sheet import BadSheet

    try:
        kept = importing.read(raw, texts)
    except BadSheet as problem:
        raise Failed(texts(f"people.sheet.{problem.code}", "en")) from None
    if importing.unsure(kept):
        found = ", ".join(sorted(kept["columns"])) or "none"
        raise Failed(
            "the first line must name the columns email, name and role;"
            f" of ours it has: {found}. Nothing was imported"
        )
    return (await importing.plan(db, kept, texts)).report


async def _leavers(
    db: AsyncSession, absent: Sequence[str], before: int, *, sure: bool
) -> list[leaving.Leaver]:
    """Who leaves, shown with what of theirs is open."""
    from bot.wiring import HOLDINGS

    leavers = await leaving.preview(db, absent, HOLDINGS)
    for leaver in leavers:
        print(f"leaves: {leaver}")
    if leaving.too_many(len(leavers), before) and not sure:
        raise Failed(
            f"{len(leavers)} of {before} people would leave, more than a third: nothing was"
            " written; if that is right, say --really"
        )
    return leavers


async def _take_off(db: AsyncSession, leavers: Sequence[leaving.Leaver]) -> None:
    from bot.wiring import HOLDINGS

    for leaver in leavers:
        await leaving.leave(db, leaver.email, HOLDINGS, datetime.now(UTC))


@command(group)
async def remove(settings: Settings, email: str, *, dry_run: DryRun = False) -> None:
    """Take somebody off the roster: their rights end at once, what is open is handed over."""
    async with opened(settings) as database, database.transaction() as db:
        leavers = await _leavers(db, [email.strip().lower()], 1, sure=True)
        if not leavers:
            raise Failed(f"nobody on the roster has the address {email}: see `people list`")
        await _take_off(db, [] if dry_run else leavers)
        if dry_run:
            print("This was a dry run: nothing was written.")


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
