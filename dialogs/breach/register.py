"""The register of breaches (AVG art. 33(5)) as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dialogs.breach.clock import deadline, institute_deadline
from dialogs.breach.form import FORM
from dialogs.breach.table import Breach
from dialogs.history import Entry
from dialogs.sheets import as_csv, as_xlsx

FORMATS = ("csv", "json")
ANSWERS = tuple(field.name for field in FORM.fields if field.name != "noticed_at")
COLUMNS = (
    "ref",
    "state",
    "reporter",
    "reporter_name",
    "noticed_at",
    "reported_at",
    "report_deadline_24h",
    "institute_deadline_72h",
    "delivered_at",
    "acknowledged_at",
    "closed_at",
    "outcome",
    *ANSWERS,
)


async def export_all(db: AsyncSession, form: str, zone: tzinfo, hours: int) -> str:
    """Every report in the database, oldest first. form: 'csv' or 'json'; times in `zone`.

    hours: within how many of noticing a breach must be reported.
    """
    breaches = (
        await db.exec(select(Breach).order_by(col(Breach.reported_at), col(Breach.ref)))
    ).all()
    history = select(Entry).where(col(Entry.subject).in_(select(Breach.ref)))
    entries = (await db.exec(history.order_by(col(Entry.id)))).all()
    return export(breaches, entries, form, zone, hours)


def export(
    breaches: Sequence[Breach], entries: Sequence[Entry], form: str, zone: tzinfo, hours: int
) -> str:
    """The register as text. ValueError for a form other than 'csv' or 'json'."""
    if form not in FORMATS:
        raise ValueError(f"the register is exported as csv or json, not as {form}")
    rows = lines(breaches, entries, zone, hours)
    return _as_json(rows) if form == "json" else _as_csv(rows)


def as_workbook(
    breaches: Sequence[Breach], entries: Sequence[Entry], zone: tzinfo, hours: int
) -> bytes:
    """The register as a spreadsheet file."""
    return as_xlsx(table(lines(breaches, entries, zone, hours)), "register")


def lines(breaches: Sequence[Breach], entries: Sequence[Entry], zone: tzinfo, hours: int) -> Rows:
    """Each report, flat, with its history."""
    steps: dict[str, list[dict[str, str]]] = {breach.ref: [] for breach in breaches}
    for entry in entries:
        steps[entry.subject].append(_step(entry, zone))
    return [(_row(breach, zone, hours), steps[breach.ref]) for breach in breaches]


Rows = Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, str]]]]


def _as_json(rows: Rows) -> str:
    data = [
        {
            **{name: value for name, value in row.items() if name not in ANSWERS},
            "answers": {name: row[name] for name in ANSWERS if row[name]},
            "history": steps,
        }
        for row, steps in rows
    ]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _as_csv(rows: Rows) -> str:
    return as_csv(table(rows))


def table(rows: Rows) -> list[list[str]]:
    """The register as lines of cells, the first of them the column names."""
    lines = [[*COLUMNS, "history"]]
    for row, steps in rows:
        history = "\n".join(
            " ".join(part for part in (s["at"], s["author"], s["what"], s["words"]) if part)
            for s in steps
        )
        lines.append([_cell(value) for value in (*row.values(), history)])
    return lines


def _cell(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _row(breach: Breach, zone: tzinfo, hours: int) -> dict[str, Any]:
    """One report, flat: COLUMNS with their values."""
    facts = (
        breach.ref,
        breach.state,
        breach.reporter,
        breach.reporter_name,
        _time(breach.noticed_at, zone),
        _time(breach.reported_at, zone),
        _time(deadline(breach.noticed_at, hours), zone),
        _time(institute_deadline(breach.reported_at), zone),
        _time(breach.delivered_at, zone),
        _time(breach.acknowledged_at, zone),
        _time(breach.closed_at, zone),
        breach.closing,
        *(breach.answers.get(name) or "" for name in ANSWERS),
    )
    return dict(zip(COLUMNS, facts, strict=True))


def _step(entry: Entry, zone: tzinfo) -> dict[str, str]:
    at = _time(entry.at, zone)
    return {
        "at": at,
        "author": entry.author,
        "what": entry.what,
        "words": entry.words,
        "place": entry.place,
    }


def _time(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
