from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.local.parse import Someone, heard, parse
from bot.engine.events import Malformed, Pressed, Said, SentFile, Submitted

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
SAM = Someone("s@example.org", "s@example.org", "Sam")
ID = "0b6c8a62-6c3f-4a52-9c5e-0d2f6f1d9a11"


def of(act: str, **data: Any) -> Any:
    return parse(act, {"id": ID, **data}, SAM, AT)


def test_a_sentence() -> None:
    event = of("say", text="mag dit?", lang="en")
    assert event == Said(
        id=f"local:{ID}", address=event.address, at=AT, email="s@example.org", name="Sam",
        locale="en", text="mag dit?",
    )  # fmt: skip
    assert event.address.key == "local::@:s@example.org"


def test_who_is_unknown_has_no_address() -> None:
    event = parse("say", {"id": ID, "text": "hoi"}, Someone("somebody"), AT)
    assert (event.email, event.address.account_key) == (None, "local::somebody")


def test_a_button_and_its_label() -> None:
    data = {"button": "breach.start", "message": "4", "label": "Melden"}
    event = of("press", **data)
    assert isinstance(event, Pressed)
    assert (event.button, event.message, event.can_open) == ("breach.start", "4", False)
    assert heard("press", data) == "Melden"


def test_a_form_gets_its_wrong_answers_back_at_once() -> None:
    event = of("submit", form="f", draft=3, values={"a": "x\x00", "b": ["c"], "d": None})
    assert isinstance(event, Submitted)
    assert event.can_open
    assert event.values == {"a": "x", "b": ["c"], "d": None}


def test_a_file_is_its_kind_and_nothing_else() -> None:
    event = of("file", kinds=["video/mp4"], name="klas.mp4", content="...")
    assert isinstance(event, SentFile)
    assert event.kinds == ("video/mp4",)
    assert "klas" not in repr(event)


def test_what_no_database_keeps_is_taken_out() -> None:
    assert of("say", text="a\x00b\ud800c").text == "ab?c"


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("say", {"text": 3}),
        ("say", {}),
        ("say", {"text": "x", "id": "../1"}),
        ("press", {}),
        ("submit", {"form": "f", "draft": "1", "values": {}}),
        ("submit", {"form": "f", "draft": True, "values": {}}),
        ("submit", {"form": "f", "draft": 2**40, "values": {}}),
        ("submit", {"form": "f", "draft": 1, "values": []}),
        ("submit", {"form": "f", "draft": 1, "values": {"a": {"b": 1}}}),
        ("file", {"kinds": "video/mp4"}),
        ("dance", {}),
    ],
)
def test_nonsense_is_refused(act: str, data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        of(act, **data)
