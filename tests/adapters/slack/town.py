"""The whole bot behind a Slack stand-in: two people in a browser's place, faults on the way."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.controller import Controller

from bot.engine.store.tables import Person
from bot.settings import load
from bot.wiring import App, Clock, wired
from tests.adapters.slack.proxy import Events, WebApi

HERE = Path(__file__).parent
PACKAGE, VERSION = "local-slack-linux-x64", "0.1.8"
PINNED = "3332007b797969d835f694b463ac526f7ef1fc66afac93f950f585105fe4815f"
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
    api: WebApi
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

    def posted(self, channel: str) -> list[dict[str, Any]]:
        """What the bot posted in a channel, as it was before any change, oldest first."""
        found: dict[str, dict[str, Any]] = {}
        for frame in self.frames:
            message = frame.get("message")
            if frame["t"].startswith("message") and message and message["channel"] == channel:
                found.setdefault(message["ts"], message)
        return [message for message in found.values() if message["user"] == BOT]

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

    def fault(self, method: str, *kinds: str) -> None:
        """What the next calls of this method get, in a row."""
        self.api.faults += [(method, kind) for kind in kinds]

    async def _control(self, path: str, **body: Any) -> None:
        async with self.session.post(f"{self.stand_in}/_control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def _page(self, **body: Any) -> None:
        await self.page.send_json(body)


@asynccontextmanager
async def town(folder: Path, mode: str) -> AsyncIterator[Town]:
    """The bot, its mail server, the stand-in and both proxies. mode: 'events' or 'socket'."""
    ports = _free(5)  # all at once, so that none is given twice
    async with contextlib.AsyncExitStack() as stack:
        stand_in = await stack.enter_async_context(_stand_in(folder, mode, ports))
        api = WebApi(stand_in)
        for proxy, port in ((api, ports[1]), (Events(f"http://127.0.0.1:{ports[3]}"), ports[2])):
            server = TestServer(proxy.application(), host="127.0.0.1", port=port)
            await stack.enter_async_context(server)
        mails: list[str] = []
        smtp = Controller(_Mailbox(mails), hostname="127.0.0.1", port=ports[4])
        smtp.start()
        stack.callback(smtp.stop)
        settings = load(
            _env_file=None,
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
        made = Town(app, clock, session, page, stand_in, api, mails=mails)
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
async def _stand_in(folder: Path, mode: str, ports: list[int]) -> AsyncIterator[str]:
    npm = shutil.which("npm")
    if not npm:
        raise Missing("npm is not installed: the Slack stand-in comes from there")
    # The folder outlives one test, so that npm is asked once.
    place = folder.parent / "stand-in"
    binary = place / "node_modules" / PACKAGE / "bin" / "local-slack"
    if not binary.exists():
        place.mkdir(exist_ok=True)
        install = ("--prefix", str(place), "install", "--no-save", "--ignore-scripts")
        async with _running(npm, *install, f"{PACKAGE}@{VERSION}") as installing:
            await installing.wait()
    if not binary.exists():
        raise Missing(f"npm did not deliver the Slack stand-in {PACKAGE}@{VERSION}")
    assert hashlib.sha256(binary.read_bytes()).hexdigest() == PINNED
    config = folder / f"{mode}.yaml"
    text = (HERE / "stand_in" / "workspace.yaml").read_text()
    config.write_text(text.format(mode=mode, address=f"http://127.0.0.1:{ports[2]}"))
    # It listens on every address by itself; the preload keeps it on loopback.
    preload = {"BUN_OPTIONS": f"--preload={HERE / 'stand_in' / 'loopback.js'}"}
    arguments = ("--config", str(config), "--port", str(ports[0]), "--base-host", "127.0.0.1")
    async with _running(str(binary), *arguments, **preload) as process:
        await _listening(ports[0], process)
        yield f"http://127.0.0.1:{ports[0]}"


@asynccontextmanager
async def _running(
    *arguments: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=quiet, stderr=quiet, env={**os.environ, **environment}
    )
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
