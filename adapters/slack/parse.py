"""Slack's payloads as events. Pure: no clock, no network, no SDK."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.slack import form
from bot.engine.events import Address, Arrived, Event, Opened, Pressed, Said, SentFile, Submitted

PLATFORM = "slack"
SUBTYPES = (None, "file_share", "thread_broadcast")  # of messages that a person just wrote
SHORTCUTS = {"report_breach": "breach.start"}
ASK_ABOUT = "may_i"  # the shortcut on any message
HELP = "help"
SOMEBODY, PLACE = "iemand", "een kanaal"
_ANGLED = re.compile(r"<([^<>]*)>")
_EMOJI = re.compile(r":[a-z0-9_+'\-]*[a-z_+][a-z0-9_+'\-]*:(?::skin-tone-[2-6]:)?")


@dataclass(frozen=True, slots=True)
class Here:
    """Who we are in Slack: the workspace and the bot's own user; '' while not known."""

    team: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An event, and what Slack lets us do in answer to it.

    trigger: opens a modal, within 3 seconds. view, title: the modal it came from. home: it came
    from the home page. aside: a command typed in this channel, while the answer comes in private.
    """

    event: Event
    trigger: str = ""
    view: str = ""
    title: str = ""
    home: bool = False
    aside: str = ""


def parse(body: Mapping[str, Any], here: Here, at: datetime) -> Received | None:
    """The event in a payload; None for what does not concern us, or names nobody."""
    found = _parsed(body, here, at)
    return found if found and found.event.address.account else None


def _parsed(body: Mapping[str, Any], here: Here, at: datetime) -> Received | None:
    kind = body.get("type")
    if kind == "event_callback":
        return _event(body, here, at)
    if "command" in body:
        return _command(body, here, at)
    if kind == "block_actions":
        return _press(body, here, at)
    if kind == "view_submission":
        return _submission(body, here, at)
    if kind in ("shortcut", "message_action"):
        return _shortcut(body, here, at)
    return None


def lost(body: Mapping[str, Any]) -> str:
    """'app_uninstalled' or 'tokens_revoked' when this payload says that we are out; else ''."""
    event = body.get("event")
    if not isinstance(event, Mapping):
        return ""
    if event.get("type") == "app_uninstalled":
        return "app_uninstalled"
    tokens = event.get("tokens")
    if event.get("type") == "tokens_revoked" and isinstance(tokens, Mapping) and tokens.get("bot"):
        return "tokens_revoked"
    return ""


def team_of(body: Mapping[str, Any], here: Here) -> str:
    """The workspace we are installed in; in a shared channel the person's may be another."""
    granted = (body.get("authorizations") or [{}])[0]
    team = body.get("team") or {}
    return str(
        here.team
        or granted.get("team_id")
        or body.get("team_id")
        or (team.get("id") if isinstance(team, Mapping) else team)
        or (body.get("user") or {}).get("team_id")
        or ""
    )


def said(text: str, bot: str) -> str:
    """What was typed, without Slack's marks and without the mention of the bot.

    The code of an emoji is no word (':warning:' warns of nothing), and who is mentioned by an id
    alone is somebody.
    """

    def shown(mark: re.Match[str]) -> str:
        target, _, label = mark[1].partition("|")
        if target == f"@{bot}":
            return " "
        if target[:1] in ("@", "#"):
            return label.lstrip("@#") or (SOMEBODY if target[0] == "@" else PLACE)
        if target.startswith("!"):
            return label or "@" + target[1:]
        return label or target.removeprefix("mailto:")

    plain = _EMOJI.sub(" ", _ANGLED.sub(shown, text))
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(mark, sign)
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    return "\n".join(lines).strip(" \t\n,:;")


# -- one kind of payload each ----------------------------------------------------------------


def _event(body: Mapping[str, Any], here: Here, at: datetime) -> Received | None:
    inner = body["event"]
    private = inner.get("channel_type") == "im" or str(inner.get("channel", "")).startswith("D")
    match inner.get("type"):
        case "app_mention":
            return _message(body, here, at, private=private)
        case "message" if private:
            return _message(body, here, at, private=True)
        case "app_home_opened":
            address = Address(PLATFORM, team_of(body, here), inner["user"], inner["channel"])
            kind = Opened if inner.get("tab") == "home" else Arrived
            mark = f"opened:{inner['user']}:{inner.get('event_ts')}"
            return Received(kind(id=_id(body, here, mark), address=address, at=at), home=True)
    return None


def _message(
    body: Mapping[str, Any], here: Here, at: datetime, *, private: bool
) -> Received | None:
    inner = body["event"]
    user = inner.get("user")
    granted = (body.get("authorizations") or [{}])[0]
    bot = here.user or (granted.get("user_id") if granted.get("is_bot") else "") or ""
    if inner.get("subtype") not in SUBTYPES or inner.get("bot_id") or user in (None, "", bot):
        return None
    team, channel, ts = team_of(body, here), inner["channel"], inner["ts"]
    thread = inner.get("thread_ts") or ("" if private else ts)
    # Slack can send one message again under a new event id.
    same = f"{PLATFORM}:{team}:{channel}:{ts}"
    key = _id(body, here, f"{channel}:{ts}")
    common: dict[str, Any] = {
        "id": key,
        "also": () if key == same else (same,),
        "address": Address(PLATFORM, team, user, channel, thread, private),
        "at": at,
    }
    text = said(inner.get("text") or "", bot)
    if inner.get("files") or inner.get("subtype") == "file_share":
        return Received(SentFile(**common, kinds=_kinds(inner), text=text))
    return Received(Said(**common, text=text or HELP))


def _command(body: Mapping[str, Any], here: Here, at: datetime) -> Received:
    text = said(str(body.get("text") or ""), here.user)
    common = _common(body, here, at, body["user_id"])
    event = Said(**common, text=text) if text else Pressed(**common, button=HELP)
    return Received(event, trigger=str(body.get("trigger_id") or ""), aside=str(body["channel_id"]))


def _press(body: Mapping[str, Any], here: Here, at: datetime) -> Received | None:
    action = body["actions"][0]
    button = action.get("value") or action.get("action_id") or ""
    if action.get("type") != "button" or not button or action.get("url"):
        return None
    common = _common(body, here, at, body["user"]["id"])
    held = body.get("container") or {}
    view = body.get("view") or {}
    trigger = str(body.get("trigger_id") or "")
    channel = held.get("channel_id") or (body.get("channel") or {}).get("id")
    if view.get("type") == "modal":
        event = Pressed(**common, button=button)
        return Received(event, trigger, view=view["id"], title=_title(view))
    if not channel:
        return Received(Pressed(**common, button=button), trigger, home=True)
    ts = held.get("message_ts") or (body.get("message") or {}).get("ts") or ""
    thread = held.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ""
    private = channel.startswith("D")
    common["address"] = Address(
        PLATFORM,
        team_of(body, here),
        body["user"]["id"],
        channel,
        thread or ("" if private else ts),
        private,
    )
    return Received(Pressed(**common, button=button, message=f"{channel}:{ts}"), trigger)


def _submission(body: Mapping[str, Any], here: Here, at: datetime) -> Received:
    view = body["view"]
    values = form.read(view["state"]["values"])
    memory = form.memory(view)
    common = _common(body, here, at, body["user"]["id"])
    # One modal can be sent in several times, after an error: another content is another event.
    content = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    common["id"] = f"{common['id']}:{view['id']}:{content}"
    event = Submitted(**common, form=view["callback_id"], draft=memory.draft, values=values)
    return Received(event, view=view["id"], title=_title(view), home=memory.home)


def _shortcut(body: Mapping[str, Any], here: Here, at: datetime) -> Received | None:
    common = _common(body, here, at, body["user"]["id"])
    trigger = str(body.get("trigger_id") or "")
    name = body.get("callback_id")
    if name in SHORTCUTS:
        return Received(Pressed(**common, button=SHORTCUTS[name]), trigger)
    if name != ASK_ABOUT:
        return None
    message = body.get("message") or {}
    text = said(message.get("text") or "", here.user)
    if message.get("files") and not text:
        return Received(SentFile(**common, kinds=_kinds(message)), trigger)
    # Pressed and not Said: it must not become the answer to an open question of a form.
    return Received(Pressed(**common, button=f"say:{text[:500]}" if text else HELP), trigger)


# -- helpers ---------------------------------------------------------------------------------


def _common(body: Mapping[str, Any], here: Here, at: datetime, user: str) -> dict[str, Any]:
    """What every interaction has: it is answered in private, and it can open a modal."""
    moment = body.get("trigger_id") or body.get("action_ts") or ""
    if not moment:
        moment = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    team = team_of(body, here)
    return {
        "id": f"{PLATFORM}:{team}:{moment}",
        "address": Address(PLATFORM, team, user),
        "at": at,
        "can_open": True,
    }


def _id(body: Mapping[str, Any], here: Here, otherwise: str) -> str:
    return f"{PLATFORM}:{team_of(body, here)}:{body.get('event_id') or otherwise}"


def _kinds(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Media types alone: names, links and the files themselves are left where they are."""
    return tuple(str(file.get("mimetype") or "") for file in message.get("files") or ())


def _title(view: Mapping[str, Any]) -> str:
    return str((view.get("title") or {}).get("text") or "")
