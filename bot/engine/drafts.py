"""Finding the form somebody is filling in. A draft belongs to the person, not to a place."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from bot.engine.dialog import Turn
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


async def unfinished(turn: Turn, form: str, data: dict[str, Any]) -> Draft | None:
    """The newest half-filled draft of this person, of the same form and about the same."""
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
