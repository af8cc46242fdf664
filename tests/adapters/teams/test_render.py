"""Cards: valid, small, readable, and nothing that people typed can do anything in them."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from adapters.teams.elements import LARGEST, size
from adapters.teams.render import render, summary
from bot.engine.forms import Kind
from bot.engine.replies import Ask, Button, DrawnField, Quote, Say
from tests.adapters.teams.person import actions, inputs, read

ZONE = ZoneInfo("Europe/Amsterdam")
NASTY = "**vet** [klik](https://evil) <at>Anna</at> <at id='1'>x</at> {{DATE(2026-11-23)}} _x_ `y`"
SAY = Say(
    text="Ja, dat mag.\nAlleen in iRIS Connect.",
    title="Ja",
    facts=(("Opname", "3 havo"), ("Weg op", "2 mei 2027")),
    quotes=(Quote("O2 Delen", "Je mag niet delen.", "You may not share."),),
    note="Begrepen: delen met supervisor",
    buttons=(
        Button("breach.start", "Nu melden", "danger"),
        Button("say:En per mail?", "En per mail?"),
        Button("", "Lees meer", url="https://example.org"),
    ),
)
OPTIONS = (("a", "Eén"), ("b", "Twee"))
FIELDS = (
    DrawnField("what", Kind.PARAGRAPH, "Wat?", required=True, hint="Kort.", max_length=3000),
    DrawnField("name", Kind.TEXT, "Wie?", value="Anna", error="Dit is te lang.", max_length=5),
    DrawnField("kind", Kind.CHOICE, "Soort?", options=OPTIONS, value="b"),
    DrawnField("many", Kind.CHOICES, "Welke?", options=OPTIONS, value=["a", "b"]),
    DrawnField("sure", Kind.YES_NO, "Zeker?", options=(("yes", "Ja"), ("no", "Nee"))),
    DrawnField("day", Kind.DATE, "Dag?", value="2026-11-23"),
    DrawnField("at", Kind.MOMENT, "Moment?", True, value="2026-11-23T13:03:00+00:00"),
    DrawnField("count", Kind.NUMBER, "Hoeveel?", value=3),
)


@pytest.fixture
def ask(texts):
    cancel = texts("form.cancel", "nl")
    buttons = (Button("form.stop:7", cancel),)
    return Ask(
        "trial", 7, "Proef", "Versturen", cancel, FIELDS, Say("Wat?", buttons=buttons), "what"
    )


@pytest.fixture
def draw(texts, validate):
    def drawn(*replies, **how):
        card = render(replies, texts, ZONE, **how)
        validate(card)
        assert size(card) <= LARGEST
        return card

    return drawn


def test_the_schema_is_strict(validate):
    with pytest.raises(Exception, match="version"):
        validate({"type": "AdaptiveCard", "version": 1.5})
    with pytest.raises(Exception, match="not valid"):
        validate({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Nothing"}]})


def test_a_message_says_everything(draw):
    card = draw(SAY)
    for part in ("Ja, dat mag.", "Opname", "2 mei 2027", "“Je mag niet delen.”", "You may not"):
        assert part in read(card)
    assert card["version"] == "1.5"
    assert card["speak"].startswith("Ja Ja, dat mag.")


def test_a_button_works_in_old_clients_too(draw):
    button = next(actions(draw(SAY)))
    assert button["type"] == "Action.Execute"
    assert button["fallback"]["type"] == "Action.Submit"
    assert button["data"] == button["fallback"]["data"] == {"b": "breach.start"}
    assert all(a["type"] != "Action.Execute" for a in actions(draw(SAY, dialog=True)))


def test_never_more_buttons_in_a_row_than_teams_shows(draw):
    card = draw(Say("x", buttons=tuple(Button(f"say:{n}", str(n)) for n in range(13))))
    sets = [e["actions"] for e in card["body"] if e["type"] == "ActionSet"]
    assert [len(s) for s in sets] == [5, 5, 3]


def test_what_people_typed_cannot_do_anything(draw, ask):
    say = Say(NASTY, NASTY, ((NASTY, NASTY),), (Quote(NASTY, NASTY, NASTY),), NASTY)
    fields = tuple(replace(f, hint=NASTY, error=NASTY, label=NASTY) for f in ask.fields)
    asked = replace(ask, fields=fields, intro=NASTY, title=NASTY)
    for card in (draw(say), draw(asked), draw(replace(ask, whole=False, fields=()), say)):
        assert '"FactSet"' not in str(card)
        blocks = [e for e in card["body"] if e["type"] == "TextBlock"]
        assert not any(mark in e["text"] for e in blocks for mark in "*[]<>{_`")
        assert not any(mark in card["speak"] + card["fallbackText"] for mark in "*[]<>_`")
    assert not any(mark in summary(say) for mark in "*[]<>_`")


def test_a_title_is_a_heading_for_screen_readers(draw):
    first = draw(Say("x", title="Probleem met toestemming CP-2026-0003"))["body"][0]
    assert (first["type"], first["style"]) == ("TextBlock", "heading")
    for odd in ("1. een", "- een", "# een", "2*3*4"):
        assert draw(Say("x", title=odd))["body"][0]["type"] == "RichTextBlock"


def test_a_form_keeps_values_and_shows_errors(draw, ask):
    card = draw(ask)
    found = inputs(card)
    assert found["name"]["value"] == "Anna"
    assert (found["kind"]["value"], found["many"]["value"]) == ("b", "a,b")
    assert found["many"]["isMultiSelect"]
    assert (found["at.date"]["value"], found["at.time"]["value"]) == ("2026-11-23", "14:03")
    assert found["what"]["isRequired"]
    assert all(i["label"] and i["errorMessage"] for i in found.values())
    error = next(e for e in card["body"] if "Dit is te lang." in read(e))
    assert error["inlines"][0]["color"] == "Attention"


def test_stopping_a_form_needs_no_answers(draw, ask):
    submit, cancel = actions(draw(ask))
    assert submit["data"]["f"] == "trial"
    assert submit["data"]["m"] == ["at"]
    assert (cancel["data"], cancel["associatedInputs"]) == ({"b": "form.stop:7"}, "none")


@pytest.mark.parametrize("value", ["gisteren", "2026-13-45T10:00", "T99:00", "2026-11-23", 5, []])
def test_a_wrong_answer_does_not_break_the_form(draw, ask, value):
    fields = tuple(replace(f, value=value, error="Nee.") for f in ask.fields)
    draw(replace(ask, fields=fields))


def test_one_question_offers_the_whole_form(draw, ask):
    fields = tuple(replace(f, error="") for f in ask.fields)
    card = draw(replace(ask, whole=False, fields=fields))
    assert not inputs(card)
    last = list(actions(card))[-1]
    assert last["data"] == {"b": "form.resume:7", "msteams": {"type": "task/fetch"}}


def test_cards_stay_under_the_limit(draw, ask):
    long = "ü" * 19_000
    assert "…" in read(draw(Say(long, note=long, facts=((long, long),))))
    draw(Say("\n".join("- regel" for _ in range(3000))))
    draw(Say(quotes=tuple(Quote("O2", long) for _ in range(9))))
    many = draw(Say("x", facts=(("label", "waarde"),) * 900, buttons=SAY.buttons))
    assert len(list(actions(many))) == 3
    assert "…" in read(many)  # that some are missing must show
    wide = tuple(
        replace(f, name=f"n{i}", value="ü" * 3000) for i, f in enumerate((ask.fields[0],) * 9)
    )
    card = draw(replace(ask, fields=wide))
    names = next(actions(card))["data"]["n"]
    assert 0 < len(names) < 9  # what is left out keeps its answer
    assert all(i["value"] == "ü" * 3000 for i in inputs(card).values())
    quoted = tuple(replace(field, value='"' * 3000) for field in wide)
    card = draw(replace(ask, fields=quoted))
    assert set(next(actions(card))["data"]["n"]) == set(inputs(card))


def test_only_a_message_that_changes_can_be_refreshed(draw):
    card = draw(replace(SAY, ref="case:1"), viewer="29:anna")
    assert card["refresh"]["userIds"] == ["29:anna"]
    assert "refresh" not in draw(SAY, viewer="29:anna")
    assert "refresh" not in draw(replace(SAY, ref="case:1"))
