"""What comes back from a card of ours: a button, or a form that was filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.teams.shapes import text
from bot.engine.events import Pressed, Submitted

_NO_DRAFT = 0
_DIGITS = 10


def acted(
    data: Mapping[str, Any],
    base: dict[str, Any],
    message: str,
    *,
    can_open: bool = False,
    in_place: bool = False,
) -> Pressed | Submitted:
    """What came back from a card of ours. Anybody can send anything: the engine checks again.

    can_open: a form can be shown in the platform's own answer. in_place: a form that came in can
    be shown again there, with what is wrong in it.
    """
    if not text(data, "f"):
        return Pressed(**base, button=text(data, "b"), message=message, can_open=can_open)
    draft = data.get("d")
    written = str(draft) if isinstance(draft, int | str) else ""
    number = int(written) if written.isdecimal() and len(written) <= _DIGITS else _NO_DRAFT
    return Submitted(
        **base,
        form=text(data, "f"),
        draft=number if number < 2**31 else _NO_DRAFT,
        values=_answers(data),
        can_open=in_place,
    )


def _answers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in; a field left empty is None, and a moment is put together again."""
    found: dict[str, Any] = {name: _answer(data, name) for name in _names(data, "n")}
    for name in _names(data, "m"):
        day, hour = _answer(data, f"{name}.date"), _answer(data, f"{name}.time")
        found[name] = "T".join(p for p in (day, hour) if p) or None
    return found


def _names(data: Mapping[str, Any], key: str) -> list[str]:
    found = data.get(key)
    return [n for n in found if isinstance(n, str)] if isinstance(found, list) else []


def _answer(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(f"in.{name}")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)
