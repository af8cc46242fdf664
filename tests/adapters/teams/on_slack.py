"""A person in Slack, beside the ones in Teams."""

import json
from html import unescape
from typing import Any
from urllib.parse import urlencode

from tests.adapters.slack.conftest import signed
from tests.adapters.slack.fake import BOT, TEAM, FakeSlack

ANNA = "UANNA"
FORM = "application/x-www-form-urlencoded"


class OnSlack:
    """Anna in Slack: types to the bot, and presses what it offers."""

    def __init__(self, both: Any, slack: FakeSlack) -> None:
        self.both = both
        self.slack = slack
        self.looked = 0
        self.seen = 0
        self.last = ("", "")
        self.answer = ""

    def deliver(self, raw: str, kind: str) -> Any:
        """One signed request."""
        sent = {"Content-Type": kind, **signed(raw)}
        return self.both.client.post("/slack/events", data=raw, headers=sent)

    async def send(self, raw: str, kind: str) -> None:
        self.last = raw, kind
        async with self.deliver(raw, kind) as answer:
            assert answer.status == 200
            self.answer = await answer.text()
        await self.both.settle()
        await self.both.app.platforms["slack"]._flight.settle(20)
        await self.both.settle()

    async def again(self) -> None:
        """The last request once more, as Slack does when it heard no answer in time."""
        await self.send(*self.last)

    async def say(self, text: str) -> str:
        n = next(self.both.ids)
        event = {"type": "message", "user": ANNA, "text": text, "ts": f"1700000{n:03}.1"}
        event |= {"channel": f"D{ANNA}", "channel_type": "im", "event_ts": "1"}
        body = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{n}", "event": event}
        body["authorizations"] = [{"team_id": TEAM, "user_id": BOT, "is_bot": True}]
        await self.send(json.dumps(body), "application/json")
        return self.heard

    async def act(self, kind: str, **more: Any) -> None:
        """A button or a modal."""
        payload = {
            "type": kind,
            "user": {"id": ANNA, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": f"1.{next(self.both.ids)}.x",
            **more,
        }
        await self.send(urlencode({"payload": json.dumps(payload)}), FORM)

    async def press(self, button: str) -> None:
        n = next(self.both.ids)
        action = {"type": "button", "action_id": "b1", "value": button, "action_ts": f"{n}"}
        place = {"type": "message", "channel_id": f"D{ANNA}", "message_ts": "17.1"}
        channel = {"id": f"D{ANNA}"}
        await self.act("block_actions", container=place, channel=channel, actions=[action])

    async def fill(self, **values: str) -> None:
        """Send in the modal that was opened last."""
        view = self.slack.of("views.open", "views.push")[-1]["view"]
        state = {
            name: {
                name: {"type": "datepicker", "selected_date": value}
                if name == "date"
                else {"type": "static_select", "selected_option": {"value": value}}
            }
            for name, value in values.items()
        }
        await self.act("view_submission", view={**view, "id": "V1", "state": {"values": state}})

    @property
    def heard(self) -> str:
        return json.dumps(self.slack.of("chat.postMessage", "chat.update"), ensure_ascii=False)

    def look(self) -> list[dict[str, Any]]:
        """What was posted since the last look."""
        posts = self.slack.of("chat.postMessage")
        new, self.looked = posts[self.looked :], len(posts)
        return new

    def look_at_modals(self) -> list[Any]:
        """What modals and Slack's own answers showed since the last look."""
        views = [call["view"] for call in self.slack.of("views.open", "views.update")]
        new, self.seen = views[self.seen :], len(views)
        answer, self.answer = self.answer, ""
        return [*new, *([json.loads(answer)] if answer.startswith("{") else [])]


def words(post: dict[str, Any]) -> str:
    """All the words in a message, without Slack's marks."""
    found: list[str] = []

    def read(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                read(one)
        elif isinstance(part, dict) and part.get("type") != "button":
            for key, value in part.items():
                if key == "text" and isinstance(value, str):
                    found.append(bare(value))
                else:
                    read(value)

    read(post["blocks"])
    return " ".join(" ".join(found).split())


def bare(text: str) -> str:
    """Words without the marks that Slack draws."""
    return " ".join(unescape(text).replace("*", "").replace("_", "").replace(">", " ").split())


def buttons(post: dict[str, Any]) -> list[str]:
    """The ids of the buttons, in order."""
    found = [e for block in post["blocks"] for e in block.get("elements", ())]
    return [e["value"] for e in found if e["type"] == "button" and e.get("value")]
