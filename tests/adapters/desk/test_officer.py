"""The privacy officer at the desk: the register, a report, what is done with it, and its files."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from sqlmodel import select

from dialogs.breach.table import Breach
from dialogs.history import Entry
from tests.adapters.desk.conftest import ANNA, CHIEF, EMILY, OFFICER, SUP, DeskSite
from tests.chat import words

FIRST, SECOND = "BR-2026-0001", "BR-2026-0002"


async def report(desk: DeskSite, who: str, what: str = "phone_lost", story: str = "=1+1") -> None:
    await desk.chat.press(who, "breach.start")
    noticed = (desk.chat.clock.now - timedelta(hours=2)).isoformat()
    answers = {"noticed_at": noticed, "what": what, "story": story}
    await desk.chat.fill(who, **answers)
    await desk.chat.press(who, "form.send")


async def test_the_register_with_both_clocks_late_ones_on_top(desk: DeskSite) -> None:
    await report(desk, ANNA)
    desk.chat.clock.now += timedelta(hours=30)
    await report(desk, EMILY, "stolen")
    officer = await desk.enter(OFFICER)
    page = await officer.see("register")
    assert "op tijd gemeld" in officer.words
    assert "nog 42 uur" in officer.words
    desk.chat.clock.now += timedelta(hours=43)
    officer = await desk.enter(OFFICER)
    page = await officer.see("register")
    assert 'class="late"' in page
    assert page.index(FIRST) < page.index(SECOND)
    assert "1 uur over tijd" in officer.words


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", [FIRST, SECOND]),
        ("?kind=stolen", [SECOND]),
        ("?q=emily", [SECOND]),
        ("?state=open", [FIRST, SECOND]),
        ("?state=closed", []),
        ("?q=%3Cscript%3E", []),
    ],
)
async def test_filters_hold_for_the_page_and_for_its_files(
    desk: DeskSite, query: str, refs: list[str]
) -> None:
    await report(desk, ANNA)
    await report(desk, EMILY, "stolen")
    officer = await desk.enter(OFFICER)
    page = await officer.see(f"register{query}")
    assert [ref for ref in (FIRST, SECOND) if f"register/{ref}" in page] == refs
    await officer.open(f"/desk/file/register/register.json{query}")
    assert [row["ref"] for row in json.loads(officer.content)] == refs
    await officer.open(f"/desk/file/register/register.csv{query}")
    rows = list(csv.DictReader(io.StringIO(officer.content.decode("utf-8-sig"))))
    assert [row["ref"] for row in rows] == refs
    assert all(row["story"] == "'=1+1" for row in rows)
    await officer.open(f"/desk/file/register/register.xlsx{query}")
    sheet = openpyxl.load_workbook(io.BytesIO(officer.content)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == refs
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


async def test_a_report_from_seen_to_closed_reaches_the_reporter(desk: DeskSite) -> None:
    await report(desk, ANNA)
    officer = await desk.enter(OFFICER)
    await officer.see(f"register/{FIRST}")
    await desk.chat.inbox(ANNA)
    await officer.press("Ik heb het gezien")
    assert "De melder krijgt bericht" in officer.words
    assert "gezien" in words(await desk.chat.inbox(ANNA))
    await officer.press("Vraag stellen")
    await officer.press("Vraag versturen", question="")
    assert "Dit antwoord is nodig" in officer.words
    await officer.press("Vraag versturen", question="Welke <b>dag</b>?")
    assert "<b>dag" not in officer.text
    assert "Welke <b>dag</b>?" in words(await desk.chat.inbox(ANNA))
    await officer.press("Afsluiten")
    await officer.press("Afsluiten", outcome="Gevonden")
    assert "Gevonden" in words(await desk.chat.inbox(ANNA))
    assert "Bureau" in officer.words
    assert "Lokale chat" in officer.words
    async with desk.app.database.transaction() as db:
        assert (await db.exec(select(Breach))).one().closed_at == desk.chat.clock.now
        done = [(e.what, e.author, e.place) for e in await db.exec(select(Entry)) if e.place]
    assert done == [
        ("reported", ANNA, "local"),
        ("acknowledged", OFFICER, "desk"),
        ("question", OFFICER, "desk"),
        ("closed", OFFICER, "desk"),
    ]


async def test_one_report_on_paper(desk: DeskSite) -> None:
    await report(desk, ANNA)
    officer = await desk.enter(OFFICER)
    await officer.open(f"/desk/print/register/{FIRST}")
    assert "Alles bij deze melding" in officer.words
    assert "<button" not in officer.text


@pytest.mark.parametrize("who", [ANNA, SUP, CHIEF])
async def test_nobody_else_sees_or_does_anything_with_a_report(desk: DeskSite, who: str) -> None:
    await report(desk, EMILY, story="geheim verhaal")
    visitor = await desk.enter(who)
    for path in (
        "see/register",
        f"see/register/{FIRST}",
        f"print/register/{FIRST}",
        "file/register/register.json",
        "file/register/register.csv",
        "file/register/register.xlsx",
    ):
        await visitor.open(f"/desk/{path}")
        assert visitor.status == 404, path
        assert "geheim" not in visitor.words
        assert FIRST.encode() not in visitor.content
    await visitor.open("/desk/")
    for button in ("ack", "ask", "close", "show"):
        await visitor.press_id(f"breach.{button}:{FIRST}")
        assert "Alleen de" in visitor.words
        assert "geheim" not in visitor.words
    async with desk.app.database.transaction() as db:
        assert (await db.exec(select(Breach))).one().acknowledged_at is None
