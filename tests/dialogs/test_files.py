"""Files that people send: never fetched, always answered."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.local.messenger import address
from bot.engine.events import SentFile
from bot.engine.replies import Reply, Say
from tests.chat import Chat, words

NOOR = "noor@example.nl"


def ids(replies: list[Reply]) -> list[str]:
    return [button.id for button in Chat.buttons(replies[0])]


@pytest.mark.parametrize("kind", ["video/mp4", "audio/ogg", "image/jpeg", "VIDEO/quicktime", "mov"])
async def test_a_recording_is_not_opened_and_must_go(chat: Chat, kind: str) -> None:
    replies = await chat.file(NOOR, kind)
    said = words(replies)
    assert "open dit bestand niet" in said
    assert "alleen in iRIS Connect" in said
    assert "Haal het bestand hier nu weg" in said
    assert "Kon iemand dit bestand zien" in said
    assert "breach.start" in ids(replies)


async def test_the_same_in_english(chat: Chat) -> None:
    chat.locale = "en-GB"
    assert "iRIS Connect only" in words(await chat.file(NOOR, "video/mp4"))


@pytest.mark.parametrize(
    "kinds", [("application/pdf",), ("text/plain", ""), (), ("application/zip",)]
)
async def test_other_files_cannot_be_read(chat: Chat, kinds: tuple[str, ...]) -> None:
    replies = await chat.file(NOOR, *kinds)
    assert "kan geen bestanden lezen" in words(replies)
    assert ids(replies) == []


async def test_one_recording_among_other_files_is_enough(chat: Chat) -> None:
    assert "geen opnames" in words(await chat.file(NOOR, "application/pdf", "audio/mpeg"))


async def handled(app: Any, chat: Chat, kind: str, *, private: bool, text: str = "") -> list[Reply]:
    place = replace(address(NOOR), private=private, channel="klas")
    event = SentFile(
        id=f"file:{kind}", address=place, at=chat.clock(), email=NOOR, kinds=(kind,), text=text
    )
    return list((await app.talk.handle(event, chat.clock())).replies)


@pytest.mark.parametrize("kind", ["video/mp4", "application/zip"])
async def test_in_a_channel_others_could_see_it(app: Any, chat: Chat, kind: str) -> None:
    replies = await handled(app, chat, kind, private=False)
    assert "nderen in dit kanaal konden het bestand zien" in words(replies)
    assert "breach.start" in ids(replies)


async def test_the_question_beside_a_file_can_still_be_asked(app: Any, chat: Chat) -> None:
    replies = await handled(app, chat, "video/mp4", private=True, text="mag dit?")
    assert "say:mag dit?" in ids(replies)
    replies = await handled(app, chat, "audio/mp4", private=True, text="lang " * 100)
    assert not any(i.startswith("say:lang") for i in ids(replies))


async def test_nothing_of_the_file_is_kept(chat: Chat) -> None:
    (reply,) = await chat.file(NOOR, "video/mp4")
    assert isinstance(reply, Say)
    assert "video" not in words([reply])
