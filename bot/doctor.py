"""What an operator must mend, and how: settings, database, people, mail, platforms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Job, Person
from bot.settings import Settings


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


class Running(Protocol):
    """What the doctor looks at (`bot.wiring.App`)."""

    settings: Settings
    database: Database
    messengers: Mapping[str, Any]
    platforms: Mapping[str, Any]


async def examine(app: Running) -> list[Finding]:
    """Every finding, in the order in which they should be mended."""
    findings = [Finding("well", "settings", "read"), *_addresses(app.settings)]
    findings.append(Finding("well", "database", f"version {await app.database.version()}"))
    async with app.database.transaction() as db:
        findings += await _roster(db)
        findings += await _work(db)
    findings += await _mail(app)
    for name, platform in app.platforms.items():
        problems = await _asked(platform.check)
        findings += [Finding("wrong", name, problem) for problem in problems]
        if not problems:
            findings.append(Finding("well", name, "tokens and rights are well"))
    return findings


def _addresses(settings: Settings) -> list[Finding]:
    listening = (settings.slack_bot_token and not settings.slack_app_token) or settings.teams_app_id
    if listening and not settings.url.startswith("https://"):
        return [Finding("wrong", "address", "set PUBLIC_URL to the https address of this server")]
    if not settings.public_url:
        words = f"links in mails point to {settings.url}: set PUBLIC_URL for other machines"
        return [Finding("note", "address", words)]
    return [Finding("well", "address", settings.url)]


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


async def _mail(app: Running) -> list[Finding]:
    mailer = app.messengers.get("mail")
    if mailer is None:
        return [Finding("wrong", "mail", "set SMTP_URL: without it no report can be mailed")]
    problems = await _asked(mailer.check)
    if problems:
        return [Finding("wrong", "mail", f"the server of SMTP_URL: {p}") for p in problems]
    if not app.settings.mail_from:
        return [Finding("note", "mail", "set MAIL_FROM: mails come from opnamewijzer@localhost")]
    return [Finding("well", "mail", "the server answers")]


async def _asked(check: Callable[[], Awaitable[list[str] | None]]) -> list[str]:
    try:
        return list(await check() or ())
    except Exception as problem:
        return [f"does not answer ({type(problem).__name__})"]
