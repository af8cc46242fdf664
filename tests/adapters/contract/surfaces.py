"""One student on every surface where the bot is spoken with: the same few things to do, the words that come back."""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from typing import Any

from aiohttp.test_utils import TestClient

from adapters.local.terminal import Mistake, Terminal
from tests.adapters.teams.conftest import STUDENT, World
from tests.adapters.teams.on_slack import OnSlack
from tests.adapters.teams.person import Person


def read(data: Any) -> str:
    """JSON data as one text."""
    return json.dumps(data, ensure_ascii=False, default=str)


class Surface(ABC):
    """Every method gives what the student was shown because of it."""

    @abstractmethod
    async def say(self, text: str) -> str:
        """Type."""

    @abstractmethod
    async def press(self, button: str) -> str:
        """Press a button, by its id."""

    @abstractmethod
    async def fill(self, **values: str) -> str:
        """Send in the form that was opened last."""

    @abstractmethod
    async def again(self) -> str:
        """Deliver the last thing once more, as a platform does that heard no answer."""

    @abstractmethod
    async def broken(self) -> int:
        """Deliver something that is none; gives the HTTP status it would get."""


class OnTerminal(Surface):
    """The local chat as JSON Lines."""

    def __init__(self, world: World) -> None:
        app = world.app
        self.terminal = Terminal(app.database, app.talk, app.worker, world.clock, STUDENT)
        self.last: dict[str, Any] = {}

    async def say(self, text: str) -> str:
        return await self._take({"say": text})

    async def press(self, button: str) -> str:
        return await self._take({"press": button})

    async def fill(self, **values: str) -> str:
        return await self._take({"fill": values})

    async def again(self) -> str:
        # Each line is an event of its own: nobody delivers one twice. What can be read twice is the inbox.
        return await self._take({"inbox": True})

    async def broken(self) -> int:
        try:
            await self.terminal.take({"nothing": 1})
        except Mistake:
            return 400
        return 200

    async def _take(self, line: dict[str, Any]) -> str:
        return read([self.terminal.as_json(reply) for reply in await self.terminal.take(line)])


class OnLocalPage(Surface):
    """The local chat in the browser."""

    def __init__(self, world: World, client: TestClient[Any, Any]) -> None:
        self.world = world
        self.client = client
        self.seen = -1
        self.last: tuple[str, dict[str, Any]] = ("", {})
        self.form: dict[str, Any] = {}

    async def say(self, text: str) -> str:
        return await self._post("say", text=text)

    async def press(self, button: str) -> str:
        return await self._post("press", button=button)

    async def fill(self, **values: str) -> str:
        form = {"form": self.form["form"], "draft": self.form["draft"]}
        return await self._post("submit", **form, values=values)

    async def again(self) -> str:
        return await self._send(*self.last)

    async def broken(self) -> int:
        return (await self.client.post("/local/say", json={"id": 1, "account": STUDENT})).status

    async def _post(self, act: str, **data: Any) -> str:
        return await self._send(act, {"id": str(uuid.uuid4()), "account": STUDENT, **data})

    async def _send(self, act: str, data: dict[str, Any]) -> str:
        self.last = act, data
        answer = await self.client.post(f"/local/{act}", json=data)
        assert answer.status == 200, await answer.text()
        told = await answer.json()
        await self.world.settle()
        query = {"account": STUDENT, "since": "-1"}  # at once, also when nothing is new
        async with self.client.get("/local/changes", params=query) as changes:
            news = await changes.json()
        fresh = [m for m in news["messages"] if m["author"] == "bot" and m["version"] > self.seen]
        self.seen = news["changed"]
        self.form = next((m for m in reversed(fresh) if m["kind"] == "ask"), self.form)
        return read([fresh, told["errors"]]) if fresh or told["errors"] else ""


class InSlack(Surface):
    """Slack, by HTTP."""

    def __init__(self, person: OnSlack) -> None:
        self.person = person
        self.last: tuple[str, str] = ("", "")

    async def say(self, text: str) -> str:
        await self.person.say(text)
        return self._shown()

    async def press(self, button: str) -> str:
        await self.person.press(button)
        return self._shown()

    async def fill(self, **values: str) -> str:
        await self.person.fill(**values)
        return self._shown()

    async def again(self) -> str:
        await self.person.again()
        return self._shown()

    async def broken(self) -> int:
        async with self.person.deliver('{"type": "event_callback"}', "application/json") as answer:
            return int(answer.status)

    def _shown(self) -> str:
        posts, modals = self.person.look(), self.person.look_at_modals()
        return read([posts, modals]) if posts or modals else ""


class InTeams(Surface):
    """Teams."""

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person
        self.last: dict[str, Any] = {}
        self.form: dict[str, Any] = {}

    async def say(self, text: str) -> str:
        return await self._send(self.person.activity("message", text=text, textFormat="plain"))

    async def press(self, button: str) -> str:
        return await self._act({"b": button})

    async def fill(self, **values: str) -> str:
        return await self._act({**self.form, **{f"in.{k}": v for k, v in values.items()}})

    async def again(self) -> str:
        return await self._send(self.last)

    async def broken(self) -> int:
        status, _ = await self.world.send({**self.person.activity("message"), "type": None})
        return status

    async def _act(self, data: dict[str, Any]) -> str:
        value = {"action": {"data": data}, "trigger": "manual"}
        return await self._send(
            self.person.activity("invoke", name="adaptiveCard/action", value=value)
        )

    async def _send(self, activity: dict[str, Any]) -> str:
        self.last = activity
        self.person.look()
        answer = await self.person.send(activity)
        new = [message.card for message in self.person.look()]
        for card in [*new, *([answer["value"]] if isinstance(answer, dict) else [])]:
            self.form = _submit(card) or self.form
        return read([new, answer])


def _submit(card: Any) -> dict[str, Any]:
    """What the submit button of a form sends."""
    elements = card.get("body", ()) if isinstance(card, dict) else ()
    actions = [a for e in elements if e["type"] == "ActionSet" for a in e["actions"]]
    return next((a["data"] for a in actions if "f" in a.get("data", {})), {})
