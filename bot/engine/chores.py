"""The jobs of all dialogs, for the worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import jobs
from bot.engine.dialog import Dialog, Office, OnWork, Work


def inside(dialogs: Sequence[Dialog], office: Office) -> dict[str, jobs.Inside]:
    """The jobs of these dialogs by their kind, for the worker: the one place that hands them the office."""

    def bound(handler: OnWork) -> jobs.Inside:
        async def run(task: jobs.Task, db: AsyncSession, now: datetime) -> None:
            await handler(Work(office, db, now, task))

        return run

    return {kind: bound(handler) for d in dialogs for kind, handler in d.jobs.items()}


def periodic(dialogs: Sequence[Dialog]) -> dict[str, timedelta]:
    """How often which of these jobs runs."""
    return {kind: every for d in dialogs for kind, every in d.periodic.items()}
