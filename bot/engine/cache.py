"""A cache with expiry: what was looked up a moment ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.engine.jobs import Clock

V = TypeVar("V")


class Cache(Generic[V]):
    """Keeps a limited number of values for a limited time; the one put in first goes first."""

    def __init__(self, clock: Clock, lifetime: timedelta, most: int = 10_000) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._most = most
        self._kept: dict[str, tuple[datetime, V]] = {}

    def get(self, key: str) -> V | None:
        """What is known under this key, unless it is too old."""
        found = self._kept.get(key)
        return found[1] if found and self._clock() - found[0] <= self._lifetime else None

    def stale(self, key: str) -> V | None:
        """What was known under this key, however old: for when nobody can say it anew."""
        found = self._kept.get(key)
        return found[1] if found else None

    def put(self, key: str, value: V) -> None:
        """Remember."""
        self._kept.pop(key, None)
        self._kept[key] = (self._clock(), value)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]

    def drop(self, key: str) -> None:
        """Forget."""
        self._kept.pop(key, None)
