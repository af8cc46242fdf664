"""The web server: one aiohttp application for all routes, its health, and its start and stop."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func
from sqlmodel import col, select

from bot.engine.jobs import Clock, Worker
from bot.engine.metrics import OLDEST_DUE, OPEN_JOBS, SET_ASIDE
from bot.engine.store.database import Database
from bot.engine.store.tables import Job

log = structlog.get_logger(__name__)

# A long poll looks at this, so that stopping does not have to wait for it.
CLOSING = web.AppKey("closing", asyncio.Event)

LARGEST_BODY = 1024 * 1024
PATIENCE = 5.0
STOP_SECONDS = 3.0
STALE = timedelta(seconds=30)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CannotServe(Exception):
    """The web server cannot listen where it should; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the server looks at when it is asked how it is.

    worker: None in a process that runs none. problems: sentences about platforms that are set up
    but do not work.
    """

    database: Database
    worker: Worker | None
    clock: Clock
    problems: Callable[[], Sequence[str]] = tuple

    async def reasons(self) -> list[str]:
        """Why this process is not ready; empty when it serves. A platform in trouble is told, but
        takes nobody else's service away: see `problems`."""
        found: list[str] = []
        try:
            await asyncio.wait_for(self.count(), PATIENCE)
        except Exception as problem:
            found.append(f"the database does not answer ({_reason(problem)})")
        else:
            try:
                await asyncio.wait_for(self.database.try_write(), PATIENCE)
            except Exception as problem:
                found.append(f"the database keeps nothing ({_reason(problem)})")
        if self.worker and not self._beating(self.worker):
            found.append("the worker stands still: no message or reminder goes out")
        return found

    async def count(self) -> None:
        """Bring the gauges about durable work up to date."""
        open_job = [col(Job.done).is_(None), col(Job.error).is_(None)]
        set_aside = [col(Job.done).is_(None), col(Job.error).is_not(None)]
        async with self.database.transaction() as db:
            waiting, oldest = (
                await db.exec(select(func.count(), func.min(Job.due)).where(*open_job))
            ).one()
            failed = (await db.exec(select(func.count()).select_from(Job).where(*set_aside))).one()
        age = (self.clock() - oldest).total_seconds() if oldest else 0.0
        OPEN_JOBS.set(waiting)
        SET_ASIDE.set(failed)
        OLDEST_DUE.set(max(0.0, age))

    def _beating(self, worker: Worker) -> bool:
        return worker.alive and worker.beat is not None and self.clock() - worker.beat < STALE


def _reason(problem: Exception) -> str:
    """The database's own words, which are about itself; else the kind of failure."""
    words = str(getattr(problem, "orig", problem) or "").strip()
    return words.splitlines()[0] if words else type(problem).__name__


def application(routes: Iterable[web.AbstractRouteDef], health: Health) -> web.Application:
    """One application with the platforms' routes, and /healthz, /readyz and /metrics."""

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(_: web.Request) -> web.Response:
        reasons, problems = await health.reasons(), list(health.problems())
        status = "not ready" if reasons else "ready, with problems" if problems else "ready"
        body = {"status": status, "reasons": reasons, "problems": problems}
        return web.json_response(body, status=503 if reasons else 200)

    async def metrics(_: web.Request) -> web.Response:
        await asyncio.wait_for(health.count(), PATIENCE)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application(middlewares=[_last_resort], client_max_size=LARGEST_BODY)
    app[CLOSING] = asyncio.Event()
    app.on_shutdown.append(_close)
    app.on_response_prepare.append(_protect)
    app.add_routes(
        [
            web.get("/healthz", alive),
            web.get("/readyz", ready),
            web.get("/metrics", metrics),
            *routes,
        ]
    )
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen until the runner's `cleanup()`. CannotServe when the address cannot be had."""
    # No access log: addresses may carry the token of a page that is somebody's own.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as problem:
        await runner.cleanup()
        raise CannotServe(_sentence(problem, host, port)) from None
    return runner


def _sentence(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"port {port} is taken by another program (perhaps this bot already runs):"
            " stop that one, or choose another port with PORT"
        )
    if problem.errno == errno.EACCES:
        return f"this user may not listen on port {port}: choose a PORT above 1023"
    if problem.errno == errno.EADDRNOTAVAIL or isinstance(problem, socket.gaierror):
        return f"{host} is no address of this machine: set HOST to one, for example 127.0.0.1"
    return f"the web server cannot listen on {host} port {port} ({problem.strerror})"


@web.middleware
async def _last_resort(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No traceback reaches a client, and no body reaches the log."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except web.RequestPayloadError:
        return web.json_response({"error": "The body cannot be read."}, status=400)
    except Exception:
        resource = request.match_info.route.resource
        log.exception("web.broke", route=resource.canonical if resource else "?")
        return web.json_response({"error": "Something went wrong here. Try again."}, status=500)


async def _protect(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "opnamewijzer"  # and not which version of what


async def _close(app: web.Application) -> None:
    app[CLOSING].set()
