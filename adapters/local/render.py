"""From a reply to what the page draws. Pure; the page only ever sets text, never HTML."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from bot.engine.forms import Kind
from bot.engine.replies import Ask, Button, DrawnField, Reply, Say

SAFE_LINKS = {"http", "https", "mailto"}


def render(reply: Reply, zone: tzinfo) -> dict[str, Any]:
    """A message as JSON data. `draft`: the form it belongs to, 0 for none."""
    if isinstance(reply, Ask):
        return _ask(reply, zone)
    return {**_say(reply), "kind": "say", "draft": _draft(reply.buttons)}


def _say(say: Say) -> dict[str, Any]:
    return {
        "title": say.title,
        "text": say.text,
        "facts": [list(fact) for fact in say.facts],
        "quotes": [
            {"heading": q.heading, "text": q.text, "reading": q.reading} for q in say.quotes
        ],
        "note": say.note,
        "buttons": [_button(button) for button in say.buttons],
    }


def _button(button: Button) -> dict[str, str]:
    url = button.url if urlsplit(button.url).scheme in SAFE_LINKS else ""
    return {"id": button.id, "label": button.label, "style": button.style, "url": url}


def _ask(ask: Ask, zone: tzinfo) -> dict[str, Any]:
    return {
        "kind": "ask",
        "form": ask.form,
        "draft": ask.draft,
        "title": ask.title,
        "intro": ask.intro,
        "submit": ask.submit,
        "cancel": ask.cancel,
        "open": ask.open,
        "whole": ask.whole,
        "field": ask.field,
        "fields": [_field(field, zone) for field in ask.fields],
        "question": _say(ask.question),
    }


def _field(field: DrawnField, zone: tzinfo) -> dict[str, Any]:
    return {
        "name": field.name,
        "kind": field.kind.value,
        "label": field.label,
        "required": field.required,
        "hint": field.hint,
        "options": [list(option) for option in field.options],
        "value": _value(field, zone),
        "error": field.error,
    }


def _value(field: DrawnField, zone: tzinfo) -> Any:
    """The kept answer as its input wants it; '' where a picker cannot show what was typed."""
    value = field.value
    if field.kind is Kind.CHOICES:
        return value if isinstance(value, list) else []
    if value is None:
        return ""
    try:
        if field.kind is Kind.DATE:
            return date.fromisoformat(str(value)).isoformat()
        if field.kind is Kind.MOMENT:
            moment = datetime.fromisoformat(str(value))
            local = moment.astimezone(zone) if moment.tzinfo else moment
            return f"{local:%Y-%m-%dT%H:%M}"
    except ValueError:
        return ""
    return str(value)


def _draft(buttons: tuple[Button, ...]) -> int:
    for button in buttons:
        action, _, argument = button.id.partition(":")
        number = argument.partition(":")[0]
        if action.startswith("form.") and number.isdecimal():
            return int(number)
    return 0
