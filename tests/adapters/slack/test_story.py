"""The whole story in Slack, by HTTP and in Socket Mode, while Slack misbehaves.

It needs npm (for the stand-in), and says so where that is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.slack.town import ALICE, BOB, Missing, Town, town


@pytest.fixture(params=["events", "socket"])
async def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with AsyncExitStack() as stack:
        try:
            made = await stack.enter_async_context(town(tmp_path, request.param))
        except Missing as missing:
            pytest.skip(str(missing))
        yield made


def chosen(value: str, kind: str = "static_select") -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": value}, "value": value}
    return {"type": kind, "selected_option": option}


def text(value: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def moment(at: datetime) -> dict[str, Any]:
    return {"type": "datetimepicker", "selected_date_time": int(at.timestamp())}


def modal(place: Town, words: str) -> Any:
    """Whether the open modal shows these words."""
    stack = place.of("view")[-1]["stack"]
    return stack and words in json.dumps(stack[-1], ensure_ascii=False)


def crash_after_commit(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next turn commits, and then the process 'dies' before it acknowledges."""
    real = place.app.talk.handle

    async def dies(event: Any, now: datetime) -> Any:
        monkeypatch.setattr(place.app.talk, "handle", real)
        await real(event, now)
        raise ConnectionError

    monkeypatch.setattr(place.app.talk, "handle", dies)


async def in_doubt(place: Town, left: int, **span: float) -> None:
    """Nobody knows whether a message arrived: the next try comes only when an outage may be over.

    left: the faults that are still to come then.
    """
    await place.until(lambda: len(place.api.faults) <= left)
    place.clock.ahead += timedelta(**span)
    place.app.worker.wake()


async def asked(place: Town) -> None:
    await place.home(ALICE)
    await place.until(lambda: place.of("home"))
    # A time to wait, a plain no, and two of which nobody knows whether the message arrived.
    place.fault("chat.postMessage", "429", "503", "hang", "close")
    await place.say(ALICE, "Mag ik mijn lesopname met mijn supervisor delen?")
    await in_doubt(place, 1, minutes=3)
    await in_doubt(place, 0, minutes=60)
    await place.hears(ALICE, "Alleen in iRIS Connect")
    await place.say(ALICE, "En per e-mail?")
    await place.hears(ALICE, "Nee, dat mag niet.")


async def asked_in_a_channel(place: Town) -> None:
    await place.say(ALICE, "<@U0BOT> hoe lang mag ik een opname bewaren?", "C01GEN")
    said = await place.until(
        lambda: [m for m in place.messages("C01GEN") if m.get("thread_ts") and m["user"] == "U0BOT"]
    )
    assert "zes maanden" in json.dumps(said)


async def consent(place: Town) -> None:
    await place.press_any(ALICE, "consent.start")
    await place.until(lambda: modal(place, "Bob Brown"))
    await place.fill(
        ALICE,
        kind=chosen("many_refuse"),
        recorded=chosen("no", "radio_buttons"),
        date={"type": "datepicker", "selected_date": None},
        school=text(None),
        question=text("Kan het in een andere klas? <!channel>"),
    )
    await place.until(lambda: modal(place, "Klopt dit?"))
    await place.hears(ALICE, "Klopt dit?")
    place.fault("conversations.open", "429", "500")
    await place.press(ALICE, "Naar mijn supervisor")
    card = await place.hears(BOB, "wil dit met je bespreken")
    assert "Kan het in een andere klas?" in card
    await place.press(BOB, "Ik heb het gezien")
    await place.hears(ALICE, "Bob Brown heeft je vraag gezien")


async def breach(place: Town) -> None:
    now = place.clock()
    answers = {"what": chosen("phone_lost"), "story": text("Mijn telefoon is weg.")}
    await place.home(ALICE)
    await place.press_any(ALICE, "breach.start")
    await place.until(lambda: modal(place, "Wanneer merkte je het?"))
    await place.fill(ALICE, noticed_at=moment(now + timedelta(days=1)), **answers)
    errors = await place.until(lambda: place.of("view_errors"))
    assert "noticed_at" in errors[-1]["errors"]
    await place.fill(ALICE, noticed_at=moment(now - timedelta(hours=2)), **answers)
    await place.hears(ALICE, "Klopt dit?")
    await place.press(ALICE, "Melding versturen")
    await place.hears(ALICE, "Bezorgd om")
    assert sum("BR-" in mail for mail in place.mails) == 1


async def recorded(place: Town) -> None:
    await place.press_any(ALICE, "recordings.add")
    await place.until(lambda: modal(place, "Opname noteren"))
    day = (place.clock() - timedelta(days=1)).date().isoformat()
    await place.fill(
        ALICE,
        label=text("Les breuken"),
        made_on={"type": "datepicker", "selected_date": day},
        purpose=text(None),
        school=text(None),
    )
    await place.hears(ALICE, "Les breuken")
    seen = len(place.of("home"))
    await place.home(ALICE)
    drawn = await place.until(lambda: place.of("home")[seen:])
    assert "Les breuken" in json.dumps(drawn)
    assert "CP-" in json.dumps(drawn)


async def reminded(place: Town) -> None:
    """Half a year later, on a working day at ten."""
    later = place.clock() + timedelta(days=160)
    while later.weekday() > 3:
        later += timedelta(days=1)
    place.clock.ahead += later.replace(hour=10, minute=0, tzinfo=UTC) - place.clock()
    place.fault("chat.postMessage", "hang", "429")
    place.app.worker.wake()
    await in_doubt(place, 1, minutes=3)
    await place.until(lambda: place.button(ALICE, "Gewist"), 60)
    await place.press(ALICE, "Gewist")
    await place.hears(ALICE, "Genoteerd: je hebt Les breuken gewist")


async def test_the_whole_story(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked(place)
    await asked_in_a_channel(place)
    await consent(place)
    await breach(place)
    await recorded(place)
    await reminded(place)

    assert "<!channel>" not in "".join(place.heard(BOB))
    refused = [call for call in place.api.calls if "refused" in call]
    assert refused == []
    doubled = Counter(m["text"] for user in (ALICE, BOB) for m in place.posted(place.direct(user)))
    assert {said: n for said, n in doubled.items() if n > 1} == {}
    retired = [m for m in bot_messages(place, ALICE) if "Dit formulier is klaar" in m["text"]]
    assert len(retired) == 2  # the question and the report, each in its form's own place
    assert not any("actions" in json.dumps(m["blocks"]) for m in retired)


async def test_a_crash_before_the_acknowledgement_doubles_nothing(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.home(ALICE)
    await place.until(lambda: place.of("home"))
    crash_after_commit(place, monkeypatch)
    await place.say(ALICE, "Mag ik mijn lesopname met mijn supervisor delen?")
    await place.hears(ALICE, "Alleen in iRIS Connect")
    await place.say(ALICE, "En per e-mail?")
    await place.hears(ALICE, "Nee, dat mag niet.")

    assert len(bot_messages(place, ALICE)) == 2


def bot_messages(place: Town, user: str) -> list[dict[str, Any]]:
    return [m for m in place.messages(place.direct(user)) if m["user"] == "U0BOT"]
