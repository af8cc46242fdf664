"""Talking in Slack, end to end with the real SDK and a small Slack on loopback."""

import re
from typing import Any

import pytest

from tests.adapters.slack.conftest import World


def texts_of(posts: list[dict[str, Any]]) -> list[str]:
    return [post["text"] for post in posts]


async def test_a_question_in_the_private_chat_is_answered_there(world: World) -> None:
    status, _ = await world.send(world.said("Mag dit?"))

    assert status == 200
    (post,) = world.fake.posts
    assert (post["channel"], post["text"]) == ("DUANNA", "Gevraagd: Mag dit?")
    assert post["blocks"][1]["elements"][0]["value"] == "say:meer"
    assert post.get("thread_ts") is None


async def test_an_answer_in_a_thread_of_the_private_chat_stays_in_it(world: World) -> None:
    await world.send(world.said("Mag dit?", thread_ts="16.5"))

    assert world.fake.posts[0]["thread_ts"] == "16.5"


async def test_a_mention_is_answered_in_its_thread(world: World) -> None:
    mention = {"type": "app_mention", "channel": "C1", "text": "<@UBOT>: mag &lt;dit&gt;?"}
    await world.send(world.event(**mention, ts="5.5"))

    (post,) = world.fake.posts
    assert (post["channel"], post["thread_ts"]) == ("C1", "5.5")
    assert post["text"] == "Gevraagd: mag &lt;dit&gt;?"


async def test_what_is_personal_moves_to_the_private_chat(world: World) -> None:
    await world.send(world.event(type="app_mention", channel="C1", text="<@UBOT> own", ts="5.5"))

    answer, note = world.fake.posts  # the channel hears of it once the answer is there
    assert (answer["channel"], answer["text"]) == ("DUANNA", "Alleen voor anna@example.org")
    assert (note["channel"], note["thread_ts"]) == ("C1", "5.5")
    assert "privéchat" in note["text"]
    assert "anna@example.org" not in note["text"]
    assert [c["users"] for c in world.fake.of("conversations.open")] == ["UANNA"]


async def test_a_button_in_a_thread_is_answered_in_that_thread(world: World) -> None:
    held = {"type": "message", "channel_id": "C1", "message_ts": "6.1", "thread_ts": "5.5"}
    await world.send(world.pressed("say:meer", container=held, channel={"id": "C1"}))

    assert [(p["channel"], p["thread_ts"]) for p in world.fake.posts] == [("C1", "5.5")]


async def test_the_same_event_again_changes_nothing(world: World) -> None:
    event = world.said("Mag dit?")
    for headers in ({}, {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}):
        assert (await world.send(event, **headers))[0] == 200
    again = {**event, "event_id": "EvOther"}
    assert (await world.send(again))[0] == 200

    assert texts_of(world.fake.posts) == ["Gevraagd: Mag dit?"]


async def test_a_message_with_the_same_ref_takes_the_place_of_the_old_one(world: World) -> None:
    await world.send(world.said("own"))
    await world.send(world.said("own"))

    assert len(world.fake.posts) == 1
    (update,) = world.fake.of("chat.update")
    assert (update["channel"], update["ts"]) == ("DUANNA", "1700000000.000001")


@pytest.mark.parametrize("reason", ["message_not_found", "edit_window_closed"])
async def test_a_message_that_cannot_be_changed_is_posted_anew(world: World, reason: str) -> None:
    await world.send(world.said("own"))
    world.fake.fault("chat.update", reason)
    await world.send(world.said("own"))

    assert len(world.fake.posts) == 2


async def test_the_command_is_answered_in_private_and_says_so(world: World) -> None:
    command = {"command": "/opname", "text": "Mag dit?", "user_id": "UANNA", "channel_id": "C1"}
    status, said = await world.send({**command, "team_id": "T1", "trigger_id": "1.77.x"})

    assert status == 200
    assert said["response_type"] == "ephemeral"
    assert "Apps" in said["text"]
    assert [p["channel"] for p in world.fake.posts] == ["DUANNA"]


async def test_the_command_alone_gives_help_and_no_note_in_the_private_chat(world: World) -> None:
    await world.send(world.said("Mag dit?"))
    command = {"command": "/opname", "text": "", "user_id": "UANNA", "channel_id": "DUANNA"}
    _, said = await world.send({**command, "team_id": "T1", "trigger_id": "1.78.x"})

    assert said == ""
    assert texts_of(world.fake.posts)[1:] == ["Meer"]


async def test_is_this_allowed_asks_about_the_text_of_any_message(world: World) -> None:
    shortcut = {
        "type": "message_action",
        "callback_id": "may_i",
        "trigger_id": "1.2.x",
        "team": {"id": "T1"},
        "user": {"id": "UANNA"},
        "channel": {"id": "C9"},
        "message": {"text": "Ik zet het <https://x.nl|op x.nl>", "ts": "3.3", "user": "UBRAM"},
    }
    await world.send(shortcut)

    (post,) = world.fake.posts
    assert (post["channel"], post["text"]) == ("DUANNA", "Gevraagd: Ik zet het op x.nl")


async def test_files_are_answered_and_never_fetched(world: World) -> None:
    file = {"mimetype": "video/mp4", "url_private": f"{world.fake.url}files.get", "name": "Jan.mp4"}
    await world.send(world.said("", subtype="file_share", files=[file]))

    assert texts_of(world.fake.posts) == ["file"]
    assert not [m for m, _ in world.fake.calls if m.startswith("files")]


async def test_opening_the_messages_greets_once(world: World) -> None:
    opened = {"type": "app_home_opened", "tab": "messages", "channel": "DUANNA"}
    for _ in range(2):
        await world.send(world.event(**opened))

    assert texts_of(world.fake.posts) == ["greeting"]


@pytest.mark.parametrize(
    "inner",
    [
        {"subtype": "message_changed", "message": {"text": "x"}},
        {"subtype": "bot_message", "bot_id": "B9"},
        {"bot_id": "B1", "text": "ik zelf"},
        {"user": "UBOT", "text": "ik zelf"},
        {"subtype": "message_deleted", "user": None},
    ],
)
async def test_changes_bots_and_itself_are_not_answered(world: World, inner: Any) -> None:
    status, _ = await world.send(world.said(**{"text": "", **inner}))

    assert status == 200
    assert not world.fake.posts


async def test_what_is_typed_rings_nobody(world: World) -> None:
    await world.send(world.said("&lt;!channel&gt; &lt;@U1&gt; &amp; <!here>"))

    shown = str(world.fake.posts[0])
    assert not re.search(r"<[!@#]", shown)
    assert "&lt;!channel&gt; &lt;@U1&gt; &amp; @here" in shown
