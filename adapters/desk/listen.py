"""The desk's door: who has a session sees pages and does things; everything done is a turn.

A link from the chat lets in once; a cookie keeps one in for a working day. All that is sent in
carries the session's own mark, so that no other site can send it. Rights are not looked at here:
the dialogs do that, at every look and at every turn.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from markupsafe import Markup

from adapters.desk import doors, render
from adapters.desk.parse import parse
from bot.engine.conversation import Outcome
from bot.engine.desk import DeskPages, Looked
from bot.engine.events import DESK, Submitted
from bot.engine.platform import House, Platform
from bot.engine.replies import Say
from bot.engine.texts import LANGUAGES
from bot.engine.views import File, Query

COOKIE = "desk"
STYLE = Path(__file__).with_name("desk.css")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


class DeskPlatform(Platform):
    """Turns requests into looks and events, and what comes of them into pages."""

    name = DESK

    def __init__(self, house: House) -> None:
        self.reach = "/desk/"
        self._house = house
        self._secure = house.site.url.startswith("https:")
        self._desk = DeskPages(house.database, house.dialogs, house.talk.filling, house.office)

    def routes(self) -> list[web.RouteDef]:
        """See `Platform`."""
        return [
            web.get("/desk", self._home),
            web.get("/desk/", self._home),
            web.get("/desk/desk.css", self._style),
            web.get("/desk/in/{token}", self._entrance),
            web.post("/desk/in/{token}", self._enter),
            web.get("/desk/feed/{token}", self._feed),
            web.get("/desk/{kind:see|print}/{section}", self._see),
            web.get("/desk/{kind:see|print}/{section}/{argument:.+}", self._see),
            web.get("/desk/file/{section}/{name}", self._file),
            web.post("/desk/do", self._do),
            web.post("/desk/out", self._out),
        ]

    # -- in and out ----------------------------------------------------------------------------

    async def _entrance(self, request: web.Request) -> web.Response:
        async with self._house.database.transaction() as db:
            waits = await doors.waits(db, request.match_info["token"], self._house.clock())
        if not waits:
            return self._closed(request, "used", status=410)
        lang = _spoken(request)
        return _html(render.entrance(lang, self._words(lang)))

    async def _enter(self, request: web.Request) -> web.Response:
        if not _from_here(request):
            return self._closed(request, "used", status=403)
        async with self._house.database.transaction() as db:
            key = await doors.begin(db, request.match_info["token"], self._house.clock())
        if key is None:
            return self._closed(request, "used", status=410)
        answer = web.Response(status=303, headers={**HEADERS, "Location": render.HOME})
        answer.set_cookie(
            COOKIE,
            key,
            max_age=int(doors.SESSION_LASTS.total_seconds()),
            path="/desk",
            httponly=True,
            secure=self._secure,
            samesite="Strict",
        )
        return answer

    async def _out(self, request: web.Request) -> web.Response:
        key, sent = request.cookies.get(COOKIE, ""), await request.post()
        if not self._own(request, key, sent):
            return self._closed(request, "out", status=403)
        async with self._house.database.transaction() as db:
            await doors.end(db, key, self._house.clock())
        answer = self._closed(request, "ended", status=200)
        answer.del_cookie(COOKIE, path="/desk")
        return answer

    async def _person(self, request: web.Request) -> str:
        """Who this is; '' when nobody we know."""
        async with self._house.database.transaction() as db:
            key = request.cookies.get(COOKIE, "")
            found = await doors.session(db, key, self._house.clock())
            return found.person if found else ""

    # -- looking -------------------------------------------------------------------------------

    async def _home(self, request: web.Request) -> web.Response:
        person = await self._person(request)
        if not person:
            return self._closed(request, "out", status=401)
        looked = await self._desk.look(person, "", Query(), self._house.clock())
        at = looked.sections[0][0] if looked.sections else ""
        return self._shown(request, looked, at, Query())

    async def _see(self, request: web.Request) -> web.Response:
        person = await self._person(request)
        if not person:
            return self._closed(request, "out", status=401)
        asked = request.match_info
        at, query = render.asked(
            asked["section"], asked.get("argument", ""), dict(request.query.items())
        )
        looked = await self._desk.look(person, asked["section"], query, self._house.clock())
        if asked["kind"] == "print" and looked.view:
            return _html(render.printed(looked.lang, looked.view))
        return self._shown(request, looked, at, query)

    async def _file(self, request: web.Request) -> web.Response:
        person = await self._person(request)
        if not person:
            return self._closed(request, "out", status=401)
        asked, now = request.match_info, self._house.clock()
        query = Query(request.query.get("argument", ""), dict(request.query.items()))
        found = await self._desk.fetch(person, asked["section"], asked["name"], query, now)
        return _save(found) if found else self._closed(request, "nothing", status=404)

    async def _feed(self, request: web.Request) -> web.Response:
        """A calendar program has no cookie: its secret address says whose calendar it is."""
        async with self._house.database.transaction() as db:
            feed = await doors.feed(db, request.match_info["token"])
        if feed is None:
            return self._closed(request, "nothing", status=404)
        section, name, argument = (*feed.file.split("/", 2), "")[:3]
        now = self._house.clock()
        found = await self._desk.fetch(feed.person, section, name, Query(argument), now)
        return _save(found) if found else self._closed(request, "nothing", status=404)

    async def _style(self, _: web.Request) -> web.Response:
        return web.Response(text=STYLE.read_text("utf-8"), content_type="text/css")

    # -- doing ---------------------------------------------------------------------------------

    async def _do(self, request: web.Request) -> web.Response:
        person, key = await self._person(request), request.cookies.get(COOKIE, "")
        if not person:
            return self._closed(request, "out", status=401)
        sent = await request.post()
        own, now = self._own(request, key, sent), self._house.clock()
        event = parse(person, key, sent, now) if own else None
        if event is None:
            return self._closed(request, "strange", status=403)
        outcome = await self._house.talk.handle(event, event.at)
        back = str(sent.get("back", ""))
        section, _, argument = back.partition("/")
        query = Query(argument)
        looked = await self._desk.look(person, section, query, self._house.clock())
        if outcome.ask:
            frame = self._frame(request, looked, back)
            typed = event.values if isinstance(event, Submitted) else {}
            zone = self._house.office.zone
            body = render.form(frame, outcome.ask, typed, zone)
            return _html(render.page(frame, outcome.ask.title, body))
        return self._shown(request, looked, back, query, outcome)

    def _own(self, request: web.Request, key: str, sent: Mapping[str, Any]) -> bool:
        """Whether a page of this very session sent it."""
        return _from_here(request) and hmac.compare_digest(
            _csrf(key).encode(), str(sent.get("csrf", "")).encode("utf-8", "replace")
        )

    # -- drawing -------------------------------------------------------------------------------

    def _shown(
        self,
        request: web.Request,
        looked: Looked,
        at: str,
        query: Query,
        outcome: Outcome | None = None,
    ) -> web.Response:
        """What was just said, then the page as it is now."""
        frame = self._frame(request, looked, at if looked.view else "", query.values)
        parts = [*self._happened(frame, outcome)] if outcome else []
        status = 200
        if looked.view:
            parts.append(render.view(frame, looked.view))
        elif not parts or looked.refused:
            status = 404
            none = "desk.none" if not looked.sections else "desk.nothing.text"
            parts.append(render.notice(looked.refused or frame.words(none), "error"))
        title = looked.view.title if looked.view else frame.words("desk.brand")
        return _html(render.page(frame, title, Markup("\n").join(parts)), status)

    def _happened(self, frame: render.Surround, outcome: Outcome) -> list[Markup]:
        if outcome.status == "duplicate":
            return [render.notice(frame.words("page.done_before"))]
        bad = outcome.status in ("refused", "broke")
        told = [r for r in outcome.replies if isinstance(r, Say) and not (r.ref and r.replace)]
        if bad:
            return [render.notice(say.text, "error") for say in told]
        return [render.said(frame, say) for say in told]

    def _frame(
        self,
        request: web.Request,
        looked: Looked,
        at: str,
        values: Mapping[str, str] | None = None,
    ) -> render.Surround:
        other = next(lang for lang in LANGUAGES if lang != looked.lang)
        return render.Surround(
            lang=looked.lang,
            words=self._words(looked.lang),
            name=looked.who.name,
            sections=looked.sections,
            csrf=_csrf(request.cookies.get(COOKIE, "")),
            at=at,
            other=other,
            values=values,
        )

    def _words(self, lang: str) -> render.Words:
        return lambda key: self._house.texts(key, lang)

    def _closed(self, request: web.Request, why: str, *, status: int) -> web.Response:
        """A page for who is not in, in the browser's language: nobody is known."""
        lang = _spoken(request)
        words = self._words(lang)
        page = render.bare(lang, words(f"desk.{why}.title"), words(f"desk.{why}.text"))
        return _html(page, status)


def _from_here(request: web.Request) -> bool:
    """Whether the browser says that the request comes from a page of ours, if it says so at all."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def _csrf(key: str) -> str:
    return hmac.new(key.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()


def _spoken(request: web.Request) -> str:
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    return wanted if wanted in LANGUAGES else "nl"


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status, headers=HEADERS)


def _save(found: File) -> web.Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{found.name}"'}
    media, _, charset = found.media.partition("; charset=")
    return web.Response(
        body=found.content, content_type=media, charset=charset or None, headers=headers
    )
