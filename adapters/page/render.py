"""From replies to HTML. Pure; everything that is not ours is escaped by `Markup`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.engine.forms import Kind
from bot.engine.replies import Ask, Button, DrawnField, Say

Step = Callable[[Button], str]
MOST_RADIOS = 8  # more than these make a list to choose from

_PAGE = Template(Path(__file__).with_name("page.html").read_text("utf-8"))
_INPUTS = {
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.MOMENT: "datetime-local",
    Kind.NUMBER: "number",
}


def document(lang: str, title: str, body: Markup, footer: str, nonce: str) -> str:
    """The whole page."""
    return _PAGE.substitute(
        lang=Markup.escape(lang),
        title=Markup.escape(title),
        body=body,
        footer=Markup.escape(footer),
        nonce=Markup.escape(nonce),
    )


def notice(text: str, kind: str = "done") -> Markup:
    """A sentence on what just happened, read out at once by a screen reader."""
    return Markup('<p class="{}" role="status">{}</p>').format(kind, text)


def message(say: Say, step: Step, level: int = 1) -> Markup:
    """A message with its buttons, each a form of its own."""
    buttons = Markup("").join(_button(button, step) for button in say.buttons)
    return Markup('<section>\n{}\n<div class="buttons">{}</div></section>').format(
        spoken(say, level), buttons
    )


def spoken(say: Say, level: int = 1) -> Markup:
    """What a message says, without its buttons."""
    parts = []
    if say.title:
        parts.append(Markup("<h{0}>{1}</h{0}>").format(level, say.title))
    if say.text:
        parts.append(Markup("<p>{}</p>").format(say.text))
    if say.facts:
        rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*fact) for fact in say.facts)
        parts.append(Markup("<dl>{}</dl>").format(rows))
    parts += [
        Markup("<blockquote><strong>{}</strong>\n{}\n{}</blockquote>").format(
            quote.heading, quote.text, quote.reading
        )
        for quote in say.quotes
    ]
    if say.note:
        parts.append(Markup('<p class="note">{}</p>').format(say.note))
    return Markup("\n").join(parts)


def form(ask: Ask, step: str, back: str, typed: Mapping[str, Any], zone: tzinfo) -> Markup:
    """A form to fill in whole. typed: what was sent in just now, kept as it was."""
    fields = questions(ask, typed, zone)
    intro = Markup("<p>{}</p>").format(ask.intro) if ask.intro else Markup("")
    return Markup(
        '<h1>{}</h1>{}<form method="post" action="{}" novalidate>{}{}'
        '<div class="buttons"><button>{}</button></div></form><p><a href="{}">{}</a></p>'
    ).format(ask.title, intro, back, _hidden(step), fields, ask.submit, back, ask.cancel)


def questions(ask: Ask, typed: Mapping[str, Any], zone: tzinfo) -> Markup:
    """The fields of a form, with what was sent in just now, kept as it was."""
    return Markup("\n").join(_field(field, typed, zone) for field in ask.fields)


def _button(button: Button, step: Step) -> Markup:
    if button.url:
        if urlsplit(button.url).scheme not in ("http", "https"):
            return Markup("")
        return Markup('<a class="button" href="{}">{}</a>').format(button.url, button.label)
    return Markup('<form method="post">{}<button class="{}">{}</button></form>').format(
        _hidden(step(button)), "" if button.style == "primary" else "plain", button.label
    )


def _hidden(step: str) -> Markup:
    return Markup('<input type="hidden" name="step" value="{}">').format(step)


def _field(field: DrawnField, typed: Mapping[str, Any], zone: tzinfo) -> Markup:
    value = typed.get(field.name, _shown(field, zone))
    told = [("hint", field.hint), ("error", field.error)]
    lines = Markup("").join(
        Markup('<p class="{0}" id="{1}-{0}">{2}</p>').format(kind, field.name, text)
        for kind, text in told
        if text
    )
    described = " ".join(f"{field.name}-{kind}" for kind, text in told if text)
    label = f"{field.label} *" if field.required else field.label
    if field.kind is Kind.CHOICE and len(field.options) > MOST_RADIOS:
        return Markup('<div class="field"><label for="{}">{}</label>{}{}</div>').format(
            field.name, label, lines, _select(field, value, described)
        )
    if field.kind in (Kind.CHOICE, Kind.YES_NO, Kind.CHOICES):
        return Markup('<fieldset aria-describedby="{}"><legend>{}</legend>{}{}</fieldset>').format(
            described, label, lines, _options(field, value)
        )
    return Markup('<div class="field"><label for="{}">{}</label>{}{}</div>').format(
        field.name, label, lines, _input(field, value, described)
    )


def _input(field: DrawnField, value: Any, described: str) -> Markup:
    more = Markup(' id="{0}" name="f.{0}" aria-describedby="{1}"{2}{3}').format(
        field.name,
        described,
        Markup(' aria-invalid="true"') if field.error else "",
        Markup(' maxlength="{}"').format(field.max_length) if field.max_length else "",
    )
    if field.kind is Kind.PARAGRAPH:
        return Markup('<textarea rows="6"{}>\n{}</textarea>').format(more, value)
    return Markup('<input type="{}" value="{}"{}>').format(_INPUTS[field.kind], value, more)


def _select(field: DrawnField, value: Any, described: str) -> Markup:
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            option, Markup(" selected") if option == value else "", label
        )
        for option, label in (("", ""), *field.options)
    )
    return Markup('<select id="{0}" name="f.{0}" aria-describedby="{1}"{2}>{3}</select>').format(
        field.name,
        described,
        Markup(' aria-invalid="true"') if field.error else "",
        options,
    )


def _options(field: DrawnField, value: Any) -> Markup:
    kind = "checkbox" if field.kind is Kind.CHOICES else "radio"
    chosen: Sequence[Any] = value if isinstance(value, list) else [value]
    return Markup("").join(
        Markup(
            '<div class="option"><input type="{0}" id="{1}-{2}" name="f.{1}" value="{2}"{3}>'
            ' <label for="{1}-{2}">{4}</label></div>'
        ).format(kind, field.name, option, Markup(" checked") if option in chosen else "", label)
        for option, label in field.options
    )


def _shown(field: DrawnField, zone: tzinfo) -> Any:
    """The kept answer as its input wants it."""
    if field.value is None:
        return ""
    if field.kind is Kind.MOMENT:
        try:
            moment = datetime.fromisoformat(str(field.value))
        except ValueError:
            return ""
        return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" if moment.tzinfo else field.value
    return field.value
