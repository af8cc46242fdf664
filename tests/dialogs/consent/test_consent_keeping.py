"""A recording that is still needed after its date goes to the supervisor in the same way."""

from datetime import date

from dialogs.recordings.table import Recording
from tests.dialogs.consent.conftest import ANNA, FIRST, SUP, School


async def test_still_needed(school: School) -> None:
    async with school.chat.database.transaction() as db:
        row = Recording(
            owner=ANNA, label="les 2 mei", made_on=date(2026, 5, 2), due=date(2026, 11, 2),
            added_at=school.chat.clock(),
        )  # fmt: skip
        db.add(row)
        await db.flush()
    await school.press(ANNA, f"recordings.needed:{row.id}")
    sent = await school.fill(ANNA, question="Mijn verslag is nog niet af.")
    assert sent.startswith(f"Opname langer nodig {FIRST}\nVerstuurd naar Sup.")
    assert "De datum verandert niet vanzelf." in sent
    card = await school.read(SUP)
    assert "Opname: les 2 mei" in card
    assert "Te wissen op: 2 november 2026" in card
    await school.press(SUP, "consent.settle")
    await school.fill(SUP, outcome="erase", words="Liefst vandaag.")
    assert "De opname moet nu weg. Liefst vandaag." in await school.read(ANNA)
    async with school.chat.database.transaction() as db:
        kept = await db.get(Recording, row.id)
    assert kept
    assert kept.due == date(2026, 11, 2)
