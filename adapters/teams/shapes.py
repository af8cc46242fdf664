"""Looking into JSON data that anybody may have written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
