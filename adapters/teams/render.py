"""From a reply to an Adaptive Card. Pure: `Say` and `Ask` in, JSON data out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo

from adapters.plain import floor, plain
from adapters.teams import elements, form
from adapters.teams.elements import Element
from adapters.teams.parse import REFRESH
from bot.engine.forms import Kind
from bot.engine.replies import Ask, Button, DrawnField, Quote, Reply, Say
from bot.engine.texts import LANGUAGES, Texts, cut

MANY = 6  # optional questions at the end of a form that are folded away
LENGTHS = (12_000, 6_000, 3_000, 1_500, 700, 300)


def render(
    replies: Sequence[Reply], texts: Texts, zone: tzinfo, *, dialog: bool = False, viewer: str = ""
) -> Element:
    """Replies as one card (a message has one, a dialog may have several).

    dialog: drawn in a task module, where only Action.Submit works. viewer: the account whose
    client may ask for the newest state of a message that changes in place.
    """
    spoken = " ".join(plain(floor(reply)) for reply in replies)
    drawn: Element = {}
    for most in LENGTHS:
        body = [e for reply in replies for e in _reply(reply, texts, zone, dialog, most)]
        drawn = elements.card(body, spoken)
        if elements.size(drawn) <= elements.LARGEST:
            break
    else:
        drawn = elements.shortened(drawn)
    first = replies[0] if replies else Say()
    if viewer and not dialog and isinstance(first, Say) and first.ref:
        drawn["refresh"] = _refresh(first.ref, viewer)
    return drawn


def summary(reply: Reply) -> str:
    """The line in the notification."""
    return elements.one_line(plain(floor(reply)), elements.LONGEST_SUMMARY)


def language(ask: Ask, texts: Texts) -> str:
    """A form carries its words; which language they are in shows in the word for stopping."""
    return next((lang for lang in LANGUAGES if texts("form.cancel", lang) == ask.cancel), "nl")


def _reply(reply: Reply, texts: Texts, zone: tzinfo, dialog: bool, most: int) -> Iterable[Element]:
    if isinstance(reply, Say):
        return _say(reply, dialog, most)
    if reply.whole or any(field.error for field in reply.fields):
        return _form(_that_fits(reply), texts, zone, dialog)
    return _question(reply, texts, dialog, most)


def _say(say: Say, dialog: bool, most: int) -> Iterator[Element]:
    if say.title:
        yield elements.heading(cut(say.title, 300))
    yield from elements.lines(cut(say.text, most), "Small" if say.title else "Medium")
    yield from elements.table((cut(k, 200), cut(v, most)) for k, v in say.facts)
    for quote in say.quotes:
        yield elements.box(list(_quote(quote, most)))
    yield from elements.lines(cut(say.note, most), isSubtle=True, size="Small")
    yield from elements.buttons(say.buttons, dialog=dialog)


def _quote(quote: Quote, most: int) -> Iterator[Element]:
    yield elements.rich(quote.heading, weight="Bolder")
    yield from elements.lines(cut(f"“{quote.text}”", most), "Small", italic=True)
    if quote.reading:
        yield from elements.lines(cut(quote.reading, most), "Small", isSubtle=True)


def _question(ask: Ask, texts: Texts, dialog: bool, most: int) -> Iterator[Element]:
    """The one question that is due; who would rather see the whole form can."""
    yield from _say(replace(floor(ask), buttons=()), dialog, most)
    yield from elements.buttons(ask.question.buttons, dialog=dialog)
    whole = Button(f"form.resume:{ask.draft}", ask.open or texts("form.open", language(ask, texts)))
    if dialog:
        yield from elements.buttons((whole,), dialog=True)
    else:
        yield from elements.rows([elements.fetch(whole.label, {"b": whole.id})])


def _form(ask: Ask, texts: Texts, zone: tzinfo, dialog: bool) -> Iterator[Element]:
    lang = language(ask, texts)
    if not dialog:
        yield elements.heading(ask.title)
    yield from elements.lines(ask.intro, "Small")
    if any(field.error for field in ask.fields):
        yield elements.rich(texts("teams.wrong", lang), color="Attention", weight="Bolder")
    first, rest = _halves(ask.fields)
    for field in first:
        yield from form.draw(field, texts, lang, zone)
    if rest:
        more = [element for field in rest for element in form.draw(field, texts, lang, zone)]
        yield from elements.folded(texts("teams.more", lang), more)
    data = {
        "f": ask.form,
        "d": ask.draft,
        "n": [field.name for field in ask.fields if field.kind is not Kind.MOMENT],
        "m": [field.name for field in ask.fields if field.kind is Kind.MOMENT],
    }
    submit = elements.execute(ask.submit, data, dialog=dialog, style="positive")
    stop = {"b": f"form.stop:{ask.draft}"}
    cancel = elements.execute(ask.cancel, stop, dialog=dialog, associatedInputs="none")
    yield from elements.rows([submit, cancel])


def _halves(
    asked: Sequence[DrawnField],
) -> tuple[Sequence[DrawnField], Sequence[DrawnField]]:
    """What must be answered, and a long tail that may be skipped and needs no look yet."""
    end = max((n for n, field in enumerate(asked, 1) if field.required), default=0)
    tail = asked[end:]
    if end and len(tail) >= MANY and not any(field.error or field.value for field in tail):
        return asked[:end], tail
    return asked, ()


def _that_fits(ask: Ask) -> Ask:
    """A form with very long answers: those that are well are left out, and so stay as they are."""

    def weight(field: DrawnField) -> int:
        return 0 if field.error else elements.size(field.value or "")

    shown = list(ask.fields)
    while sum(map(weight, shown)) > elements.LARGEST // 2:
        shown.remove(max(shown, key=weight))
    return replace(ask, fields=tuple(shown))


def _refresh(ref: str, viewer: str) -> Element:
    action = {"type": "Action.Execute", "verb": REFRESH, "data": {"r": ref}}
    return {"type": "Refresh", "action": action, "userIds": [viewer]}
