"""Filling in a form: at once, or question by question, with a draft that survives everything.

A draft belongs to the person, so it can be picked up in another place or on another platform.
In its answers a field that is absent was not asked yet; one that is None was skipped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.engine import drafts, forms, questions
from bot.engine.claims import Claim, Strength
from bot.engine.dialog import FormDialog, Outdated, Spoken, Turn
from bot.engine.events import Submitted
from bot.engine.forms import Form
from bot.engine.questions import Dates
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.tables import Draft, DraftState

GUESS = 0.5
Step = Callable[[Turn, Draft], Awaitable[list[Reply]]]


class Filling:
    """The engine's side of forms; see `bot.engine.dialog.Forms`."""

    def __init__(self, dialogs: Sequence[FormDialog], dates: Dates) -> None:
        self._forms = {d.form.name: d for d in dialogs}
        self._dates = dates

    async def open(
        self,
        turn: Turn,
        form: str,
        values: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        intro: str = "",
        draft: Draft | None = None,
    ) -> list[Reply]:
        """A new draft, or the offer to go on with the half-filled one of the same form."""
        if draft is None:
            old = await drafts.unfinished(turn, form, dict(data or {}))
            if old and any(not forms.empty(v) for v in old.answers.values()):
                return [questions.offer_old(turn, old)]
            draft = old or await self._begin(turn, form, dict(data or {}))
            answers = {k: v for k, v in (values or {}).items() if not forms.empty(v)}
            draft.answers = {**draft.answers, **answers}
        return await self._show(turn, draft, whole=True, intro=intro)

    async def claims(self, turn: Turn) -> list[Spoken]:
        """What the open form would do with what was typed; nothing when none is open.

        Changes nothing before it is chosen. A guess is no answer to the form: it asks again.
        """
        draft = await drafts.current(turn)
        if draft is None:
            return []
        word = turn.said.strip().strip(".!").casefold()
        for name, act in (
            ("stop", self._stop),
            ("back", self._back),
            ("finish", self._finish),
            ("change", self._change),
        ):
            if word in turn.texts.words(f"form.words.{name}"):
                return [Claim(Strength.EXIT, 1.0, _on(draft, act))]
        if draft.state == DraftState.READY:
            if word in turn.texts.words("form.words.send"):
                return [Claim(Strength.BUTTON, 1.0, _on(draft, self._send), reaches=True)]
            return [Claim(Strength.FIELD, GUESS, _on(draft, self._wait))]
        name = turn.state["form"]["field"]
        if name and await self._wrong(turn, draft, name) is None:
            return [Claim(Strength.FIELD, 1.0, _on(draft, self._typed))]
        return [Claim(Strength.FIELD, GUESS, _on(draft, self._again))]

    async def _wait(self, turn: Turn, draft: Draft) -> list[Reply]:
        return [questions.waiting(turn, self._form(draft), draft)]

    async def _typed(self, turn: Turn, draft: Draft) -> list[Reply]:
        return await self._answer(turn, draft, turn.state["form"]["field"], turn.said)

    async def _again(self, turn: Turn, draft: Draft) -> list[Reply]:
        """What was typed is no answer: say why, and ask again."""
        name = turn.state["form"]["field"]
        code = await self._wrong(turn, draft, name) if name else None
        if code is None:
            return await self._show(turn, draft, whole=True)
        said = Say(questions.error(turn, self._form(draft), name, code))
        return [said, *await self._question(turn, draft, name)]

    async def pressed(self, turn: Turn, action: str, argument: str) -> list[Reply]:
        """A button of a form. The draft must be the presser's own and still open."""
        number, _, rest = argument.partition(":")
        known = number.isdecimal() and len(number) < 10
        draft = await drafts.locked(turn, int(number)) if known else None
        if draft is None or draft.person != turn.who.key or not draft.is_open:
            raise Outdated("form.closed")
        acts = {
            "stop": self._stop,
            "back": self._back,
            "finish": self._finish,
            "change": self._change,
            "send": self._send,
            "resume": self._resume,
            "drop": self._drop,
            "fresh": self._fresh,
        }
        if action in acts:
            return await acts[action](turn, draft)
        field, _, value = rest.partition(":")
        at = turn.state.get("form", {})
        if action == "ask" and any(f.name == field for f in self._form(draft).fields):
            return await self._question(turn, draft, field)
        if action in ("pick", "skip") and at == {"draft": draft.id, "field": field}:
            return await self._answer(turn, draft, field, value if action == "pick" else None)
        raise Outdated("form.closed")

    async def submitted(self, turn: Turn, event: Submitted) -> tuple[list[Reply], dict[str, str]]:
        """A whole form sent in. What it leaves out keeps its earlier answer."""
        draft = await drafts.locked(turn, event.draft)
        known = draft is not None and draft.person == turn.who.key and draft.form == event.form
        if draft is None or not known or not draft.is_open:
            raise Outdated("form.closed")
        form = self._form(draft)
        context = questions.context(turn, form, self._dates)
        values, codes = forms.parse(form, {**draft.answers, **event.values}, context)
        before = draft.answers
        draft.answers = {f.name: values.get(f.name) for f in form.fields if f.name not in codes}
        draft.at = turn.now
        if codes:
            # A wrong correction does not take the earlier answer away; nothing is sent yet.
            draft.answers |= {name: before[name] for name in codes if name in before}
            draft.state = DraftState.OPEN
            raw = {**draft.answers, **{name: event.values.get(name) for name in codes}}
            return [questions.draw(turn, form, draft, raw, codes)], codes
        new = tuple(n for n, value in draft.answers.items() if value != before.get(n))
        return await self._remarked(turn, draft, new, await self._complete(turn, draft)), {}

    # -- one step each -----------------------------------------------------------------------

    async def _wrong(self, turn: Turn, draft: Draft, name: str) -> str | None:
        """Why what was typed is no answer to this question, as a code."""
        form = self._form(draft)
        context = questions.context(turn, form, self._dates)
        if turn.said.strip().casefold() in turn.texts.words("form.words.skip"):
            return None
        return forms.parse_field(form.field(name), turn.said, context)[1]

    async def _answer(self, turn: Turn, draft: Draft, name: str, raw: Any) -> list[Reply]:
        form = self._form(draft)
        context = questions.context(turn, form, self._dates)
        field = form.field(name)
        skipped = isinstance(raw, str) and raw.strip().casefold() in turn.texts.words(
            "form.words.skip"
        )
        value, code = forms.parse_field(field, None if skipped else raw, context)
        if code:
            said = Say(questions.error(turn, form, name, code))
            return [said, *await self._question(turn, draft, name)]
        draft.answers = {**draft.answers, name: value}
        draft.at = turn.now
        return await self._remarked(turn, draft, (name,), await self._next(turn, draft))

    async def _next(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self._form(draft)
        for field in form.fields:
            if field.name not in draft.answers:
                return await self._question(turn, draft, field.name)
        return await self._complete(turn, draft)

    async def _complete(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self._form(draft)
        for name in forms.missing(form, draft.answers):
            return await self._question(turn, draft, name)
        if form.confirm:
            draft.state = DraftState.READY
            return self._summary(turn, draft)
        return await self._send(turn, draft)

    async def _send(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self._form(draft)
        context = questions.context(turn, form, self._dates)
        # What was well an hour ago may not be now (a date that has passed): check once more.
        values, codes = forms.parse(form, draft.answers, context)
        if codes:
            draft.state = DraftState.OPEN
            name, code = next(iter(codes.items()))
            said = Say(questions.error(turn, form, name, code))
            return [said, *await self._question(turn, draft, name)]
        turn.state.pop("form", None)
        replies = await self._forms[draft.form].submit(turn, values, draft)
        draft.state = DraftState.DONE
        draft.answers = {}
        return replies

    async def _finish(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self._form(draft)
        for field in form.fields:
            if not field.required and field.name not in draft.answers:
                draft.answers = {**draft.answers, field.name: None}
        return await self._remarked(turn, draft, (), await self._next(turn, draft))

    async def _back(self, turn: Turn, draft: Draft) -> list[Reply]:
        draft.state = DraftState.OPEN
        names = [f.name for f in self._form(draft).fields]
        at = turn.state.get("form", {}).get("field", "")
        before = names[: names.index(at)] if at in names else names
        if not before:
            return await self._question(turn, draft, names[0])
        return await self._question(turn, draft, before[-1])

    async def _change(self, turn: Turn, draft: Draft) -> list[Reply]:
        draft.state = DraftState.OPEN
        return await self._show(turn, draft, whole=True)

    async def _stop(self, turn: Turn, draft: Draft) -> list[Reply]:
        turn.state.pop("form", None)
        if not any(not forms.empty(v) for v in draft.answers.values()):
            draft.state = DraftState.DROPPED
            return turn.say("form.stopped")
        buttons = (
            Button(f"form.resume:{draft.id}", turn.t("form.go_on"), "primary"),
            Button(f"form.drop:{draft.id}", turn.t("form.drop"), "danger"),
        )
        return [Say(turn.t("form.stopped_kept"), buttons=buttons)]

    async def _drop(self, turn: Turn, draft: Draft) -> list[Reply]:
        if turn.state.get("form", {}).get("draft") == draft.id:
            turn.state.pop("form")
        draft.state, draft.answers = DraftState.DROPPED, {}
        return turn.say("form.dropped")

    async def _resume(self, turn: Turn, draft: Draft) -> list[Reply]:
        if draft.state == DraftState.READY:
            return await self._remarked(turn, draft, (), self._summary(turn, draft))
        return await self._show(turn, draft, whole=turn.event.can_open)

    async def _fresh(self, turn: Turn, draft: Draft) -> list[Reply]:
        """The older draft stays as it is: an unsent report must not vanish."""
        new = await self._begin(turn, draft.form, draft.data)
        return await self._show(turn, new, whole=True)

    async def _remarked(
        self, turn: Turn, draft: Draft, names: tuple[str, ...], replies: list[Reply]
    ) -> list[Reply]:
        """The replies, after what the dialog itself has to say about these answers."""
        remark = self._forms[draft.form].remark
        if remark is None or not draft.is_open:
            return replies
        return [*await remark(turn, draft, names), *replies]

    # -- showing -----------------------------------------------------------------------------

    async def _show(self, turn: Turn, draft: Draft, *, whole: bool, intro: str = "") -> list[Reply]:
        form = self._form(draft)
        unasked = [f.name for f in form.fields if f.name not in draft.answers]
        ask = questions.draw(turn, form, draft, draft.answers, at=unasked[0] if unasked else "")
        ask = replace(ask, whole=whole, intro=intro)
        if not turn.event.can_open:
            turn.state["form"] = {"draft": draft.id, "field": ask.field}
        return [ask]

    async def _question(self, turn: Turn, draft: Draft, name: str) -> list[Reply]:
        turn.state["form"] = {"draft": draft.id, "field": name}
        draft.state = DraftState.OPEN
        ask = questions.draw(turn, self._form(draft), draft, draft.answers, at=name)
        return [replace(ask, whole=False)]

    def _summary(self, turn: Turn, draft: Draft) -> list[Reply]:
        turn.state["form"] = {"draft": draft.id, "field": ""}
        return [questions.summary(turn, self._form(draft), draft)]

    # -- helpers -----------------------------------------------------------------------------

    def _form(self, draft: Draft) -> Form:
        return self._forms[draft.form].form

    async def _begin(self, turn: Turn, form: str, data: dict[str, Any]) -> Draft:
        draft = Draft(person=turn.who.key, form=form, data=data, begun_at=turn.now, at=turn.now)
        turn.db.add(draft)
        await turn.db.flush()
        dialog = self._forms[form]
        if dialog.opened:
            await dialog.opened(turn, draft)
        return draft


def _on(draft: Draft, step: Step) -> Callable[[Turn], Awaitable[list[Reply]]]:
    """A step with this draft, as the act of a claim."""

    async def act(turn: Turn) -> list[Reply]:
        return await step(turn, draft)

    return act
