"""The files of an encoder, used only when they are the ones pinned."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog


def pinned(folder: Path, names: Sequence[str]) -> Mapping[str, bytes] | None:
    """The named files of `folder`; None, and a line in the log, when one is missing or not as `pins.json` has it."""
    try:
        pins = json.loads((folder / "pins.json").read_text(encoding="utf-8"))
        files = {name: (folder / name).read_bytes() for name in names}
    except (OSError, ValueError) as problem:
        structlog.get_logger().error(
            "encoder_missing", folder=folder.name, problem=type(problem).__name__
        )
        return None
    wrong = [name for name in names if hashlib.sha256(files[name]).hexdigest() != pins.get(name)]
    if wrong:
        structlog.get_logger().error("encoder_not_as_pinned", folder=folder.name, files=wrong)
        return None
    return files
