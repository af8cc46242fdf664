"""`serve` and `work`: run until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.command import command, settings
from bot.settings import Settings

if TYPE_CHECKING:
    from aiohttp import web as aiohttp_web

    from bot.engine.platform import Platform
    from bot.wiring import App

NoWorker = Annotated[bool, typer.Option("--no-worker", help="Leave jobs to others.")]


def serve(no_worker: NoWorker = False) -> None:
    """Run everything that is configured, and say what is on, what is off and why."""
    asyncio.run(until_stopped(settings(), work=not no_worker, web=True))


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(serve)
    command(cli)(work)


async def work(settings: Settings) -> None:
    """Run the worker alone, beside `serve --no-worker`."""
    await until_stopped(settings, work=True, web=False)


async def until_stopped(settings: Settings, *, work: bool, web: bool) -> None:
    """Run everything that is configured until Ctrl-C or SIGTERM, then finish what is in hand."""
    from bot.wiring import Clock, wired

    async with wired(settings, Clock()) as app:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        runner = await _listen(app, work=work) if web else None
        async with app.sending(listen=web):
            if work:
                app.worker.start()
            print("\n".join(announcement(app, work=work, web=web)), flush=True)
            await stop.wait()
            print("Opnamewijzer stops: finishing what is in hand.", file=sys.stderr)
            if runner:
                await runner.cleanup()
            await app.worker.stop()


async def _listen(app: App, *, work: bool) -> aiohttp_web.AppRunner:
    from adapters import web

    routes = [route for platform in app.platforms.values() for route in platform.routes()]
    health = web.Health(app.database, app.worker if work else None, app.clock, app.problems)
    settings = app.settings
    return await web.serve(web.application(routes, health), settings.host, settings.port)


def announcement(app: App, *, work: bool, web: bool) -> list[str]:
    """What is on, what is off and why, and where to click: a line each."""
    lines = ["Opnamewijzer is running."]
    for group in app.settings.platforms:
        platform = app.platforms.get(group.name)
        if platform is None:
            lines.append(_line(group.title, "off", group.off(app.settings.site)))
        elif platform.closed:
            lines.append(_line(group.title, "off", platform.closed))
        elif platform.reach:
            lines.append(_line(group.title, "on", _reach(platform, app, web=web)))
    place = app.database.engine.url.set(drivername=app.database.engine.dialect.name)
    lines.append(_line("database", "on", place.render_as_string(hide_password=True)))
    why = "" if work else "start it with: opnamewijzer work"
    lines.append(_line("worker", "on" if work else "off", why))
    return lines


def _reach(platform: Platform, app: App, *, web: bool) -> str:
    if not web and platform.routes():
        return "sends only"
    ours = platform.reach.startswith("/")
    return f"{app.settings.site.url}{platform.reach}" if ours else platform.reach


def _line(what: str, state: str, more: str) -> str:
    return f"  {what:12} {state:5} {more}".rstrip()
