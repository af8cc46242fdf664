"""Teams says no, or nothing, or comes back later: nothing is lost and nothing is doubled."""

from collections import Counter

import pytest
from sqlmodel import select

from adapters.teams.api import OURS
from bot.engine.events import Address
from bot.engine.jobs import add
from bot.engine.outbox import Notice, Parcel
from bot.engine.replies import Say
from bot.engine.store.tables import Account, Job
from tests.adapters.teams.conftest import STUDENT, SUPERVISOR
from tests.adapters.teams.fake import TENANT
from tests.adapters.teams.person import read, words
from tests.adapters.teams.test_story import CONSENT, send_a_case

ASK = "Mag ik dit filmpje op YouTube zetten?"


async def jobs(world, **wanted):
    async with world.app.database.transaction() as db:
        found = (await db.exec(select(Job).order_by(Job.id))).all()
    return [j for j in found if all(getattr(j, k) == v for k, v in wanted.items())]


@pytest.mark.parametrize(
    ("status", "times"), [(412, 4), (503, 4), (429, 2), (500, 2), (502, 2), (504, 2)]
)
async def test_a_burst_of_refusals_delays_but_loses_nothing(world, anna, status, times):
    world.fake.faults = [("POST", status, {})] * times
    assert await anna.say(ASK) == []
    for _ in range(30):
        await world.later(minutes=2)
    assert len(anna.look()) == 1
    assert "Nee, dat mag niet." in words(world.fake.to(anna.account))
    assert await jobs(world, done=None) == []


@pytest.mark.parametrize("status", [429, 500, 502, 504])
async def test_what_teams_may_have_taken_is_posted_three_times_at_most(world, anna, status):
    world.fake.faults = [("POST", status, {})] * 99
    await anna.say(ASK)
    for _ in range(4):
        await world.later(minutes=40)
    assert len(world.fake.faults) == 99 - 3
    [job] = await jobs(world, kind="deliver")
    assert (job.error, job.trouble) == ("unsure", f"http_{status}")


async def test_teams_says_how_long_to_wait(world, anna):
    world.fake.faults = [("POST", 429, {"Retry-After": "30"})]
    assert await anna.say(ASK) == []
    await world.later(seconds=15)
    assert anna.look() == []
    await world.later(seconds=20)
    assert len(anna.look()) == 1
    assert max(j.attempts for j in await jobs(world)) == 1


async def test_messages_stay_in_order_through_a_burst(world, anna):
    world.fake.faults = [("POST", 429, {"Retry-After": "5"})]
    await anna.say(ASK)
    await anna.say("Ik heb een probleem met toestemming")
    await world.later(seconds=60)
    texts = [read(m.card) for m in world.fake.to(anna.account)]
    assert "dat mag niet" in texts[0]
    assert "supervisor" in texts[-1]
    assert max(Counter(m.mark for m in world.fake.messages).values()) == 1


async def test_a_cold_start_still_sends(world, start, anna, bo):
    await bo.install()
    await anna.say("Probleem met toestemming")
    await anna.press("Naar mijn supervisor")
    await anna.press("Controleren", **CONSENT)
    world.fake.faults = [("POST", 502, {})] * 99
    # The form loses its buttons; no message could be posted.
    [retired] = await anna.press("Naar mijn supervisor")
    assert "Dit formulier is klaar" in read(retired.card)
    world.fake.faults.clear()
    again = await start()
    for _ in range(5):
        await again.later(minutes=2)
    assert "Anna wil dit met je bespreken" in words(world.fake.to(bo.account))
    assert max(Counter(m.mark for m in world.fake.messages).values()) == 1
    assert await jobs(again, done=None, kind="deliver") == []


async def test_who_blocked_the_bot_is_reached_by_mail_and_the_operator_sees_it(
    start, world, anna, bo
):
    mailing = await start(smtp_url="smtp://127.0.0.1:9")
    anna.world = bo.world = mailing
    await bo.install()
    world.fake.blocked = {bo.account}
    await send_a_case(anna)
    [mail] = [j for j in await jobs(mailing, kind="deliver") if j.key.endswith(":mail")]
    assert mail.payload["address"]["account"] == "bo@school.test"
    assert [j.error for j in await jobs(mailing) if j.error] == ["Unreachable"]
    async with mailing.app.database.transaction() as db:
        lost = (await db.exec(select(Account).where(Account.email == "bo@school.test"))).one()
    assert lost.lost_at


@pytest.mark.parametrize("code", sorted(OURS))
async def test_our_own_trouble_is_nobodys_absence(world, anna, code):
    await anna.install()
    world.fake.faults = [("POST", 403, {"code": code}) for _ in range(3)]
    await anna.say(ASK)
    teams = world.app.platforms["teams"]
    assert code in teams.problems()[0]
    async with world.app.database.transaction() as db:
        account = (await db.exec(select(Account).where(Account.email == STUDENT))).one()
    assert account.lost_at is None
    world.fake.faults.clear()
    before = len(world.fake.to(anna.account))
    await world.later(minutes=30)
    assert len(world.fake.to(anna.account)) == before + 1
    assert teams.problems() == []


@pytest.mark.parametrize("status", [429, 403, 500])
async def test_who_installs_while_teams_cannot_say_who_it_is_is_asked_for_again(
    world, anna, bo, status
):
    headers = {"Retry-After": "20"} if status == 429 else {}
    world.fake.faults = [("GET", status, headers)] * 3
    await bo.install()
    assert "Teams kan mij nu niet zeggen wie je bent" in words(
        bo.look() or world.fake.to(bo.account)
    )
    world.fake.faults.clear()
    await world.later(minutes=10)
    await send_a_case(anna)
    assert "bespreken" in words(bo.look())


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"email": "bo.de.vries@elders.nl", "userPrincipalName": SUPERVISOR}, ""),
        ({"userPrincipalName": "bo.de.vries@elders.nl"}, ""),
        ({"userRole": "guest"}, "een gast"),
        ({"tenantId": "another"}, "een gast"),
        ({"email": "", "userPrincipalName": ""}, "geen e-mailadres"),
    ],
)
async def test_who_is_not_recognised_is_told_why(world, bo, member, said):
    world.fake.person(bo.account, SUPERVISOR)
    world.fake.members[bo.account] |= member
    greeting = words(await bo.install())
    assert said in greeting
    async with world.app.database.transaction() as db:
        account = (await db.exec(select(Account))).one()
    assert account.email == ("" if said else SUPERVISOR)


async def test_a_platform_that_was_switched_off_for_a_day_lost_nobody(start, world, bo):
    await bo.install()
    off = await start(teams_app_id="", smtp_url="smtp://127.0.0.1:9")
    more = Parcel(Address("teams", TENANT, bo.account, service=world.service), Say("Hoi")).job("k")
    async with off.app.database.transaction() as db:
        await add(db, more, off.clock())
    await off.app.worker.drain(off.clock())
    async with off.app.database.transaction() as db:
        account = (await db.exec(select(Account).where(Account.email == SUPERVISOR))).one()
    assert account.lost_at is None


async def test_who_left_and_came_back_is_reached_again(world, anna, bo):
    await bo.install()
    await bo.install("remove")
    await send_a_case(anna)
    assert "bespreken" not in words(world.fake.to(bo.account))
    await bo.install()
    await anna.say("Probleem met toestemming")
    await anna.press("Naar mijn supervisor")
    await anna.press("Controleren", kind="other", recorded="no")
    await anna.press("Naar mijn supervisor")
    assert "bespreken" in words(bo.look())


async def test_the_address_of_the_service_may_move(start, fake, world, anna, bo):
    moved = await start(teams_service_hosts="127.0.0.1,localhost")
    anna.world = bo.world = moved
    await bo.install()
    there = fake.url.replace("127.0.0.1", "localhost")
    await bo.send(bo.activity("message", text="help", serviceUrl=f"{there}/"))
    fake.hosts.clear()
    await send_a_case(anna)
    assert any(host.startswith("localhost") for host in fake.hosts)


async def test_an_edited_message_that_is_gone_is_posted_anew(world, anna, bo):
    await bo.install()
    [*_, case] = await send_a_case(anna)
    world.fake.messages.remove(case)
    await bo.press("Ik heb het gezien")
    assert case.card["refresh"]["action"]["data"]["r"] in str(
        [m.card.get("refresh") for m in world.fake.to(anna.account)]
    )


async def test_a_token_that_ran_out_is_fetched_again(world, anna):
    await anna.install()
    world.fake.token = "bot-token-2"
    assert len(await anna.say(ASK)) == 1
    assert world.fake.calls.count("token") == 2


async def test_a_wrong_password_waits_for_the_operator_and_loses_nothing(start, fake, world):
    fake.token_status = 401
    broken = await start()
    anna = broken.person("anna@school.test")
    assert await anna.say("help") == []
    teams = broken.app.platforms["teams"]
    assert "TEAMS_APP_PASSWORD" in teams.problems()[0]
    assert "TEAMS_APP_PASSWORD" in (await teams.check())[0]
    fake.token_status = 200
    await broken.later(minutes=6)
    assert len(anna.look()) == 1
    assert teams.problems() == []
    assert await teams.check() == []


async def test_a_password_that_stays_wrong_sends_news_by_mail(start, fake, world, bo):
    broken = await start(smtp_url="smtp://127.0.0.1:9")
    bo.world = broken
    await bo.install()
    fake.token, fake.token_status = "another", 401
    async with broken.app.database.transaction() as db:
        await add(db, Notice("bo@school.test", Say("Nieuws"), "n1").job(), broken.clock())
    for _ in range(14):
        await broken.later(minutes=6)
    assert "NoToken" in [job.error for job in await jobs(broken)]
    [mail] = [j for j in await jobs(broken, kind="deliver") if j.key.endswith(":mail")]
    assert mail.payload["address"]["account"] == "bo@school.test"


async def test_a_token_page_of_somebody_in_between_loses_nothing(start, fake, world):
    fake.token_page = "<html>Log in to this network</html>"
    again = await start()
    anna = again.person("anna@school.test")
    assert await anna.say("help") == []
    fake.token_page = ""
    await again.later(minutes=6)
    assert len(anna.look()) == 1


async def test_without_the_roster_nobody_is_trusted(world, anna):
    world.fake.faults = [("GET", 500, {})]
    shown = words(await anna.say("mijn opnames"))
    assert "kan mij nu niet zeggen wie je bent" in shown
    async with world.app.database.transaction() as db:
        [known] = (await db.exec(select(Account))).all()
    assert known.email == "anna@school.test"  # asked for again, before anybody writes
    await anna.say("mijn opnames")
    assert len([call for call in world.fake.calls if call.startswith("GET")]) == 2


async def test_who_became_a_guest_loses_the_address(world, anna):
    await anna.say("mijn opnames")
    world.fake.members[anna.account]["userRole"] = "guest"
    await world.later(hours=2)
    await anna.say("mijn opnames")
    async with world.app.database.transaction() as db:
        assert [account.email for account in (await db.exec(select(Account))).all()] == [""]


async def test_a_failing_database_makes_teams_try_again(world, anna, monkeypatch):
    async def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(world.app.talk, "handle", broken)
    status, body = await world.send(anna.activity("message", text="geheim"))
    assert (status, body) == (503, {"error": "try again"})


async def test_a_tenant_that_is_not_set_means_nobody_is_recognised(start, world):
    anybody = await start(teams_tenant_id="", teams_app_type="MultiTenant")
    anna = anybody.person("anna@school.test")
    await anna.say("help")
    async with anybody.app.database.transaction() as db:
        [known] = (await db.exec(select(Account))).all()
    assert known.email == ""
    assert "TEAMS_TENANT_ID" in anybody.app.platforms["teams"].problems()[0]
