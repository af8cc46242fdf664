"""A person with a Teams client: sees cards, fills them in and presses what stands on them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.adapters.teams.fake import APP, TENANT, Posted

BOT = {"id": f"28:{APP}", "name": "Opnamewijzer"}


@dataclass
class Person:
    """Everything goes over HTTP, signed, as Teams sends it."""

    world: Any
    account: str
    dialog: dict[str, Any] | None = None
    said: str = ""
    dialog_kind: str = "task"
    locale: str = "nl-NL"
    _edits: dict[str, int] = field(default_factory=dict)

    @property
    def room(self) -> str:
        return self.world.fake.room(self.account)

    def activity(self, kind: str, **more: Any) -> dict[str, Any]:
        n = next(self.world.ids)
        return {
            "type": kind,
            "id": f"f:{n}",
            "timestamp": "2026-11-23T10:00:00.123Z",
            "channelId": "msteams",
            "serviceUrl": self.world.service,
            "from": {"id": self.account, "aadObjectId": f"aad-{self.account}", "name": "Somebody"},
            "recipient": BOT,
            "conversation": {
                "conversationType": "personal",
                "id": self.room,
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}},
            "locale": self.locale,
            **more,
        }

    async def send(self, activity: dict[str, Any]) -> Any:
        status, body = await self.world.send(activity)
        assert status in (200, 201, 202), (status, body)
        return body

    async def say(self, text: str, **more: Any) -> list[Posted]:
        """Type; gives what is new or changed in the private chat."""
        self.look()
        await self.send(self.activity("message", text=text, textFormat="plain", **more))
        return self.look()

    async def install(self, action: str = "add") -> list[Posted]:
        self.look()
        await self.send(self.activity("installationUpdate", action=action))
        return self.look()

    def look(self) -> list[Posted]:
        """What is new or changed since the last look."""
        found = [m for m in self.world.fake.to(self.account) if self._edits.get(m.id) != m.edits]
        self._edits |= {m.id: m.edits for m in found}
        return found

    async def press(self, title: str, **inputs: Any) -> list[Posted]:
        """Press what stands on the newest card with such a button, with what was filled in."""
        self.look()
        if self.dialog is not None:
            action = next(a for a in actions(self.dialog) if a["title"] == title)
            await self._act_in_dialog(action, inputs)
            return self.look()
        message, action = self._find(title)
        await self._act(message, action, inputs)
        return self.look()

    async def message_action(self, command: str, html: str) -> list[Posted]:
        """'Mag dit?' on somebody's message, in a chat where the bot is not."""
        value = {
            "commandId": command,
            "commandContext": "message",
            "messagePayload": {"id": "1", "body": {"contentType": "html", "content": html}},
        }
        chat = {"conversationType": "groupChat", "id": "19:others@unq", "tenantId": TENANT}
        activity = self.activity(
            "invoke", name="composeExtension/fetchTask", value=value, conversation=chat
        )
        self.look()
        self.dialog_kind = "compose"
        self._open(await self.send(activity))
        return self.look()

    async def refresh(self, message: Posted, trigger: str = "automatic") -> Any:
        action = {**message.card["refresh"]["action"]}
        value = {"action": action, "trigger": trigger}
        return await self.send(
            self.activity("invoke", name="adaptiveCard/action", value=value, replyToId=message.id)
        )

    def _find(self, title: str) -> tuple[Posted, dict[str, Any]]:
        for message in reversed(self.world.fake.to(self.account)):
            for action in actions(message.card):
                if action["title"] == title:
                    return message, action
        raise AssertionError(f"no button {title!r}")

    async def _act(self, message: Posted, action: dict[str, Any], inputs: dict[str, Any]) -> None:
        data = {**action["data"], **{f"in.{name}": value for name, value in inputs.items()}}
        if action["type"] == "Action.Submit":
            self.dialog_kind = "task"
            value = {"data": data, "context": {"theme": "default"}}
            self._open(await self.send(self.activity("invoke", name="task/fetch", value=value)))
            return
        value = {"action": {**action, "data": data}, "trigger": "manual"}
        body = await self.send(
            self.activity("invoke", name="adaptiveCard/action", value=value, replyToId=message.id)
        )
        assert body["statusCode"] == 200, body
        if body["type"].endswith("card.adaptive"):
            self.world.check(body["value"])
            message.activity["attachments"][0]["content"] = body["value"]
        else:
            self.said = body["value"]

    async def _act_in_dialog(self, action: dict[str, Any], inputs: dict[str, Any]) -> None:
        data = {**action["data"], **{f"in.{name}": value for name, value in inputs.items()}}
        name = "task/submit" if self.dialog_kind == "task" else "composeExtension/submitAction"
        value = {"commandId": "report_breach", "data": data}
        self._open(await self.send(self.activity("invoke", name=name, value=value)))

    def _open(self, body: dict[str, Any]) -> None:
        task = body["task"]
        self.dialog, self.said = None, ""
        if task["type"] == "message":
            self.said = task["value"]
            return
        assert task["type"] == "continue"
        self.dialog = task["value"]["card"]["content"]
        self.world.check(self.dialog)
        assert not any(a["type"] == "Action.Execute" for a in actions(self.dialog))


def actions(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every button on a card that reaches the bot, or opens a page."""
    for element in card["body"]:
        if element["type"] == "ActionSet":
            found = element["actions"]
            yield from (a for a in found if a["type"] != "Action.ToggleVisibility")


def inputs(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every input on a card, folded away or not, by the name of its field."""
    every = [e for top in card["body"] for e in (top, *top.get("items", ()))]
    return {e["id"].removeprefix("in."): e for e in every if e["type"].startswith("Input.")}


def read(card: Any) -> str:
    """All the words on a card, in order."""
    if isinstance(card, list):
        return "\n".join(part for part in map(read, card) if part)
    if not isinstance(card, dict):
        return ""
    words = [card["text"]] if card.get("type") in ("TextRun", "TextBlock") else []
    words += [read(card[key]) for key in ("body", "items", "inlines", "columns") if key in card]
    return "\n".join(part for part in words if part)


def words(messages: list[Posted]) -> str:
    """All the words in some messages."""
    return "\n".join(read(message.card) for message in messages)
