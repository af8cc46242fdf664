"""Looking into JSON data that anybody may have written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def clean(value: Any) -> Any:
    """JSON data without what no database can keep: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [clean(part) for part in value]
    if isinstance(value, dict):
        return {clean(name): clean(part) for name, part in value.items()}
    return value


def part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of that name, empty when there is none."""
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def text(data: Mapping[str, Any], name: str) -> str:
    """The string of that name, '' when there is none."""
    found = data.get(name)
    return found if isinstance(found, str) else ""


def objects(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects of that name, empty when there is none."""
    found = data.get(name)
    return [e for e in found if isinstance(e, Mapping)] if isinstance(found, list) else []
