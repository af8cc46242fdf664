"""From an activity to an event."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.parse import address, parse
from bot.engine.events import Arrived, Left, Pressed, Said, SentFile, Submitted, clean

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BOT = {"id": "28:app", "name": "Opname wijzer (test)"}
CHANNEL = {"conversationType": "channel", "id": "19:c@thread.tacv2;messageid=1611", "tenantId": "T"}


def activity(kind: str = "message", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "id": "1",
        "timestamp": "2026-11-23T09:59:58.1234567Z",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "from": {"id": "29:anna", "name": "Anna"},
        "recipient": BOT,
        "conversation": {"conversationType": "personal", "id": "a:1", "tenantId": "T"},
        "locale": "nl-NL",
        **more,
    }


def mention(text: str, id: str = "28:app") -> list[dict[str, Any]]:  # noqa: A002
    return [{"type": "mention", "text": text, "mentioned": {"id": id, "name": "x"}}]


def test_a_private_sentence():
    event = parse(activity(text="Mag dit?"), NOW)
    assert isinstance(event, Said)
    assert (event.text, event.id, event.locale) == ("Mag dit?", "teams:t:a:1:1", "nl-NL")
    assert event.address.private
    assert (event.address.workspace, event.address.channel) == ("t", "a:1")
    assert event.at == datetime(2026, 11, 23, 9, 59, 58, 123456, tzinfo=UTC)


def test_a_mention_in_a_channel_is_answered_in_its_thread():
    at = "<at>Opname wijzer (test)</at>"
    body = activity(
        text=f"{at}&nbsp;mag dit van <at>Jan</at>?", entities=mention(at), conversation=CHANNEL
    )
    event = parse(body, NOW)
    assert isinstance(event, Said)
    assert event.text == "mag dit van Jan?"
    place = event.address
    assert (place.channel, place.thread, place.private) == ("19:c@thread.tacv2", "1611", False)


def test_a_channel_message_without_a_mention_is_not_for_us():
    assert parse(activity(text="hoi", conversation=CHANNEL), NOW) is None
    other = mention("<at>Jan</at>", "29:jan")
    assert (
        parse(activity(text="<at>Jan</at> hoi", entities=other, conversation=CHANNEL), NOW) is None
    )


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        ({"contentType": "image/png", "contentUrl": "https://x"}, "image/png"),
        (
            {
                "contentType": "application/vnd.microsoft.teams.file.download.info",
                "content": {"fileType": "mp4", "downloadUrl": "https://x"},
            },
            "video/mp4",
        ),
        ({"contentType": "reference", "name": "klas.MOV"}, "video/quicktime"),
        ({"contentType": "reference", "name": "raar"}, "application/octet-stream"),
        ({"contentType": "text/html", "content": '<img itemscope="AMSImage" src="x">'}, "image/*"),
        ({"contentType": "application/vnd.microsoft.card.video", "content": {}}, "video/*"),
    ],
)
def test_of_a_file_only_its_kind_is_known(attachment, kind):
    event = parse(activity(text="kijk", attachments=[attachment]), NOW)
    assert isinstance(event, SentFile)
    assert (event.kinds, event.text) == ((kind,), "kijk")


@pytest.mark.parametrize(
    "attachment",
    [
        {"contentType": "text/html", "content": "<p>hoi <emoji alt='x'></emoji></p>"},
        {"contentType": "application/vnd.microsoft.card.adaptive", "content": {}},
        {"contentType": "messageReference", "content": "{}"},
        {},
        "x",
    ],
)
def test_what_is_no_file(attachment):
    assert isinstance(parse(activity(text="hoi", attachments=[attachment]), NOW), Said)


def invoke(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return activity("invoke", name=name, value=value, replyToId="m1", **more)


def test_buttons_by_execute_by_submit_and_in_a_dialog():
    data = {"b": "breach.start:1"}
    bodies = [
        (invoke("adaptiveCard/action", {"action": {"data": data}, "trigger": "manual"}), False),
        (activity(value=data, replyToId="m1"), False),
        (invoke("task/fetch", {"data": {**data, "msteams": {"type": "task/fetch"}}}), True),
        (invoke("task/submit", {"data": data}), True),
        (invoke("composeExtension/submitAction", {"data": data}), True),
    ]
    for body, can_open in bodies:
        event = parse(body, NOW)
        assert isinstance(event, Pressed)
        assert (event.button, event.message, event.can_open) == ("breach.start:1", "m1", can_open)


def test_a_form_comes_back_whole():
    data = {"f": "breach", "d": 7, "n": ["what", "note", "n"], "m": ["noticed_at", "late"]}
    data |= {"in.what": "lost,sent", "in.noticed_at.date": "2026-11-23", "in.n": 3, "in.x": "no"}
    data["in.noticed_at.time"] = "14:03"
    event = parse(invoke("adaptiveCard/action", {"action": {"data": data}}), NOW)
    assert isinstance(event, Submitted)
    assert (event.form, event.draft, event.can_open) == ("breach", 7, True)
    assert event.values == {
        "what": "lost,sent",
        "note": None,
        "n": "3",
        "noticed_at": "2026-11-23T14:03",
        "late": None,
    }


@pytest.mark.parametrize("draft", [None, "x", "٣", -1, 2**40, "9" * 5000, True, [1]])
def test_a_made_up_draft_is_no_draft(draft):
    event = parse(activity(value={"f": "breach", "d": draft}), NOW)
    assert isinstance(event, Submitted)
    assert event.draft in (0, 1, 3)
    assert not event.can_open


def test_message_actions_are_private_wherever_they_come_from():
    html = (
        '<div><at id="0">Jan</at> mag dit &amp; dat?<br>Groet</div><attachment id="1"></attachment>'
    )
    value = {"commandId": "may_i", "messagePayload": {"body": {"content": html}}}
    event = parse(invoke("composeExtension/fetchTask", value, conversation=CHANNEL), NOW)
    assert isinstance(event, Pressed)
    assert event.button == "say:mag dit & dat?\nGroet"
    assert event.address.private
    assert event.address.channel == ""
    value = {"commandId": "report_breach", "messagePayload": {}}
    event = parse(invoke("composeExtension/fetchTask", value, conversation=CHANNEL), NOW)
    assert isinstance(event, Pressed)
    assert (event.button, event.can_open) == ("breach.start", True)


def test_coming_and_going():
    cases = {
        "add": Arrived,
        "add-upgrade": Arrived,
        "remove": Left,
        "remove-upgrade": type(None),
        "": type(None),
    }
    for action, kind in cases.items():
        assert type(parse(activity("installationUpdate", action=action), NOW)) is kind
    added = activity("conversationUpdate", membersAdded=[{"id": "29:x"}, {"id": "28:app"}])
    assert isinstance(parse(added, NOW), Arrived)
    assert parse(activity("conversationUpdate", membersAdded=[{"id": "29:x"}]), NOW) is None
    assert parse({**added, "conversation": CHANNEL}, NOW) is None
    assert parse(activity("installationUpdate", action="remove", conversation=CHANNEL), NOW) is None


def test_the_same_activity_has_the_same_id_also_without_one():
    body = activity(text="hoi", id="")
    assert parse(body, NOW).id == parse(dict(body), NOW).id
    assert parse(body, NOW).id != parse({**body, "text": "ha"}, NOW).id
    assert len(parse(activity(id="x" * 5000), NOW).id) < 400


def test_bots_are_not_answered():
    assert parse(activity(text="hoi", **{"from": {"id": "28:other"}}), NOW) is None
    assert address({"from": {"id": "29:x"}}) is None


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)


@given(
    kind=st.sampled_from(["message", "invoke", "conversationUpdate", "installationUpdate"]),
    name=st.sampled_from(["adaptiveCard/action", "task/fetch", "composeExtension/fetchTask"]),
    parts=st.dictionaries(
        st.sampled_from(
            ["value", "entities", "attachments", "membersAdded", "text", "from", "conversation"]
        ),
        json_data,
    ),
)
def test_nothing_breaks_it(kind, name, parts):
    parse(clean({**activity(kind), "name": name, **parts}), NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<quoted messageId="1611"/> mag dit?', "mag dit?"),
        ('<quoted messageId="1611">Anna: hoi</quoted>mag dit?', "mag dit?"),
        ("filmpje &amp; foto van 4&nbsp;vwo", "filmpje & foto van 4 vwo"),
        ("is 3 &lt; 4?", "is 3 < 4?"),
    ],
)
def test_marks_of_teams_are_no_words(text: str, said: str) -> None:
    event = parse(activity(text=text), NOW)
    assert isinstance(event, Said)
    assert event.text == said
