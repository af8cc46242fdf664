"""The same script in the local chat and in Teams: the same content and the same buttons."""

import pytest

from bot.replies import Ask
from tests.adapters.teams.conftest import ROSTER, STUDENT
from tests.adapters.teams.person import actions, inputs, words

# '>' is a button, by the start of its id; all else is typed.
NL = (
    "hallo",
    "Mag ik dit filmpje op YouTube zetten?",
    "En met mijn supervisor?",
    "Probleem met toestemming",
    ">consent.start",
    "1",
    "nee",
    "stop",
    "Mijn opnames",
    "Opname noteren",
    "3 havo les 2",
    "gisteren",
    "terug",
    "stop",
    "Datalek melden",
    "vanochtend 9:30",
    "stop",
    "wat is het weer morgen",
    "dank je",
)
EN = ("hello", "May I keep this clip?", "Report a breach", "stop", "my recordings", "thanks")


def there(wanted, shown):
    return " ".join(wanted.split()) in shown


@pytest.mark.parametrize("script", [NL, EN], ids=["nl", "en"])
async def test_the_same_content(chat, world, anna, script):
    await chat.people(*(type(row)(**row.model_dump(exclude={"id"})) for row in ROSTER))
    for step in script:
        if step.startswith(">"):
            said = await chat.press(STUDENT, step[1:])
            press = anna.activity("message", value={"b": step[1:]})
            anna.look()
            await anna.send(press)
            cards = anna.look()
        else:
            said = await chat.say(STUDENT, step)
            cards = await anna.say(step)
        assert len(said) == len(cards), step
        shown = " ".join(words(cards).split())
        for reply, message in zip(said, cards, strict=True):
            if isinstance(reply, Ask) and reply.whole:
                assert there(reply.title, shown), step
                assert {name.partition(".")[0] for name in inputs(message.card)} == {
                    field.name for field in reply.fields
                }, step
                continue
            say = reply.question if isinstance(reply, Ask) else reply
            quotes = [part for q in say.quotes for part in (q.heading, q.text, q.reading)]
            parts = [say.title, say.text, say.note, *quotes, *(p for f in say.facts for p in f)]
            for part in parts:
                assert there(part, shown), (step, part)
            buttons = [a["data"]["b"] for a in actions(message.card)]
            assert [b.id for b in say.buttons] == buttons[: len(say.buttons)], step
