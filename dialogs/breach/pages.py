"""The register at the desk: every report with both clocks, one report with its whole thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.engine import people
from bot.engine.dialog import Refused, Turn
from bot.engine.people import is_email
from bot.engine.replies import Say
from bot.engine.views import Criterion, File, Filters, Line, Link, Query, Section, Table, View, Ways
from dialogs import sheets
from dialogs.breach import register as book
from dialogs.breach import words
from dialogs.breach.clock import deadline, institute_deadline, say_span
from dialogs.breach.form import FORM
from dialogs.breach.officer import is_officer
from dialogs.breach.post import BOT
from dialogs.breach.table import Breach, BreachState
from dialogs.history import Entry, entries_of

OPEN = (BreachState.SENT, BreachState.DELIVERED)
STATES = ("open", "acknowledged", "closed", "late")
FORMATS = ("csv", "xlsx", "json")
WHAT = FORM.field("what")


async def show(turn: Turn, query: Query) -> View:
    """The register, or one report of it."""
    if query.argument:
        return await _report(turn, query.argument)
    breaches = await _wanted(turn, query)
    title = turn.t("breach.register_title")
    columns = ("ref", "kind", "state", "noticed", "clock_24", "clock_72")
    table = Table(
        turn.t("breach.page.found", n=len(breaches)),
        tuple(turn.t(f"breach.page.{name}") for name in columns),
        tuple(_row(turn, breach) for breach in breaches),
        empty=turn.t("breach.page.nothing"),
        note=turn.t("breach.clock_note"),
    )
    files = tuple(
        Link(turn.t("breach.page.save", form=form), "register", f"register.{form}", whole=True)
        for form in FORMATS
    )
    return View(title, (_filters(turn, query), table, Ways(files)))


async def as_csv(turn: Turn, query: Query) -> File:
    """What the page shows, as CSV that a Dutch Excel reads as it is."""
    text = book.export(*await _listed(turn, query), "csv", turn.zone, turn.office.hours)
    return File("register.csv", sheets.CSV, text.encode("utf-8-sig"))


async def as_json(turn: Turn, query: Query) -> File:
    """The same as JSON."""
    text = book.export(*await _listed(turn, query), "json", turn.zone, turn.office.hours)
    return File("register.json", sheets.JSON, text.encode())


async def as_xlsx(turn: Turn, query: Query) -> File:
    """The same as a spreadsheet."""
    found = await _listed(turn, query)
    return File(
        "register.xlsx", sheets.XLSX, book.as_workbook(*found, turn.zone, turn.office.hours)
    )


SECTION = Section(
    "register",
    "breach.register_title",
    is_officer,
    show,
    {"register.csv": as_csv, "register.xlsx": as_xlsx, "register.json": as_json},
)


# -- the list ------------------------------------------------------------------------------------


async def _wanted(turn: Turn, query: Query) -> list[Breach]:
    """The reports that pass the filters: late ones on top, then open ones, the oldest first."""
    found = (await turn.db.exec(select(Breach).order_by(col(Breach.reported_at)))).all()
    state, kind, term = query.get("state"), query.get("kind"), query.get("q").casefold()
    passing = [
        breach
        for breach in found
        if state in ("", _state(breach, turn.now))
        or (state == "open" and _state(breach, turn.now) == "late")
    ]
    named = [b for b in passing if kind in ("", b.answers.get("what"))]
    hits = [b for b in named if term in _searched(b)]
    return sorted(hits, key=lambda b: (not _late(b, turn.now), b.closed_at is not None))


def _searched(breach: Breach) -> str:
    parts = (breach.ref, breach.reporter, breach.reporter_name, *map(str, breach.answers.values()))
    return " ".join(parts).casefold()


async def _listed(turn: Turn, query: Query) -> tuple[Sequence[Breach], Sequence[Entry]]:
    breaches = await _wanted(turn, query)
    refs = [breach.ref for breach in breaches]
    entries = await turn.db.exec(
        select(Entry).where(col(Entry.subject).in_(refs)).order_by(col(Entry.id))
    )
    return breaches, entries.all()


def _filters(turn: Turn, query: Query) -> Filters:
    states = (("", turn.t("breach.page.all")), *((s, _say_state(turn, s)) for s in STATES))
    kinds = (
        ("", turn.t("breach.page.all")),
        *((k, turn.t(f"breach.what.{k}")) for k in WHAT.options),
    )
    return Filters(
        (
            Criterion("state", turn.t("breach.page.state"), query.get("state"), states),
            Criterion("kind", turn.t("breach.page.kind"), query.get("kind"), kinds),
            Criterion("q", turn.t("breach.page.search"), query.get("q")),
        ),
        turn.t("breach.page.filter"),
    )


def _say_state(turn: Turn, state: str) -> str:
    return turn.t(f"breach.page.state_{state}")


def _state(breach: Breach, now: datetime) -> str:
    if _late(breach, now):
        return "late"
    return "open" if breach.state in OPEN else str(breach.state)


def _late(breach: Breach, now: datetime) -> bool:
    """Open, with the institute's time over."""
    return breach.closed_at is None and institute_deadline(breach.reported_at) <= now


def _row(turn: Turn, breach: Breach) -> Line:
    voice = turn.voice
    cells = (
        breach.ref,
        words.kind(voice, breach),
        _say_state(turn, _state(breach, turn.now)),
        voice.moment(breach.noticed_at),
        _clock_24(turn, breach),
        _clock_72(turn, breach),
    )
    return Line(cells, to=f"register/{breach.ref}", late=_late(breach, turn.now))


def _clock_24(turn: Turn, breach: Breach) -> str:
    """Whether the report came within the reporter's hours."""
    late = breach.reported_at - deadline(breach.noticed_at, turn.office.hours)
    if late.total_seconds() <= 0:
        return turn.t("breach.page.in_time")
    return turn.t("breach.page.too_late", span=say_span(turn.voice, late))


def _clock_72(turn: Turn, breach: Breach) -> str:
    """What is left for the institute; once closed, when that was."""
    if breach.closed_at:
        day = breach.closed_at.astimezone(turn.zone).date()
        return turn.t("breach.page.closed_on", day=turn.voice.day(day))
    left = institute_deadline(breach.reported_at) - turn.now
    if left.total_seconds() <= 0:
        return turn.t("breach.page.over", span=say_span(turn.voice, -left))
    return turn.t("breach.left", left=say_span(turn.voice, left))


# -- one report ----------------------------------------------------------------------------------


async def _report(turn: Turn, ref: str) -> View:
    breach = await turn.db.get(Breach, ref)
    if breach is None:
        raise Refused("breach.unknown", ref=ref[:20])
    entries = await entries_of(turn.db, breach.ref)
    card = words.card(turn.voice, breach, entries, turn.now, turn.office.hours)
    names = {key: await _name(turn, key) for key in {e.author for e in entries}}
    print_it = Link(turn.t("breach.page.print"), f"register/{breach.ref}", printed=True)
    return View(
        turn.t("breach.card_title", ref=breach.ref, kind=words.kind(turn.voice, breach)),
        (
            words_only(card),
            _thread(turn, entries, names),
            _delivered(turn, breach, entries),
            Ways((print_it,)),
        ),
        back=Link(turn.t("breach.register_title"), "register"),
    )


def words_only(card: Say) -> Say:
    """The card without its title, which is the page's."""
    return Say(text=card.text, facts=card.facts, note=card.note, buttons=card.buttons)


def _thread(turn: Turn, entries: Sequence[Entry], names: Mapping[str, str]) -> Table:
    """Everything that people did with it: by whom, when, from where."""
    columns = ("when", "who", "step", "said", "place")
    rows = tuple(
        Line(
            (
                turn.voice.moment(entry.at),
                names[entry.author],
                turn.t(f"breach.page.step_{entry.what}"),
                entry.words,
                turn.t(f"desk.place.{entry.place}") if entry.place else "",
            )
        )
        for entry in entries
        if entry.author != BOT
    )
    title = turn.t("breach.page.thread")
    return Table(title, tuple(turn.t(f"breach.page.{name}") for name in columns), rows)


def _delivered(turn: Turn, breach: Breach, entries: Sequence[Entry]) -> Table:
    """What went where: each report and addition, by mail, in chat, or by hand."""
    told = {
        f"#{entry.id}": turn.t(f"breach.page.step_{entry.what}")
        for entry in entries
        if entry.author != BOT
    }
    rows = tuple(
        Line(
            (
                turn.voice.moment(entry.at),
                told.get(entry.words, ""),
                turn.t(f"breach.page.way_{entry.what}", address=turn.office.privacy_officer),
            )
        )
        for entry in entries
        if entry.author == BOT
    )
    columns = tuple(turn.t(f"breach.page.{name}") for name in ("when", "step", "way"))
    return Table(
        turn.t("breach.page.delivered"), columns, rows, empty=turn.t("breach.page.not_delivered")
    )


async def _name(turn: Turn, key: str) -> str:
    who = await people.find(turn.db, key)
    if who.name != key or is_email(key):
        return who.name
    return key or turn.t("breach.page.gone")
