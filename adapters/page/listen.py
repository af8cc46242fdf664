"""The page's door: who opens a signed link sees one case and can do what its buttons say.

Looking changes nothing, so that a mail scanner may follow the link. Every button and form on the
page carries a signed step: what it does, for this case and this person, once. So nothing can be
sent in that was not on the page, and sending it in twice does no more than once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from aiohttp import web
from markupsafe import Markup

from adapters.page import render
from bot.engine.conversation import Outcome, Talk
from bot.engine.events import PAGE, Address, Event, Pressed, Submitted
from bot.engine.jobs import Clock
from bot.engine.links import BadLink, Links, OldLink
from bot.engine.platform import Platform
from bot.engine.replies import Ask, Button, Reply, Say
from bot.engine.texts import LANGUAGES, Texts

FORM_DATA = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at what. The token is known to be ours."""

    token: str
    subject: str
    email: str


class Page(Platform):
    """Turns requests into events, and their outcomes into pages."""

    name = PAGE
    reach = ""  # by signed links alone

    def __init__(self, talk: Talk, links: Links, texts: Texts, clock: Clock, zone: tzinfo) -> None:
        self._talk = talk
        self._links = links
        self._texts = texts
        self._clock = clock
        self._zone = zone

    def routes(self) -> list[web.RouteDef]:
        """GET shows the case of a link, POST does one step."""
        return [web.get("/page/{token}", self.get), web.post("/page/{token}", self.post)]

    async def get(self, request: web.Request) -> web.Response:
        """The case as it is now."""
        try:
            visit = self._visit(request)
        except BadLink as problem:
            return self._no_page(request, problem)
        return await self._show(visit, ())

    async def post(self, request: web.Request) -> web.Response:
        """One step, then what came of it and the case as it is now."""
        try:
            visit = self._visit(request)
            sent = await request.post() if request.content_type == FORM_DATA else {}
            step = str(sent.get("step", ""))
            event = self._event(visit, step, _values(sent))
        except BadLink as problem:
            return self._no_page(request, problem)
        outcome = await self._talk.handle(event, self._clock())
        if outcome.status == "duplicate":
            return await self._show(visit, (), done_before=True)
        if outcome.ask:
            typed = event.values if isinstance(event, Submitted) else {}
            return self._form(visit, outcome.lang, outcome.ask, typed)
        return await self._show(visit, outcome.replies)

    # -- from a request to an event ------------------------------------------------------------

    def _visit(self, request: web.Request) -> Visit:
        token = request.match_info["token"]
        subject, email = self._links.read(token)
        if subject.startswith("["):  # a step is no page
            raise BadLink
        return Visit(token, subject, email)

    def _event(self, visit: Visit, step: str, values: Mapping[str, Any]) -> Event:
        signed, email = self._links.read(step)
        if email != visit.email or not signed.startswith("["):
            raise BadLink
        subject, kind, name, draft, _ = json.loads(signed)
        if subject != visit.subject:
            raise BadLink
        common = self._common(visit, hashlib.sha256(step.encode()).hexdigest())
        if kind == "press":
            return Pressed(**common, button=name)
        return Submitted(**common, form=name, draft=draft, values=values)

    def _common(self, visit: Visit, mark: str) -> dict[str, Any]:
        return {
            "id": f"{PAGE}:{mark}",
            "address": Address(PAGE, "", visit.email),
            "at": self._clock(),
            "email": visit.email,
            "can_open": True,
        }

    def _step(self, visit: Visit, kind: str, name: str, draft: int = 0) -> str:
        what = json.dumps([visit.subject, kind, name, draft, uuid.uuid4().hex])
        return self._links.make(what, visit.email).rpartition("/")[2]

    # -- from an outcome to a page ---------------------------------------------------------------

    async def _show(
        self, visit: Visit, replies: Sequence[Reply], *, done_before: bool = False
    ) -> web.Response:
        """What was just said, then the case."""
        look = Pressed(**self._common(visit, uuid.uuid4().hex), button=f"case.show:{visit.subject}")
        outcome: Outcome = await self._talk.handle(look, self._clock())
        said = [r for r in replies if isinstance(r, Say) and r.ref != f"case:{visit.subject}"]
        parts = [self._said(visit, say) for say in said]
        if done_before:
            parts.append(render.notice(self._texts("page.done_before", outcome.lang)))
        cards = [self._said(visit, say) for say in outcome.replies if isinstance(say, Say)]
        title = next((s.title for s in outcome.replies if isinstance(s, Say) and s.title), "")
        return self._answer(
            outcome.lang,
            title,
            Markup("\n").join([*parts, *cards]),
            self._texts("page.footer", outcome.lang, email=visit.email),
            status=200 if outcome.status == "handled" else 404,
        )

    def _said(self, visit: Visit, say: Say) -> Markup:
        if not say.title and not say.buttons:
            return render.notice(say.text)

        def step(button: Button) -> str:
            return self._step(visit, "press", button.id)

        return render.message(say, step)

    def _form(self, visit: Visit, lang: str, ask: Ask, typed: Mapping[str, Any]) -> web.Response:
        step = self._step(visit, "form", ask.form, ask.draft)
        body = render.form(ask, step, f"/page/{visit.token}", typed, self._zone)
        if any(field.error for field in ask.fields):
            body = render.notice(self._texts("page.mend", lang), "error") + body
        footer = self._texts("page.footer", lang, email=visit.email)
        return self._answer(lang, ask.title, body, footer)

    def _no_page(self, request: web.Request, problem: BadLink) -> web.Response:
        """A kind sentence, in the browser's language: who looks is not known."""
        wanted = request.headers.get("Accept-Language", "")[:2].lower()
        lang = wanted if wanted in LANGUAGES else "nl"
        key, status = ("expired", 410) if isinstance(problem, OldLink) else ("unknown", 404)
        say = Say(self._texts(f"page.{key}.text", lang), self._texts(f"page.{key}.title", lang))
        body = render.message(say, lambda _: "")
        return self._answer(lang, say.title, body, "", status=status)

    def _answer(
        self, lang: str, title: str, body: Markup, footer: str, status: int = 200
    ) -> web.Response:
        nonce = uuid.uuid4().hex
        name = "Opnamewijzer"
        page = render.document(lang, f"{title} · {name}" if title else name, body, footer, nonce)
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self';"
                " base-uri 'none'; frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex",
        }
        return web.Response(text=page, content_type="text/html", status=status, headers=headers)


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a form: a list where several boxes were ticked."""
    values: dict[str, Any] = {}
    for name, value in sent.items():
        if name.startswith("f.") and isinstance(value, str):
            field = name.removeprefix("f.")
            before = values.get(field)
            values[field] = value if before is None else [*_list(before), value]
    return values


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
