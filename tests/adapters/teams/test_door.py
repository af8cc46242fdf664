"""Only Teams, only for us, only our tenant: everything else gets 401 or 403 and leaves no trace."""

import json
import time
from typing import Any

import jwt
from sqlmodel import func, select

from bot.engine.store.tables import Accepted, Account, Conversation, Job
from tests.adapters.teams.fake import APP, Signer

SECRET = "geheime-woorden"
EVIL = "https://evil.example/"


async def traces(world: Any) -> int:
    async with world.app.database.transaction() as db:
        counts = [
            (await db.exec(select(func.count()).select_from(table))).one()
            for table in (Accepted, Account, Conversation, Job)
        ]
    return sum(counts)


async def refused(world: Any, capsys: Any, activity: Any, token: Any, *statuses: int) -> None:
    world.fake.calls.clear()
    status, body = await world.send(activity, token)
    assert status in statuses, (token[:99], activity)
    assert await traces(world) == 0
    assert not any("/v3/" in call for call in world.fake.calls)
    seen = capsys.readouterr()
    assert SECRET not in seen.out + seen.err + json.dumps(body)


WRONG_CLAIMS = [
    {"exp": 1},
    {"exp": None},
    {"nbf": 4_000_000_000},
    {"aud": "somebody-else"},
    {"aud": None},
    {"aud": ["11111111-2222-4333-8444-555555555555", "other"]},
    {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
    {"iss": None},
]


async def test_a_token_with_a_wrong_claim_gets_401(world, anna, capsys):
    for claims in WRONG_CLAIMS:
        token = world.fake.signer.token(world.service, **claims)
        await refused(world, capsys, anna.activity("message", text=SECRET), token, 401)


WRONG_SERVICES = [{"serviceurl": EVIL}, {"serviceurl": None}, {"serviceurl": 5}]


async def test_a_token_for_another_service_gets_403(world, anna, capsys):
    for claims in WRONG_SERVICES:
        token = world.fake.signer.token(world.service, **claims)
        await refused(world, capsys, anna.activity("message", text=SECRET), token, 403)


GARBAGE = ["", "garbage", "a.b.c", "..", "ééé", "e30.e30.", "x" * 7000]


async def test_garbage_gets_401(world, anna, capsys):
    for token in GARBAGE:
        await refused(world, capsys, anna.activity("message", text=SECRET), token, 401)


async def test_forged_tokens_get_401(world, anna, capsys, signer):
    activity = anna.activity("message", text=SECRET)
    other = Signer()  # the right key id, the wrong key
    claims = {"iss": "https://api.botframework.com", "exp": int(time.time()) + 99}
    claims |= {"aud": APP, "serviceurl": world.service}
    public = signer.key.public_key().public_numbers()
    for token in (
        other.token(world.service),
        signer.token(world.service, kid="unknown"),
        jwt.encode(claims, "", "none", headers={"kid": signer.kid}),
        jwt.encode(claims, str(public.n) * 2, "HS256", headers={"kid": signer.kid}),
        signer.token(world.service)[:-9] + "AAAAAAAAA",
    ):
        await refused(world, capsys, activity, token, 401)


SCHEMES = ["Bearer", "bearer {}", "Basic {}", "{}"]


async def test_another_scheme_gets_401(world, anna, capsys):
    for header in SCHEMES:
        good = world.fake.signer.token(world.service)
        activity = anna.activity("message", text=SECRET)
        status, _ = await world.send(activity, "", Authorization=header.format(good))
        assert status == 401
        assert await traces(world) == 0


NOT_OURS = [
    {"channelId": "emulator"},
    {"channelId": None},
    {"serviceUrl": None},
    {"conversation": {"id": "a:1", "tenantId": "other"}},
    {"channelData": {"tenant": {"id": "other"}}},
    {"conversation": {"id": "a:1"}, "channelData": {}},
]


async def test_an_activity_that_is_not_ours_gets_403(world, anna, capsys):
    for changes in NOT_OURS:
        activity = anna.activity("message", text=SECRET, **changes)
        token = world.fake.signer.token(world.service)
        await refused(world, capsys, activity, token, 403)


FOREIGN = [
    EVIL,
    "http://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net.evil.example/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://evilbotframework.com/",
    "http://169.254.169.254/latest/",
    "http://localhost:9/",
    "https://smba.trafficmanager.net:8443/",
    "https://x.botframework.com/../../admin",
    "file:///etc/passwd",
    "//evil.example",
]


async def test_an_address_that_is_not_of_teams_is_never_called(world, anna, capsys):
    for service in FOREIGN:
        activity = anna.activity("message", text=SECRET, serviceUrl=service)
        await refused(world, capsys, activity, world.fake.signer.token(service), 403)


async def test_a_key_that_may_not_speak_for_teams_gets_403(world, anna, capsys):
    weak = Signer(kid="weak", endorsements=("webchat",))
    world.fake.keys.append(weak.public())
    activity = anna.activity("message", text=SECRET)
    await refused(world, capsys, activity, weak.token(world.service), 403)


async def test_a_new_key_is_found_at_once_but_not_fetched_without_end(world, anna):
    new = Signer(kid="key-2")
    world.fake.keys = [new.public()]
    status, _ = await world.send(anna.activity("message", text="hoi"), new.token(world.service))
    assert status == 200
    for n in range(30):
        token = new.token(world.service, kid=f"made-up-{n}")
        assert (await world.send(anna.activity("message", text="hoi"), token))[0] == 401
    assert world.fake.calls.count("openid") <= 5


async def test_without_any_key_nobody_gets_in_and_the_operator_sees_it(start, fake, world, anna):
    blind = await start(teams_openid_url=f"{fake.url}/nothing")
    blind_anna = blind.person("anna@school.test")
    status, _ = await blind.send(blind_anna.activity("message", text=SECRET))
    assert status == 503
    assert "cannot be fetched" in blind.app.platforms["teams"].problems()[0]
    assert await blind.app.platforms["teams"].check()


NO_ACTIVITIES = [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b'{"type": 5}', b"\xff", b"{}"]


async def test_a_body_that_is_no_activity_gets_400(world):
    for raw in NO_ACTIVITIES:
        headers = {"Authorization": f"Bearer {world.fake.signer.token(world.service)}"}
        headers["Content-Type"] = "application/json"
        async with world.client.post("/api/messages", data=raw, headers=headers) as answer:
            assert answer.status in (400, 403)


ODD = [
    {"attachments": "x"},
    {"entities": [1]},
    {"timestamp": "gisteren"},
    {"from": "me"},
    {"from": {}},
    {"text": {"a": 1}},
    {"value": [1]},
    {"channelData": {"tenant": {"id": "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"}, "x": [[]]}},
    {"recipient": None},
]


async def test_odd_shapes_are_no_fault_of_ours(world, anna):
    for changes in ODD:
        status, _ = await world.send(anna.activity("message", **changes))
        assert status in (200, 400)


async def test_only_json_is_read(world, anna):
    status, _ = await world.send(anna.activity("message"), **{"Content-Type": "text/plain"})
    assert status == 400
