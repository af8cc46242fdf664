"""One pooled HTTP client, and the bot's own token: fetched once, never on the way of a turn twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import ClientSession, ClientTimeout, TCPConnector

log = structlog.get_logger(__name__)

PATIENCE = 10.0
IN_A_TURN = 2.0  # Teams waits ten seconds for a turn, five for a message action
POOL = 50
SPARE_SECONDS = 300
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://api.botframework.com/.default"
GOVERNMENT_LOGIN = "https://login.microsoftonline.us"
GOVERNMENT_SCOPE = "https://api.botframework.us/.default"


class Answered(Exception):
    """The connector said no. `wait`: seconds to wait when it said so. `code`: its reason, or ''."""

    def __init__(self, status: int, wait: float | None = None, code: str = "") -> None:
        super().__init__(f"the connector answered {status} {code}".rstrip())
        self.status = status
        self.wait = wait
        self.code = code


class NoToken(Exception):
    """The bot's own password or tenant is refused; only the operator can mend that."""


class Http:
    """One pooled client for everything, opened at the first call."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    @property
    def session(self) -> ClientSession:
        """The client of this process."""
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=TCPConnector(limit=POOL), timeout=ClientTimeout(total=PATIENCE)
            )
        return self._session

    async def get_json(self, url: str) -> Any:
        """A public document; used for the keys of Microsoft."""
        async with self.session.get(
            url, allow_redirects=False, timeout=ClientTimeout(total=IN_A_TURN)
        ) as response:
            response.raise_for_status()
            return await response.json(content_type=None)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session:
            await self._session.close()


class Credentials:
    """The bot's own credentials: fetched once, shared, and fetched anew before they run out."""

    def __init__(
        self,
        http: Http,
        url: str,
        app_id: str,
        password: str,
        scope: str = SCOPE,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self.url = url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": scope,
        }
        self._seconds = seconds
        self._value = ""
        self._until = 0.0
        self._lock = asyncio.Lock()
        self.problem = ""

    async def get(self) -> str:
        """A valid token. NoToken when the credentials are refused."""
        async with self._lock:
            if not self._value or self._seconds() >= self._until:
                await self._fetch()
            return self._value

    def drop(self, value: str) -> None:
        """This token was refused: the next call fetches another."""
        if self._value == value:
            self._value = ""

    async def _fetch(self) -> None:
        async with self._http.session.post(
            self.url, data=self._form, allow_redirects=False
        ) as response:
            if response.status in (400, 401, 403, 404):
                self.problem = (
                    f"Microsoft refuses the bot's credentials (HTTP {response.status}): check"
                    " TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID, and whether the"
                    " password has expired"
                )
                log.error("teams.no_token", status=response.status)
                raise NoToken(self.problem)
            if response.status != 200:
                raise Answered(response.status, wait(response.headers.get("Retry-After")))
            try:
                found = await response.json(content_type=None)
                value, lasts = str(found["access_token"]), float(found["expires_in"])
            except (ValueError, TypeError, LookupError):
                raise Answered(502) from None  # a page of somebody in between
        self._value = value
        # A token that is old is refused; one that is nearly old is replaced in time.
        self._until = self._seconds() + max(30.0, lasts - SPARE_SECONDS)
        self.problem = ""


def token_url(given: str, app_type: str, tenant: str, *, government: bool) -> str:
    """Where the bot gets its token: its own tenant, or the one shared by multi-tenant bots."""
    if given:
        return given
    login = GOVERNMENT_LOGIN if government else LOGIN
    return (
        f"{login}/{tenant if app_type == 'SingleTenant' else 'botframework.com'}/oauth2/v2.0/token"
    )


def wait(header: str | None) -> float | None:
    """The seconds in a Retry-After; None when it does not say."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
