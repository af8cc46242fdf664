"""Forms as Slack modals: drawing them, and reading what was filled in. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from adapters.slack.elements import pieces, plain_text, section
from bot.engine.forms import Kind
from bot.engine.replies import Ask, DrawnField

TITLE = 24
LABEL = 2000
OPTION = 75
FEW = 5  # options that are all shown at once
MOST_BOXES = 10
MOST_OPTIONS = 100
TEXT = 3000
TEN_DIGITS = 10  # what Slack takes for a moment


@dataclass(frozen=True, slots=True)
class Memory:
    """What a modal carries with it. home: it was opened from the home page."""

    draft: int = 0
    home: bool = False


def memory(view: Mapping[str, Any]) -> Memory:
    """What `draw` put into a view; nothing when it is not one of ours."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
        return Memory(int(kept.get("draft", 0)), bool(kept.get("home")))
    except (ValueError, TypeError, AttributeError):
        return Memory()


def draw(ask: Ask, *, home: bool = False) -> dict[str, Any]:
    """The modal of a form, filled in as far as the draft goes."""
    intro = [section(piece) for piece in pieces(ask.intro)]
    return {
        "type": "modal",
        "callback_id": ask.form,
        "private_metadata": json.dumps({"draft": ask.draft, "home": home}),
        "title": plain_text(ask.title, TITLE),
        "submit": plain_text(ask.submit, TITLE),
        "close": plain_text(ask.cancel, TITLE),
        "blocks": [*intro, *(_input(field) for field in ask.fields)],
    }


def _input(field: DrawnField) -> dict[str, Any]:
    block = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label, LABEL),
        "optional": not field.required,
        "element": {"action_id": field.name, **_element(field)},
    }
    if field.hint:
        block["hint"] = plain_text(field.hint, LABEL)
    return block


def _element(field: DrawnField) -> dict[str, Any]:
    match field.kind:
        case Kind.CHOICE | Kind.YES_NO if 0 < len(field.options) <= MOST_OPTIONS:
            kind = "radio_buttons" if len(field.options) <= FEW else "static_select"
            return _one_of(field, kind)
        case Kind.CHOICES if 0 < len(field.options) <= MOST_OPTIONS:
            kind = "checkboxes" if len(field.options) <= MOST_BOXES else "multi_static_select"
            return _some_of(field, kind)
        case Kind.DATE:
            day = _day(field.value)
            return {"type": "datepicker"} | ({"initial_date": day} if day else {})
        case Kind.MOMENT:
            moment = _moment(field.value)
            picker: dict[str, Any] = {"type": "datetimepicker"}
            return picker | ({"initial_date_time": moment} if moment else {})
        case Kind.NUMBER:
            number: dict[str, Any] = {"type": "number_input", "is_decimal_allowed": False}
            known = isinstance(field.value, int)
            return number | ({"initial_value": str(field.value)} if known else {})
    # Text; and a list too long for Slack, whose options can be typed by their label.
    limit = min(field.max_length or TEXT, TEXT)
    element = {
        "type": "plain_text_input",
        "multiline": field.kind is Kind.PARAGRAPH,
        "max_length": limit,
    }
    if field.value:
        element["initial_value"] = str(field.value)[:limit]
    return element


def _one_of(field: DrawnField, kind: str) -> dict[str, Any]:
    options = _options(field)
    chosen = [
        o for o, (value, _) in zip(options, field.options, strict=True) if value == field.value
    ]
    return {"type": kind, "options": options} | ({"initial_option": chosen[0]} if chosen else {})


def _some_of(field: DrawnField, kind: str) -> dict[str, Any]:
    options = _options(field)
    wanted = field.value if isinstance(field.value, list) else []
    chosen = [o for o, (value, _) in zip(options, field.options, strict=True) if value in wanted]
    return {"type": kind, "options": options} | ({"initial_options": chosen} if chosen else {})


def _options(field: DrawnField) -> list[dict[str, Any]]:
    """A value too long for Slack is sent as its number, which the form understands as well."""
    return [
        {
            "text": plain_text(label, OPTION),
            "value": value if 0 < len(value) <= OPTION else str(number),
        }
        for number, (value, label) in enumerate(field.options, 1)
    ]


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return ""


def _moment(value: Any) -> int:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return 0
    seconds = int(moment.timestamp()) if moment.tzinfo else 0
    return seconds if len(str(seconds)) == TEN_DIGITS else 0


def read(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """A submitted view's state as answers by field; None where nothing was filled in."""
    return {name: _answer(next(iter(elements.values()), {})) for name, elements in values.items()}


def _answer(element: Mapping[str, Any]) -> Any:
    match element.get("type"):
        case "static_select" | "radio_buttons":
            return (element.get("selected_option") or {}).get("value")
        case "checkboxes" | "multi_static_select":
            return [option["value"] for option in element.get("selected_options") or []]
        case "datepicker":
            return element.get("selected_date")
        case "datetimepicker":
            moment = element.get("selected_date_time")
            return datetime.fromtimestamp(int(moment), UTC).isoformat() if moment else None
    return element.get("value")
