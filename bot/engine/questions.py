"""A form in words: drawn whole, asked one question at a time, summed up; and read back.

Words come from the texts by key: `<form>.title`, `<form>.<field>.label`, `.hint`, `.<option>` and
`.error.<code>`; what a form does not say itself stands under `form.`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from rapidfuzz import fuzz

from bot.engine import forms, when
from bot.engine.ahead import next_day, next_moment
from bot.engine.claims import NEAR, says
from bot.engine.dialog import Turn
from bot.engine.forms import Field, Form, Kind
from bot.engine.replies import Ask, Button, DrawnField, Reply, Say
from bot.engine.store.tables import Draft
from bot.engine.texts import LANGUAGES, Texts

PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}"  # e-mail
    r"|(?<!\d)(?:\+31|0031|0)[\s-]?[1-9](?:[\s-]?\d){8}(?!\d)"  # Dutch telephone
    r"|(?<!\d)\d{8,9}(?!\d)"  # BSN
)
BUTTONS_FOR_OPTIONS = 14


class Dates(Protocol):
    """Reads days and moments that people type."""

    def read_date(self, text: str, now: datetime, tz: tzinfo) -> date | None:
        """A calendar day, the past preferred."""
        ...

    def read_moment(self, text: str, now: datetime, tz: tzinfo) -> datetime | None:
        """An aware moment, the past preferred."""
        ...


@dataclass(frozen=True)
class WordReader:
    """Reads typed answers to one form: labels of options in any language, their number, dates."""

    texts: Texts
    form: str
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
        found = found or self.meant(field, text) or self._near(wanted, said)
        return found[0] if len(found) == 1 else None

    def meant(self, field: Field, text: str) -> list[str]:
        """Options whose free words are said: `<form>.<field>.said.<option>` of the texts."""
        keys = {option: f"{self.form}.{field.name}.said.{option}" for option in field.options}
        return [
            option
            for option, key in keys.items()
            if self.texts.has(key) and says(text, self.texts.words(key))
        ]

    @staticmethod
    def _near(wanted: str, said: Mapping[str, list[str]]) -> list[str]:
        """Options whose label this is, but for a slip of the pen."""
        return [o for o, names in said.items() if any(fuzz.ratio(wanted, n) >= NEAR for n in names)]

    def _said(self, field: Field, option: str) -> list[str]:
        labels = [label(self.texts, lang, self.form, field, option) for lang in LANGUAGES]
        return [option.casefold(), *(words.casefold() for words in labels)]


def context(turn: Turn, form: Form, dates: Dates) -> forms.Context:
    """What the rules of this form may look at in this turn."""
    reader = WordReader(turn.texts, form.name, turn.now, turn.zone, dates)
    return forms.Context(turn.now, turn.zone, reader)


def label(texts: Texts, lang: str, form: str, field: Field, option: str) -> str:
    """The words of an option."""
    own = f"{form}.{field.name}.{option}"
    return texts(own if texts.has(own) else f"form.{option}", lang)


def options(turn: Turn, form: Form, field: Field) -> tuple[tuple[str, str], ...]:
    """Value and label of every option, in the person's language."""
    values = ("yes", "no") if field.kind is Kind.YES_NO else field.options
    return tuple((v, label(turn.texts, turn.lang, form.name, field, v)) for v in values)


def error(turn: Turn, form: Form, name: str, code: str) -> str:
    """The sentence of an error code."""
    own = f"{form.name}.{name}.error.{code}"
    key = own if turn.texts.has(own) else f"form.error.{code}"
    return turn.t(key, limit=form.field(name).limit)


def draw(
    turn: Turn,
    form: Form,
    draft: Draft,
    values: Mapping[str, Any],
    codes: Mapping[str, str] | None = None,
    at: str = "",
) -> Ask:
    """The whole form with these values and errors; `at` is the question that is due."""
    codes = codes or {}
    fields = tuple(
        DrawnField(
            name=f.name,
            kind=f.kind,
            label=turn.t(f"{form.name}.{f.name}.label"),
            required=f.required,
            hint=_hint(turn, form, f),
            options=options(turn, form, f),
            value=values.get(f.name) or (turn.now.isoformat() if f.now else None),
            error=error(turn, form, f.name, codes[f.name]) if f.name in codes else "",
            max_length=f.limit if f.kind in (Kind.TEXT, Kind.PARAGRAPH) else 0,
        )
        for f in form.fields
    )
    at = at or next(iter(codes), "")
    drawn = next((f for f in fields if f.name == at), None)
    submit = "form.check" if form.confirm else f"{form.name}.submit"
    return Ask(
        form=form.name,
        draft=draft.id or 0,
        title=turn.t(f"{form.name}.title"),
        submit=turn.t(submit if turn.texts.has(submit) else "form.submit"),
        cancel=turn.t("form.cancel"),
        fields=fields,
        question=_question(turn, draft, form, drawn) if drawn else _pick(turn, draft, fields),
        field=at,
        open=turn.t("form.open"),
    )


def summary(turn: Turn, form: Form, draft: Draft, intro: str = "") -> Say:
    """All answers, to be sent off; what looks like somebody's data is pointed out (AVG).

    intro: what is asked about words that were typed before any question: are they meant for it?
    """
    given = [f for f in form.fields if not forms.empty(draft.answers.get(f.name))]
    typed = " ".join(
        str(draft.answers[f.name]) for f in given if f.kind in (Kind.TEXT, Kind.PARAGRAPH)
    )
    title = turn.t(f"{form.name}.title")
    return Say(
        intro or turn.t("form.summary"),
        title=turn.t("form.summary_title", title=title),
        ref=card(draft),
        facts=tuple(
            (
                turn.t(f"{form.name}.{f.name}.label"),
                shown(turn, f, draft.answers[f.name], options(turn, form, f)),
            )
            for f in given
        ),
        note=turn.t("form.personal") if PERSONAL.search(typed) else "",
        buttons=_sending(turn, form, draft, passing=bool(intro)),
    )


def card(draft: Draft) -> str:
    """The name under which the cards of one form replace each other."""
    return f"form:{draft.id}"


def over(turn: Turn, draft: Draft, key: str) -> Say:
    """What stands in the place of a card that could be sent, once it no longer can."""
    return Say(turn.t(key), ref=card(draft), replace=True, retire=True)


def corrected(turn: Turn, form: Form, name: str, value: Any) -> str:
    """What an earlier answer is now."""
    field = form.field(name)
    said = shown(turn, field, value, options(turn, form, field))
    return turn.t("form.corrected", label=turn.t(f"{form.name}.{name}.label"), value=said)


def waiting(turn: Turn, form: Form, draft: Draft) -> Say:
    """A word that a complete form is still not sent, after something else was said."""
    return Say(
        turn.t("form.waiting", title=turn.t(f"{form.name}.title")),
        ref=card(draft),
        buttons=_sending(turn, form, draft),
    )


def _sending(turn: Turn, form: Form, draft: Draft, *, passing: bool = False) -> tuple[Button, ...]:
    send = turn.t("form.pass_on" if passing else f"{form.name}.submit")
    last = ("notthis", "form.notthis") if passing else ("stop", "form.cancel")
    return (
        Button(f"form.send:{draft.id}", send, "primary"),
        Button(f"form.change:{draft.id}", turn.t("form.change")),
        Button(f"form.{last[0]}:{draft.id}", turn.t(last[1])),
    )


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


def offer_old(turn: Turn, draft: Draft, *, going_on: bool = False) -> Reply:
    """Go on with the half-filled form, or begin again? `going_on`: it goes on below already."""
    resume = Button(f"form.resume:{draft.id}", turn.t("form.go_on"), "primary")
    fresh = Button(f"form.fresh:{draft.id}", turn.t("form.fresh"))
    key = "form.going_on" if going_on else "form.half_filled"
    return Say(
        turn.t(key, at=when.say_moment(draft.at, turn.lang, turn.zone)),
        buttons=(fresh,) if going_on else (resume, fresh),
    )


def _question(turn: Turn, draft: Draft, form: Form, field: DrawnField) -> Say:
    """The one question that is due, for who types."""
    key = f"{form.name}.{field.name}.typing"
    parts = [field.label, field.hint, turn.t(key) if turn.texts.has(key) else ""]
    picks = field.options if field.kind in (Kind.CHOICE, Kind.YES_NO) else ()
    if field.options and (not picks or len(picks) > BUTTONS_FOR_OPTIONS):
        picks = ()
        parts += [f"{n}. {label}" for n, (_, label) in enumerate(field.options, 1)]
    if not field.required:
        parts.append(turn.t("form.optional"))
    buttons = [Button(f"form.pick:{draft.id}:{field.name}:{v}", label) for v, label in picks]
    if form.field(field.name).now:
        buttons.append(
            Button(f"form.pick:{draft.id}:{field.name}:now", turn.t("form.now"), "primary")
        )
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


def _hint(turn: Turn, form: Form, field: Field) -> str:
    key = f"{form.name}.{field.name}.hint"
    return turn.t(key) if turn.texts.has(key) else ""
