"""Filling in a form: at once, or question by question, with a draft that survives everything.

A draft belongs to the person, so it can be picked up in another place or on another platform.
In its answers a field that is absent was not asked yet; one that is None was skipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from sqlmodel import col, select

from bot import forms, when
from bot.ahead import next_day, next_moment
from bot.dialog import FormDialog, Outdated, Turn
from bot.events import Submitted
from bot.forms import Field, Form, Kind
from bot.replies import Ask, Button, DrawnField, Reply, Say
from bot.store.tables import Draft
from bot.texts import LANGUAGES, Texts

PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}"  # e-mail
    r"|(?<!\d)(?:\+31|0031|0)[\s-]?[1-9](?:[\s-]?\d){8}(?!\d)"  # Dutch telephone
    r"|(?<!\d)\d{8,9}(?!\d)"  # BSN
)
BUTTONS_FOR_OPTIONS = 12


class Dates(Protocol):
    """Reads days and moments that people type."""

    def read_date(self, text: str, now: datetime, tz: tzinfo) -> date | None:
        """A calendar day, the past preferred."""
        ...

    def read_moment(self, text: str, now: datetime, tz: tzinfo) -> datetime | None:
        """An aware moment, the past preferred."""
        ...


Options = Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class WordReader:
    """Reads typed answers to one form: labels of options in any language, their number, dates."""

    texts: Texts
    form: str
    labels: Options
    now: datetime
    zone: tzinfo
    dates: Dates

    def date(self, text: str, *, ahead: bool = False) -> date | None:
        """A calendar day, or None."""
        if ahead:
            return next_day(self.dates.read_date, text, self.now, self.zone)
        return self.dates.read_date(text, self.now, self.zone)

    def moment(self, text: str, *, ahead: bool = False) -> datetime | None:
        """An aware moment, or None."""
        if ahead:
            read, read_day = self.dates.read_moment, self.dates.read_date
            return next_moment(read, read_day, text, self.now, self.zone)
        return self.dates.read_moment(text, self.now, self.zone)

    def choice(self, field: Field, text: str) -> str | None:
        """The option meant by a number, a value or a label; None when it is not clear."""
        wanted = text.strip().strip(".!").casefold()
        if field.options == ("yes", "no"):
            for option in field.options:
                if wanted in self.texts.words(f"form.words.{option}"):
                    return option
        if wanted.isdecimal() and 0 < int(wanted) <= len(field.options):
            return field.options[int(wanted) - 1]
        said = {option: self._said(field, option) for option in field.options}
        exact = [o for o, names in said.items() if wanted in names]
        begun = [o for o, names in said.items() if any(name.startswith(wanted) for name in names)]
        found = exact or (begun if len(wanted) > 2 else [])
        if len(found) == 1:
            return found[0]
        return None

    def _said(self, field: Field, option: str) -> list[str]:
        labels = [label for value, label in self.labels.get(field.name, ()) if value == option]
        key = f"{self.form}.{field.name}.{option}"
        labels += [self.texts(key, lang) for lang in LANGUAGES if self.texts.has(key)]
        return [option.casefold(), *(label.casefold() for label in labels)]


class Filling:
    """The engine's side of forms; see `bot.dialog.Forms`."""

    def __init__(self, dialogs: Sequence[FormDialog], texts: Texts, dates: Dates) -> None:
        self._forms = {d.form.name: d for d in dialogs}
        self._texts = texts
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
            old = await self._unfinished(turn, form, dict(data or {}))
            if old and any(not forms.empty(v) for v in old.answers.values()):
                return [_offer_old(turn, old)]
            draft = old or await self._begin(turn, form, dict(data or {}))
            answers = {k: v for k, v in (values or {}).items() if not forms.empty(v)}
            draft.answers = {**draft.answers, **answers}
        return await self._show(turn, draft, whole=True, intro=intro)

    async def typed(self, turn: Turn) -> tuple[list[Reply], bool] | None:
        """What was typed while a form is open, and whether it was an answer to the form.

        None when no form is open. When it was no answer, the last reply asks again.
        """
        draft = await self._current(turn)
        if draft is None:
            return None
        word = turn.said.strip().strip(".!").casefold()
        for name, act in (
            ("stop", self._stop),
            ("back", self._back),
            ("finish", self._finish),
            ("change", self._change),
        ):
            if word in turn.texts.words(f"form.words.{name}"):
                return await act(turn, draft), True
        if draft.state == "ready":
            if word in turn.texts.words("form.words.send"):
                return await self._send(turn, draft), True
            return await self._summary(turn, draft), False
        name = turn.state["form"]["field"]
        if name and (code := await self._wrong(turn, draft, name)):
            said = Say(self._error(turn, self._form(draft), name, code))
            return [said, *await self._question(turn, draft, name)], False
        if not name:
            return await self._show(turn, draft, whole=True), False
        return await self._answer(turn, draft, name, turn.said), True

    async def pressed(self, turn: Turn, action: str, argument: str) -> list[Reply]:
        """A button of a form. The draft must be the presser's own and still open."""
        number, _, rest = argument.partition(":")
        draft = await self._locked(turn, int(number)) if number.isdecimal() else None
        if draft is None or draft.person != turn.who.key or draft.state not in ("open", "ready"):
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
        draft = await self._locked(turn, event.draft)
        known = draft is not None and draft.person == turn.who.key and draft.form == event.form
        if draft is None or not known or draft.state not in ("open", "ready"):
            raise Outdated("form.closed")
        form, context = await self._live(turn, draft)
        values, codes = forms.parse(form, {**draft.answers, **event.values}, context)
        before = draft.answers
        draft.answers = {f.name: values.get(f.name) for f in form.fields if f.name not in codes}
        draft.at = turn.now
        if codes:
            raw = {**draft.answers, **{name: event.values.get(name) for name in codes}}
            return [await self._draw(turn, draft, raw, codes)], codes
        new = tuple(n for n, value in draft.answers.items() if value != before.get(n))
        return await self._remarked(turn, draft, new, await self._complete(turn, draft)), {}

    # -- one step each -----------------------------------------------------------------------

    async def _wrong(self, turn: Turn, draft: Draft, name: str) -> str | None:
        """Why what was typed is no answer to this question, as a code."""
        form, context = await self._live(turn, draft)
        if turn.said.strip().casefold() in turn.texts.words("form.words.skip"):
            return None
        return forms.parse_field(form.field(name), turn.said, context)[1]

    async def _answer(self, turn: Turn, draft: Draft, name: str, raw: Any) -> list[Reply]:
        form, context = await self._live(turn, draft)
        field = form.field(name)
        skipped = isinstance(raw, str) and raw.strip().casefold() in turn.texts.words(
            "form.words.skip"
        )
        value, code = forms.parse_field(field, None if skipped else raw, context)
        if code:
            said = Say(self._error(turn, form, name, code))
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
            draft.state = "ready"
            return await self._summary(turn, draft)
        return await self._send(turn, draft)

    async def _send(self, turn: Turn, draft: Draft) -> list[Reply]:
        form, context = await self._live(turn, draft)
        # What was well an hour ago may not be now (a date that has passed): check once more.
        values, codes = forms.parse(form, draft.answers, context)
        if codes:
            draft.state = "open"
            name, code = next(iter(codes.items()))
            said = Say(self._error(turn, form, name, code))
            return [said, *await self._question(turn, draft, name)]
        turn.state.pop("form", None)
        replies = await self._forms[draft.form].submit(turn, values, draft)
        draft.state = "done"
        draft.answers = {}
        return replies

    async def _finish(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self._form(draft)
        for field in form.fields:
            if not field.required and field.name not in draft.answers:
                draft.answers = {**draft.answers, field.name: None}
        return await self._remarked(turn, draft, (), await self._next(turn, draft))

    async def _back(self, turn: Turn, draft: Draft) -> list[Reply]:
        draft.state = "open"
        names = [f.name for f in self._form(draft).fields]
        at = turn.state.get("form", {}).get("field", "")
        before = names[: names.index(at)] if at in names else names
        if not before:
            return await self._question(turn, draft, names[0])
        return await self._question(turn, draft, before[-1])

    async def _change(self, turn: Turn, draft: Draft) -> list[Reply]:
        draft.state = "open"
        return await self._show(turn, draft, whole=True)

    async def _stop(self, turn: Turn, draft: Draft) -> list[Reply]:
        turn.state.pop("form", None)
        if not any(not forms.empty(v) for v in draft.answers.values()):
            draft.state = "dropped"
            return turn.say("form.stopped")
        buttons = (
            Button(f"form.resume:{draft.id}", turn.t("form.go_on"), "primary"),
            Button(f"form.drop:{draft.id}", turn.t("form.drop"), "danger"),
        )
        return [Say(turn.t("form.stopped_kept"), buttons=buttons)]

    async def _drop(self, turn: Turn, draft: Draft) -> list[Reply]:
        if turn.state.get("form", {}).get("draft") == draft.id:
            turn.state.pop("form")
        draft.state, draft.answers = "dropped", {}
        return turn.say("form.dropped")

    async def _resume(self, turn: Turn, draft: Draft) -> list[Reply]:
        if draft.state == "ready":
            return await self._remarked(turn, draft, (), await self._summary(turn, draft))
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
        if remark is None or draft.state not in ("open", "ready"):
            return replies
        return [*await remark(turn, draft, names), *replies]

    # -- drawing -----------------------------------------------------------------------------

    async def _show(self, turn: Turn, draft: Draft, *, whole: bool, intro: str = "") -> list[Reply]:
        form = self._form(draft)
        unasked = [f.name for f in form.fields if f.name not in draft.answers]
        ask = await self._draw(turn, draft, draft.answers, {}, unasked[0] if unasked else "")
        ask = replace(ask, whole=whole, intro=intro)
        if not turn.event.can_open:
            turn.state["form"] = {"draft": draft.id, "field": ask.field}
        return [ask]

    async def _question(self, turn: Turn, draft: Draft, name: str) -> list[Reply]:
        turn.state["form"] = {"draft": draft.id, "field": name}
        draft.state = "open"
        ask = await self._draw(turn, draft, draft.answers, {}, name)
        return [replace(ask, whole=False)]

    async def _draw(
        self,
        turn: Turn,
        draft: Draft,
        values: Mapping[str, Any],
        codes: Mapping[str, str],
        at: str = "",
    ) -> Ask:
        form, _ = await self._live(turn, draft)
        labels = await self._labels(turn, draft)
        fields = tuple(
            DrawnField(
                name=f.name,
                kind=f.kind,
                label=turn.t(f"{form.name}.{f.name}.label"),
                required=f.required,
                hint=self._hint(turn, form, f),
                options=labels.get(f.name, ()),
                value=values.get(f.name),
                error=self._error(turn, form, f.name, codes[f.name]) if f.name in codes else "",
                max_length=f.limit if f.kind in (Kind.TEXT, Kind.PARAGRAPH) else 0,
            )
            for f in form.fields
        )
        at = at or next(iter(codes), "")
        drawn = next((f for f in fields if f.name == at), None)
        question = _question(turn, draft, form, drawn) if drawn else _pick(turn, draft, fields)
        submit = "form.check" if form.confirm else f"{form.name}.submit"
        return Ask(
            form=form.name,
            draft=draft.id or 0,
            title=turn.t(f"{form.name}.title"),
            submit=turn.t(submit if turn.texts.has(submit) else "form.submit"),
            cancel=turn.t("form.cancel"),
            fields=fields,
            question=question,
            field=at,
            open=turn.t("form.open"),
        )

    async def _summary(self, turn: Turn, draft: Draft) -> list[Reply]:
        form = self._form(draft)
        labels = await self._labels(turn, draft)
        turn.state["form"] = {"draft": draft.id, "field": ""}
        facts = tuple(
            (
                turn.t(f"{form.name}.{f.name}.label"),
                shown(turn, f, draft.answers[f.name], labels.get(f.name, ())),
            )
            for f in form.fields
            if not forms.empty(draft.answers.get(f.name))
        )
        typed = " ".join(
            str(draft.answers.get(f.name) or "")
            for f in form.fields
            if f.kind in (Kind.TEXT, Kind.PARAGRAPH)
        )
        return [
            Say(
                turn.t("form.summary"),
                title=turn.t(f"{form.name}.title"),
                facts=facts,
                note=turn.t("form.personal") if PERSONAL.search(typed) else "",
                buttons=(
                    Button(f"form.send:{draft.id}", turn.t(f"{form.name}.submit"), "primary"),
                    Button(f"form.change:{draft.id}", turn.t("form.change")),
                    Button(f"form.stop:{draft.id}", turn.t("form.cancel")),
                ),
            )
        ]

    # -- helpers -----------------------------------------------------------------------------

    def _form(self, draft: Draft) -> Form:
        return self._forms[draft.form].form

    async def _live(self, turn: Turn, draft: Draft) -> tuple[Form, forms.Context]:
        """The form with its run-time options, and what its rules may look at."""
        labels = await self._labels(turn, draft)
        form = self._form(draft).with_options(
            {name: tuple(value for value, _ in pairs) for name, pairs in labels.items()}
        )
        reader = WordReader(turn.texts, form.name, labels, turn.now, turn.zone, self._dates)
        return form, forms.Context(turn.now, turn.zone, reader)

    async def _labels(self, turn: Turn, draft: Draft) -> Options:
        dialog = self._forms[draft.form]
        live = await dialog.options(turn) if dialog.options else {}
        labels = dict(live)
        for f in dialog.form.fields:
            options = ("yes", "no") if f.kind is Kind.YES_NO else f.options
            if f.name in live or not options:
                continue
            own = f"{dialog.form.name}.{f.name}"
            labels[f.name] = tuple(
                (o, turn.t(f"{own}.{o}" if turn.texts.has(f"{own}.{o}") else f"form.{o}"))
                for o in options
            )
        return labels

    def _hint(self, turn: Turn, form: Form, field: Field) -> str:
        key = f"{form.name}.{field.name}.hint"
        return turn.t(key) if turn.texts.has(key) else ""

    def _error(self, turn: Turn, form: Form, name: str, code: str) -> str:
        own = f"{form.name}.{name}.error.{code}"
        return turn.t(
            own if turn.texts.has(own) else f"form.error.{code}", limit=form.field(name).limit
        )

    async def _current(self, turn: Turn) -> Draft | None:
        at = turn.state.get("form")
        draft = await self._locked(turn, at["draft"]) if at else None
        if draft and draft.person == turn.who.key and draft.state in ("open", "ready"):
            return draft
        turn.state.pop("form", None)
        return None

    async def _locked(self, turn: Turn, number: int) -> Draft | None:
        """The draft, for this turn alone: the same person may press on two platforms at once."""
        return await turn.db.get(Draft, number, with_for_update=True)

    async def _unfinished(self, turn: Turn, form: str, data: dict[str, Any]) -> Draft | None:
        found = await turn.db.exec(
            select(Draft)
            .where(
                Draft.person == turn.who.key,
                Draft.form == form,
                col(Draft.state).in_(("open", "ready")),
            )
            .order_by(col(Draft.id).desc())
        )
        return next((draft for draft in found if draft.data == data), None)

    async def _begin(self, turn: Turn, form: str, data: dict[str, Any]) -> Draft:
        draft = Draft(person=turn.who.key, form=form, data=data, begun_at=turn.now, at=turn.now)
        turn.db.add(draft)
        await turn.db.flush()
        dialog = self._forms[form]
        if dialog.opened:
            await dialog.opened(turn, draft)
        return draft


def shown(turn: Turn, field: Field, value: Any, labels: tuple[tuple[str, str], ...] = ()) -> str:
    """An answer as the person reads it."""
    if field.kind is Kind.DATE:
        return when.say_day(date.fromisoformat(value), turn.lang)
    if field.kind is Kind.MOMENT:
        return when.say_moment(datetime.fromisoformat(value), turn.lang, turn.zone)
    names = dict(labels)
    if isinstance(value, list):
        return ", ".join(names.get(v, str(v)) for v in value)
    return names.get(value, str(value))


def _offer_old(turn: Turn, draft: Draft) -> Reply:
    return Say(
        turn.t("form.half_filled", at=when.say_moment(draft.at, turn.lang, turn.zone)),
        buttons=(
            Button(f"form.resume:{draft.id}", turn.t("form.go_on"), "primary"),
            Button(f"form.fresh:{draft.id}", turn.t("form.fresh")),
        ),
    )


def _question(turn: Turn, draft: Draft, form: Form, field: DrawnField) -> Say:
    """The one question that is due, for who types."""
    parts = [field.label, field.hint]
    picks = field.options if field.kind in (Kind.CHOICE, Kind.YES_NO) else ()
    if field.options and (not picks or len(picks) > BUTTONS_FOR_OPTIONS):
        picks = ()
        parts += [f"{n}. {label}" for n, (_, label) in enumerate(field.options, 1)]
    if not field.required:
        parts.append(turn.t("form.optional"))
    buttons = [Button(f"form.pick:{draft.id}:{field.name}:{v}", label) for v, label in picks]
    if not field.required:
        buttons.append(Button(f"form.skip:{draft.id}:{field.name}", turn.t("form.skip")))
        if not forms.missing(form, draft.answers):
            buttons.append(Button(f"form.finish:{draft.id}", turn.t("form.finish")))
    buttons.append(Button(f"form.stop:{draft.id}", turn.t("form.cancel")))
    return Say("\n".join(part for part in parts if part), buttons=tuple(buttons))


def _pick(turn: Turn, draft: Draft, fields: tuple[DrawnField, ...]) -> Say:
    """All is answered: which answer should change?"""
    return Say(
        turn.t("form.which"),
        buttons=tuple(Button(f"form.ask:{draft.id}:{field.name}", field.label) for field in fields),
    )
