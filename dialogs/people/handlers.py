"""What the coordinator does with the roster: add, change, remove, import, undo. Each is a turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from bot.engine import leaving, roster
from bot.engine.dialog import Outdated, Refused, Turn
from bot.engine.replies import Button, Reply, Say
from bot.engine.roster import COLUMNS, Report
from bot.engine.store.tables import Draft, Person
from dialogs import history
from dialogs.people import importing
from dialogs.people.form import CHANGE, LETTERS, MATCHED, NEW
from dialogs.people.importing import Reckoning
from dialogs.people.sheet import BadSheet
from dialogs.people.table import PREFIX, ImportState, RosterImport
from dialogs.recordings import replan

MOST_NAMED = 10


def is_coordinator(turn: Turn) -> bool:
    """Who keeps the roster."""
    return turn.who.role == "coordinator"


def only_coordinator(turn: Turn) -> None:
    """Refuses everybody else, in the same words whatever they asked of."""
    if not is_coordinator(turn):
        raise Refused("people.coordinator_only")


async def somebody(turn: Turn, email: str) -> Person:
    """Somebody on the roster, for the coordinator alone."""
    only_coordinator(turn)
    found = await turn.db.exec(
        select(Person).where(Person.email == email, Person.active).with_for_update()
    )
    person = found.first()
    if person is None:
        raise Refused("people.unknown", email=email[:100])
    return person


# -- one person ----------------------------------------------------------------------------------


async def add(turn: Turn, what: str) -> list[Reply]:
    """The form for somebody new."""
    only_coordinator(turn)
    return await turn.open_form(NEW.name)


async def change(turn: Turn, email: str) -> list[Reply]:
    """The form with what the roster has."""
    person = await somebody(turn, email)
    values = {name: getattr(person, name) for name in COLUMNS}
    end = person.programme_end
    values["programme_end"] = end.isoformat() if end else None
    return await turn.open_form(CHANGE.name, values, {"email": person.email})


async def submit_new(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """Somebody new is on the roster."""
    only_coordinator(turn)
    email = str(values["email"]).lower()
    known = {person.email for person in await roster.listed(turn.db)}
    if email in known:
        return turn.say("people.there_already", email=email)
    return await _store(turn, {**values, "email": email}, "added")


async def submit_change(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The roster has them otherwise now."""
    person = await somebody(turn, str(draft.data.get("email", "")))
    if person.email == turn.who.key and values["role"] != "coordinator":
        return turn.say("people.not_yourself")
    return await _store(turn, {**values, "email": person.email}, "changed")


async def _store(turn: Turn, values: Mapping[str, Any], what: str) -> list[Reply]:
    known = {person.email: person.role for person in await roster.listed(turn.db)}
    cells = {name: str(values.get(name) or "") for name in COLUMNS}
    report = roster.judge([(1, cells)], known)
    if not report.well:
        return [Say("\n".join(problem_words(turn, report)))]
    await roster.store(turn.db, report.rows, turn.office.holdings)
    email = report.emails[0]
    await replan(turn.db, email, turn.now, turn.zone, turn.office.months)
    await history.step(turn, f"{PREFIX}{email}", what)
    return turn.say(f"people.done.{what}", name=report.rows[0].name)


async def remove(turn: Turn, email: str) -> list[Reply]:
    """Ask first, with how much of theirs is still open."""
    person = await somebody(turn, email)
    if person.email == turn.who.key:
        raise Refused("people.not_yourself")
    refs = [
        ref
        for holding in turn.office.holdings
        if holding.open
        for ref in await holding.open(turn.db, person.email)
    ]
    button = Button(f"people.removed:{person.email}", turn.t("people.button.removed"), "danger")
    text = turn.t("people.sure", name=person.name, n=len(refs))
    return [Say(text, title=turn.t("people.sure_title"), buttons=(button,))]


async def removed(turn: Turn, email: str) -> list[Reply]:
    """Off the roster: every right ends at once, what is open stays."""
    person = await somebody(turn, email)
    if person.email == turn.who.key:
        raise Refused("people.not_yourself")
    await leaving.leave(turn.db, person.email, turn.office.holdings, turn.now)
    await history.step(turn, f"{PREFIX}{person.email}", "removed")
    return turn.say("people.done.removed", name=person.name)


def problem_words(turn: Turn, report: Report) -> list[str]:
    """What is wrong, a sentence each."""
    return [turn.t(f"people.problem.{p.code}", value=p.value) for p in report.problems]


# -- a whole list --------------------------------------------------------------------------------


async def upload(turn: Turn, raw: bytes) -> list[Reply]:
    """Keep the list to look at; nothing changes yet. An earlier one that waits gives way."""
    only_coordinator(turn)
    try:
        kept = importing.read(raw, turn.texts)
    except BadSheet as problem:
        raise Refused(f"people.sheet.{problem.code}") from None
    for earlier in await _waiting(turn):
        await turn.db.delete(earlier)
    turn.db.add(RosterImport(person=turn.who.key, at=turn.now, sheet=kept))
    return turn.say("people.sheet.unsure" if importing.unsure(kept) else "people.sheet.read")


async def match(turn: Turn, what: str) -> list[Reply]:
    """Which column is which, by hand."""
    row = await waiting(turn)
    have = {name: LETTERS[at] for name, at in row.sheet["columns"].items()}
    have["everybody"] = row.sheet["everybody"]
    return await turn.open_form(MATCHED.name, have, {"import": row.id})


async def submit_match(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The columns are known now; the page shows what the list would do."""
    row = await waiting(turn)
    columns = {n: LETTERS.index(values[n]) for n in COLUMNS if values.get(n)}
    row.sheet = {**row.sheet, "columns": columns, "everybody": values.get("everybody") or ""}
    return turn.say("people.sheet.unsure" if importing.unsure(row.sheet) else "people.sheet.read")


async def confirm(turn: Turn, argument: str) -> list[Reply]:
    """Do what the preview shows; with ':gone' also take off who is not in the list."""
    number, _, more = argument.partition(":")
    row = await waiting(turn)
    if str(row.id) != number or importing.unsure(row.sheet):
        raise Outdated
    planned = await importing.plan(turn.db, row.sheet, turn.texts, turn.who.key)
    if not planned.report.well:
        raise Refused("people.sheet.wrong")
    at = _reckoning(turn)
    n = await importing.carry_out(turn.db, row, planned, gone=more == "gone", at=at)
    await _noted(turn, row.before)
    return turn.say("people.done.imported", n=n)


async def _noted(turn: Turn, before: Mapping[str, Any]) -> None:
    for email, kept in before.items():
        what = "changed" if kept["was"] and kept["was"]["active"] else "added"
        gone = not kept["now"]["active"]
        await history.step(turn, f"{PREFIX}{email}", "removed" if gone else what)


async def drop(turn: Turn, argument: str) -> list[Reply]:
    """Not this list after all."""
    await turn.db.delete(await waiting(turn))
    return turn.say("people.done.dropped")


async def undo(turn: Turn, argument: str) -> list[Reply]:
    """Take the last import back; who was changed since stays as they are now."""
    only_coordinator(turn)
    row = await importing.last_done(turn.db)
    if row is None or str(row.id) != argument:
        raise Outdated
    at = _reckoning(turn)
    back, left = await importing.take_back(turn.db, row, at)
    for email in back:
        await history.step(turn, f"{PREFIX}{email}", "undone")
    said = [turn.t("people.done.undone", n=len(back))]
    if left:
        said.append(turn.t("people.done.left", who=", ".join(left[:MOST_NAMED]), n=len(left)))
    return [Say("\n".join(said))]


async def waiting(turn: Turn) -> RosterImport:
    """The list this coordinator is looking at."""
    only_coordinator(turn)
    found = await _waiting(turn)
    if not found:
        raise Outdated
    return found[-1]


async def _waiting(turn: Turn) -> list[RosterImport]:
    found = await turn.db.exec(
        select(RosterImport)
        .where(RosterImport.person == turn.who.key, RosterImport.state == ImportState.PREVIEW)
        .order_by(RosterImport.id)  # type: ignore[arg-type]  # a column, once mapped
        .with_for_update()
    )
    return list(found)


def _reckoning(turn: Turn) -> Reckoning:
    return Reckoning(turn.now, turn.zone, turn.office.months, turn.office.holdings)
