"""The commands: `opnamewijzer` and `python -m bot`. What they run is put together in wiring."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import structlog
import typer
from sqlmodel import select

import dialogs
from adapters.local.terminal import Terminal
from bot import log as logging
from bot.engine.store.database import Database, DatabaseError
from bot.engine.store.tables import Person
from bot.settings import Settings, SettingsError
from bot.settings import load as load_settings
from bot.wiring import App, Clock, wired
from dialogs.answers import offline as asking
from dialogs.guidelines.loading import load as load_guidelines
from dialogs.guidelines.model import GuidelinesError
from dialogs.understanding.model.encoder import Network
from dialogs.understanding.reader import Reader

SAMPLE_PEOPLE = Path(__file__).parents[1] / "adapters" / "local" / "sample_people.csv"


# -- serving ---------------------------------------------------------------------------------


async def serve_until_stopped(settings: Settings, *, work: bool, web: bool) -> None:
    """Run everything that is configured until Ctrl-C or SIGTERM, then finish what is in hand."""
    from adapters import page
    from adapters import web as server
    from adapters.local import listen as local

    clock = Clock()
    async with wired(settings, clock) as app:
        if settings.with_local_chat:
            await _sample_people(app)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        runner = None
        if web:
            routes = [*page.routes(app.talk, app.links, app.texts, clock, app.office.zone)]
            if settings.with_local_chat:
                routes += local.routes(app)
            for platform in app.platforms.values():
                routes += platform.routes()
            health = server.Health(app.database, app.worker if work else None, clock, app.problems)
            runner = await server.serve(
                server.application(routes, health), settings.host, settings.port
            )
        async with app.sending(listen=web):
            if work:
                app.worker.start()
            _announce(app, work=work, web=web)
            await stop.wait()
            print("Opnamewijzer stops: finishing what is in hand.", file=sys.stderr)
            if runner:
                await runner.cleanup()
            await app.worker.stop()


async def _sample_people(app: App) -> None:
    """Fill an empty roster, so that there is somebody to be."""
    from bot.engine import roster

    async with app.database.transaction() as db:
        if (await db.exec(select(Person).limit(1))).first() is None:
            await roster.import_people(db, SAMPLE_PEOPLE.read_text("utf-8"), dry_run=False)


def _announce(app: App, *, work: bool, web: bool) -> None:
    settings = app.settings
    lines = ["Opnamewijzer is running."]
    if settings.with_local_chat and web:
        lines.append(f"  local chat   on    open http://{settings.host}:{settings.port}/")
    elif not settings.with_local_chat:
        why = "HOST is no loopback address" if not settings.on_loopback else "a platform is set up"
        lines.append(f"  local chat   off   {why}, or LOCAL_CHAT=false")
    slack = "socket mode" if settings.slack_app_token else f"{settings.url}/slack/events"
    lines.append(
        f"  Slack        on    {slack}"
        if "slack" in app.platforms
        else "  Slack        off   SLACK_BOT_TOKEN is not set"
    )
    lines.append(
        f"  Teams        on    {settings.url}/api/messages"
        if "teams" in app.platforms
        else "  Teams        off   TEAMS_APP_ID is not set"
    )
    lines.append(
        f"  e-mail       on    {settings.smtp_url.rpartition('@')[2].removeprefix('smtp://')}"
        if settings.smtp_url
        else "  e-mail       off   SMTP_URL is not set: reports cannot be mailed"
    )
    place = app.database.engine.url.set(drivername=app.database.engine.dialect.name)
    lines.append(f"  database     on    {place.render_as_string(hide_password=True)}")
    lines.append(f"  worker       {'on' if work else 'off   start it with: opnamewijzer work'}")
    print("\n".join(lines), flush=True)


# -- commands --------------------------------------------------------------------------------

cli = typer.Typer(
    name="opnamewijzer",
    help="A chat bot that guides student teachers through the rules for lesson recordings.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
people_cli = typer.Typer(help="The roster.", no_args_is_help=True)
reminders_cli = typer.Typer(help="Reminders to delete recordings.", no_args_is_help=True)
breaches_cli = typer.Typer(help="The register of breaches.", no_args_is_help=True)
privacy_cli = typer.Typer(help="A person's data.", no_args_is_help=True)
guidelines_cli = typer.Typer(help="The guidelines file.", no_args_is_help=True)
manifest_cli = typer.Typer(help="Manifests, ready to upload.", no_args_is_help=True)
db_cli = typer.Typer(help="The database.", no_args_is_help=True)
for name, group in (
    ("people", people_cli),
    ("reminders", reminders_cli),
    ("breaches", breaches_cli),
    ("privacy", privacy_cli),
    ("guidelines", guidelines_cli),
    ("manifest", manifest_cli),
    ("db", db_cli),
):
    cli.add_typer(group, name=name)

Lang = Literal["nl", "en"]
At = Annotated[
    str | None, typer.Option("--at", metavar="ISO-TIME", help="As if it were this time.")
]


class WrongUse(Exception):
    """The command was called in a wrong way."""


class Failed(Exception):
    """The work failed; the message says what to do."""


@cli.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Without a command: serve."""
    if context.invoked_subcommand is None:
        serve()


@cli.command()
def serve(
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Leave jobs to others.")] = False,
) -> None:
    """Run everything that is configured, and say what is on, what is off and why."""
    _run(serve_until_stopped(_settings(), work=not no_worker, web=True))


@cli.command()
def work() -> None:
    """Run the worker alone, beside `serve --no-worker`."""
    _run(serve_until_stopped(_settings(), work=True, web=False))


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    *,
    school: Annotated[str | None, typer.Option(help="The school's name, as OSH.")] = None,
    lang: Annotated[Lang | None, typer.Option(help="Answer in this language.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    explain: Annotated[bool, typer.Option(help="Show what was understood, and the rule.")] = False,
    jsonl: Annotated[bool, typer.Option(help="Questions as JSON Lines on stdin.")] = False,
) -> None:
    """Answer one question, without a database."""
    settings = _settings()
    guidelines = load_guidelines(settings.guidelines)
    officer = settings.privacy_officer_email
    asker = asking.Asker(Reader.load(guidelines), dialogs.texts(guidelines, officer))
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
        print(json.dumps(asking.as_json(found), ensure_ascii=False, indent=2))
    else:
        print(asking.explained(found) if explain else found.text)


@cli.command()
def chat(
    email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who you are.")],
    *,
    at: At = None,
    jsonl: Annotated[bool, typer.Option(help="JSON Lines in and out.")] = False,
) -> None:
    """Talk with the bot in the terminal, on the configured database."""
    if "@" not in email:
        raise WrongUse("--as wants an e-mail address")
    _run(_chat(_settings(local_chat=True, host="127.0.0.1"), email, _moment(at), jsonl=jsonl))


async def _chat(settings: Settings, email: str, at: datetime | None, *, jsonl: bool) -> None:
    clock = Clock(at)
    async with wired(settings, clock) as app, app.sending():
        terminal = Terminal(app.database, app.talk, app.worker, clock, email)
        app.worker.start()
        try:
            await (terminal.json_lines() if jsonl else terminal.lines())
        finally:
            await app.worker.stop(patience=2)


@people_cli.command("import")
def people_import(
    file: Path,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Read a roster: email,name,role,language,school,programme_end,supervisor_email."""
    _run(_people_import(_settings(), _read(file), dry_run=dry_run))


async def _people_import(settings: Settings, raw: bytes, *, dry_run: bool) -> None:
    from bot.engine import roster
    from dialogs import recordings

    async with opened(settings) as database:
        months = load_guidelines(settings.guidelines).names.months
        async with database.transaction() as db:
            report = await roster.import_people(db, roster.decode(raw), dry_run=dry_run)
            if report.well and not dry_run:
                for email in report.emails:
                    await recordings.replan(db, email, datetime.now(UTC), _zone(settings), months)
        print(report.text(dry_run=dry_run))
        if not report.well:
            raise Failed("nothing was imported: mend the rows above and try again")


@people_cli.command("list")
def people_list() -> None:
    """Who is on the roster."""
    _run(_people_list(_settings()))


async def _people_list(settings: Settings) -> None:
    from bot.engine import roster

    async with opened(settings) as database, database.transaction() as db:
        for person in await roster.listed(db):
            end = person.programme_end or ""
            print(
                f"{person.email}  {person.role}  {person.name}  {person.language}"
                f"  {person.school}  {end}  {person.supervisor_email}".rstrip()
            )


@reminders_cli.command("due")
def reminders_due(at: At = None) -> None:
    """What is due at a moment."""
    _run(_reminders_due(_settings(), _moment(at) or datetime.now(UTC)))


async def _reminders_due(settings: Settings, at: datetime) -> None:
    from dialogs import recordings

    async with opened(settings) as database, database.transaction() as db:
        for line in await recordings.due_lines(db, at, _zone(settings)):
            print(line)


@reminders_cli.command("run")
def reminders_run(at: At = None) -> None:
    """Send what is due at a moment; once, however often this is run."""
    _run(_reminders_run(_settings(), _moment(at)))


async def _reminders_run(settings: Settings, at: datetime | None) -> None:
    from dialogs import recordings

    clock = Clock(at)
    async with wired(settings, clock) as app, app.sending():
        count = 0
        # Whoever runs this chose the hour; a transaction per batch lets others write meanwhile.
        while True:
            async with app.database.transaction() as db:
                told = await recordings.sweep_some(db, clock(), app.office)
            if told is None:
                break
            count += told[1]
        done = await app.worker.drain(clock())
    print(f"{count} people reminded, {done} jobs done")


@breaches_cli.command("export")
def breaches_export(
    form: Annotated[Literal["csv", "json"], typer.Option("--format")] = "csv",
) -> None:
    """The register of breaches, for the privacy officer."""
    _run(_breaches_export(_settings(), form))


async def _breaches_export(settings: Settings, form: str) -> None:
    from dialogs.breach import export_all

    hours = load_guidelines(settings.guidelines).names.hours
    async with opened(settings) as database, database.transaction() as db:
        print(await export_all(db, form, _zone(settings), hours), end="")


@privacy_cli.command("export")
def privacy_export(email: str) -> None:
    """All that is held about a person, as JSON."""
    _run(_privacy_export(_settings(), email.lower()))


async def _privacy_export(settings: Settings, email: str) -> None:
    from bot.wiring import HOLDINGS
    from dialogs import my_data

    async with opened(settings) as database, database.transaction() as db:
        held = await my_data.export_person(db, email, HOLDINGS)
        print(json.dumps(held, ensure_ascii=False, indent=2, default=str))


@privacy_cli.command("erase")
def privacy_erase(email: str) -> None:
    """Erase what no open duty needs."""
    _run(_privacy_erase(_settings(), email.lower()))


async def _privacy_erase(settings: Settings, email: str) -> None:
    from bot.wiring import HOLDINGS
    from dialogs import my_data

    async with opened(settings) as database, database.transaction() as db:
        print(await my_data.erase_person(db, email, HOLDINGS))


@guidelines_cli.command("check")
def guidelines_check(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Check a guidelines file, line by line."""
    from dialogs.guidelines.checking import check

    problems = check(file or _settings().guidelines)
    for problem in problems:
        print(f"{problem.file}:{problem.line}: {problem.message}", file=sys.stderr)
    if problems:
        raise Failed(f"{len(problems)} problems in the guidelines file")
    print("The guidelines file is well.")


Out = Annotated[Path | None, typer.Option("--out", help="Write to this file.")]


def _named(settings: Settings) -> Callable[[str], str]:
    return dialogs.texts(load_guidelines(settings.guidelines)).named


@manifest_cli.command("slack")
def manifest_slack(url: Annotated[str, typer.Option(help="PUBLIC_URL")], out: Out = None) -> None:
    """The Slack app's manifest (YAML)."""
    from adapters.slack.setup import manifest

    settings = _settings()
    text = manifest(_https(url), _named(settings), socket_mode=bool(settings.slack_app_token))
    if out:
        out.write_text(text, "utf-8")
        print(f"Written: {out}")
    else:
        print(text, end="")


@manifest_cli.command("teams")
def manifest_teams(
    url: Annotated[str, typer.Option(help="PUBLIC_URL")],
    out: Out = Path("opnamewijzer.zip"),
) -> None:
    """The Teams app package (zip)."""
    from adapters.teams.setup import manifest_zip

    settings = _settings()
    app_id = settings.teams_app_id
    if not app_id:
        raise Failed("set TEAMS_APP_ID first: the package names the bot")
    try:
        package = manifest_zip(_https(url), app_id, _named(settings))
    except ValueError as problem:
        raise Failed(str(problem)) from None
    target = out or Path("opnamewijzer.zip")
    target.write_bytes(package)
    print(f"Written: {target}")


@cli.command()
def doctor() -> None:
    """Check settings, database, tokens and scopes, mail and manifests; say how to mend each."""
    from bot import doctor as checks

    _run(_doctor(checks))


async def _doctor(checks: Any) -> None:
    try:
        settings = _settings()
    except SettingsError as problem:
        raise Failed(f"settings: {problem}") from None
    async with wired(settings, Clock()) as app:
        findings = await checks.examine(app)
    findings.append(checks.Finding(*_encoder()))
    for finding in findings:
        print(finding)
    if any(finding.wrong for finding in findings):
        raise Failed("something needs mending")


def _encoder() -> tuple[str, str, str]:
    """What the doctor says of the sentence encoder."""
    if Network.load() is not None:
        return "well", "encoder", "as pinned"
    return (
        "wrong",
        "encoder",
        "its files are missing or damaged, so rules alone read the questions: install opnamewijzer again",
    )


@db_cli.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version."""
    _run(_db_upgrade(_settings()))


async def _db_upgrade(settings: Settings) -> None:
    async with opened(settings) as database:
        print(f"The database is at version {await database.version()}.")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database alone, up to date."""
    database = Database.at(settings.database_url)
    try:
        await database.upgrade()
        yield database
    finally:
        await database.close()


def _settings(**overrides: object) -> Settings:
    settings = load_settings(**overrides)
    logging.configure(settings.log_level, settings.log_format)
    return settings


def _zone(settings: Settings) -> ZoneInfo:
    return ZoneInfo(settings.timezone)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{text!r} is no time: write for example 2026-11-23T10:00") from None
    if not 1970 < moment.year < 2200:
        raise WrongUse(f"{text!r} is too far away to count with")
    return (
        moment.astimezone(UTC)
        if moment.tzinfo
        else moment.replace(tzinfo=_zone(load_settings())).astimezone(UTC)
    )


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise WrongUse('every line must be a JSON object with "id" and "text"')
    if not isinstance(found.get("school"), str | None):
        raise WrongUse('"school" must be text or null')
    context = found.get("context") or []
    if not isinstance(context, list) or not all(isinstance(said, str) for said in context):
        raise WrongUse('"context" must be a list of earlier messages')
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise Failed(f"cannot read {file}: {problem.strerror}") from None


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise WrongUse("--url must begin with https://")
    return url.rstrip("/")


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def main() -> None:
    """The command `opnamewijzer`: errors are one sentence on stderr, never a traceback."""
    with _said_plainly():
        cli()


@contextmanager
def _said_plainly() -> Iterator[None]:
    from adapters.web import CannotServe

    known = (SettingsError, DatabaseError, GuidelinesError, CannotServe, Failed)
    try:
        yield
    except WrongUse as problem:
        print(f"opnamewijzer: {problem}", file=sys.stderr)
        sys.exit(2)
    except known as problem:
        print(f"opnamewijzer: {problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(0)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as problem:
        # A full disk, a pipe that broke: the machine's own words say it best.
        print(f"opnamewijzer: {problem.strerror or type(problem).__name__}", file=sys.stderr)
        sys.exit(1)
    except Exception:
        structlog.get_logger("opnamewijzer").exception("command.broke")
        print("opnamewijzer: something went wrong inside; see the line above", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
