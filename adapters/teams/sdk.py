"""One activity through the library's turn. One of the two files that know it (botbuilder).

The library dispatches; its own adapter for the web is not used, for it answers every invoke that
has a body with HTTP 500, sets up two clients per turn, and calls whatever address it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    ConversationReference,
    InvokeResponse,
    ResourceResponse,
)

from adapters.plain import plain
from adapters.teams import answers
from adapters.teams.directory import TeamsDirectory
from adapters.teams.messenger import TeamsMessenger
from adapters.teams.parse import REFRESH, address, parse
from adapters.teams.render import render
from adapters.teams.shapes import part, text
from bot.engine.conversation import Outcome, Talk
from bot.engine.events import Event, Left, Malformed, Submitted
from bot.engine.jobs import Clock
from bot.engine.replies import Ask, Say

# Invokes that want a yes and nothing else; what we do not know is answered 501, as documented.
NOTED = ("fileConsent/invoke", "signin/failure", "suggestedActions/submit", "message/submitAction")
_BODY = "body"


@dataclass(frozen=True, slots=True)
class Taken:
    """An activity that was handled: its event, and what became of it."""

    event: Event
    outcome: Outcome

    @property
    def says(self) -> list[Say]:
        """The messages of the answer."""
        return [reply for reply in self.outcome.replies if isinstance(reply, Say)]


class Turns(ActivityHandler):  # type: ignore[misc]  # the library has no types
    """What to do with each kind of activity."""

    def __init__(
        self,
        talk: Talk,
        roster: TeamsDirectory,
        messenger: TeamsMessenger,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._talk = talk
        self._texts = talk.texts
        self._directory = roster
        self._messenger = messenger
        self._clock = clock
        self._zone = zone

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Said, pressed or filled in: the answer goes out through the outbox."""
        await self._take(turn_context)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Somebody came or left."""
        await self._take(turn_context)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """The app was installed or removed."""
        await self._take(turn_context)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """What Teams waits for."""
        name = turn_context.activity.name or ""
        if name in NOTED:
            return InvokeResponse(status=200, body={})
        if name == "adaptiveCard/action":
            return InvokeResponse(status=200, body=await self._action(turn_context))
        if name in ("task/fetch", "task/submit"):
            return InvokeResponse(status=200, body=await self._dialog(turn_context, name))
        if name in ("composeExtension/fetchTask", "composeExtension/submitAction"):
            return InvokeResponse(status=200, body=await self._dialog(turn_context, name))
        return InvokeResponse(status=501, body=None)

    async def _take(self, context: TurnContext) -> Taken | None:
        """Parse, find out who it is, and let the engine answer."""
        event = parse(context.turn_state[_BODY], self._clock())
        if event is None:
            return None
        if isinstance(event, Left):
            self._directory.forget(event.address)
        else:
            member = await self._directory.who(event.address)
            event = replace(
                event,
                email=member.email,
                aliases=member.aliases,
                unproven=member.unproven,
                name=member.name or event.name,
            )
        return Taken(event, await self._talk.handle(event, self._clock()))

    async def _action(self, context: TurnContext) -> answers.Body:
        """A button of a card: another card in its place, or a line."""
        body: Mapping[str, Any] = context.turn_state[_BODY]
        value = part(body, "value")
        action = part(value, "action")
        if not action:
            return answers.wrong("BadRequest", "This was no button of a card.")
        if value.get("trigger") == "automatic" or action.get("verb") == REFRESH:
            return self._newest(body, text(part(action, "data"), "r"))
        taken = await self._take(context)
        if taken is None:
            return answers.wrong("BadRequest", "Nobody pressed this button.")
        if isinstance(taken.event, Submitted) and taken.outcome.status == "handled":
            return self._filled(taken, text(body, "replyToId"))
        return self._pressed(taken)

    def _filled(self, taken: Taken, message: str) -> answers.Body:
        """A form that came in: again with what is wrong in it, or gone, so that it stays one."""
        outcome = taken.outcome
        if outcome.ask:
            return answers.replaced(self._draw(taken, outcome.ask))
        card = self._draw(taken, Say(self._texts("teams.received", outcome.lang)))
        self._messenger.tidy(taken.event.address, message, card)
        return answers.replaced(card)

    def _newest(self, body: Mapping[str, Any], ref: str) -> answers.Body:
        """A client looks for a newer state: cheap, and it changes nothing."""
        place = address(body)
        card = self._messenger.newest(place, ref) if place and ref else None
        return answers.replaced(card) if card else answers.line("")

    def _pressed(self, taken: Taken) -> answers.Body:
        outcome, lang = taken.outcome, taken.outcome.lang
        if outcome.status == "duplicate":
            return answers.line(self._texts("teams.again", lang))
        changed = next((say for say in taken.says if say.ref and say.replace), None)
        if changed:
            return answers.replaced(self._draw(taken, changed))
        return answers.line(self._texts("teams.below" if outcome.replies else "teams.done", lang))

    def _draw(self, taken: Taken, reply: Say | Ask) -> dict[str, Any]:
        place = taken.event.address
        viewer = place.account if place.private else ""
        return render([reply], self._texts, self._zone, viewer=viewer)

    async def _dialog(self, context: TurnContext, name: str) -> answers.Body:
        """A task module: the form, what is wrong in it, or the answer itself."""
        taken = await self._take(context)
        if taken is None:
            return answers.closing(self._texts("teams.again", "nl"))
        outcome, lang = taken.outcome, taken.outcome.lang
        if outcome.ask:
            card = render([outcome.ask], self._texts, self._zone, dialog=True)
            return answers.dialog(outcome.ask.title, card)
        if not outcome.replies:
            key = "teams.again" if outcome.status == "duplicate" else "teams.done"
            return answers.closing(self._texts(key, lang))
        asks = any(isinstance(reply, Ask) or reply.buttons for reply in outcome.replies)
        if asks or name.startswith("composeExtension/"):
            card = render(outcome.replies, self._texts, self._zone, dialog=True)
            return answers.dialog(self._texts("teams.dialog", lang), card)
        return answers.closing("\n\n".join(plain(say) for say in taken.says))


class Adapter(BotAdapter):  # type: ignore[misc]  # the library has no types
    """The library's turn without its web adapter: nothing goes out but the answer to an invoke.

    Messages are not sent in a turn; they are in the outbox, and the messenger delivers them.
    """

    def __init__(self, turns: Turns) -> None:
        super().__init__()
        self._turns = turns

    async def process(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Run the turn; gives the status and body for Teams. Raises Malformed."""
        if not text(body, "type"):
            raise Malformed
        try:
            activity = Activity().deserialize(dict(body))
        except Exception:
            # The library's own errors quote the data.
            raise Malformed from None
        context = TurnContext(self, activity)
        context.turn_state[_BODY] = body
        await self.run_pipeline(context, self._turns.on_turn)
        if activity.type != ActivityTypes.invoke:
            return 200, None
        answer: InvokeResponse = context.turn_state[self._INVOKE_RESPONSE_KEY].value
        return int(answer.status), answer.body

    async def send_activities(
        self, context: TurnContext, activities: list[Activity]
    ) -> list[ResourceResponse]:
        """Keep the answer to an invoke."""
        for activity in activities:
            if activity.type == ActivityTypes.invoke_response:
                context.turn_state[self._INVOKE_RESPONSE_KEY] = activity
        return [ResourceResponse() for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Not in a turn: see the messenger."""
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Not in a turn: see the messenger."""
        raise NotImplementedError
