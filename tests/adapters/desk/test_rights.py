"""Who sees which page of the desk: every role beside every page and every file there is."""

from __future__ import annotations

import pytest

import dialogs
from tests.adapters.desk.conftest import ANNA, CHIEF, OFFICER, SUP, DeskSite

ROLES = {"student": ANNA, "supervisor": SUP, "privacy_officer": OFFICER, "coordinator": CHIEF}
TABLE = {
    "register": {"privacy_officer"},
    "cases": {"student", "supervisor", "coordinator"},
    "own": {"student"},
    "recordings": {"coordinator"},
    "people": {"coordinator"},
    "data": {*ROLES},
}


def test_the_table_covers_every_page() -> None:
    assert {s.name for d in dialogs.DIALOGS for s in d.desk} == {*TABLE}


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_beside_every_page(desk: DeskSite, role: str) -> None:
    visitor = await desk.enter(ROLES[role])
    files = [(s.name, f) for d in dialogs.DIALOGS for s in d.desk for f in s.files]
    for page, allowed in TABLE.items():
        for kind in ("see", "print"):
            await visitor.open(f"/desk/{kind}/{page}")
            assert (visitor.status == 200) is (role in allowed), (page, kind)
        await visitor.see("data")
        assert (f'href="/desk/see/{page}"' in visitor.text) is (role in allowed)
    for page, name in files:
        await visitor.open(f"/desk/file/{page}/{name}")
        fits = role in TABLE[page] and name != "moment.ics"  # that one needs a case
        assert (visitor.status == 200) is fits, (page, name)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("role", ROLES)
async def test_every_page_is_drawn_in_both_languages(desk: DeskSite, role: str, lang: str) -> None:
    visitor = await desk.enter(ROLES[role])
    if lang == "en":
        await visitor.press("English")
    for page in (page for page, allowed in TABLE.items() if role in allowed):
        await visitor.see(page)
        assert f'<html lang="{lang}">' in visitor.text
        assert visitor.text.count("<h1>") == 1
