"""`manifest`: what an administrator uploads. Needs no token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from adapters.slack.settings import SlackSettings
from adapters.teams.settings import TeamsSettings
from bot.commands.command import Failed, WrongUse, command
from bot.settings import Settings

group = typer.Typer(help="Manifests, ready to upload.")

Url = Annotated[str, typer.Option(help="This server's https address; else PUBLIC_URL.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file.")]


@command(group)
async def slack(
    settings: Settings,
    *,
    url: Url = "",
    socket: Annotated[
        bool | None,
        typer.Option(
            help="Socket Mode, for a server that Slack cannot reach."
            " Without a choice: when SLACK_APP_TOKEN is set."
        ),
    ] = None,
    out: Out = None,
) -> None:
    """The Slack app's manifest (YAML)."""
    from adapters.slack.setup import manifest

    own = settings.of(SlackSettings)
    socket_mode = bool(own.slack_app_token) if socket is None else socket
    address = "" if socket_mode else _https(url, settings)
    text = manifest(address, _named(settings), socket_mode=socket_mode)
    if out:
        _write(out, text.encode())
    else:
        print(text, end="")


@command(group)
async def teams(
    settings: Settings,
    *,
    url: Url = "",
    app_id: Annotated[str, typer.Option(help="The bot's app id; else TEAMS_APP_ID.")] = "",
    out: Out = Path("opnamewijzer.zip"),
) -> None:
    """The Teams app package (zip)."""
    from adapters.teams.setup import manifest_zip

    bot = app_id or settings.of(TeamsSettings).teams_app_id
    if not bot:
        raise Failed(
            "the package names the bot: make an Azure Bot, then give its app id with --app-id or"
            " TEAMS_APP_ID"
        )
    address = _https(url, settings)
    try:
        package = manifest_zip(address, bot, _named(settings))
    except ValueError as problem:
        raise Failed(str(problem)) from None
    _write(out or Path("opnamewijzer.zip"), package)


def _named(settings: Settings) -> Callable[[str], str]:
    """Fills the institute's names into a text."""
    import dialogs
    from bot.wiring import rules

    return dialogs.texts(rules(settings)).named


def _https(url: str, settings: Settings) -> str:
    found = url or settings.public_url
    if not found.startswith("https://"):
        which = "--url" if url or not found else "PUBLIC_URL"
        raise WrongUse(f"{which} must give this server's address, beginning with https://")
    return found.rstrip("/")


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as problem:
        raise Failed(f"cannot write {out}: {problem.strerror}") from None
    print(f"Written: {out}")
