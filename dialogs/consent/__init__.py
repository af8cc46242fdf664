"""Problems with consent (U4): from the student to the own supervisor, and followed up.

Student: `consent.start`, a short form without names, and the state at any time. Supervisor: a
card in chat or a page by mail, with seen, answer, propose a moment, settle. `open_case` takes
other questions for the supervisor the same way: a recording that is still needed after its date.
How silence is followed up stands in `chasing`.
"""

from __future__ import annotations

from bot.engine import people
from bot.engine.dialog import Dialog, Turn
from bot.engine.replies import Button, Say
from dialogs.consent import cards, chasing, claims, handler, pages, records, standing_in, student
from dialogs.consent.student import open_case
from dialogs.consent.table import HOLDING

__all__ = ["DIALOG", "open_case"]


async def lines(turn: Turn) -> list[Say]:
    """Where this person's cases stand: their own, and those that wait for them."""
    return [*await _own(turn), *await _to_do(turn)]


async def at_home(turn: Turn) -> list[Say]:
    """The home page's part."""
    return [*await _own(turn, only_open=True), *await _to_do(turn)]


async def _own(turn: Turn, *, only_open: bool = False) -> list[Say]:
    voice = turn.voice
    cases = [case for case in await records.of_student(turn) if case.is_open or not only_open]
    if len(cases) == 1:
        return [await cards.for_student(turn.db, voice, cases[0])]
    lines = [cards.line(voice, case) for case in cases]
    return _list(turn, "consent.list.own", [case.ref for case in cases], lines)


async def _to_do(turn: Turn) -> list[Say]:
    voice, lines, refs = turn.voice, [], []
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


DIALOG = Dialog(
    name="consent",
    intents={"consent.start": student.begin},
    presses={
        "consent.start": student.begin,
        "consent.withdraw": student.withdraw,
        "consent.withdrawn": student.withdrawn,
        "consent.fits": student.fits,
        "consent.misfits": student.misfits,
        "consent.add": student.add,
        "case.show": claims.show,
        **handler.PRESSES,
        **standing_in.PRESSES,
    },
    forms=(*student.FORMS, *handler.FORMS, *standing_in.FORMS),
    jobs={
        "consent.remind": chasing.remind,
        "consent.pass_on": chasing.pass_on,
        "consent.left": chasing.left,
        "consent.delivered": chasing.delivered,
        "consent.reminded": chasing.reminded,
        "consent.undelivered": chasing.undelivered,
    },
    holdings=(HOLDING,),
    home=at_home,
    status=lines,
    desk=(pages.SECTION,),
    claims=claims.claims,
    offers=claims.offers,
    grave=frozenset({"consent.withdrawn", "consent.seen", "consent.fits", "consent.misfits"}),
)
