"""Problems with consent (U4): from the student to the own supervisor, and followed up.

Student: `consent.start`, a short form without names, and the state at any time. Supervisor: a
card in chat or a page by mail, with seen, answer, propose a moment, settle. `open_case` takes
other questions for the supervisor the same way: a recording that is still needed after its date.
How silence is followed up stands in `chasing`.
"""

from __future__ import annotations

from bot.engine import people
from bot.engine.dialog import Dialog, Office, Turn
from bot.engine.replies import Button, Reply, Say
from dialogs.consent import cards, handler, records, student
from dialogs.consent.chasing import Chasing
from dialogs.consent.student import open_case

__all__ = ["lines", "make", "open_case"]


def make(office: Office) -> Dialog:
    """The dialog; its jobs need the institute."""
    return Dialog(
        name="consent",
        intents={"consent.start": student.begin},
        presses={
            "consent.start": student.begin,
            "consent.withdraw": student.withdraw,
            "consent.withdrawn": student.withdrawn,
            "consent.fits": student.fits,
            "consent.misfits": student.misfits,
            "case.show": show,
            **handler.PRESSES,
        },
        forms=(*student.FORMS, *handler.FORMS),
        jobs=Chasing(office).jobs(),
        home=at_home,
    )


async def show(turn: Turn, ref: str) -> list[Reply]:
    """One case as it is now; changes nothing."""
    voice = turn.office.voice(turn.lang)
    case = await records.get(turn.db, ref)
    if case and case.student == turn.who.key:
        return [await cards.for_student(turn.db, voice, case)]
    case = await records.to_handle(turn, ref)
    return [await cards.for_handler(turn.db, voice, case)]


async def lines(turn: Turn) -> list[Say]:
    """Where this person's cases stand: their own, and those that wait for them."""
    return [*await _own(turn), *await _to_do(turn)]


async def at_home(turn: Turn) -> list[Say]:
    """The home page's part."""
    return [*await _own(turn, only_open=True), *await _to_do(turn)]


async def _own(turn: Turn, *, only_open: bool = False) -> list[Say]:
    voice = turn.office.voice(turn.lang)
    cases = [
        case
        for case in await records.of_student(turn)
        if case.state in records.OPEN or not only_open
    ]
    if len(cases) == 1:
        return [await cards.for_student(turn.db, voice, cases[0])]
    lines = [cards.line(voice, case) for case in cases]
    return _list(turn, "consent.list.own", [case.ref for case in cases], lines)


async def _to_do(turn: Turn) -> list[Say]:
    voice, lines, refs = turn.office.voice(turn.lang), [], []
    for case in await records.to_do(turn):
        name = (await people.find(turn.db, case.student)).name
        lines.append(cards.line(voice, case, name))
        refs.append(case.ref)
    return _list(turn, "consent.list.to_do", refs, lines)


def _list(turn: Turn, key: str, refs: list[str], lines: list[str]) -> list[Say]:
    if not lines:
        return []
    buttons = tuple(Button(f"case.show:{ref}", ref) for ref in refs)
    return [Say("\n".join([turn.t(key), *lines]), buttons=buttons)]
