"""Every sample activity of Microsoft gets the status that is documented for it."""

import json
from pathlib import Path

from tests.adapters.teams.fake import TENANT

SAMPLES = Path(__file__).parent / "activities"
# What each sample is wrapped in where the documentation leaves it out, and what it must get.
DOCUMENTED = {
    "docs.adaptiveCard_action.automatic": ({}, 200),
    "docs.adaptiveCard_action.manual": ({}, 200),
    "docs.composeExtension_fetchTask.groupchat": ({}, 200),
    "docs.composeExtension_fetchTask.message_in_thread": ({}, 200),
    "docs.composeExtension_submitAction": ({"type": "invoke"}, 200),
    "docs.conversationUpdate.channelCreated": ({}, 200),
    "docs.fileConsent_invoke.accept": ({"type": "invoke"}, 200),
    "docs.fileConsent_invoke.decline": ({"type": "invoke"}, 200),
    "docs.installationUpdate.add.channel": ({}, 200),
    "docs.message.file_download_info": ({"type": "message"}, 200),
    "docs.messageReaction.removed": ({}, 200),
    "recorded.signin_failure_invoke_activity": ({}, 200),
    "recorded.suggested_action_submit_invoke_activity": ({}, 200),
}


async def test_every_sample_gets_its_status(world, anna):
    samples = {p.stem: p for p in SAMPLES.glob("*.json") if ".response." not in p.name}
    assert set(samples) == set(DOCUMENTED)
    for name, path in samples.items():
        more, wanted = DOCUMENTED[name]
        sample = json.loads(path.read_text())
        envelope = anna.activity("message")
        conversation = {**envelope["conversation"], **sample.get("conversation", {})}
        activity = {**envelope, **sample, **more, "channelId": "msteams"}
        activity |= {"serviceUrl": world.service, "channelData": envelope["channelData"]}
        activity["conversation"] = {**conversation, "tenantId": TENANT}
        status, body = await world.send(activity)
        assert status == wanted, (name, body)


async def test_what_nobody_knows(world, anna):
    for kind in ("typing", "endOfConversation", "messageUpdate", "event", "somethingNew"):
        assert (await world.send(anna.activity(kind)))[0] == 200
    assert (await world.send(anna.activity("invoke", name="something/new")))[0] == 501
    assert (await world.send(anna.activity("invoke", name="adaptiveCard/action")))[1][
        "statusCode"
    ] == 400


async def test_the_roster_samples():
    from adapters.teams.directory import TeamsMember, vouched
    from bot.engine.people import VISITOR

    user = json.loads((SAMPLES / "docs.response.get_member.user.json").read_text())
    anonymous = json.loads((SAMPLES / "docs.response.get_member.anonymous.json").read_text())
    tenant = user["tenantId"]
    assert vouched(user, tenant).email == "larry.brown@fabrikam.com"
    assert vouched(user, tenant).unproven == ""
    assert vouched(user, "another") == TeamsMember(name=user.get("name", ""), unproven=VISITOR)
    assert vouched(user, "").email == ""
    assert vouched(anonymous, tenant).email == ""
    assert vouched({**user, "userRole": "guest"}, tenant).email == ""
    assert vouched({**user, "email": None}, tenant).email == "labrown@fabrikam.com"
    ext = {**user, "email": "", "userPrincipalName": "a_b.nl#EXT#@fabrikam.com"}
    assert vouched(ext, tenant).email == ""
    assert vouched({**ext, "email": "a@b.nl"}, tenant).email == ""
