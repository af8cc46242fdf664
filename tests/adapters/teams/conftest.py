"""The whole bot, with a small Teams on loopback."""

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft7Validator

from adapters import web as server
from adapters.teams.elements import LARGEST, size
from adapters.teams.listen import PATH
from bot.engine.store.tables import Person as OnRoster
from bot.settings import load
from bot.wiring import App, wired
from tests.adapters.slack.conftest import SECRET
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.teams.fake import APP, TENANT, FakeTeams, Signer
from tests.adapters.teams.person import Person
from tests.conftest import Ticker

STUDENT, SUPERVISOR, OFFICER = "anna@school.test", "bo@school.test", "po@school.test"
ROSTER = (
    OnRoster(
        email=STUDENT,
        name="Anna",
        role="student",
        supervisor_email=SUPERVISOR,
        programme_end=date(2027, 8, 31),
    ),
    OnRoster(email=SUPERVISOR, name="Bo", role="supervisor"),
    OnRoster(email=OFFICER, name="Po", role="privacy_officer"),
    OnRoster(email="co@school.test", name="Co", role="coordinator"),
)


@dataclass
class World:
    """The bot, its Teams, and the people there."""

    fake: FakeTeams
    clock: Ticker
    app: App
    client: TestClient[Any, Any]
    validate: Callable[[Any], None]
    ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def service(self) -> str:
        return f"{self.fake.url}/"

    async def send(
        self, activity: Any, token: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Deliver as Teams does; everything that follows is done before this returns."""
        if token is None:
            token = self.fake.signer.token(str(activity.get("serviceUrl", "")))
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        raw = json.dumps(activity)
        sent |= {"Content-Type": "application/json; charset=utf-8", **headers}
        async with self.client.post(PATH, data=raw, headers=sent) as answer:
            body = await answer.text()
            status = answer.status
        await self.settle()
        return status, json.loads(body) if body.startswith("{") else body

    async def settle(self) -> None:
        """All that is due now goes out; the clock moves as far as the pace of a chat wants."""
        idle = 0
        while idle < 3:
            idle = 0 if await self.app.worker.drain(self.clock()) else idle + 1
            self.clock.now += timedelta(seconds=0.5)
        await self.app.platforms["teams"].messenger.settle()
        for message in self.fake.messages:
            self.check(message.card)

    async def later(self, **span: float) -> None:
        """Time goes by."""
        self.clock.now += timedelta(**span)
        await self.settle()

    def check(self, card: dict[str, Any]) -> None:
        """Every card is valid and small enough."""
        assert size(card) <= LARGEST
        self.validate(card)

    def person(self, email: str) -> Person:
        account = f"29:{email.partition('@')[0]}"
        self.fake.person(account, email)
        return Person(self, account)


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="session")
def validate() -> Callable[[Any], None]:
    """Checks a card by Microsoft's schema."""
    path = Path(__file__).parent / "schemas" / "adaptive-card.1.5.0.schema.json"
    return Draft7Validator(json.loads(path.read_text())).validate


@pytest.fixture
async def fake(signer: Signer) -> AsyncIterator[FakeTeams]:
    made = FakeTeams(signer)
    async with TestServer(made.application()) as running:
        made.url = str(running.make_url("")).rstrip("/")
        yield made


@pytest.fixture
async def start(
    fake: FakeTeams, clock: Ticker, tmp_path: Path, validate: Callable[[Any], None]
) -> AsyncIterator[Callable[..., Any]]:
    """Starts the bot; a second start is a cold one, on the same database."""
    stack = AsyncExitStack()
    ids = itertools.count(1)

    async def started(**changes: Any) -> World:
        await stack.aclose()
        settings = load(
            _env_file=None,
            **{
                "database_url": f"sqlite:///{tmp_path}/teams.sqlite",
                "teams_app_id": APP,
                "teams_app_password": "secret",
                "teams_tenant_id": TENANT,
                "teams_openid_url": f"{fake.url}/openid",
                "teams_token_url": f"{fake.url}/token",
                "teams_service_hosts": "127.0.0.1",
                **changes,
            },
        )
        app = await stack.enter_async_context(wired(settings, clock))
        for platform in app.platforms.values():
            await platform.start()
            stack.push_async_callback(platform.stop)
        routes = [route for platform in app.platforms.values() for route in platform.routes()]
        web_app = web.Application(client_max_size=server.LARGEST_BODY)
        web_app.add_routes(routes)
        client = await stack.enter_async_context(TestClient(TestServer(web_app)))
        return World(fake, clock, app, client, validate, ids)

    yield started
    await stack.aclose()


@pytest.fixture
async def world(start: Callable[..., Any]) -> World:
    made: World = await start()
    async with made.app.database.transaction() as db:
        db.add_all(OnRoster(**row.model_dump(exclude={"id"})) for row in ROSTER)
    return made


@pytest.fixture
def anna(world: World) -> Person:
    return world.person(STUDENT)


@pytest.fixture
def bo(world: World) -> Person:
    return world.person(SUPERVISOR)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack().serving() as served:
        served.add("UANNA", "anna@school.test")
        yield served


@pytest.fixture
async def both(start, world, slack):
    settings = {"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET}
    return await start(**settings, slack_api_url=slack.url)
