"""From a Teams activity to an event. Pure: no call, no clock, no library type."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

from adapters.teams.attachments import file_kinds, plain_words
from adapters.teams.pressed import acted
from adapters.teams.shapes import objects, part, text
from bot.engine.events import Address, Arrived, Event, Left, Pressed, Said, SentFile

PLATFORM = "teams"
REPORT = "breach.start"
HELP = "help"
REFRESH = "refresh"
LONGEST_ID = 400
# What Teams puts before the words when somebody answers another message.
_QUOTED = re.compile(r"<quoted\b[^>]*?(?:/>|>.*?</quoted>)", re.DOTALL | re.IGNORECASE)
_MENTION = re.compile(r"<at[^>]*>(.*?)</at>", re.DOTALL | re.IGNORECASE)


def tenants(body: Mapping[str, Any]) -> set[str]:
    """Every tenant the activity names, lower case; Teams names one, perhaps in two places."""
    found = (
        part(body, "conversation").get("tenantId"),
        part(part(body, "channelData"), "tenant").get("id"),
    )
    return {tenant.lower() for tenant in found if isinstance(tenant, str) and tenant}


def address(body: Mapping[str, Any]) -> Address | None:
    """Where it happened; None when the activity does not say who did it and where."""
    conversation, account = part(body, "conversation"), text(part(body, "from"), "id")
    place, service = text(conversation, "id"), text(body, "serviceUrl")
    if not place or not account:
        return None
    channel, _, thread = place.partition(";messageid=")
    return Address(
        PLATFORM,
        min(tenants(body), default="local"),
        account,
        channel=channel,
        thread=thread,
        private=_is_private(conversation, channel),
        service=service,
    )


def parse(body: Mapping[str, Any], now: datetime) -> Event | None:
    """The event in an activity; None when it is nothing for us (it still counts as received)."""
    place = address(body)
    if place is None or place.account.startswith("28:"):  # a bot
        return None
    base: dict[str, Any] = {
        "id": _event_id(body, place),
        "address": place,
        "at": _moment(text(body, "timestamp")) or now,
        "name": text(part(body, "from"), "name"),
        "locale": text(body, "locale"),
    }
    match text(body, "type"):
        case "message":
            return _message(body, base)
        case "installationUpdate":
            return _installation(text(body, "action"), base)
        case "conversationUpdate":
            return _members(body, base)
        case "invoke":
            return _invoke(body, base)
    return None


def _is_private(conversation: Mapping[str, Any], channel: str) -> bool:
    kind = text(conversation, "conversationType")
    if kind:
        return kind == "personal"
    return not conversation.get("isGroup") and not channel.startswith("19:")


def _event_id(body: Mapping[str, Any], place: Address) -> str:
    """Teams sends an activity again, with the same id, when a turn was slow."""
    mark = text(body, "id")
    if not mark:
        canonical = json.dumps(body, sort_keys=True, default=str).encode()
        mark = hashlib.sha256(canonical).hexdigest()
    found = f"{PLATFORM}:{place.workspace}:{text(part(body, 'conversation'), 'id')}:{mark}"
    if len(found) > LONGEST_ID:
        return f"{PLATFORM}:{hashlib.sha256(found.encode()).hexdigest()}"
    return found


def _moment(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _message(body: Mapping[str, Any], base: dict[str, Any]) -> Event | None:
    """A sentence, a file, or a button of a card whose client does not know Action.Execute."""
    if isinstance(body.get("value"), Mapping):
        return acted(body["value"], base, text(body, "replyToId"))
    if not base["address"].private and not _mentions_us(body):
        return None
    said = _without_mentions(body)
    kinds = file_kinds(body.get("attachments"))
    if kinds:
        return SentFile(**base, kinds=kinds, text=said)
    return Said(**base, text=said)


def _mentions(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The mentions of this bot."""
    us = text(part(body, "recipient"), "id")
    return [
        e
        for e in objects(body, "entities")
        if text(e, "type").lower() == "mention" and us and part(e, "mentioned").get("id") == us
    ]


def _mentions_us(body: Mapping[str, Any]) -> bool:
    return bool(_mentions(body))


def _without_mentions(body: Mapping[str, Any]) -> str:
    """What was typed: our own name taken out, other names without their markup."""
    said = text(body, "text")
    for mention in _mentions(body):
        ours = text(mention, "text")
        if ours:
            said = said.replace(ours, " ", 1)
    said = _MENTION.sub(r"\1", _QUOTED.sub(" ", said))
    return unescape(said).replace("\xa0", " ").strip()


def _installation(action: str, base: dict[str, Any]) -> Event | None:
    """Only a person's own installation says that this person can be reached, or not any more.

    'remove-upgrade' is the first half of an update of the app: nobody left.
    """
    if not base["address"].private:
        return None
    if action in ("add", "add-upgrade"):
        return Arrived(**base)
    return Left(**base) if action == "remove" else None


def _members(body: Mapping[str, Any], base: dict[str, Any]) -> Event | None:
    us = text(part(body, "recipient"), "id")
    if not base["address"].private or not us:
        return None
    kinds: tuple[tuple[str, type[Arrived | Left]], ...] = (
        ("membersAdded", Arrived),
        ("membersRemoved", Left),
    )
    for name, kind in kinds:
        if any(member.get("id") == us for member in objects(body, name)):
            return kind(**base)
    return None


def _invoke(body: Mapping[str, Any], base: dict[str, Any]) -> Event | None:
    name, value = text(body, "name"), part(body, "value")
    message = text(body, "replyToId")
    if name == "adaptiveCard/action":
        return acted(part(part(value, "action"), "data"), base, message, in_place=True)
    if name in ("task/fetch", "task/submit", "composeExtension/submitAction"):
        data = part(value, "data")
        return acted(data, _in_private(base, name), message, can_open=True, in_place=True)
    if name == "composeExtension/fetchTask":
        return _message_action(value, _in_private(base, name))
    return None


def _in_private(base: dict[str, Any], name: str) -> dict[str, Any]:
    """A dialog is seen by one person; a message action may come from a chat we are not in."""
    place: Address = base["address"]
    if name.startswith("composeExtension/"):
        place = replace(place, private=False)
    return {**base, "address": place.privately()}


def _message_action(value: Mapping[str, Any], base: dict[str, Any]) -> Event:
    if text(value, "commandId") == "report_breach":
        return Pressed(**base, button=REPORT, can_open=True)
    payload = part(value, "messagePayload")
    words = plain_words(text(part(payload, "body"), "content"))
    kinds = file_kinds(payload.get("attachments"))
    if kinds and not words:
        return SentFile(**base, kinds=kinds, can_open=True)
    # Pressed and not Said: it must not become the answer to an open question of a form.
    return Pressed(**base, button=f"say:{words[:500]}" if words else HELP, can_open=True)
