"""A student on Slack and a supervisor on Teams settle one case."""

from sqlmodel import select

from dialogs.consent.table import Case
from tests.adapters.teams.on_slack import OnSlack
from tests.adapters.teams.person import inputs, words


async def test_one_case_on_two_platforms(both, slack, bo):
    bo.world = both
    await bo.install()
    anna = OnSlack(both, slack)
    await anna.say("Probleem met toestemming")
    await anna.press("consent.start")
    await anna.fill(kind="many_refuse", recorded="no")
    await anna.press("form.send:1")
    assert "Anna wil dit met je bespreken" in words(bo.look())
    await bo.press("Ik heb het gezien")
    assert "Bo heeft je vraag gezien" in anna.heard
    await bo.press("Antwoorden")
    await bo.press("Versturen", words="Kies een andere klas.")
    assert "Kies een andere klas." in anna.heard
    await bo.press("Afronden")
    form = both.fake.to(bo.account)[-1].card
    outcome = inputs(form)["outcome"]["choices"][0]["value"]
    await bo.press("Afronden", outcome=outcome)
    assert "Afgerond door Bo" in anna.heard
    async with both.app.database.transaction() as db:
        assert [case.state for case in await db.exec(select(Case))] == ["settled"]
