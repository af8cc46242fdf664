"""What the privacy officer does: see the reports, acknowledge, ask back, close, export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.engine.dialog import Refused, Turn, Voice
from bot.engine.forms import Field, Form, Kind
from bot.engine.outbox import Notice
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.tables import Draft
from dialogs.breach import post, reporter, words
from dialogs.breach import register as book
from dialogs.breach.clock import institute_deadline, say_span
from dialogs.breach.table import Breach, BreachState
from dialogs.history import entries_of, step

QUESTION = Form(
    "breachquestion",
    (Field("question", Kind.PARAGRAPH, required=True, max_length=1000, asks=True),),
    sends=True,
    incidents=True,
)
CLOSING = Form(
    "breachclosing",
    (Field("outcome", Kind.PARAGRAPH, required=True, max_length=1000),),
    sends=True,
    incidents=True,
)
MOST_LISTED = 20
MOST_BUTTONS = 10
LONGEST_MESSAGE = 2800
MOST_MESSAGES = 8


async def register(turn: Turn, what: str) -> list[Reply]:
    """The reports, open ones first, oldest first: their clock runs out soonest."""
    _only_officer(turn)
    found = await turn.db.exec(
        select(Breach)
        .order_by(col(Breach.closed_at).is_not(None), col(Breach.reported_at))
        .limit(MOST_LISTED)
    )
    breaches = found.all()
    if not breaches:
        return turn.say("breach.none")
    voice = turn.voice
    shows = [Button(f"breach.show:{b.ref}", b.ref) for b in breaches if b.closed_at is None]
    exports = [Button(f"breach.export:{form}", form.upper()) for form in book.FORMATS]
    total, waiting = await _counted(turn)
    return [
        Say(
            turn.t("breach.register", waiting=waiting, total=total, shown=len(breaches)),
            title=turn.t("breach.register_title"),
            facts=tuple((b.ref, _listed(turn, voice, b)) for b in breaches),
            note=turn.t("breach.clock_note"),
            buttons=(*shows[:MOST_BUTTONS], *exports),
        )
    ]


async def show(turn: Turn, ref: str) -> list[Reply]:
    """One report, as a new card; later changes are drawn there."""
    breach = await _held(turn, ref)
    return [await _card(turn, breach)]


async def acknowledge(turn: Turn, ref: str) -> list[Reply]:
    """The officer has seen the report."""
    breach = await _held(turn, ref)
    if breach.acknowledged_at or breach.closed_at:
        raise Refused("breach.already", ref=ref)
    breach.acknowledged_at, breach.state = turn.now, BreachState.ACKNOWLEDGED
    await step(turn, breach.ref, "acknowledged")
    await _tell(turn, breach, "breach.told.acknowledged", "acknowledged")
    return await _done(turn, breach, "breach.noted.acknowledged")


async def ask(turn: Turn, ref: str) -> list[Reply]:
    """Ask the reporter something."""
    breach = await _held(turn, ref, still_open=True)
    return await turn.open_form(QUESTION.name, data={"ref": breach.ref})


async def submit_question(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """Bring the question to the reporter."""
    breach = await _held(turn, draft.data["ref"], still_open=True)
    entry = await step(turn, breach.ref, "question", values["question"])
    await _tell(
        turn, breach, "breach.told.question", f"question:{entry.id}",
        button=f"breach.answer:{breach.ref}:{entry.id}", question=values["question"],
    )  # fmt: skip
    return await _done(turn, breach, "breach.noted.question")


async def close(turn: Turn, ref: str) -> list[Reply]:
    """Close a report, with its outcome."""
    breach = await _held(turn, ref, still_open=True)
    return await turn.open_form(CLOSING.name, data={"ref": breach.ref})


async def submit_closing(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The report is closed; the reporter reads the outcome."""
    breach = await _held(turn, draft.data["ref"], still_open=True)
    breach.closed_at, breach.state, breach.closing = turn.now, BreachState.CLOSED, values["outcome"]
    await step(turn, breach.ref, "closed", values["outcome"])
    await _tell(turn, breach, "breach.told.closed", "closed", outcome=values["outcome"])
    return await _done(turn, breach, "breach.noted.closed")


async def export_here(turn: Turn, form: str) -> list[Reply]:
    """The whole register as text in the chat, in as many messages as it takes."""
    _only_officer(turn)
    if form not in book.FORMATS:
        raise Refused("breach.unknown_format")
    text = await book.export_all(turn.db, form, turn.zone, turn.office.hours)
    pieces = _pieces(text)
    if len(pieces) > MOST_MESSAGES:
        return turn.say("breach.export_long", format=form)
    return [*turn.say("breach.export", format=form.upper(), n=len(pieces)), *map(Say, pieces)]


async def home(turn: Turn) -> list[Say]:
    """How many reports wait for the officer; for others, what they did not finish."""
    if not is_officer(turn):
        return await reporter.unfinished(turn)
    total, waiting = await _counted(turn)
    button = Button("breach.register", turn.t("breach.register_title"))
    text = turn.t("breach.register", waiting=waiting, total=total, shown=min(total, MOST_LISTED))
    return [Say(text, title=turn.t("breach.register_title"), buttons=(button,))]


def is_officer(turn: Turn) -> bool:
    """Only the privacy officer sees reports: by role, or by the office's own address."""
    mailbox = bool(turn.who.email) and turn.who.email in turn.office.officers
    return turn.who.role == "privacy_officer" or (mailbox and not turn.who.left)


# -- helpers -------------------------------------------------------------------------------------


def _only_officer(turn: Turn) -> None:
    if not is_officer(turn):
        raise Refused("breach.officer_only")


async def _held(turn: Turn, ref: str, *, still_open: bool = False) -> Breach:
    """The report, for the officer alone."""
    _only_officer(turn)
    breach = await post.locked(turn.db, ref)
    if breach is None:
        raise Refused("breach.unknown", ref=ref[:20])
    if still_open and breach.closed_at:
        raise Refused("breach.already_closed", ref=ref)
    return breach


async def _tell(
    turn: Turn, breach: Breach, key: str, step: str, *, button: str = "", **values: object
) -> None:
    """The reporter hears of every step."""
    voice = await turn.office.voice_for(turn.db, breach.reporter)
    text = voice.t(key, ref=breach.ref, at=voice.moment(turn.now), **values)
    title = voice.t("breach.told.title", ref=breach.ref)
    buttons = (Button(button, voice.t("breach.button.answer"), "primary"),) if button else ()
    by_mail = voice.t("breach.answer_by_mail", address=turn.office.privacy_officer)
    said = Say(text, title=title, buttons=buttons)
    mail_text = Say(text, title=title, note=by_mail if button else "")
    key = f"breach:{breach.ref}:told:{step}"
    await turn.notify(Notice(breach.reporter, said, key, mail_text=mail_text))


async def _done(turn: Turn, breach: Breach, key: str) -> list[Reply]:
    """A sentence, and the card as it is now, here and in the chats of the other officers."""
    await post.send_cards(turn.db, turn.office, breach, turn.now, but=turn.who.key)
    card = replace(await _card(turn, breach), replace=True)
    return [*turn.say(key, ref=breach.ref), card]


async def _card(turn: Turn, breach: Breach) -> Say:
    entries = await entries_of(turn.db, breach.ref)
    return words.card(turn.voice, breach, entries, turn.now, turn.office.hours)


async def _counted(turn: Turn) -> tuple[int, int]:
    """All reports, and those not closed."""
    found = await turn.db.exec(
        select(func.count(), func.count(col(Breach.closed_at))).select_from(Breach)
    )
    total, closed = found.one()
    return total, total - closed


def _listed(turn: Turn, voice: Voice, breach: Breach) -> str:
    """Kind, state, and what is left of the 72 hours."""
    parts = [words.kind(voice, breach), words.state(voice, breach)]
    if breach.closed_at is None:
        left = institute_deadline(breach.reported_at) - turn.now
        over = left.total_seconds() <= 0
        key = "breach.clock_over" if over else "breach.clock_left"
        parts.append(turn.t(key, left=say_span(voice, left)))
    return " · ".join(parts)


def _pieces(text: str) -> list[str]:
    """The text cut into messages, at line ends where that is possible."""
    pieces, rest = [], text
    while len(rest) > LONGEST_MESSAGE:
        cut = rest.rfind("\n", 0, LONGEST_MESSAGE) + 1 or LONGEST_MESSAGE
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest]
