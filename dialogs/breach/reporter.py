"""What the reporter does: send, ask how it stands, add to it, and send it by hand if need be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from bot.engine.dialog import Refused, Turn
from bot.engine.forms import Field, Form, Kind
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.database import next_number
from bot.engine.store.tables import OPEN_STATES, Draft
from dialogs.breach import post, words
from dialogs.breach.form import FORM
from dialogs.breach.post import Letter
from dialogs.breach.table import Breach
from dialogs.history import Entry, entries_of, step

MORE = Form(
    "breachanswer",
    (Field("answer", Kind.PARAGRAPH, required=True, max_length=1500),),
    sends=True,
    incidents=True,
)
MOST_SHOWN = 5


async def submit(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """Keep the report, send it off, and promise nothing that has not happened yet."""
    year = turn.now.astimezone(turn.zone).year
    number = await next_number(turn.db, f"BR-{year}")
    answers = {name: value for name, value in values.items() if name != "noticed_at"}
    if turn.who.school:
        answers.setdefault("school", turn.who.school)
    breach = Breach(
        ref=f"BR-{year}-{number:04d}",
        reporter=turn.who.key,
        reporter_name=turn.who.name,
        answers=answers,
        noticed_at=datetime.fromisoformat(values["noticed_at"]),
        reported_at=turn.now,
    )
    turn.db.add(breach)
    entry = await step(turn, breach.ref, "reported")
    await post.send_letter(turn.db, turn.office, Letter(breach, entry), turn.now)
    await post.send_cards(turn.db, turn.office, breach, turn.now, news=entry)
    address = turn.office.privacy_officer
    return [
        Say(
            turn.t("breach.kept", ref=breach.ref, address=address),
            title=turn.t("breach.kept_title", ref=breach.ref),
        )
    ]


async def answer(turn: Turn, argument: str) -> list[Reply]:
    """Answer the officer's question: 'BR-2026-0007:12'."""
    ref, _, number = argument.partition(":")
    breach = await _own(turn, ref)
    asked = (
        await turn.db.get(Entry, int(number)) if number.isdecimal() and len(number) < 10 else None
    )
    if asked is None or asked.subject != breach.ref or asked.what != "question":
        raise Refused("breach.unknown", ref=ref)
    return await _open_more(turn, breach, asked)


async def add(turn: Turn, ref: str) -> list[Reply]:
    """Tell more about an earlier report."""
    return await _open_more(turn, await _own(turn, ref), None)


async def add_words(turn: Turn, ref: str, question: int, words: str) -> list[Reply]:
    """Words typed for a report, shown before they go to the officer; `question`: which they answer."""
    breach = await _own(turn, ref)
    intro = turn.t("breach.pass.answer" if question else "breach.pass.add", ref=breach.ref)
    data = {"ref": breach.ref, "question": question}
    return await turn.pass_on(MORE.name, words, data, intro=intro)


async def one(turn: Turn, ref: str) -> list[Reply]:
    """How one of this person's reports stands."""
    return [await _line(turn, await _own(turn, ref))]


async def submit_more(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """Keep what was told later, and bring it to the officer as the report itself."""
    breach = await _own(turn, draft.data["ref"])
    question = draft.data["question"]
    what = "answer" if question else "addition"
    entry = await step(turn, breach.ref, what, values["answer"])
    await post.send_letter(turn.db, turn.office, Letter(breach, entry, question), turn.now)
    await post.send_cards(turn.db, turn.office, breach, turn.now, news=entry)
    return turn.say("breach.more_kept", ref=breach.ref)


async def by_hand(turn: Turn, ref: str) -> list[Reply]:
    """The report as text to send oneself."""
    breach = await _own(turn, ref)
    entries = await entries_of(turn.db, ref)
    letter = Letter(breach, entries[0])
    address = turn.office.privacy_officer
    return [
        Say(turn.t("breach.send_yourself", address=address)),
        await letter.written(turn.db, turn.office),
    ]


async def lines(turn: Turn) -> list[Say]:
    """The state of this person's own reports, newest first, and what they did not finish."""
    said = [await _line(turn, breach) for breach in await own_reports(turn)]
    return [*(await unfinished(turn)), *said]


async def own_reports(turn: Turn) -> Sequence[Breach]:
    """This person's own reports, newest first."""
    mine = select(Breach).where(col(Breach.reporter).in_(_keys(turn)))
    found = await turn.db.exec(mine.order_by(col(Breach.reported_at).desc()).limit(MOST_SHOWN))
    return found.all()


async def unfinished(turn: Turn) -> list[Say]:
    """Reports that were begun and not sent."""
    open_drafts = select(Draft).where(
        Draft.person == turn.who.key,
        Draft.form == FORM.name,
        col(Draft.state).in_(OPEN_STATES),
    )
    found = await turn.db.exec(open_drafts.order_by(col(Draft.id).desc()).limit(MOST_SHOWN))
    voice = turn.voice
    return [
        Say(
            turn.t("breach.unfinished", begun=voice.moment(draft.begun_at)),
            title=turn.t("breach.unfinished_title"),
            buttons=(Button(f"form.resume:{draft.id}", turn.t("form.go_on"), "primary"),),
        )
        for draft in found
    ]


async def _line(turn: Turn, breach: Breach) -> Say:
    voice, address = turn.voice, turn.office.privacy_officer
    parts, buttons = [], [Button(f"breach.add:{breach.ref}", turn.t("breach.button.add"))]
    if breach.delivered_at:
        clock, day = words.clock_time(voice, breach.delivered_at)
        values = {"ref": breach.ref, "clock": clock, "day": day, "address": address}
        parts.append(turn.t("breach.delivered", **values))
    elif not breach.acknowledged_at:
        reported = (await entries_of(turn.db, breach.ref))[0]
        card = (await post.steps_of(turn.db, reported)).get("carded")
        parts.append(turn.t("breach.not_delivered_yet", ref=breach.ref, address=address))
        parts += [post.say_carded(voice, reported, card)] if card else []
        text = Button(f"breach.text:{breach.ref}", turn.t("breach.button.text"), "primary")
        buttons.insert(0, text)
    if breach.acknowledged_at:
        parts.append(turn.t("breach.seen_at", at=voice.moment(breach.acknowledged_at)))
    if breach.closed_at:
        at = voice.moment(breach.closed_at)
        parts.append(turn.t("breach.closed_at", at=at, outcome=breach.closing))
    title = f"{breach.ref}: {words.kind(voice, breach)}"
    return Say("\n".join(parts), title=title, buttons=tuple(buttons))


async def _open_more(turn: Turn, breach: Breach, asked: Entry | None) -> list[Reply]:
    intro = asked.words if asked else turn.t("breach.add_intro", ref=breach.ref)
    data = {"ref": breach.ref, "question": asked.id if asked else 0}
    return await turn.open_form(MORE.name, data=data, intro=intro)


async def _own(turn: Turn, ref: str) -> Breach:
    """The person's own report. Somebody else's is as unknown as one that does not exist."""
    breach = await post.locked(turn.db, ref)
    if breach is None or breach.reporter not in _keys(turn):
        raise Refused("breach.unknown", ref=ref[:20])
    return breach


def _keys(turn: Turn) -> tuple[str, str]:
    """A guest may have reported before their address was known."""
    return turn.who.key, turn.event.address.account_key
