"""Cases at the desk: a student's own, a supervisor's to do, and for the coordinator where all stand.

The words of a case are for its student and for who may handle it; the coordinator's overview has
none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from bot.engine.dialog import Refused, Turn
from bot.engine.people import ROLES
from bot.engine.replies import Button, Say
from bot.engine.store.tables import Job
from bot.engine.views import (
    Chart,
    Criterion,
    File,
    Filters,
    Line,
    Link,
    Part,
    Query,
    Section,
    Table,
    View,
)
from dialogs.calendars import MEDIA
from dialogs.consent import appointments, cards, records
from dialogs.consent.standing_in import may_hand_over
from dialogs.consent.table import OPEN, Case, CaseState, Delegation

NEXT = ("consent.remind", "consent.pass_on")
WEEKS_SHOWN = 4
LONGEST_AGO = timedelta(days=366)


def _may(turn: Turn) -> bool:
    return turn.who.role in ROLES and turn.who.role != "privacy_officer"


async def show(turn: Turn, query: Query) -> View:
    """The cases of this person, or one of them."""
    if query.argument:
        return await _case(turn, query.argument)
    title = turn.t("consent.page.title")
    if turn.who.role == "student":
        return View(title, (_own(turn, await records.of_student(turn)),))
    to_do = await records.to_do(turn)
    parts: list[Part] = [await _to_do(turn, to_do), *await _away(turn)]
    if may_hand_over(turn):
        every = await _every(turn)
        parts += [_filters(turn, query), await _overview(turn, every, query), _chart(turn, every)]
    return View(title, tuple(parts))


async def moment(turn: Turn, query: Query) -> File:
    """The moment that was proposed last, for the calendar of both."""
    case = await records.get(turn.db, query.argument)
    if case is None or not (case.student == turn.who.key or await records.handles(turn, case)):
        raise Refused("consent.not_yours")
    proposal = await records.last(turn.db, case, "proposed")
    if proposal is None:
        raise Refused("consent.proposal_over")
    content = appointments.as_calendar(turn.voice, case, proposal, turn.now)
    return File(appointments.FILE, MEDIA, content)


SECTION = Section("cases", "consent.page.title", _may, show, {appointments.FILE: moment})


# -- lists ---------------------------------------------------------------------------------------


def _own(turn: Turn, cases: Sequence[Case]) -> Table:
    rows = tuple(
        Line(
            (cards.title(turn.voice, case), _state(turn, case), _day(turn, case.opened_at)),
            to=f"cases/{case.ref}",
        )
        for case in cases
    )
    return Table(
        turn.t("consent.page.own"),
        _columns(turn, "about", "state", "since"),
        rows,
        empty=turn.t("consent.page.none"),
    )


async def _to_do(turn: Turn, cases: Sequence[Case]) -> Table:
    rows = [
        Line(
            (
                cards.title(turn.voice, case),
                await records.name_of(turn.db, case.student),
                _state(turn, case),
                _day(turn, case.opened_at),
            ),
            to=f"cases/{case.ref}",
        )
        for case in cases
    ]
    return Table(
        turn.t("consent.page.to_do"),
        _columns(turn, "about", "student", "state", "since"),
        tuple(rows),
        empty=turn.t("consent.page.nothing_to_do"),
    )


async def _away(turn: Turn) -> list[Say]:
    """Who stands in for this person, and for whom they stand in: both see it."""
    row = await turn.db.get(Delegation, turn.who.key)
    if row and row.until >= turn.today:
        name = await records.name_of(turn.db, row.to)
        text = turn.t("consent.delegation.mine", name=name, day=turn.voice.day(row.until))
        button = Button("consent.delegate_end", turn.t("consent.button.delegate_end"))
    else:
        text = turn.t("consent.delegation.text")
        button = Button("consent.delegate", turn.t("consent.button.delegate"))
    found = await turn.db.exec(
        select(Delegation).where(Delegation.to == turn.who.key, Delegation.until >= turn.today)
    )
    theirs = [
        turn.t(
            "consent.delegation.theirs",
            name=await records.name_of(turn.db, other.person),
            day=turn.voice.day(other.until),
        )
        for other in found
    ]
    title = turn.t("consent.delegation.title")
    return [Say("\n".join([*theirs, text]), title=title, buttons=(button,))]


async def _every(turn: Turn) -> Sequence[Case]:
    """Open cases, and those of the last year."""
    since = turn.now - LONGEST_AGO
    found = await turn.db.exec(
        select(Case)
        .where(col(Case.state).in_(OPEN) | (col(Case.closed_at) > since))
        .order_by(col(Case.opened_at))
    )
    return found.all()


def _filters(turn: Turn, query: Query) -> Filters:
    every = ("", turn.t("consent.page.open"))
    states = (every, *((s.value, turn.t(f"consent.state.{s}")) for s in CaseState))
    choice = Criterion("state", turn.t("consent.page.state"), query.get("state"), states)
    return Filters((choice,), turn.t("consent.page.filter"))


async def _overview(turn: Turn, cases: Sequence[Case], query: Query) -> Table:
    wanted = query.get("state")
    shown = [c for c in cases if (c.state == wanted if wanted else c.is_open)]
    steps = await _next_steps(turn)
    rows = [await _standing(turn, case, steps) for case in shown]
    return Table(
        turn.t("consent.page.every", n=len(rows)),
        _columns(turn, "ref", "student", "state", "holder", "since", "next"),
        tuple(rows),
        empty=turn.t("consent.page.none"),
        note=turn.t("consent.page.no_words"),
    )


async def _standing(turn: Turn, case: Case, steps: Mapping[str, tuple[str, datetime]]) -> Line:
    """Where a case stands: nothing of what it is about."""
    what, at = steps.get(case.ref, ("", None))
    coming = turn.t(f"consent.page.then_{what}", at=turn.voice.moment(at)) if at else ""
    cells = (
        case.ref,
        await records.name_of(turn.db, case.student),
        _state(turn, case),
        await records.name_of(turn.db, case.holder) if case.is_open else "",
        _day(turn, case.opened_at),
        coming if case.is_waiting else "",
    )
    give = Button(f"consent.hand_over:{case.ref}", turn.t("consent.button.hand_over"))
    late = case.passed_on_at is not None and case.is_waiting
    return Line(cells, f"cases/{case.ref}", late=late, buttons=(give,) if case.is_open else ())


async def _next_steps(turn: Turn) -> dict[str, tuple[str, datetime]]:
    """Per case what the bot does next by itself, and when."""
    found = await turn.db.exec(
        select(Job).where(
            col(Job.kind).in_(NEXT), col(Job.done).is_(None), col(Job.error).is_(None)
        )
    )
    jobs = sorted(found, key=lambda job: job.due, reverse=True)
    return {job.payload["ref"]: (job.kind.partition(".")[2], job.due) for job in jobs}


def _chart(turn: Turn, cases: Sequence[Case]) -> Chart:
    """How long it took to settle: per week, the longest in one."""
    weeks = Counter(
        min((case.closed_at - case.opened_at).days // 7, WEEKS_SHOWN)
        for case in cases
        if case.closed_at and case.state == CaseState.SETTLED
    )
    bars = tuple(
        (turn.t("consent.page.week" if n < WEEKS_SHOWN else "consent.page.longer", n=n + 1), weeks[n])
        for n in range(WEEKS_SHOWN + 1)
    )  # fmt: skip
    columns = (turn.t("consent.page.within"), turn.t("consent.page.number"))
    return Chart(turn.t("consent.page.settled_in"), columns, bars)


# -- one case ------------------------------------------------------------------------------------


async def _case(turn: Turn, ref: str) -> View:
    case = await records.get(turn.db, ref)
    back = Link(turn.t("consent.page.title"), "cases")
    if case and case.student == turn.who.key:
        card = await cards.for_student(turn.db, turn.voice, case)
        return View(card.title, (_untitled(card),), back)
    if case and await records.handles(turn, case):
        card = await cards.for_handler(turn.db, turn.voice, case)
        return View(card.title, (_untitled(card),), back)
    if case and may_hand_over(turn):
        line = await _standing(turn, case, await _next_steps(turn))
        columns = _columns(turn, "ref", "student", "state", "holder", "since", "next")
        facts = tuple((c, v) for c, v in zip(columns, line.cells, strict=True) if v)
        note = turn.t("consent.page.no_words")
        return View(case.ref, (Say(facts=facts, note=note, buttons=line.buttons),), back)
    raise Refused("consent.not_yours")


def _untitled(card: Say) -> Say:
    return Say(text=card.text, facts=card.facts, note=card.note, buttons=card.buttons)


def _columns(turn: Turn, *names: str) -> tuple[str, ...]:
    return tuple(turn.t(f"consent.page.{name}") for name in names)


def _state(turn: Turn, case: Case) -> str:
    return turn.t(f"consent.state.{case.state}")


def _day(turn: Turn, at: datetime) -> str:
    day: date = at.astimezone(turn.zone).date()
    return turn.voice.day(day)
