"""From what a page of the desk sends in to an event. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from adapters.desk.doors import hashed
from bot.engine.events import DESK, Address, Event, Pressed, Submitted, Uploaded

MARK = re.compile(r"[0-9a-f]{32}")
LONGEST_DRAFT = 9


def parse(person: str, key: str, sent: MultiDictProxy[Any], at: datetime) -> Event | None:
    """What was done, as an event like any other; None for what no page of ours sends.

    key: the session's; with the page's own mark it makes sure that a thing is done once.
    """
    mark, name = str(sent.get("id", "")), str(sent.get("name", ""))
    if not MARK.fullmatch(mark):
        return None
    common: dict[str, Any] = {
        "id": f"{DESK}:{hashed(key)[:16]}:{mark}",
        "address": Address(DESK, "", person),
        "at": at,
        "email": person,
        "can_open": True,
    }
    match str(sent.get("kind", "")):
        case "press":
            return Pressed(**common, button=name)
        case "form":
            draft = str(sent.get("draft", ""))
            known = draft.isdecimal() and len(draft) <= LONGEST_DRAFT
            number = int(draft) if known else 0
            return Submitted(**common, form=name, draft=number, values=_values(sent))
        case "upload":
            file = sent.get("file")
            content = file.file.read() if isinstance(file, web.FileField) else b""
            return Uploaded(**common, upload=name, content=content)
    return None


def _values(sent: MultiDictProxy[Any]) -> dict[str, Any]:
    """The answers of a form: a list where several boxes were ticked."""
    values: dict[str, Any] = {}
    for name, value in sent.items():
        if name.startswith("f.") and isinstance(value, str):
            field = name.removeprefix("f.")
            before = values.get(field)
            whole = before if isinstance(before, list) else [before]
            values[field] = value if before is None else [*whole, value]
    return values
