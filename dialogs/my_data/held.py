"""All that is held about a person, asked of everybody who declared to hold something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.holdings import Holding, Subject


async def subject_of(db: AsyncSession, holdings: Sequence[Holding], key: str) -> Subject:
    """The person, with the duties that are still open."""
    asked = [holding.open for holding in holdings if holding.open]
    return Subject(
        key,
        tuple(await people.accounts_of(db, key)),
        tuple([ref for duties in asked for ref in await duties(db, key)]),
        tuple([ref for duties in asked for ref in await duties(db, None)]),
    )


async def export_person(db: AsyncSession, key: str, holdings: Sequence[Holding]) -> dict[str, Any]:
    """Everything that names this person, as JSON data: what they said and what was said to them.

    'person': the key; 'roster': their row or None; then lists by the name they have in 'my data',
    in the order of the holdings. Of other people's cases only this person's own words are given.
    """
    subject = await subject_of(db, holdings, key)
    found: dict[str, list[Any]] = {}
    for holding in holdings:
        held = await holding.held(db, subject) if holding.held else {}
        for name, rows in held.items():
            found.setdefault(name, []).extend(rows)
    roster = next(iter(found.pop("roster", ())), None)
    return {"person": key, "roster": roster, **found}
