"""Whether a message may have arrived although its call failed: the same for every web API."""

from __future__ import annotations

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError

CONNECT_SECONDS = 5.0
NOT_SENT = (ClientConnectorError, ConnectionTimeoutError)
# Answers of a server, or of one in between, that may have passed it on first.
DOUBTFUL = (500, 502, 504)


def in_doubt(problem: BaseException) -> bool:
    """True when the request went out and no answer came back."""
    return isinstance(problem, TimeoutError | ClientError) and not isinstance(problem, NOT_SENT)
