"""What a sentence may be in the work on cases: of who handles them, and of their student."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.engine import people
from bot.engine.claims import Claim, Rank, after, references, says
from bot.engine.dialog import Turn
from bot.engine.form_claims import is_question
from bot.engine.replies import Button, Reply, Say
from dialogs.consent import cards, handler, records, student
from dialogs.consent.table import Case
from dialogs.dates.days import read_moment

SHORT = 6
MOST = 5
BRIEF = 12  # words; a longer sentence with a time in it is a story, no reply to a proposal


async def claims(turn: Turn) -> Sequence[Claim]:
    """In the own cases, and in those that wait for this person."""
    refs = [ref for ref in references(turn.said) if ref.startswith("CP-")]
    if refs and len(turn.said.split()) <= SHORT:
        return [_claim(turn, "show", ref, partial(_show, ref)) for ref in refs]
    if turn.who.role in records.HANDLING:
        return await _handlers(turn, refs)
    return await _students(turn, refs)


async def offers(turn: Turn) -> Sequence[Button]:
    """The buttons of the cards that lie with this person."""
    voice = turn.voice
    shown = [await cards.for_handler(turn.db, voice, case) for case in await records.to_do(turn)]
    own = [case for case in await records.of_student(turn) if case.is_open]
    shown += [await cards.for_student(turn.db, voice, case) for case in own]
    buttons = [button for say in shown for button in say.buttons]
    for case in own:
        proposal = await records.last(turn.db, case, "proposed", "fits", "misfits")
        if proposal and proposal.what == "proposed":
            buttons += cards.reactions(voice, case, proposal)
    return buttons


async def _handlers(turn: Turn, refs: Sequence[str]) -> list[Claim]:
    words = turn.texts.words
    cases = [case for case in await records.to_do(turn) if not refs or case.ref in refs]
    if turn.who.role == "coordinator" and says(turn.said, words("consent.words.silent")):
        return [Claim(Rank.COMMAND, 0.9, "consent.silent", turn.t("consent.button.status"), silent)]
    if says(turn.said, words("consent.words.open")):
        return [Claim(Rank.COMMAND, 0.9, "consent.open", turn.t("consent.button.status"), _to_do)]
    told = after(turn.said, words("consent.words.tell_student"))
    if told:
        return [
            await _to_student(turn, case, _that(told), Rank.COMMAND, 0.9) for case in cases[:MOST]
        ]
    if turn.heard.intent != "ask" or is_question(turn):
        return []
    # A rule that is clearly meant may also be asked without a question mark.
    likely = 0.6 if turn.heard.sure and not turn.heard.personal else 0.85
    return [await _to_student(turn, case, turn.said, Rank.ANSWER, likely) for case in cases[:MOST]]


async def _students(turn: Turn, refs: Sequence[str]) -> list[Claim]:
    words = turn.texts.words
    cases = [c for c in await records.of_student(turn) if c.is_open and (not refs or c.ref in refs)]
    if not cases:
        return []
    if says(turn.said, words("consent.words.withdraw")):
        return [_claim(turn, "withdraw", c.ref, partial(_withdraw, c.ref)) for c in cases]
    if says(turn.said, words("consent.words.seen")):
        return [_claim(turn, "show", c.ref, partial(_show, c.ref)) for c in cases]
    told = after(turn.said, words("consent.words.tell_supervisor"))
    if told:
        return [_claim(turn, "add", c.ref, partial(_add, c.ref, _that(told))) for c in cases]
    found = []
    for case in cases:
        if likely := await _reply(turn, case):
            act = partial(_add, case.ref, turn.said)
            found.append(_claim(turn, "add", case.ref, act, Rank.ANSWER, likely))
    return found


async def _reply(turn: Turn, case: Case) -> float:
    """How likely a sentence answers the supervisor's last words; it is shown before it is sent."""
    last = await records.last(turn.db, case, "answered", "proposed", "added", "fits", "misfits")
    if last is None or last.author == turn.who.key:
        return 0.0
    short = len(turn.said.split()) <= BRIEF
    if last.what == "proposed" and short:
        other = says(turn.said, turn.texts.words("consent.words.other_time"))
        if other or read_moment(turn.said, turn.now, turn.zone):
            return 0.9
    plain = turn.heard.intent == "ask" and not turn.heard.sure and not is_question(turn)
    return 0.7 if plain else 0.0


async def _to_student(turn: Turn, case: Case, words: str, rank: Rank, likely: float) -> Claim:
    name = await records.name_of(turn.db, case.student)
    label = turn.t("consent.claim.tell", name=name, ref=case.ref)
    act = partial(_tell, case.ref, name, words)
    return Claim(rank, likely, f"consent.tell.{case.ref}", label, act)


def _claim(
    turn: Turn, what: str, ref: str, act: object, rank: Rank = Rank.COMMAND, likely: float = 0.9
) -> Claim:
    label = turn.t(f"consent.claim.{what}", ref=ref)
    return Claim(rank, likely, f"consent.{what}.{ref}", label, act)  # type: ignore[arg-type]


def _that(words: str) -> str:
    """'dat het goed is' without 'dat'."""
    first, _, rest = words.partition(" ")
    return rest if first.casefold() in ("dat", "that") and rest else words


# -- what they do --------------------------------------------------------------------------------


async def silent(turn: Turn) -> list[Reply]:
    """Cases that this coordinator has, to which nobody reacted."""
    waiting = [case for case in await records.to_do(turn) if case.is_waiting]
    if not waiting:
        return turn.say("consent.silent.none")
    lines = []
    for case in waiting:
        name = await records.name_of(turn.db, case.supervisor) if case.supervisor else "-"
        who = (await people.find(turn.db, case.student)).name
        day = turn.voice.day(case.opened_at.astimezone(turn.zone).date())
        lines.append(turn.t("consent.silent.line", ref=case.ref, name=name, student=who, day=day))
    buttons = tuple(Button(f"case.show:{case.ref}", case.ref) for case in waiting)
    return [Say("\n".join([turn.t("consent.silent.text"), *lines]), buttons=buttons)]


async def _to_do(turn: Turn) -> list[Reply]:
    shown = [await cards.for_handler(turn.db, turn.voice, c) for c in await records.to_do(turn)]
    return [*shown] if shown else turn.say("status.nothing_to_do")


async def _show(ref: str, turn: Turn) -> list[Reply]:
    return await show(turn, ref)


async def show(turn: Turn, ref: str) -> list[Reply]:
    """One case as it is now; changes nothing."""
    case = await records.get(turn.db, ref)
    if case and case.student == turn.who.key:
        return [await cards.for_student(turn.db, turn.voice, case)]
    case = await records.to_handle(turn, ref)
    return [await cards.for_handler(turn.db, turn.voice, case)]


async def _tell(ref: str, name: str, words: str, turn: Turn) -> list[Reply]:
    await records.to_handle(turn, ref)
    intro = turn.t("consent.pass.tell", name=name, ref=ref)
    return await turn.pass_on(handler.ANSWER.name, words, {"ref": ref}, intro=intro)


async def _withdraw(ref: str, turn: Turn) -> list[Reply]:
    return await student.withdraw(turn, ref)


async def _add(ref: str, words: str, turn: Turn) -> list[Reply]:
    return await student.add_words(turn, ref, words)
