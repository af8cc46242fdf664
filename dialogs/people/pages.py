"""The roster at the desk: who is on it, one person, and a list before it counts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import select

from bot.engine import roster
from bot.engine.dialog import Outdated, Turn
from bot.engine.people import ROLES
from bot.engine.replies import Button, Say
from bot.engine.roster import COLUMNS
from bot.engine.store.tables import Account, Person
from bot.engine.views import (
    Criterion,
    File,
    Filters,
    Line,
    Link,
    Query,
    Section,
    Table,
    Upload,
    View,
    Ways,
)  # fmt: skip
from dialogs import history, sheets
from dialogs.people import importing
from dialogs.people.form import LETTERS
from dialogs.people.handlers import is_coordinator, only_coordinator, somebody, waiting
from dialogs.people.importing import Forecast
from dialogs.people.table import PREFIX

MOST_ROWS = 200
REACHED = ("never", "lost", "yes")
SHOWN = ("email", "role", "supervisor_email", "school", "programme_end")


async def show(turn: Turn, query: Query) -> View:
    """Everybody, one person, or the list that waits."""
    only_coordinator(turn)
    if query.argument == "import":
        return await _import(turn)
    if query.argument:
        return await _person(turn, query.argument)
    reached = await _reached(turn)
    found = await _wanted(turn, query, reached)
    columns = ("name", *SHOWN, "reached")
    table = Table(
        turn.t("people.page.found", n=len(found)),
        tuple(turn.t(f"people.page.{name}") for name in columns),
        tuple(_line(turn, person, reached[person.email]) for person in found[:MOST_ROWS]),
        empty=turn.t("people.page.nothing"),
        note=turn.t("people.page.more", n=MOST_ROWS) if len(found) > MOST_ROWS else "",
    )
    add = Say(buttons=(Button("people.add", turn.t("people.button.add"), "primary"),))
    ways = (
        Link(turn.t("people.page.import"), "people/import"),
        Link(turn.t("people.page.save"), "people", "people.xlsx", whole=True),
    )
    return View(turn.t("people.title"), (_filters(turn, query), add, table, Ways(ways)))


async def as_xlsx(turn: Turn, query: Query) -> File:
    """Who the page shows, in the shape that can be imported again."""
    only_coordinator(turn)
    found = await _wanted(turn, query, await _reached(turn))
    rows = [[str(getattr(person, name) or "") for name in COLUMNS] for person in found]
    return File("people.xlsx", sheets.XLSX, sheets.as_xlsx([list(COLUMNS), *rows], "people"))


SECTION = Section("people", "people.title", is_coordinator, show, {"people.xlsx": as_xlsx})


# -- everybody -----------------------------------------------------------------------------------


async def _wanted(turn: Turn, query: Query, reached: Mapping[str, str]) -> list[Person]:
    role, how, term = query.get("role"), query.get("reached"), query.get("q").casefold()
    return [
        person
        for person in await roster.listed(turn.db)
        if role in ("", person.role)
        and how in ("", reached[person.email])
        and term in f"{person.name} {person.email} {person.school}".casefold()
    ]


async def _reached(turn: Turn) -> dict[str, str]:
    """Per person: 'yes' in some chat, 'lost' where all bounce, 'never' where there is none."""
    accounts = (await turn.db.exec(select(Account))).all()
    chats = [a for a in accounts if a.address and not _drawn(a)]
    known = {a.email for a in chats}
    lively = {a.email for a in chats if a.lost_at is None}
    return {
        person.email: "yes" if person.email in lively else "lost" if person.email in known else "never"
        for person in await roster.listed(turn.db)
    }  # fmt: skip


def _drawn(account: Account) -> bool:
    return account.platform in ("page", "desk")


def _filters(turn: Turn, query: Query) -> Filters:
    every = ("", turn.t("people.page.all"))
    roles = (every, *((role, turn.t(f"mydata.role.{role}")) for role in ROLES))
    reached = (every, *((how, turn.t(f"people.page.reached_{how}")) for how in REACHED))
    return Filters(
        (
            Criterion("q", turn.t("people.page.search"), query.get("q")),
            Criterion("role", turn.t("people.page.role"), query.get("role"), roles),
            Criterion("reached", turn.t("people.page.reached"), query.get("reached"), reached),
        ),
        turn.t("people.page.filter"),
    )


def _line(turn: Turn, person: Person, reached: str) -> Line:
    cells = (person.name, *(_value(turn, person, name) for name in SHOWN))
    how = turn.t(f"people.page.reached_{reached}")
    return Line((*cells, how), to=f"people/{person.email}", late=reached == "lost")


def _value(turn: Turn, person: Person, name: str) -> str:
    if name == "role":
        return turn.t(f"mydata.role.{person.role}")
    if name == "programme_end":
        return turn.voice.day(person.programme_end) if person.programme_end else ""
    return str(getattr(person, name))


# -- one person ----------------------------------------------------------------------------------


async def _person(turn: Turn, email: str) -> View:
    person = await somebody(turn, email)
    reached = (await _reached(turn))[person.email]
    facts = tuple(
        (turn.t(f"people.page.{name}"), _value(turn, person, name))
        for name in (*SHOWN, "language")
        if getattr(person, name)
    )
    why = turn.t(f"people.page.why_{reached}")
    buttons = (
        Button(f"people.change:{person.email}", turn.t("people.button.change"), "primary"),
        Button(f"people.remove:{person.email}", turn.t("people.button.remove")),
    )
    card = Say(facts=(*facts, (turn.t("people.page.reached"), why)), buttons=buttons)
    entries = await history.entries_of(turn.db, f"{PREFIX}{person.email}")
    rows = tuple(
        Line(
            (
                turn.voice.moment(entry.at),
                entry.author,
                turn.t(f"people.page.step_{entry.what}"),
                turn.t(f"desk.place.{entry.place}") if entry.place else "",
            )
        )
        for entry in entries
    )
    columns = tuple(turn.t(f"people.page.{name}") for name in ("when", "who", "step", "place"))
    past = Table(turn.t("people.page.history"), columns, rows, empty=turn.t("people.page.as_first"))
    return View(person.name, (card, past), back=Link(turn.t("people.title"), "people"))


# -- a list --------------------------------------------------------------------------------------


async def _import(turn: Turn) -> View:
    """A way to send a list in, and what the one that waits would do, row by row."""
    parts: list[Say | Table | Upload] = []
    try:
        row = await waiting(turn)
    except Outdated:
        row = None
    if row and importing.unsure(row.sheet):
        parts = [_match(turn), _head(turn, row.sheet["head"])]
    elif row:
        planned = await importing.plan(turn.db, row.sheet, turn.texts, turn.who.key)
        parts = [_summary(turn, planned, row.id or 0), *_rows(turn, planned)]
    upload = Upload(
        "people.import",
        turn.t("people.page.file"),
        turn.t("people.page.file_hint"),
        turn.t("people.page.look"),
        ".csv,.txt,.xlsx",
        "people/import",
    )
    last = await importing.last_done(turn.db)
    if last:
        when = turn.voice.moment(last.at)
        undo = Button(f"people.undo:{last.id}", turn.t("people.button.undo"))
        text = turn.t("people.page.last", at=when, who=last.person, n=len(last.before))
        parts.append(Say(text, title=turn.t("people.page.last_title"), buttons=(undo,)))
    back = Link(turn.t("people.title"), "people")
    first = [upload] if not row else []
    return View(turn.t("people.page.import"), (*first, *parts), back=back)


def _match(turn: Turn) -> Say:
    return Say(
        turn.t("people.page.unsure"),
        buttons=(
            Button("people.match", turn.t("people.button.match"), "primary"),
            Button("people.drop", turn.t("people.button.drop")),
        ),
    )


def _head(turn: Turn, head: list[str]) -> Table:
    rows = tuple(Line((LETTERS[n], name)) for n, name in enumerate(head[: len(LETTERS)]))
    columns = (turn.t("people.page.letter"), turn.t("people.page.name"))
    return Table(turn.t("people.page.columns"), columns, rows)


def _summary(turn: Turn, planned: Forecast, number: int) -> Say:
    report = planned.report
    counts = {
        "new": len(report.added), "changed": len(report.changed), "same": len(report.same),
        "gone": len(planned.gone), "wrong": len(report.problems),
    }  # fmt: skip
    facts = tuple((turn.t(f"people.page.will_{name}"), str(n)) for name, n in counts.items())
    buttons = [
        Button("people.match", turn.t("people.button.match")),
        Button("people.drop", turn.t("people.button.drop")),
    ]
    if report.well:
        yes = turn.t("people.button.confirm")
        buttons.insert(0, Button(f"people.confirm:{number}", yes, "primary"))
    if report.well and planned.gone:
        more = turn.t("people.button.confirm_gone", n=len(planned.gone))
        buttons.insert(1, Button(f"people.confirm:{number}:gone", more, "danger"))
    key = "people.page.ready" if report.well else "people.sheet.wrong"
    return Say(turn.t(key), facts=facts, buttons=tuple(buttons))


def _rows(turn: Turn, planned: Forecast) -> list[Table]:
    """What is wrong, new, changed and gone; the rest stays as it is."""
    report, known = planned.report, planned.known
    rows = {row.email: row for row in report.rows}
    wrong = tuple(
        Line((str(p.line), turn.t(f"people.problem.{p.code}", value=p.value)), late=True)
        for p in report.problems
    )
    new = tuple(
        Line((_at(planned, e), rows[e].name, e, turn.t(f"mydata.role.{rows[e].role}")))
        for e in report.added
    )
    changed = tuple(
        Line((_at(planned, e), known[e].name, e, _difference(turn, planned, e)))
        for e in report.changed
    )
    gone = tuple(
        Line((known[e].name, e, turn.t(f"mydata.role.{known[e].role}"))) for e in planned.gone
    )
    tables = (
        ("wrong", ("line", "problem"), wrong),
        ("new", ("line", "name", "email", "role"), new),
        ("changed", ("line", "name", "email", "difference"), changed),
        ("gone", ("name", "email", "role"), gone),
    )
    return [
        Table(
            turn.t(f"people.page.will_{name}"),
            tuple(turn.t(f"people.page.{column}") for column in columns),
            lines[:MOST_ROWS],
            note=turn.t("people.page.more", n=MOST_ROWS) if len(lines) > MOST_ROWS else "",
        )
        for name, columns, lines in tables
        if lines
    ]


def _at(planned: Forecast, email: str) -> str:
    return str(planned.lines.get(email, ""))


def _difference(turn: Turn, planned: Forecast, email: str) -> str:
    """'School: A → B', a line each."""
    row = next(row for row in planned.report.rows if row.email == email)
    person, new = planned.known[email], roster.values_of(row)
    return "\n".join(
        f"{turn.t(f'people.page.{name}')}: {getattr(person, name) or '–'} → {value or '–'}"
        for name, value in new.items()
        if getattr(person, name) != value
    )
