"""In-flight tasks: requests being answered, and calls that may follow the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class InFlight:
    """Counts requests (`with flight:`) and keeps background calls, to wait for all of them."""

    def __init__(self) -> None:
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._calls: set[asyncio.Task[None]] = set()

    def __enter__(self) -> None:
        self._open += 1
        self._idle.clear()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open -= 1
        if not self._open:
            self._idle.set()

    def later(self, call: Coroutine[Any, Any, None]) -> None:
        """Do this beside the answer."""
        task = asyncio.create_task(self._guarded(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def settle(self, patience: float) -> None:
        """Wait for everything in hand; what takes longer is cancelled."""
        try:
            async with asyncio.timeout(patience):
                while self._open or self._calls:
                    await self._idle.wait()
                    if self._calls:
                        await asyncio.wait(self._calls)
        except TimeoutError:
            for task in self._calls:
                task.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)

    async def _guarded(self, call: Coroutine[Any, Any, None]) -> None:
        try:
            await call
        except Exception:
            log.exception("task.failed")
