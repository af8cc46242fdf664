"""A student, a supervisor and a privacy officer, with nothing but a Teams client each."""

from sqlmodel import func, select

from bot.engine.store.tables import Accepted, Job
from dialogs.breach.table import Breach
from dialogs.consent.table import Case
from tests.adapters.teams.person import actions, inputs, read, words

CONSENT = {"kind": "many_refuse", "recorded": "no"}
BREACH = {"noticed_at.date": "2026-11-23", "noticed_at.time": "09:00", "what": "device"}


async def rows(world, table):
    async with world.app.database.transaction() as db:
        return (await db.exec(select(table))).all()


async def count(world, table):
    async with world.app.database.transaction() as db:
        return (await db.exec(select(func.count()).select_from(table))).one()


async def send_a_case(anna):
    await anna.say("Ik heb een probleem met toestemming")
    await anna.press("Naar mijn supervisor")
    await anna.press("Controleren", **CONSENT)
    return await anna.press("Naar mijn supervisor")


async def test_a_question_and_its_follow_up(anna):
    assert "Stel je vraag" in words(await anna.install())
    assert await anna.install() == []
    first = await anna.say("Mag ik dit filmpje op YouTube zetten?")
    assert "Nee, dat mag niet." in words(first)
    assert "iRIS Connect" in words(first)
    assert first[0].activity["summary"].startswith("Nee, dat mag niet.")
    assert "dat mag" in words(await anna.say("En met mijn supervisor?"))


async def test_consent_from_the_form_to_the_end(world, anna, bo):
    await bo.install()
    await anna.say("Probleem met toestemming")
    [form] = await anna.press("Naar mijn supervisor")
    assert await anna.press("Controleren", **CONSENT, date="2026-01-01") == []
    assert "Deze dag is al geweest" in read(form.card)
    assert inputs(form.card)["kind"]["value"] == "many_refuse"
    done, summary = await anna.press("Controleren", **CONSENT, date="2026-12-01")
    assert (done.id, inputs(done.card)) == (form.id, {})
    assert "1 december 2026" in words([summary])
    retired, sent = await anna.press("Naar mijn supervisor")
    assert (retired.id, list(actions(retired.card))) == (summary.id, [])
    assert "Dit formulier is klaar" in read(retired.card)
    case = bo.look()[-1]
    assert "Anna wil dit met je bespreken" in read(case.card)

    await bo.press("Ik heb het gezien")
    assert case.edits == 1
    assert "Bo heeft je vraag gezien" in read(sent.card)
    await bo.press("Antwoorden")
    await bo.press("Versturen", words="Wacht even met *opnemen*.")
    assert "Wacht even met *opnemen*." in words(anna.look())
    await bo.press("Afronden")
    outcome = inputs(world.fake.to(bo.account)[-1].card)["outcome"]["choices"][0]["value"]
    await bo.press("Afronden", outcome=outcome)
    assert "Afgerond" in words(anna.look())
    assert [c.state for c in await rows(world, Case)] == ["settled"]


async def test_a_breach_from_a_message_in_a_chat_without_the_bot(world, anna):
    officer = world.person("po@school.test")
    await officer.install()
    await anna.message_action("report_breach", "<p>Mijn telefoon is weg</p>")
    assert "24 uur" in read(anna.dialog)
    await anna.press("Controleren", story="Telefoon met opnames kwijt.")
    assert "Dit antwoord is nodig" in read(anna.dialog)
    assert inputs(anna.dialog)["story"]["value"] == "Telefoon met opnames kwijt."
    what = inputs(anna.dialog)["what"]["choices"][0]["value"]
    kept = {"story": "Telefoon met opnames kwijt.", **BREACH, "what": what}
    await anna.press("Controleren", **kept)
    assert "Klopt dit?" in read(anna.dialog)
    assert await count(world, Breach) == 0
    submit = next(actions(anna.dialog))["title"]
    # A copy of the summary stands in the chat: once the form is in, it has no button any more.
    copy, button = anna._find(submit)
    await anna.press(submit)
    assert [b.reporter for b in await rows(world, Breach)] == ["anna@school.test"]
    assert "BR-2026-0001" in words(officer.look())
    assert "Dit formulier is klaar" in read(copy.card)
    assert not any(
        a["title"] == submit for m in world.fake.to(anna.account) for a in actions(m.card)
    )
    # A client that did not hear of it yet still shows the old button.
    await anna._act(copy, button, {})
    assert await count(world, Breach) == 1


async def test_is_this_allowed_on_somebodys_message(anna):
    copy = await anna.message_action(
        "may_i", "<div><at id='0'>Jan</at> mag ik dit filmpje op YouTube zetten?</div>"
    )
    assert "Nee, dat mag niet." in read(anna.dialog)
    assert "Jan" not in read(anna.dialog)
    assert "Nee, dat mag niet." in words(copy)
    await anna.message_action("may_i", "")
    assert read(anna.dialog)


async def test_somebodys_message_is_no_answer_to_my_open_question(anna):
    await anna.say("Datalek melden")
    await anna.message_action("may_i", "<p>vanochtend 9:30</p>")
    anna.dialog = None
    await anna.say("vanochtend 8:15")
    await anna.press("Invullen als formulier")
    assert inputs(anna.dialog)["noticed_at.time"]["value"] == "08:15"


async def test_question_by_question_and_the_whole_form_from_there(anna):
    await anna.say("Datalek melden")
    await anna.say("vanochtend 9:30")
    await anna.press("Invullen als formulier")
    assert inputs(anna.dialog)["noticed_at.time"]["value"] == "09:30"
    what = inputs(anna.dialog)["what"]["choices"][0]["value"]
    await anna.press("Controleren", **BREACH | {"what": what}, story="Kwijt.")
    assert "Kwijt." in read(anna.dialog)
    await anna.press("Stoppen")
    assert anna.dialog is None or "Gestopt" in read(anna.dialog)


async def test_a_mention_is_answered_in_its_thread_and_what_is_personal_in_private(world, anna):
    thread = "19:team@thread.tacv2;messageid=42"
    channel = {"conversationType": "channel", "id": thread, "tenantId": "ignored"}
    channel["tenantId"] = anna.activity("message")["conversation"]["tenantId"]
    at = "<at>Opnamewijzer</at>"
    entity = {
        "type": "mention",
        "text": at,
        "mentioned": {"id": anna.activity("x")["recipient"]["id"]},
    }
    say = {"conversation": channel, "entities": [entity]}
    assert await anna.say(f"{at} mag ik dit filmpje op YouTube zetten?", **say) == []
    in_thread = [m for m in world.fake.messages if m.conversation == thread]
    assert "Nee, dat mag niet." in words(in_thread)
    private = await anna.say(f"{at} mijn opnames", **say)
    assert private
    in_thread = [m for m in world.fake.messages if m.conversation == thread]
    assert "privéchat" in read(in_thread[-1].card)


async def test_a_file_is_answered_and_never_fetched(world, anna):
    url = f"{world.fake.url}/secret.mp4"
    kind = "application/vnd.microsoft.teams.file.download.info"
    content = {"downloadUrl": url, "fileType": "mp4"}
    answer = await anna.say(
        "kijk", attachments=[{"contentType": kind, "contentUrl": url, "content": content}]
    )
    assert "iRIS Connect" in words(answer)
    assert not any("secret" in call for call in world.fake.calls)


async def test_a_client_may_look_for_the_newest_card_as_often_as_it_likes(world, start, anna, bo):
    await bo.install()
    sent = await send_a_case(anna)
    form, case = (m for m in sent if "refresh" in m.card)
    assert "Dit formulier is klaar" in read((await anna.refresh(form))["value"])
    before = (await count(world, Accepted), await count(world, Job), len(world.fake.calls))
    for trigger in ("automatic", "automatic", "manual"):
        answer = await anna.refresh(case, trigger)
        assert answer["value"] == case.card
    assert before == (await count(world, Accepted), await count(world, Job), len(world.fake.calls))
    # Everybody gets their own card by the same request, or none; a cold start knows no card.
    assert "Ik heb het gezien" in str(await bo.refresh(case))
    officer = world.person("po@school.test")
    assert (await officer.refresh(case))["type"].endswith("activity.message")
    anna.world = await start()
    assert (await anna.refresh(case))["type"].endswith("activity.message")


async def test_the_same_activity_twice_is_one(world, anna, bo):
    await bo.install()
    once = anna.activity("message", text="Mag ik dit filmpje op YouTube zetten?")
    for _ in range(3):
        await anna.send(once)
    assert len(anna.look()) == 1
    await send_a_case(anna)
    press = bo.activity("invoke", name="adaptiveCard/action", replyToId="m1")
    press["value"] = {"action": {"data": {"b": "consent.seen:CP-2026-0001"}}, "trigger": "manual"}
    answers = [await bo.send(press) for _ in range(2)]
    assert answers[0]["type"].endswith("card.adaptive")
    assert answers[1]["value"] == "Dit had je al verstuurd. Kijk in onze chat."
    assert [c.state for c in await rows(world, Case)] == ["seen"]


async def test_an_old_button_is_answered_kindly(anna):
    press = anna.activity("invoke", name="adaptiveCard/action")
    press["value"] = {"action": {"data": {"b": "consent.seen:CP-1999-0001"}}, "trigger": "manual"}
    await anna.send(press)
    assert "niets veranderd" in words(anna.look())
    await anna.send(anna.activity("message", value={"b": "what.ever"}))
    assert "niets veranderd" in words(anna.look())
    await anna.send(anna.activity("message", value={"f": "breach", "d": 99, "n": ["what"]}))
    assert "niets veranderd" in words(anna.look())


async def test_in_english_too(world, anna):
    anna.locale = "en-GB"
    [hello] = await anna.install()
    assert read(hello.card).startswith("Hello")
    [*_, form] = await anna.press("Report a breach")
    assert inputs(form.card)["noticed_at.time"]["label"] == "What time?"
    await anna.press("Check")
    assert "Look at the red sentences" in read(form.card)
