"""One script in the local chat, in Teams and in Slack: the same content, the same buttons."""

import pytest

from bot.engine.replies import Ask
from tests.adapters.teams import on_slack
from tests.adapters.teams.conftest import ROSTER, STUDENT
from tests.adapters.teams.on_slack import OnSlack
from tests.adapters.teams.person import actions, inputs, words

# '>' is a button, by the start of its id; all else is typed.
NL = (
    "hallo",
    "Mag ik dit filmpje op YouTube zetten?",
    "En met mijn supervisor?",
    "Ik wil mijn supervisor inschakelen vanwege toestemming",
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
    ">recordings.list",
    ">consent.start",
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


@pytest.mark.parametrize("script", [NL, EN], ids=["nl", "en"])
async def test_the_same_content_in_slack(chat, both, slack, script):
    await chat.people(*(type(row)(**row.model_dump(exclude={"id"})) for row in ROSTER))
    anna = OnSlack(both, slack)
    for step in script:
        if step.startswith(">"):
            said = await chat.press(STUDENT, step[1:])
            await anna.press(step[1:])
        else:
            said = await chat.say(STUDENT, step)
            await anna.say(step)
        posts = anna.look()
        views = anna.look_at_modals()
        form = next((r for r in said if isinstance(r, Ask)), None)
        if step.startswith(">") and form:
            # A button opens the form as a modal, a half-filled one too, which is asked on where
            # one types; the same fields must be there.
            (view,) = views
            names = [b["block_id"] for b in view["blocks"] if b["type"] == "input"]
            assert names == [field.name for field in form.fields], step
            said.remove(form)
        assert len(said) == len(posts), step
        for reply, post in zip(said, posts, strict=True):
            say = reply.question if isinstance(reply, Ask) else reply
            quotes = [part for q in say.quotes for part in (q.heading, q.text, q.reading)]
            parts = [say.title, say.text, say.note, *quotes, *(p for f in say.facts for p in f)]
            for part in parts:
                assert on_slack.bare(part) in on_slack.words(post), (step, part)
            wanted = [b.id for b in say.buttons]
            assert [b for b in on_slack.buttons(post) if b in wanted] == wanted, step
