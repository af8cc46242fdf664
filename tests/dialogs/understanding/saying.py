"""What the bot decides on a message, for the grids: the verdict, the offer, and the row of the table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tests.reading import answer

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


class Decided(NamedTuple):
    """The parts of an answer that must hold."""

    verdict: str
    offer: str | None
    rule: str


def decided(text: str, context: Sequence[str] = (), school: str | None = None) -> Decided:
    """The decision on `text` after `context`, oldest first."""
    found = answer(text, context=context, school=school, now=NOW)
    return Decided(found.verdict, found.offer, found.rule)
