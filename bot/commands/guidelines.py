"""`guidelines`: the guidelines file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.command import Failed, settings

group = typer.Typer(help="The guidelines file.")


@group.callback()
def guidelines() -> None:
    """The guidelines file."""


@group.command()
def check(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Check a guidelines file, line by line."""
    from dialogs.guidelines.checking import check

    problems = check(file or settings().guidelines)
    for problem in problems:
        print(f"{problem.file}:{problem.line}: {problem.message}", file=sys.stderr)
    if problems:
        raise Failed(f"{len(problems)} problems in the guidelines file")
    print("The guidelines file is well.")
