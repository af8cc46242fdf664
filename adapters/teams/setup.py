"""Setting up: the app package that an administrator uploads."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

MANIFEST_VERSION = "1.30"
WORDS = ("nl.json", "en.json")
PICTURES = ("color.png", "outline.png")
_WHEN = (2026, 1, 1, 0, 0, 0)  # the same package for the same settings, byte by byte


def manifest_zip(url: str, app_id: str, named: Callable[[str], str]) -> bytes:
    """The package for an installation at `url` with the bot `app_id`; ValueError when it is none.

    named: puts the institute's names into a text.
    """
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as target:
        _add(target, "manifest.json", _json(_named(manifest(url, app_id), named)))
        for name in WORDS:
            words = json.loads(files("manifest.teams").joinpath(name).read_text(encoding="utf-8"))
            _add(target, name, _json(_named(words, named)))
        for name in PICTURES:
            _add(target, name, files("manifest.teams").joinpath(name).read_bytes())
    return pack.getvalue()


def manifest(url: str, app_id: str) -> dict[str, Any]:
    """The manifest with the addresses of this installation filled in.

    Its id is made from the bot's, so that a new package updates the app instead of doubling it.
    """
    try:
        bot = str(uuid.UUID(app_id))
    except ValueError:
        raise ValueError(
            "TEAMS_APP_ID must look like 12345678-abcd-1234-abcd-123456789012"
        ) from None
    host = urlsplit(url).hostname
    if not host:
        raise ValueError("the address must look like https://opnamewijzer.example.nl")
    filled = {
        "{url}": url.rstrip("/"),
        "{host}": host,
        "{bot}": bot,
        "{app}": str(uuid.uuid5(uuid.UUID(bot), "opnamewijzer")),
    }
    text = files("manifest.teams").joinpath("manifest.json").read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace(name, json.dumps(value)[1:-1])
    found: dict[str, Any] = json.loads(text)
    # The schema itself does not look at this number.
    if found["manifestVersion"] != MANIFEST_VERSION:
        raise ValueError(f"manifest.json must be of version {MANIFEST_VERSION}")
    return found


def _named(data: Any, named: Callable[[str], str]) -> Any:
    """The same JSON with the institute's names in every string."""
    if isinstance(data, dict):
        return {key: _named(value, named) for key, value in data.items()}
    if isinstance(data, list):
        return [_named(value, named) for value in data]
    return named(data) if isinstance(data, str) else data


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _add(target: zipfile.ZipFile, name: str, data: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name, _WHEN), data, zipfile.ZIP_DEFLATED)
