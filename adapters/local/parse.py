"""From what the page posts to an event. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.local.messenger import address
from bot.engine.events import Arrived, Event, Malformed, Pressed, Said, SentFile, Submitted, clean

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Someone:
    """Who the page says it is. In the local chat everybody may be anybody."""

    account: str
    email: str | None = None
    name: str = ""


def parse(act: str, data: Mapping[str, Any], someone: Someone, at: datetime) -> Event:
    """`act`: arrive, say, press, submit or file. Raises Malformed.

    The id comes from the page, so that a request sent again stays one event.
    """
    mark = _text(data, "id")
    if not UUID.fullmatch(mark):
        raise Malformed("id must be a UUID")
    base: dict[str, Any] = {
        "id": f"local:{mark}",
        "address": address(someone.account),
        "at": at,
        "email": someone.email,
        "name": someone.name,
        "locale": _text(data, "lang", ""),
    }
    match act:
        case "arrive":
            return Arrived(**base)
        case "say":
            return Said(**base, text=_text(data, "text"))
        case "press":
            message = _text(data, "message", "")
            return Pressed(**base, button=_text(data, "button"), message=message)
        case "submit":
            # Wrong answers come back at once, to be shown in the form itself.
            base["can_open"] = True
            return Submitted(
                **base, form=_text(data, "form"), draft=_number(data, "draft"), values=_values(data)
            )
        case "file":
            return SentFile(**base, kinds=_kinds(data))
    raise Malformed(f"{act} is nothing the page can do")


def heard(act: str, data: Mapping[str, Any]) -> str:
    """What the person's side of the conversation shows; '' for nothing."""
    if act == "say":
        return _text(data, "text").strip()
    return _text(data, "label", "").strip() if act == "press" else ""


def _text(data: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise Malformed(f"{name} must be text")
    return str(clean(value))


def _number(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Malformed(f"{name} must be a number")
    return value


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    values = data.get("values")
    if not isinstance(values, dict):
        raise Malformed("values must be an object")
    return {str(name): _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    texts = isinstance(value, list) and all(isinstance(part, str) for part in value)
    if texts or value is None or isinstance(value, str | bool | int):
        return value
    raise Malformed("a value must be text, a number, or a list of texts")


def _kinds(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Media types only; the page sends neither name nor file."""
    kinds = data.get("kinds")
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise Malformed("kinds must be a list of media types")
    return tuple(kind[:100] for kind in kinds[:MOST_FILES])
