"""What a sentence may be in the work on reports: the officer's commands, and the reporter's answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlmodel import col, select

from bot.engine.claims import Claim, Rank, after, plain, references, says
from bot.engine.dialog import Turn
from bot.engine.form_claims import is_question
from bot.engine.replies import Button, Reply, Say
from dialogs.breach import officer, reporter
from dialogs.breach.table import Breach
from dialogs.history import entries_of

SHORT = 6  # words around a reference that only ask to see it
MOST = 5


async def claims(turn: Turn) -> Sequence[Claim]:
    """For the officer all reports; for anybody else their own."""
    refs = [ref for ref in references(turn.said) if ref.startswith("BR-")]
    if officer.is_officer(turn):
        return await _officers(turn, refs)
    return await _reporters(turn, refs)


async def offers(turn: Turn) -> Sequence[Button]:
    """The buttons of the cards that lie with this person."""
    if officer.is_officer(turn):
        shown = [await officer.show(turn, ref) for ref in await _open(turn)]
        return [
            b for replies in shown for say in replies if isinstance(say, Say) for b in say.buttons
        ]
    return [button for say in await reporter.lines(turn) for button in say.buttons]


async def _officers(turn: Turn, refs: Sequence[str]) -> list[Claim]:
    words = turn.texts.words
    which = refs or await _open(turn)
    closing = after(turn.said, words("breach.words.close"))
    asking = after(turn.said, words("breach.words.ask"))
    if closing is not None and (refs or len(plain(turn.said).split()) <= 2 or ":" in turn.said):
        return [_command(turn, "close", ref, partial(_close, ref, _rest(closing))) for ref in which]
    if asking is not None:
        return [_command(turn, "ask", ref, partial(_ask, ref, _rest(asking))) for ref in which]
    if refs and len(turn.said.split()) <= SHORT:
        return [_command(turn, "show", ref, partial(_show, ref)) for ref in refs]
    if says(turn.said, words("breach.words.register")):
        return [
            Claim(Rank.COMMAND, 0.9, "breach.register", turn.t("breach.register_title"), _register)
        ]
    return []


async def _reporters(turn: Turn, refs: Sequence[str]) -> list[Claim]:
    mine = [b for b in await reporter.own_reports(turn) if not refs or b.ref in refs]
    words, found = turn.texts.words, []
    is_open = [b for b in mine if b.closed_at is None]
    if refs and len(turn.said.split()) <= SHORT:
        return [_command(turn, "mine", ref, partial(_mine, ref)) for ref in refs]
    if says(turn.said, words("breach.words.add")):
        return [_command(turn, "add", b.ref, partial(_add, b.ref, "")) for b in is_open]
    if says(turn.said, words("breach.words.withdraw")):
        found += [_command(turn, "stays", b.ref, partial(_stays, b.ref)) for b in is_open]
    if says(turn.said, words("breach.words.seen")) and mine:
        found.append(
            Claim(Rank.COMMAND, 0.9, "breach.seen", turn.t("breach.register_title"), _lines)
        )
    if says(turn.said, words("breach.words.found_back")) and not is_question(turn):
        acts = [(b.ref, partial(_add, b.ref, turn.said)) for b in is_open]
        found += [_command(turn, "add", ref, act, Rank.ANSWER) for ref, act in acts]
    if found:
        return found
    for breach in is_open:
        question = await _waiting(turn, breach)
        if question and (likely := _likely(turn)):
            label = turn.t("breach.claim.answer", ref=breach.ref)
            act = partial(_answer, breach.ref, question)
            found.append(Claim(Rank.ANSWER, likely, f"breach.answer.{breach.ref}", label, act))
    return found


def _likely(turn: Turn) -> float:
    """How likely a sentence answers the officer's question; it is shown before it is sent."""
    heard = turn.heard
    if heard.intent != "ask":
        return 0.0 if heard.sure else 0.6
    if is_question(turn):
        return 0.0 if heard.sure else 0.6
    return (
        0.7
        if heard.sure and heard.personal and not says(turn.said, ("ja", "nee", "yes", "no"))
        else 0.9
    )


def _command(turn: Turn, what: str, ref: str, act: object, rank: Rank = Rank.COMMAND) -> Claim:
    label = turn.t(f"breach.claim.{what}", ref=ref)
    return Claim(rank, 0.9, f"breach.{what}.{ref}", label, act)  # type: ignore[arg-type]


def _rest(words: str) -> str:
    """What was typed behind the command and the reference."""
    for ref in references(words):
        words = words.replace(ref, "", 1).replace(ref.lower(), "", 1)
    return words.strip(" :,.;-")


async def _open(turn: Turn) -> list[str]:
    found = await turn.db.exec(
        select(Breach.ref)
        .where(col(Breach.closed_at).is_(None))
        .order_by(col(Breach.reported_at))
        .limit(MOST)
    )
    return list(found)


async def _waiting(turn: Turn, breach: Breach) -> int:
    """The officer's last question that has no answer yet; 0 when there is none."""
    spoken = [e for e in await entries_of(turn.db, breach.ref) if e.what in ("question", "answer")]
    return (spoken[-1].id or 0) if spoken and spoken[-1].what == "question" else 0


# -- what they do --------------------------------------------------------------------------------


async def _register(turn: Turn) -> list[Reply]:
    return await officer.register(turn, "")


async def _show(ref: str, turn: Turn) -> list[Reply]:
    return await officer.show(turn, ref)


async def _close(ref: str, words: str, turn: Turn) -> list[Reply]:
    opened = await officer.close(turn, ref)
    return await _shown(turn, officer.CLOSING.name, ref, words, "close") if words else opened


async def _ask(ref: str, words: str, turn: Turn) -> list[Reply]:
    opened = await officer.ask(turn, ref)
    return await _shown(turn, officer.QUESTION.name, ref, words, "ask") if words else opened


async def _shown(turn: Turn, form: str, ref: str, words: str, what: str) -> list[Reply]:
    return await turn.pass_on(
        form, words, {"ref": ref}, intro=turn.t(f"breach.pass.{what}", ref=ref)
    )


async def _mine(ref: str, turn: Turn) -> list[Reply]:
    return await reporter.one(turn, ref)


async def _lines(turn: Turn) -> list[Reply]:
    return list(await reporter.lines(turn))


async def _add(ref: str, words: str, turn: Turn) -> list[Reply]:
    return await reporter.add_words(turn, ref, 0, words) if words else await reporter.add(turn, ref)


async def _answer(ref: str, question: int, turn: Turn) -> list[Reply]:
    return await reporter.add_words(turn, ref, question, turn.said)


async def _stays(ref: str, turn: Turn) -> list[Reply]:
    add = Button(f"breach.add:{ref}", turn.t("breach.button.add"), "primary")
    return [Say(turn.t("breach.stays", ref=ref), buttons=(add,))]
