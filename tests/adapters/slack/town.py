"""The whole bot behind a Slack stand-in: two people in a browser's place, faults on the way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiosmtpd.controller import Controller

from bot.engine.store.tables import Person
from bot.settings import Settings
from bot.wiring import App, Clock, wired

ALICE, BOB, BOT = "U01ALICE", "U02BOB", "U0BOT"
PEOPLE = (
    Person(
        email="alice@example.com",
        name="Alice Anderson",
        role="student",
        language="nl",
        school="",
        supervisor_email="bob@example.com",
    ),
    Person(email="bob@example.com", name="Bob Brown", role="supervisor", language="nl"),
)


class Missing(Exception):
    """What a test needs is not on this machine; the message says what."""


@dataclass
class Town:
    """frames: what the stand-in's page is told. mails: what the mail server accepted."""

    app: App
    clock: Clock
    session: aiohttp.ClientSession
    page: aiohttp.ClientWebSocketResponse
    stand_in: str
    proxy: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)

    # -- people ------------------------------------------------------------------------------

    async def say(self, user: str, text: str, channel: str = "") -> None:
        await self._control("message", channel=channel or self.direct(user), user=user, text=text)

    async def press(self, user: str, button: str, channel: str = "") -> None:
        """Press the newest button with this label or id, in the chat, in a modal, or at home."""
        where, ts, element = await self.until(lambda: self.button(user, button, channel))
        if ts:
            await self._control("interact", channel=where, messageTs=ts, user=user, action=element)
        else:
            await self._page(t="block_action", user=user, action=element, appId="A0BOT")

    async def press_any(self, user: str, value: str) -> None:
        """Press a button that may stand anywhere."""
        action = {"type": "button", "action_id": "b1", "value": value}
        await self._page(t="block_action", user=user, action=action, appId="A0BOT")

    async def fill(self, user: str, **values: dict[str, Any]) -> None:
        """Send in the open modal."""
        state = {name: {name: value} for name, value in values.items()}
        await self._page(t="view_submit", user=user, values=state)

    async def command(self, user: str, text: str) -> None:
        await self._control("command", user=user, channel="C01GEN", command="/opname", text=text)

    async def home(self, user: str) -> None:
        await self._control("open-home", user=user)

    # -- what they see -----------------------------------------------------------------------

    def direct(self, user: str) -> str:
        """The private chat of a person with the bot."""
        names = {f["channel"]["name"]: f["channel"]["id"] for f in self.of("channel")}
        return str(names[f"dm-{user}"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["t"] == kind]

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """What stands in a channel now, oldest first."""
        found: dict[str, dict[str, Any]] = {}
        for frame in self.frames:
            message = frame.get("message")
            if frame["t"].startswith("message") and message and message["channel"] == channel:
                found[message["ts"]] = message
        return list(found.values())

    def heard(self, user: str) -> list[str]:
        """What the bot says in the private chat of a person."""
        said = [m for m in self.messages(self.direct(user)) if m["user"] == BOT]
        return [json.dumps(m, ensure_ascii=False) for m in said]

    def button(self, user: str, wanted: str, channel: str = "") -> tuple[str, str, dict[str, Any]]:
        for message in reversed(self.messages(channel or self.direct(user))):
            for element in _buttons(message.get("blocks", [])):
                if wanted in (element["text"]["text"], element.get("value")):
                    return message["channel"], message["ts"], element
        raise LookupError(wanted)

    async def until(self, seen: Callable[[], Any], seconds: float = 25) -> Any:
        """Wait until this is so, and give it; LookupError and IndexError count as not yet."""
        async with asyncio.timeout(seconds):
            while True:
                with contextlib.suppress(LookupError):
                    if found := seen():
                        return found
                await asyncio.sleep(0.05)

    async def hears(self, user: str, words: str) -> str:
        """Wait for a message to this person with these words."""
        return str(await self.until(lambda: [t for t in self.heard(user) if words in t][-1]))

    # -- trouble -----------------------------------------------------------------------------

    async def fault(self, method: str, kind: str, **more: Any) -> None:
        body = {"method": method, "kind": kind, **more}
        async with self.session.post(f"{self.proxy}/__fault", json=body) as answer:
            assert answer.status == 200

    async def calls(self) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.proxy}/__log") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def _control(self, path: str, **body: Any) -> None:
        async with self.session.post(f"{self.stand_in}/_control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def _page(self, **body: Any) -> None:
        await self.page.send_json(body)


@asynccontextmanager
async def town(folder: Path, shared: Path, mode: str) -> AsyncIterator[Town]:
    """The bot, its mail server, the stand-in and both proxies. mode: 'events' or 'socket'."""
    ports = _free(4)
    async with contextlib.AsyncExitStack() as stack:
        stand_in = await stack.enter_async_context(_stand_in(folder, shared, mode, ports))
        proxy = shared / "slack" / "shim_proxy.py"
        api = ["--tokens", "xoxb-test-token,xapp-test-token", "--strict"]
        for arguments in (
            [str(ports[1]), stand_in, *api],
            [str(ports[2]), f"http://127.0.0.1:{ports[3]}", "--events"],
        ):
            await stack.enter_async_context(_running(sys.executable, str(proxy), *arguments))
        for port in ports[:3]:
            await _listening(port)
        mails: list[str] = []
        smtp = Controller(_Mailbox(mails), hostname="127.0.0.1", port=_free(1)[0])
        smtp.start()
        stack.callback(smtp.stop)
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own argument
            database_url=f"sqlite:///{folder}/story.sqlite",
            slack_bot_token="xoxb-test-token",
            slack_signing_secret="test-signing-secret",
            slack_app_token="xapp-test-token" if mode == "socket" else "",
            slack_api_url=f"http://127.0.0.1:{ports[1]}/api/",
            smtp_url=f"smtp://127.0.0.1:{smtp.port}",
            privacy_officer_email="officer@example.com",
        )
        clock = Clock()
        app = await stack.enter_async_context(wired(settings, clock))
        async with app.database.transaction() as db:
            db.add_all([Person(**person.model_dump(exclude={"id"})) for person in PEOPLE])
        await stack.enter_async_context(_serving(app, ports[3]))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        page = await stack.enter_async_context(session.ws_connect(f"{stand_in}/ui"))
        made = Town(
            app, clock, session, page, stand_in, f"http://127.0.0.1:{ports[1]}", mails=mails
        )
        reading = asyncio.create_task(_read(made))
        stack.callback(reading.cancel)
        if mode == "socket":
            await made.until(lambda: not app.platforms["slack"].problems())
        yield made


class _Mailbox:
    """Accepts every mail and keeps its text."""

    def __init__(self, mails: list[str]) -> None:
        self._mails = mails

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self._mails.append(envelope.content.decode())
        return "250 OK"


@asynccontextmanager
async def _serving(app: App, port: int) -> AsyncIterator[None]:
    slack = app.platforms["slack"]
    served = web.Application()
    served.add_routes(slack.routes())
    runner = web.AppRunner(served)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await slack.start()
    app.worker.start()
    try:
        yield
    finally:
        await runner.cleanup()
        await slack.stop()
        await app.worker.stop()


@asynccontextmanager
async def _stand_in(folder: Path, shared: Path, mode: str, ports: list[int]) -> AsyncIterator[str]:
    npm = shutil.which("npm")
    if not npm:
        raise Missing("npm is not installed: the Slack stand-in comes from there")
    config = folder / f"{mode}.yaml"
    kind = "http" if mode == "events" else "socket"
    text = (shared / "slack" / f"ls_{kind}.yaml").read_text()
    config.write_text(text.replace("127.0.0.1:4000", f"127.0.0.1:{ports[2]}"))
    script = shared / "slack" / "run_local_slack.sh"
    # The folder outlives one test, so that npm is asked once.
    place = folder.parent / "stand-in"
    place.mkdir(exist_ok=True)
    arguments = ("sh", str(script), str(place), str(ports[0]), str(config))
    async with _running(*arguments) as process:
        try:
            await _listening(ports[0], process)
        except TimeoutError:
            raise Missing("npm did not deliver the Slack stand-in local-slack") from None
        yield f"http://127.0.0.1:{ports[0]}"


@asynccontextmanager
async def _running(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*arguments, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process | None = None) -> None:
    async with asyncio.timeout(60):
        while True:
            if process and process.returncode is not None:
                raise TimeoutError
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)


async def _read(town: Town) -> None:
    async for message in town.page:
        town.frames.append(json.loads(message.data))


def _buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [e for b in blocks if b["type"] == "actions" for e in b["elements"]]


def _free(count: int) -> list[int]:
    """Ports that nobody uses now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports
