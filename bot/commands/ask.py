"""`ask`: one answer, or many by JSON Lines, without a database."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from bot.commands.command import WrongUse, command
from bot.settings import Settings


def register(cli: typer.Typer) -> None:
    """Add the command."""
    command(cli)(ask)


async def ask(
    settings: Settings,
    question: Annotated[str | None, typer.Argument()] = None,
    *,
    school: Annotated[str | None, typer.Option(help="The school's name, as OSH.")] = None,
    lang: Annotated[Literal["nl", "en"] | None, typer.Option(help="Answer in this.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    explain: Annotated[bool, typer.Option(help="Show what was understood, and the rule.")] = False,
    jsonl: Annotated[bool, typer.Option(help="Questions as JSON Lines on stdin.")] = False,
) -> None:
    """Answer one question, without a database."""
    import dialogs
    from bot.wiring import rules
    from dialogs.answers import offline
    from dialogs.understanding.reader import Reader

    guidelines = rules(settings)
    asker = offline.Asker(Reader.load(guidelines), dialogs.texts(guidelines))
    now = datetime.now(UTC)
    if jsonl:
        for line in sys.stdin:
            if line.strip():
                print(json.dumps(asker.line(_object(line), now), ensure_ascii=False), flush=True)
        return
    if question is None:
        raise WrongUse('write the question behind the command: opnamewijzer ask "Mag ik …?"')
    asked = asker.grounded if as_json or explain else asker.answer
    found = asked(question, now, school=school, lang=lang)
    if as_json:
        print(json.dumps(offline.as_json(found), ensure_ascii=False, indent=2))
    else:
        print(offline.explained(found) if explain else found.text)


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise WrongUse('every line must be a JSON object with "id" and "text"')
    if not isinstance(found.get("school"), str | None):
        raise WrongUse('"school" must be text or null')
    context = found.get("context") or []
    if not isinstance(context, list) or not all(isinstance(said, str) for said in context):
        raise WrongUse('"context" must be a list of earlier messages')
    return found
