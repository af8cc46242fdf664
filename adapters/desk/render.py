"""From a view to HTML. Pure; everything that is not ours is escaped by `Markup`.

No script and no style in the page itself: the one sheet is served beside it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from adapters.desk.chart import chart
from adapters.page.render import questions, spoken
from bot.engine.replies import Ask, Button, Say
from bot.engine.views import Criterion, Filters, Line, Link, Part, Query, Table, Upload, View, Ways

HOME = "/desk/"
Words = Callable[[str], str]
SAFE = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Surround:
    """What every page has around it. csrf: goes with all that is sent in. at: this page's name,
    'section/argument'. other: the language one can switch to.
    """

    lang: str
    words: Words
    name: str
    sections: Sequence[tuple[str, str]]
    csrf: str
    at: str = ""
    other: str = ""
    values: Mapping[str, str] | None = None


def page(frame: Surround, title: str, body: Markup) -> str:
    """A whole page of somebody who is in."""
    here = frame.at.partition("/")[0]
    nav = Markup("").join(
        Markup('<li><a href="{}"{}>{}</a></li>').format(
            address(name), Markup(' aria-current="page"') if name == here else "", label
        )
        for name, label in frame.sections
    )
    words = frame.words
    away = Markup(
        '<div class="who"><span>{}</span>{}'
        '<form method="post" action="/desk/out">{}<button class="plain">{}</button></form></div>'
    ).format(
        frame.name,
        press(frame, Button(f"language:{frame.other}", words(f"desk.language.{frame.other}"))),
        _hidden("csrf", frame.csrf),
        words("desk.end"),
    )
    top = Markup(
        '<a class="skip" href="#main">{}</a><header><p class="brand">{}</p>{}</header>'
        '<nav aria-label="{}"><ul>{}</ul></nav>'
    ).format(words("desk.skip"), words("desk.brand"), away, words("desk.nav"), nav)
    return document(frame.lang, title, Markup('{}<main id="main">{}</main>').format(top, body))


def document(lang: str, title: str, body: Markup, kind: str = "") -> str:
    """Any page of the desk."""
    return Markup(
        '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<title>{} · Opnamewijzer</title>\n'
        '<link rel="stylesheet" href="/desk/desk.css">\n</head>\n<body class="{}">\n{}\n</body>\n</html>\n'
    ).format(lang, title, kind, body)


def bare(lang: str, title: str, text: str, more: str = "") -> str:
    """A page of somebody who is not in."""
    body = Markup('<main id="main"><section><h1>{}</h1><p>{}</p>{}</section></main>')
    return document(lang, title, body.format(title, text, more))


def entrance(lang: str, words: Words) -> str:
    """The page behind a link: pressing lets in, looking does not."""
    way = Markup(
        '<form method="post"><div class="buttons"><button>{}</button></div></form>'
    ).format(words("desk.in.button"))
    return bare(lang, words("desk.in.title"), words("desk.in.text"), way)


def view(frame: Surround, shown: View) -> Markup:
    """What a dialog shows, part by part."""
    up = Markup('<p class="up"><a href="{}">{}</a></p>')
    back = up.format(address(shown.back.to), shown.back.label) if shown.back else ""
    parts = Markup("\n").join(_part(frame, part) for part in shown.parts)
    return Markup("{}<h1>{}</h1>{}").format(back, shown.title, parts)


def printed(lang: str, shown: View) -> str:
    """The same page for paper: what is said, and the tables."""
    frame = Surround(lang, lambda key: key, "", (), "")
    parts = Markup("\n").join(
        spoken(part, 2) if isinstance(part, Say) else _table(frame, part)
        for part in shown.parts
        if isinstance(part, Say | Table)
    )
    body = Markup('<main id="main"><h1>{}</h1>{}</main>').format(shown.title, parts)
    return document(lang, shown.title, body, "paper")


def notice(text: str, kind: str = "done") -> Markup:
    """A sentence on what just happened, read out at once by a screen reader."""
    return Markup('<p class="{}" role="status">{}</p>').format(kind, text)


def said(frame: Surround, say: Say) -> Markup:
    """A reply: as a notice when it is a sentence, else with its buttons."""
    return _say(frame, say) if say.title or say.buttons or say.facts else notice(say.text)


def form(frame: Surround, ask: Ask, typed: Mapping[str, Any], zone: tzinfo) -> Markup:
    """A form to fill in whole."""
    wrong = any(field.error for field in ask.fields)
    return Markup(
        "{}<section><h1>{}</h1>{}"
        '<form method="post" action="/desk/do" novalidate>{}{}'
        '<div class="buttons"><button>{}</button><a class="button plain" href="{}">{}</a></div>'
        "</form></section>"
    ).format(
        notice(frame.words("desk.mend"), "error") if wrong else "",
        ask.title,
        Markup("<p>{}</p>").format(ask.intro) if ask.intro else "",
        _step(frame, kind="form", name=ask.form, draft=str(ask.draft)),
        questions(ask, typed, zone),
        ask.submit,
        address(frame.at),
        ask.cancel,
    )


def press(frame: Surround, button: Button) -> Markup:
    """A button, in a form of its own."""
    look = {"primary": "", "danger": "danger"}.get(button.style, "plain")
    if button.url:
        safe = button.url.startswith(SAFE)
        link = Markup('<a class="button {}" href="{}">{}</a>').format(
            look, button.url, button.label
        )
        return link if safe else Markup()
    return Markup(
        '<form method="post" action="/desk/do">{}<button class="{}">{}</button></form>'
    ).format(_step(frame, kind="press", name=button.id), look, button.label)


def address(to: str, kind: str = "see") -> str:
    """The path of a page of the desk."""
    return f"/desk/{kind}/{quote(to)}" if to else HOME


def _part(frame: Surround, part: Part) -> Markup:
    match part:
        case Say():
            return _say(frame, part)
        case Table():
            return _table(frame, part)
        case Filters():
            return _filters(frame, part)
        case Ways():
            links = Markup("").join(_link(frame, link) for link in part.links)
            return Markup('<p class="links">{}</p>').format(links)
        case Upload():
            return _upload(frame, part)
        case _:
            return chart(part)


def _say(frame: Surround, say: Say) -> Markup:
    buttons = Markup("").join(press(frame, button) for button in say.buttons)
    boxed = Markup('<div class="buttons">{}</div>').format(buttons)
    row = boxed if buttons else buttons
    if not (say.text or say.title or say.facts or say.note):
        return row
    return Markup("<section>{}{}</section>").format(spoken(say, 2), row)


def _table(frame: Surround, table: Table) -> Markup:
    if not table.rows:
        return Markup("<section><h2>{}</h2><p>{}</p></section>").format(table.title, table.empty)
    acts = bool(frame.csrf) and any(row.buttons for row in table.rows)
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(c) for c in table.columns)
    end = Markup("<td></td>") if acts else ""
    rows = Markup("").join(_row(frame, table, row, acts=acts) for row in table.rows)
    note = Markup('<p class="note">{}</p>').format(table.note) if table.note else ""
    return Markup(
        '<section><h2>{0}</h2>{1}<div class="wide"><table><caption>{0}</caption>'
        "<thead><tr>{2}{3}</tr></thead><tbody>{4}</tbody></table></div></section>"
    ).format(table.title, note, heads, end, rows)


def _row(frame: Surround, table: Table, row: Line, *, acts: bool) -> Markup:
    first, *rest = row.cells
    name = Markup('<a href="{}">{}</a>').format(address(row.to), first) if row.to else first
    cells = Markup("").join(
        Markup('<td data-label="{}">{}</td>').format(column, cell)
        for column, cell in zip(table.columns[1:], rest, strict=True)
    )
    last = Markup('<td><div class="buttons">{}</div></td>').format(
        Markup("").join(press(frame, button) for button in row.buttons)
    )
    return Markup('<tr class="{}"><th scope="row">{}</th>{}{}</tr>').format(
        "late" if row.late else "", name, cells, last if acts else ""
    )


def _filters(frame: Surround, filters: Filters) -> Markup:
    fields = Markup("").join(_choice(choice) for choice in filters.choices)
    return Markup(
        '<form class="filters" method="get" action="{}">{}<button class="plain">{}</button></form>'
    ).format(address(frame.at), fields, filters.submit)


def _choice(choice: Criterion) -> Markup:
    label = Markup('<label for="by-{0}">{1}</label>').format(choice.name, choice.label)
    if not choice.options:
        field = Markup('<input type="search" id="by-{0}" name="{0}" value="{1}">')
        return Markup("<div>{}{}</div>").format(label, field.format(choice.name, choice.value))
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == choice.value else "", words
        )
        for value, words in choice.options
    )
    field = Markup('<select id="by-{0}" name="{0}">{1}</select>').format(choice.name, options)
    return Markup("<div>{}{}</div>").format(label, field)


def _link(frame: Surround, link: Link) -> Markup:
    if link.file:
        path = address(f"{link.to}/{link.file}", "file")
    else:
        path = address(link.to, "print" if link.printed else "see")
    if link.whole and frame.values:
        path = f"{path}?{urlencode(frame.values)}"
    return Markup('<a class="button plain" href="{}">{}</a>').format(path, link.label)


def _upload(frame: Surround, upload: Upload) -> Markup:
    return Markup(
        '<section><form method="post" action="/desk/do" enctype="multipart/form-data">{}'
        '<div class="field"><label for="file">{}</label><p class="hint" id="file-hint">{}</p>'
        '<input type="file" id="file" name="file" accept="{}" aria-describedby="file-hint" required>'
        '</div><div class="buttons"><button>{}</button></div></form></section>'
    ).format(
        _step(frame, kind="upload", name=upload.name, back=upload.to),
        upload.label,
        upload.hint,
        upload.accept,
        upload.submit,
    )


def _step(frame: Surround, *, kind: str, name: str, draft: str = "", back: str = "") -> Markup:
    """What goes with everything that is sent in. id: makes it happen once."""
    parts = {
        "csrf": frame.csrf,
        "id": uuid.uuid4().hex,
        "back": back or frame.at,
        "kind": kind,
        "name": name,
        "draft": draft,
    }
    return Markup("").join(_hidden(key, value) for key, value in parts.items() if value)


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def asked(section: str, argument: str, values: Mapping[str, str]) -> tuple[str, Query]:
    """The name of a page, and what is asked of it."""
    at = f"{section}/{argument}" if argument else section
    return at, Query(argument, values)
