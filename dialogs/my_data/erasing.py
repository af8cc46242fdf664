"""'Forget me': erases what no open duty needs, and says what stays until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.holdings import Holding
from dialogs.my_data.held import subject_of


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: how many rows of which kind. kept: references of duties that are still open.

    roster: whether the roster row stays, because of those duties or because of a role for others.
    """

    counts: Mapping[str, int]
    kept: tuple[str, ...]
    roster: bool

    def __str__(self) -> str:
        gone = ", ".join(f"{n} {kind}" for kind, n in self.counts.items() if n) or "nothing"
        stays = [*self.kept, *(["the roster row"] if self.roster else [])]
        return f"erased: {gone}" + (f"; kept: {', '.join(stays)}" if stays else "")


async def erase_person(db: AsyncSession, key: str, holdings: Sequence[Holding]) -> Erased:
    """Erase a person. Open cases and reports stay until they are closed, and how to reach them."""
    subject = await subject_of(db, holdings, key)
    counts: Counter[str] = Counter()
    for holding in holdings:
        if holding.erase:
            counts.update(await holding.erase(db, subject))
    return Erased(counts, subject.duties, await people.listed(db, key))
