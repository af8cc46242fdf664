"""Which addresses the bot may call: an activity names its own, so it must be one of Teams'."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bot.engine.loopback import is_loopback

# The connector's hosts in the public cloud and in the clouds for governments.
KNOWN = frozenset(
    {
        "smba.trafficmanager.net",
        "smba.infra.gcc.teams.microsoft.com",
        "smba.infra.gov.teams.microsoft.us",
        "smba.infra.dod.teams.microsoft.us",
    }
)
SUFFIXES = (".botframework.com", ".botframework.us")
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]+(?:/[A-Za-z0-9._~%\-/]*)?")


class Hosts:
    """The list of allowed service addresses.

    extra: further hosts, 'host' or 'host:port', from TEAMS_SERVICE_HOSTS. They are exact, never a
    suffix, and need https like all others; http is for loopback hosts that stand in this list.
    any_loopback: local testing, where the service is on this machine.
    """

    def __init__(self, extra: Iterable[str] = (), *, any_loopback: bool = False) -> None:
        self._extra = frozenset(_host_and_port(entry) for entry in extra if entry.strip())
        self._any_loopback = any_loopback

    def allow(self, url: str) -> bool:
        """Whether the bot may send its words there."""
        return self._allow(url, secret=False)

    def trust(self, url: str) -> bool:
        """Whether it may send its token as well: not to whatever runs on the tester's machine."""
        return self._allow(url, secret=True)

    def _allow(self, url: str, *, secret: bool) -> bool:
        if not _PLAIN.fullmatch(url) or "/../" in f"{url}/":
            return False
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        listed = host in self._extra or f"{host}:{port}" in self._extra
        if is_loopback(host):
            return listed or (self._any_loopback and not secret)
        if parts.scheme != "https":
            return False
        ours = host in KNOWN or host.endswith(SUFFIXES)
        return listed or (ours and port in (None, 443))


def is_private_url(url: str) -> bool:
    """Whether what is said to this address stays secret: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and is_loopback((parts.hostname or "").lower())
    )


def _host_and_port(entry: str) -> str:
    entry = entry.strip().lower()
    return (urlsplit(entry).netloc if "//" in entry else entry).strip("/")
