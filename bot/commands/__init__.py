"""What `opnamewijzer` can do: a file per group of commands.

Every file is imported to know its commands, so what takes long to import is imported inside them.
"""

from __future__ import annotations

import typer

from bot.commands import (
    ask,
    breaches,
    chat,
    db,
    doctor,
    guidelines,
    jobs,
    manifest,
    people,
    privacy,
    reminders,
    serve,
    version,
)

cli = typer.Typer(
    name="opnamewijzer",
    help="A chat bot that guides student teachers through the rules for lesson recordings.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for module in (serve, ask, chat, doctor):
    module.register(cli)
for name, group in (
    ("people", people.group),
    ("reminders", reminders.group),
    ("breaches", breaches.group),
    ("privacy", privacy.group),
    ("guidelines", guidelines.group),
    ("manifest", manifest.group),
    ("jobs", jobs.group),
    ("db", db.group),
):
    cli.add_typer(group, name=name)


@cli.callback(invoke_without_command=True)
def default(context: typer.Context, *, version: version.Option = False) -> None:
    """Without a command: serve."""
    if context.invoked_subcommand is None:
        serve.serve(no_worker=False)
