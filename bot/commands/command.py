"""What all commands share: the decorator that runs them, their two errors, and moments."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, get_type_hints

import typer

from bot import log
from bot.settings import Settings, load

if TYPE_CHECKING:
    from bot.engine.store.database import Database

P = ParamSpec("P")
Work = Callable[Concatenate[Settings, P], Coroutine[Any, Any, None]]

At = Annotated[
    str | None, typer.Option("--at", metavar="ISO-TIME", help="As if it were this time.")
]


class WrongUse(Exception):
    """The command was called in a wrong way."""


class Failed(Exception):
    """The work failed; the message says what to do."""


def command(
    group: typer.Typer, name: str | None = None, /, **overrides: object
) -> Callable[[Work[P]], Callable[P, None]]:
    """Make a coroutine function a command of `group`.

    It gets the settings as its first argument, its options and arguments behind it. `overrides`
    stand above what is set.
    """

    def register(work: Work[P]) -> Callable[P, None]:
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            asyncio.run(work(settings(**overrides), *args, **kwargs))

        hints = get_type_hints(work, include_extras=True)
        _, *own = inspect.signature(work).parameters.values()
        # typer reads the options off the signature.
        shown = [parameter.replace(annotation=hints[parameter.name]) for parameter in own]
        run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]  # as inspect says
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
        run.__doc__, run.__name__ = work.__doc__, work.__name__
        return group.command(name)(run)

    return register


def settings(**overrides: object) -> Settings:
    """The settings, and the log as they want it. SettingsError names all that is wrong."""
    found = load(**overrides)
    quiet = [name for platform in found.platforms for name in platform.quiet]
    log.configure(found.log_level, found.log_format, quiet)
    return found


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database alone, up to date."""
    from bot.engine.store.database import Database

    database = Database.at(settings.database_url)
    try:
        await database.upgrade()
        yield database
    finally:
        await database.close()


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """The time that was written, in UTC; without an offset it is in `zone`. WrongUse if it is none."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{text!r} is no time: write for example 2026-11-23T10:00") from None
    if not 1970 < found.year < 2200:
        raise WrongUse(f"{text!r} is too far away to count with")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
