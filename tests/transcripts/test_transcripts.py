"""Talks as people have them, typed or pressed, in both languages, for every job.

A file holds the talks of one role in one language. `# title` begins a talk among new people.
`> words` are typed, `! label` is pressed, `@ who` reads what reached somebody, who speaks from then
on; `+ case`, `+ report` and `+ recordings` say what there was before. `< words` must be read in
the answer, `x words` must not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, delete

from bot.engine.store.tables import Person
from tests.chat import Chat, words
from tests.conftest import Ticker

FILES = sorted(Path(__file__).parent.glob("*.txt"))
SAM, SUP, PO, CO = "sam@uni.nl", "sup@uni.nl", "po@uni.nl", "co@uni.nl"
NAMES = {"student": SAM, "supervisor": SUP, "officer": PO, "coordinator": CO, "guest": "g@uni.nl"}
LANGUAGES = {"nl": "nl", "en": "en"}


def talks(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of every talk in a file."""
    title, lines = "", []
    for line in [*file.read_text(encoding="utf-8").splitlines(), "# "]:
        if line.startswith("# "):
            if lines:
                yield title, lines
            title, lines = line[2:], []
        elif line.strip():
            lines.append(line)


def test_there_are_enough_of_them() -> None:
    count = {file.stem: len([*talks(file)]) for file in FILES}
    assert sum(count.values()) >= 60
    assert all(any(stem.endswith(lang) for stem in count) for lang in LANGUAGES)


class Stage:
    """The people of one talk, and what the one who speaks reads."""

    def __init__(self, chat: Chat, role: str, lang: str) -> None:
        self.chat, self.who, self.lang = chat, NAMES[role], lang
        self.read = ""

    async def set(self) -> None:
        """New people, and nothing of what was before."""
        async with self.chat.database.transaction() as db:
            for table in reversed(SQLModel.metadata.sorted_tables):
                await db.exec(delete(table))
        self.chat._read.clear()
        self.chat._last.clear()
        more = {"language": self.lang}
        await self.chat.people(
            Person(
                email=SAM, name="Sam", role="student", supervisor_email=SUP, school="Zuid", **more
            ),
            Person(email=SUP, name="Sup", role="supervisor", **more),
            Person(email=PO, name="Po", role="privacy_officer", **more),
            Person(email=CO, name="Co", role="coordinator", **more),
        )
        for who in NAMES.values():
            await self.chat.arrive(who)

    async def before(self, what: str) -> None:
        """What there was before the talk."""
        chat, first = self.chat, self.lang == "nl"
        if what == "case":
            await chat.press(SAM, "consent.start")
            await chat.fill(SAM, kind="many_refuse", recorded="no")
            await chat.press(SAM, "form.send")
        elif what == "report":
            await chat.press(SAM, "breach.start")
            story = "Telefoon weg." if first else "Phone gone."
            await chat.fill(SAM, noticed_at="nu", what="phone_lost", story=story)
            await chat.press(SAM, "form.send")
        elif what == "recordings":
            for label in ("3 havo", "4 vwo"):
                await chat.press(SAM, "recordings.add")
                await chat.fill(SAM, label=label, made_on="gisteren")
        else:
            raise ValueError(what)

    async def step(self, line: str) -> None:
        """One line of the talk."""
        sign, rest = line[0], line[2:]
        if sign == ">":
            self.read = shown(await self.chat.say(self.who, rest))
        elif sign == "!":
            self.read = shown(await self.chat.press(self.who, rest))
        elif sign == "@":
            self.who = NAMES[rest]
            self.read = shown(await self.chat.inbox(self.who))
        elif sign == "+":
            await self.before(rest)
        elif sign == "<":
            assert rest in self.read, f"not read: {rest!r} in:\n{self.read}"
        elif sign == "x":
            assert rest not in self.read, f"read: {rest!r} in:\n{self.read}"
        else:
            raise ValueError(line)


def shown(replies: Any) -> str:
    """What a person reads, with the labels of the buttons."""
    labels = [f"[{b.label}]" for reply in replies for b in Chat.buttons(reply)]
    return "\n".join([words(replies), *labels])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_talk(file: Path, app: Any, clock: Ticker) -> None:
    role, lang = file.stem.split("_")
    failed = []
    for title, lines in talks(file):
        stage = Stage(Chat(app.database, app.talk, app.worker, clock, locale=lang), role, lang)
        await stage.set()
        for line in lines:
            try:
                await stage.step(line)
            except AssertionError as problem:
                failed.append(f"{title} at {line!r}: {problem}")
                break
    assert not failed, "\n\n".join(failed)
