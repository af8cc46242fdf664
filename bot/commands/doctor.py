"""`doctor`: what an operator must mend, and how: settings, database, people, work, platforms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.command import Failed, command
from bot.engine import people
from bot.engine.platform import PlatformSettings
from bot.engine.store.tables import Account, Job, Person
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.wiring import App


# What the operator can do about who is not recognised in chat.
UNPROVEN = {
    people.UNSAID: "the platform did not say whose they are; it is asked again",
    people.VISITOR: "guests there, so not recognised: make them members, or let them use their own account",
    people.HIDDEN: "without a visible e-mail address: fill it in, or make it visible to apps",
    people.CHANGED: "another address than the roster has: put the new one on the roster",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. level: 'well', 'note' (works, but know this) or 'wrong'."""

    level: str
    about: str
    words: str

    @property
    def wrong(self) -> bool:
        """Whether it must be mended."""
        return self.level == "wrong"

    def __str__(self) -> str:
        """One line."""
        return f"{self.level:5}  {self.about:9}  {self.words}"


def register(cli: typer.Typer) -> None:
    """Add the command."""
    command(cli)(doctor)


async def doctor(settings: Settings) -> None:
    """Check settings, database, tokens and scopes, mail and manifests; say how to mend each."""
    from bot.wiring import Clock, wired

    async with wired(settings, Clock()) as app:
        findings = await examine(app)
    for finding in findings:
        print(finding)
    if any(finding.wrong for finding in findings):
        raise Failed("something needs mending")


async def examine(app: App) -> list[Finding]:
    """Every finding, in the order in which they should be mended."""
    findings = [Finding("well", "settings", "read"), *_addresses(app)]
    findings.append(Finding("well", "database", f"version {await app.database.version()}"))
    async with app.database.transaction() as db:
        findings += await _roster(db)
        findings += await _work(db)
    for group in app.settings.platforms:
        findings += await _platform(group, app)
    findings.append(_encoder())
    return findings


def _addresses(app: App) -> list[Finding]:
    url = app.settings.site.url
    called = any(platform.needs_https for platform in app.platforms.values())
    if called and not url.startswith("https://"):
        return [Finding("wrong", "address", "set PUBLIC_URL to the https address of this server")]
    if not app.settings.public_url:
        words = f"links in mails point to {url}: set PUBLIC_URL for other machines"
        return [Finding("note", "address", words)]
    return [Finding("well", "address", url)]


async def _platform(group: PlatformSettings, app: App) -> list[Finding]:
    """What one platform says of itself; nothing where it is off and not needed."""
    platform = app.platforms.get(group.name)
    if platform is None:
        why = f"{group.off(app.settings.site)}: {group.needed}"
        return [Finding("wrong", group.name, why)] if group.needed else []
    if wrong := await _asked(platform.check):
        return [Finding("wrong", group.name, words) for words in wrong]
    notes = [Finding("note", group.name, words) for words in platform.notes()]
    return notes or [Finding("well", group.name, platform.reach or "on")]


async def _roster(db: AsyncSession) -> list[Finding]:
    counts = {role: len(await people.having(db, role)) for role in people.ROLES}
    findings = [Finding("well", "people", ", ".join(f"{n} {role}" for role, n in counts.items()))]
    if not counts["privacy_officer"]:
        findings.append(
            Finding("note", "people", "no privacy_officer on the roster: reports go by mail alone")
        )
    if not counts["coordinator"]:
        findings.append(
            Finding("note", "people", "no coordinator: a silent supervisor has no fallback")
        )
    orphans = await db.exec(
        select(func.count()).where(Person.role == "student", Person.supervisor_email == "")
    )
    if number := orphans.one():
        findings.append(Finding("note", "people", f"{number} students have no supervisor"))
    lost = await db.exec(select(func.count()).where(col(Account.lost_at).is_not(None)))
    if number := lost.one():
        words = f"{number} chat accounts cannot be reached: those people get e-mail"
        findings.append(Finding("note", "people", words))
    unproven = await db.exec(
        select(Account.unproven, func.count())
        .where(Account.unproven != "")
        .group_by(Account.unproven)
    )
    for why, number in unproven:
        findings.append(Finding("note", "people", f"{number} chat accounts: {UNPROVEN[why]}"))
    return findings


async def _work(db: AsyncSession) -> list[Finding]:
    rows = await db.exec(
        select(Job.kind, Job.error, func.count())
        .where(col(Job.error).is_not(None), col(Job.done).is_(None))
        .group_by(Job.kind, col(Job.error))
    )
    failed = [f"{count} × {kind} ({error})" for kind, error, count in rows]
    if not failed:
        return [Finding("well", "work", "no job was set aside")]
    return [Finding("wrong", "work", "set aside after too many failures: " + ", ".join(failed))]


def _encoder() -> Finding:
    from dialogs.understanding.model.deep import DeepNetwork
    from dialogs.understanding.model.encoder import Network

    small, deep = Network.load(), DeepNetwork.load()
    if small is not None and deep is not None:
        return Finding("well", "encoder", "both as pinned")
    if small is not None:
        return Finding(
            "wrong",
            "encoder",
            "the files of the deep one are missing or damaged, so the small one reads the questions alone:"
            " install opnamewijzer again",
        )
    return Finding(
        "wrong",
        "encoder",
        "its files are missing or damaged, so rules alone read the questions:"
        " install opnamewijzer again",
    )


async def _asked(check: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        return await check()
    except Exception as problem:
        return [f"does not answer ({type(problem).__name__})"]
