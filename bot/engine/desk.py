"""Looking at the desk: which pages somebody has, and one of them. Looking changes nothing.

What is done there goes through `Talk.handle` like everything else that people do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.dialog import Dialog, Forms, Office, Refused, Turn
from bot.engine.events import DESK, Address, Opened
from bot.engine.people import Who
from bot.engine.store.database import Database
from bot.engine.texts import LANGUAGES
from bot.engine.views import File, Query, View


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody sees: their pages (name, title), and the one that was asked for.

    view: None when there is no such page for this person. refused: why not, in a sentence, or ''.
    """

    who: Who
    lang: str
    sections: tuple[tuple[str, str], ...]
    view: View | None = None
    refused: str = ""


class DeskPages:
    """Asks the dialogs what to show. The rights are theirs, and asked anew at every look."""

    def __init__(
        self, database: Database, dialogs: Sequence[Dialog], forms: Forms, office: Office
    ) -> None:
        self._database = database
        self._dialogs = tuple(dialogs)
        self._sections = [section for dialog in dialogs for section in dialog.desk]
        self._forms = forms
        self._office = office

    async def look(self, person: str, section: str, query: Query, now: datetime) -> Looked:
        """One page as this person sees it now; the first of theirs for ''."""
        async with self._database.transaction() as db:
            turn = await self._turn(db, person, now)
            own = [found for found in self._sections if found.may(turn)]
            named = tuple((found.name, turn.t(found.title)) for found in own)
            wanted = next((f for f in own if section in ("", f.name)), None)
            if wanted is None:
                return Looked(turn.who, turn.lang, named)
            try:
                view = await wanted.show(turn, query)
            except Refused as known:
                why = turn.t(known.key, **known.values)
                return Looked(turn.who, turn.lang, named, refused=why)
            return Looked(turn.who, turn.lang, named, view)

    async def fetch(
        self, person: str, section: str, name: str, query: Query, now: datetime
    ) -> File | None:
        """A file of a section; None when this person has no such file."""
        async with self._database.transaction() as db:
            turn = await self._turn(db, person, now)
            own = (f for f in self._sections if f.name == section and f.may(turn))
            give = next((f.files[name] for f in own if name in f.files), None)
            if give is None:
                return None
            try:
                return await give(turn, query)
            except Refused:
                return None

    async def _turn(self, db: AsyncSession, person: str, now: datetime) -> Turn:
        """A turn that only looks: its event is not accepted, its state not kept."""
        accounts = await people.accounts_of(db, person)
        who = await people.find(db, person)
        spoken = next((a.language for a in accounts if a.language in LANGUAGES), who.language)
        return Turn(
            event=Opened(id="", address=Address(DESK, "", person), at=now, email=person),
            who=who,
            now=now,
            lang=spoken if spoken in LANGUAGES else "nl",
            zone=self._office.zone,
            db=db,
            state={},
            texts=self._office.texts,
            forms=self._forms,
            office=self._office,
            dialogs=self._dialogs,
        )
