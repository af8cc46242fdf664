"""How long to wait before something is tried again."""

from __future__ import annotations

import random


def backoff(attempts: int, longest: float = 300.0) -> float:
    """2, 4, 8 ... seconds, at most `longest`, with jitter so that retries do not march."""
    return float(min(2.0 ** min(attempts, 60), longest) * random.uniform(0.75, 1.25))  # noqa: S311
