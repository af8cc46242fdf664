"""Forms in Slack: modals with errors at the fields, and what happens where none can open."""

from datetime import timedelta

import pytest

from tests.adapters.slack.conftest import World

SHORTCUT = {
    "type": "shortcut",
    "callback_id": "report_breach",
    "trigger_id": "1.9.x",
    "team": {"id": "T1"},
    "user": {"id": "UANNA", "team_id": "T1"},
}


async def test_a_button_opens_the_form_at_once(world: World) -> None:
    body = world.pressed("breach.start")
    status, said = await world.send(body)

    assert (status, said) == (200, "")
    (opened,) = world.fake.of("views.open")
    assert opened["trigger_id"] == body["trigger_id"]
    assert [b["block_id"] for b in opened["view"]["blocks"]] == ["what", "day"]
    assert not world.fake.posts


async def test_the_shortcut_opens_the_form(world: World) -> None:
    await world.send(SHORTCUT)

    assert world.fake.of("views.open")[0]["view"]["title"]["text"] == "Proef"


async def test_a_wrong_answer_is_said_at_its_field_and_not_in_a_message(world: World) -> None:
    await world.send(SHORTCUT)
    view = world.fake.of("views.open")[0]["view"]
    _, said = await world.send(world.submitted(view, what="x", day=None))

    assert said == {"response_action": "errors", "errors": {"what": "Schrijf iets meer."}}
    assert not world.fake.posts


async def test_the_corrected_form_is_taken_once_and_shown_in_its_modal(world: World) -> None:
    await world.send(SHORTCUT)
    view = world.fake.of("views.open")[0]["view"]
    await world.send(world.submitted(view, what="x", day=None))
    again = world.submitted(
        view, what="een kast", day={"type": "datepicker", "selected_date": "2026-11-20"}
    )
    _, said = await world.send(again)
    await world.send(again)

    assert said["response_action"] == "update"
    assert "Bewaard: een kast" in str(said["view"]["blocks"])
    assert [p["text"] for p in world.fake.posts] == ["Bewaard: een kast"]


async def test_a_button_in_a_modal_is_answered_in_it_and_in_the_chat(world: World) -> None:
    view = {"type": "modal", "id": "V1", "title": {"text": "Proef"}}
    await world.send(world.pressed("help", container={"type": "view"}, channel=None, view=view))

    assert world.fake.of("views.update")[0]["view_id"] == "V1"
    assert [p["text"] for p in world.fake.posts] == ["Meer"]


@pytest.mark.parametrize("fault", ["expired_trigger_id", 500, "hang", (429, 5)])
async def test_a_form_that_cannot_open_is_asked_in_the_chat(
    world: World, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.views.TRIGGER_LIFE", timedelta(seconds=0.3))
    world.fake.fault("views.open", fault)
    await world.send(world.pressed("breach.start"))
    await world.send(world.said("een kast"))

    first, second = world.fake.posts
    assert first["text"].startswith("Wat?")
    assert second["text"].startswith("Welke dag?")


async def test_a_typed_request_gets_the_first_question_and_a_button(world: World) -> None:
    await world.send(world.said("form"))
    (post,) = world.fake.posts
    button = post["blocks"][-1]["elements"][0]
    assert button["text"]["text"] == "Invullen als formulier"
    await world.send(world.said("een kast"))

    await world.send(world.pressed(button["value"]))

    view = world.fake.of("views.open")[0]["view"]
    assert view["blocks"][0]["element"]["initial_value"] == "een kast"


async def test_a_form_that_is_done_is_kindly_refused(world: World) -> None:
    await world.send(SHORTCUT)
    view = world.fake.of("views.open")[0]["view"]
    await world.send(world.submitted(view, what="een kast", day=None))
    _, said = await world.send(world.submitted(view, what="nog een kast", day=None))

    assert "al klaar of gestopt" in str(said)
    assert len(world.fake.posts) == 2


async def test_home_is_drawn_and_drawn_again_after_its_form(world: World) -> None:
    await world.send(world.event(type="app_home_opened", tab="home", channel="DUANNA"))
    home = world.fake.of("views.publish")[0]
    assert home["user_id"] == "UANNA"
    assert "Thuis bij Uanna" in str(home["view"])

    held = {"container": {"type": "view"}, "channel": None, "view": {"type": "home", "id": "V0"}}
    await world.send(world.pressed("breach.start", **held))
    view = world.fake.of("views.open")[0]["view"]
    await world.send(world.submitted(view, what="een kast", day=None))

    assert len(world.fake.of("views.publish")) == 2


async def test_home_is_tried_again(world: World) -> None:
    world.fake.fault("views.publish", (429, 0.5), 500)
    await world.send(world.event(type="app_home_opened", tab="home", channel="DUANNA"))

    assert len(world.fake.of("views.publish")) == 3
