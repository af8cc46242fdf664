"""The rate limit of one workspace: several hundred messages a minute, with room for a burst."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.engine.replies import RetryLater


class TokenBucket:
    """A token bucket: a message takes a token, and tokens come back with time. Each process keeps its own.

    The second between two messages in one channel is kept by the worker's lanes; this is the
    limit over all channels together.
    """

    def __init__(
        self,
        per_minute: float = 300,
        burst: float = 300,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._seconds = seconds
        self._left = burst
        self._at = seconds()

    def room(self) -> int:
        """How many messages may go now."""
        now = self._seconds()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return int(self._left)

    def take(self) -> None:
        """One message may go now. RetryLater says when, if not: nobody waits inside a worker."""
        if self.room() < 1:
            raise RetryLater((1 - self._left) / self._rate)
        self._left -= 1
