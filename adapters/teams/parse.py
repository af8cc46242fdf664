"""From a Teams activity to an event. Pure: no call, no clock, no library type."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from adapters.teams.attachments import file_kinds, plain_words
from bot.events import Address, Arrived, Event, Left, Pressed, Said, SentFile, Submitted

PLATFORM = "teams"
REPORT = "breach.start"
REFRESH = "refresh"
LONGEST_ID = 400
_NO_DRAFT = 0
_MENTION = re.compile(r"<at[^>]*>(.*?)</at>", re.DOTALL | re.IGNORECASE)


def clean(value: Any) -> Any:
    """JSON data without what no database can keep: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [clean(part) for part in value]
    if isinstance(value, dict):
        return {clean(name): clean(part) for name, part in value.items()}
    return value


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


def part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of that name, empty when there is none."""
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def text(data: Mapping[str, Any], name: str) -> str:
    """The string of that name, '' when there is none."""
    found = data.get(name)
    return found if isinstance(found, str) else ""


def objects(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects of that name, empty when there is none."""
    found = data.get(name)
    return [e for e in found if isinstance(e, Mapping)] if isinstance(found, list) else []


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
        return _acted(body["value"], base, text(body, "replyToId"))
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
    said = _MENTION.sub(r"\1", said).replace("&nbsp;", " ").replace("\xa0", " ")
    return said.strip()


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
        return _acted(part(part(value, "action"), "data"), base, message, in_place=True)
    if name in ("task/fetch", "task/submit", "composeExtension/submitAction"):
        data = part(value, "data")
        return _acted(data, _in_private(base, name), message, can_open=True, in_place=True)
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
    return Said(**base, text=words, can_open=True)


def _acted(
    data: Mapping[str, Any],
    base: dict[str, Any],
    message: str,
    *,
    can_open: bool = False,
    in_place: bool = False,
) -> Pressed | Submitted:
    """What came back from a card of ours. Anybody can send anything: the engine checks again.

    can_open: a form can be shown in the platform's own answer. in_place: a form that came in can
    be shown again there, with what is wrong in it.
    """
    if not text(data, "f"):
        return Pressed(**base, button=text(data, "b"), message=message, can_open=can_open)
    draft = data.get("d")
    number = int(draft) if isinstance(draft, int | str) and str(draft).isdecimal() else _NO_DRAFT
    return Submitted(
        **base,
        form=text(data, "f"),
        draft=number if number < 2**31 else _NO_DRAFT,
        values=_answers(data),
        can_open=in_place,
    )


def _answers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in; a field left empty is None, and a moment is put together again."""
    found: dict[str, Any] = {name: _answer(data, name) for name in _names(data, "n")}
    for name in _names(data, "m"):
        day, hour = _answer(data, f"{name}.date"), _answer(data, f"{name}.time")
        found[name] = "T".join(p for p in (day, hour) if p) or None
    return found


def _names(data: Mapping[str, Any], key: str) -> list[str]:
    found = data.get(key)
    return [n for n in found if isinstance(n, str)] if isinstance(found, list) else []


def _answer(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(f"in.{name}")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)
