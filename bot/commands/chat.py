"""`chat`: the bot in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.command import At, WrongUse, command, moment
from bot.settings import Settings, is_mail


def register(cli: typer.Typer) -> None:
    """Add the command."""
    command(cli, local_chat="terminal")(chat)


async def chat(
    settings: Settings,
    email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who you are.")],
    *,
    at: At = None,
    jsonl: Annotated[bool, typer.Option(help="JSON Lines in and out.")] = False,
) -> None:
    """Talk with the bot in the terminal, on the configured database."""
    from adapters.local.terminal import Terminal
    from bot.wiring import Clock, wired

    if not is_mail(email):
        raise WrongUse("--as wants an e-mail address")
    clock = Clock(moment(at, settings.zone))
    async with wired(settings, clock) as app, app.sending():
        terminal = Terminal(app.database, app.talk, app.worker, clock, email)
        app.worker.start()
        try:
            await (terminal.json_lines() if jsonl else terminal.lines())
        finally:
            await app.worker.stop(patience=2)
