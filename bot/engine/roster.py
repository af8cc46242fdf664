"""The roster: people from a CSV file, all of them or none.

Who is no longer in the file stays as they are: a list of this year's students must not shut out
last year's, who may still have recordings to delete. The report says how many there are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from io import StringIO
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import leaving
from bot.engine.holdings import Holding
from bot.engine.people import ROLES, is_address
from bot.engine.store.tables import Person
from bot.engine.texts import LANGUAGES

COLUMNS = (
    "email", "name", "role", "language", "school", "programme_end", "supervisor_email",
)  # fmt: skip
SUPERVISING = ("supervisor", "coordinator")
LONGEST = 200

_DUTCH_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TIME = re.compile(r"(?<=\d)[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
_SENTENCES = {
    "empty_file": "the file is empty",
    "missing_column": "the column {value} is missing from the first line",
    "not_csv": "this cannot be read as CSV",
    "too_many_columns": "this row has more columns than the first line",
    "email_missing": "there is no e-mail address",
    "email_wrong": "{value} is no e-mail address",
    "name_missing": "there is no name",
    "too_long": "{value} is longer than 200 characters",
    "role_unknown": "{value} is no role: write student, supervisor, privacy_officer or coordinator",
    "language_unknown": "{value} is no language of the bot: write nl or en, or nothing",
    "date_wrong": "{value} is no date: write 2027-08-31 or 31-08-2027",
    "duplicate_email": "{value} is in the file twice",
    "supervisor_unknown": (
        "{value} is no supervisor or coordinator, in this file or on the roster"
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the file, read and checked. The names are the columns of `Person`."""

    email: str
    name: str
    role: str
    language: str = ""
    school: str = ""
    programme_end: date | None = None
    supervisor_email: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one line of the file."""

    line: int
    code: str
    value: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {_SENTENCES[self.code].format(value=self.value)}"


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do. With any problem nothing is written.

    alone: students without a supervisor; their consent problems go to the coordinator.
    absent: people on the roster who are not in the file.
    """

    rows: tuple[Row, ...] = ()
    problems: tuple[RowError, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether every row can be used."""
        return not self.problems

    @property
    def emails(self) -> tuple[str, ...]:
        """Everybody in the file."""
        return tuple(row.email for row in self.rows)

    @property
    def alone(self) -> tuple[str, ...]:
        """Students without a supervisor."""
        return tuple(r.email for r in self.rows if r.role == "student" and not r.supervisor_email)

    def text(self, *, dry_run: bool = False, gone: bool = False) -> str:
        """The report for the operator, one fact per line. gone: who is absent leaves."""
        if self.problems:
            return "\n".join([*map(str, self.problems), "Nothing was written."])
        lines = [
            (
                f"{len(self.rows)} people: {len(self.added)} new, {len(self.changed)} changed, "
                f"{len(self.same)} as they were."
            )
        ]
        if self.alone:
            lines.append(
                f"{len(self.alone)} without a supervisor; the coordinator gets their problems: "
                + ", ".join(self.alone)
            )
        if self.absent:
            do = "leave" if gone else "stay"
            lines.append(f"{len(self.absent)} on the roster are not in the file and {do}.")
        if dry_run:
            lines.append("This was a dry run: nothing was written.")
        return "\n".join(lines)


def decode(raw: bytes) -> str:
    """The text of a file: UTF-8, or what Excel writes when it does not say so."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read(text: str, known: Mapping[str, str] | None = None) -> Report:
    """The people in a CSV text, and what is wrong with it, line by line. Pure.

    Separated by comma, semicolon (as a Dutch Excel writes) or tab; other columns are ignored.
    known: who is on the roster already, with their role.
    """
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if not text.strip():
        return Report(problems=(RowError(1, "empty_file"),))
    head = text.lstrip().splitlines()[0]
    lines = csv.DictReader(StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    lines.fieldnames = [name.strip().lower() for name in lines.fieldnames or ()]
    missing = [name for name in COLUMNS if name not in lines.fieldnames]
    if missing:
        return Report(problems=tuple(RowError(1, "missing_column", name) for name in missing))
    reading = _Reading()
    try:
        for cells in lines:
            reading.take(lines.line_num, cells)
    except csv.Error:
        reading.problems.append(RowError(lines.line_num, "not_csv"))
    return reading.report(known or {})


def judge(lines: Iterable[tuple[int, Mapping[str, str]]], known: Mapping[str, str]) -> Report:
    """The people in lines whose cells have the names of COLUMNS, and what is wrong with them. Pure."""
    reading = _Reading()
    for line, cells in lines:
        reading.take(line, cells)
    return reading.report(known)


@dataclass
class _Reading:
    rows: list[tuple[int, Row]] = field(default_factory=list)
    problems: list[RowError] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def take(self, line: int, cells: Mapping[Any, Any]) -> None:
        found = {name: str(cells.get(name) or "").strip() for name in COLUMNS}
        if not any(found.values()):
            return
        before = len(self.problems)
        if cells.get(None):
            self.problems.append(RowError(line, "too_many_columns"))
        email = found["email"].lower()
        role = found["role"].lower().replace("ö", "o").replace(" ", "_").replace("-", "_")
        end, end_is_well = _day(found["programme_end"])
        wrong = {
            "email_missing": ("", not email),
            "email_wrong": (email, bool(email) and not is_address(email)),
            "duplicate_email": (email, bool(email) and email in self.seen),
            "name_missing": ("", not found["name"]),
            "role_unknown": (found["role"] or "nothing", role not in ROLES),
            "language_unknown": (
                found["language"], found["language"].lower() not in ("", *LANGUAGES),
            ),
            "date_wrong": (found["programme_end"], not end_is_well),
        }  # fmt: skip
        self.problems += [
            RowError(line, code, value) for code, (value, is_so) in wrong.items() if is_so
        ]
        long = [name for name, value in found.items() if len(value) > LONGEST]
        self.problems += [RowError(line, "too_long", name) for name in long]
        self.seen.add(email)
        if len(self.problems) == before:
            row = Row(
                email=email,
                name=" ".join(found["name"].split()),
                role=role,
                language=found["language"].lower(),
                school=found["school"],
                programme_end=end,
                supervisor_email=found["supervisor_email"].lower(),
            )
            self.rows.append((line, row))

    def report(self, known: Mapping[str, str]) -> Report:
        """Once all rows are in: the supervisors, who may stand below their students."""
        roles = {**known, **{row.email: row.role for _, row in self.rows}}
        unknown = [
            RowError(line, "supervisor_unknown", row.supervisor_email)
            for line, row in self.rows
            if row.supervisor_email and roles.get(row.supervisor_email) not in SUPERVISING
        ]
        problems = sorted([*self.problems, *unknown], key=lambda problem: problem.line)
        return Report(tuple(row for _, row in self.rows), tuple(problems))


def _day(text: str) -> tuple[date | None, bool]:
    """A day and whether it was well written; nothing is well, too. A time behind it does not count."""
    text = _TIME.sub("", text)
    dutch = _DUTCH_DAY.fullmatch(text)
    try:
        if dutch:
            day, month, year = map(int, dutch.groups())
            return date(year, month, day), True
        return (date.fromisoformat(text), True) if text else (None, True)
    except ValueError:
        return None, False


async def store(db: AsyncSession, rows: Sequence[Row], holdings: Sequence[Holding]) -> None:
    """Add who is new, update who is known. Inside the caller's transaction: all or nothing.

    Who left is not known: who has the address now inherits nothing that is in `holdings`.
    """
    known = {person.email: person for person in await listed(db, everybody=True)}
    for row in rows:
        if (left := known.get(row.email)) and not left.active:
            await leaving.retire(db, left, holdings)
            del known[row.email]
        person = known.get(row.email) or Person(email=row.email, name=row.name, role=row.role)
        for name, value in values_of(row).items():
            setattr(person, name, value)
        person.active = True
        db.add(person)
    await db.flush()


async def import_people(
    db: AsyncSession, text: str, *, dry_run: bool, holdings: Sequence[Holding] = ()
) -> Report:
    """Read a roster and store it, unless there is any problem or it is a dry run.

    Who is absent stays; `leaving.leave` takes them off. holdings: see `store`.
    """
    known = {person.email: person for person in await listed(db)}
    found = read(text, {email: person.role for email, person in known.items()})
    report = compared(found, known)
    if report.well and not dry_run:
        await store(db, report.rows, holdings)
    return report


def compared(found: Report, known: Mapping[str, Person]) -> Report:
    """The same, with what would be new, changed and missing beside who is on the roster. Pure."""
    return Report(
        rows=found.rows,
        problems=found.problems,
        added=tuple(r.email for r in found.rows if r.email not in known),
        changed=tuple(r.email for r in found.rows if r.email in known and _differs(r, known)),
        same=tuple(r.email for r in found.rows if r.email in known and not _differs(r, known)),
        absent=tuple(email for email in known if email not in found.emails),
    )


async def listed(db: AsyncSession, *, everybody: bool = False) -> list[Person]:
    """Who is on the roster, by role and name; `everybody` includes who was made inactive."""
    query = select(Person).order_by(Person.role, Person.name, Person.email)
    found = await db.exec(query if everybody else query.where(Person.active))
    return list(found.all())


def values_of(row: Row) -> dict[str, object]:
    """A row by the columns of `Person`."""
    return {f.name: getattr(row, f.name) for f in fields(row)}


def _differs(row: Row, known: Mapping[str, Person]) -> bool:
    person = known[row.email]
    return any(getattr(person, name) != value for name, value in values_of(row).items())
