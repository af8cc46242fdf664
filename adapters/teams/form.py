"""The inputs of a form on a card. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import Any

from adapters.teams.elements import Element, lines, one_line, rich
from bot.engine.forms import Kind
from bot.engine.replies import DrawnField
from bot.engine.texts import Texts

FEW = 6  # options that are shown at once; more go into a list that folds out
LONGEST_OPTION = 200
_CLOCK = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)?T?(?P<hour>\d\d:\d\d)?")


def draw(field: DrawnField, texts: Texts, lang: str, zone: tzinfo) -> Iterator[Element]:
    """One question: its label and input, what was wrong with the answer, and its hint."""
    if field.error:
        yield rich(f"⚠ {field.error}", spacing="Medium", color="Attention", weight="Bolder")
    words = {
        "label": field.label,
        "isRequired": field.required,
        "errorMessage": texts(f"teams.error.{_error(field)}", lang),
    }
    yield from _input(field, words, texts, lang, zone)
    yield from lines(field.hint, spacing="Small", isSubtle=True, size="Small")


def _error(field: DrawnField) -> str:
    return "choose" if field.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO) else "fill"


def _input(
    field: DrawnField, words: Element, texts: Texts, lang: str, zone: tzinfo
) -> Iterator[Element]:
    name, value = f"in.{field.name}", field.value
    match field.kind:
        case Kind.TEXT | Kind.PARAGRAPH:
            limit = {"maxLength": field.max_length} if field.max_length else {}
            multiline = field.kind is Kind.PARAGRAPH
            kept = {"value": str(value)} if value is not None else {}
            yield {
                "type": "Input.Text",
                "id": name,
                "isMultiline": multiline,
                **limit,
                **kept,
                **words,
            }
        case Kind.CHOICE | Kind.CHOICES | Kind.YES_NO:
            yield _choices(field, {"id": name, **words})
        case Kind.DATE:
            yield {"type": "Input.Date", "id": name, **_day(value), **words}
        case Kind.MOMENT:
            day, hour = _moment(value, zone)
            late = {**words, "label": texts("teams.time", lang)}
            yield {"type": "Input.Date", "id": f"{name}.date", **day, **words}
            yield {"type": "Input.Time", "id": f"{name}.time", "spacing": "Small", **hour, **late}
        case Kind.NUMBER:
            number = {"value": value} if isinstance(value, int) else {}
            yield {"type": "Input.Number", "id": name, **number, **words}


def _choices(field: DrawnField, words: Element) -> Element:
    many = field.kind is Kind.CHOICES
    values = field.value if isinstance(field.value, list) else [field.value]
    known = {value for value, _ in field.options}
    kept = [str(value) for value in values if value in known]
    return {
        "type": "Input.ChoiceSet",
        # Here Teams reads Markdown, and there is no other way to write an option.
        "choices": [
            {"title": one_line(label, LONGEST_OPTION) or value, "value": value}
            for value, label in field.options
        ],
        "isMultiSelect": many,
        "style": "expanded" if many or len(field.options) <= FEW else "compact",
        "wrap": True,
        **({"value": ",".join(kept)} if kept else {}),
        **words,
    }


def _day(value: Any) -> Element:
    try:
        return {"value": date.fromisoformat(str(value)).isoformat()}
    except ValueError:
        return {}


def _moment(value: Any, zone: tzinfo) -> tuple[Element, Element]:
    """A kept moment in the person's own time; a wrong one as far as the pickers can show it."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        local = moment.astimezone(zone)
        return {"value": f"{local:%Y-%m-%d}"}, {"value": f"{local:%H:%M}"}
    found = _CLOCK.match(str(value or ""))
    day, hour = (found["day"], found["hour"]) if found else (None, None)
    return _day(day), ({"value": hour} if hour else {})
