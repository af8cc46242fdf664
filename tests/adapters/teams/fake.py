"""A small Teams on loopback: the issuer of tokens, and the connector with its roster."""

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

APP = "11111111-2222-4333-8444-555555555555"
TENANT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ISSUER = "https://api.botframework.com"


@dataclass
class Signer:
    """A key of Microsoft's, as far as the bot can tell."""

    kid: str = "key-1"
    endorsements: tuple[str, ...] = ("msteams",)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def public(self) -> dict[str, Any]:
        made = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**made, "kid": self.kid, "endorsements": list(self.endorsements)}

    def token(self, service: str, *, kid: str = "", **changes: Any) -> str:
        """A good token, or one with some claims changed (None takes a claim away)."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": APP, "nbf": now - 5, "exp": now + 3600}
        claims |= {"serviceurl": service, **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key, "RS256", headers={"kid": kid or self.kid})


@dataclass
class Posted:
    """A message that stands in a conversation."""

    id: str
    conversation: str
    activity: dict[str, Any]
    edits: int = 0

    @property
    def card(self) -> dict[str, Any]:
        found: dict[str, Any] = self.activity["attachments"][0]["content"]
        return found

    @property
    def mark(self) -> str:
        return str(self.activity["channelData"]["opnamewijzer"]["mark"])


class FakeTeams:
    """Strict where Teams is strict. `faults`: (method, status, headers), used up in order."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.keys = [signer.public()]
        self.members: dict[str, dict[str, Any]] = {}
        self.messages: list[Posted] = []
        self.faults: list[tuple[str, int, dict[str, str]]] = []
        self.blocked: set[str] = set()
        self.calls: list[str] = []
        self.hosts: list[str] = []
        self.token = "bot-token-1"
        self.token_status = 200
        self.token_page = ""
        self.url = ""
        self._ids = itertools.count(1)

    def person(self, account: str, email: str, **more: Any) -> None:
        self.members[account] = {
            "id": account,
            "name": email.partition("@")[0].title(),
            "email": email,
            "userPrincipalName": email,
            "tenantId": TENANT,
            "userRole": "user",
            **more,
        }

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        app.router.add_post("/v3/conversations", self._create)
        app.router.add_get("/v3/conversations/{room}/members/{account}", self._member)
        app.router.add_post("/v3/conversations/{room}/activities", self._post)
        app.router.add_put("/v3/conversations/{room}/activities/{id}", self._put)
        return app

    def room(self, account: str) -> str:
        return f"a:{account}"

    def to(self, account: str) -> list[Posted]:
        """What stands in the private chat of an account."""
        return [m for m in self.messages if m.conversation == self.room(account)]

    async def _openid(self, request: web.Request) -> web.Response:
        self.calls.append("openid")
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})

    async def _token(self, request: web.Request) -> web.Response:
        self.calls.append("token")
        form = await request.post()
        assert form["grant_type"] == "client_credentials"
        assert form["client_id"] == APP
        if self.token_status != 200:
            return web.json_response({"error": "invalid_client"}, status=self.token_status)
        if self.token_page:
            return web.Response(text=self.token_page)
        return web.json_response({"access_token": self.token, "expires_in": 3599})

    def _refusal(self, request: web.Request, account: str = "") -> web.Response | None:
        self.calls.append(f"{request.method} {request.path}")
        self.hosts.append(request.host)
        expected = f"Bearer {self.token}" if self.token else None
        if request.headers.get("Authorization") != expected:
            return web.Response(status=401)
        for n, (method, status, headers) in enumerate(self.faults):
            if method == request.method:
                del self.faults[n]
                code = headers.get("code", "")
                body = {"error": {"code": code}} if code else None
                return web.json_response(body, status=status, headers=headers)
        if account in self.blocked:
            return web.json_response(
                {"errorCode": 209, "message": "MessageWritesBlocked"}, status=403
            )
        return None

    async def _member(self, request: web.Request) -> web.Response:
        account = request.match_info["account"]
        refused = self._refusal(request)
        if refused:
            return refused
        member = self.members.get(account)
        return web.json_response(member, status=200 if member else 404)

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        account = body["members"][0]["id"]
        assert body["bot"]["id"] == f"28:{APP}"
        assert body["channelData"]["tenant"]["id"] == TENANT
        refused = self._refusal(request, account)
        return refused or web.json_response({"id": self.room(account)}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        room = request.match_info["room"]
        refused = self._refusal(request, room.removeprefix("a:"))
        if refused:
            return refused
        raw = await request.read()
        if len(raw) > 100_000:
            return web.Response(status=413)
        message = Posted(f"m{next(self._ids)}", room, json.loads(raw))
        self.messages.append(message)
        return web.json_response({"id": message.id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        room, message_id = request.match_info["room"], request.match_info["id"]
        refused = self._refusal(request, room.removeprefix("a:"))
        if refused:
            return refused
        for message in self.messages:
            if (message.id, message.conversation) == (message_id, room):
                message.activity = await request.json()
                message.edits += 1
                return web.json_response({"id": message_id})
        return web.Response(status=404)
