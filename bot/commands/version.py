"""Which version this is: of the program, of the rules and of the networks that read questions."""

from __future__ import annotations

import json
from typing import Annotated

import typer

import bot
from bot.commands.command import settings

SHOWN = 12  # digits of a hash that tell one file from another


def show(wanted: bool) -> None:
    """Print them, one a line, and end."""
    if not wanted:
        return
    from bot.wiring import rules

    print(f"opnamewijzer {bot.__version__}")
    guidelines = rules(settings())
    print(f"guidelines {guidelines.institute}, {guidelines.edition}")
    print(f"encoder {_pin('network')}")
    print(f"deep encoder {_pin('deep_network')}")
    raise typer.Exit


def _pin(folder: str) -> str:
    from dialogs.understanding.model import encoder

    try:
        pins = json.loads(
            (encoder.FOLDER.with_name(folder) / "pins.json").read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        return "missing: install opnamewijzer again"
    return f"sha256 {pins['weights.npz'][:SHOWN]}"


Option = Annotated[
    bool,
    typer.Option("--version", callback=show, is_eager=True, help="Versions, of everything."),
]
