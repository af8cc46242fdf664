"""How long to wait before something is tried again."""

from __future__ import annotations

import random

STEADY = 12  # attempts, some forty minutes, before the distance grows beyond five minutes
HOUR = 3600.0


def backoff(attempts: int, longest: float = 300.0) -> float:
    """2, 4, 8 ... seconds, at most `longest`, with jitter so that retries do not march."""
    return _jittered(min(2.0 ** min(attempts, 60), longest))


def growing(attempts: int, *, urgent: bool = False) -> float:
    """The same, and after forty minutes half as long again each time, up to an hour.

    urgent: five minutes at most, for what has a deadline.
    """
    if urgent or attempts <= STEADY:
        return backoff(attempts)
    return _jittered(min(300.0 * 1.5 ** min(attempts - STEADY, 60), HOUR))


def _jittered(seconds: float) -> float:
    return float(seconds * random.uniform(0.75, 1.25))  # noqa: S311
