"""Testing without an account: from this machine only, and never with the bot's token."""

import pytest

from adapters.teams.hosts import Hosts
from bot.settings import SettingsError
from tests.adapters.teams.person import words

LOCAL = {
    "teams_app_id": "",
    "teams_app_password": "",
    "teams_tenant_id": "",
    "teams_local_testing": True,
    "teams_service_hosts": "",
}


@pytest.fixture
async def local(start, world):
    return await start(**LOCAL)


async def test_who_tests_locally_needs_no_token(local):
    local.fake.token = ""
    local.fake.calls.clear()
    anna = local.person("anna@school.test")
    await anna.world.send(anna.activity("installationUpdate", action="add"), "")
    assert "Opnamewijzer" in words(anna.look())
    assert "token" not in local.fake.calls


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "10.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Host": "rebound.example"},
        {"Authorization": "Bearer x"},
    ],
)
async def test_what_comes_from_elsewhere_is_refused(local, headers):
    anna = local.person("anna@school.test")
    status, _ = await local.send(anna.activity("message", text="hoi"), "", **headers)
    assert status == 401


async def test_the_answer_goes_to_this_machine_only(local):
    anna = local.person("anna@school.test")
    for service in ("https://evil.example/", "https://smba.trafficmanager.net/emea/"):
        activity = anna.activity("message", text="hoi", serviceUrl=service)
        assert (await local.send(activity, ""))[0] == 403


async def test_no_real_bot_lets_anybody_in_for_a_test(start, world):
    with pytest.raises(SettingsError, match="TEAMS_LOCAL_TESTING"):
        await start(teams_local_testing=True)


def test_the_bots_own_token_never_goes_to_a_testers_program():
    testers = Hosts(any_loopback=True)
    assert testers.allow("http://127.0.0.1:5000/")
    assert not testers.trust("http://127.0.0.1:5000/")


async def test_without_local_testing_nobody_is_anonymous(world, anna):
    assert (await world.send(anna.activity("message", text="hoi"), ""))[0] == 401
