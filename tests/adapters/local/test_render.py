from zoneinfo import ZoneInfo

import pytest

from adapters.local.render import render
from bot.engine.forms import Kind
from bot.engine.replies import Ask, Button, DrawnField, Quote, Say

ZONE = ZoneInfo("Europe/Amsterdam")


def test_every_part_of_a_message() -> None:
    say = Say(
        "tekst", title="Nee.", facts=(("a", "b"),), quotes=(Quote("Kop", "nl", "en"),), note="n",
        buttons=(Button("breach.start", "Melden", "danger"),),
    )  # fmt: skip
    assert render(say, ZONE) == {
        "kind": "say",
        "draft": 0,
        "title": "Nee.",
        "text": "tekst",
        "facts": [["a", "b"]],
        "quotes": [{"heading": "Kop", "text": "nl", "reading": "en"}],
        "note": "n",
        "buttons": [{"id": "breach.start", "label": "Melden", "style": "danger", "url": ""}],
    }


def test_a_summary_belongs_to_its_form() -> None:
    say = Say("Klopt dit?", buttons=(Button("form.send:12", "Ja"),))
    assert render(say, ZONE)["draft"] == 12


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere"])
def test_only_web_and_mail_links(url: str) -> None:
    drawn = render(Say(buttons=(Button("x", "x", url=url),)), ZONE)
    assert drawn["buttons"][0]["url"] == ""


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.MOMENT, "2026-11-23T13:05:00+00:00", "2026-11-23T14:05"),
        (Kind.MOMENT, "2026-11-23T14:05", "2026-11-23T14:05"),
        (Kind.MOMENT, "straks", ""),
        (Kind.DATE, "2026-11-23", "2026-11-23"),
        (Kind.DATE, "gisteren", ""),
        (Kind.CHOICES, None, []),
        (Kind.CHOICES, ["a"], ["a"]),
        (Kind.CHOICES, "a, b", []),
        (Kind.NUMBER, 3, "3"),
        (Kind.TEXT, None, ""),
    ],
)
def test_kept_answers_as_their_input_wants_them(kind: Kind, value: object, shown: object) -> None:
    field = DrawnField("f", kind, "F", value=value)
    ask = Ask("form", 1, "T", "S", "C", (field,), Say("?"))
    assert render(ask, ZONE)["fields"][0]["value"] == shown
