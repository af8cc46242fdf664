"""What a list would do to the roster, doing it, and taking the last one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import leaving, roster
from bot.engine.holdings import Holding
from bot.engine.roster import COLUMNS, Report
from bot.engine.store.tables import Person
from bot.engine.texts import LANGUAGES, Texts
from dialogs.people import sheet as sheets
from dialogs.people.sheet import Sheet, plain
from dialogs.people.table import ImportState, RosterImport
from dialogs.recordings import replan

NEEDED = ("email", "name")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a list would do. report: row by row. lines: where in the file an address stands.

    known: who is on the roster. gone: who is on it with a role that the list has, and is not in it.
    """

    report: Report
    lines: Mapping[str, int]
    known: Mapping[str, Person]
    gone: tuple[str, ...]


def names(texts: Texts) -> dict[str, tuple[str, ...]]:
    """How the columns may be called, in every language."""
    return {name: (name, *texts.words(f"people.columns.{name}")) for name in COLUMNS}


def read(raw: bytes, texts: Texts) -> Values:
    """A file as it is kept until it is confirmed. BadSheet when it cannot be read."""
    known = names(texts)
    found = sheets.read(raw, [plain(word) for words in known.values() for word in words])
    return {
        "head": list(found.head),
        "lines": [[n, list(cells)] for n, cells in found.lines],
        "columns": sheets.columns(found, known),
        "everybody": "",
    }


def unsure(kept: Mapping[str, Any]) -> bool:
    """Whether a column must be pointed out by hand."""
    have = kept["columns"]
    return any(name not in have for name in NEEDED) or not ("role" in have or kept["everybody"])


async def plan(db: AsyncSession, kept: Mapping[str, Any], texts: Texts, by: str = "") -> Forecast:
    """What this list would do to the roster as it is now. by: who is never 'gone': the importer."""
    known = {person.email: person for person in await roster.listed(db)}
    cells = [(line, _cells(row, kept, known, texts)) for line, row in _sheet(kept).lines]
    found = roster.judge(cells, {email: person.role for email, person in known.items()})
    report = roster.compared(found, known)
    roles = {row.role for row in report.rows}
    gone = tuple(e for e in report.absent if known[e].role in roles and e != by)
    return Forecast(report, {c["email"].lower(): line for line, c in cells}, known, gone)


async def carry_out(
    db: AsyncSession, row: RosterImport, planned: Forecast, *, gone: bool, at: Reckoning
) -> int:
    """Do it, and remember how it was; how many people it touched."""
    touched = [*planned.report.added, *planned.report.changed, *(planned.gone if gone else ())]
    everybody = {p.email: p for p in await roster.listed(db, everybody=True)}
    was = {email: _kept(everybody.get(email)) for email in touched}
    changed = {*planned.report.added, *planned.report.changed}
    await roster.store(db, [r for r in planned.report.rows if r.email in changed], at.holdings)
    for email in planned.gone if gone else ():
        await leaving.leave(db, email, at.holdings, at.now)
    await db.flush()
    now = {p.email: _kept(p) for p in await roster.listed(db, everybody=True)}
    row.before = {email: {"was": was[email], "now": now[email]} for email in touched}
    row.state, row.at, row.sheet = ImportState.DONE, at.now, {}
    await _replan(db, touched, at)
    return len(touched)


async def last_done(db: AsyncSession) -> RosterImport | None:
    """The last import that counts and was not taken back."""
    found = await db.exec(
        select(RosterImport)
        .where(RosterImport.state == ImportState.DONE)
        .order_by(col(RosterImport.id).desc())
        .limit(1)
        .with_for_update()
    )
    return found.first()


async def take_back(
    db: AsyncSession, row: RosterImport, at: Reckoning
) -> tuple[list[str], list[str]]:
    """Who is as before it again, and who was changed since and is left as they are."""
    people = {p.email: p for p in await roster.listed(db, everybody=True)}
    back, left = [], []
    for email, kept in row.before.items():
        person = people.get(email)
        if _kept(person) != kept["now"] or person is None:
            left.append(email)
        else:
            _restore(person, kept["was"], at.now)
            back.append(email)
    row.state, row.before = ImportState.UNDONE, {}
    await db.flush()
    await _replan(db, back, at)
    return back, left


@dataclass(frozen=True, slots=True)
class Reckoning:
    """When, and how dates of recordings follow from a study's end. months: kept in principle.

    holdings: where something of who leaves may be.
    """

    now: datetime
    zone: tzinfo
    months: int
    holdings: Sequence[Holding] = ()


async def _replan(db: AsyncSession, people: Sequence[str], at: Reckoning) -> None:
    for email in people:
        await replan(db, email, at.now, at.zone, at.months)


def _sheet(kept: Mapping[str, Any]) -> Sheet:
    return Sheet(tuple(kept["head"]), tuple((n, tuple(cells)) for n, cells in kept["lines"]))


def _cells(
    row: tuple[str, ...], kept: Mapping[str, Any], known: Mapping[str, Person], texts: Texts
) -> dict[str, str]:
    """One line by our names. What the list has no column for stays as the roster has it."""
    columns = kept["columns"]
    cells = {
        name: row[at] if at < len(row) else "" for name, at in columns.items() if name in COLUMNS
    }
    if not any(cells.values()):
        return dict.fromkeys(COLUMNS, "")
    person = known.get(cells.get("email", "").lower())
    stays = {n: str(getattr(person, n) or "") for n in COLUMNS} if person else {}
    role = cells.get("role", "") or kept["everybody"]
    return {**dict.fromkeys(COLUMNS, ""), **stays, **cells, "role": _role(role, stays, texts)}


def _role(said: str, stays: Mapping[str, str], texts: Texts) -> str:
    """A role as people call it, in either language."""
    for role in ("student", "supervisor", "privacy_officer", "coordinator"):
        called = (texts(f"mydata.role.{role}", lang) for lang in LANGUAGES)
        words = (role, *called, *texts.words(f"people.roles.{role}"))
        if plain(said) in set(map(plain, words)):
            return role
    return said or stays.get("role", "")


def _kept(person: Person | None) -> Values | None:
    """A row of the roster as JSON data."""
    return person.model_dump(mode="json", exclude={"id", "left_at"}) if person else None


def _restore(person: Person, was: Values | None, now: datetime) -> None:
    """As before; who was not there at all is off the roster, and their history stays true."""
    if was is None:
        person.active, person.left_at = False, now
        return
    end = was["programme_end"]
    for name, value in {**was, "programme_end": date.fromisoformat(end) if end else None}.items():
        setattr(person, name, value)
    person.left_at = None if person.active else now
