"""Drawing: whatever is said fits Slack's limits, and nothing that was typed is markup."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack import form, render
from adapters.slack.elements import pieces
from bot.engine.forms import Kind
from bot.engine.replies import Ask, Button, DrawnField, Quote, Say
from tests.adapters.slack import rules

nasty = st.text(
    st.one_of(st.sampled_from("<>&*_\n `@!"), st.characters(exclude_categories=["Cs", "Cc"])),
    max_size=60,
) | st.sampled_from(
    ["<!channel> " * 300, "&" * 999, "x" * 4000, "a\n" * 900, "https://x.nl/ " * 60]
)
says = st.builds(
    Say,
    text=nasty,
    title=nasty,
    facts=st.lists(st.tuples(nasty, nasty), max_size=12).map(tuple),
    quotes=st.lists(st.builds(Quote, nasty, nasty, nasty), max_size=2).map(tuple),
    note=nasty,
    buttons=st.lists(
        st.builds(
            Button, st.just("a.b"), nasty, st.just(""), st.sampled_from(["", "https://x.nl"])
        ),
        max_size=30,
    ).map(tuple),
)
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def marked(found: Any) -> list[str]:
    """All texts in which Slack looks for markup."""
    if isinstance(found, list):
        return [text for part in found for text in marked(part)]
    if not isinstance(found, dict):
        return []
    own = [found["text"]] if found.get("type") == "mrkdwn" else []
    return own + [text for part in found.values() for text in marked(part)]


@quick
@given(say=says)
def test_any_message_fits_slack(say: Say) -> None:
    message = render.message(say)

    assert rules.check("chat.postMessage", {"channel": "C1", **message}) is None
    assert len(json.dumps(message["blocks"], ensure_ascii=False)) < 13_000


@quick
@given(say=says)
def test_no_message_rings_anybody(say: Say) -> None:
    message = render.message(say)

    assert "<!channel>" not in json.dumps(message)
    for text in (message["text"], *marked(message["blocks"])):
        assert all(part.startswith("https://x.nl/") for part in text.split("<")[1:])


@quick
@given(say=says)
def test_no_button_is_lost(say: Say) -> None:
    blocks = render.message(say)["blocks"]
    drawn = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]

    assert len(drawn) == len(say.buttons)
    assert len({e["action_id"] for e in drawn}) == len(drawn)


@given(text=nasty)
def test_pieces_lose_no_words(text: str) -> None:
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())


def asked(*fields: DrawnField, **more: Any) -> Ask:
    say = Say("Wat?", buttons=(Button("form.stop:7", "Stoppen"),))
    return Ask("trial", 7, "Proef", "Versturen", "Stoppen", fields, say, **more)


def element(field: DrawnField) -> dict[str, Any]:
    drawn: dict[str, Any] = form.draw(asked(field))["blocks"][0]["element"]
    return drawn


OPTIONS = tuple((f"o{n}", f"Optie {n}") for n in range(120))


@pytest.mark.parametrize(
    ("kind", "options", "drawn"),
    [
        (Kind.TEXT, 0, "plain_text_input"),
        (Kind.PARAGRAPH, 0, "plain_text_input"),
        (Kind.YES_NO, 2, "radio_buttons"),
        (Kind.CHOICE, 5, "radio_buttons"),
        (Kind.CHOICE, 100, "static_select"),
        (Kind.CHOICE, 120, "plain_text_input"),
        (Kind.CHOICES, 10, "checkboxes"),
        (Kind.CHOICES, 11, "multi_static_select"),
        (Kind.DATE, 0, "datepicker"),
        (Kind.MOMENT, 0, "datetimepicker"),
        (Kind.NUMBER, 0, "number_input"),
    ],
)
def test_every_kind_has_its_element(kind: Kind, options: int, drawn: str) -> None:
    field = DrawnField("f", kind, "Vraag", options=OPTIONS[:options])

    assert element(field)["type"] == drawn
    view = {"view": form.draw(asked(field)), "trigger_id": "1.2.x"}
    assert rules is None or rules.check("views.open", view) is None


@pytest.mark.parametrize(
    ("kind", "value", "key", "shown"),
    [
        (Kind.TEXT, "kast", "initial_value", "kast"),
        (Kind.NUMBER, 3, "initial_value", "3"),
        (Kind.DATE, "2026-11-23", "initial_date", "2026-11-23"),
        (Kind.MOMENT, "2026-11-23T10:00:00+00:00", "initial_date_time", 1795428000),
        (Kind.DATE, "gisteren", "initial_date", None),
        (Kind.MOMENT, "straks", "initial_date_time", None),
    ],
)
def test_an_earlier_answer_is_filled_in(kind: Kind, value: Any, key: str, shown: Any) -> None:
    assert element(DrawnField("f", kind, "Vraag", value=value)).get(key) == shown


def test_an_earlier_choice_is_filled_in() -> None:
    one = element(DrawnField("f", Kind.CHOICE, "Vraag", options=OPTIONS[:9], value="o3"))
    some = element(DrawnField("f", Kind.CHOICES, "Vraag", options=OPTIONS[:9], value=["o3", "weg"]))

    assert one["initial_option"]["value"] == "o3"
    assert [o["value"] for o in some["initial_options"]] == ["o3"]


def test_a_value_too_long_for_slack_goes_by_its_number() -> None:
    drawn = element(DrawnField("f", Kind.CHOICE, "Vraag", options=(("a", "A"), ("b" * 99, "B"))))

    assert [o["value"] for o in drawn["options"]] == ["a", "2"]


def test_what_was_filled_in_is_read_back() -> None:
    state = {
        "text": {"text": {"type": "plain_text_input", "value": "kast"}},
        "none": {"none": {"type": "plain_text_input", "value": None}},
        "one": {"one": {"type": "static_select", "selected_option": {"value": "a"}}},
        "unset": {"unset": {"type": "radio_buttons", "selected_option": None}},
        "some": {"some": {"type": "checkboxes", "selected_options": [{"value": "b"}]}},
        "day": {"day": {"type": "datepicker", "selected_date": "2026-11-23"}},
        "at": {"at": {"type": "datetimepicker", "selected_date_time": 1795428000}},
    }

    assert form.read(state) == {
        "text": "kast",
        "none": None,
        "one": "a",
        "unset": None,
        "some": ["b"],
        "day": "2026-11-23",
        "at": "2026-11-23T10:00:00+00:00",
    }


def test_a_form_in_a_message_is_its_question_with_a_button_for_the_whole() -> None:
    blocks = render.message(asked(open="Invullen als formulier"))["blocks"]
    buttons = [e["value"] for e in blocks[-1]["elements"]]

    assert buttons == ["form.resume:7", "form.stop:7"]


def test_a_link_is_a_link_and_an_address_stays_readable() -> None:
    links = (Button("", "Pagina", url="https://x.nl"), Button("", "Mail", url="mailto:a@x.nl"))
    blocks = render.message(Say("Kijk op https://x.nl/a?b=1&c=2.", buttons=links))["blocks"]

    assert blocks[0]["text"]["text"] == "Kijk op <https://x.nl/a?b=1&amp;c=2>."
    assert blocks[1]["text"]["text"] == "Mail: mailto:a@x.nl"
    assert blocks[2]["elements"] == [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": "Pagina", "emoji": False},
            "url": "https://x.nl",
            "action_id": "b1",
        }
    ]


def test_the_home_page_holds_forty_recordings() -> None:
    facts = tuple((f"Les {n:02} " + "x" * 90, "gemaakt op 1 juni " * 8) for n in range(40))
    view = render.home([Say("Opnames", facts=facts)], "Titel", "Intro", Button("help", "Hulp"))

    drawn = json.dumps(view)
    assert all(f"Les {n:02} " in drawn for n in range(40))
    assert len(view["blocks"]) <= 100


@pytest.mark.parametrize("moment", ["1999-01-01T10:00+01:00", "9999-01-01T10:00+01:00", "x"])
def test_a_moment_that_slack_does_not_take_is_left_open(moment: str) -> None:
    assert form._moment(moment) == 0
