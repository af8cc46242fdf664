"""The page behind the link in a mail: what a supervisor without a chat sees and can do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import time_machine
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import select

from bot.engine.store.tables import Person
from dialogs.consent.table import Case
from dialogs.history import Entry
from tests.chat import Chat, words

ANNA, EMILY, SUP = "anna@uni.nl", "emily@uni.nl", "sup@uni.nl"
FIRST, SECOND = "CP-2026-0001", "CP-2026-0002"
CONSENT = {"kind": "many_refuse", "recorded": "no", "question": "<b>Mag</b> de rest wel?"}


class Browser:
    """A supervisor with a link, without script."""

    def __init__(self, client: TestClient[Any, Any], app: Any, chat: Chat) -> None:
        self.client, self.app, self.chat = client, app, chat
        self.path, self.text, self.status = "", "", 0
        self.headers: Any = {}

    async def open(self, subject: str = FIRST, email: str = SUP) -> str:
        return await self.visit("/page/" + self.app.links.make(subject, email).rpartition("/")[2])

    async def visit(self, path: str, **options: Any) -> str:
        self.path = path
        return await self._take(await self.client.get(path, **options))

    def step(self, label: str) -> str:
        """The signed step of a button."""
        found = re.search(
            rf'name="step" value="([^"]+)">(?:(?!</form>).)*{label}', self.text, re.DOTALL
        )
        assert found, f"no button {label} in {self.text}"
        return found[1]

    async def send(self, step: str, **values: str) -> str:
        data = {"step": step, **{f"f.{name}": value for name, value in values.items()}}
        text = await self._take(await self.client.post(self.path, data=data))
        await self.chat.worker.drain(self.chat.clock())
        return text

    async def press(self, label: str, **values: str) -> str:
        return await self.send(self.step(label), **values)

    async def steps(self) -> list[str]:
        async with self.app.database.transaction() as db:
            entries = await db.exec(select(Entry).order_by(Entry.id))
            return [entry.what for entry in entries if entry.what != "delivered"]

    async def _take(self, response: Any) -> str:
        self.text, self.status, self.headers = (
            await response.text(), response.status, response.headers,
        )  # fmt: skip
        return self.text


@pytest.fixture
async def browser(app: Any, chat: Chat) -> AsyncIterator[Browser]:
    await chat.people(
        Person(email=ANNA, name="Anna", role="student", language="nl", supervisor_email=SUP),
        Person(email=EMILY, name="Emily", role="student", language="en"),
        Person(email=SUP, name="Sup", role="supervisor", language="nl"),
    )
    for _ in (FIRST, SECOND):
        await chat.press(ANNA, "consent.start")
        await chat.fill(ANNA, **CONSENT)
        await chat.press(ANNA, "form.send")
    server = web.Application()
    server.add_routes(app.platforms["page"].routes())
    async with TestClient(TestServer(server)) as client:
        yield Browser(client, app, chat)


async def test_the_case_in_the_supervisors_language(browser: Browser) -> None:
    text = await browser.open()
    assert browser.status == 200
    assert '<html lang="nl">' in text
    assert "Anna wil dit met je bespreken." in text
    assert "&lt;b&gt;Mag&lt;/b&gt; de rest wel?" in text
    assert SECOND not in text
    assert "<script" not in text


async def test_security_headers(browser: Browser) -> None:
    await browser.open()
    assert browser.headers["Cache-Control"] == "no-store"
    assert browser.headers["Referrer-Policy"] == "no-referrer"
    assert browser.headers["Content-Security-Policy"].startswith("default-src 'none';")
    nonce = re.search("'nonce-([0-9a-f]+)'", browser.headers["Content-Security-Policy"])
    assert nonce
    assert f'<style nonce="{nonce[1]}">' in browser.text


async def test_looking_changes_nothing(browser: Browser) -> None:
    for _ in range(3):
        await browser.open()
    async with browser.app.database.transaction() as db:
        cases = (await db.exec(select(Case))).all()
    assert {case.state for case in cases} == {"sent"}
    assert await browser.steps() == ["sent", "sent"]


async def test_seen_then_answered_then_settled(browser: Browser) -> None:
    await browser.open()
    assert "gezien door Sup" in await browser.press("Ik heb het gezien")
    form = await browser.press("Antwoorden")
    assert '<label for="words">Wat is je antwoord? *</label>' in form
    assert "Je antwoord gaat naar Anna." in await browser.press("Versturen", words="Doe maar.")
    assert "Sup antwoordt: Doe maar." in words(await browser.chat.inbox(ANNA))
    await browser.press("Afronden")
    settled = await browser.press("Afronden", outcome="off", words="")
    assert "Je hoeft niets meer te doen." in settled
    assert "<button" not in settled
    assert await browser.steps() == ["sent", "sent", "seen", "answered", "settled"]


async def test_each_step_once_however_often_it_is_sent(browser: Browser) -> None:
    await browser.open()
    await browser.press("Antwoorden")
    step = browser.step("Versturen")
    await browser.send(step, words="Doe maar.")
    assert "Deze stap is al verwerkt" in await browser.send(step, words="Doe maar.")
    assert (await browser.steps()).count("answered") == 1


async def test_a_wrong_answer_is_kept_and_explained(browser: Browser) -> None:
    await browser.open()
    await browser.press("Moment voorstellen")
    text = await browser.press("Voorstellen", at="2026-11-20T14:00", place="B2")
    assert "Dit moment is al geweest" in text
    assert 'value="2026-11-20T14:00"' in text
    assert 'value="B2"' in text
    text = await browser.press("Voorstellen", at="2026-11-26T14:00", place="B2")
    assert "Je voorstel gaat naar Anna." in text
    assert "donderdag 26 november 2026 14:00, B2" in text


async def test_an_old_page_after_the_student_withdrew(browser: Browser) -> None:
    await browser.open()
    step = browser.step("Ik heb het gezien")
    await browser.chat.press(ANNA, f"consent.withdrawn:{FIRST}")
    assert "Anna heeft dit ingetrokken" in await browser.send(step)
    assert "seen" not in await browser.steps()


async def test_a_step_works_for_its_own_case_and_person_only(browser: Browser) -> None:
    await browser.open(SECOND)
    step = browser.step("Ik heb het gezien")
    await browser.open(FIRST)
    assert "Deze link werkt niet" in await browser.send(step)
    await browser.open(FIRST, EMILY)
    await browser.send(step)
    assert browser.status == 404
    await browser.visit(f"/page/{step}")
    assert browser.status == 404
    assert "seen" not in await browser.steps()


@pytest.mark.parametrize("button", ["case.status", "breach.register", f"consent.seen:{SECOND}"])
async def test_what_was_not_on_the_page_cannot_be_pressed(browser: Browser, button: str) -> None:
    await browser.open()
    await browser.send(button)
    assert browser.status == 404
    assert await browser.steps() == ["sent", "sent"]


@pytest.mark.parametrize("token", ["x", "WyJDUC0yMDI2LTAwMDEiXQ.x.y", "a" * 2000])
async def test_a_forged_link(browser: Browser, token: str) -> None:
    text = await browser.visit(f"/page/{token}", headers={"Accept-Language": "en-GB"})
    assert browser.status == 404
    assert "This link does not work" in text


async def test_an_expired_link(browser: Browser) -> None:
    with time_machine.travel("2026-10-01", tick=False):
        token = browser.app.links.make(FIRST, SUP).rpartition("/")[2]
    with time_machine.travel("2026-11-23", tick=False):
        text = await browser.visit(f"/page/{token}")
    assert browser.status == 410
    assert "Deze link is verlopen" in text


@pytest.mark.parametrize(("subject", "email"), [(FIRST, EMILY), ("CP-2026-0099", SUP)])
async def test_a_case_that_is_not_there_or_not_theirs(
    browser: Browser, subject: str, email: str
) -> None:
    await browser.open(subject, email)
    assert browser.status == 404
    assert "Anna" not in browser.text


async def test_a_body_that_is_no_form(browser: Browser) -> None:
    await browser.open()
    response = await browser.client.post(browser.path, json={"step": "x"})
    assert response.status == 404
