"""Setting up: the manifest that an administrator pastes, and whether the result is well."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import structlog
import yaml

from adapters.slack.api import Api, SlackError, granted, lacks
from adapters.slack.parse import Here
from adapters.slack.socket import REFUSED
from bot.engine.replies import RetryLater
from bot.engine.retry import backoff

log = structlog.get_logger(__name__)

PATH = "/slack/events"
LOOK_AGAIN = 60.0  # seconds


def manifest(url: str, named: Callable[[str], str], socket_mode: bool = False) -> str:
    """The app's manifest as YAML, with the addresses of this installation filled in.

    named: puts the institute's names into a text. In Socket Mode Slack needs no address of ours.
    """
    app = _template()
    address = url.rstrip("/") + PATH
    if socket_mode:
        app["settings"]["socket_mode_enabled"] = True
    else:
        app["settings"]["event_subscriptions"]["request_url"] = address
        app["settings"]["interactivity"]["request_url"] = address
        for command in app["features"]["slash_commands"]:
            command["url"] = address
    app["display_information"]["long_description"] = named(
        app["display_information"]["long_description"]
    )
    return yaml.safe_dump(app, allow_unicode=True, sort_keys=False, width=100)


def scopes() -> frozenset[str]:
    """The scopes the manifest asks for: what we need, and nothing more."""
    return frozenset(_template()["oauth_config"]["scopes"]["bot"])


def _template() -> dict[str, Any]:
    text = files("manifest").joinpath("slack.yaml").read_text(encoding="utf-8")
    app: dict[str, Any] = yaml.safe_load(text)
    return app


async def introduced(api: Api, met: Callable[[Here], None]) -> None:
    """Find out which workspace and which bot user we are; try until Slack says it."""
    for attempt in itertools.count(1):
        try:
            answer = await api.call(api.client.auth_test)
        except Exception as problem:
            log.warning("slack.no_introduction", error=str(getattr(problem, "code", "")) or "?")
            asked = problem.seconds if isinstance(problem, RetryLater) else 0
            await asyncio.sleep(asked or backoff(attempt))
            continue
        met(Here(str(answer.get("team_id") or ""), str(answer.get("user_id") or "")))
        for name in [name for name in api.problems if name.startswith("scope ")]:
            del api.problems[name]
        for scope in _missing(answer.headers):
            log.error("slack.scope_missing", scope=scope)
            api.problems[f"scope {scope}"] = lacks(scope)
        return


async def watch(api: Api, met: Callable[[Here], None]) -> None:
    """While something is wrong, ask again now and then: what was mended must not stay a problem
    until somebody happens to write. A workspace where all is well is asked nothing."""
    while True:
        await asyncio.sleep(LOOK_AGAIN)
        if api.problems.keys() - {"socket", "signature"}:
            await introduced(api, met)


async def check(api: Api, app_token: str) -> list[str]:
    """What is wrong with tokens and scopes, in sentences that say how to mend it."""
    found: list[str] = []
    try:
        answer = await api.call(api.client.auth_test)
        found += [lacks(scope) for scope in _missing(answer.headers)]
    except SlackError as refused:
        found.append(api.problems.get("token") or f"Slack answers auth.test with {refused.code}")
    except Exception as problem:
        found.append(f"Slack cannot be reached ({type(problem).__name__}): check SLACK_API_URL")
    if app_token:
        try:
            await api.call(api.client.apps_connections_open, app_token=app_token)
        except SlackError as refused:
            found.append(REFUSED.format(code=refused.code))
        except Exception as problem:
            found.append(f"Socket Mode cannot be reached ({type(problem).__name__})")
    return found


def _missing(headers: Any) -> list[str]:
    """Scopes we need and were not given; none where Slack does not tell."""
    given = granted(headers)
    return sorted(scopes() - given) if given else []
