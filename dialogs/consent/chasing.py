"""What happens when nobody reacts: a reminder, then the coordinator, and the student is told.

Two working days after a case is opened without a reaction comes a reminder; two more later it is
passed on to the coordinators of the roster, who are reminded in the same way. 'Seen' is a
reaction for two more working days, once: who has seen it may need time, but a glance must not
park a case for ever. An answer, a proposed moment or an outcome ends the chase.
"""

from __future__ import annotations

from sqlmodel import col, select

from bot.engine import jobs, people
from bot.engine.dialog import Work
from bot.engine.outbox import Fate
from dialogs.consent import cards, records
from dialogs.consent.desk import Desk, Gone, Handed, Look, turn_of
from dialogs.consent.table import Case, CaseState

REMINDER = "reminder"  # the text of `consent.asks`
TOLD_AFTER = 12  # failed attempts


async def remind(work: Work) -> None:
    """No reaction yet: remind who has the case, and say so to the student."""
    desk = Desk.of(work)
    case = await _waiting(desk, work)
    if case is None:
        return
    await _follow_roster(desk, case)
    to = await desk.fallbacks() if case.passed_on_at else await desk.acting([case.holder])
    for person in to:
        await desk.hand_over(case, work.task.key, person, REMINDER)
    await desk.plan("consent.pass_on", case, desk.follow_up(work.now))


async def reminded(work: Work) -> None:
    """The reminder arrived: only now is it said. Of several coordinators the first one counts."""
    handed = work.load(Handed)
    case = await records.get(work.db, handed.ref)
    if case is None or not case.is_waiting:
        return
    desk = Desk.of(work)
    entry = await desk.note(case, handed.to, "reminded")
    voice = await desk.voice(case.student)
    name = await records.name_of(work.db, handed.to)
    await desk.tell(case, entry, case.student, voice.t("consent.told.reminded", name=name))
    to = await desk.fallbacks() if case.passed_on_at else await desk.acting([handed.to])
    await desk.update(case, entry, to)


async def pass_on(work: Work) -> None:
    """Still no reaction: the case goes to the coordinators."""
    desk = Desk.of(work)
    case = await _waiting(desk, work)
    if case:
        await _pass_on(desk, case, "passed")


async def left(work: Work) -> None:
    """Who had these cases left: they go to the student's new supervisor, else to the coordinators."""
    desk, gone = Desk.of(work), work.load(Gone).who
    still = col(Case.holder) == gone, col(Case.closed_at).is_(None)
    refs = list(await work.db.exec(select(Case.ref).where(*still).order_by(Case.ref)))
    for case in [await records.get(work.db, ref) for ref in refs]:
        if case is None or not (await people.find(work.db, gone)).left:
            continue
        case.handed_to = "" if case.handed_to == gone else case.handed_to
        await _follow_roster(desk, case)
        if case.holder != gone:
            await _take_over(desk, case, gone, [case.holder])
        elif case.passed_on_at and (others := await desk.fallbacks()):
            case.holder = others[0]
            await _take_over(desk, case, gone, others)
        else:
            await _pass_on(desk, case, "left")


async def _take_over(desk: Desk, case: Case, before: str, to: list[str]) -> None:
    """The same case, with somebody else: nobody there has seen it yet."""
    case.state, case.seen_at = CaseState.SENT, None
    entry = await desk.note(case, case.holder, "passed_on")
    for person in to:
        await desk.hand_over(case, entry, person, "taken_over")
    voice = await desk.voice(case.student)
    name, new = [await records.name_of(desk.db, key) for key in (before, case.holder)]
    await desk.tell(case, entry, case.student, voice.t("consent.told.left", name=name, new=new))
    await desk.update(case, entry, to)
    again, soon = f":{entry.id}", desk.follow_up(desk.now)
    await desk.plan("consent.remind", case, soon, again=again)
    await desk.plan("consent.pass_on", case, desk.follow_up(soon), again=again)


async def delivered(work: Work) -> None:
    """The case arrived; by chat and by mail counts once."""
    handed = work.load(Handed)
    case, to = await records.get(work.db, handed.ref), handed.to
    if case is None:
        return
    desk = Desk.of(work)
    if handed.intro == REMINDER:
        key = f"consent.reminded:{case.ref}:{handed.step}"
        await work.later(jobs.More(key, "consent.reminded", jobs.to_payload(handed)))
    if await records.last(work.db, case, "delivered", author=to):
        return
    late = await records.last(work.db, case, "undelivered", author=to)
    entry = await desk.note(case, to, "delivered")
    if late:
        voice = await desk.voice(case.student)
        text = voice.t("consent.told.delivered", name=await records.name_of(work.db, to))
        await desk.tell(case, entry, case.student, text)
    await desk.update(case, entry, await desk.handlers(case))


async def undelivered(work: Work) -> None:
    """The case did not arrive: the student hears it, and somebody else gets it.

    Who can never be reached gets no second try; a mail server that is down is tried on and on,
    and after some forty minutes the student hears that too.
    """
    handed, fate = work.load(Handed), work.load(Fate)
    case, to = await records.get(work.db, handed.ref), handed.to
    if not (fate.final or fate.attempts >= TOLD_AFTER) or case is None or not case.is_open:
        return
    if await records.last(work.db, case, "delivered", author=to):
        return
    desk = Desk.of(work)
    first = await records.last(work.db, case, "undelivered", author=to) is None
    if not (first or fate.final):
        return
    entry = await desk.note(case, to, "undelivered")
    if fate.final and not case.passed_on_at and to == case.holder and await desk.fallbacks():
        await _pass_on(desk, case, "unreachable")
        return
    if first:
        await _send_it_yourself(desk, case, "undelivered", to)
    await desk.update(case, entry, await desk.handlers(case))


async def _waiting(desk: Desk, work: Work) -> Case | None:
    """The case, if it still waits for this very person and their time is over."""
    look = work.load(Look)
    case = await records.get(desk.db, look.ref)
    if case is None or not case.is_waiting or turn_of(case) != look.turn:
        return None
    until = desk.follow_up(case.seen_at) if case.seen_at else None
    if until and until > desk.now:
        await desk.plan(work.task.kind, case, until, again=":seen")
        return None
    return case


async def _follow_roster(desk: Desk, case: Case) -> None:
    """Since a new roster the student may have another supervisor."""
    if case.passed_on_at or case.handed_to:
        return
    now = (await people.find(desk.db, case.student)).supervisor_email
    if now and (await people.find(desk.db, now)).role in records.HANDLING:
        case.supervisor = case.holder = now


async def _pass_on(desk: Desk, case: Case, why: str) -> None:
    before = case.holder
    to = [person for person in await desk.fallbacks() if person != before]
    if case.passed_on_at or not to:
        entry = await desk.note(case, before, "silent")
        await _send_it_yourself(desk, case, "silent", before)
        await desk.update(case, entry)
        return
    case.passed_on_at, case.holder = desk.now, to[0]
    case.state, case.seen_at = CaseState.SENT, None
    entry = await desk.note(case, to[0], "passed_on")
    for person in to:
        await desk.hand_over(case, entry, person, why)
    voice = await desk.voice(case.student)
    name = await records.name_of(desk.db, before)
    text = voice.t(f"consent.told.{why}", name=name, new=await records.name_of(desk.db, to[0]))
    await desk.tell(case, entry, case.student, text)
    await desk.update(case, entry, to)
    await desk.plan("consent.remind", case, desk.follow_up(desk.now))


async def _send_it_yourself(desk: Desk, case: Case, key: str, to: str) -> None:
    """The honest end: what did not work, and the whole text to send by hand."""
    voice = await desk.voice(case.student)
    name = await records.name_of(desk.db, to)
    student = await records.name_of(desk.db, case.student)
    text = "\n\n".join(
        (
            voice.t(f"consent.told.{key}", name=name, email=to),
            cards.by_hand(voice, case, student),
        )
    )
    entry = await desk.note(case, to, "by_hand")
    await desk.tell(case, entry, case.student, text)
