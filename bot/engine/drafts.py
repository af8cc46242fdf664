"""Half-filled forms as they are kept: found again, locked for one turn, begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from bot.engine import forms
from bot.engine.dialog import FormDialog, Outdated, Turn
from bot.engine.store.tables import OPEN_STATES, Draft


async def current(turn: Turn) -> Draft | None:
    """The open form of this conversation; a finished one is forgotten."""
    at = turn.state.get("form")
    draft = await locked(turn, at["draft"]) if at else None
    if draft and draft.person == turn.who.key and draft.is_open:
        return draft
    turn.state.pop("form", None)
    return None


async def locked(turn: Turn, number: int) -> Draft | None:
    """The draft, for this turn alone: the same person may press on two platforms at once."""
    if not 0 < number < 2**31:  # a made-up one, that the database would stumble over
        return None
    return await turn.db.get(Draft, number, with_for_update=True)


async def pressed(turn: Turn, number: str) -> Draft:
    """The draft of a button: the presser's own, and still open."""
    known = number.isdecimal() and len(number) < 10
    draft = await locked(turn, int(number)) if known else None
    if draft is None or draft.person != turn.who.key or not draft.is_open:
        raise Outdated("form.closed")
    return draft


async def open_of(turn: Turn) -> Sequence[Draft]:
    """All open drafts of this person."""
    found = await turn.db.exec(
        select(Draft).where(Draft.person == turn.who.key, col(Draft.state).in_(OPEN_STATES))
    )
    return found.all()


async def unfinished(turn: Turn, form: str, data: Mapping[str, Any]) -> Draft | None:
    """This person's newest open draft of that form, begun for the same thing."""
    found = await turn.db.exec(
        select(Draft)
        .where(
            Draft.person == turn.who.key,
            Draft.form == form,
            col(Draft.state).in_(OPEN_STATES),
        )
        .order_by(col(Draft.id).desc())
    )
    return next((draft for draft in found if draft.data == data), None)


async def begin(turn: Turn, dialog: FormDialog, data: dict[str, Any]) -> Draft:
    """A new draft, with what is known already."""
    form = dialog.form.name
    draft = Draft(person=turn.who.key, form=form, data=data, begun_at=turn.now, at=turn.now)
    if dialog.known:
        prefill(draft, dialog.known(turn))
    turn.db.add(draft)
    await turn.db.flush()
    if dialog.opened:
        await dialog.opened(turn, draft)
    return draft


def prefill(draft: Draft, values: Mapping[str, Any]) -> None:
    """Answers that are known, beside those that are there."""
    draft.answers = {**draft.answers, **{k: v for k, v in values.items() if not forms.empty(v)}}
