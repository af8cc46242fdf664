"""The whole bot on all surfaces at once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters import web
from tests.adapters.contract.surfaces import InSlack, InTeams, OnLocalPage, OnTerminal, Surface
from tests.adapters.slack.conftest import SECRET
from tests.adapters.teams.conftest import (
    STUDENT,
    fake,
    signer,
    slack,
    start,
    validate,
    world,
)
from tests.adapters.teams.on_slack import OnSlack

__all__ = ["fake", "signer", "slack", "start", "validate", "world"]


@pytest.fixture
async def both(start: Any, world: Any, slack: Any) -> Any:
    """Slack, Teams and the local chat together, on one roster."""
    settings = {"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET, "local_chat": True}
    return await start(**settings, slack_api_url=slack.url)


@pytest.fixture(params=["terminal", "local", "slack", "teams"])
async def surface(request: Any, both: Any, slack: Any) -> AsyncIterator[Surface]:
    """A student, by each way there is to speak with the bot."""
    if request.param == "slack":
        yield InSlack(OnSlack(both, slack))
    elif request.param == "teams":
        yield InTeams(both, both.person(STUDENT))
    elif request.param == "terminal":
        both.app.worker.start()
        yield OnTerminal(both)
        await both.app.worker.stop()
    else:
        health = web.Health(both.app.database, both.app.worker, both.app.clock)
        server = TestServer(web.application(both.app.platforms["local"].routes(), health))
        async with TestClient(server) as client:
            await client.get("/")  # brings the token
            yield OnLocalPage(both, client)
