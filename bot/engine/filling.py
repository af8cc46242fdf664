"""Filling in a form: at once, or question by question, with a draft that survives everything.

A draft belongs to the person, so it can be picked up in another place or on another platform.
In its answers a field that is absent was not asked yet; one that is None was skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.engine import drafts, forms, questions
from bot.engine.dialog import FormDialog, Outdated, Turn
from bot.engine.events import Submitted
from bot.engine.forms import Form
from bot.engine.questions import Dates
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.tables import Draft, DraftState

ACTS = ("stop", "back", "finish", "change", "send", "resume", "drop", "fresh")


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
        """A new draft, or the offer to go on with the half-filled one of the same form.

        What may be an incident goes on at once: a half-filled form never stands in its way.
        """
        if draft is None:
            old = await drafts.unfinished(turn, form, dict(data or {}))
            if old and any(not forms.empty(v) for v in old.answers.values()):
                urgent = self._forms[form].form.incidents
                offer = [questions.offer_old(turn, old, going_on=urgent)]
                return [*offer, *await self._resume(turn, old)] if urgent else offer
            draft = old or await drafts.begin(turn, self._forms[form], dict(data or {}))
            drafts.prefill(draft, values or {})
        return await self._show(turn, draft, whole=True, intro=intro)

    async def pass_on(
        self, turn: Turn, form: str, words: str, data: Mapping[str, Any], *, intro: str = ""
    ) -> list[Reply]:
        """These words as the answer to the form's one open question, shown before they are sent.

        Words that were shown before and not sent stay, with these behind them.
        """
        old = await drafts.unfinished(turn, form, dict(data))
        draft = old or await drafts.begin(turn, self._forms[form], dict(data))
        return await self.append(turn, draft, words, intro)

    async def append(self, turn: Turn, draft: Draft, words: str, intro: str = "") -> list[Reply]:
        """Put words behind those of the form's one open question, and show all of them."""
        name = next(f.name for f in self.form(draft).fields if f.kind is forms.Kind.PARAGRAPH)
        before = draft.answers.get(name) or ""
        intro = intro or turn.state.get("form", {}).get("intro", "")
        turn.state["form"] = {"draft": draft.id, "field": "", "intro": intro}
        raw = f"{before}\n{words}".strip()
        return await self.answer(turn, draft, name, raw)

    async def act(self, turn: Turn, draft: Draft, name: str) -> list[Reply]:
        """What a word or button of a form does."""
        acts = {
            "stop": self._stop,
            "back": self._back,
            "finish": self._finish,
            "change": self._change,
            "send": self._sent,
            "resume": self._resume,
            "drop": self._drop,
            "fresh": self._fresh,
        }
        return await acts[name](turn, draft)

    async def again(self, turn: Turn, draft: Draft) -> list[Reply]:
        """The question that is still open, after something else was said."""
        if draft.state == DraftState.READY:
            return [questions.waiting(turn, self.form(draft), draft)]
        name = turn.state["form"]["field"]
        if name:
            return await self._question(turn, draft, name)
        return await self._show(turn, draft, whole=False)

    async def correct(self, turn: Turn, draft: Draft, name: str, raw: str) -> list[Reply]:
        """Another answer to an earlier question; then on with the one that is open."""
        form, at = self.form(draft), turn.state["form"].get("field", "")
        value, code = forms.parse_field(form.field(name), raw, self.context(turn, form))
        if code:
            return [Say(questions.error(turn, form, name, code))]
        draft.answers = {**draft.answers, name: value}
        draft.at = turn.now
        said = Say(questions.corrected(turn, form, name, value))
        going = draft.state == DraftState.OPEN and at
        rest = await (self._question(turn, draft, at) if going else self._next(turn, draft))
        return [said, *await self._remarked(turn, draft, (name,), rest)]

    def wrong(self, turn: Turn, draft: Draft, name: str, raw: str) -> str | None:
        """Why what was typed is no answer to this question, as a code; None when it is one."""
        form = self.form(draft)
        return forms.parse_field(form.field(name), raw, self.context(turn, form))[1]

    def context(self, turn: Turn, form: Form) -> forms.Context:
        """What the rules of this form may look at now."""
        return questions.context(turn, form, self._dates)

    async def pressed(self, turn: Turn, action: str, argument: str) -> list[Reply]:
        """A button of a form. The draft must be the presser's own and still open."""
        number, _, rest = argument.partition(":")
        draft = await drafts.pressed(turn, number)
        if action in ACTS:
            return await self.act(turn, draft, action)
        field, _, value = rest.partition(":")
        at = turn.state.get("form", {})
        if action == "ask" and any(f.name == field for f in self.form(draft).fields):
            return await self._question(turn, draft, field)
        here = at.get("draft") == draft.id and at.get("field") == field
        if action in ("pick", "skip") and here:
            return await self.answer(turn, draft, field, value if action == "pick" else None)
        raise Outdated("form.past")

    async def submitted(self, turn: Turn, event: Submitted) -> tuple[list[Reply], dict[str, str]]:
        """A whole form sent in. What it leaves out keeps its earlier answer."""
        draft = await drafts.locked(turn, event.draft)
        known = draft is not None and draft.person == turn.who.key and draft.form == event.form
        if draft is None or not known or not draft.is_open:
            raise Outdated("form.closed")
        form = self.form(draft)
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

    async def answer(self, turn: Turn, draft: Draft, name: str, raw: Any) -> list[Reply]:
        """An answer to one question; what is no answer is said, and asked again."""
        form = self.form(draft)
        context = self.context(turn, form)
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
        form = self.form(draft)
        for field in form.fields:
            if field.name not in draft.answers:
                return await self._question(turn, draft, field.name)
        return await self._complete(turn, draft)

    async def _complete(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self.form(draft)
        for name in forms.missing(form, draft.answers):
            return await self._question(turn, draft, name)
        if form.confirm or (form.sends and not isinstance(turn.event, Submitted)):
            draft.state = DraftState.READY
            return self._summary(turn, draft)
        return await self._send(turn, draft)

    async def _sent(self, turn: Turn, draft: Draft) -> list[Reply]:
        """The word or button 'send': only what was shown as it is now."""
        seen = draft.state == DraftState.READY
        return await (self._send(turn, draft) if seen else self._next(turn, draft))

    async def _send(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self.form(draft)
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
        return [*replies, questions.over(turn, draft, "form.over_sent")]

    async def _finish(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self.form(draft)
        for field in form.fields:
            if not field.required and field.name not in draft.answers:
                draft.answers = {**draft.answers, field.name: None}
        return await self._remarked(turn, draft, (), await self._next(turn, draft))

    async def _back(self, turn: Turn, draft: Draft) -> list[Reply]:
        names = [f.name for f in self.form(draft).fields]
        at = turn.state.get("form", {}).get("field", "")
        before = names[: names.index(at)] if at in names else names
        if not before:
            return await self._question(turn, draft, names[0])
        return await self._question(turn, draft, before[-1])

    async def _change(self, turn: Turn, draft: Draft) -> list[Reply]:
        draft.state = DraftState.OPEN
        shown = await self._show(turn, draft, whole=True)
        return [*shown, questions.over(turn, draft, "form.over_changing")]

    async def _stop(self, turn: Turn, draft: Draft) -> list[Reply]:
        turn.state.pop("form", None)
        if not any(not forms.empty(v) for v in draft.answers.values()):
            draft.state = DraftState.DROPPED
            return turn.say("form.stopped")
        buttons = (
            Button(f"form.resume:{draft.id}", turn.t("form.go_on"), "primary"),
            Button(f"form.drop:{draft.id}", turn.t("form.drop"), "danger"),
        )
        over = questions.over(turn, draft, "form.over_stopped")
        return [Say(turn.t("form.stopped_kept"), buttons=buttons), over]

    async def _drop(self, turn: Turn, draft: Draft) -> list[Reply]:
        if turn.state.get("form", {}).get("draft") == draft.id:
            turn.state.pop("form")
        draft.state, draft.answers = DraftState.DROPPED, {}
        return [*turn.say("form.dropped"), questions.over(turn, draft, "form.dropped")]

    async def _resume(self, turn: Turn, draft: Draft) -> list[Reply]:
        if draft.state == DraftState.READY:
            return await self._remarked(turn, draft, (), self._summary(turn, draft))
        return await self._show(turn, draft, whole=turn.event.can_open)

    async def _fresh(self, turn: Turn, draft: Draft) -> list[Reply]:
        """From the first question. An unsent report stays beside it: it must not vanish."""
        if not self.form(draft).incidents:
            draft.state, draft.answers = DraftState.DROPPED, {}
        new = await drafts.begin(turn, self._forms[draft.form], draft.data)
        shown = await self._show(turn, new, whole=True)
        return [*shown, questions.over(turn, draft, "form.over_stopped")]

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
        form = self.form(draft)
        unasked = [f.name for f in form.fields if f.name not in draft.answers]
        ask = questions.draw(turn, form, draft, draft.answers, at=unasked[0] if unasked else "")
        ask = replace(ask, whole=whole, intro=intro)
        if not turn.event.can_open:
            turn.state["form"] = {"draft": draft.id, "field": ask.field}
        return [ask]

    async def _question(self, turn: Turn, draft: Draft, name: str) -> list[Reply]:
        turn.state["form"] = {"draft": draft.id, "field": name}
        was, draft.state = draft.state, DraftState.OPEN
        ask = questions.draw(turn, self.form(draft), draft, draft.answers, at=name)
        over = questions.over(turn, draft, "form.over_changing")
        return [replace(ask, whole=False), *([over] if was == DraftState.READY else [])]

    def _summary(self, turn: Turn, draft: Draft) -> list[Reply]:
        intro = turn.state.get("form", {}).get("intro", "")
        turn.state["form"] = {"draft": draft.id, "field": "", "intro": intro}
        return [questions.summary(turn, self.form(draft), draft, intro)]

    # -- helpers -----------------------------------------------------------------------------

    def form(self, draft: Draft) -> Form:
        """The form that this draft fills in."""
        return self._forms[draft.form].form
